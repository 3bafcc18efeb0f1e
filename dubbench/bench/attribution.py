"""`attribute`: what each stage costs the final dub, by giving its part to people.

    v(∅)                       the cascade as it is
    v(transcribe)              with the words as people wrote them down
    v(transcribe, translate)   and the translation that people made
    v(… , speak)               and every word understood as it was meant: nothing is lost between text and ear

Gold at a later stage makes an earlier one's mistakes in words unheard, so what a stage brings depends on which others
are gold already; Shapley's value is its mean over all orders (Shapley 1953). The sum of all is the whole loss.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.bench import figures, statistics
from dubbench.bench.results import Result
from dubbench.bench.statistics import Interval
from dubbench.errors import BadInput

STAGES = ("transcribe", "translate", "speak")
HEARD, SAID = "chrf", "chrf_said"
"""What the ear understands against what was meant, and what the dub was to say: with gold speech both are one."""

Gold: TypeAlias = frozenset[str]
Values: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Attribution:
    """What a cascade loses, in points of the end metric, and how it is shared among its stages.

    `alone` is what gold at one stage alone brings, `shapley` its mean over all orders, `share` that of the whole loss.
    """

    model: str
    value: Interval
    loss: Interval
    alone: Mapping[str, Interval]
    shapley: Mapping[str, Interval]
    share: Mapping[str, Interval]
    coalitions: Mapping[Gold, float]


def labels(cast: str) -> dict[Gold, str]:
    """The candidates whose results are needed: the cast with each set of gold texts."""
    joint = "," if ":" in cast else ":"
    texts = [frozenset(of) for n in range(3) for of in itertools.combinations(STAGES[:2], n)]
    ordered = {gold: "+".join(stage for stage in STAGES if stage in gold) for gold in texts}
    return {gold: f"{cast}{joint}gold={words}" if words else cast for gold, words in ordered.items()}


def attribute(results: Mapping[Gold, Result], *, seed: int = 0) -> Attribution:
    """Shares of the loss from the results of all `labels`; intervals over clusters. Raises BadInput."""
    missing = [gold for gold in labels("cast") if gold not in results]
    if missing:
        raise BadInput(f"attribution needs results with gold {' and '.join(sorted(missing[0])) or 'nothing'}, too")
    columns = {gold: results[gold - {"speak"}].scores(SAID if "speak" in gold else HEARD)[0] for gold in _subsets()}
    clusters = results[frozenset()].scores(HEARD)[1]
    drawn = {gold: statistics.drawn(scores, clusters, seed=seed) for gold, scores in columns.items()}
    whole = {gold: np.asarray([scores[0].metric.total(scores).value]) for gold, scores in columns.items()}
    count = len(set(clusters))

    def told(of: Mapping[Gold, Values], stage: str, how: str) -> Values:
        top, bottom = of[frozenset(STAGES)], of[frozenset()]
        found = shapley(of)[stage] if how != "alone" else of[frozenset({stage})] - bottom
        return found / np.where(top > bottom, top - bottom, math.nan) if how == "share" else found

    def interval(how: str) -> dict[str, Interval]:
        return {
            stage: statistics.bounded(float(told(whole, stage, how)[0]), told(drawn, stage, how), count)
            for stage in STAGES
        }

    nothing, all_gold = frozenset[str](), frozenset(STAGES)
    return Attribution(
        model=results[nothing].model,
        value=statistics.bounded(float(whole[nothing][0]), drawn[nothing], count),
        loss=statistics.bounded(
            float(whole[all_gold][0] - whole[nothing][0]), drawn[all_gold] - drawn[nothing], count
        ),
        alone=interval("alone"), shapley=interval("shapley"), share=interval("share"),
        coalitions={gold: float(value[0]) for gold, value in whole.items()},
    )  # fmt: skip


def shapley(values: Mapping[Gold, Values]) -> dict[str, Values]:
    """Each player's mean gain over all orders, from the value of every set of players."""
    players = sorted(frozenset[str]().union(*values))
    orders = list(itertools.permutations(players))
    gains = {player: np.zeros_like(values[frozenset()]) for player in players}
    for order in orders:
        for at, player in enumerate(order):
            before = frozenset(order[:at])
            gains[player] = gains[player] + (values[before | {player}] - values[before]) / len(orders)
    return gains


def _subsets() -> list[Gold]:
    return [frozenset(of) for n in range(len(STAGES) + 1) for of in itertools.combinations(STAGES, n)]


def chart(found: Attribution) -> str:
    """The shares as a bar of SVG, for pages and notebooks."""
    colours = dict(zip(STAGES, ("#3b6ea5", "#c8763a", "#5b8f5b"), strict=True))
    width, at, parts = 720, 0.0, list[str]()
    for stage in STAGES:
        share = max(0.0, found.share[stage].value)
        x, wide = 10 + at * (width - 20), share * (width - 20)
        at += share
        parts.append(f'<rect x="{x:.1f}" y="14" width="{wide:.1f}" height="34" fill="{colours[stage]}"/>')
    for n, stage in enumerate(STAGES):
        one = found.share[stage]
        label = f"{stage} {_told(one, 100, ' %', 0)}"
        parts.append(f'<rect x="{10 + n * 236}" y="62" width="12" height="12" fill="{colours[stage]}"/>'
                     f'<text x="{28 + n * 236}" y="73">{label}</text>')  # fmt: skip
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="84" font-family="sans-serif" font-size="13">'
    )
    return f'{head}<rect width="{width}" height="84" fill="white"/>{"".join(parts)}</svg>\n'


def _told(one: Interval, scale: float = 1, unit: str = "", digits: int = 1) -> str:
    """A figure with its interval, where there are clusters enough for one; nothing is "-0"."""
    value, low, high = (f"{round(scale * x, digits) + 0.0:.{digits}f}" for x in (one.value, one.low, one.high))
    if math.isnan(one.value):
        return "–"
    return f"{value}{unit}" + ("" if math.isnan(one.low) else f" ({low} … {high})")


def section(found: Attribution) -> str:
    """The page's part: what the cascade loses and where."""
    rows = [[stage, _told(found.alone[stage]), _told(found.shapley[stage]), _told(found.share[stage], 100, " %")]
            for stage in STAGES]  # fmt: skip
    head = ["stage", "gold at it alone brings", "Shapley value", "of the loss"]
    first = (f"What is understood of {found.model}'s dubs is {_told(found.value)} chrF++ of what people meant; "
             f"{_told(found.loss)} points are lost.")  # fmt: skip
    return f"{first}\n\n{figures.grid(head, rows)}\n"


__all__ = ["STAGES", "Attribution", "attribute", "chart", "labels", "section", "shapley"]
