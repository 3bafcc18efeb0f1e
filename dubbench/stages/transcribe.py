"""Speech to text: words with times and confidence. Splitting them into lines is `timeline.lines`' work.

sound     |=====================================================|
pieces    |-------------||--------------||-----------||----------|    about half a minute, cut at rests
segments   |---| |-----|  |------| |---|   |------|    |---|  |--|     each piece remembered by itself
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ClassVar, TypeAlias

from dubbench import memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages import cuts, mono
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.timeline.lines import split, text_of
from dubbench.types import Dub, Noun, Seconds, Sound, Word

SURE_LANGUAGE = 0.5
"""Below this confidence a guessed language is not believed: accented English came back as Greek at 0.24."""

GUESSED: Sequence[Seconds] = (64.0, 256.0, 1024.0)
"""How much of a sound's beginning the language is guessed from: more where less leaves it in doubt."""

Guesses: TypeAlias = tuple[tuple[str, float], ...]
"""Languages and their probabilities, best first."""


class Transcript(Noun):
    """What was heard. `guesses` are the likeliest languages with their probabilities, best first."""

    language: str
    guesses: Guesses = ()
    segments: tuple[tuple[Word, ...], ...] = ()

    @property
    def text(self) -> str:
        return text_of([word for segment in self.segments for word in segment])

    def later(self, seconds: Seconds, end: Seconds) -> tuple[tuple[Word, ...], ...]:
        """The segments of a piece that begins `seconds` into a sound which lasts until `end`."""
        return tuple(
            tuple(w.but(start=min(w.start + seconds, end), end=min(w.end + seconds, end)) for w in segment)
            for segment in self.segments
        )


Remember: TypeAlias = Callable[[dict[str, Any], Callable[[], Transcript]], Transcript]
"""Called as remember(what, make): the transcript kept for a piece described by `what`, else a new one, kept."""


def afresh(what: dict[str, Any], make: Callable[[], Transcript]) -> Transcript:
    """Remembers nothing."""
    return make()


class Transcribe(Stage):
    """The transcribe room."""

    room: ClassVar[str] = "transcribe"
    sample_rate: ClassVar[int] = 16_000
    parallel: ClassVar[int] = 1
    """How many pieces the adapter may be asked for at once, from threads."""
    piece: Seconds = 32.0
    """About how much sound the adapter is given at once: a little more than Whisper's window."""

    @abstractmethod
    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        """What is said in `sound` (mono, `sample_rate` hertz). `language` None means: guess it.

        Words carry times inside the sound, in order. Silence and music give no segments, never invented text.
        """

    def text(self, sound: Sound, language: str) -> str:
        """What is said in `sound`, when the times do not matter; an adapter that is quicker without them says how."""
        return self.transcribe(sound, language).text

    def guess(self, sound: Sound) -> Guesses:
        """The likeliest languages of `sound`; none where an adapter finds that out only by transcribing."""
        return ()

    def hear(
        self, sound: Sound, language: str | None = None, *, remember: Remember = afresh, progress: Progress = quiet
    ) -> Transcript:
        """What is said in a sound of any length, piece by piece, `parallel` of them at once."""
        pieces = [_Piece(sound, *span) for span in cuts.spans(sound, self.piece)]
        guesses = ((language, 1.0),) if language else self._guessed(sound, pieces, remember)
        known = guesses[0][0]
        parts: list[tuple[tuple[Word, ...], ...]] = []
        with ThreadPoolExecutor(max(1, self.parallel)) as pool, _cancelled(pool):
            for heard in pool.map(lambda piece: self._heard(piece, known, remember), pieces):
                parts.append(heard.later(pieces[len(parts)].start, sound.duration))
                progress(self.room, len(parts), len(pieces), "listening")
        return Transcript(language=known, guesses=guesses, segments=tuple(s for part in parts for s in part))

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
        transcript = self._remembered(dub, key, asked, progress)
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

    def _remembered(self, dub: Dub, key: str, language: str | None, progress: Progress) -> Transcript:
        """The transcript of the original: kept whole, and each piece of it as soon as it is heard."""
        store, original = memory.Memory(dub.folder), dub.tracks.original
        assert original is not None

        def remember(what: dict[str, Any], make: Callable[[], Transcript]) -> Transcript:
            return _kept(store, memory.key(sound=original.sha256, piece=what, by=self.identity()), make)

        def hear() -> Transcript:
            sound = mono.original(dub, self.sample_rate)
            return self.ready().hear(sound, language, remember=remember, progress=progress)

        return _kept(store, key, hear)

    def _guessed(self, sound: Sound, pieces: Sequence[_Piece], remember: Remember) -> Guesses:
        """The languages of a long sound, by its beginning, or else by its first piece in which anything is said."""
        for seconds in GUESSED:
            guesses = self.guess(Sound(sound.samples[:, : round(seconds * sound.sample_rate)], sound.sample_rate))
            if not guesses:
                break
            if guesses[0][1] >= SURE_LANGUAGE or seconds >= sound.duration:
                return guesses
        if guesses:
            return guesses
        heard = [self._heard(pieces[0], None, remember)]
        for piece in pieces[1:]:
            if heard[-1].segments:
                break
            heard.append(self._heard(piece, None, remember))
        best = heard[-1] if heard[-1].segments else heard[0]
        return best.guesses or ((best.language, 1.0),)

    def _heard(self, piece: _Piece, language: str | None, remember: Remember) -> Transcript:
        """One piece. A piece that the language was found in is not heard again in that language."""
        if piece.guessed is not None and piece.guessed.language == language:
            return piece.guessed
        what = {"first": piece.first, "last": piece.last, "language": language}
        heard = remember(what, lambda: self._transcribed(piece, language))
        piece.guessed = heard if language is None else piece.guessed
        return heard

    def _transcribed(self, piece: _Piece, language: str | None) -> Transcript:
        heard = self.transcribe(piece.sound, language)
        words = [word for segment in heard.segments for word in segment]
        if any(not 0 <= w.start <= w.end <= piece.sound.duration + 0.05 for w in words):
            raise AdapterFailed(self.name, "it gave a word times outside the sound")
        return heard

    def _believe(self, transcript: Transcript, asked: str | None) -> None:
        sure = dict(transcript.guesses).get(transcript.language, 1.0)
        if asked is None and transcript.segments and sure < SURE_LANGUAGE:
            likely = ", ".join(f"{code} ({p:.2f})" for code, p in transcript.guesses[:3])
            best = transcript.guesses[0][0]
            raise BadInput(f"cannot tell the language: {likely}. Say which with --from, for instance: --from {best}")


class _Piece:
    """Samples `first` to `last` of a whole; `guessed` is what was heard while its language was not known."""

    def __init__(self, whole: Sound, first: int, last: int) -> None:
        self.whole, self.first, self.last = whole, first, last
        self.guessed: Transcript | None = None

    @property
    def start(self) -> Seconds:
        return self.first / self.whole.sample_rate

    @property
    def sound(self) -> Sound:
        return Sound(self.whole.samples[:, self.first : self.last], self.whole.sample_rate)


def _kept(store: memory.Memory, key: str, make: Callable[[], Transcript]) -> Transcript:
    kept = store.recall(Transcribe.room, key)
    if kept is not None:
        return Transcript.model_validate(kept)
    made = make()
    store.keep(Transcribe.room, key, made.model_dump(mode="json"))
    return made


@contextmanager
def _cancelled(pool: ThreadPoolExecutor) -> Iterator[None]:
    """Where the block fails, what has not begun is not begun."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
