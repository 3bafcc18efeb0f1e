"""Where a voice was recorded, told from its sound, and the same given to a dry voice: a colour and a reverberation.

    original   speech in a hall   ──▶ colour (third octaves), decay (RT60, how loud)
    take       a dry voice        ──▶ response ──▶ the same voice in such a hall

Both are simple on purpose, bounded, and left out where they cannot be told: a wrong room is worse than none. No files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.mix.meter import RATE
from dubbench.spectrum import hann
from dubbench.types import Samples, Seconds

VERSION = 2
"""Raised when the same film would give another response."""

Levels: TypeAlias = npt.NDArray[np.float64]
"""Power in each of `BANDS`, decibels."""

BANDS = 1000 * 2 ** (np.arange(-10, 12) / 3)
"""Middles of third octaves, 100 Hz to 12.7 kHz."""

_SIZE = 2048
_ACTIVE_DB = 20.0
# Below this a band holds nothing: digital silence has a level too.
_SILENCE_DB = -120.0

MOST_DB = 6.0
"""A colour takes or gives no more in a band, so that the voice stays the voice that was chosen."""
LACKS_DB, BLOCKED_DB = 20.0, 18.0
"""Unless the original lacks a band altogether, as on a telephone: from 20 dB on it is taken away, by 18 dB at most
(with 24 dB an ear missed a word of a phone call's 72 more)."""
_CLEAR_DB = 6.0
_HEARD_DB = 40.0
_MIDDLE = (BANDS > 300) & (BANDS < 3000)
_TAPS = 2048

_STEP = round(0.008 * RATE)
_FRAME = 2 * _STEP
_VOICE = (400.0, 4000.0)
# A decay is a straight line in decibels for so many steps (0.12 s), at least 14 dB below the peak before it: nearer to
# the peak the voice itself still fades. On clean speech with made reverberation (eval/sound.py) 2.5 dB and the lower
# third of all decays come nearest.
_LINE, _OFF_DB, _BELOW_DB, _REACH = 15, 2.5, 14.0, 50
_LOWER = 30
# A voice fades by itself too, as if dry rooms rang for 0.2 s; squares of times add up, near enough.
_OWN = 0.2
_FALL = 8
# So many decays are needed, and so many a second: fewer are the voice's own, or what noise leaves of a room's.
_FEWEST, _OFTEN = 10, 1.2

DRY_DB = 14.0
"""Reverberation farther below the direct sound than this is not heard as a room; clean readings have 15 dB or more."""
WETTEST_DB = 12.0
"""Reverberation in the dub stays so far below the voice: a listener forgives a hall that is too dry sooner than words
that are not clear. Of 375 words of six clips an ear misheard 29 with 12 dB, as without any room, with 8 or 10 dB 31."""
SHORTEST, LONGEST = 0.25, 1.2
"""Rooms with a shorter decay are not told from dry ones; longer estimates are taken for this."""
_DULL = 4000.0
"""Hertz from which on the ringing loses 6 dB an octave."""
_SEED = 11


class Decay(NamedTuple):
    """How a room rings: by 60 dB in `rt60` seconds, `below_db` below the direct sound."""

    rt60: Seconds
    below_db: float


# --- colour ---------------------------------------------------------------------------------------------------------


def levels(sounds: Iterable[Samples]) -> Levels:
    """The long-term spectrum of speech, (n,) at 48 kHz each, in third octaves: of frames in which it is heard."""
    parts = [_banded(sound) for sound in sounds if len(sound) >= _SIZE]
    if not parts:
        return np.full(len(BANDS), _SILENCE_DB)
    power = np.concatenate(parts)
    loud = power.sum(axis=1)
    active = power[loud >= np.percentile(loud, 95) * 10 ** (-_ACTIVE_DB / 10)].mean(axis=0)
    return np.asarray(10 * np.log10(np.maximum(active, 10 ** (_SILENCE_DB / 10))))


def _banded(sound: Samples) -> Levels:
    """The power in each band of each frame, (frames, bands): little enough to keep of hours."""
    edges = np.searchsorted(np.fft.rfftfreq(_SIZE, 1 / RATE), [*(BANDS * 2 ** (-1 / 6)), BANDS[-1] * 2 ** (1 / 6)])
    power = _powers(_frames(sound, _SIZE, _SIZE))
    return np.stack([power[:, a : max(b, a + 1)].sum(axis=1, dtype=np.float64) for a, b in pairwise(edges)], axis=1)


def colour(original: Levels, around: Levels, voice: Levels) -> Levels:
    """What to add to a voice in each band, in dB, so that it is coloured as the original's was.

    `original` is the original speaker's speech, `around` what sounded besides. Where speech does not stand out clearly
    nothing is known of it and nothing is done, unless nothing at all is there.
    """
    off = (original - original[_MIDDLE].mean()) - (voice - voice[_MIDDLE].mean())
    lacking = (np.maximum(original, around) - original[_MIDDLE].mean()) - (voice - voice[_MIDDLE].mean()) < -LACKS_DB
    known = np.where(original - around >= _CLEAR_DB, np.clip(off, -MOST_DB, MOST_DB), 0.0)
    wanted = np.where(lacking, np.clip(off, -BLOCKED_DB, 0.0), known)
    padded = np.pad(wanted, 1, mode="edge")
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:], np.float64)


