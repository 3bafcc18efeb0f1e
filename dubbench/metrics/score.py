"""What a metric is, and a score: counts that add, so that a whole is never the mean of its parts' rates.

    wer(a, …) + wer(b, …)     the counts of both together; `value` is computed from them

What is measured lies in the other files of this folder, a family a file.
"""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, ParamSpec, TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput

P = ParamSpec("P")

Counts: TypeAlias = Mapping[str, float]
Better: TypeAlias = Literal["lower", "higher"]
Value: TypeAlias = Callable[[Counts], float]
Column: TypeAlias = npt.NDArray[np.float64]


class Metric(Generic[P]):
    """A measure with a name: called, it gives a `Score`. Made by `metric`; its docstring is the measure's.

    `id` says what was measured and how: the name, the version of the measure, and by which model, where one judges.
    Two scores can be compared only where their ids are the same.
    """

    def __init__(
        self, measure: Callable[P, Counts], name: str, *, unit: str, better: Better, value: Value, version: int, by: str
    ) -> None:
        functools.update_wrapper(self, measure)
        self._measure, self._value = measure, value
        self.name, self.unit, self.better = name, unit, better
        self.id = f"{name}@{version}" + (f"+{by}" if by else "")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Score:
        return Score(self, dict(self._measure(*args, **kwargs)))

    def value(self, counts: Counts) -> float:
        """What counts come to, in `unit`; NaN where there is nothing to be measured."""
        return self._value(counts)

    def values(self, columns: Mapping[str, Column]) -> Column:
        """`value` of many sums at once; a column for each count, a row for each sum."""
        if isinstance(self._value, Ratio):
            return self._value.of_all(columns)
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        return np.asarray([self._value(dict(zip(columns, row, strict=True))) for row in rows])

    def total(self, scores: Iterable[Score]) -> Score:
        """All scores together; of none, a score without counts, whose value is NaN. Raises BadInput for another's."""
        return sum(scores, Score(self, {}))

    def judged(self, by: str) -> Metric[P]:
        """The same measure where a model's answers are what it counts: that model's identity joins the id."""
        other = copy.copy(self)
        other.id = f"{self.id}+{by}"
        return other

    def __repr__(self) -> str:
        return f"<metric {self.id}: {self.unit}, {self.better} is better>"


@dataclass(frozen=True)
class Score:
    """What was counted by `metric` on one sample, or on many together."""

    metric: Metric
    counts: Counts

    @property
    def value(self) -> float:
        """See `Metric.value`."""
        return self.metric.value(self.counts)

    def __add__(self, other: Score) -> Score:
        if other.metric.id != self.metric.id:
            raise BadInput(
                f"a score of {self.metric.id} and one of {other.metric.id} do not add: score both by the same metric"
            )
        names = self.counts.keys() | other.counts.keys()
        return Score(
            self.metric, {name: self.counts.get(name, 0) + other.counts.get(name, 0) for name in sorted(names)}
        )

    def __repr__(self) -> str:
        return f"<{self.metric.id} {self.value:.4g} {self.metric.unit}>"


def metric(
    name: str, *, unit: str, better: Better, value: Value, version: int = 1, by: str = ""
) -> Callable[[Callable[P, Counts]], Metric[P]]:
    """A decorator that makes a function from a sample to its counts a `Metric`.

    `value` turns counts into the figure, `by` is the identity of a model that judges. `version` goes up whenever the
    same sample would be given other counts.
    """

    def made(measure: Callable[P, Counts]) -> Metric[P]:
        return Metric(measure, name, unit=unit, better=better, value=value, version=version, by=by)

    return made


@dataclass(frozen=True)
class Ratio:
    """One count over another, `times` as much; NaN where there is nothing of the second."""

    above: str
    below: str
    times: float = 1.0

    def __call__(self, counts: Counts) -> float:
        return self.times * counts.get(self.above, 0) / counts[self.below] if counts.get(self.below) else math.nan

    def of_all(self, columns: Mapping[str, Column]) -> Column:
        """The same of many at once."""
        below = columns[self.below]
        whole = np.where(below == 0, math.nan, below)
        return np.asarray(self.times * columns[self.above] / whole)


def ratio(above: str, below: str, *, times: float = 1.0) -> Ratio:
    """See `Ratio`."""
    return Ratio(above, below, times)


__all__ = ["Better", "Column", "Counts", "Metric", "Score", "Value", "metric", "ratio"]
