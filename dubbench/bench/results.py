"""`score`: what answers come to. A result keeps the counts of every sample, so that any figure can be computed again.

FOLDER/<suite>/<model>/<run>/run.json        what was asked of whom, by what code, on what machine, at what cost
                             samples.jsonl   a sample a line: cluster, slices, counts by metric, error
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from dubbench import catalog, memory, records
from dubbench.bench import measures, predicting, statistics
from dubbench.bench.answers import Answer, Answers
from dubbench.bench.asking import asker
from dubbench.bench.candidates import parsed
from dubbench.bench.counting import Judged
from dubbench.bench.ears import Ears
from dubbench.bench.questions import Question
from dubbench.bench.statistics import Interval
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput
from dubbench.manifest import machine
from dubbench.metrics import Metric, Score
from dubbench.types import FrozenDict, Noun

FOLDER = Path("eval/results")
LEAST_COVERAGE = 0.5
"""Of the questions so many must be answered: a figure of fewer is no figure of the suite."""


class Row(Noun):
    """The counts of one sample, by metric; `error` where its question failed, and then they are the worst there are."""

    id: str
    cluster: str
    slices: FrozenDict[str, str] = Field(default_factory=dict)
    counts: dict[str, dict[str, float]] = Field(default_factory=dict)
    error: str | None = None


class Run(Noun):
    """What a result is the result of. `metrics` are ids by name, the primary one first; `hash` is the suite's."""

    suite: str
    version: int
    hash: str
    smoke: bool = False
    room: str
    model: str
    identity: dict[str, Any]
    licence: str = ""
    metrics: FrozenDict[str, str]
    asked: int
    failed: int
    seconds: float
    peak_mb: float
    commits: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    here: machine.Machine | None = None
    data: str = ""

    @property
    def coverage(self) -> float:
        """The share of questions that were answered."""
        return 1 - self.failed / self.asked


class Result:
    """One model on one suite: `run` says what it is, `rows` hold the counts."""

    def __init__(self, run: Run, rows: Sequence[Row]) -> None:
        # By name, so that the scores of two models on one suite are pairs.
        self.run, self.rows = run, tuple(sorted(rows, key=lambda row: row.id))

    @property
    def model(self) -> str:
        return self.run.model

    @property
    def primary(self) -> str:
        """The name of the suite's primary metric."""
        return next(iter(self.run.metrics))

    @cached_property
    def _metrics(self) -> Mapping[str, Metric]:
        found = {}
        for name, known in self.run.metrics.items():
            metric = measures.named(name, self.run.room).metric(self.run.room)
            if known != metric.id:
                judge = known.removeprefix(f"{metric.id}+")
                if judge == known:
                    raise BadInput(f"{self.run.suite}, {self.model}: scored by {known}, which is {metric.id} now: "
                                   f"dubbench bench score {self.run.suite} {self.model}")  # fmt: skip
                metric = metric.judged(judge)
            found[name] = metric
        return found

    def metric(self, name: str) -> Metric:
        """Raises BadInput where it was not scored by that."""
        if name not in self._metrics:
            raise BadInput(f"{self.run.suite}, {self.model}: not scored by '{name}', but by {', '.join(self._metrics)}")
        return self._metrics[name]

    def scores(self, name: str, where: Mapping[str, str] | None = None) -> tuple[list[Score], list[str]]:
        """The scores of a metric and their clusters, of all samples or of a slice."""
        metric, kept = self.metric(name), [row for row in self.rows if name in row.counts and _in(row, where or {})]
        return [Score(metric, dict(row.counts[name])) for row in kept], [row.cluster for row in kept]

    def value(self, name: str, where: Mapping[str, str] | None = None) -> float:
        """The figure of all samples together; NaN where nothing was counted."""
        scores, _ = self.scores(name, where)
        return self.metric(name).total(scores).value

    def interval(self, name: str, where: Mapping[str, str] | None = None) -> Interval:
        """The figure with its interval."""
        scores, clusters = self.scores(name, where)
        return statistics.interval(scores, clusters) if scores else Interval(math.nan, math.nan, math.nan, 0)

    def records(self) -> list[dict[str, Any]]:
        """A plain record a sample: its names, and the value of each metric on it alone. For tables and plots."""
        return [
            {"model": self.model, "id": row.id, "cluster": row.cluster, **row.slices, "error": row.error,
             **{name: Score(self.metric(name), dict(counts)).value for name, counts in row.counts.items()}}
            for row in self.rows
        ]  # fmt: skip

    def frame(self) -> Any:
        """`records` as a pandas DataFrame."""
        import pandas

        return pandas.DataFrame(self.records())

    def worst(self, count: int = 8, metric: str = "") -> Any:
        """The samples with the worst figures, worst first, as a DataFrame; columns that nobody filled are left out."""
        name = metric or self.primary
        frame = self.frame().dropna(subset=[name]).dropna(axis="columns", how="all")
        return frame.sort_values(name, ascending=self.metric(name).better == "higher", kind="stable").head(count)

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {self.value(name):.4g}" for name in self.run.metrics)
        return f"<{self.run.suite}: {self.model}: {told}>"

    def _repr_html_(self) -> str:
        from dubbench.bench import leaderboard

        return leaderboard.html([self])


