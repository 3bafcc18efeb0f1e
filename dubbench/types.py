"""The nouns of the house: frozen values that go to JSON and back. No behaviour beyond looking things up.

A `Dub` is one source in one target language and carries everything known about it. Sound lies in files, which `Audio`
points at by a path relative to the dub's folder; only `Sound` holds samples, and it never enters a Dub.

Times are seconds, on the source's clock unless said otherwise, rates are hertz; whatever is measured in another unit
says so in its name.
"""

from __future__ import annotations

import pkgutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PrivateAttr, model_validator

from dubbench import early as early

Seconds: TypeAlias = float
PictureMap: TypeAlias = tuple[tuple[Seconds, Seconds], ...]
"""Knots (source time, film time), linear between them (`timeline.picture`)."""
Samples: TypeAlias = npt.NDArray[np.float32]

K = TypeVar("K")
V = TypeVar("V")
FrozenDict: TypeAlias = Annotated[
    Mapping[K, V], AfterValidator(lambda d: MappingProxyType(dict(d))), PlainSerializer(dict)
]

SCHEMA = 1
LONGEST_TEXT = 10_000
"""Letters of a line: more than ten minutes of speech without a pause."""


class Noun(BaseModel):
    """A frozen value; an unknown field is refused, and so is a number that is none (NaN, infinity)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    def but(self, **changes: Any) -> Self:
        """The same value with some fields changed, checked like a new one."""
        return type(self).model_validate({**dict(self), **changes})


@dataclass(frozen=True, eq=False)
class Sound:
    """Sound in memory: float32 `samples` of shape (channels, n) in [-1, 1] at `sample_rate` hertz."""

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(f"Sound wants float32 (channels, n), not {self.samples.dtype} {self.samples.shape}")

    @property
    def duration(self) -> Seconds:
        return float(self.samples.shape[1] / self.sample_rate)

    @property
    def mono(self) -> Samples:
        """All channels averaged, shape (n,); of one channel its very samples, not a copy."""
        return self.samples[0] if len(self.samples) == 1 else np.asarray(self.samples.mean(axis=0), np.float32)


class Audio(Noun):
    """Sound in a file. `path` is relative to the dub's folder; `sha256` is that of the file's bytes."""

    path: str
    sample_rate: int = Field(gt=0)
    channels: int = Field(gt=0)
    duration: Seconds = Field(ge=0)
    sha256: str


class Source(Noun):
    """The film as it came: never written to. `width`, `height` as displayed (after rotation); 0 without a picture."""

    path: str
    sha256: str
    duration: Seconds = Field(ge=0)
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    rotation: int = 0
    channels: int = 0
    sample_rate: int = 0

    @property
    def has_picture(self) -> bool:
        return self.width > 0


class Word(Noun):
    """One spoken word; `confidence` in [0, 1]."""

    text: str
    start: Seconds
    end: Seconds
    confidence: float = 1.0


class Turn(Noun):
    """Somebody speaks. Turns of several speakers may overlap.

    A  |------|      |---|
    B       |----|
    """

    speaker: str
    start: Seconds
    end: Seconds


class Consent(Noun):
    """By what right a voice is used. `withdrawn` says when it was taken back: from then on nobody is cloned by it."""

    who: str
    when: str
    purpose: str
    withdrawn: str | None = None


class Voice(Noun):
    """How a speaker sounds and by what right.

    `preset` names a voice of the speaking model ("pf_dora", or a blend "pf_dora:0.6+af_bella:0.4"); `reference` is a
    piece of the speaker's own sound, used to choose a preset and by models that clone. `pitch_hz` is the median
    fundamental frequency. `person` is who they are in the project's cast memory (`people`). A voice that was fitted to
    somebody (`voices`) has the `blend` that makes it, a sum of presets for each of its parts, and the `file` it came
    from, which is asked for their consent.
    """

    id: str
    name: str = ""
    speaker: str = ""
    person: str | None = None
    preset: str | None = None
    blend: FrozenDict[str, str] | None = None
    file: str | None = None
    language: str | None = None
    sex: Literal["female", "male"] | None = None
    pitch_hz: float | None = None
    reference: Audio | None = None
    transcript: str | None = None
    consent: Consent | None = None
    licence: str | None = None


class Phoneme(Noun):
    """One speech sound with its place in the take it belongs to."""

    symbol: str
    start: Seconds
    end: Seconds


class Pause(Noun):
    """A rest inside a line's translation: before the character `at`, `duration` seconds of silence between two parts.

    "Quando chegamos, | já era noite."      at = 17
    """

    at: int = Field(ge=1)
    duration: Seconds = Field(gt=0)


class Emphasis(Noun):
    """A word of a line's translation that is stressed: `word`, which begins before the character `at`.

    "Ela nunca disse isso."      at = 4, word = "nunca"
    """

    at: int = Field(ge=0)
    word: str = Field(min_length=1)


class Take(Noun):
    """One reading of a line. `pace` 1.25 was asked to take 1/1.25 of the natural time, `pauses` lie in `text`.

    `heard` is what re-listening understood, `score` its character error rate against `text` (lower is better).
    """

    speech: Audio
    text: str
    voice: str
    pace: float = 1.0
    seed: int = 0
    pauses: tuple[Pause, ...] = ()
    phonemes: tuple[Phoneme, ...] = ()
    heard: str | None = None
    score: float | None = None


class Controls(Noun):
    """What a person may ask of the voice; None means no wish. A line's wishes go before its speaker's.

    `pronunciation` is "word=reading; word=reading" (`text.pronunciations`), and goes before the dub's list. `emphasis`
    names words to stress, "never; not", and `pitch_semitones` raises or lowers the voice: without them both follow the
    original (`prosody`), as much as `exaggeration` says: 0 not at all, 1 as it was, 2 twice.
    """

    pace: float | None = Field(None, ge=0.5, le=2.0)
    style: str | None = None
    emotion: str | None = None
    exaggeration: float | None = Field(None, ge=0.0, le=2.0)
    pronunciation: str | None = None
    emphasis: str | None = None
    pitch_semitones: float | None = Field(None, ge=-6.0, le=6.0)
    lipsync: bool | None = None

    def over(self, other: Controls) -> Controls:
        """These wishes, and `other`'s where these are silent."""
        return Controls(**{k: v if v is not None else getattr(other, k) for k, v in self})


