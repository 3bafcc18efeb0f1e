"""Lips that follow the new speech."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from dubbench import memory
from dubbench.errors import BadInput
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import Dub, Line


class Lipsync(Stage):
    """The lipsync room: runs on the mixed film, only where a mouth shows and a line asks for it."""

    room: ClassVar[str] = "lipsync"

    @abstractmethod
    def sync(self, video: Path, speech: Path, lines: Sequence[Line], to: Path) -> None:
        """Write `video` to `to` with the mouths moved to `speech` (a WAV on the film's clock) during `lines`.

        Same frames, size and rate; frames outside the lines stay as they are.
        """

    def film(self, dub: Dub, video: Path, speech: Path, progress: Progress = quiet) -> Path:
        """The picture with lips synced, from memory or made now."""
        lines = [line for line in dub.lines if line.controls.lipsync is not False]
        key = memory.key(
            video=memory.file_sha256(video), speech=memory.file_sha256(speech), lines=[x.id for x in lines],
            by=self.identity(),
        )  # fmt: skip
        path = memory.Memory(dub.folder).path(self.room, key, ".mp4")
        if not path.is_file():
            progress(self.room, 0, 1, "moving lips")
            with memory.replacing(path) as draft:
                self.ready().sync(video, speech, lines, draft)
        progress(self.room, 1, 1, "lips moved")
        return path

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        raise BadInput("lipsync works on the mixed film: use film(dub, video, speech)")
