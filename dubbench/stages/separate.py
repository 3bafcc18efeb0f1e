"""Speech and everything else, taken apart, piece by piece so that length costs no memory. (face being written)"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import Dub, Sound


class Separate(Stage):
    """The separate room."""

    room: ClassVar[str] = "separate"
    sample_rate: ClassVar[int] = 44_100

    @abstractmethod
    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        """(speech, background) of a stereo piece at `sample_rate`, each of exactly its length."""

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        """Adds `tracks.speech` and `tracks.background`."""
        raise NotImplementedError
