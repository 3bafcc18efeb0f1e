"""Lines in their places over the background, summed piece by piece. How loud each is was decided before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dubbench import media
from dubbench.media import sound
from dubbench.mix.meter import FRAME, RATE, amplitude
from dubbench.types import Samples, Seconds

PIECE = 896 * FRAME
"""Samples in a piece: 1.2 s, whole frames."""

_EDGE = round(0.005 * RATE)
# From 0 up to 1 (exclusive) over 5 ms, a raised cosine.
_RISE = (0.5 - 0.5 * np.cos(np.pi * np.arange(_EDGE) / _EDGE)).astype(np.float32)


@dataclass(frozen=True)
class Placed:
    """A line's sound and where it goes; `start`, `length` in samples at 48 kHz, `gain` linear.

    Its file may go on after the line's end: there only the room rings, over whatever comes next.
    """

    path: Path
    start: int
    length: int
    gain: float = 1.0

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Ducking:
    """How the background makes way for speech.

    speech        |-----|  |---|
    bed    ______                ___      `attack` before it, `release` after it, gaps under `bridge` kept low
                 \\____________/          raised cosines in decibels: no corner is heard

    Only as deep as it must be: so far that speech is `ratio_lu` over the bed, `deepest_db` at most. By listening tests,
    at least 10 LU over music and 15 LU over ambience (Torcoli et al. 2019, JAES 67 (12), 1003-1011).
    """

    ratio_lu: float = 15.0
    deepest_db: float = 12.0
    attack: Seconds = 0.2
    release: Seconds = 0.6
    bridge: Seconds = 0.8

    def depth_db(self, ratio_lu: float) -> float:
        """How far a bed goes down that lies `ratio_lu` under speech by itself."""
        return min(max(self.ratio_lu - ratio_lu, 0.0), self.deepest_db)


class Composition:
    """The dub before its loudness is set: stereo at 48 kHz, as often as asked, always the same."""

    def __init__(self, bed: Path | None, lines: Sequence[Placed], length: int, ducking: Ducking) -> None:
        self.bed, self.length, self.bed_gain = bed, length, 1.0
        self.lines = sorted(lines, key=lambda line: line.start)
        self.spans, self._ducking = spans(self.lines, ducking), ducking
        self.duck([0.0] * len(self.spans))
        self.placed = 0
        """How many samples of lines the last walk through `pieces` has put in."""
        self.told: Callable[[int, int], None] = lambda done, total: None
        """Called with the pieces that all walks have made, and with those they will have made as far as is known."""
        # One walk measures it, another writes it.
        self._walks, self._foreseen = 0, 2

    def duck(self, depths_db: Sequence[float], *, bed_gain: float = 1.0) -> None:
        """Say how far the background goes down under each of `spans`, and its gain (linear) everywhere."""
        self._knots, self.bed_gain = knots(self.spans, depths_db, self._ducking), bed_gain

    def pieces(self) -> Iterator[Samples]:
        """The sum, in pieces of shape (2, PIECE); the last is what remains."""
        self.placed = 0
        waiting, sounding = list(self.lines), list[tuple[int, Samples, int]]()
        for at, bed in self.bed_pieces():
            end = at + bed.shape[1]
            while waiting and waiting[0].start - _EDGE < end:
                line = waiting.pop(0)
                sounding.append((line.start - _EDGE, edged(line), line.length))
            for start, samples, length in sounding:
                self.placed += _add(bed, at, start, samples, length)
            sounding = [item for item in sounding if item[0] + item[1].shape[1] > end]
            yield bed

    def bed_pieces(self) -> Iterator[tuple[int, Samples]]:
        """(first sample, the background under its ducking); silence where there is none."""
        flow = _even(sound.stream(self.bed, sample_rate=RATE, channels=None)) if self.bed else iter(())
        count = -(-self.length // PIECE)
        before = self._walks * count
        self._walks += 1
        for at in range(0, self.length, PIECE):
            piece = np.zeros((2, min(PIECE, self.length - at)), np.float32)
            heard = next(flow, None)
            if heard is not None:
                n = min(heard.shape[1], piece.shape[1])
                piece[:, :n] = heard[:, :n] * self._bed_gains(at, n)
            yield at, piece
            self.told(before + at // PIECE + 1, max(self._walks, self._foreseen) * count)

    def _bed_gains(self, at: int, n: int) -> npt.NDArray[np.float32] | float:
        places, gains = self._knots
        ends = np.interp([at, at + n], places, gains)
        if ends[0] == ends[1] and not ((places > at) & (places < at + n)).any():
            return self.bed_gain * amplitude(float(ends[0]))
        # From knot to knot by a raised cosine instead of the straight line.
        knot = np.interp(np.arange(at, at + n), places, np.arange(len(places)))
        before = np.minimum(knot.astype(np.int64), len(places) - 2)
        eased = 0.5 - 0.5 * np.cos(np.pi * (knot - before))
        curve = gains[before] + (gains[before + 1] - gains[before]) * eased
        return np.asarray(self.bed_gain * 10 ** (curve / 20), np.float32)


def spans(lines: Sequence[Placed], ducking: Ducking) -> list[tuple[int, int]]:
    """From where to where (samples) the background stays low: lines, with the gaps that are too short to come back."""
    # A gap too short for the way up and down again would fold the line.
    bridge = max(ducking.bridge, ducking.attack + ducking.release) * RATE
    joined = list[tuple[int, int]]()
    for line in sorted(lines, key=lambda line: line.start):
        if joined and line.start - joined[-1][1] < bridge:
            joined[-1] = (joined[-1][0], max(joined[-1][1], line.end))
        else:
            joined.append((line.start, line.end))
    return joined


def knots(
    spans: Sequence[tuple[int, int]], depths_db: Sequence[float], ducking: Ducking
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The background's gain: (samples, decibels) at the corners of each span."""
    attack, release = ducking.attack * RATE, ducking.release * RATE
    places = [place for start, end in spans for place in (start - attack, start, end, end + release)]
    gains = [gain for depth in depths_db for gain in (0.0, -depth, -depth, 0.0)]
    return np.array([-1e9, *places, 1e15]), np.array([0.0, *gains, 0.0])


