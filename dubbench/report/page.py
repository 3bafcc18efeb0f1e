"""report.html: the figures, source and dub on one time axis, every line with its flags. Nothing is measured here."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dubbench import languages
from dubbench.types import Dub, Line, Seconds


def page(dub: Dub, figures: dict[str, Any]) -> str:
    """report.html: the figures, source and dub on one time axis, and every line with its flags."""
    title = f"{Path(dub.source.path).name} in {languages.name(dub.target_language)}"
    plain = {name: value for name, value in figures.items() if not isinstance(value, dict | list)}
    nested = {name: value for name, value in figures.items() if isinstance(value, dict) and value}
    return TEMPLATE.format(
        title=_esc(title), chart=chart(dub), rows="".join(_row(line) for line in dub.lines),
        tables=_table("", plain) + "".join(_table(name, value) for name, value in nested.items()),
        whole="".join(f"<p class=flag>{_esc(f.name)}: {_esc(f.detail)}</p>" for f in dub.flags),
    )  # fmt: skip


def _table(name: str, figures: Mapping[str, Any]) -> str:
    caption = f"<caption>{_esc(name)}</caption>" if name else ""
    rows = "".join(f"<tr><th>{_esc(key)}</th><td>{_shown(value)}</td></tr>" for key, value in figures.items())
    return f"<table>{caption}{rows}</table>"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_esc(name)} {_shown(part)}" for name, part in value.items())
    return "–" if value is None else _esc(value)


def _esc(value: object) -> str:
    return html.escape(str(value))


def _row(line: Line) -> str:
    marks = "".join(f"<div class=flag>{_esc(f.name)}: {_esc(f.detail)}</div>" for f in line.flags)
    times = f"{line.start:.2f}–{line.end:.2f}"
    placed = f"{line.placed_start:.2f}–{line.placed_end:.2f}" if line.placed_start is not None else ""
    tempo = f"×{line.tempo:.2f}" if line.tempo else ""
    return (
        f"<tr><td>{_esc(line.id)}<br><small>{_esc(line.speaker)}</small></td>"
        f"<td class=time>{times}<br><b>{placed}</b> {tempo}</td>"
        f"<td>{_esc(line.text)}<br><b>{_esc(line.translation or '')}</b>{_heard(line)}{marks}</td></tr>"
    )


def _heard(line: Line) -> str:
    """What re-listening heard in the chosen take, where it was anything else than the text."""
    take = line.take
    if take is None or take.heard is None or not take.score:
        return ""
    return f"<div><small>heard “{_esc(take.heard)}”, {take.score:.0%} of letters wrong</small></div>"


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
        parts.append(f'<line x1="40" x2="1000" y1="{top + 50}" y2="{top + 50}" class="axis"/>')
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
:root {{ color-scheme: light dark; --ink: #222; --faint: #666; --rule: #e4e4e4; --flag: #a00; --paper: #fff }}
@media (prefers-color-scheme: dark) {{
:root {{ --ink: #ddd; --faint: #999; --rule: #333; --flag: #ff8a80; --paper: #161616 }} }}
body {{ font: 15px/1.45 system-ui, sans-serif; max-width: 1020px; margin: 2em auto; padding: 0 1em; color: var(--ink);
background: var(--paper) }}
h1, td {{ overflow-wrap: anywhere }} h1 {{ font-size: 1.4em }} table {{ border-collapse: collapse; margin: 0 0 1.5em }}
caption {{ text-align: left; font-weight: 600; padding: 3px 0 }}
td, th {{ text-align: left; padding: 3px 14px 3px 0; vertical-align: top; border-bottom: 1px solid var(--rule) }}
th {{ font-weight: 500; color: var(--faint) }} small {{ color: var(--faint) }}
.time {{ white-space: nowrap; font-variant-numeric: tabular-nums }} .flag {{ color: var(--flag); font-size: 13px }}
svg {{ width: 100%; font: 11px system-ui; fill: var(--ink) }} .axis {{ stroke: var(--rule) }}
.figures {{ columns: 2; column-gap: 3em }} .figures table {{ width: 100%; break-inside: avoid }}
.figures table:first-child {{ break-inside: auto }}
@media (max-width: 700px) {{ .figures {{ columns: 1 }} td, th {{ padding-right: 8px }}
.time {{ white-space: normal }} }}
</style>
<h1>{title}</h1>
<p>Pale bars are the source's lines, full ones the dub's; a red edge asks for a look.</p>
{chart}{whole}
<table><tr><th>line</th><th>source, dub</th><th>text</th></tr>{rows}</table>
<div class="figures">{tables}</div>
</html>
"""
