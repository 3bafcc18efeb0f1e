"""The plan of a dub's time: which wording of a line is read, how fast, and where. The arithmetic is `timeline`'s.

`fit` plans from estimated durations before anything is spoken, `place` once more from the true ones; only its plan
moves the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType

from dubbench import memory, tempo
from dubbench.stages.base import Progress, quiet
from dubbench.stages.speak import Speak, with_take
from dubbench.stages.translate import CHOSEN
from dubbench.stages.watermark import Watermark
from dubbench.timeline import pauses, rates
from dubbench.timeline import ways as choice
from dubbench.timeline.fit import EARLIEST, FASTEST, GAP, Piece, Place, Way, missed, picture_of, plan
from dubbench.timeline.limits import STILL
from dubbench.timeline.picture import on_film
from dubbench.timeline.prices import PRICES
from dubbench.types import Dub, Flag, Line, Pause, Seconds

ROOM = "fit"


@dataclass(frozen=True)
class Reading:
    """One way to say a line: its text, how long its words take at natural pace, and the pauses between them.

    `cost` is what it loses against the best one.
    """

    text: str
    words: Seconds
    pauses: tuple[Pause, ...] = ()
    cost: float = 0.0

    @property
    def rest(self) -> Seconds:
        return sum(pause.duration for pause in self.pauses)

    def pace(self, seconds: Seconds) -> float:
        """How fast its words are read when all takes so long."""
        return self.words / (seconds - self.rest)


def fit(dub: Dub, speak: Speak, progress: Progress = quiet, *, mark: Watermark | None = None) -> Dub:
    """Adds to each line its `tempo` (the pace to read it at) and a planned place, from estimated durations.

    A line whose take still holds keeps it: editing one line of fifty makes one be spoken again, not its neighbours.
    Lines rest where their speakers rested and are read a little faster or slower than their speaker's others where the
    source was. Where something does not fit, they may do without, or take a shorter wording that a machine offered.
    """
    room = _Room(dub, speak, mark)
    with ThreadPoolExecutor(max(1, speak.parallel)) as pool:
        readings = list(pool.map(room.best, dub.lines))
    pieces = [room.piece(*both) for both in zip(dub.lines, readings, strict=True)]
    for i, tight in enumerate(choice.pressed(pieces, dub.source.duration, GAP)):
        progress(ROOM, i, len(dub.lines), dub.lines[i].id)
        if tight and readings[i]:
            # Only here other wordings are of use, and estimating a duration is not free.
            readings[i] = room.all(dub.lines[i])
            pieces[i] = room.piece(dub.lines[i], readings[i])
    places = plan(pieces, dub.source.duration)
    lines = [room.planned(*three) for three in zip(dub.lines, readings, places, strict=True)]
    progress(ROOM, len(lines), len(lines), "planned")
    # By what was planned, not by what was known when: a walk that goes on knows true lengths, and plans the same.
    key = memory.key(lines=[[x.translation, x.tempo, repr(x.pauses)] for x in lines], film=dub.source.duration)
    return dub.but(lines=tuple(lines), made_by=dub.by(ROOM, "dubbench", key))


def holds(dub: Dub, speak: Speak, line: Line, mark: Watermark | None) -> bool:
    """Whether the line's take is still what its text, voice, controls and times ask for."""
    take = line.take
    return (
        take is not None
        and line.made_by.get(ROOM, _slot(dub, line)) == _slot(dub, line)
        and line.made_by.get(speak.room) == speak.key(dub, line, take.pace, mark)
    )


class _Room:
    """What is asked of a line while it is planned."""

    def __init__(self, dub: Dub, speak: Speak, mark: Watermark | None) -> None:
        self.dub, self.speak, self.mark = dub, speak, mark
        self._rates = rates.rates(dub.lines)

    def best(self, line: Line) -> list[Reading]:
        """The best wording of a line, with its pauses; none where its take holds."""
        if line.speech is not None and holds(self.dub, self.speak, line, self.mark):
            return []
        return self._readings(line, _texts(line)[0])[:1]

    def all(self, line: Line) -> list[Reading]:
        """Every wording that is shorter than the one before, with its pauses and without; the best first."""
        first, *others = _texts(line)
        readings = self._readings(line, first)
        best = shortest = readings[-1].words
        for text in others:
            words = self.speak.natural(self.dub, line, text)
            if words < shortest:
                readings += self._readings(line, text, words, cost=choice.of_wording(best, words))
                shortest = words
        return readings

    def _readings(self, line: Line, text: str, words: Seconds | None = None, cost: float = 0.0) -> list[Reading]:
        """A wording with the pauses that it has room for, if any, and without."""
        plain = Reading(text, self.speak.natural(self.dub, line, text) if words is None else words, cost=cost)
        found = pauses.honoured(text, pauses.placed(line, text))
        if not found:
            return [plain]
        rest = sum(pause.duration for pause in found)
        # A voice that reads it part by part takes another time than for the whole.
        parted = self.speak.natural(self.dub, line, text, found) - rest
        return [Reading(text, parted, found, cost), replace(plain, cost=cost + PRICES.unpaused * rest)]

    def piece(self, line: Line, readings: Sequence[Reading]) -> Piece:
        if not readings:
            assert line.speech is not None
            return _free(self.dub, line, Piece.fixed(line.start, line.end, line.speech.duration))
        wish = self._wish(line)
        pace = wish or self._rates.get(line.id, 1.0)
        ways = (Way.read(r.words, pace=pace, cost=r.cost, fill=wish is None, rest=r.rest) for r in readings)
        return _free(self.dub, line, Piece(line.start, line.end, tuple(ways)))

    def planned(self, line: Line, readings: Sequence[Reading], place: Place) -> Line:
        """The line as the plan wants it."""
        placed = line.but(placed_start=place.start, placed_end=place.end)
        if not readings:
            assert line.take is not None
            return placed.but(tempo=line.take.pace, made_by=line.made(ROOM, _slot(self.dub, line)))
        reading = readings[place.way]
        return placed.but(
            translation=reading.text,
            pauses=reading.pauses,
            tempo=self._pace(line, reading.pace(place.duration)),
            made_by=MappingProxyType({**line.made_by, ROOM: _slot(self.dub, line), CHOSEN: _mark(reading.text)}),
        )

    def _wish(self, line: Line) -> float | None:
        return self.speak.controls(self.dub, line).pace

    def _pace(self, line: Line, pace: float) -> float:
        """Up to the next hundredth, so that the reading is not longer than planned. Only a person may wish for more
        than the plan's own limit."""
        return min(max(FASTEST, self._wish(line) or 1.0), math.ceil(round(pace * 100, 3)) / 100)