def load(path: Path) -> Samples:
    """A line's sound as it enters the mix: 48 kHz, one or two channels."""
    return media.read(path, sample_rate=RATE).samples


def edged(line: Placed) -> Samples:
    """The line's sound at its gain, with 5 ms more on either side in which its edge rises from and falls to silence.

    Speech cut close begins and ends at samples that are not zero, which would click; the way there lies outside, in
    the silence around the line, so that no sample of it is changed.
    """
    samples = load(line.path) * np.float32(line.gain)
    return np.concatenate([samples[:, :1] * _RISE, samples, samples[:, -1:] * _RISE[::-1]], axis=1)


def _add(piece: Samples, at: int, start: int, samples: Samples, length: int) -> int:
    """Add what of an edged line falls into the piece; how many samples of the line itself, `length`, that were."""
    n = samples.shape[1]
    first, last = max(at, start), min(at + piece.shape[1], start + n)
    if last <= first:
        return 0
    piece[:, first - at : last - at] += samples[:, first - start : last - start]
    own = min(last, start + _EDGE + min(length, n - 2 * _EDGE)) - max(first, start + _EDGE)
    return int(max(0, own))


def _even(flow: Iterator[Samples]) -> Iterator[Samples]:
    """The same samples in pieces of PIECE."""
    held = np.zeros((1, 0), np.float32)
    for chunk in flow:
        held = np.concatenate([held, chunk], axis=1) if held.shape[1] else chunk
        while held.shape[1] >= PIECE:
            yield held[:, :PIECE]
            held = held[:, PIECE:]
    if held.shape[1]:
        yield held


def overlap(lines: Sequence[Placed]) -> int:
    """Samples during which two lines or more sound at once."""
    total, sounding, told = 0, 0, 0
    for line in sorted(lines, key=lambda line: line.start):
        both = min(sounding, line.end)
        total += max(0, both - max(line.start, told))
        sounding, told = max(sounding, line.end), max(told, both)
    return total
