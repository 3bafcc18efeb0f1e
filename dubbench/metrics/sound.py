"""Sounds against sounds: what is left of the original's background, and how loud a dub is."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput
from dubbench.metrics.score import Counts, metric, ratio
from dubbench.types import Sound

CEILING_DB = 100.0
"""What a perfect estimate scores: more is rounding."""


@metric("si-sdr", unit="dB", better="higher", value=ratio("decibels", "clips"))
def si_sdr(reference: Sound, estimate: Sound) -> Counts:
    """Scale-invariant signal-to-distortion ratio of an estimate, mean over clips; higher is better.

    10 log10 of the energy of the reference, scaled to the estimate by least squares, over that of the rest; means are
    taken off first, channels are one signal. Le Roux et al. 2019, "SDR - half-baked or well done?" (arXiv 1811.02508).
    Raises BadInput where rates, shapes or lengths differ, or the reference is silent.
    """
    first, second = _alike(reference, estimate)
    scaled = first * (np.dot(second, first) / np.dot(first, first))
    rest = float(np.sum((second - scaled) ** 2))
    kept = float(np.sum(scaled**2))
    floor = kept * 10 ** (-CEILING_DB / 10)
    decibels = 10 * math.log10(kept / max(rest, floor)) if kept > 0 else -CEILING_DB
    return {"decibels": max(-CEILING_DB, decibels), "clips": 1}


def _alike(reference: Sound, estimate: Sound) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if (reference.sample_rate, reference.samples.shape) != (estimate.sample_rate, estimate.samples.shape):
        shapes = [
            f"{s.samples.shape[0]} channels of {s.samples.shape[1]} samples at {s.sample_rate} Hz"
            for s in (reference, estimate)
        ]
        raise BadInput(f"sounds that are compared must be alike, not {shapes[0]} and {shapes[1]}: resample or cut one")
    first, second = (np.asarray(sound.samples, np.float64).ravel() for sound in (reference, estimate))
    first, second = first - first.mean(), second - second.mean()
    if not first.any():
        raise BadInput("the reference is silent: nothing can be like it")
    return first, second


@metric("loudness-error", unit="LU", better="lower", value=ratio("off", "films"))
def loudness_error(lufs: float, target: float = -16.0) -> Counts:
    """How far a film's integrated loudness (EBU R 128, ITU-R BS.1770) is from its target, mean of absolute loudness
    units; lower is better. A silent film (-inf) counts as 100 off."""
    return {"off": min(100.0, abs(lufs - target)), "films": 1}


@metric("clear-peak", unit="share", better="higher", value=ratio("clear", "films"))
def clear_peak(dbtp: float, limit: float = -1.0) -> Counts:
    """Share of films whose true peak (dBTP, ITU-R BS.1770) stays under a limit; higher is better."""
    return {"clear": float(dbtp <= limit), "films": 1}


__all__ = ["clear_peak", "loudness_error", "si_sdr"]
