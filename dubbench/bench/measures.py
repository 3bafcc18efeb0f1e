"""Every metric that a suite can name: in which rooms it says something, and how it is counted there (`counting`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dubbench import metrics
from dubbench.bench import counting
from dubbench.bench.counting import Count, Judged, Scores
from dubbench.bench.ears import Ears
from dubbench.errors import BadInput
from dubbench.metrics import Metric, judges


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


KEPT_TIME = (counting.adherence, counting.offset, counting.spans, counting.together, counting.cut)

HEARING = ("speak", "dub")
TEXTS = ("transcribe", "speak", "dub")
TIMED = ("fit", "dub")
EVERY = ("transcribe", "diarize", "translate", "speak", "separate", "fit", "dub")

MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        *(Measure(name, TEXTS, lambda metric=metric: metric, counting.errors, HEARING)  # type: ignore[misc]
          for name, metric in (("wer", metrics.wer), ("cer", metrics.cer), ("wer_raw", metrics.wer_raw),
                               ("cer_raw", metrics.cer_raw), ("wer_whisper", metrics.wer_whisper))),
        *(Measure(name, ("translate", "dub"), lambda metric=metric: metric, counting.likeness, ("dub",))  # type: ignore[misc]
          for name, metric in (("bleu", metrics.bleu), ("chrf", metrics.chrf))),
        Measure("chrf_said", ("dub",), lambda: metrics.chrf, counting.intended),
        Measure("comet", ("translate",), judges.comet, counting.quality),
        Measure("cometkiwi", ("translate",), judges.cometkiwi, counting.quality),
        Measure("length_compliance", ("translate",), lambda: metrics.length_compliance, counting.compliance),
        Measure("der", ("diarize",), lambda: metrics.der, counting.turns),
        Measure("speech_si_sdr", ("separate",), lambda: metrics.si_sdr, counting.stem("speech")),
        Measure("background_si_sdr", ("separate",), lambda: metrics.si_sdr, counting.stem("background")),
        Measure("dnsmos", HEARING, judges.dnsmos, counting.opinion),
        Measure("utmos", HEARING, judges.utmos, counting.opinion),
        Measure("adherence", TIMED, lambda: metrics.adherence, counting.adherence),
        Measure("start_offset", TIMED, lambda: metrics.start_offset, counting.offset),
        Measure("dead_air", TIMED, lambda: metrics.dead_air, counting.spans),
        Measure("voiced_iou", TIMED, lambda: metrics.voiced_iou, counting.spans),
        Measure("overlap", TIMED, lambda: metrics.overlap, counting.together),
        Measure("cut", TIMED, lambda: metrics.cut, counting.cut),
        Measure("loudness_error", ("dub",), lambda: metrics.loudness_error, counting.fact("loudness_lufs", -100.0)),
        Measure("clear_peak", ("dub",), lambda: metrics.clear_peak, counting.fact("true_peak_dbtp", 0.0)),
        Measure("rtf", EVERY, lambda: metrics.rtf, counting.work),
        Measure("latency_p50", EVERY, lambda: metrics.latency_p50, counting.latency),
        Measure("latency_p95", EVERY, lambda: metrics.latency_p95, counting.latency),
    )
}  # fmt: skip

__all__ = ["EVERY", "MEASURES", "Measure", "named"]
