"""Words that are stressed, marked so that a voice can stress them: "Ela *nunca* disse isso." Pure text.

A mark is a star at either side of a word, where people put them too. A star that was in the text already means nothing
and goes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dubbench.types import Emphasis, Pause

MARK = "*"
_EDGE = re.compile(r"^\W+|\W+$")


def honoured(text: str, wanted: Sequence[Emphasis]) -> tuple[Emphasis, ...]:
    """Those of `wanted` that are whole words of `text` where they say so, in order."""
    kept = (one for one in wanted if text[one.at : one.at + len(one.word)] == one.word)
    return tuple(sorted((one for one in kept if _whole(text, one)), key=lambda one: one.at))


def wished(text: str, wish: str) -> tuple[Emphasis, ...]:
    """Where the words of a person's wish ("never; not") stand in a text, in any case."""
    found = [
        Emphasis(at=match.start(), word=match[0])
        for word in filter(None, map(str.strip, wish.split(";")))
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def word(text: str, place: int) -> Emphasis | None:
    """The `place`th of a text's words (parted by spaces) without the marks around it; None where it is only marks."""
    found = list(re.finditer(r"\S+", text))[place]
    bare = _EDGE.sub("", found[0])
    return Emphasis(at=found.start() + found[0].index(bare), word=bare) if bare else None


def marked(text: str, stressed: Sequence[Emphasis], pauses: Sequence[Pause] = ()) -> tuple[str, tuple[Pause, ...]]:
    """`text` with its stressed words marked, and `pauses` where they lie in it then."""
    stressed = honoured(text, stressed)
    if not stressed:
        return text, tuple(pauses)
    plain = text.replace(MARK, " ")  # as long: places stay
    edges = {edge for one in stressed for edge in (one.at, one.at + len(one.word))}
    said = "".join(MARK * (i in edges) + char for i, char in enumerate(plain)) + MARK * (len(plain) in edges)
    return said, tuple(pause.but(at=pause.at + sum(edge <= pause.at for edge in edges)) for pause in pauses)


def parts(text: str) -> list[tuple[str, bool]]:
    """A marked text in pieces, spaces kept, each with whether it is stressed."""
    return [(piece, i % 2 == 1) for i, piece in enumerate(text.split(MARK)) if piece]


def bare(text: str) -> str:
    """A marked text without its marks."""
    return text.replace(MARK, "")


def _whole(text: str, one: Emphasis) -> bool:
    before, after = text[: one.at][-1:], text[one.at + len(one.word) :][:1]
    return not before.isalnum() and not after.isalnum()


__all__ = ["MARK", "bare", "honoured", "marked", "parts", "wished", "word"]
