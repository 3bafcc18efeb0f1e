"""The figures of report.json: what a dub is like, measured on the finished file. How they are shown is the page's."""

from __future__ import annotations

import math
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dubbench import media, memory, rooms
from dubbench.report import timing
from dubbench.report.notes import flags
from dubbench.timeline.picture import stretches
from dubbench.types import Consent, Dub

if TYPE_CHECKING:
    from dubbench.run import Run


def measured(dub: Dub, run: Run) -> dict[str, Any]:
    """The figures of report.json. What was never measured is null.

    `duration` is the source's; `film_duration` the finished film's, which is longer where the picture was slowed, by
    `slowed_seconds` in all and down to `slowest_picture` of its speed, and where the dub sounds on for
    `overrun_seconds`. `seconds` are wall time. What the mix counted (`cut_seconds`, `overlap_seconds`,
    `overrun_seconds`) is taken from it. `dead_air_seconds`, `fast_cues`: see `timing`; `speaker_similarity`: see
    `likeness`; `voice_drift`: see `drift`; `consents`: who agreed, for speakers with a voice that imitates somebody.
    """
    assert dub.output is not None
    film = dub.folder / dub.output.film
    lufs, peak = loudness(dub, film)
    heard = run.facts.get("heard")
    total = run.facts.get("wall_seconds", sum(run.seconds.values()))
    slowed = stretches(dub.picture)
    imitated = [voice for voice in dub.voices if voice.blend and voice.speaker in dub.speakers]
    tempos = [line.tempo for line in dub.lines if line.tempo is not None]
    return {
        "source_language": dub.source_language,
        "target_language": dub.target_language,
        "duration": round(dub.source.duration, 3),
        "film_duration": round(media.probe(film).duration, 3),
        "overrun_seconds": round(run.facts.get("overrun_seconds", timing.overrun(dub)), 3),
        "lines": len(dub.lines),
        "speakers": len(dub.speakers),
        "voices": {voice.speaker: voice.preset or voice.id for voice in dub.voices if voice.speaker in dub.speakers},
        "consents": {voice.speaker: _consent(voice.consent) for voice in imitated},
        "seconds": {room: round(s, 3) for room, s in run.seconds.items()},
        "models": run.models,
        "redone": run.redone,
        "realtime_factor": round(total / dub.source.duration, 4),
        "peak_rss_mb": peak_rss_mb(),
        "cut_seconds": run.facts.get("cut_seconds", 0.0),
        "overlap_seconds": round(run.facts.get("overlap_seconds", timing.overlap(dub)), 4),
        "slowed_seconds": round(sum(stretch.added for stretch in slowed), 3),
        "slowest_picture": round(min([1.0, *(stretch.speed for stretch in slowed)]), 4),
        "dead_air_seconds": round(sum(end - start for start, end in timing.dead_air(dub)), 3),
        "max_speedup": round(max(tempos), 4) if tempos else None,
        "unfit_lines": sum(not timing.kept(dub, line) for line in dub.lines),
        "late_ends": {x.id: round(timing.late(dub, x), 3) for x in dub.lines if timing.late(dub, x) > 0.0},
        "mean_start_offset": _mean([abs(timing.offset(dub, x)) for x in dub.lines]),
        "adherence": _mean([float(timing.kept(dub, line)) for line in dub.lines]),
        "fast_cues": timing.fast_cues(dub),
        "loudness_lufs": _finite(lufs),
        "true_peak_dbtp": _finite(peak),
        "intelligibility_wer": round(heard.errors.rate, 4) if heard else None,
        "speaker_similarity": run.facts.get("likeness"),
        "voice_drift": run.facts.get("drift"),
        "flags": flags(dub),
    }


def loudness(dub: Dub, track: Path) -> tuple[float, float]:
    """LUFS and dBTP of the dub's sound by `media.loudness`, from memory or measured now on `track`: the finished film,
    or the coded sound that it is to hold as it is.

    Remembered by the mix, for a film's own hash is another each time it is signed.
    """
    store, key = memory.Memory(dub.folder), memory.key(mix=rooms.mix_key(dub), coded=media.CODED)
    kept = store.recall("levels", key)
    if kept is None:
        kept = media.loudness(track)
        store.keep("levels", key, kept)
    lufs, peak = kept
    return float(lufs), float(peak)


def _consent(consent: Consent | None) -> str:
    return "nobody's" if consent is None else f"{consent.who}, {consent.when}, for {consent.purpose}"


def peak_rss_mb() -> float:
    """The largest resident size this process or one of its children reached, in MiB."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(peaks) / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _finite(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
