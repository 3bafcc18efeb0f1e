"""Which words of a translation say which of its source: by what a model looked at, or by words that look alike.

source        She  never   said that to anyone.
               |     |       |    |    \\____ |
translation   Ela  nunca  disse isso  a  ninguém.        (0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

import numpy as np

from dubbench.types import Samples

Pairs: TypeAlias = list[tuple[int, int]]
"""Places of words of the source and of the translation, both parted by spaces."""

SURE = 0.3
"""Share of a word's attention that the one it looks at most must have: below it the model looked about."""
ALIKE = 0.6
"""How much two words must look alike (the share of letters they have in common, Ratcliff and Obershelp)."""
ASIDE = 0.35
"""How far from its own place a look-alike may stand, as a share of the text."""

_SPACE = "▁"


def attended(attention: Samples, source: Sequence[str], said: Sequence[str]) -> Pairs:
    """Pairs by where a model looked: `attention` (pieces said, pieces of the source), rows that sum to one.

    Pieces are sentencepiece's, the end of the sentence is left out of both. Each word said goes with the one that most
    of its attention went to.
    """
    of_source, of_said = _places(source), _places(said)
    looked = np.zeros((words(said), words(source)))
    np.add.at(looked, (np.array(of_said, int)[:, None], np.array(of_source, int)[None]), attention)
    shares = looked / np.maximum(looked.sum(axis=1, keepdims=True), 1e-9)
    return sorted((int(row.argmax()), said) for said, row in enumerate(shares) if row.size and row.max() >= SURE)


def words(pieces: Sequence[str]) -> int:
    """How many words pieces make."""
    return max(_places(pieces), default=-1) + 1


def _places(pieces: Sequence[str]) -> list[int]:
    """Which word each piece belongs to."""
    starts = [i == 0 or piece.startswith(_SPACE) for i, piece in enumerate(pieces)]
    return [int(place) - 1 for place in np.cumsum(starts)]


def alike(source: Sequence[str], said: Sequence[str]) -> Pairs:
    """Pairs of words that look alike, as names, numbers and the words of near languages do: each other's likest.

    What has no look-alike near its place is in no pair.
    """
    ours, theirs = [[_plain(word) for word in text] for text in (source, said)]
    scores = np.array([[_likeness(a, b) for b in theirs] for a in ours]).reshape(len(ours), len(theirs))
    place = np.arange(len(ours))[:, None] / max(len(ours), 1) - np.arange(len(theirs))[None] / max(len(theirs), 1)
    scores = np.where((scores >= ALIKE) & (np.abs(place) <= ASIDE), scores - 0.1 * np.abs(place), 0.0)
    best = [(i, int(row.argmax())) for i, row in enumerate(scores) if row.any()]
    return [(i, j) for i, j in best if scores[:, j].argmax() == i]


def through(first: Pairs, second: Pairs) -> Pairs:
    """Pairs by way of a language in between."""
    return sorted({(source, said) for source, between in first for among, said in second if between == among})


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if a and b else 0.0


def _plain(word: str) -> str:
    """A word's letters and digits without case and accents."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return re.sub(r"[\W_]+", "", letters)


__all__ = ["Pairs", "alike", "attended", "through", "words"]
