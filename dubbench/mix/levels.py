"""How much louder or quieter than the others a line shall be, as its original was. Arithmetic on readings, no sound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dubbench.media import SILENCE_LUFS
from dubbench.types import Seconds

FARTHEST_LU = 3.0
"""A shout stays louder and a whisper quieter, but neither so far that the listener reaches for the volume."""


class Spoken(NamedTuple):
    """A line of the original: whose, how loud (LUFS), how long."""

    speaker: str
    lufs: float
    seconds: Seconds


def raised(lines: Sequence[Spoken]) -> list[float]:
    """What to add to each line's level, in LU, so that it differs from its speaker's others as the original's did.

    Every speaker's lines together keep the level they had: all speakers stay equally loud.
    """
    apart = {
        speaker: _apart([line for line in lines if line.speaker == speaker]) for speaker in {x.speaker for x in lines}
    }
    return [apart[line.speaker].pop(0) for line in lines]


def _apart(lines: Sequence[Spoken]) -> list[float]:
    """The same for the lines of one speaker; those that were silent stay in the middle."""
    heard = [line.lufs for line in lines if line.lufs > SILENCE_LUFS]
    middle = float(np.median(heard)) if heard else SILENCE_LUFS
    off = [_limited(line.lufs - middle) if line.lufs > SILENCE_LUFS else 0.0 for line in lines]
    seconds = [max(line.seconds, 1e-3) for line in lines]
    power = sum(t * 10 ** (x / 10) for t, x in zip(seconds, off, strict=True)) / sum(seconds)
    return [_limited(x - 10 * math.log10(power)) for x in off]


def _limited(lu: float) -> float:
    return min(max(lu, -FARTHEST_LU), FARTHEST_LU)
