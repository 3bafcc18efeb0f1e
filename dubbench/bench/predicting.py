"""`predict`: ask a model all questions of a suite that it has not answered yet, and keep each answer when it is there.

Killed at any moment it goes on with the next question; a failure is an answer, too, and is not asked again unless told.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from dubbench import heap
from dubbench.bench import answers as kept
from dubbench.bench import questions
from dubbench.bench.answers import Answer, Answers
from dubbench.bench.asking import Asker, asker
from dubbench.bench.candidates import parsed
from dubbench.bench.questions import Question
from dubbench.bench.suites import Suite
from dubbench.errors import AdapterFailed, BadInput, DubError, Unsupported
from dubbench.report.figures import peak_rss_mb
from dubbench.stages.base import Progress, quiet
from dubbench.types import Dub, Seconds


def predict(
    suite: Suite,
    label: str,
    *,
    outputs: Path | None = None,
    smoke: bool = False,
    retry: bool = False,
    progress: Progress = quiet,
) -> list[Answer]:
    """Every answer of one model, asked now where it is not kept. `retry` asks again what failed.

    Raises BadInput (the suite, the model), Missing (weights, programs), Unsupported (no question is in its language).
    """
    who, answers = asker(parsed(label), suite), Answers(suite.id, outputs)
    asked, found = questions.of(suite, smoke=smoke), list[Answer]()
    _known(who, asked)
    loaded = False
    for at, question in enumerate(asked):
        progress("bench", at, len(asked), question.id)
        key = kept.key(question, suite.room, who.identity())
        answer = answers.kept(key)
        if answer is None or (retry and answer.error is not None):
            if not loaded:
                who.fetch()
                who.ready()
                loaded = True
            answer = answers.keep(_asked(who, question, key, label, suite, answers))
        found.append(answer)
    progress("bench", len(asked), len(asked), label)
    if loaded:
        who.release()
    return found


def answered(
    suite: Suite, label: str, *, outputs: Path | None = None, smoke: bool = False
) -> list[tuple[Question, Answer | None]]:
    """Every question with the answer that is kept, None where none is; nothing is asked."""
    who, answers = asker(parsed(label), suite), Answers(suite.id, outputs)
    identity = who.identity()
    return [
        (question, answers.kept(kept.key(question, suite.room, identity)))
        for question in questions.of(suite, smoke=smoke)
    ]


def apart(suite: Suite, label: str, *, outputs: Path | None = None, smoke: bool = False, retry: bool = False) -> None:
    """`predict` in a process of its own, so that its memory is its own; none where all is answered.

    What can be refused is refused here, before. Raises what `predict` does.
    """
    who, found = asker(parsed(label), suite), answered(suite, label, outputs=outputs, smoke=smoke)
    if not retry and all(answer is not None for _, answer in found):
        return
    _known(who, [question for question, _ in found])
    who.fetch()
    options = [*(["--smoke"] if smoke else []), *(["--retry"] if retry else [])]
    options += ["--outputs", str(outputs)] if outputs else []
    command = [sys.executable, "-m", "dubbench", "bench", "predict", str(suite.file), label, *options]
    ended = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        why = (said[-1] if said else f"it ended with {ended.returncode}").removeprefix("dubbench: ")
        refused = ended.returncode == BadInput.exit_code
        raise BadInput(why) if refused else AdapterFailed(label, why, stderr=ended.stderr)


def _known(who: Asker, asked: Sequence[Question]) -> None:
    """Refuse a model that knows none of the questions' languages; of one that knows some the others count as failed."""
    refused = list[DubError]()
    for question in asked:
        try:
            who.knows(question)
            return
        except Unsupported as error:
            refused.append(error)
    if refused:
        raise refused[0]


def _asked(who: Asker, question: Question, key: str, label: str, suite: Suite, answers: Answers) -> Answer:
    folder = answers.home(key)
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    dub: Dub | None = None
    facts: Any = {}
    error = None
    try:
        who.knows(question)
        dub, facts = who.ask(question, folder)
    except (AdapterFailed, Unsupported) as failed:
        error = str(failed)
    seconds = time.perf_counter() - started
    heap.trim()
    return Answer(
        question=question.id, model=label, key=key, seconds=seconds, sound=_sound(question, dub, suite),
        peak_mb=peak_rss_mb(), error=error, dub=dub, facts=facts, commit=commit(), machine=processor(),
    )  # fmt: skip


def _sound(question: Question, dub: Dub | None, suite: Suite) -> Seconds:
    """Seconds of sound that were worked on; of a voice those that it spoke."""
    if suite.room != "speak":
        return question.seconds
    return sum(line.speech.duration for line in (dub.lines if dub else ()) if line.speech)


@cache
def commit() -> str:
    """The code that ran: git's commit, and "+" where files were changed since; nothing outside of a checkout."""
    folder = Path(__file__).resolve().parent

    def git(*words: str) -> str:
        asked = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
        return asked.stdout.strip() if asked.returncode == 0 else ""

    try:
        head = git("rev-parse", "--short=12", "HEAD")
        changed = git("status", "--porcelain", "--untracked-files=no", "--", str(folder)) if head else ""
    except FileNotFoundError:
        return ""
    return head + ("+" if changed else "")


@cache
def processor() -> str:
    """Processor and threads, as seconds depend on them."""
    from dubbench.manifest import machine

    here = machine.here()
    return f"{here.processor}, {here.threads} threads"


__all__ = ["answered", "apart", "commit", "predict", "processor"]
