"""Speech to text: words with times and confidence. Splitting them into lines is `timeline.lines`' work."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from dubbench import media, memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.timeline.lines import split, text_of
from dubbench.types import Dub, Noun, Sound, Word

SURE_LANGUAGE = 0.5
"""Below this confidence a guessed language is not believed: accented English came back as Greek at 0.24."""


class Transcript(Noun):
    """What was heard. `guesses` are the likeliest languages with their probabilities, best first."""

    language: str
    guesses: tuple[tuple[str, float], ...] = ()
    segments: tuple[tuple[Word, ...], ...] = ()

    @property
    def text(self) -> str:
        return text_of([word for segment in self.segments for word in segment])


class Transcribe(Stage):
    """The transcribe room."""

    room: ClassVar[str] = "transcribe"
    sample_rate: ClassVar[int] = 16_000
    parallel: ClassVar[int] = 1
    """How many sounds the adapter may be asked for at once, from threads."""

    @abstractmethod
    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        """What is said in `sound` (mono, `sample_rate` hertz). `language` None means: guess it.

        Words carry times inside the sound, in order. Silence and music give no segments, never invented text.
        """

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        """Adds `lines`, `source_language` and `language_confidence`.

        A source language without a confidence was set by a person and is believed; else it is guessed.
        """
        if dub.tracks.original is None:
            raise BadInput("nothing to transcribe: the dub has no sound track yet (probe comes first)")
        asked = dub.source_language if dub.language_confidence is None else None
        made = dub.made_by.get(self.room)
        key = memory.key(sound=dub.tracks.original.sha256, language=asked, by=self.identity())
        if made is not None and made.key == key:
            return dub
        progress(self.room, 0, 1, "listening")
        with self.telling(progress, self.room, "listening"):
            transcript = self._remembered(dub, key, asked)
        self._believe(transcript, asked)
        confidence = dict(transcript.guesses).get(transcript.language) if asked is None else None
        lines = split(transcript.segments)
        progress(self.room, 1, 1, f"{len(lines)} lines")
        # Where nobody speaks a guess means nothing: silence passes for English.
        return dub.but(
            source_language=transcript.language if lines or asked else None,
            language_confidence=confidence,
            lines=lines,
            made_by=dub.by(self.room, self.name, key),
        )

    def _remembered(self, dub: Dub, key: str, language: str | None) -> Transcript:
        store = memory.Memory(dub.folder)
        kept = store.recall(self.room, key)
        if kept is not None:
            return Transcript.model_validate(kept)
        assert dub.tracks.original is not None
        sound = media.read(dub.open(dub.tracks.original), sample_rate=self.sample_rate, channels=1)
        transcript = self.ready().transcribe(sound, language)
        words = [word for segment in transcript.segments for word in segment]
        if any(not 0 <= w.start <= w.end <= sound.duration + 0.05 for w in words):
            raise AdapterFailed(self.name, "it gave a word times outside the sound")
        store.keep(self.room, key, transcript.model_dump(mode="json"))
        return transcript

    def _believe(self, transcript: Transcript, asked: str | None) -> None:
        sure = dict(transcript.guesses).get(transcript.language, 1.0)
        if asked is None and transcript.segments and sure < SURE_LANGUAGE:
            likely = ", ".join(f"{code} ({p:.2f})" for code, p in transcript.guesses[:3])
            best = transcript.guesses[0][0]
            raise BadInput(f"cannot tell the language: {likely}. Say which with --from, for instance: --from {best}")
