"""Correlations from sums are those of scipy; pauses are found again in order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dubbench import metrics
from dubbench.errors import BadInput


def test_correlations_are_those_of_scipy() -> None:
    random = np.random.default_rng(1)
    x = random.uniform(80, 300, 40)
    y = x * random.uniform(0.7, 1.4, 40)
    pitch = metrics.pitch_correlation(x, y).value
    assert pitch == pytest.approx(stats.pearsonr(np.log2(x), np.log2(y)).statistic)
    assert metrics.energy_correlation(x, y).value == pytest.approx(stats.pearsonr(x, y).statistic)
    assert metrics.rate_correlation(x, y).value == pytest.approx(stats.spearmanr(x, y).statistic)


def test_two_halves_added_are_the_whole() -> None:
    random = np.random.default_rng(2)
    x, y = random.uniform(80, 300, (2, 30))
    halves = metrics.pitch_correlation(x[:11], y[:11]) + metrics.pitch_correlation(x[11:], y[11:])
    assert halves.value == pytest.approx(metrics.pitch_correlation(x, y).value)


def test_without_three_lines_or_any_change_there_is_none() -> None:
    assert math.isnan(metrics.pitch_correlation([100, 200], [100, 200]).value)
    assert math.isnan(metrics.energy_correlation([1, 2, 3], [5, 5, 5]).value)
    with pytest.raises(BadInput, match="2 lines of the source and 1"):
        metrics.energy_correlation([1, 2], [1])


def test_pauses_are_kept_by_their_length() -> None:
    assert metrics.pause_score([0.5, 0.3], [0.25, 0.3]).value == pytest.approx(0.55 / 0.8)
    assert metrics.pause_score([0.5], [0.5, 0.5]).value == pytest.approx(0.5)
    assert metrics.pause_score([0.5, 0.05], [0.5]).value == 1
    assert math.isnan(metrics.pause_score([], [0.05]).value)
