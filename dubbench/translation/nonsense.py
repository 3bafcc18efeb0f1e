"""Whether a small translation model lost itself: what is no answer to what it was asked, by its looks alone."""

from __future__ import annotations

import re

_STOCK = (
    (r"por enviar uma edição", r"edit"), (r"for sharing", r"partilh|compartilh"), (r"the hotel\b", r"hotel|pousada"),
    (r"\bblog\b", r"blog"),
)  # fmt: skip
"""What these models learned from websites and answer out of nothing, and the source words that would justify it."""

SHORT = 3
"""Words of a source up to which an answer may have three more and no further ones."""


def nonsense(source: str, out: str) -> bool:
    """Whether a model lost itself: nothing said, hardly a letter, the same over and over, or far too much."""
    if not any(char.isalnum() for char in out):
        return True
    letters = sum(char.isalnum() or char.isspace() for char in out)
    if letters < 0.5 * len(out) and letters < 0.8 * sum(c.isalnum() or c.isspace() for c in source):
        return True
    if any(re.search(said, out) and not re.search(meant, source) for said, meant in _STOCK):
        return True
    if len(out) > 3 * len(source) + 12:
        return True
    if len(source.split()) <= SHORT and len(out.split()) > len(source.split()) + 3:
        return True
    return repeats(out) > max(3, 1.5 * repeats(source))


def foreign(text: str) -> bool:
    """Whether most letters of a text are in another script than the Latin one."""
    letters = [char for char in text if char.isalpha()]
    return sum(ord(char) > 0x24F for char in letters) > len(letters) / 2


def repeats(text: str) -> int:
    """How often the most insistent run of one to four words, or of a short syllable, follows upon itself."""
    words = re.findall(r"\w+|[^\w\s]", text.lower())
    runs = [_run(words, at, size) for size in range(1, 5) for at in range(len(words))]
    syllables = [len(found[0]) // len(found[1]) for found in re.finditer(r"([^\W\d]{1,4}?)\1{4,}", text.lower())]
    return max([1, *runs, *syllables])


def _run(words: list[str], at: int, size: int) -> int:
    block, count = words[at : at + size], 1
    while len(block) == size and words[at + count * size : at + (count + 1) * size] == block:
        count += 1
    return count


__all__ = ["foreign", "nonsense", "repeats"]
