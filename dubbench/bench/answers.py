"""What models answered, kept by content: a Dub, its seconds, or the error. Scores are made of them, again and again.

    FOLDER/<suite>/<key>/answer.json     and the sounds beside it

The key is what was asked and who was asked; another setting, other weights, another text make another.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dubbench import memory, records
from dubbench.bench.questions import Question
from dubbench.errors import BadInput
from dubbench.types import Dub, Noun, Seconds

FOLDER = Path("eval/outputs")
FORMAT = 1
"""Raised when answers of before can no longer be read, or were asked otherwise."""


class Answer(Noun):
    """What one model made of one question; `error` where it failed, and then there is no dub.

    `seconds` of work for `sound` seconds; `peak_mb` is the most memory that its process had until then. `facts` are
    what a Dub does not hold. `commit` is the code that asked.
    """

    question: str
    model: str
    key: str
    seconds: Seconds = 0.0
    sound: Seconds = 0.0
    peak_mb: float = 0.0
    error: str | None = None
    dub: Dub | None = None
    facts: dict[str, Any] = {}
    commit: str = ""
    machine: str = ""


class Answers:
    """The answers of one suite, in a folder of their own."""

    def __init__(self, suite: str, folder: Path | None = None) -> None:
        self.folder = (FOLDER if folder is None else folder).resolve() / suite

    def home(self, key: str) -> Path:
        """Where an answer and its sounds lie."""
        return self.folder / key

    def kept(self, key: str) -> Answer | None:
        """The answer under a key; None where there is none, or it is not whole."""
        path = self.home(key) / "answer.json"
        if not path.is_file():
            return None
        try:
            answer = records.checked(Answer, records.raw(path), path)
        except BadInput:
            return None
        return answer if answer.dub is None else answer.but(dub=answer.dub.at(self.home(key)))

    def keep(self, answer: Answer) -> Answer:
        records.put(
            answer.model_dump(mode="json", by_alias=True, exclude_defaults=True), self.home(answer.key) / "answer.json"
        )
        return answer

    def judged(self, key: str, judge: str, make: Callable[[], Any]) -> Any:
        """What `judge` (a key) says of the answer, kept beside it."""
        store = memory.Memory(self.home(key))
        kept = store.recall("judged", judge)
        if kept is None:
            kept = {"found": make()}
            store.keep("judged", judge, kept)
        return kept["found"]


def key(question: Question, room: str, who: Any) -> str:
    """By what an answer is found again."""
    return memory.key(asked=question.key(room), who=who, format=FORMAT)


__all__ = ["FOLDER", "Answer", "Answers", "key"]
