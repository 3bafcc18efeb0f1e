"""`run`, `table`, `attribute`: models asked and scored, one after another, on one suite or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dubbench.bench import attribution, predicting, results
from dubbench.bench.attribution import Attribution
from dubbench.bench.predicting import predict
from dubbench.bench.results import Result
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput, Missing, Unsupported
from dubbench.stages.base import Progress, quiet


def run(
    of: Suite,
    models: Sequence[str] = (),
    *,
    outputs: Path | None = None,
    results_folder: Path | None = None,
    smoke: bool = False,
    retry: bool = False,
    apart: bool = True,
    progress: Progress = quiet,
) -> list[Result]:
    """Predict and score models (those that the suite lists, unless named).

    `apart`: each in a process of its own, whose memory is its own. Raises BadInput, Missing, Unsupported,
    AdapterFailed.
    """
    found = []
    for label in models or of.models:
        if apart:
            predicting.apart(of, label, outputs=outputs, smoke=smoke, retry=retry)
        else:
            predict(of, label, outputs=outputs, smoke=smoke, retry=retry, progress=progress)
        found.append(results.score(of, label, outputs=outputs, results=results_folder, smoke=smoke))
    return found


def table(
    of: Sequence[Suite],
    *,
    outputs: Path | None = None,
    results_folder: Path | None = None,
    smoke: bool = False,
    told: Callable[[str], None] = print,
) -> dict[str, tuple[Suite, list[Result]]]:
    """Every suite with every model that it lists: asked what is not answered yet, scored.

    What cannot run on this machine is told and left out.
    """
    found: dict[str, tuple[Suite, list[Result]]] = {}
    for one in of:
        found[one.id] = (one, [])
        for label in one.models:
            try:
                scored = run(one, [label], outputs=outputs, results_folder=results_folder, smoke=smoke)
            except (Missing, Unsupported) as error:
                told(f"{one.id}: {label} is left out: {error}")
                continue
            found[one.id][1].extend(scored)
            told(repr(scored[0]))
    return found


def attribute(
    of: Suite, cast: str = "default", *, outputs: Path | None = None, results_folder: Path | None = None,
    smoke: bool = False, apart: bool = True,
) -> Attribution:  # fmt: skip
    """What each stage costs the dubs of a cast: runs it with each set of gold texts where that is not known yet."""
    if of.room != "dub":
        raise BadInput(f"suite '{of.id}' asks room '{of.room}'; what stages cost is told of whole dubs: room = \"dub\"")
    wanted = attribution.labels(cast)
    found = run(of, list(wanted.values()), outputs=outputs, results_folder=results_folder, smoke=smoke, apart=apart)
    return attribution.attribute(dict(zip(wanted, found, strict=True)))


__all__ = ["attribute", "run", "table"]
