"""Whether the dub's voices sound like their speakers: cosines of speaker embeddings, between a floor and a ceiling.

A bare cosine says nothing: what is high for one microphone is low for another. So it is printed between what other
people of the same film reach and what the speaker reaches beside themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dubbench.types import Dub, Seconds
from dubbench.vectors import Vector, Vectors, whole

ENOUGH: Seconds = 6.0
"""How much of each speaker's dub is compared; the embedder takes 0.15 s of one core for it and the reference."""
Figures = dict[str, float | None]


def likeness(dub: Dub, embedder: Any) -> dict[str, Figures] | None:
    """For each speaker {"cosine", "floor", "ceiling"}; null without an embedding model.

    `cosine` is that of their own sound (the reference) with their dub, `floor` the mean of their own with each other
    speaker's own (null where there is no other), `ceiling` that of the reference's two halves (null where they are
    short). With preset voices the cosine is low and means little: it is here to be compared with cloned ones.
    """
    if not hasattr(embedder, "embed"):
        return None
    ear = Vectors(dub, embedder)
    own = {x.speaker: ear.halves(x.reference) for x in dub.voices if x.reference and x.speaker in dub.speakers}
    found = {}
    for who, halves in own.items():
        others = [whole(other) for label, other in own.items() if label != who]
        takes = [line.speech for line in dub.lines if line.speaker == who and line.speech]
        if takes:
            found[who] = _figures(halves, ear.takes(takes, most=ENOUGH), others)
    return found or None


def _figures(halves: Sequence[Vector], dubbed: Vector, others: Sequence[Vector]) -> Figures:
    mine = whole(halves)
    return {
        "cosine": _rounded(mine @ dubbed),
        "floor": _rounded(np.mean([mine @ other for other in others])) if others else None,
        "ceiling": _rounded(halves[0] @ halves[1]) if len(halves) == 2 else None,
    }


def _rounded(value: Any) -> float:
    return round(float(value), 3)