def still(dub: Dub, line: Line) -> float:
    """The share of its slot by which a line's picture may last longer: where it is asked for and no mouth is known to
    show."""
    seen = any(mouth.start < line.end and line.start < mouth.end for mouth in dub.mouths or ())
    return STILL if dub.wishes.slow_picture and dub.source.has_picture and not seen else 0.0


def _free(dub: Dub, line: Line, piece: Piece) -> Piece:
    return replace(piece, still=still(dub, line))


def _texts(line: Line) -> list[str]:
    """What the plan may choose among, the best first: a person's own words or choice stand alone."""
    mark, best = _mark(line.translation), _mark(line.wordings[0] if line.wordings else None)
    own = line.approved or line.translation not in line.wordings
    return [line.translation or ""] if own or line.made_by.get(CHOSEN, best) != mark else list(line.wordings)


def _mark(text: str | None) -> str:
    return memory.key(text=text)


def _slot(dub: Dub, line: Line) -> str:
    free = {"still": share} if (share := still(dub, line)) else {}
    return memory.key(start=line.start, end=line.end, **free)


def place(dub: Dub, speak: Speak) -> Dub:
    """Adds the true place of each line from the length of its speech, and the picture map; flags what does not fit.

    A take that came out longer than it was asked for is played faster where that helps, as far as the limits allow.
    """
    spoken = [line for line in dub.lines if line.speech is not None]
    readings = [_read(dub, speak, line) for line in spoken]
    pieces = [_free(dub, line, _taken(line, reading)) for line, reading in zip(spoken, readings, strict=True)]
    places = plan(pieces, dub.source.duration)
    picture = picture_of(pieces, places)
    lines = {}
    for line, reading, piece, spot in zip(spoken, readings, pieces, places, strict=True):
        line = _kept_to(dub, line, spot.duration)
        start = round(spot.start, 4)
        assert line.speech is not None
        length = line.speech.duration
        placed = line.but(placed_start=start, placed_end=start + length, tempo=round(reading.pace(length), 4))
        lines[line.id] = placed.flagged("place", *_misfits(piece, spot, on_film(picture, dub.source.duration)))
    key = memory.key(p=[x.start for x in places])
    return dub.with_lines(lines).but(picture=picture, made_by=dub.by("place", "dubbench", key))


LONGER = 1.02
"""A take this much longer than it was asked for was not kept to its length."""


def _read(dub: Dub, speak: Speak, line: Line) -> Reading:
    """What was read of a line, as its take says."""
    text, rests = line.translation or "", line.take.pauses if line.take else ()
    natural = speak.natural(dub, line, text, rests)
    return Reading(text, natural - sum(pause.duration for pause in rests), rests)


def _taken(line: Line, reading: Reading) -> Piece:
    """A spoken line: takes as long as it takes, unless that is longer than it was asked for."""
    assert line.speech is not None
    length, pace = line.speech.duration, line.take.pace if line.take else 1.0
    asked = reading.words / pace + reading.rest
    if length <= LONGER * asked:
        return Piece.fixed(line.start, line.end, length)
    shortest = max(asked, reading.words / FASTEST + reading.rest, length / FASTEST)
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
        after = f"ends {spot.source_end - piece.end:.2f} s after its source line, {missed(piece, spot):.2f} s too late"
        flags.append(Flag(room="place", name="unfit", detail=after))
    if spot.source_start < piece.start - EARLIEST - 0.001:
        flags.append(Flag(room="place", name="early", detail=f"starts {piece.start - spot.source_start:.2f} s early"))
    if spot.still:
        flags.append(Flag(room="place", name="slowed", detail=f"its picture lasts {spot.still:.2f} s longer"))
    if spot.end > film + 0.1:
        flags.append(Flag(room="place", name="beyond", detail=f"ends {spot.end - film:.2f} s after the film"))
    return tuple(flags)
