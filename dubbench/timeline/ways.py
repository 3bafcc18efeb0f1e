"""Which way each line is said: dynamic programming over a grid of times, in blocks that no line reaches across.

    state    the end of a line, on a grid from the earliest it can have to the latest that is worth it
    step     every start on a grid, every way; what start, end, pace and wording cost is `prices`

A grid's first points are exact, so that the earliest of all schedules is among those tried: what can be kept is kept.
The picture is taken to keep its speed; slowing it is the plan's last resort. Start and duration are only tried here:
with the ways chosen the plan finds them exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dubbench.timeline import costs
from dubbench.timeline.limits import EARLIEST, EXACT
from dubbench.timeline.pieces import Piece, Way, earliest
from dubbench.timeline.prices import PRICES
from dubbench.timeline.programme import Values
from dubbench.types import Seconds

POINTS = 64
"""Points of a grid: about 30 ms for a line of two seconds."""
LATEST: Seconds = 3.0
"""A line that cannot be kept is tried up to this long after the earliest end it can have."""


def chosen(pieces: Sequence[Piece], kept: Sequence[bool], film: Seconds, gap: Seconds) -> list[int]:
    """The number of each piece's way; the first wherever nothing presses."""
    ways: list[int] = []
    for block in _blocks(pieces, gap):
        part = pieces[block]
        choice = any(len(piece.ways) > 1 for piece in part) and _presses(part, film, gap)
        ways += _cheapest(part, kept[block], film, gap) if choice else [0] * len(part)
    return ways


def worded(naturals: Sequence[Seconds]) -> tuple[Way, ...]:
    """The ways of a line that is not spoken yet, from the natural durations of its wordings, the best first."""
    return tuple(Way.read(n, cost=of_wording(naturals[0], n) if i else 0.0) for i, n in enumerate(naturals))


def of_wording(best: Seconds, natural: Seconds) -> float:
    """What another wording than the best costs, from the natural durations of both."""
    return PRICES.wording + PRICES.lost * max(0.0, best - natural)


def pressed(pieces: Sequence[Piece], film: Seconds, gap: Seconds) -> list[bool]:
    """Which pieces stand in a block where something does not fit in its best way: only there others are of use."""
    return [
        tight for block in _blocks(pieces, gap) for tight in [_presses(pieces[block], film, gap)] * len(pieces[block])
    ]


def freed(pieces: Sequence[Piece], kept: Sequence[bool], gap: Seconds) -> list[Piece]:
    """The pieces with the picture free to be slowed only in blocks where some line is not `kept` without it."""
    found: list[Piece] = []
    for block in _blocks(pieces, gap):
        lost = not all(kept[block])
        found += [piece if lost else piece.standing() for piece in pieces[block]]
    return found


def _blocks(pieces: Sequence[Piece], gap: Seconds) -> Iterator[slice]:
    """Runs of pieces that may touch one another; the silence before a run is wider than its lines can use."""
    first, free = 0, -1.0
    for i, piece in enumerate(pieces):
        if i and free <= piece.start - EARLIEST:
            yield slice(first, i)
            first = i
        free = max(piece.start, free) + max(_longest_worth(piece, way) for way in piece.ways) + gap
    yield slice(first, len(pieces))


def _longest_worth(piece: Piece, way: Way) -> Seconds:
    """No plan reads a line longer than this: slower than wished is only worth what it fills of its slot."""
    return max(way.wished, min(way.longest, piece.end - piece.start))


def _presses(pieces: Sequence[Piece], film: Seconds, gap: Seconds) -> bool:
    """Whether some line does not fit in its best wording at its wished pace, each starting with its source."""
    ends = [piece.start + piece.ways[0].wished for piece in pieces]
    over = any(end > piece.end for end, piece in zip(ends, pieces, strict=True))
    return over or ends[-1] > film or any(end + gap > b.start for end, b in zip(ends, pieces[1:], strict=False))


@dataclass(frozen=True)
class _Step:
    """The ends that were tried of one line, what the best plan up to each costs, and how it got there."""

    ends: Values
    costs: Values
    before: Any
    """The index of the end before."""
    way: Any


def _cheapest(pieces: Sequence[Piece], kept: Sequence[bool], film: Seconds, gap: Seconds) -> list[int]:
    # On this clock the picture keeps its speed, and so the earliest ends are those of a picture that does.
    firsts = earliest([piece.standing() for piece in pieces], gap)
    last = _Step(np.array([-np.inf]), np.array([0.0]), np.array([0]), np.array([0]))
    steps: list[_Step] = []
    for piece, first, may in zip(pieces, firsts, kept, strict=True):
        last = _stepped(last, piece, first, may, film, gap)
        steps.append(last)
    at, ways = int(np.argmin(last.costs)), []
    for step in reversed(steps):
        ways.append(int(step.way[at]))
        at = int(step.before[at])
    return ways[::-1]


def _stepped(last: _Step, piece: Piece, first: Seconds, kept: bool, film: Seconds, gap: Seconds) -> _Step:
    """One line further: for every end the cheapest start, way, and end of the line before."""
    latest = piece.limit if kept else first + LATEST
    ends = np.linspace(first, max(latest, first), POINTS)
    begin = max(piece.start - EARLIEST, last.ends[0] + gap, 0.0)
    starts = np.linspace(begin, max(begin, ends[-1] - piece.shortest), POINTS)
    # The cheapest end before that leaves room for each start.
    best = np.minimum.accumulate(last.costs)
    where = np.maximum.accumulate(np.where(last.costs <= best, np.arange(len(best)), 0))
    free = np.searchsorted(last.ends, starts - gap + EXACT, side="right") - 1
    begun = costs.of_start(piece, starts) + best[free]
    durations = ends[None, :] - starts[:, None]
    ways = np.stack([costs.of_duration(way, durations) for way in piece.ways])
    total = (ways + begun[None, :, None]).reshape(-1, len(ends))
    pick = np.argmin(total, axis=0)
    way, start = np.divmod(pick, len(starts))
    found = total[pick, np.arange(len(ends))] + costs.of_end(piece, ends, film)
    return _Step(ends, found, where[free][start], way)
