"""Each speaker's new voice brought to where the original was recorded: measured once, remembered, given to every line.

What a place does to a voice is `mix.acoustics`'s; here it meets the Dub.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dubbench import media, memory
from dubbench.mix import acoustics
from dubbench.mix.meter import RATE
from dubbench.types import Audio, Dub, Line, Samples, Seconds, Sound

ROOM = "match"
ENOUGH: Seconds = 4.0
"""Of less speech of one person's nothing is told."""
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


class Matched(NamedTuple):
    """A line's sound as it enters the mix, and how much of its end is only the room's ringing."""

    path: Path
    ringing: Seconds


def matched(dub: Dub) -> list[Matched]:
    """The sound of every line that has one, in its speaker's place."""
    spoken = [line for line in dub.lines if line.speech is not None]
    places = {who: place(dub, [x for x in spoken if x.speaker == who]) for who in {x.speaker for x in spoken}}
    return [_in(dub, line.speech, places[line.speaker]) for line in spoken if line.speech is not None]


def place(dub: Dub, lines: Sequence[Line]) -> Place | None:
    """Where the speaker of these lines was recorded, from memory or measured now; None where too little was said."""
    if dub.tracks.original is None or sum(line.end - line.start for line in lines) < ENOUGH:
        return None
    store, tracks = memory.Memory(dub.folder), dub.tracks
    key = memory.key(
        tracks=[track.sha256 if track else None for track in (tracks.original, tracks.speech, tracks.background)],
        spans=[(line.start, line.end) for line in lines],
        takes=[line.speech.sha256 for line in lines if line.speech],
        version=acoustics.VERSION,
    )
    kept = store.recall(ROOM, key)
    if kept is None:
        kept = _measured(dub, lines)._asdict()
        store.keep(ROOM, key, kept)
    ring = kept["ring"]
    return Place(tuple(kept["gains"]), acoustics.Decay(*ring) if ring else None)


def _measured(dub: Dub, lines: Sequence[Line]) -> Place:
    tracks = dub.tracks
    original = acoustics.levels(heard(dub, tracks.speech or tracks.original, lines))
    around = acoustics.levels(heard(dub, tracks.background, lines))
    takes = [line.speech for line in lines if line.speech is not None]
    voice = acoustics.levels(media.read(dub.open(take), sample_rate=RATE, channels=1).samples[0] for take in takes)
    # The ringing is listened to in the film's own sound: a separator takes it for background.
    ring = acoustics.decay(heard(dub, tracks.original, lines, after=AFTER))
    return Place(tuple(acoustics.colour(original, around, voice).tolist()), ring)


def heard(dub: Dub, track: Audio | None, lines: Sequence[Line], *, after: Seconds = 0.0) -> Iterator[Samples]:
    """A track's sound during each line, (n,) at 48 kHz."""
    if track is None:
        return
    for line in lines:
        duration = line.end - line.start + after
        yield media.read(dub.open(track), start=line.start, duration=duration, channels=1).samples[0]


def _in(dub: Dub, speech: Audio, where: Place | None) -> Matched:
    if where is None:
        return Matched(dub.open(speech), 0.0)
    store = memory.Memory(dub.folder)
    key = memory.key(speech=speech.sha256, place=where, version=acoustics.VERSION)
    path = store.path(ROOM, key, ".wav")
    dry: Any = media.read(dub.open(speech), sample_rate=RATE) if not path.is_file() else None
    through = where.response
    if dry is not None:
        wet = acoustics.heard(dry.samples, through)
        # How loud it becomes is the mix's decision; here it only must fit into 16 bits.
        wet *= PEAK / max(float(np.abs(wet).max()), 1e-9)
        with memory.replacing(path) as draft:
            media.write(draft, Sound(wet, RATE))
    return Matched(path, (len(through) - 1) / RATE)
