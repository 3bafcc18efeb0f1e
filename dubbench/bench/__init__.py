"""The research bench: models of any stage on the same samples, with intervals, time and memory.

    suite          what is asked, of whom, measured by what            samples, questions, tongues
    predict        answers, kept by content                            candidates, asking, answers
    score          counts of every sample                              measures, counting, ears, results
    leaderboard    what cannot be told apart, and the page             statistics, leaderboard, page, exports
    attribute      what each stage costs the whole dub                 attribution

    from dubbench import bench
    suite = bench.suite("transcribe-prompts")
    results = bench.run(suite, ["whisper-base", "whisper-base:beam_size=1"])
    print(bench.compare(*results))

Notebooks, the command and the table call what is here and compute nothing of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dubbench.bench import attribution, predicting, results, statistics, suites
from dubbench.bench.attribution import Attribution
from dubbench.bench.leaderboard import Standing, standings
from dubbench.bench.predicting import predict
from dubbench.bench.results import Result, score
from dubbench.bench.statistics import Comparison
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput, Missing, Unsupported
from dubbench.stages.base import Progress, quiet


def suite(name: str | Path) -> Suite:
    """A suite by its name, or by its file. Raises BadInput."""
    return suites.read(name)


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
    """Predict and score models (those that the suite lists, unless named); `apart`: each in a process of its own, whose
    memory is its own. Raises BadInput, Missing, Unsupported, AdapterFailed."""
    found = []
    for label in models or of.models:
        if apart:
            options = [*(["--smoke"] if smoke else []), *(["--retry"] if retry else [])]
            options += ["--outputs", str(outputs)] if outputs else []
            if retry or _unasked(of, label, outputs, smoke):
                predicting.apart(of.file, [label], *options)
        else:
            predict(of, label, outputs=outputs, smoke=smoke, retry=retry, progress=progress)
        found.append(score(of, label, outputs=outputs, results=results_folder, smoke=smoke))
    return found


def table(
    of: Sequence[Suite],
    *,
    outputs: Path | None = None,
    results_folder: Path | None = None,
    smoke: bool = False,
    told: Callable[[str], None] = print,
) -> dict[str, tuple[Suite, list[Result]]]:
    """Every suite with every model that it lists: asked what is not answered yet, scored. What cannot run on this
    machine is told and left out."""
    found: dict[str, tuple[Suite, list[Result]]] = {}
    for one in of:
        found[one.id] = (one, [])
        for label in one.models:
            try:
                results = run(one, [label], outputs=outputs, results_folder=results_folder, smoke=smoke)
            except (Missing, Unsupported) as error:
                told(f"{one.id}: {label} is left out: {error}")
                continue
            found[one.id][1].extend(results)
            told(repr(results[0]))
    return found


def _unasked(of: Suite, label: str, outputs: Path | None, smoke: bool) -> bool:
    return any(answer is None for _, answer in predicting.answered(of, label, outputs=outputs, smoke=smoke))


def compare(one: Result, other: Result, metric: str = "", *, where: dict[str, str] | None = None) -> Comparison:
    """How much better `one` is than `other` by a metric (the suite's primary one), on all samples or a slice.

    Raises BadInput where they are results of other samples.
    """
    name = metric or next(iter(one.run.metrics))
    if (one.run.suite, one.run.hash, one.run.smoke) != (other.run.suite, other.run.hash, other.run.smoke):
        raise BadInput(f"{one.model} and {other.model} were asked other things ({one.run.suite} {one.run.hash}, "
                       f"{other.run.suite} {other.run.hash}): run both on one suite")  # fmt: skip
    asked = [[row.id for row in result.rows if name in row.counts] for result in (one, other)]
    if asked[0] != asked[1]:
        raise BadInput(f"{one.model} and {other.model} were not scored on the same samples by '{name}'")
    (ours, clusters), (theirs, _) = one.scores(name, where), other.scores(name, where)
    return statistics.compared(ours, theirs, clusters)


def attribute(
    of: Suite, cast: str = "default", *, outputs: Path | None = None, results_folder: Path | None = None,
    smoke: bool = False, apart: bool = True,
) -> Attribution:  # fmt: skip
    """What each stage costs the dubs of a cast: runs it with each set of gold texts where that is not known yet."""
    if of.room != "dub":
        raise BadInput(
            f"suite '{of.id}' asks room '{of.room}'; what stages cost is told of whole dubs (room = \"dub\")"
        )
    wanted = attribution.labels(cast)
    found = run(of, list(wanted.values()), outputs=outputs, results_folder=results_folder, smoke=smoke, apart=apart)
    return attribution.attribute(dict(zip(wanted, found, strict=True)))


__all__ = ["Attribution", "Comparison", "Result", "Standing", "Suite", "attribute", "compare", "predict", "results",
           "run", "score", "standings", "suite", "table"]  # fmt: skip
