"""The picture of the page: source and dub on one axis of film time. Times come from the Dub; colours are the page's.

source   [1   ][  ]      [2      ]        a line in its speaker's colour, its pauses as gaps
          \\             |                 who begins where, and what is heard in which order
dub       [1    ][ ] ////[2    ]          //// the source speaks and the dub does not
          ^                               a flag: its colour and its letter say what kind
"""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Iterator, Sequence

from dubbench.report import timing
from dubbench.report.timing import REST
from dubbench.timeline.picture import on_film
from dubbench.timeline.spans import Span
from dubbench.types import Dub, Line, Seconds

ROW_SECONDS = 30.0
ROW, LEFT, WIDTH = 74, 40, 1000
"""Height of a row, where its axis begins, and how wide all is, in the drawing's own units."""
SOURCE, DUB, FLAGS, AXIS = 4, 32, 52, 66
"""Where in a row its parts begin."""
SCALE = (WIDTH - LEFT) / ROW_SECONDS
NUMBERED = 20
"""Bars narrower than this have no room for their number."""
COLOURS = ("#3b6fb6", "#c0603a", "#4a8f5d", "#8a5fa8", "#a08a2c", "#4b9aa5", "#b0527d", "#6b7c8c", "#7d6b4b", "#2f7a4f")
"""Told apart on white and on black alike."""
KINDS = {
    "time": ("t", ("unfit", "early", "beyond", "slowed")),
    "words heard": ("w", ("not-understood", "wordless-cues")),
    "translation": ("x", ("missed-term", "untranslated", "reading-unused")),
}
"""Kinds of flags: the letter that marks them, and their names; all others are "other" (o)."""


def chart(dub: Dub) -> str:
    """An SVG: half a minute a row. Each bar leads to its line on the page; each flag says itself when pointed at."""
    total = max([on_film(dub.picture, dub.source.duration), *(line.placed_end or 0.0 for line in dub.lines)])
    rows = max(1, math.ceil((total - 0.5) / ROW_SECONDS))
    dead = timing.dead_air(dub)
    drawn = "".join(_row(dub, row, dead) for row in range(rows))
    styles = "".join(f".c{i}{{fill:{colour}}}" for i, colour in enumerate(COLOURS))
    box = f"0 0 {WIDTH} {rows * ROW}"
    return (
        f'<svg viewBox="{box}" role="img" aria-label="source and dub on one axis"><style>{styles}</style>'
        f"{drawn}</svg>{_legend(dub)}"
    )


def colours(dub: Dub) -> dict[str, str]:
    """Whose colour is which."""
    return {speaker: COLOURS[i % len(COLOURS)] for i, speaker in enumerate(dub.speakers)}


def kind(name: str) -> str:
    """The letter of a flag's kind."""
    return next((letter for letter, names in KINDS.values() if name in names), "o")


def _row(dub: Dub, row: int, dead: Sequence[Span]) -> str:
    top, start = row * ROW, row * ROW_SECONDS
    look = {speaker: f"c{i % len(COLOURS)}" for i, speaker in enumerate(dub.speakers)}
    axis = f'<path class="axis" d="M{LEFT} {top + AXIS}H{WIDTH}"/>'
    ticks = "".join(
        f'<text class="tick" x="{LEFT + s * SCALE:.0f}" y="{top + AXIS + 7}">{start + s:.0f}</text>'
        for s in range(5, 30, 5)
    )
    gaps = "".join(_rect(a, b, start, top + DUB, "dead") for a, b in dead)
    lines = "".join(
        _line(dub, line, number, start, top, look[line.speaker]) for number, line in enumerate(dub.lines, 1)
    )
    return f'<text x="0" y="{top + 17}">{start:.0f} s</text>{axis}{ticks}{gaps}{lines}'


