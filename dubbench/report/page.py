"""report.html: the figures, source and dub on one time axis, every line with its flags. Nothing is measured here."""

from __future__ import annotations

import html
import math
from pathlib import Path
from typing import Any

from dubbench import languages
from dubbench.types import Dub, Line, Seconds


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
