"""How an answer is scored in each room: which metric, and what of gold and answer it is given.

A measure gives a `Score` for each sample; of a question that failed it gives the worst there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dubbench import media, metrics
from dubbench.bench.answers import Answer
from dubbench.bench.ears import Ears
from dubbench.bench.questions import Question
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput
from dubbench.metrics import Metric, Score, judges
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


@dataclass(frozen=True)
class Measure:
    """A metric as a suite names it, and how its counts are found in some rooms. `heard`: by the suite's ear."""

    name: str
    rooms: tuple[str, ...]
    made: Callable[[], Metric]
    count: Count
    heard: tuple[str, ...] = ()

    def metric(self, room: str, ears: Ears | None = None) -> Metric:
        """The metric; where an ear judges, its identity is part of the id."""
        metric = self.made()
        return metric.judged(ears.id) if ears is not None and room in self.heard else metric

    def scores(self, judged: Judged) -> Scores:
        """A score for each sample; none where the answer has no time that it was to keep."""
        if self.count in KEPT_TIME and judged.answer.facts.get("untimed"):
            return iter(())
        return self.count(judged, self.metric(judged.suite.room, judged.ears))


def named(name: str, room: str) -> Measure:
    """The measure of a name. Raises BadInput: there is none such, or it says nothing about the room."""
    if name not in MEASURES:
        raise BadInput(f"there is no metric '{name}'; known: {', '.join(sorted(MEASURES))}")
    measure = MEASURES[name]
    if room not in measure.rooms:
        fitting = ", ".join(sorted(one.name for one in MEASURES.values() if room in one.rooms))
        raise BadInput(f"metric '{name}' says nothing about room '{room}'; these do: {fitting}")
    return measure


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
    target, dub = judged.question.target, judged.answer.dub
    for line in judged.question.gold.lines:
        spoken = next((x.speech for x in judged.lines if x.id == line.id), None)
        heard = judged.ears.text(judged.answer, dub.open(spoken), target) if dub and spoken else ""
        yield line.id, line.translation or "", heard, target


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


def _errors(judged: Judged, metric: Metric) -> Scores:
    for name, gold, found, language in SPOKEN[judged.suite.room](judged):
        yield name, metric(judged.evened(gold), judged.evened(found), language)


def _likeness(judged: Judged, metric: Metric) -> Scores:
    """Translations as they are written, or as they are heard: then without capitals and points, for nobody hears
    them."""
    for name, gold, found, language in MEANT[judged.suite.room](judged):
        texts = (gold, found) if judged.suite.room == "translate" else (_plain(gold, language), _plain(found, language))
        yield name, metric(*(judged.evened(text) for text in texts))


def _intended(judged: Judged, metric: Metric) -> Scores:
    for name, gold, said, language in _said(judged):
        yield name, metric(*(judged.evened(_plain(text, language)) for text in (gold, said)))


def _plain(text: str, language: str) -> str:
    return " ".join(spelling.words(text, language))


def _compliance(judged: Judged, metric: Metric) -> Scores:
    said = {line.id: line.translation or "" for line in judged.lines}
    for line in judged.question.gold.lines:
        yield line.id, metric(line.text, said.get(line.id, ""))


def _quality(judged: Judged, metric: Metric) -> Scores:
    """A judge's opinion of each translation; one that is not there is worth nothing."""
    said = {line.id: line.translation or "" for line in judged.lines}
    for line in judged.question.gold.lines:
        texts = [line.text, said.get(line.id, "")]
        texts += [line.translation or ""] if metric.name == "comet" else []
        yield line.id, metric(*texts) if texts[1] else Score(metric, {"quality": 0.0, "sentences": 1.0})


# Turns and stems.


def _turns(judged: Judged, metric: Metric) -> Scores:
    question, dub = judged.question, judged.answer.dub
    yield question.id, metric(question.gold.turns, dub.turns if dub else (), question.sound.duration)


def _stem(stem: str) -> Count:
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


def _opinion(judged: Judged, metric: Metric) -> Scores:
    dub = judged.answer.dub
    if judged.suite.room == "dub":
        path = film(judged) if dub else None
        yield (
            judged.question.id,
            Score(metric, judged.ears.opinion(judged.answer, path, metric) if path else WORST_OPINION),
        )
        return
    for line in judged.question.gold.lines:
        spoken = next((x.speech for x in judged.lines if x.id == line.id), None)
        found = judged.ears.opinion(judged.answer, dub.open(spoken), metric) if dub and spoken else WORST_OPINION
        yield line.id, Score(metric, found)


WORST_OPINION = {"opinion": 1.0, "clips": 1.0}


def _adherence(judged: Judged, metric: Metric) -> Scores:
    """Of a dub its own lines are looked at: those of the original that it missed are dead air."""
    if not judged.lines:
        for line in judged.question.gold.lines:
            yield judged.question.id, metric((line.start, line.end), line.end, 0.0)
    cut, slowed, later = judged.answer.facts.get("cut", {}), judged.answer.facts.get("slowed", {}), 0.0
    for line in judged.lines:
        added = slowed.get(line.id, 0.0)
        slot = (line.start + later, line.end + later + added)
        later += added
        end = line.placed_end if line.placed_end is not None else slot[1] * 2
        yield judged.question.id, metric(slot, end, line.tempo or 0.0, cut=cut.get(line.id, 0.0))


