"""`leaderboard`: results beside each other, as groups that cannot be told apart, and the page of all of them.

A row is a model; its group is a rank that means something. ◆ marks those of which no other is as good, as quick and as
small at once.
"""

from __future__ import annotations

import html as escaping
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dubbench.bench import statistics, suites
from dubbench.bench.results import Result
from dubbench.bench.statistics import FEWEST, Comparison, Interval
from dubbench.bench.suites import Suite
from dubbench.metrics import Metric

SHARES = ("share", "errors")
"""Units that begin so are shown in percent."""
MARK = "◆"
NOTHING = 1e-9
"""Less than this is rounding."""


@dataclass(frozen=True)
class Standing:
    """Where a result stands. `group` counts from 1; of the first in the table there is nothing to compare with."""

    result: Result
    group: int
    figure: Interval
    pareto: bool
    against: Comparison | None
    p: float | None


def standings(suite: Suite, results: Sequence[Result]) -> list[Standing]:
    """Results from the best, each compared with the best of all; of an indicative suite all are one group."""
    if not results:
        return []
    figures = {one.model: one.interval(suite.primary) for one in results}
    metric = results[0].metric(suite.primary)
    sign = -1 if metric.better == "higher" else 1
    ordered = sorted(results, key=lambda one: (_last(sign * figures[one.model].value), one.model))
    scores = {one.model: one.scores(suite.primary)[0] for one in ordered}
    clusters = ordered[0].scores(suite.primary)[1]
    groups = _groups(suite, scores, clusters)
    costs = {one.model: (_last(sign * figures[one.model].value), _last(_cost(one)), one.run.peak_mb) for one in ordered}
    best = statistics.pareto(costs)
    compared = [statistics.compared(scores[one.model], scores[ordered[0].model], clusters) for one in ordered[1:]]
    adjusted = statistics.holm([one.p for one in compared])
    return [
        Standing(
            result=one, group=groups[one.model], figure=figures[one.model], pareto=one.model in best,
            against=compared[at - 1] if at else None, p=adjusted[at - 1] if at else None,
        )
        for at, one in enumerate(ordered)
    ]  # fmt: skip


def _groups(suite: Suite, scores: dict[str, list], clusters: list[str]) -> dict[str, int]:
    found = [list(scores)] if suite.indicative else statistics.tied(scores, clusters)
    return {model: at for at, group in enumerate(found, 1) for model in group}


def _last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _cost(result: Result) -> float:
    return result.value("rtf") if "rtf" in result.run.metrics else result.run.seconds


def verdict(suite: Suite, standing: Standing) -> str:
    """What the comparison with the best means, in words."""
    if standing.against is None:
        return "the best figure"
    if suite.indicative:
        return "indicative: no verdict"
    if standing.against.clusters < FEWEST:
        return f"no verdict: {standing.against.clusters} clusters, {FEWEST} are needed"
    if standing.p is not None and standing.p >= 0.05:
        return "no difference shown"
    return standing.against.verdict


def shown(value: float, metric: Metric) -> str:
    """A figure with its unit's sense: shares in percent."""
    if math.isnan(value):
        return "–"
    value = value if abs(value) > NOTHING else 0.0
    if metric.unit.startswith(SHARES):
        return f"{100 * value:.1f} %"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _between(figure: Interval, metric: Metric) -> str:
    value = shown(figure.value, metric)
    if math.isnan(figure.low):
        return value
    low, high = (shown(bound, metric).removesuffix(" %") for bound in (figure.low, figure.high))
    return f"{value} ({low} … {high})"


def command(suite: Suite, result: Result) -> str:
    """What gives the row again."""
    known = suites.names().get(suite.id)
    name = suite.id if known is not None and known.resolve() == suite.file else _near(suite.file)
    smoke = " --smoke" if result.run.smoke else ""
    return f"dubbench bench run {name} {result.model}{smoke}"


def _near(path: Path) -> str:
    """A path as one writes it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def section(suite: Suite, results: Sequence[Result]) -> str:
    """A suite's part of the page: what is asked, the table, the comparisons, how each row is made again."""
    found = standings(suite, results)
    if not found:
        return f"## {suite.id}\n\nNo results yet: `dubbench bench run {suite.id}`\n"
    parts = [f"## {suite.id}", _about(suite, found), _table(suite, found)]
    if len(found) > 1:
        parts.append(_comparisons(suite, found))
    parts += [_sliced(suite, found)] if suite.slices else []
    lines = "\n".join(command(suite, one.result) for one in found)
    parts.append(f"```sh\n{lines}\n```")
    return "\n\n".join(part for part in parts if part) + "\n"


def _about(suite: Suite, found: Sequence[Standing]) -> str:
    run, clusters = found[0].result.run, found[0].figure.clusters
    few = "" if clusters >= FEWEST or suite.indicative else f" Under {FEWEST} clusters: no verdicts."
    indicative = f" Indicative, no verdicts: {suite.indicative}." if suite.indicative else ""
    ear = f" Heard by {suite.ear}." if suite.room in ("speak", "dub") else ""
    counts = f"{run.asked} questions, {_counted(suite, found[0].result)} samples in {clusters} clusters"
    bounds = [f"{name} {model}" for name, model in (("floor", suite.floor), ("ceiling", suite.ceiling)) if model]
    between = f" {', '.join(bounds).capitalize()}." if bounds else ""
    return f"{suite.about} {suite.id}@{suite.version}, {counts}, hash {run.hash}.{ear}{between}{indicative}{few}"


