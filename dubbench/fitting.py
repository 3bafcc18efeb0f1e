"""The plan of a dub's time: which wording of a line is read, how fast, and where. The arithmetic is `timeline`'s.

`fit` plans from estimated durations before anything is spoken, `place` once more from the true ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dubbench import memory, tempo
from dubbench.stages.base import Progress, quiet
from dubbench.stages.speak import Speak, with_take
from dubbench.stages.translate import CHOSEN
from dubbench.stages.watermark import Watermark
from dubbench.timeline import ways as choice
from dubbench.timeline.fit import EARLIEST, FASTEST, GAP, Piece, Place, Way, missed, plan
from dubbench.types import Dub, Flag, Line, Seconds

ROOM = "fit"


@dataclass(frozen=True)
class Reading:
    """One way to say a line: its text, and how long that takes at natural pace."""

    text: str
    natural: Seconds


def fit(dub: Dub, speak: Speak, progress: Progress = quiet, *, mark: Watermark | None = None) -> Dub:
    """Adds to each line its `tempo` (the pace to read it at) and a planned place, from estimated durations.

    A line whose take still holds keeps it: editing one line of fifty makes one be spoken again, not its neighbours.
    Where something does not fit, lines may take a shorter wording that a machine offered.
    """
    room = _Room(dub, speak, mark)
    readings = [room.best(line) for line in dub.lines]
    pieces = [room.piece(*both) for both in zip(dub.lines, readings, strict=True)]
    for i, tight in enumerate(choice.pressed(pieces, dub.source.duration, GAP)):
        progress(ROOM, i, len(dub.lines), dub.lines[i].id)
        if tight and readings[i]:
            # Only here other wordings are of use, and estimating a duration is not free.
            readings[i] = room.all(dub.lines[i], readings[i])
            pieces[i] = room.piece(dub.lines[i], readings[i])
    places = plan(pieces, dub.source.duration)
    lines = [room.planned(*three) for three in zip(dub.lines, readings, places, strict=True)]
    progress(ROOM, len(lines), len(lines), "planned")
    key = memory.key(pieces=[repr(piece) for piece in pieces], film=dub.source.duration)
    return dub.but(lines=tuple(lines), made_by=dub.by(ROOM, "dubbench", key))


def holds(dub: Dub, speak: Speak, line: Line, mark: Watermark | None) -> bool:
    """Whether the line's take is still what its text, voice, controls and times ask for."""
    take = line.take
    return (
        take is not None
        and line.made_by.get(ROOM, _slot(line)) == _slot(line)
        and line.made_by.get(speak.room) == speak.key(dub, line, take.pace, mark)
    )


class _Room:
    """What is asked of a line while it is planned."""

    def __init__(self, dub: Dub, speak: Speak, mark: Watermark | None) -> None:
        self.dub, self.speak, self.mark = dub, speak, mark

    def best(self, line: Line) -> list[Reading]:
        """The best wording of a line; none where its take holds."""
        if line.speech is not None and holds(self.dub, self.speak, line, self.mark):
            return []
        texts = _texts(line)
        return [self._reading(line, texts[0])]

    def all(self, line: Line, known: Sequence[Reading]) -> list[Reading]:
        """Every wording that is shorter than those before it, the best first."""
        readings = list(known)
        for text in _texts(line)[1:]:
            reading = self._reading(line, text)
            if reading.natural < readings[-1].natural:
                readings.append(reading)
        return readings

    def _reading(self, line: Line, text: str) -> Reading:
        return Reading(text, self.speak.natural(self.dub, line, text))

    def piece(self, line: Line, readings: Sequence[Reading]) -> Piece:
        if not readings:
            assert line.speech is not None
            return Piece.fixed(line.start, line.end, line.speech.duration)
        wish = self._wish(line)
        naturals = [reading.natural for reading in readings]
        ways = choice.worded(naturals, pace=wish or 1.0, fill=wish is None)
        return Piece(line.start, line.end, ways)

    def planned(self, line: Line, readings: Sequence[Reading], place: Place) -> Line:
        """The line as the plan wants it."""
        placed = line.but(placed_start=place.start, placed_end=place.end)
        if not readings:
            assert line.take is not None
            return placed.but(tempo=line.take.pace, made_by=line.made(ROOM, _slot(line)))
        reading = readings[place.way]
        return placed.but(
            translation=reading.text,
            tempo=self._pace(line, reading.natural / place.duration),
            made_by=MappingProxyType({**line.made_by, ROOM: _slot(line), CHOSEN: _mark(reading.text)}),
        )

    def _wish(self, line: Line) -> float | None:
        return self.speak.controls(self.dub, line).pace

    def _pace(self, line: Line, pace: float) -> float:
        """Up to the next hundredth, so that the reading is not longer than planned. Only a person may wish for more
        than the plan's own limit."""
        return min(max(FASTEST, self._wish(line) or 1.0), math.ceil(round(pace * 100, 3)) / 100)


