"""SVOX Pico speaking through py-nanotts: small, plain, quick (RTF 0.03), and the one that speaks German. No models.

Pico reads memory it never filled, so the same text can sound different the second time. Each reading is therefore
asked of a fresh process whose memory comes filled with zeros; a crash there is an error here and nothing worse.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from importlib.util import find_spec
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from dubbench import graphs
from dubbench.errors import BadInput, Missing
from dubbench.processes import bounded
from dubbench.stages.speak import Speak, Spoken
from dubbench.text.readings import spoken
from dubbench.types import Controls, Samples, Seconds, Sound, Voice

RATE = 16_000
SLOWEST, FASTEST = 0.5, 2.0
VOLUME = 0.5
"""At Pico's own volume loud vowels are clipped; at half they peak at 0.8."""

BEFORE, AFTER = 0.025, 0.040
"""Seconds kept around what is heard."""
CLICK, CLICK_AFTER = 0.06, 0.15
"""A burst this short after so much silence is a click and no consonant: the closure before one lasts 0.1 s at most."""

PITCH_HZ = {"de-DE": 165.0, "en-GB": 168.0, "en-US": 167.0, "es-ES": 193.0, "fr-FR": 193.0, "it-IT": 180.0}
"""Median pitch of each voice, by YIN over three sentences. Pico has one woman for each."""

PITCHES = (1.0, 0.6, 0.75, 1.25)
"""Each voice is offered at these pitches; 0.6 lies where men speak, and German stayed as intelligible there."""

_LETTERS = re.compile(r"[^\W\d_]")
_CHILD = """
import json, sys
from py_nanotts import NanoTTS
sys.stdout.buffer.write(NanoTTS().speak(**json.load(sys.stdin)))
"""