def _offset(judged: Judged, metric: Metric) -> Scores:
    later, slowed = 0.0, judged.answer.facts.get("slowed", {})
    for line in judged.lines:
        placed = line.placed_start if line.placed_start is not None else line.end
        yield judged.question.id, metric(line.start + later, placed)
        later += slowed.get(line.id, 0.0)


def _placed(judged: Judged) -> list[tuple[Seconds, Seconds]]:
    return [
        (x.placed_start, x.placed_end) for x in judged.lines if x.placed_start is not None and x.placed_end is not None
    ]


def _spans(judged: Judged, metric: Metric) -> Scores:
    """The original's lines against those of the dub; a slower picture moves the original's."""
    later, slowed, source = 0.0, judged.answer.facts.get("slowed", {}), list[tuple[Seconds, Seconds]]()
    for line in judged.question.gold.lines:
        added = slowed.get(line.id, 0.0)
        source.append((line.start + later, line.end + later + added))
        later += added
    yield judged.question.id, metric(source, _placed(judged))


def _together(judged: Judged, metric: Metric) -> Scores:
    yield judged.question.id, metric(_placed(judged), judged.question.seconds)


def _fact(name: str, worst: float) -> Count:
    def count(judged: Judged, metric: Metric) -> Scores:
        report = judged.answer.facts.get("report")
        # What people recorded has no report of ours: nothing is counted.
        if report is not None or judged.answer.error is not None:
            yield judged.question.id, metric((report or {}).get(name, worst))

    return count


def _cut(judged: Judged, metric: Metric) -> Scores:
    cut = judged.answer.facts.get("cut") or {"": judged.answer.facts.get("report", {}).get("cut_seconds", 0.0)}
    yield judged.question.id, metric(sum(cut.values()), judged.question.seconds)


# What it costs; what failed costs nothing, and is told by the coverage.


def _work(judged: Judged, metric: Metric) -> Scores:
    if judged.answer.error is None and judged.answer.sound > 0:
        yield judged.question.id, metric(judged.answer.seconds, judged.answer.sound)


def _latency(judged: Judged, metric: Metric) -> Scores:
    if judged.answer.error is None and judged.answer.seconds > 0:
        yield judged.question.id, metric(judged.answer.seconds)


KEPT_TIME = (_adherence, _offset, _spans, _together, _cut)

HEARING = ("speak", "dub")
TEXTS = ("transcribe", "speak", "dub")
TIMED = ("fit", "dub")
EVERY = ("transcribe", "diarize", "translate", "speak", "separate", "fit", "dub")

MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        *(Measure(name, TEXTS, lambda metric=metric: metric, _errors, HEARING)  # type: ignore[misc]
          for name, metric in (("wer", metrics.wer), ("cer", metrics.cer), ("wer_raw", metrics.wer_raw),
                               ("cer_raw", metrics.cer_raw), ("wer_whisper", metrics.wer_whisper))),
        *(Measure(name, ("translate", "dub"), lambda metric=metric: metric, _likeness, ("dub",))  # type: ignore[misc]
          for name, metric in (("bleu", metrics.bleu), ("chrf", metrics.chrf))),
        Measure("chrf_said", ("dub",), lambda: metrics.chrf, _intended),
        Measure("comet", ("translate",), judges.comet, _quality),
        Measure("cometkiwi", ("translate",), judges.cometkiwi, _quality),
        Measure("length_compliance", ("translate",), lambda: metrics.length_compliance, _compliance),
        Measure("der", ("diarize",), lambda: metrics.der, _turns),
        Measure("speech_si_sdr", ("separate",), lambda: metrics.si_sdr, _stem("speech")),
        Measure("background_si_sdr", ("separate",), lambda: metrics.si_sdr, _stem("background")),
        Measure("dnsmos", HEARING, judges.dnsmos, _opinion),
        Measure("utmos", HEARING, judges.utmos, _opinion),
        Measure("adherence", TIMED, lambda: metrics.adherence, _adherence),
        Measure("start_offset", TIMED, lambda: metrics.start_offset, _offset),
        Measure("dead_air", TIMED, lambda: metrics.dead_air, _spans),
        Measure("voiced_iou", TIMED, lambda: metrics.voiced_iou, _spans),
        Measure("overlap", TIMED, lambda: metrics.overlap, _together),
        Measure("cut", TIMED, lambda: metrics.cut, _cut),
        Measure("loudness_error", ("dub",), lambda: metrics.loudness_error, _fact("loudness_lufs", -100.0)),
        Measure("clear_peak", ("dub",), lambda: metrics.clear_peak, _fact("true_peak_dbtp", 0.0)),
        Measure("rtf", EVERY, lambda: metrics.rtf, _work),
        Measure("latency_p50", EVERY, lambda: metrics.latency_p50, _latency),
        Measure("latency_p95", EVERY, lambda: metrics.latency_p95, _latency),
    )
}  # fmt: skip

__all__ = ["MEASURES", "Judged", "Measure", "film", "heard", "named"]