def distance(one: Levels, other: Levels) -> float:
    """How far apart two colours are: root mean square over the bands, in dB, whatever their loudness.

    What lies farther than 40 dB below the loudest band counts as that: nobody hears how much less it is.
    """
    off = np.maximum(one, one.max() - _HEARD_DB) - np.maximum(other, other.max() - _HEARD_DB)
    return float(np.sqrt(np.square(off - off[_MIDDLE].mean()).mean()))


# --- decay ----------------------------------------------------------------------------------------------------------


def decay(sounds: Iterable[Samples]) -> Decay | None:
    """The room's decay, told blindly from how speech fades, (n,) at 48 kHz each; None of dry or doubtful ones.

    The level falls in straight lines where the voice stops and the room rings on (Ratnam et al. 2003, JASA 114 (5),
    2877-2892); most lines are slower, since the voice fades itself, so the lower ones are the room's. How far the level
    can fall at once, less what the room itself loses in that time, is the direct sound's lead. Where the deepest falls
    end in noise, neither is known.
    """
    tracks = [track for track in map(_track, sounds) if len(track) > _LINE + _FALL]
    if not tracks:
        return None
    every = np.concatenate(tracks)
    floor, top = np.percentile(every, (5, 95))
    times = np.concatenate([_decays(track, float(floor), float(top)) for track in tracks])
    if len(times) < max(_FEWEST, _OFTEN * len(every) * _STEP / RATE):
        return None
    rt60 = float(np.sqrt(max(np.percentile(times, _LOWER) ** 2 - _OWN**2, 0.0)))
    fallen = _lead(tracks, float(floor), float(top))
    if fallen is None or rt60 < SHORTEST:
        return None
    below = fallen - 60 * _FALL * _STEP / RATE / rt60
    return Decay(rt60, below) if below < DRY_DB else None


def _track(sound: Samples) -> Levels:
    """The level of speech, in dB, every 8 ms."""
    if len(sound) < _FRAME:
        return np.zeros(0)
    low, high = (round(hertz * _FRAME / RATE) for hertz in _VOICE)
    return np.asarray(10 * np.log10(_powers(_frames(sound, _FRAME, _STEP))[:, low:high].sum(axis=1) + 1e-12))


