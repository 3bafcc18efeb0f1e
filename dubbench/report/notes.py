"""What a person should look at in a whole dub, as flags; what concerns one line its rooms have flagged already."""

from __future__ import annotations

from dubbench.report.timing import crowding, overrun, unheard
from dubbench.timeline.spans import Span
from dubbench.types import Dub, Flag, Seconds

ROOM = "report"
FEW = 5
"""Lines named in a flag."""
HARDLY: Seconds = 0.1
"""Less than this beyond the film is not worth a word: a few frames."""


def noted(dub: Dub, beyond: Seconds | None = None) -> Dub:
    """The dub with flags for what the report found: that it outlasts the film, and speech nobody understood.

    `beyond` is how long the mix sounds after the film, where it is known; else it follows from the lines' places.
    """
    return dub.flagged(ROOM, *_beyond(dub, overrun(dub) if beyond is None else beyond), *_unheard(dub))


def flags(dub: Dub) -> list[dict[str, str]]:
    """Everything a person should look at; `line` is empty for what concerns the whole dub."""
    whole = [{"line": "", "flag": flag.name, "detail": flag.detail} for flag in dub.flags]
    return whole + [
        {"line": line.id, "flag": flag.name, "detail": flag.detail} for line in dub.lines for flag in line.flags
    ]


def _beyond(dub: Dub, seconds: Seconds) -> list[Flag]:
    if seconds <= HARDLY:
        return []
    names = ", ".join(line.id for line in crowding(dub)[:FEW])
    hint = f"; shorten translations first in {names}" if names else ""
    return [Flag(room=ROOM, name="beyond", detail=f"the dub runs {seconds:.1f} s beyond the film{hint}")]


def _unheard(dub: Dub) -> list[Flag]:
    return [Flag(room=ROOM, name="unheard-speech", detail=_told(dub, span)) for span in unheard(dub)]


def _told(dub: Dub, span: Span) -> str:
    start, end = span
    who = sorted({turn.speaker for turn in dub.turns if turn.start < end and start < turn.end})
    speaks = f"{' and '.join(who)} {'speak' if len(who) > 1 else 'speaks'}"
    return (
        f"from {start:.2f} to {end:.2f} s {speaks} and no words were understood, so the dub has none there; where it "
        "matters, write a line for it in dub.json"
    )
