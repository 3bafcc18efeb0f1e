"""The pitch of a voice: YIN (de Cheveigné and Kawahara 2002), steps 1 to 5, from 60 to 500 Hz, on numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dubbench import media
from dubbench.types import Samples, Seconds, Sound

LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
RATE = 16_000
FRAME, HOP = 640, 320
STEP: Seconds = HOP / RATE
"""Frame n begins at n * STEP; its pitch is that of the 40 ms from there."""
APERIODIC = 0.15
"""Frames of a smaller normalised difference are voiced: a little above the 0.1 of the YIN paper, for noisy sound."""
QUIET_DB = 30.0
"""Frames this far below the loud ones are not asked for a pitch."""


def pitches(sound: Sound) -> npt.NDArray[np.float64]:
    """The fundamental frequency of each voiced frame in hertz, every 20 ms."""
    hertz = track(sound)
    return hertz[hertz > 0]


def track(sound: Sound) -> npt.NDArray[np.float64]:
    """The fundamental frequency of every frame in hertz, 0 where it has none; one frame of 0 where it is too short.

    Ten seconds are looked at at a time.
    """
    mono = Sound(sound.mono[None], sound.sample_rate)
    samples = (mono if mono.sample_rate == RATE else media.resample(mono, RATE)).samples[0]
    span = FRAME + round(RATE / LOWEST_HZ) + 1
    if len(samples) < span:
        return np.zeros(1)
    frames = np.lib.stride_tricks.sliding_window_view(samples, span)[::HOP]
    level = np.sqrt((frames[:, :FRAME].astype(np.float64) ** 2).mean(axis=1))
    loud = level > max(1e-5, float(np.percentile(level, 95)) * 10 ** (-QUIET_DB / 20))
    found = [_yin(frames[i : i + 500]) for i in range(0, len(frames), 500)]
    return np.where(loud, np.concatenate(found), 0.0)


def _yin(frames: Samples) -> npt.NDArray[np.float64]:
    """The pitch of each frame (n, FRAME + lags), 0 where it has none. Numbers are the paper's equations."""
    lags = frames.shape[1] - FRAME
    wide = frames.astype(np.float64)
    size = 1 << (frames.shape[1] - 1).bit_length()
    spectra = np.fft.rfft(wide, size) * np.conj(np.fft.rfft(wide[:, :FRAME], size))
    same = np.fft.irfft(spectra, size)[:, :lags]  # (1)
    energy = np.cumsum(np.pad(wide**2, ((0, 0), (1, 0))), axis=1)
    power = energy[:, FRAME : FRAME + lags] - energy[:, :lags]
    difference = np.maximum(power[:, :1] + power - 2 * same, 0)  # (7)
    lag = np.arange(lags)
    total = np.cumsum(difference[:, 1:], axis=1)
    normal = np.ones_like(difference)
    normal[:, 1:] = difference[:, 1:] * lag[1:] / np.maximum(total, 1e-12)  # (8)
    return _first_dips(normal)


def _first_dips(normal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The first local minimum under APERIODIC of each row, refined by a parabola, as a frequency; 0 without one."""
    inner = normal[:, 1:-1]
    dips = (inner < APERIODIC) & (inner <= normal[:, :-2]) & (inner < normal[:, 2:])
    dips[:, : int(RATE / HIGHEST_HZ) - 1] = False
    at = dips.argmax(axis=1) + 1
    rows = np.arange(len(normal))
    before, here, after = normal[rows, at - 1], normal[rows, at], normal[rows, at + 1]
    bend = before - 2 * here + after
    shift = np.where(bend > 0, 0.5 * (before - after) / np.where(bend > 0, bend, 1), 0)
    return np.where(dips.any(axis=1), RATE / (at + shift), 0.0)