class Flag(Noun):
    """Something a person should look at. `room` raised it and takes it back when it runs again."""

    room: str
    name: str
    detail: str = ""


class Made(Noun):
    """Which catalogue entry made something, and the content key of what it was made from."""

    model: str
    key: str


class Line(Noun):
    """One speaker's unbroken speech: the unit an editor edits.

        source   |----A: "Hey, Matt!"----|  |-B: "Yes?"-|
                 start                end
        speech     |--A: "Olá, Matt!"--|    |-B: "Sim?"-|
                   placed_start     placed_end

    `tempo` is the natural duration of the chosen take's text over the time it got: above 1 is faster than natural.
    `pauses` are rests that the plan wants inside the translation, in order, `emphasis` its words that say what the
    speaker stressed; the room that speaks leaves out those that no longer fit the text. `pitch_semitones` is how much
    higher than its voice's own pitch the line is read, for its speaker said it higher than others.
    `made_by` maps a room to the content key that its part of this line was made from.
    """

    id: str = Field(min_length=1)
    start: Seconds = Field(ge=0)
    end: Seconds
    text: str = Field(max_length=LONGEST_TEXT)
    speaker: str = ""
    words: tuple[Word, ...] = ()
    translation: str | None = Field(None, max_length=LONGEST_TEXT)
    wordings: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    emphasis: tuple[Emphasis, ...] = ()
    pitch_semitones: float = Field(0.0, ge=-3.0, le=3.0)
    takes: tuple[Take, ...] = ()
    speech: Audio | None = None
    controls: Controls = Controls()
    placed_start: Seconds | None = None
    placed_end: Seconds | None = None
    tempo: float | None = None
    approved: bool = False
    flags: tuple[Flag, ...] = ()
    edited_by: str | None = None
    made_by: FrozenDict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"line {self.id} ends at {self.end:g} s, before it starts at {self.start:g} s")
        return self

    @property
    def take(self) -> Take | None:
        """The chosen take: the one whose sound is `speech`."""
        return next((t for t in self.takes if self.speech and t.speech.path == self.speech.path), None)

    def flagged(self, room: str, *flags: Flag) -> Line:
        """The line with `room`'s flags replaced."""
        return self.but(flags=tuple(f for f in self.flags if f.room != room) + flags)

    def made(self, room: str, key: str) -> Mapping[str, str]:
        """`made_by` with one room's key set."""
        return MappingProxyType({**self.made_by, room: key})


class Tracks(Noun):
    """What the sound was taken apart into; `original` is the whole."""

    original: Audio | None = None
    speech: Audio | None = None
    background: Audio | None = None


class Mouth(Noun):
    """A mouth shows from `start` to `end`; whose, where known."""

    start: Seconds
    end: Seconds
    speaker: str | None = None


class Output(Noun):
    """The finished film and its companions, as paths relative to the dub's folder."""

    film: str
    sha256: str
    subtitles: tuple[str, ...] = ()


