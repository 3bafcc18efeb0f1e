"""`compare`: two results on the same samples, and what their difference means, in words."""

from __future__ import annotations

from collections.abc import Mapping

from dubbench.bench import figures, statistics
from dubbench.bench.results import Result
from dubbench.bench.statistics import FEWEST, Comparison
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput


def compare(one: Result, other: Result, metric: str = "", *, where: Mapping[str, str] | None = None) -> Comparison:
    """How much better `one` is than `other` by a metric (the suite's primary one), on all samples or a slice.

    Raises BadInput where they are results of other samples.
    """
    name = metric or one.primary
    if (one.run.suite, one.run.hash, one.run.smoke) != (other.run.suite, other.run.hash, other.run.smoke):
        raise BadInput(f"{one.model} and {other.model} were asked other things ({one.run.suite} {one.run.hash}, "
                       f"{other.run.suite} {other.run.hash}): run both on one suite")  # fmt: skip
    asked = [[row.id for row in result.rows if name in row.counts] for result in (one, other)]
    if asked[0] != asked[1]:
        raise BadInput(f"{one.model} and {other.model} were not scored on the same samples by '{name}'")
    (ours, clusters), (theirs, _) = one.scores(name, where), other.scores(name, where)
    return statistics.compared(ours, theirs, clusters)


def verdict(suite: Suite, found: Comparison, p: float | None = None) -> str:
    """What a comparison means; `p` is its p-value where several were looked at."""
    if suite.indicative:
        return "indicative: no verdict"
    if found.clusters < FEWEST:
        return f"no verdict: {found.clusters} clusters, {FEWEST} are needed"
    if p is not None and p >= statistics.LEVEL:
        return "no difference shown"
    return found.verdict


def told(suite: Suite, one: Result, other: Result, *, metric: str, where: Mapping[str, str]) -> str:
    """A comparison of two results in sentences."""
    found, of = compare(one, other, metric, where=where), one.metric(metric)
    rows = [f"{result.model}: {figures.between(result.interval(metric, where), of)}" for result in (one, other)]
    return "\n".join([
        *rows,
        f"better by {figures.gain(found.gain, found.low, found.high, of)} {figures.points(of)}, "
        f"p {figures.chance(found.p)}, better in {100 * found.probability:.0f} of 100 such corpora",
        f"detectable with these {found.clusters} clusters: {figures.difference(found.detectable, of).lstrip('+')}",
        verdict(suite, found),
    ])  # fmt: skip


__all__ = ["compare", "told", "verdict"]
