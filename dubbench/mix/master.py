"""The mix: how loud each line, the background and the whole become, then the writing. The parts are next door."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from dubbench import media, memory
from dubbench.errors import BadInput
from dubbench.media import SILENCE_LUFS, sound
from dubbench.mix import compose, limiter
from dubbench.mix.compose import Composition, Ducking, Placed
from dubbench.mix.meter import FRAME, RATE, Loudness, Meter, Metered, Readings, amplitude, decibels, metered
from dubbench.types import Seconds

VERSION = 6
"""Raised when the same input would give another sound."""

TARGET_LUFS = -16.0
GENTLE = Ducking()

CEILING_DBTP = -2.0
"""Before coding: AAC at 160 kbit/s moves the peak of speech by up to 0.5 dB, and −1 dBTP must hold after it."""

LEAST_RATIO_DB = 10.0
"""Speech over the ducked background, in LU, below which words drown (see `Ducking`); the background is turned down
everywhere to reach it where the deepest ducking does not."""

_CLOSE_DB = 0.3
_TRIES = 3


class Speech(NamedTuple):
    """A line's sound file, and the second it begins at, to the sample.

    So many seconds of its end are only the room's `ringing`, which nothing waits for. It is made louder than the others
    by `raised` LU. `lufs` is how loud the file is by itself, where somebody knows.
    """

    start: Seconds
    path: Path
    ringing: Seconds = 0.0
    raised: float = 0.0
    lufs: float | None = None


@dataclass(frozen=True)
class Mixed:
    """What was made, as measured on it.

    `cut_seconds` is counted, not heard: samples the lines' files have less those the mix has. `overlap_seconds` is
    while two lines sound at once; `overrun_seconds` is how far the last line goes beyond the film's end (the sound is
    that much longer, nothing is cut). `gain_db` was given to everything, `bed_gain_db` to the background before that,
    and the limiter took up to `limited_db` away.
    """

    seconds: Seconds
    lufs: float
    true_peak_dbtp: float
    lines: int
    cut_seconds: Seconds
    overlap_seconds: Seconds
    overrun_seconds: Seconds
    gain_db: float
    bed_gain_db: float
    limited_db: float


def mix(
    bed: Path | None,
    speech: Sequence[Speech],
    duration: Seconds,
    to: Path,
    *,
    coded: Path | None = None,
    energy: Readings | None = None,
    speech_lufs: float | None = None,
    ducking: Ducking = GENTLE,
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
    told: Callable[[int, int], None] | None = None,
) -> Mixed:
    """Write the dub's whole sound to `to`: stereo WAV, 48 kHz, 16 bits, `duration` seconds; and at the same time to
    `coded`, as a film holds it (None: not).

    `bed` is the background without speech (None: silence), `energy` what `weighed` gives of it (None: it is weighed
    now). `speech_lufs` is how loud the original's speech is: lines are set to it, so the background stays as loud
    beside them as it was (None: to `target_lufs`). Without a line the sound is the bed's, as loud as it is: nothing was
    made that could be too faint. `told` hears, as it goes on, how many pieces of how many are done. Raises BadInput for
    a line that begins before 0 and for files that cannot be read.
    """
    level = target_lufs if speech_lufs is None else speech_lufs
    lines = [_levelled(one, level) for one in speech]
    end = round(duration * RATE)
    length = max([end, *(line.end for line in lines)])
    whole = Composition(bed, lines, length, ducking)
    whole.told = told or whole.told
    if bed is not None and lines:
        _duck(whole, weighed(bed) if energy is None else energy, level, ducking)
    heard = metered(whole.pieces())
    with memory.replacing(to) as draft:
        made = _mastered(whole, heard, (draft, coded), target_lufs, ceiling_dbtp)
    return Mixed(
        seconds=length / RATE, lufs=made.loudness.lufs, true_peak_dbtp=made.loudness.dbtp, lines=len(lines),
        cut_seconds=max(0, sum(line.length for line in lines) - whole.placed) / RATE,
        overlap_seconds=compose.overlap(lines) / RATE, overrun_seconds=(length - end) / RATE,
        gain_db=decibels(made.gain), bed_gain_db=decibels(whole.bed_gain), limited_db=made.limited_db,
    )  # fmt: skip


def weighed(bed: Path) -> Readings:
    """How loud a background is: its K-weighted energy in each frame, by which it makes way for speech."""
    return metered(sound.stream(bed, sample_rate=RATE, channels=None), peaks=False).energy


def _levelled(one: Speech, lufs: float) -> Placed:
    """A line where it goes, at the gain that makes it `lufs` loud; one that is silent stays so."""
    line, own = _placed(one), own_lufs(one.path) if one.lufs is None else one.lufs
    return line if own <= SILENCE_LUFS else replace(line, gain=amplitude(lufs + one.raised - own))


def own_lufs(speech: Path) -> float:
    """How loud a line's file is by itself."""
    return metered([compose.load(speech)], peaks=False).loudness.lufs


