"""What a speaking model gives, and how silence is put between parts of it. Which parts, how long: decided before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from dubbench.types import Phoneme, Samples, Seconds, Sound

NEAR: Seconds = 0.08
"""How far from the border of two phonemes a reading may be cut: their times are known to about that."""
QUIET: Seconds = 0.02
"""The window whose energy tells where it is quietest."""
FADE: Seconds = 0.015
"""Sound fades to nothing and back at a cut. Longer than at a line's edges, for a vowel may be cut through."""


@dataclass(frozen=True)
class Spoken:
    """What a speaking model gives: sound without silence at its edges, and phonemes with times where it knows them."""

    sound: Sound
    phonemes: tuple[Phoneme, ...] = ()


def joined(parts: Sequence[Spoken], silences: Sequence[Seconds]) -> Spoken:
    """One sound of several of one sample rate, each followed by so many seconds of digital silence.

    part 1  |~~~~~~~~|              phonemes of part 2 move by what lies before them, silence included
    silence          |.....|
    part 2                 |~~~~~|
    """
    rate = parts[0].sound.sample_rate
    pieces: list[Samples] = []
    phonemes: list[Phoneme] = []
    for spoken, rest in zip(parts, silences, strict=True):
        at = sum(piece.shape[1] for piece in pieces) / rate
        phonemes += [p.but(start=p.start + at, end=p.end + at) for p in spoken.phonemes]
        samples = spoken.sound.samples
        pieces += [samples, np.zeros((samples.shape[0], round(rest * rate)), np.float32)]
    return Spoken(Sound(np.concatenate(pieces, axis=1), rate), tuple(phonemes))


def parted(spoken: Spoken, counts: Sequence[int], silences: Sequence[Seconds]) -> Spoken:
    """One reading with silence after its parts of `counts` phonemes: cut where it is quietest near their border.

    whole   |~~~~~~~~,~~~~~|             the voice goes on at the comma as readers do
    parted  |~~~~~~~~.....,~~~~~|        and goes on, having rested
    """
    cuts = [0, *(_quietest(spoken, n) for n in list(accumulate(counts))[:-1]), spoken.sound.samples.shape[1]]
    rate, edges = spoken.sound.sample_rate, list(pairwise([0, *accumulate(counts)]))
    parts = []
    for i, (first, last) in enumerate(pairwise(cuts)):
        samples = _faded(spoken.sound.samples[:, first:last], rate, begins=i > 0, ends=i < len(counts) - 1)
        phonemes = (_within(p, first / rate, last / rate) for p in spoken.phonemes[slice(*edges[i])])
        parts.append(Spoken(Sound(samples, rate), tuple(phonemes)))
    return joined(parts, silences)


def _quietest(spoken: Spoken, count: int) -> int:
    """The sample around which it is quietest, near the border after the first `count` phonemes."""
    rate, mono = spoken.sound.sample_rate, spoken.sound.mono
    before, after = spoken.phonemes[count - 1], spoken.phonemes[count]
    first = max(round((before.end - NEAR) * rate), round((before.start + before.end) / 2 * rate))
    last = min(round((after.start + NEAR) * rate), round((after.start + after.end) / 2 * rate))
    size = round(QUIET * rate)
    power = np.convolve(mono * mono, np.ones(size, np.float32), "same")[first : max(last, first + 1)]
    return first + int(np.argmin(power))


def _faded(samples: Samples, rate: int, *, begins: bool, ends: bool) -> Samples:
    """The samples with a fade where they were cut."""
    faded = samples.copy()
    size = min(round(FADE * rate), samples.shape[1])
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    if begins:
        faded[:, :size] *= ramp
    if ends:
        faded[:, samples.shape[1] - size :] *= ramp[::-1]
    return faded


def _within(phoneme: Phoneme, start: Seconds, end: Seconds) -> Phoneme:
    """The phoneme on the clock of the part from `start` to `end`, not reaching beyond it."""
    return phoneme.but(start=min(max(phoneme.start, start), end) - start, end=min(max(phoneme.end, start), end) - start)


__all__ = ["Spoken", "joined", "parted"]
