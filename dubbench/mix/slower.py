"""Sound that goes with a picture played slower: longer there, at the same pitch; elsewhere untouched, to the sample.

    before   --------|====|--------
    after    --------|======|--------       joined over `JOIN` inside the stretch

Stretched by Signalsmith Stretch (`tempo`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import media, tempo
from dubbench.types import Samples, Seconds, Sound

VERSION = 1
"""Raised when the same input would give another sound."""
JOIN: Seconds = 0.02
"""At either end of a stretch the sound as it was turns into the longer one over this time."""
PIECE = 1 << 18
"""Frames copied at once."""

Stretches = Sequence[tuple[Seconds, Seconds, Seconds]]


def slow(path: Path, stretches: Stretches, to: Path) -> None:
    """Write the sound of `path` to `to`, lasting longer by `added` from `start` to `end` of each stretch in order.

    A 32-bit float WAV. Every sample outside the stretches lies where the picture's map has it, to half a
    sample. Memory holds one stretch at a time.
    """
    import soundfile

    added = sum(more for *_, more in stretches)
    with soundfile.SoundFile(path) as file:
        frames = file.frames + round(added * file.samplerate)
        with media.writer(to, file.samplerate, file.channels, subtype="FLOAT", frames=frames) as out:
            _written(file, stretches, out)


def _written(file: Any, stretches: Stretches, out: Any) -> None:
    rate, total = file.samplerate, 0.0
    for start, end, added in stretches:
        total += added
        first, last = (min(round(time * rate), file.frames) for time in (start, end))
        _copied(file, first - file.tell(), out)
        # Counted from the beginning, so that no rounding adds up over a film's stretches.
        wanted = last + round(total * rate) - out.tell()
        own = file.read(last - first, dtype="float32", always_2d=True)
        out.write(_longer(own.T, rate, wanted).T)
    _copied(file, file.frames - file.tell(), out)


def _copied(file: Any, frames: int, out: Any) -> None:
    while frames > 0:
        piece = file.read(min(frames, PIECE), dtype="float32", always_2d=True)
        out.write(piece)
        frames -= len(piece)


def _longer(own: Samples, rate: int, wanted: int) -> Samples:
    """`own` in so many samples, (channels, wanted), its first and last moments as they were."""
    if own.shape[1] == 0:
        return np.zeros((own.shape[0], wanted), np.float32)
    made = tempo.stretched(Sound(np.ascontiguousarray(own), rate), wanted / rate).samples.copy()
    n = min(round(JOIN * rate), own.shape[1] // 2)
    rise = ((np.arange(n) + 0.5) / max(n, 1)).astype(np.float32)
    made[:, :n] = own[:, :n] * (1 - rise) + made[:, :n] * rise
    made[:, wanted - n :] = own[:, own.shape[1] - n :] * rise + made[:, wanted - n :] * rise[::-1]
    return made
