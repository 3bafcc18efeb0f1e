"""The figures of report.json: what a dub is like, measured on the finished file. How they are shown is the page's."""

from __future__ import annotations

import math
import resource
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from dubbench import listen, media, memory
from dubbench.timeline.fit import TOLERANCE
from dubbench.types import Dub, Line, Seconds, Sound

if TYPE_CHECKING:
    from dubbench.run import Run

FASTEST, SLOWEST = 1.25, 0.85
COMPARED = 4
"""Takes of each speaker that similarity is measured on."""


def measured(dub: Dub, run: Run) -> dict[str, Any]:
    """The figures of report.json. Seconds are wall time; what was never measured is null."""
    assert dub.output is not None
    lufs, peak = media.loudness(dub.folder / dub.output.film)
    heard = run.facts.get("heard")
    errors = listen.wer(dub, heard) if heard is not None else None
    total = sum(run.seconds.values())
    tempos = [line.tempo for line in dub.lines if line.tempo is not None]
    return {
        "source_language": dub.source_language,
        "target_language": dub.target_language,
        "duration": round(dub.source.duration, 3),
        "lines": len(dub.lines),
        "speakers": len(dub.speakers),
        "voices": {voice.speaker: voice.preset or voice.id for voice in dub.voices if voice.speaker in dub.speakers},
        "seconds": {room: round(s, 3) for room, s in run.seconds.items()},
        "models": run.models,
        "redone": run.redone,
        "realtime_factor": round(total / dub.source.duration, 4),
        "peak_rss_mb": peak_rss_mb(),
        "cut_seconds": run.facts.get("cut_seconds", 0.0),
        "overlap_seconds": round(overlap(dub), 4),
        "max_speedup": round(max(tempos), 4) if tempos else None,
        "unfit_lines": sum(not kept(line) for line in dub.lines),
        "late_ends": {line.id: round(late(line), 3) for line in dub.lines if late(line) > 0.0},
        "mean_start_offset": _mean([abs((x.placed_start or 0.0) - x.start) for x in dub.lines]),
        "adherence": _mean([float(kept(line)) for line in dub.lines]),
        "loudness_lufs": _finite(lufs),
        "true_peak_dbtp": _finite(peak),
        "intelligibility_wer": round(errors.rate, 4) if errors else None,
        "speaker_similarity": run.facts.get("likeness"),
        "flags": flags(dub),
    }


def kept(line: Line) -> bool:
    """Adherence of one line: it ends inside its slot + 10 %, at a tempo within [0.85, 1.25] of natural."""
    if line.placed_end is None or line.tempo is None:
        return False
    limit = line.end + TOLERANCE * (line.end - line.start)
    return line.placed_end <= limit + 0.001 and SLOWEST - 0.001 <= line.tempo <= FASTEST + 0.001


def late(line: Line) -> Seconds:
    """How long after its source line a line ends; 0 when it does not."""
    return max(0.0, (line.placed_end or 0.0) - line.end)


def overlap(dub: Dub) -> Seconds:
    """Seconds in which two lines sound at once."""
    spans = sorted((x.placed_start, x.placed_end) for x in dub.lines if x.placed_start is not None)
    total, free = 0.0, 0.0
    for start, end in spans:
        total += max(0.0, min(free, end or start) - start)
        free = max(free, end or start)
    return total if total > 1e-4 else 0.0


def flags(dub: Dub) -> list[dict[str, str]]:
    """Everything a person should look at; `line` is empty for what concerns the whole dub."""
    whole = [{"line": "", "flag": flag.name, "detail": flag.detail} for flag in dub.flags]
    return whole + [
        {"line": line.id, "flag": flag.name, "detail": flag.detail} for line in dub.lines for flag in line.flags
    ]


def likeness(dub: Dub, embedder: Any) -> dict[str, float] | None:
    """Cosine of speaker embeddings, each speaker's own sound against their dub; null without an embedding model.

    With preset voices this is low and means little: it is here to be compared with cloned ones.
    """
    if not hasattr(embedder, "embed"):
        return None
    found, store = {}, memory.Memory(dub.folder)
    for voice in dub.voices:
        takes = [line.speech for line in dub.lines if line.speaker == voice.speaker and line.speech][:COMPARED]
        if voice.reference is None or not takes:
            continue
        key = memory.key(a=voice.reference.sha256, b=[take.sha256 for take in takes], by=embedder.identity())
        cosine = store.recall("similarity", key)
        if cosine is None:
            rate = embedder.sample_rate
            own = media.read(dub.open(voice.reference), sample_rate=rate, channels=1)
            pieces = [media.read(dub.open(take), sample_rate=rate, channels=1).samples for take in takes]
            dubbed = Sound(np.concatenate(pieces, axis=1), rate)
            cosine = float(np.dot(embedder.ready().embed(own), embedder.embed(dubbed)))
            store.keep("similarity", key, cosine)
        found[voice.speaker] = round(cosine, 3)
    return found or None


def peak_rss_mb() -> float:
    """The largest resident size this process or one of its children reached, in MiB."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(peaks) / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _finite(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
