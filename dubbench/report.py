"""report.json and report.html: what the dub is like, measured on the finished file, telling the truth."""

from __future__ import annotations

import html
import json
import math
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dubbench import languages, listen, media, memory
from dubbench.timeline.fit import TOLERANCE
from dubbench.types import Dub, Line, Seconds, Sound

if TYPE_CHECKING:
    from dubbench.run import Run

FASTEST, SLOWEST = 1.25, 0.85
COMPARED = 4
"""Takes of each speaker that similarity is measured on."""


def write(dub: Dub, run: Run) -> dict[str, Any]:
    """Measure the finished dub, write both reports into its home, and give the figures."""
    figures = measured(dub, run)
    with memory.replacing(run.home / "report.json") as draft:
        draft.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with memory.replacing(run.home / "report.html") as draft:
        draft.write_text(page(dub, figures), "utf-8")
    return figures


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


def page(dub: Dub, figures: dict[str, Any]) -> str:
    """report.html: the figures, source and dub on one time axis, and every line with its flags."""
    title = f"{Path(dub.source.path).name} in {languages.name(dub.target_language)}"
    rows = "".join(_row(line) for line in dub.lines)
    shown = {k: v for k, v in figures.items() if not isinstance(v, dict | list)}
    cells = "".join(f"<tr><th>{_esc(k)}</th><td>{_esc('–' if v is None else v)}</td></tr>" for k, v in shown.items())
    seconds = "".join(
        f"<tr><th>{_esc(room)}</th><td>{s:.2f} s</td><td>{_esc(figures['models'].get(room, ''))}</td></tr>"
        for room, s in figures["seconds"].items()
    )
    return TEMPLATE.format(
        title=_esc(title), cells=cells, seconds=seconds, rows=rows, chart=chart(dub),
        whole="".join(f"<p class=flag>{_esc(f.name)}: {_esc(f.detail)}</p>" for f in dub.flags),
    )  # fmt: skip


def _esc(value: object) -> str:
    return html.escape(str(value))


def _row(line: Line) -> str:
    marks = "".join(f"<div class=flag>{_esc(f.name)}: {_esc(f.detail)}</div>" for f in line.flags)
    times = f"{line.start:.2f}–{line.end:.2f}"
    placed = f"{line.placed_start:.2f}–{line.placed_end:.2f}" if line.placed_start is not None else ""
    tempo = f"×{line.tempo:.2f}" if line.tempo else ""
    return (
        f"<tr><td>{_esc(line.id)}<br><small>{_esc(line.speaker)}</small></td>"
        f"<td>{times}<br><b>{placed}</b> {tempo}</td>"
        f"<td>{_esc(line.text)}<br><b>{_esc(line.translation or '')}</b>{marks}</td></tr>"
    )


ROW_SECONDS = 30.0
COLOURS = ("#3b6fb6", "#c0603a", "#4a8f5d", "#8a5fa8", "#a08a2c", "#4b9aa5")


def chart(dub: Dub) -> str:
    """An SVG: half a minute a row, the source's lines above the dub's, a colour a speaker, flagged ones outlined."""
    total = max([dub.source.duration, *(line.placed_end or 0.0 for line in dub.lines)])
    rows = max(1, math.ceil((total - 0.5) / ROW_SECONDS))
    colours = {speaker: COLOURS[i % len(COLOURS)] for i, speaker in enumerate(dub.speakers)}
    parts = []
    for row in range(rows):
        top, start = row * 58, row * ROW_SECONDS
        parts.append(f'<text x="0" y="{top + 12}">{start:.0f} s</text>')
        parts.append(f'<line x1="40" x2="1000" y1="{top + 50}" y2="{top + 50}" stroke="#ddd"/>')
        for line in dub.lines:
            colour = colours[line.speaker]
            parts.append(_bar(line.start, line.end, start, top + 6, colour, 0.45, line.text, False))
            if line.placed_start is not None and line.placed_end is not None:
                text = line.translation or ""
                parts.append(
                    _bar(line.placed_start, line.placed_end, start, top + 27, colour, 1.0, text, bool(line.flags))
                )
    return (
        f'<svg viewBox="0 0 1000 {rows * 58}" role="img" aria-label="source and dub on one axis">{"".join(parts)}</svg>'
    )


def _bar(
    start: Seconds, end: Seconds, row: Seconds, top: float, colour: str, opacity: float, text: str, flagged: bool
) -> str:
    a, b = max(start, row), min(end, row + ROW_SECONDS)
    if b <= a:
        return ""
    scale = 960 / ROW_SECONDS
    edge = ' stroke="#d00" stroke-width="2.5"' if flagged else ""
    return (
        f'<rect x="{40 + (a - row) * scale:.1f}" width="{(b - a) * scale:.1f}" y="{top}" height="17" rx="3" '
        f'fill="{colour}" opacity="{opacity}"{edge}><title>{_esc(text)}</title></rect>'
    )


TEMPLATE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; max-width: 1020px; margin: 2em auto; padding: 0 1em; color: #222 }}
table {{ border-collapse: collapse; margin: 1em 0 }} td, th {{ text-align: left; padding: 3px 14px 3px 0;
vertical-align: top; border-bottom: 1px solid #eee }} th {{ font-weight: 500; color: #555 }}
.flag {{ color: #a00; font-size: 13px }} svg {{ width: 100%; font: 11px system-ui }} small {{ color: #777 }}
.two {{ display: flex; gap: 4em; flex-wrap: wrap }}
</style>
<h1>{title}</h1>
<p>Pale bars are the source's lines, full ones the dub's; a red edge asks for a look.</p>
{chart}{whole}
<div class="two"><table>{cells}</table><table>{seconds}</table></div>
<table><tr><th>line</th><th>source, dub</th><th>text</th></tr>{rows}</table>
</html>
"""
