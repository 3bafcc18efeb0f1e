"""Figures as people read them: shares in percent, intervals, tables in Markdown. What they mean is told elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dubbench.bench.statistics import Interval
from dubbench.metrics import Metric

SHARES = ("share", "errors")
"""Units that begin so are shown in percent."""
NOTHING = 1e-9
"""Less than this is rounding."""


def percent(metric: Metric) -> bool:
    """Whether a metric's figures are shown in percent."""
    return metric.unit.startswith(SHARES)


def shown(value: float, metric: Metric) -> str:
    """A figure with its unit's sense."""
    if math.isnan(value):
        return "–"
    value = value if abs(value) > NOTHING else 0.0
    if percent(metric):
        return f"{100 * value:.1f} %"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def between(figure: Interval, metric: Metric) -> str:
    """A figure with its interval, where there are clusters enough for one."""
    value = shown(figure.value, metric)
    if math.isnan(figure.low):
        return value
    low, high = (shown(bound, metric).removesuffix(" %") for bound in (figure.low, figure.high))
    return f"{value} ({low} … {high})"


def difference(value: float, metric: Metric) -> str:
    """A difference of two figures, without its unit (`points`)."""
    return "–" if math.isnan(value) else f"{(100 if percent(metric) else 1) * value + 0.0:+.2f}"


def gain(value: float, low: float, high: float, metric: Metric) -> str:
    """A difference with its interval."""
    bounds = "" if math.isnan(low) else f" ({difference(low, metric)} … {difference(high, metric)})"
    return f"{difference(value, metric)}{bounds}"


def points(metric: Metric) -> str:
    """What differences are counted in."""
    return "points of percent" if percent(metric) else metric.unit


def chance(p: float) -> str:
    """A p-value."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in line)} |" for line in lines)


__all__ = ["between", "chance", "difference", "gain", "grid", "percent", "points", "shown"]
