"""Gains that hold the true peak under a ceiling, and the gain before them that gives a loudness. Knows readings only.

peaks     ____|\\____        needed gain, widened by the look-ahead, let go slowly, then averaged over the
gain      ‾‾\\___/‾‾‾        look-ahead: it is low enough at the peak itself and bends nowhere sharply
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dubbench.mix.meter import FRAME, RATE, Metered, Readings, amplitude, integrated
from dubbench.types import Samples

LOOKAHEAD = 4
"""Frames, 5.3 ms."""

MINUTE = 60 * RATE // FRAME
"""Frames, worked on at once."""

RELEASE_DB_S = 60.0
"""Decibels a second: too slow to follow the waves of a voice (80 Hz), over before the next word."""

HARDEST_DB = 20.0
"""The most gain into the limiter over what the loudness alone asks for: more would be noise."""

_NEAR_DB = 0.03
_RAMP = (np.arange(FRAME, dtype=np.float32) + 0.5) / FRAME


def envelope(peak: Readings, ceiling: float) -> Readings:
    """Gains at the frames' edges (one more than frames), linear between them, that keep `peak` under `ceiling`."""
    gains, at = np.empty(len(peak) + 1, np.float32), 0
    for smooth in _smoothed(peak, np.float32(ceiling)):
        gains[at : at + len(smooth)] = np.float32(10) ** (smooth * np.float32(-1 / 20 / (LOOKAHEAD + 1)))
        at += len(smooth)
    return gains


def _smoothed(peak: Readings, ceiling: np.float32) -> Iterator[Readings]:
    """What is to be taken away at each edge, in decibels, summed over the look-ahead; minute by minute, for two hours
    at once are 190 MB. Let go no faster than RELEASE_DB_S: a running maximum under a slope."""
    highest, before = -np.inf, np.zeros(0, np.float32)
    for first in range(0, len(peak) + 1, MINUTE):
        last = min(first + MINUTE, len(peak) + 1)
        near = peak[max(first - 1, 0) : last + LOOKAHEAD]
        need = 20 * np.log10(np.maximum(near / ceiling, 1.0))
        need = np.pad(need, (int(first == 0), LOOKAHEAD + 1))
        edges = np.maximum(need[:-1], need[1:])
        held = np.max([edges[ahead : ahead + last - first] for ahead in range(LOOKAHEAD + 1)], axis=0)
        fall = np.arange(first, last) * (RELEASE_DB_S * FRAME / RATE)
        risen = held + fall
        risen[0] = max(risen[0], highest)
        np.maximum.accumulate(risen, out=risen)
        highest = risen[-1]
        released = (risen - fall).astype(np.float32)
        early = np.concatenate([before, released]) if first else np.pad(released, (LOOKAHEAD, 0), mode="edge")
        before = early[-LOOKAHEAD:]
        smooth = np.zeros(last - first, np.float32)
        for i in range(LOOKAHEAD + 1):
            smooth += early[i : i + last - first]
        yield np.maximum(smooth, 0, out=smooth)


def applied(samples: Samples, gains: Readings) -> Samples:
    """Samples of whole frames (the last may be a part) under the gains at their edges."""
    if gains.min() >= 1.0:
        return samples
    curve = (gains[:-1, None] + np.diff(gains)[:, None] * _RAMP).ravel()
    return np.asarray(samples * curve[: samples.shape[1]], np.float32)


def drive(metered: Metered, *, lufs: float, ceiling: float) -> float:
    """The linear gain into the limiter after which the loudness is `lufs`, as the readings foretell it.

    Where not even HARDEST_DB more than the loudness asks for would do, that. By halving: more gain is never quieter.
    """
    low = lufs - integrated(metered.energy, metered.samples)
    if lufs - foretold(metered, amplitude(low), ceiling) < _NEAR_DB:
        return amplitude(low)
    high = low + HARDEST_DB
    while high - low > _NEAR_DB:
        middle = (low + high) / 2
        enough = foretold(metered, amplitude(middle), ceiling) >= lufs
        low, high = (low, middle) if enough else (middle, high)
    return amplitude(high)


def foretold(metered: Metered, gain: float, ceiling: float) -> float:
    """The loudness in LUFS after `gain` and the limiter: a gain that bends slowly scales each frame's energy."""
    edges = envelope(metered.peak * np.float32(gain), ceiling)
    middle = np.float32(gain / 2) * (edges[:-1] + edges[1:])
    return integrated(metered.energy * np.square(middle), metered.samples)
