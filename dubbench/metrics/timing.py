"""Times against times: when there is speech in the source and in the dub, and whether lines keep theirs.

Spans are (start, end) in seconds on the film's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dubbench.errors import BadInput
from dubbench.metrics.score import Counts, metric, ratio
from dubbench.timeline import limits, spans
from dubbench.timeline.spans import Span
from dubbench.types import Seconds


@metric("adherence", unit="share", better="higher", value=ratio("kept", "lines"))
def adherence(slot: Span, end: Seconds, tempo: float, *, cut: Seconds = 0.0) -> Counts:
    """Share of lines that keep their time; higher is better.

    They end within their slot and a tenth of it, are heard at a `tempo` within [0.85, 1.25] of natural, and nothing is
    cut. A definition of this house, by what listeners of dubs complain of.
    """
    start, until = _checked([slot])[0]
    kept = limits.kept(end, tempo, until=until, slot=until - start)
    return {"kept": float(kept and cut <= 0), "lines": 1}


@metric("start-offset", unit="s", better="lower", value=ratio("seconds", "lines"))
def start_offset(wanted: Seconds, placed: Seconds) -> Counts:
    """How far a line starts from its source line, mean of absolute seconds; lower is better. ITU-R BT.1359 finds sound
    noticed from 45 ms ahead of the picture and 125 ms behind it."""
    return {"seconds": abs(placed - wanted), "lines": 1}


@metric("dead-air", unit="share", better="lower", value=ratio("silent", "spoken"))
def dead_air(source: Sequence[Span], dub: Sequence[Span]) -> Counts:
    """Share of the time in which the source speaks and the dub does not (a mouth moves and nothing is heard); lower is
    better."""
    spoken = spans.seconds(_checked(source))
    return {"silent": spoken - spans.shared(source, _checked(dub)), "spoken": spoken}


@metric("overlap", unit="s a minute", better="lower", value=ratio("seconds", "film", times=60))
def overlap(lines: Sequence[Span], film: Seconds) -> Counts:
    """Seconds in a minute of film in which two lines are heard at once; lower is better."""
    lines = _checked(lines)
    return {"seconds": spans.overlap(lines), "film": film}


@metric("cut", unit="s a minute", better="lower", value=ratio("seconds", "film", times=60))
def cut(seconds: Seconds, film: Seconds) -> Counts:
    """Seconds of speech in a minute of film that were cut off to make lines fit; lower is better."""
    if not seconds >= 0:
        raise BadInput(f"{seconds:g} s cannot have been cut off")
    return {"seconds": seconds, "film": film}


@metric("voiced-iou", unit="share", better="higher", value=ratio("both", "either"))
def voiced_iou(source: Sequence[Span], dub: Sequence[Span]) -> Counts:
    """Time in which source and dub both speak over time in which either does (intersection over union); higher is
    better."""
    both = spans.shared(_checked(source), _checked(dub))
    return {"both": both, "either": spans.seconds(source) + spans.seconds(dub) - both}


@metric("speech-overlap", unit="share", better="higher", value=ratio("overlap", "lines"))
def speech_overlap(source: Sequence[Seconds], dub: Sequence[Seconds]) -> Counts:
    """How alike the pieces of a line between its pauses are in length; higher is better.

    Mean of shorter over longer, and 0 for a line with another number of pauses. As in the IWSLT dubbing track
    (Chronopoulou et al. 2023, arXiv 2302.12979). Lengths in seconds, piece by piece.
    """
    if not source or min(source) <= 0:
        raise BadInput(f"a line of {len(source)} pieces, each longer than nothing, is wanted, not {list(source)}")
    if len(source) != len(dub):
        return {"overlap": 0.0, "lines": 1}
    pairs = zip(source, dub, strict=True)
    return {"overlap": sum(min(a, b) / max(a, b) for a, b in pairs) / len(source), "lines": 1}


def _checked(given: Iterable[Span]) -> list[Span]:
    found = [(float(start), float(end)) for start, end in given]
    wrong = next((span for span in found if not 0 <= span[0] <= span[1]), None)
    if wrong is not None:
        raise BadInput(
            f"a span from {wrong[0]:g} to {wrong[1]:g} s is none: it must begin at 0 or later, before it ends"
        )
    return found


__all__ = ["adherence", "cut", "dead_air", "overlap", "speech_overlap", "start_offset", "voiced_iou"]
