"""Where each line goes, in which words and how fast, planned over the whole video at once. Pure arithmetic.

    source   |------- A -------|    |---- B ----|          a line's slot is [start, end], its limit end + 10 %
    dub     |--------- A ---------||---- B ----|           A borrows the silence after it and 0.3 s before it

For each line the plan chooses one of its ways (wordings, with or without pauses), a start s and a duration d. First it
keeps the most lines within their limits; among all plans that do it takes the cheapest by `PRICES`, such that

    shortest ≤ d ≤ longest of the way chosen (natural / 1.25 and natural / 0.85),
    s ≥ start − 0.3,   s ≥ 0,   s' ≥ s + d + gap for the next line,   and s + d ≤ limit for every line that can.

Which lines can is known beforehand and exactly: lines keep their order, so reading each as short and as early as it
may be ends all of them as early as any plan could. Ways are chosen by dynamic programming over a grid of times
(`ways`), for a wording is there or not, and whole numbers took a solver six seconds for a thousand lines. With the ways
chosen, the rest is a linear programme, solved exactly (HiGHS) in a fraction of a second.

Where a piece says that its picture may be slowed, that is done only among lines that touch one of which cannot end
within its limit otherwise. Then s and d are on the film's clock and the limits on the source's: what was added to the
picture before is taken away first.

No word is removed and nothing overlaps, whatever the input: what does not fit ends late, and the caller flags it. Only
the end of the film is stronger than the 0.3 s: when speech would outlast the picture, the plan is made once more with a
price in place of that limit, up to a second.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dubbench.timeline import costs, picture
from dubbench.timeline import ways as choice
from dubbench.timeline.limits import COMFORTABLE, EARLIER, EARLIEST, EXACT, FASTEST, GAP, SLOWEST, TOLERANCE
from dubbench.timeline.pieces import Piece, Way, earliest, shown
from dubbench.timeline.prices import PRICES
from dubbench.timeline.programme import Columns, Programme, Term
from dubbench.types import PictureMap, Seconds


@dataclass(frozen=True)
class Place:
    """Where a line goes, how long it lasts, and which of its ways was chosen.

    `start` is on the film's clock; `still` seconds of picture are added over its slot, `added` until its slot ends.
    """

    start: Seconds
    duration: Seconds
    way: int = 0
    still: Seconds = 0.0
    added: Seconds = 0.0

    @property
    def end(self) -> Seconds:
        return self.start + self.duration

    @property
    def source_start(self) -> Seconds:
        """Where it starts on the source's clock."""
        return self.start - (self.added - self.still)

    @property
    def source_end(self) -> Seconds:
        """Where it ends on the source's clock, on which its limit is."""
        return self.end - self.added


def plan(pieces: Sequence[Piece], film: Seconds, *, gap: Seconds = GAP) -> list[Place]:
    """The cheapest place of each piece, given in order of start; the result is in the same order.

    Always has an answer: when the speech is longer than the film, the last lines end after it.
    """
    if any(a.start > b.start for a, b in itertools.pairwise(pieces)):
        raise ValueError("pieces must be given in order of their start")
    if not pieces:
        return []
    pieces = choice.freed(pieces, keepable([piece.standing() for piece in pieces], gap=gap), gap)
    kept = keepable(pieces, gap=gap)
    ways = choice.chosen(pieces, kept, film, gap)
    said = [piece.only(way) for piece, way in zip(pieces, ways, strict=True)]
    places = _solved(said, kept, film, gap, earliest=EARLIEST)
    if places[-1].end > film + sum(place.still for place in places) + EXACT:
        places = _solved(said, kept, film, gap, earliest=EARLIER)
    return [replace(place, way=way) for place, way in zip(_settled(said, places, gap), ways, strict=True)]


def picture_of(pieces: Sequence[Piece], places: Sequence[Place]) -> PictureMap:
    """The picture map that a plan asks for."""
    return picture.of([picture.Stretch(*span, p.still) for span, p in zip(shown(pieces), places, strict=True)])


def keepable(pieces: Sequence[Piece], *, gap: Seconds = GAP) -> list[bool]:
    """Which pieces can end within their limits, all of them together; what no plan within the limits can better."""
    return [end <= piece.limit + EXACT for piece, end in zip(pieces, earliest(pieces, gap), strict=True)]


