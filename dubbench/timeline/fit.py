"""Where each line goes and how fast it is read, planned over the whole video at once. Pure arithmetic.

A linear programme, solved exactly (HiGHS) in milliseconds for a talk. For each line it chooses a start s and a duration
d, given the source line [start, end] and the natural duration n of what is to be spoken:

    minimise   LATE·(s − start)⁺ + EARLY·(start − s)⁺ + OVERRUN·(s + d − end − tolerance)⁺
               + HURRY·(n − d)⁺ + RUSH·(n/1.12 − d)⁺ + BEYOND·(s + d − film)⁺
    such that  n/1.25 ≤ d ≤ n,   s ≥ start − 0.3,   s ≥ 0,   s' ≥ s + d + gap for the next line

So a long line first borrows the silence after it, then the room before it, then hurries a little everywhere near it,
rather than much in one place. No word is removed and nothing overlaps, whatever the input: what does not fit ends late,
and the caller flags it. Only the end of the film is stronger than the 0.3 s: when speech would outlast the picture, the
plan is made once more with a price (TOO_EARLY) in place of that limit.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dubbench.types import Seconds

FASTEST = 1.25
"""Total speed-up that is still speech: over 1.2 users call it hard to listen to, peers that go further are disliked."""
SLOWEST = 0.85
"""Slower than this no longer counts as a natural pace."""
COMFORTABLE = 1.12
"""Up to here hardly anybody notices; beyond it each further bit costs three times as much."""
EARLIEST: Seconds = 0.3
GAP: Seconds = 0.06
"""Silence between two lines that follow each other closely; a stop consonant's closure lasts about as long."""
TOLERANCE = 0.1
"""Share of its slot by which a line may end late and still count as kept."""

# Costs per second. A late start is seen (lips move, nobody speaks); an early one jars a little less than that
# (ITU-R BT.1359: sound ahead of picture is noticed sooner); an overrun only matters beyond the tolerance.
LATE, EARLY, OVERRUN, HURRY, RUSH, TOO_EARLY, BEYOND = 0.6, 0.7, 1.0, 0.25, 0.5, 20.0, 400.0


@dataclass(frozen=True)
class Piece:
    """One line to be placed: its slot in the source, the natural duration of its speech, and how short it may get."""

    start: Seconds
    end: Seconds
    natural: Seconds
    shortest: Seconds

    @classmethod
    def free(cls, start: Seconds, end: Seconds, natural: Seconds, fastest: float = FASTEST) -> Piece:
        """Not spoken yet: may be read up to `fastest` times as fast."""
        return cls(start, end, natural, natural / fastest)

    @classmethod
    def fixed(cls, start: Seconds, end: Seconds, duration: Seconds) -> Piece:
        """Already spoken: takes as long as it takes."""
        return cls(start, end, duration, duration)

    @property
    def limit(self) -> Seconds:
        """The latest end that still counts as inside the slot."""
        return self.end + TOLERANCE * (self.end - self.start)


@dataclass(frozen=True)
class Place:
    """Where a line goes, and how long it lasts."""

    start: Seconds
    duration: Seconds

    @property
    def end(self) -> Seconds:
        return self.start + self.duration


def plan(pieces: Sequence[Piece], film: Seconds, *, gap: Seconds = GAP) -> list[Place]:
    """The cheapest place of each piece, given in order of start; the result is in the same order.

    Always has an answer: when the speech is longer than the film, the last lines end after it.
    """
    if any(a.start > b.start for a, b in itertools.pairwise(pieces)):
        raise ValueError("pieces must be given in order of their start")
    if not pieces:
        return []
    starts, durations = _solve(pieces, film, gap, strict=True)
    if starts[-1] + durations[-1] > film + 1e-6:
        starts, durations = _solve(pieces, film, gap, strict=False)
    places, free = [], 0.0
    # The solver is exact to about 1e-7: settle that here, so that "no overlap" holds to the sample.
    for piece, start, duration in zip(pieces, starts, durations, strict=True):
        place = Place(max(float(start), free), min(max(float(duration), piece.shortest), piece.natural))
        free = place.end + gap
        places.append(place)
    return places


def _solve(pieces: Sequence[Piece], film: Seconds, gap: Seconds, *, strict: bool) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    n = len(pieces)
    start, end, natural, shortest, limit = (
        np.array([getattr(piece, name) for piece in pieces])
        for name in ("start", "end", "natural", "shortest", "limit")
    )
    # Columns: s, d, then one slack a cost. Each row says: a·s + b·d − slack ≤ bound.
    slacks = [
        (1.0, 0.0, start, LATE),
        (-1.0, 0.0, -start, EARLY),
        (1.0, 1.0, np.maximum(limit, end), OVERRUN),
        (0.0, -1.0, -natural, HURRY),
        (0.0, -1.0, -natural / COMFORTABLE, RUSH),
        (-1.0, 0.0, EARLIEST - start, TOO_EARLY),
        (1.0, 1.0, np.full(n, film), BEYOND),
    ]
    rows, columns, values, bounds = [], [], [], []
    every = np.arange(n)
    for k, (a, b, bound, _) in enumerate(slacks):
        rows += [k * n + every] * 3
        columns += [every, n + every, (2 + k) * n + every]
        values += [np.full(n, a), np.full(n, b), np.full(n, -1.0)]
        bounds.append(bound)
    order, base = np.arange(n - 1), len(slacks) * n
    rows += [base + order] * 3
    columns += [order, n + order, order + 1]
    values += [np.ones(n - 1), np.ones(n - 1), -np.ones(n - 1)]
    bounds.append(np.full(n - 1, -gap))
    shape = (base + n - 1, (2 + len(slacks)) * n)
    matrix = coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    cost = np.concatenate([np.zeros(2 * n), *(np.full(n, weight) for *_, weight in slacks)])
    earliest = np.maximum(start - EARLIEST, 0.0) if strict else np.zeros(n)
    limits = (
        [(low, None) for low in earliest]
        + list(zip(shortest, natural, strict=True))
        + [(0.0, None)] * (len(slacks) * n)
    )
    result = linprog(cost, A_ub=matrix.tocsr(), b_ub=np.concatenate(bounds), bounds=limits, method="highs")
    if result.status != 0:
        raise AssertionError(f"the plan always has an answer, yet the solver says: {result.message}")
    return result.x[:n], result.x[n : 2 * n]
