"""Where a mouth shows, and whose. The default cast leaves this room empty: then nothing is known, not "nowhere"."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from dubbench import memory
from dubbench.errors import AdapterFailed
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import Dub, Mouth, Turn


class Faces(Stage):
    """The faces room: after diarization, before the fit, which may slow the picture only where no mouth shows."""

    room: ClassVar[str] = "faces"

    @abstractmethod
    def faces(self, video: Path, turns: Sequence[Turn]) -> tuple[Mouth, ...]:
        """Spans in which a mouth shows, in order of their start; `turns` say who speaks when, to tell whose it is."""

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        """Adds `mouths`; a film without a picture shows none."""
        turns = [turn.model_dump(mode="json") for turn in dub.turns]
        key = memory.key(source=dub.source.sha256, turns=turns, by=self.identity())
        made = dub.made_by.get(self.room)
        if made is not None and made.key == key:
            return dub
        progress(self.room, 0, 1, "looking for faces")
        mouths = self._remembered(dub, key) if dub.source.has_picture else ()
        progress(self.room, 1, 1, f"{len(mouths)} spans")
        return dub.but(mouths=mouths, made_by=dub.by(self.room, self.name, key))

    def _remembered(self, dub: Dub, key: str) -> tuple[Mouth, ...]:
        store = memory.Memory(dub.folder)
        kept = store.recall(self.room, key)
        if kept is not None:
            return tuple(Mouth.model_validate(mouth) for mouth in kept)
        mouths = tuple(self.ready().faces(Path(dub.source.path), dub.turns))
        if any(not 0 <= m.start < m.end <= dub.source.duration + 0.1 for m in mouths):
            raise AdapterFailed(self.name, "it saw a mouth outside the film")
        store.keep(self.room, key, [mouth.model_dump(mode="json") for mouth in mouths])
        return mouths
