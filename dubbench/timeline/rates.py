"""How fast each line was spoken for its speaker, as a pace wished of the voice. Pure arithmetic; the fit decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from dubbench.timeline.pauses import SHORTEST
from dubbench.types import Line, Seconds

DAMPING = 0.5
"""The power of the rate's ratio that is passed on: half of it, by logarithm. Letters a second vary with the words as
much as with the speaker, so only half of what is seen is believed."""
SLOWEST, FASTEST = 0.93, 1.08
"""What may be wished. Hardly heard by itself, heard between lines; the rest of the natural range is the fit's."""
FEWEST_LETTERS = 12
BRIEFEST: Seconds = 0.8
"""Shorter lines have no rate worth the name: a word's edge is known to about 0.1 s."""
FEWEST_LINES = 3
"""With fewer lines a speaker has no habit to differ from."""


def rates(lines: Sequence[Line]) -> Mapping[str, float]:
    """A pace for each line by its id, 1 where nothing is wished.

    (rate / the speaker's median rate) ** DAMPING, held within [SLOWEST, FASTEST]; `rate` is that of the source.
    """
    known = {line.id: (line.speaker, found) for line in lines if (found := rate(line)) is not None}
    usual = {who: _usual([found for speaker, found in known.values() if speaker == who]) for who, _ in known.values()}
    return {line.id: _pace(known[line.id][1], usual[line.speaker]) if line.id in known else 1.0 for line in lines}


def rate(line: Line) -> float | None:
    """Letters and digits a second of the source's speech without its pauses; None where too little is said."""
    letters = sum(c.isalnum() for c in line.text)
    spoken = line.end - line.start - sum(_pauses(line))
    return letters / spoken if letters >= FEWEST_LETTERS and spoken >= BRIEFEST else None


def _pauses(line: Line) -> list[Seconds]:
    gaps = [after.start - before.end for before, after in pairwise(line.words)]
    return [gap for gap in gaps if gap >= SHORTEST]


def _usual(found: Sequence[float]) -> float | None:
    return median(found) if len(found) >= FEWEST_LINES else None


def _pace(found: float, usual: float | None) -> float:
    return 1.0 if usual is None else round(min(max((found / usual) ** DAMPING, SLOWEST), FASTEST), 3)


__all__ = ["rate", "rates"]
