"""What comes from programs and endpoints that are not ours, and goes to them: made fit, or refused. No model here."""

from __future__ import annotations

import numpy as np

from dubbench.errors import BadInput
from dubbench.types import Seconds, Sound, Word

AUDIBLE = 1e-3
"""Share of the peak (-60 dB) under which the edges of a reading count as silence."""


def sayable(text: str) -> None:
    """Refuse text without a letter or digit: engines turn it into silence, or into an apology."""
    if not any(c.isalnum() for c in text):
        raise BadInput(f"nothing to say in {text[:40]!r}: write a letter or a digit")


def without_edges(sound: Sound) -> Sound:
    """All channels averaged to one, without the silence before the first and after the last audible sample.

    Foreign speakers put some there, and rooms measure how long words last. Empty where nothing is audible.
    """
    mono = sound.mono
    loud = np.flatnonzero(np.abs(mono) > AUDIBLE * np.max(np.abs(mono), initial=0.0))
    part = mono[loud[0] : loud[-1] + 1] if len(loud) else mono[:0]
    return Sound(np.ascontiguousarray(part[None]), sound.sample_rate)


def within(sound: Sound) -> Sound:
    """The sound turned down where resampling made it too loud for 16 bits: words and voices stay what they are."""
    return Sound(sound.samples / np.maximum(1.0, np.abs(sound.samples).max(initial=0.0)), sound.sample_rate)


def spread(text: str, start: Seconds, end: Seconds) -> tuple[Word, ...]:
    """Words that share the time from `start` to `end` by their letters."""
    words = text.split()
    ends = np.cumsum([len(word) + 1 for word in words], dtype=np.float64)
    edges = [start, *(start + (end - start) * ends / ends[-1:]).tolist()]
    return tuple(Word(text=word, start=edges[i], end=edges[i + 1]) for i, word in enumerate(words))
