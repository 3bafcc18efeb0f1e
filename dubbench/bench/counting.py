"""What is counted of an answer in each room: which parts of gold and answer a metric is given.

A function gives a `Score` for each sample; of a question that failed it gives the worst there is. Which metric is
counted how in which room stands in `measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dubbench import media
from dubbench.bench.answers import Answer
from dubbench.bench.ears import Ears
from dubbench.bench.questions import Question
from dubbench.bench.suites import Suite
from dubbench.metrics import Metric, Score
from dubbench.text import spelling
from dubbench.types import Line, Seconds, Sound


@dataclass(frozen=True)
class Judged:
    """One answer beside its gold, and who may be asked about it."""

    suite: Suite
    question: Question
    answer: Answer
    ears: Ears

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the answer; none where it failed."""
        return self.answer.dub.lines if self.answer.dub else ()

    def evened(self, text: str) -> str:
        """A text as it counts: without accents where the gold has none."""
        return text if self.suite.accents else spelling.unaccented(text)


Scores: TypeAlias = Iterator[tuple[str, Score]]
Count: TypeAlias = Callable[[Judged, Metric], Scores]


# Texts: what was said and what came of it.

Pair: TypeAlias = tuple[str, str, str, str]
"""Sample, gold, answer, language."""


def _recognised(judged: Judged) -> Iterator[Pair]:
    gold = " ".join(line.text for line in judged.question.gold.lines)
    yield judged.question.id, gold, " ".join(line.text for line in judged.lines), judged.question.source


def _translated(judged: Judged) -> Iterator[Pair]:
    said = {line.id: line.translation or "" for line in judged.lines}
    for line in judged.question.gold.lines:
        yield line.id, line.translation or "", said.get(line.id, ""), judged.question.target


def _respoken(judged: Judged) -> Iterator[Pair]:
    """What was to be said, and what the ear understands of it."""
    target = judged.question.target
    for line, path in _takes(judged):
        yield line.id, line.translation or "", judged.ears.text(judged.answer, path, target) if path else "", target


def _takes(judged: Judged) -> Iterator[tuple[Line, Path | None]]:
    """Each line that was to be said, and its sound; None where there is none."""
    dub = judged.answer.dub
    speech = {line.id: line.speech for line in judged.lines}
    for line in judged.question.gold.lines:
        take = speech.get(line.id)
        yield line, dub.open(take) if dub and take else None


def _dubbed(judged: Judged) -> Iterator[Pair]:
    """What the dub was to say by its own lines, and what the ear understands of the film."""
    wanted = " ".join(line.translation or "" for line in judged.lines)
    if not wanted:
        wanted = " ".join(line.translation or "" for line in judged.question.gold.lines)
    yield judged.question.id, wanted, heard(judged), judged.question.target


def _understood(judged: Judged) -> Iterator[Pair]:
    """What people say it means, and what the ear understands of the film."""
    gold = " ".join(line.translation or "" for line in judged.question.gold.lines)
    yield judged.question.id, gold, heard(judged), judged.question.target


def heard(judged: Judged) -> str:
    """What the ear understands of a dubbed film; nothing where there is none."""
    if judged.answer.dub is None:
        return ""
    return judged.ears.text(judged.answer, film(judged), judged.question.target)


def film(judged: Judged) -> Path:
    return judged.ears.answers.home(judged.answer.key) / str(judged.answer.facts["film"])


def _said(judged: Judged) -> Iterator[Pair]:
    """What people say it means, and what the dub was to say, before any voice."""
    gold = " ".join(line.translation or "" for line in judged.question.gold.lines)
    yield judged.question.id, gold, " ".join(line.translation or "" for line in judged.lines), judged.question.target


SPOKEN: Mapping[str, Callable[[Judged], Iterator[Pair]]] = {
    "transcribe": _recognised, "speak": _respoken, "dub": _dubbed,
}  # fmt: skip
MEANT: Mapping[str, Callable[[Judged], Iterator[Pair]]] = {"translate": _translated, "dub": _understood}


def errors(judged: Judged, metric: Metric) -> Scores:
    for name, gold, found, language in SPOKEN[judged.suite.room](judged):
        yield name, metric(judged.evened(gold), judged.evened(found), language)


def likeness(judged: Judged, metric: Metric) -> Scores:
    """Translations as they are written, or as they are heard: then without capitals and points, for nobody hears
    them."""
    for name, gold, found, language in MEANT[judged.suite.room](judged):
        texts = (gold, found) if judged.suite.room == "translate" else (_plain(gold, language), _plain(found, language))
        yield name, metric(*(judged.evened(text) for text in texts))


def intended(judged: Judged, metric: Metric) -> Scores:
    for name, gold, said, language in _said(judged):
        yield name, metric(*(judged.evened(_plain(text, language)) for text in (gold, said)))


def _plain(text: str, language: str) -> str:
    return " ".join(spelling.words(text, language))


