"""Words that are stressed, marked so that a voice can stress them: "Ela *nunca* disse isso." Pure text.

A mark is a star at either side of a word, where people put them too. Any other star of a text means nothing: it is read
as a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from dubbench.types import Emphasis, Pause

MARK = "*"
_MARKED = re.compile(r"(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")


def honoured(text: str, wanted: Sequence[Emphasis]) -> tuple[Emphasis, ...]:
    """Those of `wanted` that are whole words of `text` where they say so, in order, none within another."""
    kept: list[Emphasis] = []
    for one in sorted(wanted, key=lambda one: (one.at, -len(one.word))):
        there = text[one.at : one.at + len(one.word)] == one.word and _whole(text, one)
        if there and (not kept or one.at >= kept[-1].at + len(kept[-1].word)):
            kept.append(one)
    return tuple(kept)


def wishes(wish: str) -> list[str]:
    """The words of a person's wish: "never; not"."""
    return [word for word in map(str.strip, wish.split(";")) if word]


def wished(text: str, wish: str) -> tuple[Emphasis, ...]:
    """Where the words of a person's wish stand in a text, in any case."""
    found = [
        Emphasis(at=match.start(), word=match[0])
        for word in wishes(wish)
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    ]
    return honoured(text, found)


def word(text: str, place: int) -> Emphasis | None:
    """The `place`th of a text's words (parted by spaces) without the marks around it; None where it is only marks."""
    found = list(re.finditer(r"\S+", text))[place]
    letters = [i for i, char in enumerate(found[0]) if unicodedata.category(char)[0] in "LMN"]
    if not letters:
        return None
    return Emphasis(at=found.start() + letters[0], word=found[0][letters[0] : letters[-1] + 1])


def marked(text: str, stressed: Sequence[Emphasis], pauses: Sequence[Pause] = ()) -> tuple[str, tuple[Pause, ...]]:
    """`text` with its stressed words marked, and `pauses` where they lie in it then."""
    stressed = honoured(text, stressed)
    if not stressed:
        return text, tuple(pauses)
    plain = text.replace(MARK, " ")  # as long: places stay
    begins, ends = {one.at for one in stressed}, {one.at + len(one.word) for one in stressed}
    edges = begins | ends
    said = "".join(MARK * (i in edges) + char for i, char in enumerate(plain)) + MARK * (len(plain) in edges)

    def moved(at: int) -> int:
        """A pause before a stressed word stays before its mark, one after it after."""
        return at + sum(edge < at for edge in begins) + sum(edge <= at for edge in ends)

    return said, tuple(pause.but(at=moved(pause.at)) for pause in pauses)


def parts(text: str) -> list[tuple[str, bool]]:
    """A marked text in pieces, spaces kept, each with whether it is stressed."""
    pieces = _MARKED.split(text)
    return [(piece.replace(MARK, " "), i % 2 == 1) for i, piece in enumerate(pieces) if piece]


def bare(text: str) -> str:
    """A marked text without its marks."""
    return "".join(piece for piece, _ in parts(text))


def _whole(text: str, one: Emphasis) -> bool:
    before, after = text[: one.at][-1:], text[one.at + len(one.word) :][:1]
    return not before.isalnum() and not after.isalnum()


__all__ = ["MARK", "bare", "honoured", "marked", "parts", "wished", "wishes", "word"]
