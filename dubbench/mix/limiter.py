"""Gains that hold the true peak under a ceiling, and the gain before them that gives a loudness. Knows readings only.

peaks     ____|\\____        needed gain, widened by the look-ahead, let go slowly, then averaged over the
gain      ‾‾\\___/‾‾‾        look-ahead: it is low enough at the peak itself and bends nowhere sharply
"""

from __future__ import annotations

import numpy as np

from dubbench.mix.meter import FRAME, RATE, Metered, Readings, amplitude, integrated
from dubbench.types import Samples

LOOKAHEAD = 4
"""Frames, 5.3 ms."""

RELEASE_DB_S = 60.0
"""Decibels a second: too slow to follow the waves of a voice (80 Hz), over before the next word."""

HARDEST_DB = 20.0
"""The most gain into the limiter over what the loudness alone asks for: more would be noise."""

_NEAR_DB = 0.03
_RAMP = (np.arange(FRAME, dtype=np.float32) + 0.5) / FRAME


def envelope(peak: Readings, ceiling: float) -> Readings:
    """Gains at the frames' edges (one more than frames), linear between them, that keep `peak` under `ceiling`."""
    need = 20 * np.log10(np.maximum(peak / np.float32(ceiling), 1.0))
    edges = np.maximum(np.pad(need, (1, 0)), np.pad(need, (0, 1)))
    held = edges.copy()
    for ahead in range(1, LOOKAHEAD + 1):
        held[:-ahead] = np.maximum(held[:-ahead], edges[ahead:])
    early = np.pad(_released(held), (LOOKAHEAD, 0), mode="edge")
    smooth = np.zeros_like(edges)
    for i in range(LOOKAHEAD + 1):
        smooth += early[i : i + len(edges)]
    np.maximum(smooth, 0, out=smooth)
    return np.asarray(np.float32(10) ** (smooth * np.float32(-1 / 20 / (LOOKAHEAD + 1))), np.float32)


def _released(held: Readings) -> Readings:
    """Let go no faster than RELEASE_DB_S: a running maximum under a slope. In place, for films are long."""
    fall = np.arange(len(held)) * (RELEASE_DB_S * FRAME / RATE)
    risen = held + fall
    np.maximum.accumulate(risen, out=risen)
    risen -= fall
    return risen.astype(np.float32)


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