class Wishes(Noun):
    """How a person asked for the dub, so that it can be asked for again: options of the command that are no edits.

    `models` gives rooms to other models than the cast does; `people` is the path of the project's cast memory.
    """

    cast: str = "default"
    models: FrozenDict[str, str] = Field(default_factory=dict)
    speakers: int | None = Field(None, ge=1, le=20)
    preview: bool = False
    lipsync: bool = False
    slow_picture: bool = False
    watermark: bool = True
    people: str | None = None


class Dub(Noun):
    """One source in one target language, and everything known about it.

    `picture` maps source time to film time at its knots, linear between them; empty means identity. What is placed
    lies on the film's clock. `mouths` is None until somebody has looked. `pronunciations` maps words of the target
    language to how they are said (`text.pronunciations`). `made_by` maps a room to the entry and the content key that
    its part was made from, so what is stale is found by comparing keys and never stored.
    """

    schema_: int = Field(SCHEMA, alias="schema")
    id: str
    source: Source
    target_language: str
    source_language: str | None = None
    language_confidence: float | None = None
    tracks: Tracks = Tracks()
    turns: tuple[Turn, ...] = ()
    voices: tuple[Voice, ...] = ()
    lines: tuple[Line, ...] = ()
    controls: FrozenDict[str, Controls] = Field(default_factory=dict)
    glossary: FrozenDict[str, str] = Field(default_factory=dict)
    pronunciations: FrozenDict[str, str] = Field(default_factory=dict)
    picture: PictureMap = ()
    mouths: tuple[Mouth, ...] | None = None
    flags: tuple[Flag, ...] = ()
    wishes: Wishes = Wishes()
    output: Output | None = None
    made_by: FrozenDict[str, Made] = Field(default_factory=dict)

    _folder: Path | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        counts = Counter(line.id for line in self.lines)
        if len(counts) < len(self.lines):
            raise ValueError(f"two lines are called '{counts.most_common(1)[0][0]}'; give each an id of its own")
        return self

    @model_validator(mode="after")
    def _onward(self) -> Self:
        for (a, seen_a), (b, seen_b) in pairwise(self.picture):
            if not (a < b and seen_a < seen_b):
                raise ValueError(f"the picture map must go on in both clocks, not from ({a:g}, {seen_a:g}) to "
                                 f"({b:g}, {seen_b:g})")  # fmt: skip
        return self

    def _repr_html_(self) -> str:
        """The dub for eyes and ears, in a notebook. By name: nouns know nothing of what shows them."""
        page: str = pkgutil.resolve_name("dubbench.show:show")(self).page
        return page

    @property
    def folder(self) -> Path:
        """Where this dub lives: the root of every `Audio.path`. Raises ValueError before it was given one."""
        if self._folder is None:
            raise ValueError("this Dub has no folder yet: use dub.at(folder)")
        return self._folder

    def at(self, folder: Path) -> Dub:
        """The same dub, living in `folder`."""
        dub = self.model_copy()
        dub._folder = folder.resolve()
        return dub

    def but(self, **changes: Any) -> Self:
        """The same dub with some fields changed, in the same folder."""
        dub = super().but(**changes)
        dub._folder = self._folder
        return dub

    def open(self, audio: Audio) -> Path:
        """Where the file of `audio` is."""
        return self.folder / audio.path

    def said_before(self, line: Line) -> str:
        """What the speaker of a line said in the line before it; nothing where that is somebody else's, or none."""
        return self._said_before.get(line.id, "")

    @cached_property
    def _said_before(self) -> Mapping[str, str]:
        # Made once, for it is asked for at every reading; no part of the value, as its name with "_" tells pydantic.
        return {b.id: a.text for a, b in pairwise(self.lines) if a.speaker == b.speaker}

    def voice_of(self, speaker: str) -> Voice | None:
        return next((v for v in self.voices if v.speaker == speaker), None)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Labels of those who have a line, in order of appearance."""
        return tuple(dict.fromkeys(line.speaker for line in self.lines))

    def flagged(self, room: str, *flags: Flag) -> Dub:
        """The dub with `room`'s own flags (not those of its lines) replaced."""
        return self.but(flags=tuple(f for f in self.flags if f.room != room) + flags)

    def with_lines(self, changed: Mapping[str, Line]) -> Self:
        """The dub with some lines replaced, by id."""
        return self.but(lines=tuple(changed.get(line.id, line) for line in self.lines))

    def by(self, room: str, model: str, key: str) -> Mapping[str, Made]:
        """`made_by` with one room's record set."""
        return MappingProxyType({**self.made_by, room: Made(model=model, key=key)})
