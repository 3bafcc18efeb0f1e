"""What voices sound like as unit vectors, asked of the diarizer's embedding model once and remembered by content.

A voice is compared by the cosine of two vectors. What a cosine means is told where it is used: people (who is it),
report.likeness (does the dub sound like them), report.drift (does a voice stay itself).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench import media, memory
from dubbench.types import Audio, Dub, Samples, Seconds, Sound

ROOM = "similarity"
HALF: Seconds = 1.5
"""The shortest piece that says whose it is: a shorter one the diarizer does not trust alone."""

Vector = npt.NDArray[np.float64]


def whole(parts: Sequence[Vector]) -> Vector:
    """The voice that several vectors are of: their mean, of length 1."""
    total = np.sum(parts, axis=0)
    return np.asarray(total / np.linalg.norm(total))


class Vectors:
    """The embedding model of a walk, for the sounds of one dub."""

    def __init__(self, dub: Dub, embedder: Any) -> None:
        self.dub, self.embedder, self.store = dub, embedder, memory.Memory(dub.folder)

    def halves(self, reference: Audio) -> list[Vector]:
        """The vectors of a reference's two halves; of the whole where these are too short."""
        parts = 2 if reference.duration >= 2 * HALF else 1
        return self.of(lambda: np.array_split(self._read([reference]), parts, axis=1), halves=reference.sha256)

    def takes(self, takes: Sequence[Audio], *, most: Seconds) -> Vector:
        """The vector of the first `most` seconds of takes one after the other."""
        durations = np.cumsum([take.duration for take in takes])
        first = takes[: int(np.searchsorted(durations, most)) + 1]
        length = round(most * self.embedder.sample_rate)
        return self.of(lambda: [self._read(first)[:, :length]], takes=[take.sha256 for take in first])[0]

    def take(self, take: Audio, *, most: Seconds) -> Vector:
        """The vector of one take's first `most` seconds."""
        length = round(most * self.embedder.sample_rate)
        return self.of(lambda: [self._read([take])[:, :length]], take=take.sha256, most=most)[0]

    def of(self, sounds: Callable[[], Sequence[Samples]], **parts: Any) -> list[Vector]:
        """A vector for each of the mono `sounds`, remembered under the key of `parts`."""
        key = memory.key(**parts, by=self.embedder.identity())
        kept = self.store.recall(ROOM, key)
        if kept is None:
            # Six digits leave a cosine exact to more than are shown.
            kept = [[round(float(x), 6) for x in self._heard(samples)] for samples in sounds()]
            self.store.keep(ROOM, key, kept)
        return [np.asarray(vector, np.float64) for vector in kept]

    def _read(self, parts: Sequence[Audio]) -> Samples:
        sounds = (media.read(self.dub.open(x), sample_rate=self.embedder.sample_rate, channels=1) for x in parts)
        return np.concatenate([sound.samples for sound in sounds], axis=1)

    def _heard(self, samples: Samples) -> Sequence[float]:
        vector: Sequence[float] = self.embedder.ready().embed(Sound(samples, self.embedder.sample_rate))
        return vector