class Pico(Speak):
    """SVOX Pico in German, English, Spanish, French and Italian, 16 kHz. Voices ship inside py-nanotts; Apache-2.0.

    A preset is a voice and, if it is to be moved, its pitch: "de-DE", "de-DE:0.6".
    """

    licence = "Apache-2.0"
    languages = ("de", "en", "es", "fr", "it")
    version = 3
    requires = ("py-nanotts==0.1.1",)
    parallel: ClassVar[int] = graphs.threads()

    def check(self, source: str | None, target: str) -> None:
        """Raises Unsupported, or Missing where py-nanotts is not installed."""
        super().check(source, target)
        if not find_spec("py_nanotts"):
            raise Missing(f"model '{self.name}' needs py-nanotts: pip install {self.requires[0]}")

    def presets(self, language: str) -> tuple[Voice, ...]:
        """One voice (English: two) at several pitches; the lowered ones stand in for men."""
        return tuple(
            Voice(
                id=preset, name=preset, preset=preset, language=language, sex="male" if pitch < 0.9 else "female",
                pitch_hz=round(hertz * pitch), licence="Apache-2.0",
            )
            for pitch in PITCHES
            for voice, hertz in PITCH_HZ.items()
            if voice[:2] == language
            for preset in [voice if pitch == 1 else f"{voice}:{pitch}"]
        )  # fmt: skip

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """Exact: speaking costs a tenth of a second, so it is spoken and measured."""
        return len(self._heard(text, voice, language, 1.0)) / RATE

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        """16 kHz; Pico's own speed is asked again until it takes natural time / `pace`, within a hundredth."""
        if not SLOWEST <= pace <= FASTEST:
            raise BadInput(f"Pico speaks at paces from {SLOWEST} to {FASTEST}, not {pace:.2f}")
        heard = self._heard(text, voice, language, 1.0)
        if pace != 1:
            wanted, speed = len(heard) / pace, pace
            tries = []
            for _ in range(3):
                tries.append(self._heard(text, voice, language, speed))
                if abs(len(tries[-1]) / wanted - 1) < 0.01:
                    break
                speed *= len(tries[-1]) / wanted
            heard = min(tries, key=lambda sound: abs(len(sound) - wanted))
        return Spoken(Sound(heard[None], RATE))

    def _heard(self, text: str, voice: Voice, language: str, speed: float) -> Samples:
        """What is less than 45 dB below the loudest 10 ms, with a little silence around."""
        self._refuse(language)
        name, pitch = _preset(voice, language)
        sound = _asked(readable(text, language), name, pitch, speed)
        level = np.sqrt(np.convolve(sound * sound, np.full(RATE // 100, 100 / RATE), "same"))
        if len(sound) == 0 or level.max() < 0.005:
            raise BadInput(f"Pico has no sound for {text[:40]!r}: write it in the language's own letters")
        loud = _without_clicks(np.flatnonzero(level > 10 ** (-45 / 20) * level.max()))
        taken = sound[max(0, loud[0] - round(BEFORE * RATE)) : loud[-1] + 1 + round(AFTER * RATE)].copy()
        ramp = np.linspace(0, 1, RATE // 200, dtype=np.float32)
        taken[: len(ramp)] *= ramp
        taken[-len(ramp) :] *= ramp[::-1]
        return taken


def _without_clicks(loud: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Places of samples that are heard, without a last burst that is too short and too far away to be speech.

    Pico clicks when it ends, up to 0.6 s after the last word: 27 of 72 lines lasted longer for it (none in German).
    """
    ends = np.flatnonzero(np.diff(loud) > CLICK_AFTER * RATE)
    if len(ends) and loud[-1] - loud[ends[-1] + 1] < CLICK * RATE:
        return _without_clicks(loud[: ends[-1] + 1])
    return loud


def readable(text: str, language: str) -> str:
    """`text` as Pico reads it whole: numbers in words, no tags. Raises BadInput for scripts it would skip."""
    if not any(c.isalnum() for c in text):
        raise BadInput(f"nothing to say in {text[:40]!r}: write a letter or a digit")
    strange = "".join(c for c in _LETTERS.findall(text) if not unicodedata.name(c, "").startswith(("LATIN", "MICRO")))
    if strange:
        raise BadInput(f"Pico reads Latin letters only, not {strange[:20]!r} in {text[:40]!r}: write how it sounds")
    return re.sub(r"[<>\x00-\x1f\x7f]", " ", spoken(text, language)).replace("&", " + ")


def _preset(voice: Voice, language: str) -> tuple[str, float]:
    """Voice and pitch of a preset like "de-DE:0.6". Raises BadInput."""
    name, _, pitch = (voice.preset or "").partition(":")
    if name not in PITCH_HZ or name[:2] != language or not re.fullmatch(r"(?:\d*\.?\d+)?", pitch):
        known = ", ".join(v if p == 1 else f"{v}:{p}" for v in PITCH_HZ if v[:2] == language for p in PITCHES)
        raise BadInput(f"'{voice.preset}' is no voice of Pico in '{language}'; take one of: {known}")
    if not 0.5 <= float(pitch or 1) <= 2:
        raise BadInput(f"pitch {pitch} of '{voice.preset}': Pico moves it by 0.5 to 2")
    return name, float(pitch or 1)


def _asked(text: str, voice: str, pitch: float, speed: float) -> Samples:
    """Pico's answer from a process of its own."""
    asked = {"text": text, "voice": voice, "speed": speed, "pitch": pitch, "volume": VOLUME}
    # glibc fills fresh memory with the complement of this byte; elsewhere a young process has little old memory.
    environment = {**os.environ, "MALLOC_PERTURB_": "255"}
    try:
        done = bounded.run(
            [sys.executable, "-c", _CHILD],
            json.dumps(asked).encode(),
            bounds=bounded.Bounds(seconds=120.0),
            env=environment,
        )
    except bounded.Overrun as overrun:
        raise RuntimeError(f"Pico's process {overrun}") from None
    if done.code:
        words = done.said.decode(errors="replace").strip().splitlines()
        raise RuntimeError(words[-1] if words else f"Pico's process ended with {done.code}")
    return np.frombuffer(done.out, "<i2").astype(np.float32) / np.float32(32768)


__all__ = ["Pico", "readable"]
