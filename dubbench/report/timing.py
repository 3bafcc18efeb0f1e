"""How a dub lies on its film's time: what ends late, sounds at once, sounds after the film, or is not said at all.

    turns     |-----A-----|   |--A--|      |---B---|     who speaks in the source
    lines     |----L001---|                |-L002--|     what was understood of it
    placed    |---L001---|                 |---L002----|
    unheard                   |-----|

Seconds are on the film's clock, but for those of `unheard`. Pure arithmetic on a Dub; nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from dubbench.text import subtitles
from dubbench.timeline import limits, spans
from dubbench.timeline.picture import on_film
from dubbench.timeline.spans import Span, without
from dubbench.types import Dub, Line, Seconds

UNHEARD: Seconds = 0.8
"""Speech without words that is worth a look: shorter pieces are breaths, laughs, and where turns and lines differ."""
REST: Seconds = 0.25
"""Less between two sounds is closure and breath."""


def kept(dub: Dub, line: Line) -> bool:
    """Adherence of one line: it ends inside its slot + 10 %, at a tempo within [0.85, 1.25] of natural.

    Where the picture is slowed the slot is as long as the film shows it; its tenth is not.
    """
    if line.placed_end is None or line.tempo is None:
        return False
    until = on_film(dub.picture, line.end)
    return limits.kept(line.placed_end, line.tempo, until=until, slot=line.end - line.start)


def late(dub: Dub, line: Line) -> Seconds:
    """How long after its source line a line ends; 0 when it does not."""
    return max(0.0, (line.placed_end or 0.0) - on_film(dub.picture, line.end))


def offset(dub: Dub, line: Line) -> Seconds:
    """How long after its source line a line starts; negative when before."""
    return (line.placed_start or 0.0) - on_film(dub.picture, line.start)


def overlap(dub: Dub) -> Seconds:
    """Seconds in which two lines sound at once."""
    total = spans.overlap(_placed(dub))
    return total if total > 1e-4 else 0.0


def overrun(dub: Dub) -> Seconds:
    """How long the dub still sounds when the film is over; 0 when it does not."""
    return max(0.0, max((end for _, end in _placed(dub)), default=0.0) - on_film(dub.picture, dub.source.duration))


def crowding(dub: Dub) -> list[Line]:
    """The lines that push the dub's end back, those that are longest for their slots first.

    They are among the late ones at the end: after a line that ends on its time, what was before no longer matters.
    """
    placed = sorted((x for x in dub.lines if x.placed_end is not None), key=lambda x: x.placed_end or 0.0)
    run = list(takewhile(lambda line: late(dub, line) > 0, reversed(placed)))
    return sorted((line for line in run if _excess(dub, line) > 0), key=lambda line: (-_excess(dub, line), line.id))


def _excess(dub: Dub, line: Line) -> Seconds:
    start, end = seen(dub, (line.start, line.end))
    return (line.placed_end or 0.0) - (line.placed_start or 0.0) - (end - start)


def seen(dub: Dub, span: Span) -> Span:
    """When the film shows a span of the source."""
    return on_film(dub.picture, span[0]), on_film(dub.picture, span[1])


def unheard(dub: Dub) -> list[Span]:
    """Where somebody speaks for at least 0.8 s and no words were understood: the parts of turns outside all lines."""
    parts = without(((t.start, t.end) for t in dub.turns), ((x.start, x.end) for x in dub.lines))
    return [(start, end) for start, end in parts if end - start >= UNHEARD]


def dead_air(dub: Dub) -> list[Span]:
    """Where the source speaks and the dub does not, on the film's clock: turns and lines without what is placed.

    Where a line's speaker rests for `REST` or more the source does not speak.
    """
    said = [*((x.start, x.end) for x in dub.turns), *((x.start, x.end) for x in dub.lines)]
    return without((seen(dub, span) for span in said), [*_placed(dub), *_rests(dub)])


def _rests(dub: Dub) -> Iterable[Span]:
    for line in dub.lines:
        for before, after in pairwise(line.words):
            if after.start - before.end >= REST:
                yield seen(dub, (before.end, after.start))


def fast_cues(dub: Dub) -> int:
    """How many cues of the dub's subtitles are gone before they can be read (`subtitles.FASTEST`)."""
    cues = (
        subtitles.Cue(start=x.placed_start, end=x.placed_end, text=x.translation or "")
        for x in dub.lines
        if x.placed_start is not None and x.placed_end is not None
    )
    return sum(subtitles.speed(part) > subtitles.FASTEST for cue in cues for part in subtitles.split(cue))


def _placed(dub: Dub) -> list[Span]:
    return sorted(
        (x.placed_start, x.placed_end) for x in dub.lines if x.placed_start is not None and x.placed_end is not None
    )


__all__: Sequence[str] = (
    "crowding", "dead_air", "fast_cues", "kept", "late", "offset", "overlap", "overrun", "seen", "unheard",
)  # fmt: skip
