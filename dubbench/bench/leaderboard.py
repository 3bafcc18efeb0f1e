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

from dubbench.bench import comparisons, figures, statistics, suites
from dubbench.bench.results import Result
from dubbench.bench.statistics import FEWEST, Comparison, Interval
from dubbench.bench.suites import Suite
from dubbench.metrics import Score

MARK = "◆"


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
    intervals = {one.model: one.interval(suite.primary) for one in results}
    metric = results[0].metric(suite.primary)
    sign = -1 if metric.better == "higher" else 1
    ordered = sorted(results, key=lambda one: (_last(sign * intervals[one.model].value), one.model))
    scores = {one.model: one.scores(suite.primary)[0] for one in ordered}
    clusters = ordered[0].scores(suite.primary)[1]
    groups = _groups(suite, scores, clusters)
    costs = {
        one.model: (_last(sign * intervals[one.model].value), _last(_cost(one)), one.run.peak_mb) for one in ordered
    }
    best = statistics.pareto(costs)
    compared = [statistics.compared(scores[one.model], scores[ordered[0].model], clusters) for one in ordered[1:]]
    adjusted = statistics.holm([one.p for one in compared])
    return [
        Standing(
            result=one, group=groups[one.model], figure=intervals[one.model], pareto=one.model in best,
            against=compared[at - 1] if at else None, p=adjusted[at - 1] if at else None,
        )
        for at, one in enumerate(ordered)
    ]  # fmt: skip


def _groups(suite: Suite, scores: Mapping[str, Sequence[Score]], clusters: Sequence[str]) -> dict[str, int]:
    found = [list(scores)] if suite.indicative else statistics.tied(scores, clusters)
    return {model: at for at, group in enumerate(found, 1) for model in group}


def _last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _cost(result: Result) -> float:
    return result.value("rtf") if "rtf" in result.run.metrics else result.run.seconds


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
    slow = budget.rtf is not None and "rtf" in result.run.metrics and result.value("rtf") > budget.rtf
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
            str(one.group), _marked(suite, one), figures.between(one.figure, metrics[0]),
            *(figures.shown(one.result.value(name), metric) for name, metric in others),
            f"{one.result.run.peak_mb:.0f}", f"{100 * one.result.run.coverage:.0f} %", one.result.run.licence,
        ]
        for one in found
    ]  # fmt: skip
    return figures.grid(head, rows)


def _comparisons(suite: Suite, found: Sequence[Standing]) -> str:
    best, metric = found[0], found[0].result.metric(suite.primary)
    rows = [
        [
            one.result.model, figures.gain(one.against.gain, one.against.low, one.against.high, metric),
            figures.chance(one.p), figures.difference(one.against.detectable, metric).lstrip("+"),
            comparisons.verdict(suite, one.against, one.p),
        ]
        for one in found[1:]
        if one.against is not None and one.p is not None
    ]  # fmt: skip
    unit = figures.points(metric)
    head = [f"against {best.result.model}", f"better by, {unit}", "p (Holm)", "detectable", "verdict"]
    return figures.grid(head, rows)


def _sliced(suite: Suite, found: Sequence[Standing]) -> str:
    metric, parts = found[0].result.metric(suite.primary), []
    for name in suite.slices:
        values = sorted({row.slices[name] for row in found[0].result.rows if name in row.slices})
        if len(values) > 1:
            rows = [
                [
                    one.result.model,
                    *(figures.shown(one.result.value(suite.primary, {name: value}), metric) for value in values),
                ]
                for one in found
            ]
            parts.append(figures.grid([f"{suite.primary} by {name}", *values], rows))
    return "\n\n".join(parts)


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
        yield figures.shown(result.value(name), result.metric(name)) if name in result.run.metrics else "–"
    yield from (f"{result.run.peak_mb:.0f}", f"{100 * result.run.coverage:.0f} %")


__all__ = ["Standing", "command", "html", "section", "standings"]
