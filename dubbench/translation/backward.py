"""Whether a wording still says each word of its source: how likely the source is, read back from it.

A model of the other direction is shown the wording and made to say the source: a noisy channel, as a measure of meaning
in Thompson and Post 2020 ("Automatic Machine Translation Evaluation in Many Languages via Zero-Shot Paraphrasing") and
Yuan et al. 2021 ("BARTScore"). A word of the source that the wording lost or changed becomes improbable where the best
translation made it likely. It sees no more than languages tell ("you" has one form in English, and "is" two verbs in
Portuguese), so rules stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dubbench.translation.network import Network

CUT = 2.0
"""Nats by which no word may be less likely than from the best translation where a wording is that with words left out.
Chosen and measured by `eval/guard.py`, as the next is."""
FREE = 3.0
"""The same for wordings of somebody who can choose other words, which make the source's own less likely too."""

_WEIGHTLESS = {
    "en": "really actually honestly frankly basically simply literally totally quite just well oh so then ok okay hey "
    "ah",
    "pt": "realmente honestamente francamente basicamente simplesmente bem bom oh ah ei então ok",
}
"""Words of a source that carry nothing."""
_BOUND = {
    "en": "a an the been being has have had do does did that it of to",
    "pt": "o a os as um uma uns umas do da dos das que de há tem têm",
}
"""Words of a source that announce the next: what makes "a" unlikely in "a lot" is that "lot" was lost."""


@dataclass(frozen=True)
class Loss:
    """What a wording lost most: the source's word, and the nats by which it is less likely than from the best."""

    word: str = ""
    nats: float = 0.0


class Backward:
    """Sources read back from wordings; `network` translates from the wordings' language into `language`."""

    def __init__(self, network: Network, language: str) -> None:
        self._network = network
        self._weightless, self._bound = (frozenset(of.get(language, "").split()) for of in (_WEIGHTLESS, _BOUND))

    def kept(self, source: str, best: str, others: Sequence[str], *, most: float = CUT) -> list[str]:
        """The wordings that say every word of a sentence that the best translation says, give or take `most` nats."""
        losses = self.losses(source, best, others)
        return [text for text, loss in zip(others, losses, strict=True) if loss.nats <= most]

    def losses(self, source: str, best: str, others: Sequence[str]) -> list[Loss]:
        """What each wording lost of a sentence against the best translation; 10 ms for each."""
        before = self._words(source, best) if others else []
        return [self._loss(before, self._words(source, other)) for other in others]

    def _loss(self, before: list[tuple[str, float]], after: list[tuple[str, float]]) -> Loss:
        falls = self._falls(before, after)
        return max((Loss(word, nats) for word, nats in falls), key=lambda loss: loss.nats, default=Loss())

    def _falls(self, before: list[tuple[str, float]], after: list[tuple[str, float]]) -> Iterator[tuple[str, float]]:
        """Each word of sense and how much less likely it is, with the bound words before it."""
        bound = 0.0
        for (word, was), (_, now) in zip(before, after, strict=True):
            if word in self._bound:
                bound += max(0.0, was - now)
            elif word and word not in self._weightless:
                yield word, was - now + bound
                bound = 0.0

    def _words(self, source: str, wording: str) -> list[tuple[str, float]]:
        """The source's words, bare, each with its log-probability; the end belongs to none."""
        found: list[tuple[str, float]] = []
        for piece, chance in self._network.chances(wording, source)[:-1]:
            if piece.startswith("▁") or not found:
                found.append((piece.lstrip("▁"), chance))
            else:
                text, before = found[-1]
                found[-1] = (text + piece, before + chance)
        return [(re.sub(r"^\W+|\W+$", "", text).lower(), chance) for text, chance in found]


__all__ = ["CUT", "FREE", "Backward", "Loss"]
