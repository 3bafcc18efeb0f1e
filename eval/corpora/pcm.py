"""Sound in whole numbers: cut, made louder, brought to another rate, the same bytes on every machine.

Samples are int64 arrays of one channel that hold 16-bit values. Nothing is rounded but by the rules written here.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import soundfile

from dubbench.errors import BadInput

Pcm: TypeAlias = npt.NDArray[np.int64]
TELEPHONE = 8_000
"""Hertz of the exchange's sounds."""
MOST = 32_767
FRAME_MS = 10
QUIET = 10_000
"""A frame is silent where its power is below that of the loudest by this factor: 40 dB."""
TAPS = (20802, -6774, 3878, -2579, 1822, -1319, 961, -695, 496, -346, 234, -152, 93, -53, 27, -11)
"""Half of a half-band filter by 2**15, from its middle: sinc under a Kaiser window (beta 6.5), -0.01 dB at 7/8 of the
band, -58 dB at 9/8 of it. The other half is the same, both halves together sum to 2**15."""


def read(content: bytes) -> tuple[Pcm, int]:
    """Samples and rate of a WAV file. Raises BadInput for what is not one channel of 16 bits."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            kind, rate, frames = (file.getnchannels(), file.getsampwidth()), file.getframerate(), file.readframes(-1)
    except (wave.Error, EOFError) as error:
        raise BadInput(f"this is no WAV file ({error}); corpora are made of WAV files") from None
    if kind != (1, 2):
        raise BadInput(f"a WAV file has {kind[0]} channels of {8 * kind[1]} bits; corpora are made of one of 16 bits")
    return np.frombuffer(frames, "<i2").astype(np.int64), rate


def gsm(content: bytes) -> Pcm:
    """Samples of bare GSM 06.10 at 8 kHz, whose decoder is defined bit by bit."""
    samples, _ = soundfile.read(
        io.BytesIO(content), format="RAW", subtype="GSM610", channels=1, samplerate=TELEPHONE, dtype="int16"
    )
    return np.asarray(samples, np.int64)


def wav(samples: Pcm, rate: int) -> bytes:
    """The samples as a WAV file. Raises BadInput where they do not go into 16 bits."""
    if len(samples) and int(abs(samples).max()) > MOST:
        raise BadInput("a sound of a corpus is too loud for 16 bits; make its parts quieter")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def frame(rate: int) -> int:
    """Samples of a frame."""
    return rate * FRAME_MS // 1000


def sounding(samples: Pcm, rate: int) -> npt.NDArray[np.bool_]:
    """Which whole frames are not silent."""
    whole = len(samples) // frame(rate)
    power = (samples[: whole * frame(rate)].reshape(whole, frame(rate)) ** 2).sum(axis=1)
    return np.asarray((power > 0) & (power * QUIET >= power.max(initial=0)))


def stretches(samples: Pcm, rate: int, *, pause: float) -> Iterator[tuple[int, int]]:
    """Where sound begins and ends, in samples: silence of `pause` seconds parts one stretch from the next."""
    at = np.flatnonzero(sounding(samples, rate))
    if len(at):
        gaps = np.flatnonzero(np.diff(at) > pause * 1000 / FRAME_MS)
        for first, last in zip([at[0], *at[gaps + 1]], [*at[gaps], at[-1]], strict=True):
            yield int(first) * frame(rate), int(last + 1) * frame(rate)


def power(samples: Pcm, mask: npt.NDArray[np.bool_], rate: int) -> int:
    """Sum of squares over the frames of `mask`."""
    kept = samples[: len(mask) * frame(rate)].reshape(len(mask), frame(rate))[mask]
    return int((kept**2).sum())


def scaled(samples: Pcm, wanted: int, found: int) -> Pcm:
    """Samples whose power `found` becomes `wanted`, halves rounded up."""
    gain = math.isqrt((wanted << 32) // found)
    return (samples * gain + (1 << 15)) >> 16


def levelled(samples: Pcm, rate: int, rms: int) -> Pcm:
    """Samples of an RMS of `rms` while they are not silent."""
    mask = sounding(samples, rate)
    return scaled(samples, rms * rms * int(mask.sum()) * frame(rate), power(samples, mask, rate))


def doubled(samples: Pcm) -> Pcm:
    """Samples at twice the rate, twice as many: each second one is the old one."""
    found = np.empty(2 * len(samples), np.int64)
    found[::2] = samples
    padded = np.pad(samples, len(TAPS))
    found[1::2] = (_filtered(padded, 1)[: len(samples)] + (1 << 14)) >> 15
    return np.clip(found, -MOST, MOST)


def halved(samples: Pcm) -> Pcm:
    """Samples at half the rate, half as many."""
    samples = np.pad(samples, (0, len(samples) % 2))
    odd = np.pad(samples[1::2], len(TAPS))
    found = (samples[::2] << 15) + _filtered(odd, 0)[: len(samples) // 2]
    return np.asarray(np.clip((found + (1 << 15)) >> 16, -MOST, MOST))


def _filtered(padded: Pcm, ahead: int) -> Pcm:
    """The taps laid around the gap before each sample, or (`ahead` 1) the gap behind it."""
    middle, size = len(TAPS) + ahead, len(padded) - 2 * len(TAPS)
    sides = (
        tap * (padded[middle + at : middle + at + size] + padded[middle - 1 - at : middle - 1 - at + size])
        for at, tap in enumerate(TAPS)
    )
    return np.asarray(sum(sides), np.int64)
