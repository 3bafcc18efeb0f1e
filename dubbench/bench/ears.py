"""Listening to what was spoken, for rooms judged by what is understood. What is heard is kept beside the answer."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from dubbench import media, memory
from dubbench.bench.answers import Answer, Answers
from dubbench.bench.candidates import parsed
from dubbench.metrics import Metric
from dubbench.types import Sound


class Ears:
    """Who listens to the answers of a suite: one recogniser for words, judges of sound; loaded at first use."""

    def __init__(self, ear: str, answers: Answers) -> None:
        self.answers = answers
        self._stage: Any = parsed(ear).open("transcribe")

    @cached_property
    def id(self) -> str:
        """The recogniser's identity, which belongs to the id of every metric that it judges by."""
        return memory.key(by=self._stage.identity())[:12]

    def text(self, answer: Answer, path: Path, language: str) -> str:
        """What is understood of a sound file. Raises Unsupported for a language that the ear does not know."""
        key = memory.key(sound=memory.file_sha256(path), language=language, by=self.id)

        def hear() -> str:
            sound = self._sound(path)
            heard: str = self._stage.ready().hear(sound, language).text
            return heard

        return str(self.answers.judged(answer.key, key, hear))

    def opinion(self, answer: Answer, path: Path, judge: Metric[[Sound]]) -> dict[str, float]:
        """A judge's counts of a sound file."""
        key = memory.key(sound=memory.file_sha256(path), by=judge.id)
        found = self.answers.judged(answer.key, key, lambda: dict(judge(self._sound(path)).counts))
        return {str(name): float(count) for name, count in found.items()}

    def _sound(self, path: Path) -> Sound:
        if path.suffix == ".wav":
            return media.resample(media.read(path, channels=1), self._stage.sample_rate)
        with tempfile.TemporaryDirectory() as folder:
            track = Path(folder) / "track.wav"
            media.extract(path, track, sample_rate=self._stage.sample_rate, channels=1)
            return media.read(track)

    def release(self) -> None:
        self._stage.release()


__all__ = ["Ears"]
