"""The mix: how loud each line, the background and the whole become, then the writing. The parts are next door."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

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
    speech: Sequence[tuple[Seconds, Path]],
    duration: Seconds,
    to: Path,
    *,
    speech_lufs: float | None = None,
    raised: Sequence[float] = (),
    ringing: Sequence[Seconds] = (),
    ducking: Ducking = GENTLE,
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
    told: Callable[[int, int], None] | None = None,
) -> Mixed:
    """Write the dub's whole sound to `to`: stereo WAV, 48 kHz, 16 bits, `duration` seconds.

    `bed` is the background without speech (None: silence), `speech` the lines' sound files with the second each
    begins at, to the sample. `speech_lufs` is how loud the original's speech is: lines are set to it, so the
    background stays as loud beside them as it was (None: to `target_lufs`), each `raised` by so many LU (none: all are
    equally loud). So many seconds of each file's end are only the room's `ringing` (none: none are), which nothing
    waits for. Without a line the sound is the bed's, as
    loud as it is: nothing was made that could be too faint. `told` hears, as it goes on, how many pieces of how many
    are done. Raises BadInput for a line that begins before 0 and for files that cannot be read.
    """
    level = target_lufs if speech_lufs is None else speech_lufs
    none = [0.0] * len(speech)
    lines = [
        _levelled(_placed(*one, tail), level + up)
        for one, up, tail in zip(speech, raised or none, ringing or none, strict=True)
    ]
    end = round(duration * RATE)
    length = max([end, *(line.end for line in lines)])
    whole = Composition(bed, lines, length, ducking)
    whole.told = told or whole.told
    _duck(whole, level, ducking)
    heard = metered(whole.pieces())
    with memory.replacing(to) as draft:
        made = _mastered(whole, heard, draft, target_lufs, ceiling_dbtp)
    return Mixed(
        seconds=length / RATE, lufs=made.loudness.lufs, true_peak_dbtp=made.loudness.dbtp, lines=len(lines),
        cut_seconds=max(0, sum(line.length for line in lines) - whole.placed) / RATE,
        overlap_seconds=compose.overlap(lines) / RATE, overrun_seconds=(length - end) / RATE,
        gain_db=decibels(made.gain), bed_gain_db=decibels(whole.bed_gain), limited_db=made.limited_db,
    )  # fmt: skip


def _placed(start: Seconds, path: Path, ringing: Seconds) -> Placed:
    if start < 0:
        raise BadInput(f"{path} cannot begin at {start:g} s, before the film does; place it at 0 or later")
    # From the header alone, so that the count of what was put in has something to be held against.
    rate, frames = sound.frame_rate(path), sound.describe_frames(path)
    return Placed(path, start=round(start * RATE), length=frames * RATE // rate - round(ringing * RATE))


def _levelled(line: Placed, lufs: float) -> Placed:
    own = metered([compose.load(line.path)], peaks=False).loudness.lufs
    return line if own <= SILENCE_LUFS else replace(line, gain=amplitude(lufs - own))


def _duck(whole: Composition, speech_lufs: float, ducking: Ducking) -> None:
    """Let the background make way: under each span as far as it is loud there, everywhere if that is not enough."""
    if whole.bed is None or not whole.lines:
        return
    energy = metered((piece for _, piece in whole.bed_pieces()), peaks=False).energy
    ratios = [speech_lufs - _lufs(energy[start // FRAME : -(-end // FRAME)]) for start, end in whole.spans]
    depths = [ducking.depth_db(ratio) for ratio in ratios]
    short = [LEAST_RATIO_DB - ratio - depth for ratio, depth in zip(ratios, depths, strict=True)]
    # What most spans lack is the film's, what one lacks beyond that its own.
    everywhere = max(0.0, float(np.median(short)))
    deeper = [depth + max(0.0, lack - everywhere) for depth, lack in zip(depths, short, strict=True)]
    whole.duck(deeper, bed_gain=amplitude(-everywhere))


def _lufs(energy: Readings) -> float:
    """The loudness of frames that follow each other, not gated: rests count, as they do under speech."""
    power = float(energy.mean()) / FRAME if len(energy) else 0.0
    return 10 * math.log10(power) - 0.691 if power > 0 else SILENCE_LUFS


@dataclass(frozen=True)
class _Made:
    loudness: Loudness
    gain: float
    limited_db: float


def _mastered(whole: Composition, heard: Metered, to: Path, lufs: float, ceiling_dbtp: float) -> _Made:
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


def _written(whole: Composition, heard: Metered, to: Path, gain: float, ceiling: float) -> _Made:
    edges = limiter.envelope(heard.peak * np.float32(gain), ceiling)
    meter, frame = Meter(), 0
    with media.writer(to, RATE, 2, frames=whole.length) as file:
        for piece in whole.pieces():
            frames = -(-piece.shape[1] // FRAME)
            limited = limiter.applied(piece * np.float32(gain), edges[frame : frame + frames + 1])
            meter.feed(limited)
            file.write(media.pcm16(limited).T)
            frame += frames
    return _Made(meter.done().loudness, gain, max(0.0, -decibels(float(edges.min(initial=1.0)))))
