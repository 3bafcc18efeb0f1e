"""Short-time Fourier transform and its inverse on numpy, as torch and librosa define them (centred, Hann). No models.

Frame t is centred on sample t * hop; the edges see the sound reflected, so n samples make 1 + n // hop frames.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.types import Samples

Spectrum: TypeAlias = npt.NDArray[np.complex64]
"""Complex amplitudes of shape (..., frames, bins)."""


@cache
def hann(size: int) -> Samples:
    """The periodic Hann window: sin²(pi k / size)."""
    return (np.sin(np.pi * np.arange(size) / size) ** 2).astype(np.float32)


def stft(samples: Samples, *, size: int, hop: int) -> Spectrum:
    """The spectrum of `samples` (..., n): (..., 1 + n // hop, size // 2 + 1)."""
    from scipy import fft

    edges = [(0, 0)] * (samples.ndim - 1) + [(size // 2, size // 2)]
    # numpy reflects over and over where the sound is shorter than the edge; one sample cannot be reflected.
    padded = np.pad(samples, edges, mode="reflect" if samples.shape[-1] > 1 else "edge")
    frames = np.lib.stride_tricks.sliding_window_view(padded, size, axis=-1)[..., ::hop, :]
    spectrum: Spectrum = fft.rfft(frames * hann(size), axis=-1)
    return spectrum


def istft(spectrum: Spectrum, *, size: int, hop: int, length: int) -> Samples:
    """The `length` samples whose spectrum is nearest to `spectrum` (Griffin and Lim 1984, equation 6).

    Fewer bins than size // 2 + 1 mean that the upper ones are zero.
    """
    from scipy import fft

    frames = fft.irfft(spectrum, n=size, axis=-1) * hann(size)
    count = spectrum.shape[-2]
    total = _overlapped(frames, hop)
    weight = _overlapped(np.broadcast_to(hann(size) ** 2, (count, size)), hop)
    # Where the last window has all but faded out there is nothing to divide by.
    sound = np.where(weight > 1e-8, total / np.maximum(weight, 1e-8), 0.0)[..., size // 2 : size // 2 + length]
    missing = length - sound.shape[-1]
    return np.pad(sound, [(0, 0)] * (sound.ndim - 1) + [(0, missing)]).astype(np.float32)


def _overlapped(frames: npt.NDArray[Any], hop: int) -> npt.NDArray[Any]:
    """Frames (..., count, size) added up at distance `hop`: (..., n), at least (count - 1) * hop + size samples.

    Frames `step` apart do not touch, so each such group is laid down in one go.
    """
    count, size = frames.shape[-2:]
    step = -(-size // hop)
    groups = -(-count // step)
    total = np.zeros((*frames.shape[:-2], (groups + 1) * step * hop), frames.dtype)
    for first in range(min(step, count)):
        group = frames[..., first::step, :]
        lane = np.zeros((*group.shape[:-1], step * hop), frames.dtype)
        lane[..., :size] = group
        flat = lane.reshape(*group.shape[:-2], -1)
        total[..., first * hop : first * hop + flat.shape[-1]] += flat
    return total
