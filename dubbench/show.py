"""A dub for eyes and ears, in a notebook: its lines on a time line, its sounds to be played. Nothing is computed here.

    dub                                        as the last thing in a cell: all of it

    from dubbench.show import sounds, texts, timeline
    timeline(dub) + texts(dub)                 a part of it

A page holds its sounds in itself, so it plays them wherever it is moved; that is why it holds no more than `MOST`.
"""

from __future__ import annotations

import base64
import html
import io
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dubbench import media
from dubbench.types import Dub, Line, Seconds, Sound

WIDTH, ROW = 900, 26
RATE = 24_000
LONGEST: Seconds = 60.0
"""So much of a sound is played."""
LEAST: Seconds = 0.1
"""As long as this is what lasts no time."""
MOST: Seconds = 300.0
"""So much of a dub's takes: about 2 MB."""
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
    """A dub: who speaks when in both languages, its sounds, and the texts side by side with each line's chosen take."""
    return timeline(dub) + sounds(dub) + texts(dub, takes=takes)


def sounds(dub: Dub) -> Shown:
    """The original, what it was taken apart into, and the finished film, as far as they are there."""
    tracks = {"its speech": dub.tracks.speech, "its background": dub.tracks.background}
    within = {label: track.path for label, track in tracks.items() if track}
    within |= {"the dub": dub.output.film} if dub.output else {}
    places = {"the original": Path(dub.source.path), **{label: _inside(dub, path) for label, path in within.items()}}
    return players({label: path for label, path in places.items() if path and path.is_file()})


def _inside(dub: Dub, path: str) -> Path | None:
    """Where a file of the dub is; nothing of a dub that has no folder yet."""
    try:
        return dub.folder / path
    except ValueError:
        return None


def timeline(dub: Dub) -> Shown:
    """Lines of the original above, their translations as they are placed below, a colour a speaker."""
    length = max(dub.source.duration, *(line.placed_end or line.end for line in dub.lines), LEAST)
    colours = {who: COLOURS[at % len(COLOURS)] for at, who in enumerate(dub.speakers)}
    bars = [bar for line in dub.lines for bar in _bars(line, length, colours[line.speaker])]
    marks = (f'<text x="{WIDTH * at / length:.0f}" y="{3 * ROW + 4}">{at:.0f} s</text>' for at in _ticks(length))
    names = "".join(f'<tspan fill="{colour}"> ■ {html.escape(who or "?")}</tspan>' for who, colour in colours.items())
    said = f"above {html.escape(_language(dub))}, below {html.escape(dub.target_language)}:{names}"
    return _drawn("".join([*bars, *marks, f'<text x="0" y="{4 * ROW}">{said}</text>']), 4 * ROW + 6)


def turns(dub: Dub, label: str = "") -> Shown:
    """Who speaks when, a row a speaker."""
    bars, length = "", max(dub.source.duration, *(turn.end for turn in dub.turns), LEAST)
    speakers = list(dict.fromkeys(turn.speaker for turn in dub.turns))
    for turn in dub.turns:
        row, name = speakers.index(turn.speaker), html.escape(turn.speaker)
        x, wide = WIDTH * turn.start / length, max(1.0, WIDTH * (turn.end - turn.start) / length)
        place = f'x="{x:.1f}" y="{row * 20}" width="{wide:.1f}" height="16"'
        title = f"<title>{name} {turn.start:.2f}-{turn.end:.2f} s</title>"
        bars += f'<rect {place} fill="{COLOURS[row % len(COLOURS)]}">{title}</rect>'
    told = f'<text x="0" y="{len(speakers) * 20 + 14}">{html.escape(label)}: {html.escape(", ".join(speakers))}</text>'
    return _drawn(bars + told, len(speakers) * 20 + 20)


def _drawn(inside: str, height: int) -> Shown:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 {WIDTH} {height}"'
    return Shown(f'{head} font-size="11" font-family="sans-serif">{inside}</svg>')


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
    # One at the very end would be cut off.
    return (at * step for at in range(int(length / step) + 1) if at * step < 0.96 * length)


def texts(dub: Dub, *, takes: bool = True) -> Shown:
    """Both texts of every line, its tempo and flags, and its chosen take, of the first `MOST` seconds of takes."""
    rows, left = "", MOST if takes else 0.0
    for line in dub.lines:
        path = _inside(dub, line.speech.path) if line.speech else None
        left -= line.speech.duration if line.speech else 0.0
        rows += _row(line, player(path).page if path and path.is_file() and left >= 0 else "")
    cells = ("line", "who", "from", _language(dub), dub.target_language, "pace", "take")
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in cells)
    more = "" if left >= 0 or not takes else f"<p>The first {MOST:.0f} s of takes can be heard here.</p>"
    return Shown(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}")


def _row(line: Line, heard: str) -> str:
    flags = ", ".join(flag.name for flag in line.flags)
    tempo = f"×{line.tempo:.2f}" if line.tempo else ""
    told = (
        line.id,
        line.speaker,
        f"{line.start:.1f}\u00a0s",
        line.text,
        line.translation or "",
        f"{tempo} {flags}".strip(),
    )
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in told)}<td>{heard}</td></tr>"


def _language(dub: Dub) -> str:
    return dub.source_language or "the original"


def player(path: Path, label: str = "") -> Shown:
    """The beginning of a sound file, or of a film's sound, to be played. Raises BadInput."""
    import soundfile

    coded = io.BytesIO()
    # Every browser plays it.
    soundfile.write(coded, _beginning(path).mono, RATE, format="MP3", subtype="MPEG_LAYER_III")
    data = base64.b64encode(coded.getvalue()).decode()
    said = f"{html.escape(label)}<br>" if label else ""
    return Shown(f'<div>{said}<audio controls preload="metadata" src="data:audio/mpeg;base64,{data}"></audio></div>')


def _beginning(path: Path) -> Sound:
    with tempfile.TemporaryDirectory() as folder:
        media.beginning(path, Path(folder) / "sound.wav", duration=LONGEST, sample_rate=RATE)
        return media.read(Path(folder) / "sound.wav")


def players(sounds: dict[str, Path]) -> Shown:
    """Several sounds below each other, by their labels."""
    return sum((player(path, label) for label, path in sounds.items()), Shown(""))


__all__ = ["Shown", "player", "players", "show", "sounds", "texts", "timeline", "turns"]
