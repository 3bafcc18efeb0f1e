"""Results as pictures, for notebooks: figures with their intervals, quality against cost, where samples lie."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from dubbench.bench import figures
from dubbench.bench.attribution import STAGES, Attribution
from dubbench.bench.results import Result
from dubbench.errors import BadInput, Missing
from dubbench.metrics import Metric

COLOURS = ("#3b6ea5", "#c8763a", "#5b8f5b", "#8d5a99", "#b04a4a", "#6b6b6b")


class Plot:
    """A matplotlib Figure that a notebook shows wherever it stands."""

    def __init__(self, figure: Any) -> None:
        self.figure = figure

    def _repr_svg_(self) -> str:
        import matplotlib

        drawn = io.StringIO()
        # With names of their own making and without a date the same results give the same picture; words stay words.
        with matplotlib.rc_context({"svg.hashsalt": "dubbench", "svg.fonttype": "none"}):
            self.figure.savefig(drawn, format="svg", metadata={"Date": None})
        return drawn.getvalue()


def _axes(width: float, height: float) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise Missing("matplotlib is not installed: pip install 'dubbench[notebooks]'") from None
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def intervals(results: Sequence[Result], metric: str = "") -> Plot:
    """A model a row: its figure and the interval in which it lies in 95 of 100 such corpora."""
    name, found = _named(results, metric), list(results)[::-1]
    of = found[0].metric(name)
    figure, axes = _axes(8, 1.2 + 0.42 * len(found))
    for at, one in enumerate(found):
        told = one.interval(name)
        axes.plot([told.low, told.high], [at, at], color=COLOURS[0], linewidth=3, alpha=0.45, solid_capstyle="round")
        axes.plot([told.value], [at], "o", color=COLOURS[0])
        shown = figures.shown(told.value, of)
        axes.annotate(shown, (told.value, at), xytext=(0, 7), textcoords="offset points", ha="center")
    axes.set_yticks(range(len(found)), [one.model for one in found])
    _named_axis(axes.xaxis, name, of)
    axes.margins(y=0.25)
    return _finished(figure, axes)


def costs(results: Sequence[Result], metric: str = "", *, cost: str = "rtf") -> Plot:
    """Quality against the seconds of work a second of sound; a spot is as large as the memory."""
    name = _named(results, metric)
    figure, axes = _axes(8, 4.5)
    for at, one in enumerate(results):
        x, y = one.value(cost), one.value(name)
        axes.scatter([x], [y], s=one.run.peak_mb, color=COLOURS[at % len(COLOURS)], alpha=0.6)
        axes.annotate(f"{one.model}\n{one.run.peak_mb:.0f} MB", (x, y), xytext=(10, 4), textcoords="offset points")
    _named_axis(axes.xaxis, cost, results[0].metric(cost))
    _named_axis(axes.yaxis, name, results[0].metric(name))
    axes.margins(0.25)
    return _finished(figure, axes)


def slices(results: Sequence[Result], of: str, metric: str = "") -> Plot:
    """A group of bars a slice, a bar a model. Raises BadInput for slices that there are not."""
    name = _named(results, metric)
    values = sorted({row.slices[of] for row in results[0].rows if of in row.slices})
    if not values:
        raise BadInput(f"no sample says its '{of}'; slices: {', '.join(sorted(results[0].rows[0].slices))}")
    figure, axes = _axes(8, 4)
    width = 0.8 / len(results)
    for at, one in enumerate(results):
        heights = [one.value(name, {of: value}) for value in values]
        places = [x + (at - (len(results) - 1) / 2) * width for x in range(len(values))]
        axes.bar(places, heights, width, label=one.model, color=COLOURS[at % len(COLOURS)])
    axes.set_xticks(range(len(values)), values)
    _named_axis(axes.yaxis, name, results[0].metric(name))
    axes.legend(frameon=False)
    return _finished(figure, axes)


def shares(found: Attribution) -> Plot:
    """What each stage costs, in points of the end metric, with intervals."""
    figure, axes = _axes(8, 2.8)
    for at, stage in enumerate(reversed(STAGES)):
        told, alone = found.shapley[stage], found.alone[stage]
        axes.barh([at], [told.value], color=COLOURS[0], alpha=0.75)
        axes.plot([told.low, told.high], [at, at], color="black", linewidth=1.5)
        axes.plot([alone.value], [at], "D", color=COLOURS[1])
    axes.set_yticks(range(len(STAGES)), list(reversed(STAGES)))
    axes.set_xlabel("points of chrF++ that it costs: bar = Shapley value with interval, diamond = gold at it alone")
    return _finished(figure, axes)


def _named(results: Sequence[Result], metric: str) -> str:
    if not results:
        raise BadInput("there are no results to draw")
    return metric or results[0].primary


def _named_axis(axis: Any, name: str, metric: Metric) -> None:
    """What is told along an axis, in percent where the table has percents."""
    from matplotlib.ticker import FuncFormatter

    axis.set_label_text(f"{name}, {metric.unit} ({metric.better} is better)")
    if metric.unit.startswith(figures.SHARES):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g} %"))


def _finished(figure: Any, axes: Any) -> Plot:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, alpha=0.2)
    return Plot(figure)


__all__ = ["Plot", "costs", "intervals", "shares", "slices"]
