"""How a line was said, carried to its translation: which words are stressed, and how high the voice is.

    original      She  NEVER said that.      higher than her other lines by 2 semitones
                         |                         |
    translation   Ela *nunca* disse isso.    read higher by 1

Heard in the original's speech (`prominence`), found in the translation by the model that made it (`Translate.align`),
spoken by voices that can (`Speak.prosody`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from dubbench import media, memory, pitch
from dubbench.errors import AdapterFailed
from dubbench.prosody.prominence import Track, prominences, raised, stressed
from dubbench.stages.base import Progress, quiet
from dubbench.text import emphasis
from dubbench.timeline.lines import leans
from dubbench.translation.alignment import Pairs
from dubbench.types import Audio, Dub, Emphasis, Flag, Line, Sound

ROOM = "prosody"
VERSION = 1
"""Raised when the same sound and words would give another result."""
QUIETEST_DB = -120.0
_CLEAR = 10
"""Voiced frames from which a line has a pitch."""

Align: TypeAlias = Callable[[str, str], Pairs]
"""Which words of a text are said by which of its translation."""


def carried(dub: Dub, align: Align) -> Dub:
    """Adds `emphasis` and `pitch_semitones` to each line; where nothing was heard, none and 0.

    A line that was read in the words it has keeps what it was read with, for it is not spoken again for another's sake.
    A line whose words cannot be paired is flagged, and nothing of it is stressed.
    """
    sound = dub.tracks.speech or dub.tracks.original
    if sound is None:
        return dub
    keys = [_key(sound, line) for line in dub.lines]
    found = listened(dub)
    ups = raised([(line.speaker, heard.pitch) for line, heard in zip(dub.lines, found, strict=True)])
    lines = (
        line if _was_read(line, key) else _with(line, key, heard, up, align)
        for line, key, heard, up in zip(dub.lines, keys, found, ups, strict=True)
    )
    return dub.but(lines=tuple(lines))


def listened(dub: Dub, progress: Progress = quiet) -> list[Heard]:
    """What is heard of each line in the original, from memory or measured now; none where there is no sound.

    No translation is needed for it.
    """
    sound, found = dub.tracks.speech or dub.tracks.original, list[Heard]()
    if sound is None:
        return found
    for line in dub.lines:
        progress(ROOM, len(found), len(dub.lines), "listening how it is said")
        found.append(_remembered(dub, sound, line, _key(sound, line)))
    return found


def _was_read(line: Line, key: str) -> bool:
    return line.take is not None and line.take.text == line.translation and line.made_by.get(ROOM) == key


def _with(line: Line, key: str, heard: Heard, up: float, align: Align) -> Line:
    line = line.but(emphasis=(), pitch_semitones=up, made_by=line.made(ROOM, key)).flagged(ROOM)
    try:
        return line.but(emphasis=_said(line, heard.stressed, align))
    except AdapterFailed as error:
        return line.flagged(ROOM, Flag(room=ROOM, name="stress-unknown", detail=str(error)))


class Heard(NamedTuple):
    """Places of a line's stressed words; its median pitch in semitones above 1 Hz, None where it has none."""

    stressed: list[int]
    pitch: float | None


def _key(sound: Audio, line: Line) -> str:
    words = [word.model_dump(mode="json") for word in line.words]
    return memory.key(sound=sound.sha256, start=line.start, end=line.end, words=words, version=VERSION)


def _remembered(dub: Dub, sound: Audio, line: Line, key: str) -> Heard:
    """What is heard of a line, from memory or measured now."""
    store = memory.Memory(dub.folder)
    kept = store.recall(ROOM, key)
    if kept is None:
        samples = media.read(dub.open(sound), start=line.start, duration=line.end - line.start)
        kept = heard(line, measured(samples))
        store.keep(ROOM, key, kept)
    return Heard(*kept)


def measured(sound: Sound) -> Track:
    """Pitch and level of a sound, every 20 ms."""
    if sound.duration < pitch.STEP:
        return Track(np.zeros(1), np.full(1, QUIETEST_DB), pitch.STEP)
    mono = media.resample(Sound(sound.mono[None], sound.sample_rate), pitch.RATE)
    hertz = pitch.track(mono)
    power = np.convolve(mono.samples[0].astype(np.float64) ** 2, np.full(pitch.FRAME, 1 / pitch.FRAME), "full")
    level = power[pitch.FRAME - 1 :: pitch.HOP]
    count = min(len(hertz), len(level))
    level_db = 10 * np.log10(np.maximum(level[:count], 10 ** (QUIETEST_DB / 10)))
    return Track(hertz[:count], level_db, pitch.STEP)


def heard(line: Line, track: Track) -> Heard:
    """How a line was said, of which `track` was measured."""
    words = [word.but(start=word.start - line.start, end=word.end - line.start) for word in line.words]
    voiced = track.between(0.0, line.end - line.start)[0]
    middle = round(float(np.median(voiced)), 3) if len(voiced) >= _CLEAR else None
    return Heard(stressed(words, prominences(words, track)), middle)


def _said(line: Line, places: list[int], align: Align) -> tuple[Emphasis, ...]:
    """The words of a line's translation that say its stressed ones: of several the longest, and none that leans."""
    # Words of the line and of its text are the same where a recogniser wrote both; a person may have edited the text.
    if not places or not line.translation or len(line.words) != len(line.text.split()):
        return ()
    pairs, text = align(line.text, line.translation), line.translation
    chosen = dict[int, Emphasis]()
    for place in places:
        said = ((j, emphasis.word(text, j)) for i, j in pairs if i == place)
        fit = [(j, one) for j, one in said if one is not None and not leans(one.word)]
        if fit:
            at, one = max(fit, key=lambda pair: len(pair[1].word))
            chosen[at] = one
    return tuple(chosen[at] for at in sorted(chosen))


__all__ = ["Align", "Heard", "carried", "heard", "listened", "measured"]
