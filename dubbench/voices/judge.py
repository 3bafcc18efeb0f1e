"""Whether a fitted voice is worth having: heard on sentences, and compared with speech, that its search never had."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from dubbench import memory
from dubbench.people import KNOWN
from dubbench.types import Voice
from dubbench.vectors import Vector
from dubbench.voices.booth import Booth
from dubbench.voices.file import Figures, Judged
from dubbench.voices.reference import Reference

WORSE = 0.05
"""By how much the share of misheard words may rise."""


def figures(booth: Booth, voice: Voice, reference: Reference) -> Figures:
    """A voice on the held-out sentences, beside the held-out half of the reference."""
    heard = booth.hear(voice, booth.held)
    wer = booth.wer(heard, booth.held)
    return Figures(
        cosine=round(float(heard.vector @ reference.held), 3),
        wer=None if wer is None else round(wer, 4),
        pitch_hz=heard.pitch_hz,
    )


def gained(before: Figures, after: Figures) -> bool:
    """Whether a fitted voice is more like the person than its preset and as well understood."""
    understood = before.wer is None or after.wer is None or after.wer <= before.wer + WORSE
    return after.cosine > before.cosine and understood


def floor(reference: Reference, embedder: Any) -> float | None:
    """The mean cosine of the person with strangers; None for an embedding model that the strangers are not known to.

    The strangers are five readers and speakers of public clips; one who may be the person is left out.
    """
    known = strangers()
    if known["by"] != memory.key(by=embedder.identity()):
        return None
    cosines = [float(np.asarray(vector) @ reference.voice) for vector in known["vectors"].values()]
    others = [cosine for cosine in cosines if cosine < KNOWN]
    return round(float(np.mean(others)), 3) if others else None


def said(judged: Judged, kept: str) -> str:
    """What came out, in one sentence."""
    before, after, ceiling = judged.before, judged.after, judged.ceiling
    if kept == "preset":
        nearer = after.cosine > before.cosine
        why = f"nearer but {after.wer or 0:.0%} of its words are misheard" if nearer else "no nearer to the person"
        return f"no gain: on held-out sentences the fit is {why}; '{judged.preset}' is kept"
    gain = f"cosine {before.cosine:.2f} with '{judged.preset}', {after.cosine:.2f} fitted"
    if judged.share is None:
        return f"{gain}; the person beside themselves {ceiling:.2f}"
    if judged.share <= 0:
        return f"{gain}: nearer, but still no nearer to the person than strangers are"
    return f"{gain}: {judged.share:.2f} of the way from a stranger to the same person"


def stranger(vector: Vector) -> list[float]:
    """A vector as it is kept in the file of strangers."""
    return [round(float(x), 4) for x in vector]


@cache
def strangers() -> dict[str, Any]:
    """{"by": which embedding model, "vectors": {clip: unit vector}}, written by `eval/fitted.py --strangers`."""
    text = resources.files("dubbench.voices").joinpath("strangers.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
