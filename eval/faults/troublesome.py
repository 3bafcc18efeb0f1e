"""Models that do at their third call what models must not, as long as `TROUBLE` says so; else they are the toys.

What makes their results their own does not depend on it, so one that is healed goes on with what it made before.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from dubbench.adapters.toy import ToyDiarize, ToySeparate, ToySpeak, ToyTranscribe, ToyTranslate
from dubbench.stages.speak import Spoken
from dubbench.types import Sound

THIRD = 3


def _nothing(samples: float) -> Spoken:
    return Spoken(Sound(np.full((1, 24_000), samples, np.float32), 24_000))


def _flood(times: int | None) -> None:
    """Print ten megabytes to both, so many times or for ever."""
    while times is None or times > 0:
        for stream in (1, 2):
            os.write(stream, b"and so on and on\n" * 600_000)
        times = None if times is None else times - 1


def _eat() -> None:
    held = []
    while True:
        held.append(bytearray(256 << 20))


TROUBLES: dict[str, Callable[[], Any]] = {
    "raises": lambda: 1 / 0,
    "calls sys.exit": lambda: sys.exit(3),
    "leaves at once": lambda: os._exit(3),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "breaks memory": lambda: ctypes.string_at(0),
    "hangs": lambda: threading.Event().wait(),
    "eats memory": _eat,
    "has no memory": lambda: bytearray(1 << 62),
    "prints 20 MB": lambda: _flood(1),
    "prints for ever": lambda: _flood(None),
    "answers a string": lambda: "nonsense",
    "answers nothing": lambda: (),
    "gives no numbers": lambda: _nothing(float("nan")),
    "gives silence": lambda: _nothing(0.0),
    "gives noise beyond 1": lambda: _nothing(7.0),
}
GOES_ON = ("prints 20 MB",)
"""What troubles nobody: the answer comes after it."""


class _Counted:
    """Answers as its kind does, but for the call that is in trouble."""

    calls: ClassVar[int] = 0
    at: ClassVar[int] = THIRD

    def _troubled(self, answer: Callable[[], Any]) -> Any:
        type(self).calls += 1
        trouble = os.environ.get("TROUBLE")
        if trouble is None or type(self).calls != self.at:
            return answer()
        odd = TROUBLES[trouble]()
        return answer() if trouble in GOES_ON else odd


class Speak(_Counted, ToySpeak):
    parallel = 1

    def speak(self, *args: Any, **more: Any) -> Any:
        return self._troubled(lambda: super(Speak, self).speak(*args, **more))


class Translate(_Counted, ToyTranslate):
    batch = 1

    def translate(self, *args: Any, **more: Any) -> Any:
        return self._troubled(lambda: super(Translate, self).translate(*args, **more))


class Transcribe(_Counted, ToyTranscribe):
    at = 1

    def transcribe(self, *args: Any, **more: Any) -> Any:
        return self._troubled(lambda: super(Transcribe, self).transcribe(*args, **more))


class Diarize(_Counted, ToyDiarize):
    at = 1

    def diarize(self, *args: Any, **more: Any) -> Any:
        return self._troubled(lambda: super(Diarize, self).diarize(*args, **more))


class Separate(_Counted, ToySeparate):
    at = 1

    def separate(self, *args: Any, **more: Any) -> Any:
        return self._troubled(lambda: super(Separate, self).separate(*args, **more))