def cost(pieces: Sequence[Piece], places: Sequence[Place], film: Seconds) -> tuple[int, float]:
    """What a plan minimises: how many lines end after their limits, then the sum of prices.

    For pieces whose picture may not be slowed.
    """
    total = 0.0
    for piece, place in zip(pieces, places, strict=True):
        total += float(costs.of_start(piece, place.start) + costs.of_end(piece, place.end, film))
        total += float(costs.of_duration(piece.ways[place.way], place.duration))
    return sum(missed(*both) > 2 * EXACT for both in zip(pieces, places, strict=True)), total


def missed(piece: Piece, place: Place) -> Seconds:
    """By how much a line ends after its limit; 0 when it does not."""
    return max(0.0, place.source_end - piece.limit)


def _solved(
    pieces: Sequence[Piece], kept: Sequence[bool], film: Seconds, gap: Seconds, *, earliest: Seconds
) -> list[Place]:
    """The programme of the module's docstring for pieces with one way each."""
    n, programme = len(pieces), Programme()
    start, end, limit, still = (
        np.array([getattr(piece, name) for piece in pieces]) for name in ("start", "end", "limit", "still")
    )
    slot, first = end - start, np.maximum(start - earliest, 0.0)
    room = np.array([last - begun for begun, last in shown(pieces)])
    s = programme.columns(n, low=first)
    d = _durations(programme, pieces)
    slowed = programme.columns(n, high=still * room, cost=PRICES.still)
    # The picture added before each line, and after the last: with it taken away times are on the source's clock.
    added = programme.columns(n + 1, high=np.append(0.0, np.full(n, np.inf)))
    programme.rows((added[1:], 1.0), (added[:-1], -1.0), (slowed, -1.0), low=0.0, high=0.0)
    starts: list[Term] = [(s, 1.0), (added[:-1], -1.0)]
    ends: list[Term] = [(s, 1.0), (d, 1.0), (added[1:], -1.0)]
    if n > 1:
        programme.rows((s[:-1], 1.0), (d[:-1], 1.0), (s[1:], -1.0), high=-gap)
    programme.rows(*starts, low=first)
    programme.rows(*ends, high=np.where(kept, limit + EXACT, np.inf))
    programme.excess(*starts, over=start, cost=PRICES.late)
    programme.excess(*_minus(starts), over=-start, cost=PRICES.early)
    programme.excess(*_minus(starts), over=EARLIEST - start, cost=PRICES.too_early)
    programme.excess(*ends, over=end, cost=PRICES.over_pause)
    programme.excess(*ends, over=limit, cost=PRICES.overrun)
    for share, price in PRICES.idle:
        programme.excess(*_minus(ends), over=share * slot - end, cost=price)
    programme.excess((s, 1.0), (d, 1.0), (np.repeat(added[-1], n), -1.0), over=film, cost=PRICES.beyond)
    x = programme.solve()
    return [Place(float(x[s[i]]), float(x[d[i]]), still=float(x[slowed[i]])) for i in range(n)]


def _durations(programme: Programme, pieces: Sequence[Piece]) -> Columns:
    """The columns of durations, within the limits of each piece's way, with what another pace than wished costs."""
    wished, low, high = (
        np.array([getattr(piece.ways[0], name) for piece in pieces]) for name in ("wished", "shortest", "longest")
    )
    d = programme.columns(len(pieces), low=low, high=high)
    for pace, price in PRICES.hurry:
        programme.excess((d, -1.0), over=-wished / pace, cost=price)
    for pace, price in PRICES.slow:
        programme.excess((d, 1.0), over=wished / pace, cost=price)
    return d


def _minus(terms: Sequence[Term]) -> list[Term]:
    return [(columns, -factor) for columns, factor in terms]


def _settled(pieces: Sequence[Piece], places: Sequence[Place], gap: Seconds) -> list[Place]:
    """The solver is exact to about 1e-7: settle that here, so that "no overlap" holds to the sample."""
    settled, free, added = [], 0.0, 0.0
    for piece, place in zip(pieces, places, strict=True):
        way = piece.ways[0]
        duration = min(max(place.duration, way.shortest), way.longest)
        still = place.still if place.still > EXACT else 0.0
        added += still
        settled.append(Place(max(place.start, free), duration, still=still, added=added))
        free = settled[-1].end + gap
    return settled


__all__ = [
    "COMFORTABLE", "EARLIEST", "FASTEST", "GAP", "SLOWEST", "TOLERANCE", "Piece", "Place", "Way", "cost", "keepable",
    "missed", "picture_of", "plan",
]  # fmt: skip
