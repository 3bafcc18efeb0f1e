"""Mel cepstra as SyncNet was taught on: those of the package python_speech_features with its own settings, on scipy.

    samples -> pre-emphasis -> 25 ms each 10 ms -> power of 512 bins -> 26 mel bands -> log -> cosine -> lifter

No window but the rectangle, and the first coefficient gives place to the log of the frame's energy. Formulas: Davis and
Mermelstein 1980; mel = 2595 log10(1 + hertz / 700).
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]

RATE = 16_000
LENGTH, STEP, BINS = 400, 160, 512
"""Samples: of a frame, from one to the next, and of the transform."""
BANDS, COEFFICIENTS, LIFTER = 26, 13, 22
EMPHASIS = 0.97
LEAST = float(np.finfo(float).eps)
"""Stands for an energy of nothing, which has no logarithm."""


def mfcc(samples: npt.NDArray[Any]) -> Values:
    """13 coefficients of each frame, 100 a second: (frames, 13). `samples` (n,) at 16 kHz, in 16-bit steps.

    The last frame is filled up with zeros.
    """
    from scipy import fft

    power = np.abs(np.fft.rfft(_frames(samples.astype(np.float64)), BINS)) ** 2 / BINS
    energy = power.sum(axis=1)
    bands = power @ _bands().T
    cepstra = fft.dct(np.log(np.where(bands == 0, LEAST, bands)), type=2, axis=1, norm="ortho")[:, :COEFFICIENTS]
    lifted: Values = cepstra * (1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER))
    lifted[:, 0] = np.log(np.where(energy == 0, LEAST, energy))
    return lifted


def _frames(samples: Values) -> Values:
    emphasised = np.append(samples[:1], samples[1:] - EMPHASIS * samples[:-1])
    count = 1 + max(0, -(-(len(samples) - LENGTH) // STEP))
    padded = np.pad(emphasised, (0, max(0, (count - 1) * STEP + LENGTH - len(samples))))
    return np.lib.stride_tricks.sliding_window_view(padded, LENGTH)[::STEP][:count]


@cache
def _bands() -> Values:
    """Triangles between whole bins, evenly spaced in mel up to half the sampling rate: (26, 257)."""
    mels = np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), BANDS + 2)
    edges = np.floor((BINS + 1) * 700 * (10 ** (mels / 2595) - 1) / RATE)
    bins = np.arange(BINS // 2 + 1)[None]
    low, middle, high = (edges[at : at + BANDS, None] for at in range(3))
    rising = (bins - low) / np.maximum(middle - low, 1)
    falling = (high - bins) / np.maximum(high - middle, 1)
    inside = ((bins >= low) & (bins < middle), (bins >= middle) & (bins < high))
    return np.where(inside[0], rising, np.where(inside[1], falling, 0.0))


__all__ = ["COEFFICIENTS", "RATE", "mfcc"]