def compliance(judged: Judged, metric: Metric) -> Scores:
    said = {line.id: line.translation or "" for line in judged.lines}
    for line in judged.question.gold.lines:
        yield line.id, metric(line.text, said.get(line.id, ""))


def quality(judged: Judged, metric: Metric) -> Scores:
    """A judge's opinion of each translation; one that is not there is worth nothing."""
    said = {line.id: line.translation or "" for line in judged.lines}
    for line in judged.question.gold.lines:
        texts = [line.text, said.get(line.id, "")]
        texts += [line.translation or ""] if metric.name == "comet" else []
        yield line.id, metric(*texts) if texts[1] else Score(metric, {"quality": 0.0, "sentences": 1.0})


# Turns and stems.


def turns(judged: Judged, metric: Metric) -> Scores:
    question, dub = judged.question, judged.answer.dub
    yield question.id, metric(question.gold.turns, dub.turns if dub else (), question.sound.duration)


def stem(stem: str) -> Count:
    def count(judged: Judged, metric: Metric) -> Scores:
        gold, dub = getattr(judged.question.gold.tracks, stem), judged.answer.dub
        reference = media.read(Path(gold.path), channels=1)
        if dub is None:
            yield judged.question.id, metric(reference, Sound(0 * reference.samples, reference.sample_rate))
            return
        found = media.read(dub.open(getattr(dub.tracks, stem)), channels=1)
        yield (
            judged.question.id,
            metric(reference, Sound(found.samples[:, : reference.samples.shape[1]], found.sample_rate)),
        )

    return count


# How spoken lines sound, and when.


def opinion(judged: Judged, metric: Metric) -> Scores:
    """A judge's opinion of a film, or of each spoken line."""
    if judged.suite.room == "dub":
        sounds = [(judged.question.id, film(judged) if judged.answer.dub else None)]
    else:
        sounds = [(line.id, path) for line, path in _takes(judged)]
    for name, path in sounds:
        yield name, Score(metric, judged.ears.opinion(judged.answer, path, metric) if path else WORST_OPINION)


WORST_OPINION = {"opinion": 1.0, "clips": 1.0}


def _on_film(judged: Judged, lines: Sequence[Line]) -> Iterator[tuple[Line, Seconds, Seconds]]:
    """Lines with their times where the picture was slowed before them, and over them."""
    slowed, later = judged.answer.facts.get("slowed", {}), 0.0
    for line in lines:
        start, later = line.start + later, later + slowed.get(line.id, 0.0)
        yield line, start, line.end + later


def adherence(judged: Judged, metric: Metric) -> Scores:
    """Of a dub its own lines are looked at: those of the original that it missed are dead air."""
    if not judged.lines:
        for line in judged.question.gold.lines:
            yield judged.question.id, metric((line.start, line.end), line.end, 0.0)
    cut = judged.answer.facts.get("cut", {})
    for line, start, end in _on_film(judged, judged.lines):
        placed = line.placed_end if line.placed_end is not None else 2 * end
        yield judged.question.id, metric((start, end), placed, line.tempo or 0.0, cut=cut.get(line.id, 0.0))


def offset(judged: Judged, metric: Metric) -> Scores:
    for line, start, end in _on_film(judged, judged.lines):
        yield judged.question.id, metric(start, line.placed_start if line.placed_start is not None else end)


def _placed(judged: Judged) -> list[tuple[Seconds, Seconds]]:
    places = ((line.placed_start, line.placed_end) for line in judged.lines)
    return [(start, end) for start, end in places if start is not None and end is not None]


def spans(judged: Judged, metric: Metric) -> Scores:
    """The original's lines against those of the dub."""
    source = [(start, end) for _, start, end in _on_film(judged, judged.question.gold.lines)]
    yield judged.question.id, metric(source, _placed(judged))


def together(judged: Judged, metric: Metric) -> Scores:
    yield judged.question.id, metric(_placed(judged), judged.question.seconds)


def fact(name: str, worst: float) -> Count:
    def count(judged: Judged, metric: Metric) -> Scores:
        report = judged.answer.facts.get("report")
        # What people recorded has no report of ours: nothing is counted.
        if report is not None or judged.answer.error is not None:
            yield judged.question.id, metric((report or {}).get(name, worst))

    return count


def cut(judged: Judged, metric: Metric) -> Scores:
    cut = judged.answer.facts.get("cut") or {"": judged.answer.facts.get("report", {}).get("cut_seconds", 0.0)}
    yield judged.question.id, metric(sum(cut.values()), judged.question.seconds)


# What it costs; what failed costs nothing, and is told by the coverage.


def work(judged: Judged, metric: Metric) -> Scores:
    if judged.answer.error is None and judged.answer.sound > 0:
        yield judged.question.id, metric(judged.answer.seconds, judged.answer.sound)


def latency(judged: Judged, metric: Metric) -> Scores:
    if judged.answer.error is None and judged.answer.seconds > 0:
        yield judged.question.id, metric(judged.answer.seconds)
