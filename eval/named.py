"""Names and numbers of a dub: where they stand among its words, and which of them an ear finds in the finished film.

A name is a word with a capital inside a sentence, and the same word at a sentence's beginning. A number is a run of
number words, digits spelled out: "1984" and "mil novecentos e oitenta e quatro" are one. A lone "um" is an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from dubbench.text import numerals, spelling
from dubbench.translation import guard
from dubbench.types import Dub

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_ROMANCE = ("ca", "es", "fr", "gl", "it", "pt")
_ONES = frozenset({"um", "un", "ein", "one"})
"""Words for one that mostly are articles and pronouns, as `spelling.words` evens them out."""
_JOINTS = frozenset({"e", "y", "and", "et", "und"})
_SHORT = re.compile(r"I['’]")
"""English "I'm" and the like are no names."""


@dataclass(frozen=True)
class Item:
    """A name or a number: the slice `start:end` of the words of the whole dub."""

    text: str
    start: int
    end: int
    number: bool


@dataclass(frozen=True)
class Lost:
    """An item that was not found, and the words that stand in its place."""

    item: Item
    heard: str

    def __str__(self) -> str:
        return f"{self.item.text} (heard: {self.heard or 'nothing'})"


def looked_for(dub: Dub, heard: str) -> tuple[list[Item], list[Lost]]:
    """The names and numbers of a dub's text, and those that are not in what was heard of it, each in its place."""
    language = dub.target_language
    lines = [line.translation or "" for line in dub.lines]
    known = names(lines, [line.text for line in dub.lines], near=_near(dub.source_language, language))
    said: list[str] = []
    items: list[Item] = []
    for line in lines:
        words = spelling.words(line, language)
        items += [Item(i.text, len(said) + i.start, len(said) + i.end, i.number) for i in found(line, known, language)]
        said += words
    return items, lost(said, items, spelling.words(heard, language), language)


def names(lines: Sequence[str], originals: Sequence[str], *, near: bool) -> set[str]:
    """Words that are names somewhere in the lines: with a capital inside a sentence, or at the beginning of one and
    with a capital in the original, too. Between near languages the latter tells nothing: "Para" begins both.
    """
    inside = {name for line in lines for name in guard.names(line) if not _SHORT.match(name)}
    if near:
        return inside
    for line, original in zip(lines, originals, strict=True):
        capitals = {word for word in _capitals(original) if len(word) > 2 and not _SHORT.match(word)}
        inside |= capitals & set(_capitals(line))
    return inside


def _near(source: str | None, target: str) -> bool:
    return (source or "")[:2] in _ROMANCE and target[:2] in _ROMANCE


def _capitals(text: str) -> Iterator[str]:
    return (word for word in _WORD.findall(text) if word[0].isupper())


def found(line: str, known: Iterable[str], language: str) -> list[Item]:
    """The names out of `known` and the numbers of one line, in order; slices of the line's own words."""
    words, known = spelling.words(line, language), set(known)
    items, at = list(_numbers(words, language)), 0
    for word in _capitals(line):
        if word in known:
            parts = spelling.words(word, language)
            start = next((i for i in range(at, len(words)) if words[i : i + len(parts)] == parts), None)
            if parts and start is not None:
                at = start + len(parts)
                items.append(Item(word, start, at, number=False))
    return sorted(items, key=lambda item: item.start)


def _numbers(words: Sequence[str], language: str) -> Iterator[Item]:
    digits, mark = _number_words(language[:2])
    start = end = 0
    for i, word in enumerate([*words, ""]):
        if word in digits:
            start, end = (i if end == start else start), i + 1
        elif end > start and not (i == end and (word == mark or word in _JOINTS)):
            if not set(words[start:end]) <= _ONES:
                yield Item(" ".join(words[start:end]), start, end, number=True)
            start = end = 0


@cache
def _number_words(language: str) -> tuple[frozenset[str], str]:
    """The words that numbers are made of, and the name of the decimal mark."""
    if language not in numerals.LANGUAGES:
        return frozenset(), ""
    whole = [*range(102), *range(200, 1000, 100), 1000, 10**6, 2 * 10**6]
    said = {word for n in whole for word in spelling.words(numerals.cardinal(Decimal(n), language), language)}
    return frozenset(said - _JOINTS), spelling.words(numerals.cardinal(Decimal("0.5"), language), language)[1]


def lost(said: Sequence[str], items: Iterable[Item], heard: Sequence[str], language: str) -> list[Lost]:
    """The items that do not stand in their place where the words said and heard align by least edits.

    A name must have its letters, however they are parted into words. A number must have its number words, in order and
    with no others among or beside them; an "and" may come or go, and "five zero zero" is "five hundred".
    """
    from rapidfuzz.distance import Levenshtein

    steps = Levenshtein.opcodes(said, heard)
    places = {
        s.src_start + k: s.dest_start + k for s in steps if s.tag == "equal" for k in range(s.src_end - s.src_start)
    }
    digits, mark = _number_words(language[:2])
    missing = []
    for item in items:
        wanted = said[item.start : item.end]
        # What was heard between the nearest words before and after it that were understood.
        first = max((place for i, place in places.items() if i < item.start), default=-1) + 1
        last = min((place for i, place in places.items() if i >= item.end), default=len(heard))
        there = heard[first:last]
        if item.number:
            number = [word for word in there if word in digits or word == mark]
            right = _at_once(number, language) == _at_once([w for w in wanted if w not in _JOINTS], language)
        else:
            spans = ((i, j) for i in range(len(there)) for j in range(i + 1, len(there) + 1))
            right = any("".join(there[i:j]) == "".join(wanted) for i, j in spans)
        if not right:
            missing.append(Lost(item, " ".join(there)))
    return missing


def _at_once(number: Sequence[str], language: str) -> list[str]:
    """The words of a number; of one read digit by digit, those of the whole: recognisers write both as "500"."""
    singly = {numerals.cardinal(Decimal(digit), language): str(digit) for digit in range(10)}
    if len(number) < 2 or not set(number) <= set(singly) or number[0] == numerals.cardinal(Decimal(0), language):
        return list(number)
    whole = numerals.cardinal(Decimal("".join(singly[word] for word in number)), language)
    return [word for word in spelling.words(whole, language) if word not in _JOINTS]