def _marked(suite: Suite, standing: Standing) -> str:
    """The model, with a mark where no other is as good and as cheap, and a word where it costs more than is allowed."""
    result, budget = standing.result, suite.budget
    slow = budget.rtf is not None and _cost(result) > budget.rtf
    large = budget.memory_mb is not None and result.run.peak_mb > budget.memory_mb
    over = " (over budget)" if slow or large else ""
    return f"{result.model}{f' {MARK}' if standing.pareto else ''}{over}"


def _counted(suite: Suite, result: Result) -> int:
    return sum(suite.primary in row.counts for row in result.rows)


def _table(suite: Suite, found: Sequence[Standing]) -> str:
    metrics = [found[0].result.metric(name) for name in suite.measured]
    arrows = ("↓" if metric.better == "lower" else "↑" for metric in metrics)
    columns = (f"{name} {arrow}" for name, arrow in zip(suite.measured, arrows, strict=True))
    head = ["group", "model", *columns, "MB", "answered", "licence"]
    others = list(zip(suite.measured[1:], metrics[1:], strict=True))
    rows = [
        [
            str(one.group), _marked(suite, one), _between(one.figure, metrics[0]),
            *(shown(one.result.value(name), metric) for name, metric in others),
            f"{one.result.run.peak_mb:.0f}", f"{100 * one.result.run.coverage:.0f} %", one.result.run.licence,
        ]
        for one in found
    ]  # fmt: skip
    return grid(head, rows)


def _comparisons(suite: Suite, found: Sequence[Standing]) -> str:
    best, metric = found[0], found[0].result.metric(suite.primary)
    rows = []
    for one in found[1:]:
        assert one.against is not None
        assert one.p is not None
        scale = 100 if metric.unit.startswith(SHARES) else 1
        low, gain, high, least = (scale * x + 0.0 for x in (one.against.low, one.against.gain, one.against.high,
                                                      one.against.detectable))  # fmt: skip
        bounds = "" if math.isnan(low) else f" ({low:+.2f} … {high:+.2f})"
        seen = "–" if math.isnan(least) else f"{least:.2f}"
        rows.append([one.result.model, f"{gain:+.2f}{bounds}", f"{one.p:.3f}", seen, verdict(suite, one)])
    unit = "points of percent" if metric.unit.startswith(SHARES) else metric.unit
    head = [f"against {best.result.model}", f"better by, {unit}", "p (Holm)", "detectable", "verdict"]
    return grid(head, rows)


def told(suite: Suite, one: Result, other: Result, *, metric: str, where: Mapping[str, str]) -> str:
    """A comparison of two results in sentences."""
    from dubbench import bench

    found, of = bench.compare(one, other, metric, where=dict(where)), one.metric(metric)
    scale, unit = (100, "points of percent") if of.unit.startswith(SHARES) else (1, of.unit)
    few = f"no verdict: {found.clusters} clusters, {FEWEST} are needed" if found.clusters < FEWEST else found.verdict
    means = f"no verdict, indicative: {suite.indicative}" if suite.indicative else few
    figures = [f"{result.model}: {_between(result.interval(metric, where), of)}" for result in (one, other)]
    return "\n".join([
        *figures,
        f"better by {scale * found.gain:+.2f} {unit} ({scale * found.low:+.2f} … {scale * found.high:+.2f}), "
        f"p {found.p:.3f}, better in {100 * found.probability:.0f} of 100 such corpora",
        f"detectable with these {found.clusters} clusters: {scale * found.detectable:.2f}",
        means,
    ])  # fmt: skip


def _sliced(suite: Suite, found: Sequence[Standing]) -> str:
    metric, parts = found[0].result.metric(suite.primary), []
    for name in suite.slices:
        values = sorted({row.slices[name] for row in found[0].result.rows if name in row.slices})
        if len(values) > 1:
            rows = [
                [one.result.model, *(shown(one.result.value(suite.primary, {name: value}), metric) for value in values)]
                for one in found
            ]
            parts.append(grid([f"{suite.primary} by {name}", *values], rows))
    return "\n\n".join(parts)


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in line)} |" for line in lines)


def html(results: Sequence[Result]) -> str:
    """Results as a table for notebooks: a row a model, a column a metric."""
    names = list(results[0].run.metrics) if results else []
    head = "".join(f"<th>{escaping.escape(cell)}</th>" for cell in ("model", *names, "MB", "answered"))
    body = "".join(
        f"<tr>{''.join(f'<td>{escaping.escape(cell)}</td>' for cell in _cells(one, names))}</tr>" for one in results
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(result: Result, names: Sequence[str]) -> Iterator[str]:
    yield result.model
    for name in names:
        yield shown(result.value(name), result.metric(name)) if name in result.run.metrics else "–"
    yield from (f"{result.run.peak_mb:.0f}", f"{100 * result.run.coverage:.0f} %")


__all__ = ["Standing", "command", "grid", "html", "section", "shown", "standings", "verdict"]