def _in(row: Row, where: Mapping[str, str]) -> bool:
    return all(row.slices.get(name) == value for name, value in where.items())


def score(
    suite: Suite, label: str, *, outputs: Path | None = None, results: Path | None = None, smoke: bool = False
) -> Result:
    """Score what is kept of a model's answers, and write the result.

    Raises BadInput where questions were not asked yet, or too few of them were answered.
    """
    found = predicting.answered(suite, label, outputs=outputs, smoke=smoke)
    missing = [question.id for question, answer in found if answer is None]
    if missing:
        raise BadInput(f"suite '{suite.id}': {label} has not been asked {len(missing)} of {len(found)} questions "
                       f"({missing[0]}, …): dubbench bench predict {suite.id} {label}")  # fmt: skip
    answers = [(question, answer) for question, answer in found if answer is not None]
    failed = [answer for _, answer in answers if answer.error is not None]
    if 1 - len(failed) / len(answers) < LEAST_COVERAGE:
        share = f"{len(answers) - len(failed)} of {len(answers)} questions"
        raise BadInput(f"suite '{suite.id}': {label} answered {share}, which is no result; first: {failed[0].error}")
    ears = Ears(suite.ear, Answers(suite.id, outputs))
    rows = [row for question, answer in answers for row in _rows(suite, question, answer, ears)]
    run = _run(suite, label, [answer for _, answer in answers], ears, smoke)
    ears.release()
    result = Result(run, rows)
    write(result, results)
    return result


def _rows(suite: Suite, question: Question, answer: Answer, ears: Ears) -> list[Row]:
    judged, totals = Judged(suite, question, answer, ears), dict[str, dict[str, Score]]()
    for name in suite.measured:
        for sample, found in measures.named(name, suite.room).scores(judged):
            of = totals.setdefault(sample, {})
            of[name] = of[name] + found if name in of else found
    return [
        Row(id=sample, cluster=question.cluster, slices=question.slices, error=answer.error,
            counts={name: dict(one.counts) for name, one in of.items()})
        for sample, of in totals.items()
    ]  # fmt: skip


def _run(suite: Suite, label: str, answers: Sequence[Answer], ears: Ears, smoke: bool) -> Run:
    who = asker(parsed(label), suite)
    return Run(
        suite=suite.id, version=suite.version, hash=suite.hash, smoke=smoke, room=suite.room, model=label,
        identity=who.identity(), licence=_licence(label) or who.licence,
        metrics={name: measures.named(name, suite.room).metric(suite.room, ears).id for name in suite.measured},
        asked=len(answers), failed=sum(answer.error is not None for answer in answers),
        seconds=sum(answer.seconds for answer in answers), peak_mb=max(answer.peak_mb for answer in answers),
        commits=tuple(sorted({answer.commit for answer in answers})),
        machines=tuple(sorted({answer.machine for answer in answers})), here=machine.here(), data=_tracked(suite),
    )  # fmt: skip


def _licence(label: str) -> str:
    entry = catalog.entries().get(parsed(label).name)
    return entry.licence if entry else ""


def _tracked(suite: Suite) -> str:
    """The hash by which DVC knows the data, where it does."""
    for folder in suite.folder.parents:
        path = folder / "data.dvc"
        if path.is_file() and suite.folder.is_relative_to(folder / "data"):
            found = re.search(r"md5: (\S+)", path.read_text("utf-8"))
            return found[1] if found else ""
    return ""


def folder_of(run: Run, results: Path | None = None) -> Path:
    """Where a run's result lies: its name is what it depends on, so the same is written over the same."""
    key = memory.key(hash=run.hash, smoke=run.smoke, identity=dict(run.identity), metrics=dict(run.metrics))[:12]
    plain = re.sub(r"[^\w.=,-]+", "+", run.model)
    return (results or FOLDER) / run.suite / plain / key


def write(result: Result, results: Path | None = None) -> Path:
    """Write a result; returns its folder."""
    folder = folder_of(result.run, results)
    with memory.replacing(folder / "samples.jsonl") as draft:
        lines = (
            json.dumps(row.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) for row in result.rows
        )
        draft.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    records.put(result.run.model_dump(mode="json"), folder / "run.json")
    return folder


def read(folder: Path) -> Result:
    """A result from its folder. Raises BadInput."""
    run = records.checked(Run, records.raw(folder / "run.json"), folder / "run.json")
    lines = (folder / "samples.jsonl").read_text("utf-8").splitlines()
    return Result(run, [Row.model_validate_json(line) for line in lines])


def of(suite: Suite, *, results: Path | None = None, smoke: bool = False) -> list[Result]:
    """The latest result of each model on a suite as it is now; those of other samples, or other wishes, stay out."""
    found: dict[str, tuple[int, Path]] = {}
    for path in sorted(((results or FOLDER) / suite.id).glob("*/*/run.json")):
        run = records.checked(Run, records.raw(path), path)
        when = path.stat().st_mtime_ns
        if (run.hash, run.smoke) == (suite.hash, smoke) and when > found.get(run.model, (0, path))[0]:
            found[run.model] = (when, path.parent)
    return [read(folder) for _, folder in found.values()]


__all__ = ["FOLDER", "Result", "Row", "Run", "of", "read", "score", "write"]
