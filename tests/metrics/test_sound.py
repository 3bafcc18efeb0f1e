"""Separated and mixed sound: the measures of the papers, on signals whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from dubbench import metrics
from dubbench.errors import BadInput
from dubbench.types import Sound

RATE = 16_000


def noise(seed: int, seconds: float = 2.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((2, round(seconds * RATE))).astype(np.float32) * 0.1


@pytest.mark.parametrize("decibels", [-5.0, 0.0, 20.0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_noise_at_a_level_is_told_at_that_level_whatever_the_scale(decibels: float, scale: float) -> None:
    signal, other = noise(1), noise(2)
    other = other - signal * np.sum(other * signal) / np.sum(signal**2)
    other *= np.sqrt(np.sum(signal**2) / np.sum(other**2) / 10 ** (decibels / 10))
    found = metrics.si_sdr(Sound(signal, RATE), Sound(scale * (signal + other), RATE)).value
    assert found == pytest.approx(decibels, abs=0.05)


def test_what_is_the_same_scores_the_ceiling_and_what_is_nothing_the_floor() -> None:
    signal = Sound(noise(1), RATE)
    assert metrics.si_sdr(signal, signal).value > 90
    assert metrics.si_sdr(signal, Sound(np.zeros_like(signal.samples), RATE)).value == -100


def test_sounds_that_are_not_alike_are_refused_by_what_differs() -> None:
    signal = Sound(noise(1), RATE)
    with pytest.raises(BadInput, match="at 16000 Hz and 2 channels of 32000 samples at 8000 Hz"):
        metrics.si_sdr(signal, Sound(noise(1), 8_000))
    with pytest.raises(BadInput, match="32000 samples at 16000 Hz and 2 channels of 16000"):
        metrics.si_sdr(signal, Sound(noise(1, 1.0), RATE))
    with pytest.raises(BadInput, match="the reference is silent"):
        metrics.si_sdr(Sound(np.zeros((1, 100), np.float32), RATE), Sound(np.ones((1, 100), np.float32), RATE))


def test_loudness_and_peaks() -> None:
    total = metrics.loudness_error(-16.5) + metrics.loudness_error(-15.0)
    assert total.value == pytest.approx(0.75)
    assert metrics.loudness_error(float("-inf")).value == 100
    assert (metrics.clear_peak(-1.0) + metrics.clear_peak(-0.5)).value == 0.5
