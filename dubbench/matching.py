"""Each speaker's new voice brought to where the original was recorded: measured once, remembered, given to every line.

What a place does to a voice is `mix.acoustics`'s; here it meets the Dub.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dubbench import media, memory, mix
from dubbench.graphs import threads
from dubbench.mix import acoustics
from dubbench.mix.meter import RATE
from dubbench.types import Audio, Dub, Line, Samples, Seconds, Sound

ROOM = "match"
ENOUGH: Seconds = 4.0
"""Of less speech of one person's nothing is told."""
TOLD: Seconds = 20.0
"""The new voice's own colour is told from its first lines: it is the same in all, and an edit of a later one leaves the
others as they are."""
PEAK = 0.9
AFTER: Seconds = 0.6
"""So much is listened to after each line: there the room rings on."""


class Place(NamedTuple):
    """What was found of where a speaker was recorded: gains of `acoustics.BANDS` in dB, and how the room rings."""

    gains: tuple[float, ...]
    ring: acoustics.Decay | None

    @property
    def response(self) -> Samples:
        return acoustics.response(np.array(self.gains), self.ring)


class Original(NamedTuple):
    """How a speaker sounds in the film: speech and what is around it by `acoustics.BANDS` in dB, and how it rings."""

    speech: tuple[float, ...]
    around: tuple[float, ...]
    ring: acoustics.Decay | None


class Matched(NamedTuple):
    """A line's sound as it enters the mix, how much of its end is only the room's ringing, and how loud it is."""

    path: Path
    ringing: Seconds
    lufs: float | None = None


def matched(dub: Dub) -> list[Matched]:
    """The sound of every line that has one, in its speaker's place."""
    lines = [line for line in dub.lines if line.speech is not None]
    places = {who: place(dub, [x for x in lines if x.speaker == who]) for who in {x.speaker for x in lines}}
    through = {who: where.response for who, where in places.items() if where is not None}
    with ThreadPoolExecutor(threads()) as pool:
        return list(pool.map(lambda line: _in(dub, line, places[line.speaker], through.get(line.speaker)), lines))


def place(dub: Dub, lines: Sequence[Line]) -> Place | None:
    """Where the speaker of these lines was recorded, from memory or told now; None where too little was said."""
    was = original(dub, lines)
    if was is None:
        return None
    store, takes = memory.Memory(dub.folder), _first([line.speech for line in lines if line.speech is not None])
    key = memory.key(original=was, takes=[take.sha256 for take in takes], version=acoustics.VERSION)
    kept = store.recall(ROOM, key)
    if kept is None:
        voice = acoustics.levels(media.read(dub.open(take), sample_rate=RATE, channels=1).samples[0] for take in takes)
        kept = acoustics.colour(np.array(was.speech), np.array(was.around), voice).tolist()
        store.keep(ROOM, key, kept)
    return Place(tuple(kept), was.ring)


def _first(takes: Sequence[Audio]) -> Sequence[Audio]:
    """The takes of the first `TOLD` seconds."""
    return takes[: int(np.searchsorted(np.cumsum([take.duration for take in takes]), TOLD)) + 1]


def original(dub: Dub, lines: Sequence[Line]) -> Original | None:
    """How the speaker of these lines sounds in the film, from memory or measured now; None if they say too little."""
    tracks = dub.tracks
    if tracks.original is None or sum(line.end - line.start for line in lines) < ENOUGH:
        return None
    store = memory.Memory(dub.folder)
    key = memory.key(
        tracks=[track.sha256 if track else None for track in (tracks.original, tracks.speech, tracks.background)],
        spans=[(line.start, line.end) for line in lines],
        version=acoustics.VERSION,
    )
    kept = store.recall(ROOM, key)
    if kept is None:
        kept = _measured(dub, lines)._asdict()
        store.keep(ROOM, key, kept)
    ring = kept["ring"]
    return Original(tuple(kept["speech"]), tuple(kept["around"]), acoustics.Decay(*ring) if ring else None)


def _measured(dub: Dub, lines: Sequence[Line]) -> Original:
    tracks = dub.tracks
    speech = acoustics.levels(heard(dub, tracks.speech or tracks.original, lines))
    around = acoustics.levels(heard(dub, tracks.background, lines))
    # The ringing is listened to in the film's own sound: a separator takes it for background.
    ring = acoustics.decay(heard(dub, tracks.original, lines, after=AFTER))
    return Original(tuple(speech.tolist()), tuple(around.tolist()), ring)


def heard(dub: Dub, track: Audio | None, lines: Sequence[Line], *, after: Seconds = 0.0) -> Iterator[Samples]:
    """A track's sound during each line, (n,) at 48 kHz."""
    if track is None:
        return
    for line in lines:
        duration = line.end - line.start + after
        yield media.read(dub.open(track), start=line.start, duration=duration, channels=1).samples[0]


def _in(dub: Dub, line: Line, where: Place | None, through: Samples | None) -> Matched:
    """A line's sound as it is heard in a place: its file goes once it is mixed, how loud it is stays remembered."""
    assert line.speech is not None
    store, path, ringing = memory.Memory(dub.folder), dub.open(line.speech), 0.0
    key = memory.key(speech=line.speech.sha256, place=where, version=acoustics.VERSION)
    if through is not None:
        path, dry, ringing = store.path(ROOM, key, ".wav"), path, (len(through) - 1) / RATE
        if not path.is_file():
            _heard_in(dry, through, path)
    lufs = store.recall(ROOM, key)
    if lufs is None:
        lufs = mix.own_lufs(path)
        store.keep(ROOM, key, lufs)
    return Matched(path, ringing, float(lufs))


def _heard_in(dry: Path, through: Samples, to: Path) -> None:
    wet = acoustics.heard(media.read(dry, sample_rate=RATE).samples, through)
    # How loud it becomes is the mix's decision; here it only must fit into 16 bits.
    wet *= PEAK / max(float(np.abs(wet).max()), 1e-9)
    with memory.replacing(to) as draft:
        media.write(draft, Sound(wet, RATE))
