"""What a dub costs: time, and money at stated prices. Memory is no metric: it does not add; runs state their peak."""

from __future__ import annotations

import math

from dubbench.errors import BadInput
from dubbench.metrics.score import Counts, Value, metric, ratio
from dubbench.types import Seconds

FINE = 0.02
"""Latencies are counted in classes so much apart, which is how exact their quantiles are."""


@metric("rtf", unit="seconds a second", better="lower", value=ratio("seconds", "sound"))
def rtf(seconds: Seconds, sound: Seconds) -> Counts:
    """Real-time factor: seconds of work for a second of sound; lower is better."""
    if sound <= 0:
        raise BadInput(f"a real-time factor needs some sound, not {sound:g} s")
    return {"seconds": seconds, "sound": sound}


def quantile(share: float) -> Value:
    """The value below which so large a share of what was counted by class lies."""

    def value(counts: Counts) -> float:
        classes = sorted((int(name), count) for name, count in counts.items())
        wanted, passed = share * sum(counts.values()), 0.0
        for place, count in classes:
            passed += count
            if passed >= wanted:
                return math.exp((place + 0.5) * FINE)
        return math.nan

    return value


def _latency(seconds: Seconds) -> Counts:
    if seconds <= 0:
        raise BadInput(f"nothing is ready after {seconds:g} s")
    return {str(math.floor(math.log(seconds) / FINE)): 1}


@metric("latency-p50", unit="s", better="lower", value=quantile(0.5))
def latency_p50(seconds: Seconds) -> Counts:
    """Median time until one item is ready, to a hundredth of it; lower is better."""
    return _latency(seconds)


@metric("latency-p95", unit="s", better="lower", value=quantile(0.95))
def latency_p95(seconds: Seconds) -> Counts:
    """Time within which 95 of 100 items are ready, to a hundredth of it; lower is better."""
    return _latency(seconds)


@metric("money", unit="a minute of film", better="lower", value=ratio("money", "film", times=60))
def money(seconds: Seconds, film: Seconds, *, price_an_hour: float) -> Counts:
    """What a minute of film costs on a machine of so much an hour, in that price's currency; lower is better."""
    return {"money": seconds * price_an_hour / 3600, "film": film}


__all__ = ["latency_p50", "latency_p95", "money", "rtf"]
