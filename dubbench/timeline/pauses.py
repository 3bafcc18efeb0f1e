"""Rests inside a line: where its speaker rested, and where the translation may rest for it. Pure arithmetic.

words         When we  got    there,          it was   dark.
rest                                |-- 0.8 --|                   after 0.59 of the letters
translation   Quando chegamos,              | já era noite.      a comma at 0.57: here
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from dubbench.timeline.lines import ends_clause, ends_sentence, leans
from dubbench.types import Line, Pause, Seconds, Word

SHORTEST: Seconds = 0.3
"""Less between two words is breath and closure, no pause."""
LONGEST: Seconds = 1.5
"""No pause inside a line is longer, however long the speaker searched for a word: it would sound like the end."""
LEAST: Seconds = 0.1
"""What is left of a rest, after what a voice rests there anyway, that is worth cutting the reading for."""
NEAR = 0.15
"""How far a pause may move, as a share of the text. Word order moves clauses by about as much."""
OTHER_KIND = 0.05
"""What another kind of place costs, as a share of the text: a comma is better rendered by a comma."""

OWN = {"sentence": 0.30, "clause": 0.15, "word": 0.0}
"""Seconds that a voice rests at such a place by itself: at commas 0.15 and 0.14 (medians of 22 Portuguese sentences,
two voices of Kokoro, 30 dB below the loudest)."""

_CONJUNCTIONS = re.compile(
    r"(and|but|or|because|although|though|while|when|if|which|who|where|until|unless|since|"
    r"e|mas|ou|porque|pois|embora|enquanto|quando|que|onde|porém|então|"
    r"y|pero|aunque|mientras|cuando|si|donde|entonces|"
    r"et|mais|ou|parce|quand|lorsque|où|donc|puisque|"
    r"ma|perché|poiché|mentre|quando|che|dove|quindi|"
    r"und|aber|oder|weil|dass|wenn|während|obwohl|denn|als)",
    re.IGNORECASE,
)
"""Words before which readers rest without a mark, in the languages that are heard most."""

_UNSPACED_MARK = re.compile("(?P<sentence>[。！？][」』”’）]*)|(?P<clause>[、，；：][」』”’）]*)")
_MARKED = re.compile(r"[.?!…,;:。！？、，；：][\"'”’»)」』）]*$")
_NUMBER = re.compile(
    r".*\d\W*|hundred|thousand|mil|mille|cem|cent|cien|cento|ciento|\w+(?:ty|centos|cientos|inta|enta|inte|anta|zig|ßig)",
    re.IGNORECASE,
)
"""Words of numbers that go on after "and": "vinte e um", "thousand and one"."""


@dataclass(frozen=True)
class _Place:
    """Where a text may rest: before its character `at`, and whether a sentence, a clause or only a phrase ends."""

    at: int
    kind: str


@dataclass(frozen=True)
class _Rest:
    """A rest of the speaker's: after which `share` of the letters, how long, and at what `kind` of place."""

    share: float
    duration: Seconds
    kind: str


def placed(line: Line, translation: str) -> tuple[Pause, ...]:
    """The pauses of `line`'s words, as pauses of `translation`, in order; the longest choose first.

    Each goes to the nearest fitting place within `NEAR` of its share of the letters, and never past another. Where
    there is none, or the voice rests as long by itself, there is no pause. A line without words has none.
    """
    places, whole = _places(translation), max(1, len(translation))
    chosen: dict[_Place, _Rest] = {}
    for rest in sorted(_rests(line.words), key=lambda rest: -rest.duration):
        free = [p for p in places if p not in chosen and _in_order(p, rest, chosen)]
        near = [p for p in free if abs(p.at / whole - rest.share) <= NEAR]
        if near:
            chosen[min(near, key=lambda p: abs(p.at / whole - rest.share) + OTHER_KIND * (p.kind != rest.kind))] = rest
    pauses = [(place.at, _added(rest, place)) for place, rest in chosen.items()]
    return tuple(Pause(at=at, duration=seconds) for at, seconds in sorted(pauses) if seconds >= LEAST)


