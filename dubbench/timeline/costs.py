"""What a place costs, by `prices`: of its start, its end and its duration. The plan minimises their sum."""

from __future__ import annotations

from typing import Any

import numpy as np

from dubbench.timeline.limits import EARLIEST, EXACT
from dubbench.timeline.pieces import Piece, Way
from dubbench.timeline.prices import PRICES
from dubbench.timeline.programme import Values
from dubbench.types import Seconds


def of_start(piece: Piece, starts: Any) -> Values:
    """Of starting at each of `starts` (seconds)."""
    costs = PRICES.late * _over(starts, piece.start) + PRICES.early * _under(starts, piece.start)
    return costs + PRICES.too_early * _under(starts, piece.start - EARLIEST)


def of_end(piece: Piece, ends: Any, film: Seconds) -> Values:
    """Of ending at each of `ends`, in a film of so many seconds."""
    slot = piece.end - piece.start
    costs = PRICES.over_pause * _over(ends, piece.end) + PRICES.overrun * _over(ends, piece.limit)
    for share, price in PRICES.idle:
        costs = costs + price * _under(ends, piece.end - share * slot)
    return costs + PRICES.beyond * _over(ends, film)


def of_duration(way: Way, durations: Any) -> Values:
    """Of saying it this way in each of `durations`; infinite outside the way's limits."""
    costs = np.full(np.shape(durations), float(way.cost))
    for pace, price in PRICES.hurry:
        costs = costs + price * _under(durations, way.wished / pace)
    for pace, price in PRICES.slow:
        costs = costs + price * _over(durations, way.wished / pace)
    allowed = (durations >= way.shortest - EXACT) & (durations <= way.longest + EXACT)
    return np.where(allowed, costs, np.inf)


def _over(values: Any, limit: float) -> Values:
    return np.asarray(np.maximum(np.subtract(values, limit), 0.0))


def _under(values: Any, limit: float) -> Values:
    return np.asarray(np.maximum(np.subtract(limit, values), 0.0))
