"""How a dub is said, against how its original was: pitch, loudness and pace of lines, and the pauses in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dubbench.errors import BadInput
from dubbench.metrics.score import Counts, metric, ratio
from dubbench.types import Seconds

PAUSE: Seconds = 0.1
"""Shorter silences are closures of consonants: as in stopes' prosody comparison (Meta 2023)."""


def correlation(counts: Counts) -> float:
    """Pearson's r from sums; NaN below three pairs or where one side never changes."""
    n = counts.get("n", 0)
    if n < 3:
        return math.nan
    across = counts["xy"] - counts["x"] * counts["y"] / n
    spread = (counts["xx"] - counts["x"] ** 2 / n) * (counts["yy"] - counts["y"] ** 2 / n)
    return across / math.sqrt(spread) if spread > 1e-12 else math.nan


@metric("pitch-correlation", unit="r", better="higher", value=correlation)
def pitch_correlation(source_hz: Sequence[float], dub_hz: Sequence[float]) -> Counts:
    """Pearson correlation of how high lines are in source and dub, in semitones; higher is better.

    One pair of medians (Hz) a line, all of one speaker: two speakers would correlate by being two. NaN below three.
    """
    return _moments(*([12 * math.log2(hz) for hz in each] for each in (source_hz, dub_hz)))


@metric("energy-correlation", unit="r", better="higher", value=correlation)
def energy_correlation(source_db: Sequence[float], dub_db: Sequence[float]) -> Counts:
    """Pearson correlation of how loud lines are in source and dub, in decibels; higher is better. NaN below three."""
    return _moments(source_db, dub_db)


@metric("rate-correlation", unit="rho", better="higher", value=correlation)
def rate_correlation(source: Sequence[float], dub: Sequence[float]) -> Counts:
    """Spearman correlation of how fast lines are spoken (syllables or letters a second); higher is better.

    Over the lines of one film; of several films that of their ranks, each line's in its own film. NaN below three.
    """
    from scipy.stats import rankdata

    return _moments(*((rankdata(each) - (len(each) + 1) / 2) / max(1, len(each)) for each in (source, dub)))


def _moments(first: Sequence[float], second: Sequence[float]) -> Counts:
    if len(first) != len(second):
        raise BadInput(f"{len(first)} lines of the source and {len(second)} of the dub are no pairs")
    x, y = np.asarray(first, np.float64), np.asarray(second, np.float64)
    sums = {"x": x.sum(), "y": y.sum(), "xx": x @ x, "yy": y @ y, "xy": x @ y}
    return {"n": len(x), **{name: float(found) for name, found in sums.items()}}


@metric("pause-score", unit="share", better="higher", value=ratio("kept", "paused"))
def pause_score(source: Sequence[Seconds], dub: Sequence[Seconds]) -> Counts:
    """How much of the pauses inside a line is there in the other, too, in order; higher is better.

    The shorter of each two over the longer, sums of both; a pause without another is lost. NaN where neither pauses.
    Lengths in seconds; those of 0.1 s and more count.
    """
    kept = [[length for length in lengths if length >= PAUSE] for lengths in (source, dub)]
    pairs = [(*each, *[0.0] * (max(map(len, kept)) - len(each))) for each in kept]
    return {
        "kept": sum(min(a, b) for a, b in zip(*pairs, strict=True)),
        "paused": sum(max(a, b) for a, b in zip(*pairs, strict=True)),
    }


__all__ = ["energy_correlation", "pause_score", "pitch_correlation", "rate_correlation"]
