"""An inaudible mark on every generated sound, and its detection."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import Dub, Sound


class Watermark(Stage):
    """The watermark room: takes are marked as they are spoken, so there is no walk through it."""

    room: ClassVar[str] = "watermark"

    @abstractmethod
    def mark(self, sound: Sound) -> Sound:
        """The same sound with the mark in it: same length, rate, shape and (nearly) loudness. Thread-safe."""

    @abstractmethod
    def detect(self, sound: Sound) -> float:
        """How sure it is that the mark is in `sound`, in [0, 1]; above 0.5 counts as found."""

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        return dub