def _placed(one: Speech) -> Placed:
    start, path = one.start, one.path
    if start < 0:
        raise BadInput(f"{path} cannot begin at {start:g} s, before the film does; place it at 0 or later")
    # From the header alone, so that the count of what was put in has something to be held against.
    rate, frames = sound.frame_rate(path), sound.describe_frames(path)
    return Placed(path, start=round(start * RATE), length=frames * RATE // rate - round(one.ringing * RATE))


def _duck(whole: Composition, energy: Readings, speech_lufs: float, ducking: Ducking) -> None:
    """Let the background make way: under each span as far as it is loud there, everywhere if that is not enough."""
    ratios = [speech_lufs - _lufs(energy, start // FRAME, -(-end // FRAME)) for start, end in whole.spans]
    depths = [ducking.depth_db(ratio) for ratio in ratios]
    short = [LEAST_RATIO_DB - ratio - depth for ratio, depth in zip(ratios, depths, strict=True)]
    # What most spans lack is the film's, what one lacks beyond that its own.
    everywhere = max(0.0, float(np.median(short)))
    deeper = [depth + max(0.0, lack - everywhere) for depth, lack in zip(depths, short, strict=True)]
    whole.duck(deeper, bed_gain=amplitude(-everywhere))


def _lufs(energy: Readings, first: int, last: int) -> float:
    """The loudness of the frames from `first` to `last`, not gated: rests count, as they do under speech, and so does
    the silence after a background's end."""
    power = float(energy[first:last].sum(dtype=np.float64)) / ((last - first) * FRAME)
    return 10 * math.log10(power) - 0.691 if power > 0 else SILENCE_LUFS


Files: TypeAlias = tuple[Path, Path | None]
"""The mix as a WAV, and coded where that is wanted."""


@dataclass(frozen=True)
class _Made:
    loudness: Loudness
    gain: float
    limited_db: float


def _mastered(whole: Composition, heard: Metered, to: Files, lufs: float, ceiling_dbtp: float) -> _Made:
    """Write at the gain the readings foretell; where measuring finds it off, once or twice more."""
    loud, ceiling = heard.loudness.lufs, amplitude(ceiling_dbtp)
    if not whole.lines:
        return _written(whole, heard, to, 1.0, math.inf)
    if loud <= SILENCE_LUFS:
        return _written(whole, heard, to, 1.0, ceiling)
    aim = lufs
    for _ in range(_TRIES):
        made = _written(whole, heard, to, limiter.drive(heard, lufs=aim, ceiling=ceiling), ceiling)
        miss, over = lufs - made.loudness.lufs, made.loudness.dbtp - ceiling_dbtp
        if abs(miss) <= _CLOSE_DB and over <= _CLOSE_DB:
            break
        ceiling *= amplitude(-max(0.0, over))
        aim += miss
    return made


def _written(whole: Composition, heard: Metered, to: Files, gain: float, ceiling: float) -> _Made:
    edges = limiter.envelope(heard.peak * np.float32(gain), ceiling)
    meter, frame = Meter(), 0
    path, coded = to
    with (
        media.writer(path, RATE, 2, frames=whole.length) as file,
        contextlib.nullcontext() if coded is None else media.coder(coded) as code,
    ):
        for piece in whole.pieces():
            frames = -(-piece.shape[1] // FRAME)
            limited = limiter.applied(piece * np.float32(gain), edges[frame : frame + frames + 1])
            samples = np.ascontiguousarray(media.pcm16(limited).T)
            # First to the coder, which has its own processor, and then to the meter.
            if code is not None:
                code(samples)
            file.write(samples)
            meter.feed(limited)
            frame += frames
    return _Made(meter.done().loudness, gain, max(0.0, -decibels(float(edges.min(initial=1.0)))))
