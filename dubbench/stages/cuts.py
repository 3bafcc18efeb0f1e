"""Where long sound is cut, between words, into pieces that are worked on one by one. What is done is a room's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dubbench.types import Samples, Seconds, Sound

LEEWAY: Seconds = 8.0
"""How far from an even share a cut may be, to find a rest."""
QUIET: Seconds = 0.4
"""How long a cut's surroundings are quiet."""
HOPS = 50
"""Levels a second."""
_BLOCK = 60 * HOPS
"""Levels that are measured at once, a minute's: a film's length costs no memory."""

Span = tuple[int, int]


def spans(sound: Sound, seconds: Seconds) -> list[Span]:
    """(first sample, last not included) of pieces of about `seconds` that cover a mono `sound`, cut where it is quiet.

    sound    ==word==word=====word==  ==word==word===word=  ==word==
    pieces   |---------------------------||------------------||----|
    """
    edges = [0, *quiet_cuts(sound, seconds), sound.samples.shape[1]]
    return list(pairwise(edges))


def quiet_cuts(sound: Sound, seconds: Seconds) -> list[int]:
    """Samples between pieces of about `seconds`: the middle of the quietest 0.4 s near each even share.

    A piece lasts half as much again at most, and the leeway.
    """
    length, rate = sound.samples.shape[1], sound.sample_rate
    count = max(1, round(length / rate / seconds))
    hop, leeway = rate // HOPS, round(min(LEEWAY, seconds / 4) * HOPS)
    if count == 1:
        return []
    span = max(1, round(QUIET * HOPS))
    level = np.convolve(_energy(sound.samples[0], hop), np.full(span, 1 / span, np.float32), "same")
    cuts = []
    for i in range(1, count):
        near = round(i * len(level) / count)
        low = max(0, near - leeway)
        cuts.append((low + int(level[low : near + leeway].argmin())) * hop)
    return cuts


def _energy(samples: Samples, hop: int) -> npt.NDArray[np.float32]:
    """The mean square of every `hop` samples, the last incomplete one left out."""
    whole = samples[: len(samples) // hop * hop]
    blocks = (whole[at : at + _BLOCK * hop] for at in range(0, len(whole), _BLOCK * hop))
    return np.concatenate([np.square(b, dtype=np.float32).reshape(-1, hop).mean(axis=1) for b in blocks])
