"""Who speaks when, and a piece of each one's sound."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from dubbench import memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages import mono
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.timeline import lines as lines_of
from dubbench.types import Dub, Sound, Turn
from dubbench.voiceprint import describe_voice


class Diarize(Stage):
    """The diarize room."""

    room: ClassVar[str] = "diarize"
    sample_rate: ClassVar[int] = 16_000

    @abstractmethod
    def diarize(self, sound: Sound, speakers: int | None = None) -> tuple[Turn, ...]:
        """Turns in order of their start, which may overlap; `sound` is mono at `sample_rate`.

        `speakers` is how many there are, where a person said so. Labels are "A", "B", … in order of appearance.
        """

    def __call__(self, dub: Dub, progress: Progress = quiet, *, speakers: int | None = None) -> Dub:
        """Adds `turns`, a speaker on each line (lines are split where the speaker changes), a `Voice` each."""
        understood = dub.made_by["transcribe"].key if "transcribe" in dub.made_by else ""
        key = memory.key(turns=self._key(dub, speakers), words=understood)
        made = dub.made_by.get(self.room)
        if made is not None and made.key == key:
            return dub
        progress(self.room, 0, 1, "telling speakers apart")
        turns = self.listen(dub, progress, speakers=speakers) if dub.lines else ()
        lines = lines_of.join(dub.lines, turns)
        labels = tuple(dict.fromkeys(line.speaker for line in lines))
        known = {voice.speaker: voice for voice in dub.voices}
        voices = tuple(known.get(label) or describe_voice(dub, label, turns, lines) for label in labels)
        progress(self.room, 1, 1, f"{len(labels)} speakers")
        return dub.but(turns=turns, lines=lines, voices=voices, made_by=dub.by(self.room, self.name, key))

    def listen(self, dub: Dub, progress: Progress = quiet, *, speakers: int | None = None) -> tuple[Turn, ...]:
        """Who speaks when in the original, from memory or found out now: what needs no words yet."""
        store, key = memory.Memory(dub.folder), self._key(dub, speakers)
        kept = store.recall(self.room, key)
        if kept is not None:
            return tuple(Turn.model_validate(turn) for turn in kept)
        sound = mono.original(dub, self.sample_rate)
        with self.telling(progress, self.room, "telling speakers apart"):
            turns = tuple(self.ready().diarize(sound, speakers))
        if any(not 0 <= t.start < t.end <= sound.duration + 0.05 for t in turns):
            raise AdapterFailed(self.name, "it gave a turn outside the sound")
        store.keep(self.room, key, [turn.model_dump(mode="json") for turn in turns])
        return turns

    def _key(self, dub: Dub, speakers: int | None) -> str:
        if dub.tracks.original is None:
            raise BadInput("nobody to tell apart: the dub has no sound track yet (probe comes first)")
        return memory.key(sound=dub.tracks.original.sha256, speakers=speakers, by=self.identity())
