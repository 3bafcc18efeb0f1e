"""Cepstra for SyncNet: against the definition written out sum by sum, and figures of python_speech_features 0.6."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dubbench.metrics.judges.mfcc import mfcc


def tone(samples: int) -> np.ndarray:
    """Two tones in 16-bit steps, the second one growing."""
    at = np.arange(samples) / 16_000
    return np.round(6000 * np.sin(2 * np.pi * 220 * at) + 4000 * at * np.sin(2 * np.pi * 1900 * at)).astype(np.int16)


def coefficients(frame: np.ndarray, before: float) -> list[float]:
    """One frame's, straight from the formulas; `before` is the sample before it."""
    emphasised = [now - 0.97 * then for now, then in zip(frame, [before, *frame[:-1]], strict=True)]
    turns = np.exp(-2j * np.pi * np.outer(np.arange(257), np.arange(len(frame))) / 512)
    power = np.abs(turns @ np.asarray(emphasised)) ** 2 / 512
    top = 2595 * math.log10(1 + 8000 / 700)
    edges = [math.floor(513 * 700 * (10 ** (top * i / 27 / 2595) - 1) / 16_000) for i in range(28)]
    logs = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        up = sum(power[b] * (b - low) / (middle - low) for b in range(low, middle))
        logs.append(math.log(up + sum(power[b] * (high - b) / (high - middle) for b in range(middle, high))))
    found = [math.log(power.sum())]
    for k in range(1, 13):
        cosine = sum(value * math.cos(math.pi * k * (2 * j + 1) / 52) for j, value in enumerate(logs))
        found.append(cosine * math.sqrt(2 / 26) * (1 + 11 * math.sin(math.pi * k / 22)))
    return found


def test_each_frame_is_what_the_formulas_say() -> None:
    samples = tone(4000).astype(float)
    found = mfcc(samples)
    for frame in (1, 7, 20):
        start = 160 * frame
        assert found[frame] == pytest.approx(coefficients(samples[start : start + 400], samples[start - 1]), abs=1e-6)


def test_the_last_frame_is_filled_up_and_there_is_one_for_each_step() -> None:
    for samples, frames in ((399, 1), (400, 1), (401, 2), (560, 2), (561, 3), (16_000, 99)):
        assert mfcc(tone(samples)).shape == (frames, 13), samples
    cut, filled = tone(500), np.pad(tone(500), (0, 60))
    # The sample after the end is a zero that is not emphasised.
    assert mfcc(cut)[0] == pytest.approx(mfcc(filled)[0])
    assert abs(mfcc(cut)[1] - mfcc(filled)[1]).max() > 0.01


def test_silence_has_a_floor_and_no_infinity() -> None:
    found = mfcc(np.zeros(1600, np.int16))
    assert found[:, 0] == pytest.approx(np.full(len(found), math.log(np.finfo(float).eps)))
    assert found[:, 1:] == pytest.approx(np.zeros((len(found), 12)), abs=1e-9)


def test_figures_of_the_package_that_syncnet_was_taught_with() -> None:
    assert mfcc(tone(4000))[10] == pytest.approx(KNOWN, abs=1e-4)


KNOWN = [
    17.49851,
    15.08955,
    -0.32498,
    19.63287,
    20.18729,
    -23.06035,
    -33.34146,
    1.63423,
    -2.34062,
    -44.67952,
    -39.45321,
    -2.68762,
    -6.67845,
]
"""python_speech_features 0.6, `mfcc(tone(4000), 16000)[10]`."""
