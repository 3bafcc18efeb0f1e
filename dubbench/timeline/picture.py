"""The picture map: which time of the source is seen at which time of the film. Pure arithmetic on its knots.

    source  0----1====3-------5        knots (1, 1) (3, 3.4): from 1 to 3 s the picture plays at 2 / 2.4 of its speed
    film    0----1======3.4------5.4

Linear between knots; before the first and after the last the picture plays at its own speed. No knots: identity.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dubbench.types import PictureMap, Seconds

DIGITS = 4
"""Decimals of a knot: a tenth of a millisecond, a few samples."""


class Stretch(NamedTuple):
    """From `start` to `end` of the source the picture lasts `added` seconds longer than it was."""

    start: Seconds
    end: Seconds
    added: Seconds

    @property
    def speed(self) -> float:
        """How fast the picture plays; 1 is as it was."""
        return (self.end - self.start) / (self.end - self.start + self.added)


def of(stretches: Sequence[Stretch]) -> PictureMap:
    """The map of stretches given in order, none of which overlap."""
    knots: list[tuple[Seconds, Seconds]] = []
    total = 0.0
    for start, end, added in ((round(s, DIGITS), round(e, DIGITS), round(a, DIGITS)) for s, e, a in stretches):
        if added <= 0 or end <= start:
            continue
        first = (start, round(start + total, DIGITS))
        total += added
        knots += [first] if first not in knots[-1:] else []
        knots.append((end, round(end + total, DIGITS)))
    return tuple(knots)


def on_film(picture: PictureMap, time: Seconds) -> Seconds:
    """When the film shows what the source has at `time`."""
    if not picture:
        return time
    after = bisect_right(picture, (time, float("inf")))
    if after in (0, len(picture)):
        source, film = picture[0 if after == 0 else -1]
        return time - source + film
    (begun, seen), (end, last) = picture[after - 1], picture[after]
    return seen + (time - begun) * (last - seen) / (end - begun)


def stretches(picture: PictureMap) -> list[Stretch]:
    """Where the picture plays slower than it was."""
    pairs = pairwise(picture)
    found = [Stretch(a, b, round((seen_b - seen_a) - (b - a), DIGITS)) for (a, seen_a), (b, seen_b) in pairs]
    return [stretch for stretch in found if stretch.added > 0]


__all__ = ["Stretch", "of", "on_film", "stretches"]
