"""Which of Kokoro's voices a preset is made of, and by what shares. How they speak: kokoro.

preset                            timbre (columns 0 to 127)         prosody (columns 128 to 255)
"pf_dora"                         pf_dora 1                         pf_dora 1
"pf_dora:0.6+af_bella:0.4"        pf_dora 0.6, af_bella 0.4         the same
a fitted voice                    its blend's "timbre"              its blend's "prosody"; shares may be negative
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dubbench.adapters.kokoro_text import FACTS
from dubbench.errors import BadInput
from dubbench.types import Voice

PARTS = {"timbre": slice(0, 128), "prosody": slice(128, 256)}
"""The halves of a style vector: what the decoder takes, and what durations and pitch are predicted from."""
EDGES = ("lead", "after", "share")

Shares = Mapping[str, float]


class Worn(NamedTuple):
    """Voices by share, for each half of the style; shares of a half sum to 1."""

    timbre: Shares
    prosody: Shares

    @property
    def first(self) -> str:
        """The voice whose accent is read: the largest share of the prosody."""
        return max(self.prosody, key=lambda name: self.prosody[name])

    def edges(self) -> dict[str, float]:
        """How the voice behaves at its edges (kokoro.json), between those of its voices: a share below zero says
        nothing about silence, and shares above one would leave what was measured."""
        kept = {name: max(share, 0.0) for name, share in self.prosody.items()}
        total, facts = sum(kept.values()), FACTS["voices"]
        return {edge: sum(s / total * facts[name][edge] for name, s in kept.items()) for edge in EDGES}


def worn(voice: Voice) -> Worn:
    """What a voice is made of. Raises BadInput for a preset that is none of Kokoro's."""
    if voice.blend is None:
        shares = blend(voice)
        return Worn(shares, shares)
    try:
        parts = {part: _shares(voice.blend[part], least=-float("inf")) for part in PARTS}
    except (KeyError, ValueError) as error:
        raise BadInput(
            f"the blend of voice '{voice.preset}' cannot be read ({error}); fit it again: dubbench voice fit"
        ) from None
    return Worn(**parts)


def blend(voice: Voice) -> dict[str, float]:
    """Voices by share (they sum to 1) of a preset: "pf_dora" or "pf_dora:0.6+af_bella:0.4". Raises BadInput."""
    try:
        return _shares(voice.preset or "", least=1e-9)
    except ValueError:
        raise BadInput(
            f"'{voice.preset}' is no voice of Kokoro; take one, or a blend like 'pf_dora:0.6+af_bella:0.4', "
            f"of: {', '.join(FACTS['voices'])}"
        ) from None


def _shares(text: str, *, least: float) -> dict[str, float]:
    """Raises ValueError naming the part that is no voice, or has a share under `least`."""
    shares: dict[str, float] = {}
    for part in text.split("+"):
        found = re.fullmatch(r"\s*(\w+)(?::(-?\d*\.?\d+))?\s*", part)
        if not found or found[1] not in FACTS["voices"] or float(found[2] or 1) < least:
            raise ValueError(f"'{part[:40]}'")
        shares[found[1]] = shares.get(found[1], 0.0) + float(found[2] or 1)
    total = sum(shares.values())
    if abs(total) < 1e-6:
        raise ValueError(f"the shares of '{text[:40]}' sum to nothing")
    return {name: share / total for name, share in shares.items()}


__all__ = ["PARTS", "Worn", "blend", "worn"]