def _decays(track: Levels, floor: float, top: float) -> Levels:
    """The decay times of all straight falls that begin well below a peak and end above the noise."""
    from scipy.ndimage import maximum_filter1d

    lines = np.lib.stride_tricks.sliding_window_view(track, _LINE)
    time = (np.arange(_LINE) - (_LINE - 1) / 2) * _STEP / RATE
    slope = lines @ time / (time @ time)
    off = np.square(lines - lines.mean(axis=1, keepdims=True) - slope[:, None] * time).mean(axis=1)
    peak = maximum_filter1d(track, _REACH, origin=_REACH // 2 - 1)[: len(lines)]
    fits = (slope < -20) & (off < _OFF_DB**2) & (lines[:, -1] > floor + 6)
    return np.asarray(-60 / slope[fits & (peak - lines[:, 0] > _BELOW_DB) & (peak > top - 12)])


def _lead(tracks: Sequence[Levels], floor: float, top: float) -> float | None:
    """How far the level falls in 64 ms where it falls fastest, in dB; None where it falls into the noise."""
    before = np.concatenate([track[:-_FALL] for track in tracks])
    after = np.concatenate([track[_FALL:] for track in tracks])
    loud = before > top - 10
    falls = (before - after)[loud]
    deepest = float(np.percentile(falls, 95))
    ends = np.median(after[loud][falls >= deepest])
    return deepest if ends > floor + 6 else None


# --- what both do to a voice ------------------------------------------------------------------------------------------


def response(gains: Levels, ring: Decay | None) -> Samples:
    """The impulse response of a colour and a room, (taps,) at 48 kHz: it begins at once, so nothing comes late."""
    direct = _coloured(gains)
    return direct if ring is None else heard(_ringing(ring)[None], direct)[0]


def _coloured(gains: Levels) -> Samples:
    """The minimum-phase filter of such gains (Oppenheim and Schafer: the cepstrum folded to its causal half)."""
    from scipy import fft

    hertz = np.maximum(np.fft.rfftfreq(_TAPS, 1 / RATE), 1.0)
    curve = np.interp(np.log(hertz), np.log(BANDS), gains) * np.log(10) / 20
    cepstrum = fft.irfft(curve)
    cepstrum[1 : _TAPS // 2] *= 2
    cepstrum[_TAPS // 2 + 1 :] = 0
    taps = fft.irfft(np.exp(fft.rfft(cepstrum)))[: _TAPS // 2]
    return np.asarray(taps * np.cos(np.pi / 2 * np.arange(len(taps)) / len(taps)) ** 2, np.float32)


def _ringing(ring: Decay) -> Samples:
    """The direct sound, then noise that fades exponentially (Moorer 1979), its high notes weaker, as air makes them."""
    rt60, below = min(ring.rt60, LONGEST), max(ring.below_db, WETTEST_DB)
    time = np.arange(round(rt60 * RATE)) / RATE
    tail = np.random.default_rng(_SEED).standard_normal(len(time))
    hertz = np.fft.rfftfreq(len(time), 1 / RATE)
    tail = np.fft.irfft(np.fft.rfft(tail) / np.sqrt(1 + np.square(hertz / _DULL)), len(time)) * 10 ** (-3 * time / rt60)
    # The first reflections come some milliseconds later; they grow in, so that none stands out.
    tail *= np.clip((time - 0.003) / 0.012, 0.0, 1.0)
    tail *= np.sqrt(10 ** (-below / 10) / _loudness(tail))
    tail[0] = 1.0
    return np.asarray(tail, np.float32)


def _loudness(tail: npt.NDArray[np.float64]) -> float:
    """The mean power of a response where `decay` listens; the direct sound's is 1."""
    power = np.square(np.abs(np.fft.rfft(tail)))
    hertz = np.fft.rfftfreq(len(tail), 1 / RATE)
    return float(power[(hertz >= _VOICE[0]) & (hertz < _VOICE[1])].mean())


def heard(sound: Samples, through: Samples) -> Samples:
    """A voice (channels, n) as it sounds through a response: (channels, n + taps - 1)."""
    from scipy import fft

    length = sound.shape[-1] + len(through) - 1
    size = fft.next_fast_len(length, real=True)
    return np.asarray(fft.irfft(fft.rfft(sound, size) * fft.rfft(through, size), size)[..., :length], np.float32)


def _frames(sound: Samples, size: int, hop: int) -> Samples:
    return np.lib.stride_tricks.sliding_window_view(sound, size)[::hop]


def _powers(frames: Samples) -> Samples:
    from scipy import fft

    spectra = fft.rfft(frames * hann(frames.shape[-1]), axis=-1)
    return np.asarray(np.square(spectra.real) + np.square(spectra.imag))
