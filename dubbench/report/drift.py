"""Whether a voice stays itself: how far the takes of one speaker's dub lie from what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dubbench.types import Audio, Dub, Flag, Seconds
from dubbench.vectors import HALF, Vectors, whole

ROOM = "drift"
FEW = 4
"""How many takes of a speaker are heard, spread over the film."""
MOST: Seconds = 3.0
"""How much of each: 0.03 s of one core for a take."""
FLOOR = 0.8
"""A lowest cosine under this is flagged. Four takes of 2 s at paces from 0.9 to 1.25 had 0.86 to 0.95 in each of four
voices; a take of another voice among three had 0.36 to 0.75. Of two takes only very unlike ones are found."""
Figures = dict[str, float | int]


def drift(dub: Dub, embedder: Any) -> dict[str, Figures] | None:
    """For each speaker with two takes of 1.5 s or more {"lowest", "mean", "takes"}; null without an embedding model.

    Cosines of takes with the mean of the speaker's takes: 1 is a voice that never changes.
    """
    if not hasattr(embedder, "embed"):
        return None
    ear = Vectors(dub, embedder)
    heard = {who: _spread(_long(dub, who)) for who in dub.speakers}
    return {who: _figures(ear, takes) for who, takes in heard.items() if len(takes) > 1} or None


def drifted(dub: Dub, figures: dict[str, Figures] | None) -> Dub:
    """The dub with a flag for each voice that does not stay itself."""
    low = {who: found["lowest"] for who, found in (figures or {}).items() if found["lowest"] < FLOOR}
    detail = "a take of {} is unlike the others (cosine {:.2f}); listen to their lines, or choose --voice {}=NAME"
    flags = [Flag(room=ROOM, name="voice-drift", detail=detail.format(who, low[who], who)) for who in low]
    return dub.flagged(ROOM, *flags)


def _long(dub: Dub, who: str) -> list[Audio]:
    own = (line.speech for line in dub.lines if line.speaker == who)
    return [speech for speech in own if speech is not None and speech.duration >= HALF]


def _spread(takes: Sequence[Audio]) -> list[Audio]:
    places = np.unique(np.linspace(0, len(takes) - 1, min(FEW, len(takes))).astype(int))
    return [takes[i] for i in places]


def _figures(ear: Vectors, takes: Sequence[Audio]) -> Figures:
    voices = [ear.take(take, most=MOST) for take in takes]
    cosines = np.stack(voices) @ whole(voices)
    return {
        "lowest": round(float(cosines.min()), 3),
        "mean": round(float(cosines.mean()), 3),
        "takes": len(takes),
    }
