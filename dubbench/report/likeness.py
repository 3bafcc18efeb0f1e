"""Whether the dub's voices sound like their speakers: cosines of speaker embeddings, between a floor and a ceiling.

A bare cosine says nothing: what is high for one microphone is low for another. So it is printed between what other
people of the same film reach and what the speaker reaches beside themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench import media, memory
from dubbench.types import Audio, Dub, Samples, Seconds, Sound

ENOUGH: Seconds = 6.0
"""How much of each speaker's dub is compared; the embedder takes 0.15 s of one core for it and the reference."""
HALF: Seconds = 1.5
"""The shortest half of a reference that says whose it is: a shorter piece the diarizer does not trust alone."""

Vector = npt.NDArray[np.float64]
Figures = dict[str, float | None]


def likeness(dub: Dub, embedder: Any) -> dict[str, Figures] | None:
    """For each speaker {"cosine", "floor", "ceiling"}; null without an embedding model.

    `cosine` is that of their own sound (the reference) with their dub, `floor` the mean of their own with each other
    speaker's own (null where there is no other), `ceiling` that of the reference's two halves (null where they are
    short). With preset voices the cosine is low and means little: it is here to be compared with cloned ones.
    """
    if not hasattr(embedder, "embed"):
        return None
    ear = _Ear(dub, embedder)
    own = {x.speaker: ear.halves(x.reference) for x in dub.voices if x.reference and x.speaker in dub.speakers}
    found = {}
    for who, halves in own.items():
        others = [_whole(other) for label, other in own.items() if label != who]
        takes = [line.speech for line in dub.lines if line.speaker == who and line.speech]
        if takes:
            found[who] = _figures(halves, ear.takes(takes), others)
    return found or None


def _figures(halves: Sequence[Vector], dubbed: Vector, others: Sequence[Vector]) -> Figures:
    mine = _whole(halves)
    return {
        "cosine": _rounded(mine @ dubbed),
        "floor": _rounded(np.mean([mine @ other for other in others])) if others else None,
        "ceiling": _rounded(halves[0] @ halves[1]) if len(halves) == 2 else None,
    }


def _whole(halves: Sequence[Vector]) -> Vector:
    """The voice of a whole reference: the mean of its halves', of length 1."""
    total = np.sum(halves, axis=0)
    return np.asarray(total / np.linalg.norm(total))


def _rounded(value: Any) -> float:
    return round(float(value), 3)


class _Ear:
    """The embedding model, asked once for the same sound: what it said is remembered by content."""

    def __init__(self, dub: Dub, embedder: Any) -> None:
        self.dub, self.embedder, self.store = dub, embedder, memory.Memory(dub.folder)

    def halves(self, reference: Audio) -> list[Vector]:
        """The unit vectors of a reference's two halves; of the whole where these are too short."""
        parts = 2 if reference.duration >= 2 * HALF else 1
        return self._vectors(lambda: np.array_split(self._read([reference]), parts, axis=1), halves=reference.sha256)

    def takes(self, takes: Sequence[Audio]) -> Vector:
        """The unit vector of the first seconds of takes one after the other."""
        durations = np.cumsum([take.duration for take in takes])
        first = takes[: int(np.searchsorted(durations, ENOUGH)) + 1]
        most = round(ENOUGH * self.embedder.sample_rate)
        return self._vectors(lambda: [self._read(first)[:, :most]], takes=[take.sha256 for take in first])[0]

    def _vectors(self, sounds: Callable[[], Sequence[Samples]], **of: Any) -> list[Vector]:
        key = memory.key(**of, by=self.embedder.identity())
        kept = self.store.recall("similarity", key)
        if kept is None:
            # Six digits leave a cosine exact to more than are shown.
            kept = [[round(float(x), 6) for x in self._heard(samples)] for samples in sounds()]
            self.store.keep("similarity", key, kept)
        return [np.asarray(vector, np.float64) for vector in kept]

    def _read(self, parts: Sequence[Audio]) -> Samples:
        sounds = (media.read(self.dub.open(x), sample_rate=self.embedder.sample_rate, channels=1) for x in parts)
        return np.concatenate([sound.samples for sound in sounds], axis=1)

    def _heard(self, samples: Samples) -> Sequence[float]:
        vector: Sequence[float] = self.embedder.ready().embed(Sound(samples, self.embedder.sample_rate))
        return vector
