"""A linear programme built by columns and rows, solved by HiGHS. Knows nothing of time."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Columns: TypeAlias = npt.NDArray[np.int64]
Values: TypeAlias = npt.NDArray[np.float64]
Term: TypeAlias = tuple[Columns, Any]
"""Columns, one a row, and their factors there: one number for all or an array."""


@dataclass
class Programme:
    """minimise cost · x such that low ≤ A x ≤ high and each column keeps its bounds."""

    _bounds: list[tuple[Values, Values]] = field(default_factory=list)
    _cost: list[Values] = field(default_factory=list)
    _rows: list[tuple[Sequence[Term], Values, Values]] = field(default_factory=list)
    _width: int = 0

    def columns(self, n: int, *, low: Any = 0.0, high: Any = np.inf, cost: Any = 0.0) -> Columns:
        """`n` new columns; their numbers."""
        first, self._width = self._width, self._width + n
        self._bounds.append((_each(low, n), _each(high, n)))
        self._cost.append(_each(cost, n))
        return np.arange(first, self._width)

    def rows(self, *terms: Term, low: Any = -np.inf, high: Any = np.inf) -> None:
        """One row for each element of the terms' columns: low ≤ sum of factor · column ≤ high."""
        n = len(terms[0][0])
        self._rows.append((terms, _each(low, n), _each(high, n)))

    def excess(self, *terms: Term, over: Any, cost: Any) -> None:
        """Charge `cost` for each unit by which the terms' sum is more than `over`."""
        slack = self.columns(len(terms[0][0]), cost=cost)
        self.rows(*terms, (slack, -1.0), high=over)

    def solve(self) -> Values:
        """The columns' values. Raises AssertionError where there is no answer: those who build one see to it."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        lows, highs = zip(*self._bounds, strict=True)
        bounds = Bounds(np.concatenate(lows), np.concatenate(highs))
        result = milp(np.concatenate(self._cost), bounds=bounds, constraints=LinearConstraint(*self._matrix()))
        if result.x is None:
            raise AssertionError(f"the programme always has an answer, yet the solver says: {result.message}")
        return np.asarray(result.x)

    def _matrix(self) -> tuple[Any, Values, Values]:
        from scipy.sparse import coo_matrix

        at, rows, columns, factors = 0, [], [], []
        for terms, low, _ in self._rows:
            for where, factor in terms:
                rows.append(np.arange(at, at + len(low)))
                columns.append(where)
                factors.append(_each(factor, len(low)))
            at += len(low)
        entries = (np.concatenate(factors), (np.concatenate(rows), np.concatenate(columns)))
        lows, highs = (np.concatenate([row[side] for row in self._rows]) for side in (1, 2))
        return coo_matrix(entries, shape=(at, self._width)).tocsr(), lows, highs


def ready() -> None:
    """Load the solver, which takes 0.3 s, before it is asked."""
    importlib.import_module("scipy.optimize")


def _each(value: Any, n: int) -> Values:
    return np.broadcast_to(np.asarray(value, float), n)
