"""What differences between models mean: intervals, paired tests, the smallest difference that could be seen, ties.

    clusters    whatever may be unlike as a whole: a speaker, an article, a scenario; never the sample within it
    bootstrap   clusters drawn again with replacement, the same for all models: what another corpus would have shown
    swaps       within a cluster the two models change places: what chance alone would have shown

Only counts are added; a figure is computed from the sums of a draw (`metrics.Metric.value`), never averaged.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput
from dubbench.metrics.score import Metric, Score

DRAWS = 10_000
CONFIDENCE = 0.95
POWER = 0.80
LEVEL = 0.05
"""A p-value below it is no chance."""
FEWEST = 20
"""Clusters below which nothing is called better: an interval from fewer is narrower than the truth, and a handful of
speakers is no population (Card et al. 2020, "With Little Power Comes Great Responsibility")."""

Matrix: TypeAlias = npt.NDArray[np.float64]
Verdict: TypeAlias = Literal["better", "worse", "no difference shown", "too few clusters"]


@dataclass(frozen=True)
class Interval:
    """A figure and where it lies in 95 of 100 corpora like this one."""

    value: float
    low: float
    high: float
    clusters: int


@dataclass(frozen=True)
class Comparison:
    """How much better one model is than another on the same samples: more is better, whatever the metric's direction.

    `probability` that it is better at all in another corpus; `p` that chance alone shows as much; `detectable`: the
    difference that would be seen in 80 of 100 such corpora.
    """

    gain: float
    low: float
    high: float
    probability: float
    p: float
    detectable: float
    clusters: int

    @property
    def verdict(self) -> Verdict:
        """Better or worse only where the interval is clear of nothing and there are clusters enough."""
        if self.clusters < FEWEST:
            return "too few clusters"
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "no difference shown"


def interval(scores: Sequence[Score], clusters: Sequence[str], *, seed: int = 0) -> Interval:
    """The figure of all scores together, with its interval; one score and one cluster's name for each sample.

    Percentiles of a cluster bootstrap, widened for few clusters (Hesterberg 2015, "What Teachers Should Know About the
    Bootstrap", expanded percentile interval). NaN bounds from a single cluster. Raises BadInput.
    """
    found = drawn(scores, clusters, seed=seed)
    return bounded(scores[0].metric.total(scores).value, found, len(set(clusters)))


def drawn(scores: Sequence[Score], clusters: Sequence[str], *, seed: int = 0) -> Matrix:
    """The figure in each of `DRAWS` other corpora: the same draws for all models with the same clusters."""
    metric, counts, names = _by_cluster(scores, clusters)
    return _values(metric, names, _draws(len(counts), seed) @ counts)


def bounded(value: float, drawn: Matrix, clusters: int) -> Interval:
    """A figure that is computed from several, with its interval from what it was in each draw."""
    return Interval(value, *_bounds(drawn, clusters), clusters)


def compared(ours: Sequence[Score], theirs: Sequence[Score], clusters: Sequence[str], *, seed: int = 0) -> Comparison:
    """How much better `ours` are than `theirs`, sample by sample the same; see `Comparison`.

    Bootstrap over clusters, drawn alike for both; sign flips (Fisher's permutation test of pairs: within each cluster
    the two change places), all of them where they are few. Raises BadInput where samples or metrics differ.
    """
    metric, mine, names = _by_cluster(ours, clusters)
    other, others, more = _by_cluster(theirs, clusters)
    if other.id != metric.id:
        raise BadInput(f"{metric.id} and {other.id} cannot be compared: score both by the same metric")
    names, mine, others = _aligned(names, mine, more, others)
    sign = 1.0 if metric.better == "higher" else -1.0

    def gains(first: Matrix, second: Matrix) -> Matrix:
        return sign * (_values(metric, names, first) - _values(metric, names, second))

    draws = _draws(len(mine), seed)
    found = gains(draws @ mine, draws @ others)
    low, high = _bounds(found, len(mine))
    gain = float(gains(mine.sum(0, keepdims=True), others.sum(0, keepdims=True))[0])
    flips = _flips(len(mine), seed)
    swapped = gains(flips @ mine + (1 - flips) @ others, flips @ others + (1 - flips) @ mine)
    return Comparison(
        gain=gain,
        low=low,
        high=high,
        probability=float(np.mean(found > 0) + np.mean(found == 0) / 2),
        p=_chance(gain, swapped),
        detectable=_detectable(found, len(mine)),
        clusters=len(mine),
    )


def holm(p: Sequence[float]) -> list[float]:
    """Each p-value as it is after looking at all of them (Holm 1979): reject those below the level, in their order."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, least = [0.0] * len(p), 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = least
    return adjusted


def tied(
    results: Mapping[str, Sequence[Score]], clusters: Sequence[str], *, level: float = LEVEL, seed: int = 0
) -> list[list[str]]:
    """Models in groups from the best: those of which no difference from their group's first is shown, after Holm over
    all its comparisons. With fewer than `FEWEST` clusters all are one group."""
    figures = {name: scores[0].metric.total(scores).value for name, scores in results.items()}
    higher = all(scores[0].metric.better == "higher" for scores in results.values())
    left = sorted(results, key=lambda name: (-figures[name] if higher else figures[name], name))
    groups: list[list[str]] = []
    while left:
        first, *others = left
        found = [compared(results[first], results[name], clusters, seed=seed) for name in others]
        adjusted = holm([one.p for one in found])
        parted = {
            name for name, one, p in zip(others, found, adjusted, strict=True) if p < level and one.clusters >= FEWEST
        }
        groups.append([name for name in left if name not in parted])
        left = [name for name in left if name in parted]
    return groups


def pareto(costs: Mapping[str, Sequence[float]]) -> set[str]:
    """The names of which no other is at least as good in everything and better in something; lower is better."""

    def worse(mine: Sequence[float], other: Sequence[float]) -> bool:
        return all(a >= b for a, b in zip(mine, other, strict=True)) and tuple(mine) != tuple(other)

    return {name for name, mine in costs.items() if not any(worse(mine, other) for other in costs.values())}


def _by_cluster(scores: Sequence[Score], clusters: Sequence[str]) -> tuple[Metric, Matrix, list[str]]:
    """The metric, and a row of summed counts for each cluster in the order of their names."""
    if not scores:
        raise BadInput("there are no scores: an empty set has no figure")
    if len(scores) != len(clusters):
        raise BadInput(f"{len(scores)} scores and {len(clusters)} clusters: one cluster a sample is wanted")
    metric = scores[0].metric
    sums: dict[str, Score] = {}
    for cluster, score in zip(clusters, scores, strict=True):
        sums[cluster] = sums.get(cluster, Score(metric, {})) + score
    names = sorted({name for total in sums.values() for name in total.counts})
    rows = [[sums[cluster].counts.get(name, 0) for name in names] for cluster in sorted(sums)]
    return metric, np.asarray(rows, np.float64), names


def _aligned(names: list[str], mine: Matrix, more: list[str], others: Matrix) -> tuple[list[str], Matrix, Matrix]:
    """Both matrices with a column for every count that either has."""
    every = sorted({*names, *more})

    def wide(known: list[str], rows: Matrix) -> Matrix:
        columns = [rows[:, known.index(name)] if name in known else np.zeros(len(rows)) for name in every]
        return np.stack(columns, axis=1)

    return every, wide(names, mine), wide(more, others)


@functools.lru_cache(maxsize=4)
def _draws(clusters: int, seed: int) -> Matrix:
    """How often each cluster is drawn, draw by draw: the same for the same number and seed, so for every model."""
    random = np.random.default_rng((seed, clusters))
    return random.multinomial(clusters, np.full(clusters, 1 / clusters), size=DRAWS).astype(np.float64)


@functools.lru_cache(maxsize=4)
def _flips(clusters: int, seed: int) -> Matrix:
    """Which clusters keep their places, swap by swap: all ways where they are fewer than `DRAWS`."""
    if 2**clusters <= DRAWS:
        return np.asarray(list(itertools.product((0.0, 1.0), repeat=clusters)))
    random = np.random.default_rng((seed, clusters, 1))
    return random.integers(0, 2, (DRAWS, clusters)).astype(np.float64)


def _values(metric: Metric, names: Sequence[str], sums: Matrix) -> Matrix:
    return metric.values(dict(zip(names, sums.T, strict=True)))


def _bounds(drawn: Matrix, clusters: int) -> tuple[float, float]:
    from scipy.stats import norm, t

    drawn = drawn[np.isfinite(drawn)]
    if clusters < 2 or not len(drawn):
        return math.nan, math.nan
    tail = norm.cdf(math.sqrt(clusters / (clusters - 1)) * t.ppf((1 - CONFIDENCE) / 2, clusters - 1))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def _detectable(drawn: Matrix, clusters: int) -> float:
    """(z of the interval + z of the power) standard errors: Card et al. 2020."""
    from scipy.stats import norm

    if clusters < 2:
        return math.nan
    spread = float(np.nanstd(drawn)) * math.sqrt(clusters / (clusters - 1))
    return float(norm.ppf((1 + CONFIDENCE) / 2) + norm.ppf(POWER)) * spread


def _chance(gain: float, swapped: Matrix) -> float:
    """The share of swaps that differ at least as much, in either direction; what is there counts as one of them."""
    far = int(np.sum(np.abs(swapped) >= abs(gain) - 1e-12))
    return min(1.0, (far + 1) / (len(swapped) + 1)) if len(swapped) == DRAWS else far / len(swapped)


__all__ = ["Comparison", "Interval", "bounded", "compared", "drawn", "holm", "interval", "pareto", "tied"]
