"""Whether references are in the language that a suite says, told by the small words of each; a guard against mix-ups.

A corpus is looked at as a whole: of one sentence nobody can tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dubbench import languages
from dubbench.errors import BadInput

if TYPE_CHECKING:
    from dubbench.bench.questions import Question

SMALL = {
    "de": "der die das und ist nicht ein eine sie ich zu mit auf für wir aber auch von dem den",
    "en": "the and is of to you that it for are with this have your was not they be from will",
    "es": "el los las del es una por para con más pero como muy está usted su lo y ha este",
    "fr": "le les des est et un une vous nous je pas dans pour que qui avec sur au ce du",
    "it": "il gli della di che è non per una sono con del nel ma anche come questo lei più hai",
    "pt": "o os da do não um uma em você para com mais mas como na no isso ao foi ele",
}
"""Frequent words of each language, of which its neighbours have few."""
FEWEST = 40
"""Of so few small words in all nothing is concluded."""
SURE = 1.5
"""By so much another language's words outnumber its own before the references are refused: Spanish and Italian share
some."""

_WORD = re.compile(r"\w+")


def check(suite: str, questions: Iterable[Question]) -> None:
    """Refuse references that read like another language, or that are their own source. Raises BadInput."""
    texts: dict[str, list[str]] = {}
    for language, text in (pair for question in questions for pair in _texts(question)):
        texts.setdefault(language, []).append(text)
    for language, said in texts.items():
        other = likelier(said, language)
        if other is not None:
            wanted, found = languages.name(language), languages.name(other)
            raise BadInput(f"suite '{suite}': its texts in {wanted} read like {found}; look whether they were mixed up")


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    for line in question.gold.lines:
        yield question.source, line.text
        if line.translation is not None:
            yield question.target, line.translation


def likelier(texts: Iterable[str], language: str) -> str | None:
    """The language that texts are in rather than in `language`; None where they may well be in it, or nobody knows."""
    if language not in SMALL:
        return None
    words = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    counts = {code: sum(words[word] for word in small.split()) for code, small in SMALL.items()}
    best = max(counts, key=lambda code: counts[code])
    clear = counts[best] >= FEWEST and counts[best] > SURE * counts[language]
    return best if clear and best != language else None


__all__ = ["check", "likelier"]
