"""Whether a voice stays itself and apart from others: how far the takes of one speaker's dub lie from what they have in
common, and how near that comes to the voice of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dubbench.types import Audio, Dub, Flag, Seconds
from dubbench.vectors import HALF, Vector, Vectors, whole

ROOM = "drift"
FEW = 4
"""How many takes of a speaker are heard, spread over the film."""
MOST: Seconds = 3.0
"""How much of each: 0.03 s of one core for a take."""
FLOOR = 0.8
"""A lowest cosine under this is flagged. Fours of takes of one voice had 0.84 to 0.93, with one of the four in another
voice 0.30 to 0.76 (`make people`). Of two takes only very unlike ones are found."""
Figures = dict[str, float | int | None]


def drift(dub: Dub, embedder: Any) -> dict[str, Figures] | None:
    """For each speaker with two takes of 1.5 s or more {"lowest", "mean", "takes", "nearest"}; null without an
    embedding model.

    Cosines of takes with the mean of the speaker's takes: 1 is a voice that never changes. "nearest" is that mean's
    cosine with the nearest other speaker's (null where nobody else is heard): two who cannot be told apart have as much
    as a voice has with itself.
    """
    if not hasattr(embedder, "embed"):
        return None
    ear = Vectors(dub, embedder)
    heard = {who: _spread(_long(dub, who)) for who in dub.speakers}
    voices = {who: [ear.take(take, most=MOST) for take in takes] for who, takes in heard.items() if len(takes) > 1}
    means = {who: whole(own) for who, own in voices.items()}
    return {
        who: _figures(own, [mean for other, mean in means.items() if other != who]) for who, own in voices.items()
    } or None


def drifted(dub: Dub, figures: dict[str, Figures] | None) -> Dub:
    """The dub with a flag for each voice that does not stay itself."""
    low = {who: lowest for who, found in (figures or {}).items() if (lowest := float(found["lowest"] or 0)) < FLOOR}
    detail = "a take of {} is unlike the others (cosine {:.2f}); listen to their lines, or choose --voice {}=NAME"
    flags = [Flag(room=ROOM, name="voice-drift", detail=detail.format(who, low[who], who)) for who in low]
    return dub.flagged(ROOM, *flags)


def _long(dub: Dub, who: str) -> list[Audio]:
    own = (line.speech for line in dub.lines if line.speaker == who)
    return [speech for speech in own if speech is not None and speech.duration >= HALF]


def _spread(takes: Sequence[Audio]) -> list[Audio]:
    places = np.unique(np.linspace(0, len(takes) - 1, min(FEW, len(takes))).astype(int))
    return [takes[i] for i in places]


def _figures(voices: Sequence[Vector], others: Sequence[Vector]) -> Figures:
    mine = whole(voices)
    cosines = np.stack(voices) @ mine
    return {
        "lowest": round(float(cosines.min()), 3),
        "mean": round(float(cosines.mean()), 3),
        "takes": len(voices),
        "nearest": round(float(max(mine @ other for other in others)), 3) if others else None,
    }
