"""The room's own tone, evened where a separator wore it down: noise like the original's pauses. No files here.

    original     ~~~~ words ~~~~ words ~~~~      ~ is what the room sounds like when nobody speaks
    background   ~~~~       ~          ~~~~      a separator takes the room out together with the words
    tone             ~~~~~~~ ~~~~~~~~~~          only as much as is missing, band by band, at every moment
    excess       what of the words it left behind stands out of steady noise, and is taken away

A floor is learnt from the background's own sound in those moments in which the separator hears least speech, so nothing
of the words is in it; there it lets the room pass, while under words it takes 7 to 50 dB of it away (Spleeter on five
recordings, 200 Hz to 4 kHz). Sound that is no steady noise has no floor and is left alone: held notes, and music and
birdsong that come and go. Mid and side are worked on instead of left and right: what was mono stays mono, what was wide
stays wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.spectrum import hann
from dubbench.types import Samples

SIZE, HOP = 2048, 1024
"""Samples of a frame, and from one to the next: 43 and 21 ms at 48 kHz."""

Powers: TypeAlias = npt.NDArray[np.float32]
"""Squared magnitudes of Hann-windowed frames, mid and side: (frames, 2, SIZE // 2 + 1)."""

Floor: TypeAlias = npt.NDArray[np.float32]
"""The power of room tone: at least so much, and at most so much at a moment, of mid and side: (2, 2, SIZE // 2 + 1)."""

PAUSES = 0.1
"""The share of frames that is taken for pauses: fewer are too often the noise's own faint moments (with 5 % the bed
under a speech at a podium lay 2.3 dB lower than its pauses, with 10 % 0.3 dB)."""

_SPEECH_BAND = (200.0, 8000.0)
_NEAR_BINS = 9
# Noise differs from frame to frame by 1 in `_noisiness`, held notes by 0 to 0.2, so that between is decided here.
_NOTES, _NOISE = 0.4, 0.7
_WIDE_BINS = 27
# The upper quartile of a band's power over its lower one, between pauses: 1.4 in rain and 1.4 to 1.9 on a telephone,
# 2.3 to 77 in three pieces of music, birdsong and a train, whose lost moments no noise stands in for. They overlap:
# a drone has 1.5 to 2.5, one band of a speech at a podium 4.1. Chosen on such beds, taken apart by Spleeter.
_STEADY, _RESTLESS = 1.8, 3.0
_WHOLE = 2 / 3
# Noise in a bin is stronger than three times its mean 5 % of the time (exponentially distributed).
_MOST = 3.0
# The limit rises steeply where a band is not surely steady noise: birdsong must not be cut down to its pauses.
_DOUBT = 16
_NO_LIMIT = np.float32(1e9)
_SEED = 7


def powers(samples: Samples, hop: int = SIZE) -> Powers:
    """Of stereo samples (n, 2): every whole frame, `hop` apart; what is shorter than one has none."""
    from scipy import fft

    if len(samples) < SIZE:
        return np.zeros((0, 2, SIZE // 2 + 1), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(_mid_and_side(samples), SIZE, axis=-1)[:, ::hop] * hann(SIZE)
    spectra = fft.rfft(frames, axis=-1).swapaxes(0, 1)
    return np.asarray(np.square(spectra.real) + np.square(spectra.imag), np.float32)


def _mid_and_side(samples: Samples) -> Samples:
    """Mid and side (2, n) of left and right (n, 2)."""
    left, right = samples[:, 0], samples[:, 1]
    # Not by `mean`, which takes twenty times as long over two.
    return np.stack([(left + right) / 2, (left - right) / 2])


def loudness(power: Powers, rate: int) -> npt.NDArray[np.float32]:
    """How much of each frame lies where speech does, 200 Hz to 8 kHz."""
    low, high = (round(hertz * SIZE / rate) for hertz in _SPEECH_BAND)
    return np.asarray(power[..., low : max(high, low + 1)].sum(axis=(1, 2)), np.float32)


def learnt(background: Powers, speech: Sequence[float] | npt.NDArray[np.float32]) -> Floor:
    """The floor of a stretch, from its background and how loud the speech in each frame is; none of no frames."""
    count = round(len(background) * PAUSES)
    if count < 2:
        none = np.zeros((2, SIZE // 2 + 1), np.float32)
        return np.stack([none, none + _NO_LIMIT])
    rests = background[np.sort(np.argsort(speech, kind="stable")[:count])]
    noisy = np.clip((_noisiness(rests) - _NOTES) / (_NOISE - _NOTES), 0.0, 1.0)
    steady = np.clip((_RESTLESS - _restlessness(rests)) / (_RESTLESS - _STEADY), 0.0, 1.0)
    sure = noisy * steady
    most = np.where(sure > 0, _MOST * _usual(rests) / np.maximum(sure, 0.1) ** _DOUBT, _NO_LIMIT)
    return np.asarray([_usual(rests) * sure, np.minimum(most, _NO_LIMIT)], np.float32)


def _usual(rests: Powers) -> Floor:
    """The mean power of noise, told by its median: a few frames in which something else sounds do not raise it.

    The power of noise in a bin is exponentially distributed, so its median is ln 2 of its mean.
    """
    return np.asarray(np.median(rests, axis=0) / np.log(2), np.float32)


def _noisiness(rests: Powers) -> Floor:
    """How much each band's power changes from frame to frame: 1 on average for noise, 0 for a held note.

    The power of noise in a bin is exponentially distributed and new in every frame: the mean square of a difference is
    2 m², that of the power itself too. (Frames are SIZE apart here, so they share nothing.)
    """
    squares = np.square(rests)
    change = _smooth(np.square(np.diff(rests, axis=0)).mean(axis=0))
    whole = _smooth((squares[1:] + squares[:-1]).mean(axis=0))
    return np.divide(2 * change, whole, out=np.zeros_like(whole), where=whole > 0)


def _restlessness(rests: Powers) -> Floor:
    """How far the upper quartile of each band's power lies above its lower one, a ratio: near 1 for steady noise.

    Of bins set to one level first, or the loudest of a sloping band would decide alone.
    """
    usual = _usual(rests)
    level = np.divide(rests, usual, out=np.zeros_like(rests), where=usual > 0)
    low, high = np.percentile(_smooth(level, _WIDE_BINS), (25, 75), axis=0)
    with np.errstate(over="ignore"):  # A quartile may be next to nothing.
        return np.asarray(np.divide(high, low, out=np.full_like(high, np.inf), where=low > 0), np.float32)


def _smooth(power: npt.NDArray[np.float32], bins: int = _NEAR_BINS) -> npt.NDArray[np.float32]:
    """The mean over neighbouring bins, 200 Hz at 48 kHz: one frame's bins alone say little about noise."""
    from scipy.ndimage import uniform_filter1d

    return np.asarray(uniform_filter1d(power, bins, axis=-1, mode="reflect"))


class Evener:
    """Makes what is to be added, block by block; each begins with the end of the frame that the block before began."""

    def __init__(self) -> None:
        self._tail = np.zeros((2, HOP), np.float32)

    def block(self, number: int, background: Samples, wanted: npt.NDArray[np.bool_], floor: Floor) -> Samples:
        """What (n + HOP, 2) samples of background lack or have too much, of which the last HOP are the next block's.

        (n, 2), to be added. `wanted` (n / HOP frames, n being whole hops) says which frames are made; the same number
        gives the same noise.
        """
        made = np.zeros((2, (len(wanted) + 1) * HOP), np.float32)
        made[:, :HOP] = self._tail
        if wanted.any() and floor.any():
            rng = np.random.default_rng((_SEED, number))
            power = powers(background, HOP)[wanted]
            frames = _noise(missing(power, floor[0]), rng)
            if (floor[1] < _NO_LIMIT).any():
                frames -= _excess(background, wanted, 1 - np.sqrt(np.minimum(1, floor[1] / np.maximum(power, 1e-20))))
            for at, frame in zip(np.flatnonzero(wanted) * HOP, frames, strict=True):
                made[:, at : at + SIZE] += frame
        self._tail = made[:, -HOP:]
        return made[:, :-HOP].T


def missing(power: Powers, floor: Floor) -> Powers:
    """What frames of background lack to be as loud as the floor in every band, to within 1.8 dB.

    Noise is by chance fainter in one frame than in another, which must not be taken for a loss: a band that kept two
    thirds lacks nothing, and a room that was kept whole gets 0.6 dB louder (pink noise).
    """
    least = _smooth(floor)
    kept = np.divide(_smooth(power), least, out=np.ones_like(power), where=least > 0)
    return np.asarray(floor * np.clip(1 - kept / _WHOLE, 0.0, 1.0), np.float32)


def _noise(power: Powers, rng: np.random.Generator) -> Samples:
    """Noise of such power, (frames, 2, SIZE), under sine windows whose squares add up to one at distance HOP."""
    from scipy import fft

    parts = rng.standard_normal((2, *power.shape), np.float32)
    # A Hann window passes 3/8 of the power of noise, and half of it goes to either part.
    parts *= np.sqrt(power * np.float32(8 / 3 / 2))
    spectra = parts[0] + 1j * parts[1]
    return _sided(fft.irfft(spectra, axis=-1))


def _excess(background: Samples, wanted: npt.NDArray[np.bool_], share: Powers) -> Samples:
    """The `share` of each bin of frames of background, (frames, 2, SIZE), under the same windows."""
    from scipy import fft

    frames = np.lib.stride_tricks.sliding_window_view(_mid_and_side(background), SIZE, axis=-1)[:, ::HOP][:, wanted]
    spectra = fft.rfft(frames * np.sqrt(hann(SIZE)), axis=-1).swapaxes(0, 1)
    return _sided(fft.irfft(spectra * share, axis=-1))


def _sided(frames: Samples) -> Samples:
    """Left and right of frames of mid and side (frames, 2, SIZE), under sine windows."""
    mid, side = np.moveaxis(frames * np.sqrt(hann(SIZE)), 1, 0)
    return np.stack([mid + side, mid - side], axis=1)
