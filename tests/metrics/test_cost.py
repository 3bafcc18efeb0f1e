"""Time and money: ratios of sums, and quantiles from counts that add."""

from __future__ import annotations

import numpy as np
import pytest

from dubbench import metrics
from dubbench.errors import BadInput


def test_quantiles_of_added_counts_are_those_of_all_values_to_a_hundredth() -> None:
    seconds = np.random.default_rng(4).lognormal(0.0, 1.0, 2000)
    for metric, share in ((metrics.latency_p50, 0.5), (metrics.latency_p95, 0.95)):
        found = metric.total(metric(value) for value in seconds).value
        assert found == pytest.approx(np.quantile(seconds, share, method="inverted_cdf"), rel=0.011)


def test_work_by_the_second_and_money_by_the_minute() -> None:
    assert (metrics.rtf(3.0, 10.0) + metrics.rtf(9.0, 20.0)).value == pytest.approx(0.4)
    assert metrics.money(1800.0, 600.0, price_an_hour=2.0).value == pytest.approx(0.1)
    with pytest.raises(BadInput, match="needs some sound"):
        metrics.rtf(1.0, 0.0)
    with pytest.raises(BadInput, match="ready after 0 s"):
        metrics.latency_p50(0.0)
