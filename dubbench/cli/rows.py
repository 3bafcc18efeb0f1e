"""The table of models, as wide as the screen. What gives way is the licence and the languages, never a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dubbench.catalog import Entry

HEAD = ("NAME", "ROOM", "LICENCE", "COMMERCIAL", "LANGUAGES", "SIZE", "HERE")
LICENCE, LANGUAGES = HEAD.index("LICENCE"), HEAD.index("LANGUAGES")
GAP = "  "
UNLIMITED = 10_000
MB = 1_000_000
FEW = 8
"""So many languages are listed by code, the rest counted."""


def table(entries: Iterable[Entry], width: int) -> list[str]:
    """A line a model under the heads of the columns, `width` characters at most if names and sizes leave room.

    Where not all fits, licences lose what is said about them, then languages are counted, then licences are cut.
    """
    rows = [HEAD, *(_row(entry) for entry in entries)]
    if _wide(rows) > width:
        rows = [HEAD, *(_with(row, LICENCE, _short(row[LICENCE])) for row in rows[1:])]
    for place, shorten, least in ((LANGUAGES, _fewer, len(HEAD[LANGUAGES])), (LICENCE, _cut, len(HEAD[LICENCE]))):
        room = max(least, max(len(row[place]) for row in rows) - max(0, _wide(rows) - width))
        rows = [_with(row, place, shorten(row[place], room)) for row in rows]
    widths = _widths(rows)
    return [GAP.join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows]


def size(entry: Entry) -> str:
    return f"{max(1, round(entry.size / MB))} MB" if entry.weights else "-"


def _row(entry: Entry) -> tuple[str, ...]:
    commercial = {True: "yes", False: "no", None: "?"}[entry.commercial]
    here = "-" if not entry.weights else "yes" if entry.open_weights().present() else "no"
    languages = _counted(entry.languages or ("*",), FEW)
    return entry.name, entry.room, entry.licence, commercial, languages, size(entry), here


def _with(row: tuple[str, ...], place: int, cell: str) -> tuple[str, ...]:
    return (*row[:place], cell, *row[place + 1 :])


def _widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _wide(rows: Sequence[tuple[str, ...]]) -> int:
    widths = _widths(rows)
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _short(licence: str) -> str:
    """A licence without what stands in brackets, and "or later" as SPDX once wrote it: GPL-3.0+."""
    return " ".join(re.sub(r"\s*\([^)]*\)", "", licence).replace("-or-later", "+").split())


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _counted(codes: Sequence[str], few: int, *, more: int = 0) -> str:
    """The first `few` codes, and how many there are beyond them, `more` of them not among `codes`."""
    more += max(0, len(codes) - few)
    return " ".join([*codes[:few], *([f"+{more}"] if more else [])])


def _fewer(cell: str, room: int) -> str:
    """A cell of languages with as many codes as there is room for, one at least; the rest is counted."""
    *codes, last = cell.split()
    codes, more = (codes, int(last)) if last[0] == "+" else ([*codes, last], 0)
    shorter = [_counted(codes, few, more=more) for few in range(len(codes), 0, -1)]
    return next((text for text in shorter if len(text) <= room), shorter[-1])
