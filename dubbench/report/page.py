"""report.html: every figure of report.json, the chart, every line with what was heard of it and its flags.

Nothing is measured here, and a figure that nobody arranged a place for is shown all the same. Under the pointer each
tells its name in report.json.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dubbench import languages
from dubbench.report.chart import chart, colours
from dubbench.report.style import PAGE, STYLE
from dubbench.text import emphasis
from dubbench.types import Dub, Line

_PLACED = {"seconds", "models", "redone", "voices", "speaker_similarity", "voice_drift", "flags"}
"""Figures with a place of their own: rooms, speakers, and the flags, which stand where they belong."""

_SHORT = {"mb": "MB", "rss": "RSS", "lufs": "LUFS", "dbtp": "dBTP", "wer": "WER"}


def page(dub: Dub, figures: Mapping[str, Any]) -> str:
    """The whole page, standing alone: nothing is loaded from anywhere."""
    title = f"{Path(dub.source.path).name} in {languages.name(dub.target_language)}"
    others = {name: value for name, value in figures.items() if name not in _PLACED}
    tables = [
        _table("figures", [(k, _shown(v)) for k, v in others.items() if not _nested(v)], label=_label),
        _rooms(figures),
        _speakers(dub, figures),
        *(_table(k, _pairs(v)) for k, v in others.items() if _nested(v) and v),
    ]
    return PAGE.format(
        title=html.escape(title), style=STYLE, chart=chart(dub), tables="".join(tables), whole=_flags(dub.flags),
        lines="".join(_row(line, colours(dub)) for line in dub.lines),
    )  # fmt: skip


def _rooms(figures: Mapping[str, Any]) -> str:
    """A row a room: how long it took, who played it, how many lines were made anew."""
    parts = [figures.get(name) or {} for name in ("seconds", "models", "redone")]
    rooms = dict.fromkeys(room for part in parts for room in part)
    rows = [(room, *(_shown(part.get(room), empty="") for part in parts)) for room in rooms]
    return _table("rooms", rows, head={"": "", "seconds": "seconds", "models": "model", "redone": "made now"})


def _speakers(dub: Dub, figures: Mapping[str, Any]) -> str:
    """A row a speaker: the voice, how like their own it is, between what others and they themselves reach, and how far
    it strays from itself and how near another's is."""
    voices, alike = figures.get("voices") or {}, figures.get("speaker_similarity") or {}
    drift = figures.get("voice_drift") or {}
    rows = []
    for who in dict.fromkeys([*voices, *alike, *drift]):
        found, own = alike.get(who) or {}, drift.get(who) or {}
        cosines = (found.get(x) for x in ("cosine", "floor", "ceiling"))
        itself = (own.get(x) for x in ("lowest", "nearest"))
        rows.append((who, *(_shown(cell) for cell in (voices.get(who), *cosines, *itself))))
    alike_by = {"speaker_similarity: cosine": "similarity", "floor": "others", "ceiling": "self"}
    steady = {"voice_drift: lowest": "steady", "nearest": "nearest"}
    return _table("speakers", rows, head={"": "", "voices": "voice", **alike_by, **steady}, dots=colours(dub))


def _table(
    title: str,
    rows: Iterable[tuple[str, ...]],
    *,
    label: Callable[[str], str] = str,
    head: Mapping[str, str] | None = None,
    dots: Mapping[str, str] | None = None,
) -> str:
    """A small table, first column a name (shown as `label` says it); empty without rows.

    `head` has what stands above the columns, by their names in report.json; `dots` are colours to put before names.
    """
    body = "".join(
        f"<tr><th title={_quoted(name)}>{_dot((dots or {}).get(name))}{_esc(label(name))}</th>"
        f"{''.join(f'<td class={_kind(text)}>{_esc(text)}</td>' for text in rest)}</tr>"
        for name, *rest in rows
    )
    cells = "".join(f"<th title={_quoted(name)}>{_esc(text)}</th>" for name, text in (head or {}).items())
    top = f"<tr class=head>{cells}</tr>" if cells else ""
    heading = f"<h2 title={_quoted(title)}>{_esc(_label(title)).capitalize()}</h2>"
    return f"<section>{heading}<table>{top}{body}</table></section>" if body else ""


def _kind(text: str) -> str:
    """How a cell is set: a blend of voices may be broken anywhere, all else stays in one row."""
    return "long" if "+" in text else "n"


def _quoted(text: str) -> str:
    return f'"{_esc(text)}"'


def _pairs(value: Mapping[str, Any] | list[Any]) -> list[tuple[str, ...]]:
    items = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
    return [(str(name), _shown(said)) for name, said in items]


def _row(line: Line, colour: Mapping[str, str]) -> str:
    """One line: whose, when in the source and in the dub, what is said, what was heard of it, what to look at."""
    source = f"{line.start:.2f}–{line.end:.2f}"
    placed = "" if line.placed_start is None else f"<b>{line.placed_start:.2f}–{line.placed_end:.2f}</b>"
    tempo = f" ×{line.tempo:.2f}" if line.tempo else ""
    tempo += f" {line.pitch_semitones:+.1f} st" if round(line.pitch_semitones, 1) else ""
    return (
        f'<tr id="{_esc(line.id)}"><td class="who">{_dot(colour.get(line.speaker))}{_esc(line.id)}<br>'
        f'<small> {_esc(line.speaker)}</small></td><td class="time">{source}<br> {placed}{tempo}</td>'
        f"<td>{_esc(line.text)}<br><b>{_stressed(line)}</b>{_heard(line)}{_flags(line.flags)}</td></tr>"
    )


def _stressed(line: Line) -> str:
    """The translation, its stressed words set apart."""
    text, end, parts = line.translation or "", 0, list[str]()
    for one in emphasis.honoured(text, line.emphasis):
        parts += [_esc(text[end : one.at]), f"<em>{_esc(one.word)}</em>"]
        end = one.at + len(one.word)
    return "".join([*parts, _esc(text[end:])])


def _heard(line: Line) -> str:
    """What was understood of the take, where it was listened to; the words only where any letter of them is wrong."""
    take = line.take
    if take is None or take.score is None:
        return ""
    words = f"“{take.heard}”" if take.score else "as it should be"
    return f"<div><small>heard {_esc(words)} · character errors {take.score:.0%}</small></div>"


def _flags(flags: Iterable[Any]) -> str:
    return "".join(f'<div class="flag">{_esc(flag.name)}: {_esc(flag.detail)}</div>' for flag in flags)


def _label(name: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in name.split("_"))


def _nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _shown(value: object, *, empty: str = "–") -> str:
    return empty if value is None else str(value)


def _dot(colour: str | None) -> str:
    return f'<span class="dot" style="background:{colour}"></span>' if colour else ""


def _esc(value: object) -> str:
    return html.escape(str(value))
