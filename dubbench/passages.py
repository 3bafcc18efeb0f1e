"""The finished dub in passages of half a minute, and what the ear understands of each. Judging lines is `listen`'s.

    lines      |--1--|  |---2---||--3--|        |---4---|   |-5-|
    passages |--------------------------|---|----------------------    cut where no line sounds

A passage is remembered by the takes that lie in it and where: after an edit only passages that changed are heard again.
How loud the whole is may then have moved by tenths of a decibel under the others, which no ear tells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from dubbench import media, memory, mix, slowing
from dubbench.stages.base import Progress, quiet
from dubbench.stages.transcribe import Transcribe
from dubbench.text import spelling
from dubbench.types import Dub, Line, Seconds, Sound

ROOM = "listen"
SHARE = 0.6
"""Of what the ear takes at once: shorter passages are sooner heard again after an edit, but take longer in all."""
BEFORE: Seconds = 0.3
"""A passage begins so far before its first line: then a line before it may end earlier or later without moving it."""
AROUND: Seconds = 2.0
"""A passage without lines begins and ends so far from speech: reverberation has died away."""

REST: Seconds = 8.0
"""From here on a rest between lines is a passage of its own: where nothing is said, listening is quick."""


@dataclass(frozen=True)
class Passage:
    """`lines` in order, and from when to when they are heard, on the film's clock; the last has no end."""

    start: Seconds
    end: Seconds
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Heard:
    """What was understood of each passage, in the dub's language."""

    language: str
    texts: tuple[tuple[Passage, str], ...]

    def by_line(self) -> dict[str, str]:
        """The words of each passage given to the lines they align with (least edits)."""
        found: dict[str, str] = {}
        for passage, text in self.texts:
            said = {line.id: line.translation or "" for line in passage.lines}
            found.update(spelling.aligned(text, said, self.language) if said else {})
        return found

    @property
    def errors(self) -> spelling.Errors:
        """Word errors against what was to be said, numbers spelled out; words heard where no line is count whole."""
        each = (
            spelling.wer(" ".join(line.translation or "" for line in passage.lines), text, self.language)
            for passage, text in self.texts
        )
        return sum(each, spelling.Errors())


def cut(lines: Sequence[Line], duration: Seconds, longest: Seconds) -> list[Passage]:
    """A film of `duration` in passages of at most `longest` seconds, unless lines leave no rest to cut at."""
    groups = _groups(sorted(lines, key=lambda line: line.placed_start or 0.0), longest)
    passages, start, last = list[Passage](), 0.0, 0.0
    for group in groups:
        first = group[0].placed_start or 0.0
        if first - last > REST:
            begin = last + AROUND if passages else 0.0
            passages = [*passages[:-1], *(replace(p, end=begin) for p in passages[-1:])]
            passages += _without_lines(begin, first - AROUND, longest)
            start = first - AROUND
        elif passages:
            start = first - min(BEFORE, max(0.0, first - last) / 2)
            passages[-1] = replace(passages[-1], end=start)
        last = max(line.placed_end or 0.0 for line in group)
        passages.append(Passage(start, math.inf, tuple(group)))
    if passages and duration - last > REST:
        passages[-1] = replace(passages[-1], end=last + AROUND)
        passages += _without_lines(last + AROUND, duration, longest)
    return [*passages[:-1], *(replace(p, end=math.inf) for p in passages[-1:])]


def _groups(lines: Sequence[Line], longest: Seconds) -> list[list[Line]]:
    """Neighbours that are heard together; lines that sound at once always are."""
    groups, until = list[list[Line]](), 0.0
    for line in lines:
        start, end = line.placed_start or 0.0, line.placed_end or 0.0
        first = groups[-1][0].placed_start or 0.0 if groups else 0.0
        if groups and (start < until or max(end, until) - first <= longest):
            groups[-1].append(line)
        else:
            groups.append([line])
        until = max(until, end)
    return groups


def _without_lines(start: Seconds, end: Seconds, longest: Seconds) -> Iterator[Passage]:
    count = max(1, math.ceil((end - start) / longest))
    edges = [*(start + (end - start) * i / count for i in range(count)), end]
    for first, last in pairwise(edges):
        yield Passage(first, last, ())


def heard(dub: Dub, ear: Transcribe, film: Path, progress: Progress = quiet) -> Heard:
    """What the ear understands of a dub, by its finished film, or by the sound that the film will hold.

    The film is decoded only where something was not heard before.
    """
    store = memory.Memory(dub.folder)
    passages = cut(dub.lines, slowing.film_duration(dub), SHARE * ear.piece)
    keys = [_key(dub, ear, passage) for passage in passages]
    texts: dict[str, str | None] = {key: store.recall(ROOM, key) for key in keys}
    new = [(key, passage) for key, passage in zip(keys, passages, strict=True) if texts[key] is None]
    if new:
        path = store.path(ROOM, "track", ".wav")
        with memory.passing(path) as draft, ThreadPoolExecutor(max(1, ear.parallel)) as pool:
            sound = track(film, ear, draft)
            found = pool.map(lambda job: _understood(dub, ear.ready(), sound, job[1]), new)
            for done, ((key, _), text) in enumerate(zip(new, found, strict=True), 1):
                store.keep(ROOM, key, text)
                texts[key] = text
                progress(ROOM, done, len(new), "listening to the dub")
    return Heard(dub.target_language, tuple((p, texts[key] or "") for key, p in zip(keys, passages, strict=True)))


def track(film: Path, ear: Transcribe, to: Path) -> Sound:
    """A film's sound track as the ear takes it, decoded into the file `to`, which must stay while it is used."""
    with memory.passing(to) as whole:
        media.extract(film, whole, sample_rate=ear.sample_rate, channels=1)
        media.write_mono(whole, to, ear.sample_rate)
    return media.mapped(to)


def _understood(dub: Dub, ear: Transcribe, whole: Sound, passage: Passage) -> str:
    first, last = (round(min(at, whole.duration) * whole.sample_rate) for at in (passage.start, passage.end))
    if first >= last:
        return ""
    return ear.text(Sound(whole.samples[:, first:last], whole.sample_rate), dub.target_language)


def _key(dub: Dub, ear: Transcribe, passage: Passage) -> str:
    """By the takes and where they lie, and by what lies under them."""
    tracks = [audio.sha256 if audio else None for _, audio in dub.tracks]
    return memory.key(
        takes=[[line.placed_start, line.speech.sha256 if line.speech else None] for line in passage.lines],
        span=[passage.start, passage.end if passage.end < math.inf else None],
        bed=[tracks, dub.picture],
        by=[mix.VERSION, media.CODED, ear.identity()],
        language=dub.target_language,
    )
