"""The picture of the page: source and dub on one time axis. Times come from the Dub; colours are the page's."""

from __future__ import annotations

import html
import math

from dubbench.types import Dub, Line, Seconds

ROW_SECONDS = 30.0
ROW, LEFT, WIDTH = 58, 40, 1000
"""Height of a row, where its axis begins, and how wide all is, in the drawing's own units."""
COLOURS = ("#3b6fb6", "#c0603a", "#4a8f5d", "#8a5fa8", "#a08a2c", "#4b9aa5", "#b0527d", "#6b7c8c", "#7d6b4b", "#2f7a4f")
"""Told apart on white and on black alike."""


def chart(dub: Dub) -> str:
    """An SVG: half a minute a row, the source's lines above the dub's, a colour a speaker, flagged ones outlined.

    Each bar leads to its line on the page.
    """
    total = max([dub.source.duration, *(line.placed_end or 0.0 for line in dub.lines)])
    rows = max(1, math.ceil((total - 0.5) / ROW_SECONDS))
    drawn = "".join(_row(dub, row) for row in range(rows))
    box = f"0 0 {WIDTH} {rows * ROW}"
    return f'<svg viewBox="{box}" role="img" aria-label="source and dub on one axis">{drawn}</svg>'


def colours(dub: Dub) -> dict[str, str]:
    """Whose colour is which."""
    return {speaker: COLOURS[i % len(COLOURS)] for i, speaker in enumerate(dub.speakers)}


def _row(dub: Dub, row: int) -> str:
    top, start, colour = row * ROW, row * ROW_SECONDS, colours(dub)
    axis = f'<line class="axis" x1="{LEFT}" x2="{WIDTH}" y1="{top + 50}" y2="{top + 50}"/>'
    bars = "".join(_source(x, start, top + 6, colour) + _dub(x, start, top + 27, colour) for x in dub.lines)
    return f'<text x="0" y="{top + 19}">{start:.0f} s</text>{axis}{bars}'


def _source(line: Line, row: Seconds, top: float, colour: dict[str, str]) -> str:
    look = f'fill="{colour[line.speaker]}" opacity="0.45"'
    return _bar(line, line.start, line.end, row, f'y="{top}" {look}', line.text)


def _dub(line: Line, row: Seconds, top: float, colour: dict[str, str]) -> str:
    if line.placed_start is None or line.placed_end is None:
        return ""
    look = f'fill="{colour[line.speaker]}"' + (' class="flagged"' if line.flags else "")
    return _bar(line, line.placed_start, line.placed_end, row, f'y="{top}" {look}', line.translation or "")


def _bar(line: Line, start: Seconds, end: Seconds, row: Seconds, look: str, text: str) -> str:
    """The part of a bar that falls into a row; nothing where none does."""
    a, b = max(start, row), min(end, row + ROW_SECONDS)
    if b <= a:
        return ""
    scale = (WIDTH - LEFT) / ROW_SECONDS
    where = f'x="{LEFT + (a - row) * scale:.1f}" width="{(b - a) * scale:.1f}" height="17" rx="3"'
    title = f"<title>{html.escape(f'{line.id}: {text}')}</title>"
    return f'<a href="#{html.escape(line.id)}"><rect {where} {look}>{title}</rect></a>'
