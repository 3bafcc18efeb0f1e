"""Adapters that do what adapters must not: for the tests of isolation and of the contract. Each breaks one thing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import numpy as np

from dubbench.adapters.toy import ToySpeak, ToyTranslate
from dubbench.errors import AdapterFailed, Unsupported
from dubbench.stages.base import Settings
from dubbench.stages.speak import Speak, Spoken
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.types import Seconds, Sound, Voice, Word


class Troubled(Speak):
    """Does to itself what the text says; reads anything else as `ToySpeak` does, and says hello on stdout."""

    licence = "MIT"
    languages = ("en",)
    requires = ()
    isolated = True

    class Settings(Settings):
        on_load: str = ""

    def load(self) -> None:
        print("loading noisily on stdout")  # noqa: T201
        self._do(self.settings.on_load)

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        self._refuse(language)
        given = self._do(text)
        return given if given is not None else ToySpeak().speak(text, voice, language, **rest)

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        return "soon" if text == "estimate" else ToySpeak().estimate(text, voice, language)  # type: ignore[return-value]

    def _do(self, what: str) -> Any:
        if what == "crash":
            raise ZeroDivisionError("nothing divided")
        if what == "fail":
            raise AdapterFailed("inner", "no such layer", line="7", stderr="layer 12")
        if what == "refuse":
            raise Unsupported("not on a Monday")
        if what == "exit":
            sys.stderr.write("farewell\n")
            sys.stderr.flush()
            os._exit(3)
        if what == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "hang":
            threading.Event().wait()
        if what == "spawn":
            child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
            raise ValueError(str(child.pid))
        if what == "eat":
            return bytearray(8 << 30)
        if what == "flood":
            while True:
                os.write(1, b"and so on " * 100_000)
        if what == "pid":
            raise ValueError(str(os.getpid()))
        if what == "chatter":
            os.write(1, b'{"id": 2, "result": null}\n')
        return {"nonsense": "a string", "none": None}.get(what)


class Echo(Transcribe):
    """Hears what it was given: the loudest sample's place, and a word for each channel's first value."""

    licence = "MIT"
    languages = ("en",)

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        at = int(np.argmax(np.abs(sound.samples[0]))) / sound.sample_rate
        word = Word(text=sound.samples.tobytes().hex()[:64], start=at, end=at)
        return Transcript(language=language or "none", segments=((word,),))


class Slow(ToyTranslate):
    """Fails on the line that says so."""

    batch = 4

    def translate(self, lines: Any, *rest: Any, **more: Any) -> list[list[str]]:
        if any(line.text == "crash" for line in lines):
            raise RuntimeError("cannot")
        return super().translate(lines, *rest, **more)
