"""A dub for eyes and ears, in a notebook: its lines on a time line, its sounds to be played. Nothing is computed here.

from dubbench.show import show
show(dub)                     in a cell

%load_ext dubbench.show       from then on a Dub as the last thing in a cell is shown so
"""

from __future__ import annotations

import base64
import html
import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dubbench import media
from dubbench.types import Dub, Line, Seconds, Sound

WIDTH, ROW = 900, 26
RATE = 24_000
LONGEST: Seconds = 60.0
"""So much of a sound is played: pages hold their sounds in themselves."""
COLOURS = ("#3b6ea5", "#c8763a", "#5b8f5b", "#8d5a99", "#b04a4a", "#6b6b6b")


class Shown:
    """A piece of a page."""

    def __init__(self, page: str) -> None:
        self.page = page

    def _repr_html_(self) -> str:
        return self.page

    def __add__(self, other: Shown) -> Shown:
        return Shown(self.page + other.page)


def show(dub: Dub, *, takes: bool = True) -> Shown:
    """A dub: who speaks when in both languages, the texts side by side, and each line's chosen take to be heard."""
    return timeline(dub) + texts(dub, takes=takes)


def timeline(dub: Dub) -> Shown:
    """Lines of the original above, their translations as they are placed below, a colour a speaker."""
    length = max([dub.source.duration, *(line.placed_end or line.end for line in dub.lines)], default=1.0)
    colours = {who: COLOURS[at % len(COLOURS)] for at, who in enumerate(dub.speakers)}
    bars = [bar for line in dub.lines for bar in _bars(line, length, colours[line.speaker])]
    marks = (f'<text x="{WIDTH * at / length:.0f}" y="{3 * ROW + 4}">{at:.0f} s</text>' for at in _ticks(length))
    names = "".join(f'<tspan fill="{colour}"> ■ {html.escape(who or "?")}</tspan>' for who, colour in colours.items())
    return Shown(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 {WIDTH} {4 * ROW + 6}" font-size="11" '
        f'font-family="sans-serif">{"".join(bars)}{"".join(marks)}<text x="0" y="{4 * ROW}">above {_language(dub)}, '
        f"below {html.escape(dub.target_language)}:{names}</text></svg>"
    )


def turns(dub: Dub, label: str = "") -> Shown:
    """Who speaks when, a row a speaker."""
    bars, length = "", max([dub.source.duration, *(turn.end for turn in dub.turns)], default=1.0)
    speakers = list(dict.fromkeys(turn.speaker for turn in dub.turns))
    for turn in dub.turns:
        row, name = speakers.index(turn.speaker), html.escape(turn.speaker)
        x, wide = WIDTH * turn.start / length, max(1.0, WIDTH * (turn.end - turn.start) / length)
        place = f'x="{x:.1f}" y="{row * 20}" width="{wide:.1f}" height="16"'
        title = f"<title>{name} {turn.start:.2f}-{turn.end:.2f} s</title>"
        bars += f'<rect {place} fill="{COLOURS[row % len(COLOURS)]}">{title}</rect>'
    told = f'<text x="0" y="{len(speakers) * 20 + 14}">{html.escape(label)}: {html.escape(", ".join(speakers))}</text>'
    return Shown(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 {WIDTH} {len(speakers) * 20 + 20}" '
        f'font-size="11" font-family="sans-serif">{bars}{told}</svg>'
    )


def _bars(line: Line, length: Seconds, colour: str) -> Iterable[str]:
    places = [(line.start, line.end, line.text, 0)]
    if line.placed_start is not None and line.placed_end is not None:
        places.append((line.placed_start, line.placed_end, line.translation or "", ROW + 4))
    for start, end, text, y in places:
        x, wide = WIDTH * start / length, max(1.0, WIDTH * (end - start) / length)
        title = html.escape(f"{line.id} {start:.2f}-{end:.2f} s: {text}")
        yield (f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{ROW}" rx="3" fill="{colour}" opacity="0.8">'
               f"<title>{title}</title></rect>")  # fmt: skip


def _ticks(length: Seconds) -> Iterable[float]:
    step = next((step for step in (1, 2, 5, 10, 30, 60, 300, 600) if length / step <= 12), 3600)
    return (at * step for at in range(int(length / step) + 1))


def texts(dub: Dub, *, takes: bool = True) -> Shown:
    """Both texts of every line, its tempo and flags, and its chosen take."""
    rows = "".join(_row(dub, line, takes=takes) for line in dub.lines)
    head = "".join(f"<th>{cell}</th>" for cell in ("line", "who", "from", _language(dub), dub.target_language, "", ""))
    return Shown(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")


def _row(dub: Dub, line: Line, *, takes: bool) -> str:
    flags = ", ".join(flag.name for flag in line.flags)
    tempo = f"×{line.tempo:.2f}" if line.tempo else ""
    heard = player(dub.open(line.speech)).page if takes and line.speech else ""
    cells = (
        line.id,
        line.speaker,
        f"{line.start:.1f} s",
        line.text,
        line.translation or "",
        f"{tempo} {flags}".strip(),
    )
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}<td>{heard}</td></tr>"


def _language(dub: Dub) -> str:
    return html.escape(dub.source_language or "the original")


def player(path: Path, label: str = "") -> Shown:
    """A sound file, or a film's first sound track, to be played; its first minute. Raises BadInput."""
    import soundfile

    sound = media.resample(_opened(path), RATE)
    coded = io.BytesIO()
    soundfile.write(coded, sound.mono, RATE, format="OGG", subtype="VORBIS")
    data = base64.b64encode(coded.getvalue()).decode()
    said = f"{html.escape(label)}<br>" if label else ""
    return Shown(f'<div>{said}<audio controls preload="none" src="data:audio/ogg;base64,{data}"></audio></div>')


def _opened(path: Path) -> Sound:
    if path.suffix in (".wav", ".flac"):
        return media.read(path, channels=None, duration=LONGEST)
    with tempfile.TemporaryDirectory() as folder:
        track = Path(folder) / "track.wav"
        media.extract(path, track, channels=1)
        return media.read(track, duration=LONGEST)


def players(sounds: dict[str, Path]) -> Shown:
    """Several sounds below each other, by their labels."""
    return sum((player(path, label) for label, path in sounds.items()), Shown(""))


def load_ipython_extension(shell: Any) -> None:
    """Show every Dub that is the last thing in a cell."""
    shell.display_formatter.formatters["text/html"].for_type(Dub, lambda dub: show(dub).page)


__all__ = ["Shown", "player", "players", "show", "texts", "timeline", "turns"]