def _texts(line: Line) -> list[str]:
    """What the plan may choose among, the best first: a person's own words or choice stand alone."""
    mark, best = _mark(line.translation), _mark(line.wordings[0] if line.wordings else None)
    own = line.approved or line.translation not in line.wordings
    return [line.translation or ""] if own or line.made_by.get(CHOSEN, best) != mark else list(line.wordings)


def _mark(text: str | None) -> str:
    return memory.key(text=text)


def _slot(line: Line) -> str:
    return memory.key(start=line.start, end=line.end)


def place(dub: Dub, speak: Speak) -> Dub:
    """Adds the true place of each line from the length of its speech, and flags what does not fit.

    A take that came out longer than it was asked for is played faster where that helps, as far as the limits allow.
    """
    spoken = [line for line in dub.lines if line.speech is not None]
    naturals = [speak.natural(dub, line, line.translation or "") for line in spoken]
    pieces = [_taken(line, natural) for line, natural in zip(spoken, naturals, strict=True)]
    places = plan(pieces, dub.source.duration)
    lines = {}
    for line, natural, piece, spot in zip(spoken, naturals, pieces, places, strict=True):
        line = _kept_to(dub, line, spot.duration)
        start = round(spot.start, 4)
        assert line.speech is not None
        length = line.speech.duration
        placed = line.but(placed_start=start, placed_end=start + length, tempo=round(natural / length, 4))
        lines[line.id] = placed.flagged("place", *_misfits(piece, spot, dub.source.duration))
    key = memory.key(p=[x.start for x in places])
    return dub.with_lines(lines).but(made_by=dub.by("place", "dubbench", key))


LONGER = 1.02
"""A take this much longer than it was asked for was not kept to its length."""


def _taken(line: Line, natural: Seconds) -> Piece:
    """A spoken line: takes as long as it takes, unless that is longer than it was asked for."""
    assert line.speech is not None
    length, asked = line.speech.duration, natural / (line.take.pace if line.take else 1.0)
    if length <= LONGER * asked:
        return Piece.fixed(line.start, line.end, length)
    shortest = max(asked, natural / FASTEST, length / FASTEST)
    return Piece(line.start, line.end, (Way(length, min(shortest, length), length),))


def _kept_to(dub: Dub, line: Line, seconds: Seconds) -> Line:
    """The line with its take played in `seconds`, if that is less than the take has."""
    if line.take is None or line.take.speech.duration - seconds < 0.001:
        return line
    take = tempo.hastened(dub, line.take, seconds)
    return with_take(line, take, line.made_by["speak"])


def _misfits(piece: Piece, spot: Place, film: Seconds) -> tuple[Flag, ...]:
    flags = []
    if missed(piece, spot) > 0.001:
        after = f"ends {spot.end - piece.end:.2f} s after its source line, {missed(piece, spot):.2f} s too late"
        flags.append(Flag(room="place", name="unfit", detail=after))
    if spot.start < piece.start - EARLIEST - 0.001:
        flags.append(Flag(room="place", name="early", detail=f"starts {piece.start - spot.start:.2f} s early"))
    if spot.end > film + 0.1:
        flags.append(Flag(room="place", name="beyond", detail=f"ends {spot.end - film:.2f} s after the film"))
    return tuple(flags)
