"""Loudness and true peak by ITU-R BS.1770-4, of 48 kHz sound that comes in pieces. What to do about them is not here.

Both are kept per frame of 64 samples, so that what a changing gain would make of them is told without the sound.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dubbench.media import sound
from dubbench.media.gauge import PEAK_FLOOR, SILENCE_LUFS
from dubbench.types import Samples

RATE = 48_000
FRAME = 64

Readings = npt.NDArray[np.float32]

_FFT = 1 << 16
# The weighting's response has died to 1e-13 after this many samples (its slowest pole is at 38 Hz).
_TAIL = 8192
_HOP = _FFT - _TAIL
_OVERSAMPLING = 4
_BLOCK = round(0.4 * RATE) // FRAME
_STEP = round(0.1 * RATE) // FRAME
# Summed at once: a minute.
_STEPS = 600


class Loudness(NamedTuple):
    """Integrated loudness in LUFS, true peak in dBTP."""

    lufs: float
    dbtp: float


class Metered(NamedTuple):
    """Per frame: K-weighted energy (squares summed over samples and channels) and true peak (linear)."""

    energy: Readings
    peak: Readings
    samples: int

    @property
    def loudness(self) -> Loudness:
        return Loudness(integrated(self.energy, self.samples), decibels(float(self.peak.max(initial=0.0))))


def measure(path: Path) -> Loudness:
    """The loudness of a sound file as it would play in stereo (mono on both sides)."""
    return metered(sound.stream(path, sample_rate=RATE, channels=None)).loudness


def metered(pieces: Iterable[Samples], *, peaks: bool = True) -> Metered:
    """Read the meter over sound of shape (channels, n) at 48 kHz; one channel counts as two alike."""
    meter = Meter(peaks=peaks)
    for piece in pieces:
        meter.feed(piece)
    return meter.done()


class Meter:
    """A meter that is fed stereo (or mono, counted as two channels alike) and read at the end.

    Peaks are looked for in a thread of their own, while loudness is weighed and the next piece is made.
    """

    def __init__(self, *, peaks: bool = True) -> None:
        import soxr

        self._samples = 0
        self._held = np.zeros((2, _TAIL), np.float32)
        self._energy: list[Readings] = []
        self._over: Any = soxr.ResampleStream(RATE, _OVERSAMPLING * RATE, 2, "float32", "HQ") if peaks else None
        self._left = np.zeros((0, 2), np.float32)
        self._peak: list[Readings] = []
        self._aside = ThreadPoolExecutor(1) if peaks else None
        self._rising: Future[None] | None = None

    def feed(self, piece: Samples) -> None:
        stereo = np.broadcast_to(piece, (2, piece.shape[1]))
        self._samples += piece.shape[1]
        if self._aside is not None:
            # One piece at a time, or a slow meter would hold all of a long film.
            self._risen()
            self._rising = self._aside.submit(self._oversample, np.ascontiguousarray(stereo.T))
        self._weigh(stereo)

    def done(self) -> Metered:
        """The readings of everything fed; the last frame may be a part."""
        frames = -(-self._samples // FRAME)
        rest = self._held.shape[1] - _TAIL
        if rest > 0:
            self._weigh(np.zeros((2, _HOP - rest), np.float32))
        if self._aside is not None:
            self._risen()
            self._aside.shutdown()
            self._oversample(np.zeros((0, 2), np.float32), last=True)
            self._rise(np.zeros((-len(self._left) % (_OVERSAMPLING * FRAME), 2), np.float32))
        return Metered(_joined(self._energy, frames), _joined(self._peak, frames), self._samples)

    def _weigh(self, stereo: Samples) -> None:
        """Weigh by overlap-save: each transform sees the response's whole tail before the part it answers for."""
        from scipy import fft  # Two to three times as quick as numpy's, in 32 bits.

        self._held = np.concatenate([self._held, stereo], axis=1)
        while self._held.shape[1] >= _FFT:
            bands = fft.rfft(self._held[:, :_FFT])
            bands *= _weighting()
            heard = fft.irfft(bands, overwrite_x=True)[:, _TAIL:]
            power = np.square(heard[0]) + np.square(heard[1])
            self._energy.append(power.reshape(-1, FRAME).sum(axis=1))
            self._held = self._held[:, _HOP:]

    def _risen(self) -> None:
        if self._rising is not None:
            self._rising.result()

    def _oversample(self, samples: Samples, *, last: bool = False) -> None:
        self._rise(self._over.resample_chunk(samples, last=last))

    def _rise(self, oversampled: Samples) -> None:
        loud = np.concatenate([self._left, oversampled])
        np.abs(loud, out=loud)
        whole = len(loud) - len(loud) % (_OVERSAMPLING * FRAME)
        self._peak.append(loud[:whole].reshape(-1, 2 * _OVERSAMPLING * FRAME).max(axis=1))
        self._left = loud[whole:]


def _joined(parts: list[Readings], frames: int) -> Readings:
    whole = np.concatenate([np.zeros(0, np.float32), *parts])[:frames]
    return np.pad(whole, (0, frames - len(whole)))


@cache
def _weighting() -> npt.NDArray[np.complex64]:
    """The K weighting at the transform's frequencies: BS.1770-4, tables 1 and 2 (biquads for 48 kHz)."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(_FFT))
    powers = np.stack([np.ones_like(z), z, z * z])
    shelf = np.array([1.53512485958697, -2.69169618940638, 1.19839281085285]) @ powers
    shelf /= np.array([1.0, -1.69065929318241, 0.73248077421585]) @ powers
    high_pass = np.array([1.0, -2.0, 1.0]) @ powers / (np.array([1.0, -1.99004745483398, 0.99007225036621]) @ powers)
    return np.asarray(shelf * high_pass, np.complex64)


def integrated(energy: npt.NDArray[Any], samples: int) -> float:
    """Gated loudness in LUFS (BS.1770-4, section 5) of frames; less than one block of 0.4 s is taken as one block."""
    if len(energy) <= _BLOCK:
        power = np.cumsum(energy, dtype=np.float64)[-1:] / max(samples, 1)
    else:
        sums, steps = _sums(energy), _BLOCK // _STEP
        power = (sums[steps:] - sums[:-steps]) / (_BLOCK * FRAME)
    power = power[power > _power(SILENCE_LUFS)]
    if not len(power):
        return SILENCE_LUFS
    return _lufs(float(power[power > power.mean() * 10**-1.0].mean()))


def _sums(energy: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The energy up to each whole step. Piece by piece: of two hours at once it would take 80 MB."""
    before, parts = 0.0, [np.zeros(1)]
    for at in range(0, len(energy), _STEPS * _STEP):
        part = energy[at : at + _STEPS * _STEP].astype(np.float64)
        part[0] += before
        np.cumsum(part, out=part)
        before = part[-1]
        parts.append(part[_STEP - 1 :: _STEP])
    return np.concatenate(parts)


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def decibels(amplitude: float) -> float:
    """20 log10, down to PEAK_FLOOR."""
    return max(PEAK_FLOOR, 20 * float(np.log10(amplitude))) if amplitude > 0 else PEAK_FLOOR


def amplitude(db: float) -> float:
    return float(10 ** (db / 20))
