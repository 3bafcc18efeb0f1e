"""One suite in hand, as a notebook holds it: its questions, results and answers, of the same samples and folders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from dubbench.bench import leaderboard, predicting, questions, running, suites
from dubbench.bench.answers import Answer
from dubbench.bench.attribution import Attribution
from dubbench.bench.questions import Question
from dubbench.bench.results import Result


class Table:
    """A piece of Markdown that a notebook shows as such."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_markdown_(self) -> str:
        return self.text


class Session:
    """A suite, by its name or file, asked on all or the first few of its samples; folders as for `bench.run`."""

    def __init__(
        self, suite: str | Path, *, smoke: bool = False, outputs: str | Path | None = None,
        results_folder: str | Path | None = None,
    ) -> None:  # fmt: skip
        self.suite, self.smoke = suites.read(suite), smoke
        self.outputs = Path(outputs) if outputs else None
        self.results_folder = Path(results_folder) if results_folder else None

    @cached_property
    def questions(self) -> list[Question]:
        """What is asked."""
        return questions.of(self.suite, smoke=self.smoke)

    def question(self, name: str) -> Question:
        """One question by its name."""
        return next(one for one in self.questions if one.id == name)

    def run(self, models: Sequence[str] = ()) -> list[Result]:
        """See `bench.run`: those that the suite lists, unless named."""
        return running.run(
            self.suite, models, outputs=self.outputs, results_folder=self.results_folder, smoke=self.smoke
        )

    def table(self, results: Sequence[Result]) -> Table:
        """Where results stand: the suite's part of the page of all results."""
        return Table(leaderboard.section(self.suite, results))

    def answers(self, model: str) -> list[tuple[Question, Answer]]:
        """Every question with what a model answered. Those that it was not asked yet are left out."""
        found = predicting.answered(self.suite, model, outputs=self.outputs, smoke=self.smoke)
        return [(question, answer) for question, answer in found if answer is not None]

    def attribute(self, cast: str = "default") -> Attribution:
        """See `bench.attribute`."""
        return running.attribute(
            self.suite, cast, outputs=self.outputs, results_folder=self.results_folder, smoke=self.smoke
        )

    def example(self, lines: int = 5) -> str:
        """How the first question begins: times, texts, and what people say for them."""
        told = []
        for line in self.questions[0].gold.lines[:lines]:
            told.append(f"{line.start:6.2f} s  {line.text}")
            if line.translation not in (None, line.text):
                told.append(f"       →  {line.translation}")
        return "\n".join(told)


__all__ = ["Session", "Table"]