def _line(dub: Dub, line: Line, number: int, row: Seconds, top: float, look: str) -> str:
    """What of a line falls into a row: its bars, the way from one to the other, its number and its flags."""
    begun, ended = line.placed_start, line.placed_end
    first, last = timing.seen(dub, (line.start, line.end))
    said = _spans(first, last, [timing.seen(dub, (w.start, w.end)) for w in line.words])
    bars = "".join(_rect(a, b, row, top + SOURCE, f"src {look}") for a, b in said)
    if begun is not None and ended is not None:
        sounds = [(begun + p.start, begun + p.end) for p in (line.take.phonemes if line.take else ())]
        bars += "".join(_rect(a, b, row, top + DUB, look) for a, b in _spans(begun, ended, sounds))
        if _inside(first, row) and _inside(begun, row):
            bars += f'<path class="way" d="M{_x(first, row)} {top + SOURCE + 17}L{_x(begun, row)} {top + DUB}"/>'
        if _inside(begun, row) and (ended - begun) * SCALE > NUMBERED:
            bars += f'<text class="no" x="{_x(begun + 0.1, row)}" y="{top + DUB + 13}">{number}</text>'
    marks = "".join(_flags(line, row, top))
    if not bars and not marks:
        return ""
    tempo = f" ×{line.tempo:.2f}" if line.tempo else ""
    title = html.escape(f"{line.id}{tempo}: {_brief(line.text)} → {_brief(line.translation or '')}")
    return f'<a href="#{html.escape(line.id)}"><title>{title}</title>{bars}{marks}</a>'


def _brief(text: str) -> str:
    """The beginning of a text: an hour has a thousand, and the whole stands in the table below."""
    return text if len(text) <= 48 else f"{text[:47]}…"


def _flags(line: Line, row: Seconds, top: float) -> Iterator[str]:
    at = line.placed_start if line.placed_start is not None else line.start
    if not _inside(at, row):
        return
    for i, flag in enumerate(line.flags):
        letter, x = kind(flag.name), LEFT + (at - row) * SCALE + 13 * i
        detail = html.escape(f"{flag.name}: {flag.detail}")
        mark = f'<path class="f{letter}" d="M{x:.1f} {top + FLAGS + 11}l6 -11l6 11z"/>'
        letter = f'<text class="fl" x="{x + 6:.1f}" y="{top + FLAGS + 10}">{letter}</text>'
        yield f"<g><title>{detail}</title>{mark}{letter}</g>"


def _spans(start: Seconds, end: Seconds, sounds: list[Span]) -> list[Span]:
    """The parts of a line that sound: what lies between its rests; the whole where nobody knows them."""
    spans = [(start, end)]
    for (_, before), (after, _) in itertools.pairwise(sounds):
        if after - before >= REST and spans[-1][0] < before < after < end:
            spans[-1:] = [(spans[-1][0], before), (after, end)]
    return spans


def _rect(start: Seconds, end: Seconds, row: Seconds, top: float, look: str) -> str:
    """The part of a bar that falls into a row; nothing where none does."""
    a, b = max(start, row), min(end, row + ROW_SECONDS)
    if b <= a:
        return ""
    return f'<rect class="{look}" x="{_x(a, row)}" y="{top}" width="{(b - a) * SCALE:.1f}" height="17" rx="3"/>'


def _x(time: Seconds, row: Seconds) -> str:
    return f"{LEFT + (time - row) * SCALE:.1f}"


def _inside(time: Seconds, row: Seconds) -> bool:
    return row <= time < row + ROW_SECONDS


def _legend(dub: Dub) -> str:
    """Who has which colour, and what marks mean: of flags only those that are there."""
    people = "".join(
        f'<span><b style="background:{hue}"></b>{html.escape(who)}</span>' for who, hue in colours(dub).items()
    )
    there = {kind(flag.name) for line in dub.lines for flag in line.flags}
    named = {**{letter: name for name, (letter, _) in KINDS.items()}, "o": "other"}
    flags = "".join(f'<span><b class="m f{x}">{x}</b>{name}</span>' for x, name in named.items() if x in there)
    return f'<p class="legend">{people}<span><b class="dead"></b>only the source speaks</span>{flags}</p>'
