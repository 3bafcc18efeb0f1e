"""The page of all results, `eval/TABLE.md`: nothing on it is written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from dubbench import memory
from dubbench.bench import attribution, leaderboard
from dubbench.bench.attribution import Attribution
from dubbench.bench.results import Result
from dubbench.bench.suites import Suite

Found: TypeAlias = Mapping[str, tuple[Suite, Sequence[Result]]]
"""Suites by their names, and the results on them."""

HEAD = """# What every model comes to, on the same samples

Made by `make table`; nothing here is edited by hand. Figures have 95 % intervals over clusters (speakers, articles,
scenarios; never samples). A group holds what cannot be told from its first; ◆ marks a model of which no other is as
good, as quick and as small at once. RTF is seconds of work a second of sound (of text: of its sound at 15 letters a
second). A failure counts as the worst there is. "Detectable" is the difference that such a corpus would show in 80 of
100 cases. What the metrics are: [docs/metrics.md](../docs/metrics.md); how to add a model or a clip:
[docs/bench.md](../docs/bench.md).
"""


def page(found: Found, attributed: Sequence[tuple[Suite, Attribution]] = ()) -> str:
    """The whole page: a section a suite, then where the loss of whole dubs comes from."""
    sections = [leaderboard.section(suite, results) for suite, results in found.values()]
    parts = [HEAD + "\n" + _made(list(chain.from_iterable(results for _, results in found.values()))), *sections]
    if attributed:
        parts.append("## What each stage costs the dub\n\n" + "\n".join(_attributed(*one) for one in attributed))
    return "\n".join(parts)


def _attributed(suite: Suite, found: Attribution) -> str:
    chart = f"![shares of the loss](attribution-{suite.id}.svg)"
    return f"### {suite.id}\n\n{attribution.section(found)}\n{chart}\n"


def _made(results: Sequence[Result]) -> str:
    machines = sorted({machine for one in results for machine in one.run.machines})
    data = sorted({one.run.data for one in results if one.run.data})
    return f"Measured on {'; '.join(machines)}. Data: {', '.join(data) or 'not under DVC'}.\n"


def whole(found: Found) -> tuple[str, dict[str, str]]:
    """The page, with attributions of every cast whose results with gold are there, and their charts by suite."""
    attributed = [(suite, one) for suite, results in found.values() for one in _attributions(suite, results)]
    ranked = {name: (suite, [one for one in of if "gold=" not in one.model]) for name, (suite, of) in found.items()}
    return page(ranked, attributed), {suite.id: attribution.chart(one) for suite, one in attributed}


def _attributions(suite: Suite, results: Sequence[Result]) -> list[Attribution]:
    by_label = {one.model: one for one in results}
    found = []
    for cast in [one.model for one in results if suite.room == "dub" and "gold=" not in one.model]:
        wanted = attribution.labels(cast)
        if all(label in by_label for label in wanted.values()):
            found.append(attribution.attribute({gold: by_label[label] for gold, label in wanted.items()}))
    return found


def write(found: Found, path: Path) -> None:
    """Write the page, and the charts beside it by their suites' names."""
    text, charts = whole(found)
    for name, chart in charts.items():
        with memory.replacing(path.parent / f"attribution-{name}.svg") as draft:
            draft.write_text(chart, "utf-8")
    with memory.replacing(path) as draft:
        draft.write_text(text, "utf-8")


__all__ = ["page", "whole", "write"]