def _added(rest: _Rest, place: _Place) -> Seconds:
    """The silence that makes the voice rest as long as the speaker did."""
    return round(min(rest.duration, LONGEST) - OWN[place.kind], 3)


def _in_order(place: _Place, rest: _Rest, chosen: dict[_Place, _Rest]) -> bool:
    return all((place.at < other.at) == (rest.share < theirs.share) for other, theirs in chosen.items())


def _rests(words: Sequence[Word]) -> Iterator[_Rest]:
    lengths = list(accumulate(len(word.text.strip()) + 1 for word in words))
    for i, (before, after) in enumerate(pairwise(words)):
        if after.start - before.end >= SHORTEST - 1e-6:
            yield _Rest(lengths[i] / (lengths[-1] - 1), after.start - before.end, _kind(before.text))


def _kind(word: str) -> str:
    if ends_sentence(Word(text=word, start=0, end=0)):
        return "sentence"
    return "clause" if ends_clause(word) else "word"


def _places(text: str) -> list[_Place]:
    """Where `text` may rest, in order. Never inside a word, nor between a number and what it counts."""
    words = list(re.finditer(r"\S+", text))
    found = [_Place(m.end(), m.lastgroup or "") for m in _UNSPACED_MARK.finditer(text) if m.end() < len(text)]
    for i, (before, after) in enumerate(pairwise(words)):
        if _fits(before[0], after[0]) and (_kind(before[0]) != "word" or _phrases(words, i)):
            found.append(_Place(after.start(), _kind(before[0])))
    return sorted((p for p in found if _sayable(text[: p.at]) and _sayable(text[p.at :])), key=lambda p: p.at)


def _fits(before: str, after: str) -> bool:
    """Whether a rest may lie between two words: at a mark, or before a conjunction that nothing leans on."""
    if _kind(before) != "word":
        return any(c.isalnum() for c in after)
    bound = leans(before) or _CONJUNCTIONS.fullmatch(before) or _NUMBER.fullmatch(before)
    return bool(_CONJUNCTIONS.fullmatch(after)) and not bound


def _phrases(words: Sequence[re.Match[str]], i: int) -> bool:
    """Whether at least two words lie on either side of a rest after word `i`: one alone is no phrase."""
    return i >= 1 and len(words) - i - 1 >= 3


def _sayable(text: str) -> bool:
    return any(c.isalnum() for c in text)


def cut(text: str, pauses: Sequence[Pause]) -> list[tuple[str, Seconds]]:
    """`text` in parts as they are read, each with the silence that follows it; the last with none.

    A part that ends without a mark gets a comma, so that the voice does not fall as at an end. Pauses that lie inside
    a word, outside the text, or beside nothing that can be said are left out.
    """
    kept = honoured(text, pauses)
    edges = [0, *(pause.at for pause in kept), len(text)]
    parts = [text[a:b].strip() for a, b in pairwise(edges)]
    return [*((_open(part), p.duration) for part, p in zip(parts, kept, strict=False)), (parts[-1], 0.0)]


def honoured(text: str, pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Those of `pauses` that can be read in `text`, in order."""
    kept: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.at):
        part, rest = text[kept[-1].at if kept else 0 : pause.at], text[pause.at :]
        inside = bool(part[-1:].isalnum() and rest[:1].isalnum())
        if _sayable(part) and _sayable(rest) and not inside:
            kept.append(pause)
    return tuple(kept)


def _open(part: str) -> str:
    """The part with a mark at its end that says more follows, unless it has one; voices make little of a dash."""
    bare = part.rstrip(" -–—")
    return bare if _MARKED.search(bare) else f"{bare},"


__all__ = ["cut", "honoured", "placed"]
