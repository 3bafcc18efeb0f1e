"""A sentence's ladder: its translation and what says the same shorter, by rules and by the model that translated it.

    sentence ─▶ best ─▶ beam: likely and near the best, with fewer small words ─▶ judged by the source read back
        │         └───▶ pronouns and the like left out ─▶ judged likewise        each ─▶ periphrases, step by step
        └─ said plainly itself ─▶ translated ─▶ judged likewise

Rules of `periphrases` are trusted. Everything else must read back as this sentence (`backward`) and be nearly as likely
a translation of it, for grammar (the model's own score).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from dubbench.translation import guard
from dubbench.translation.backward import Backward
from dubbench.translation.beam import Decoder
from dubbench.translation.network import Network
from dubbench.translation.periphrases import condensed

CHANGED = 1.5
"""Nats by which a wording with other small words may be less likely than the best. Beyond it grammar goes first:
"abrir o pouco a janela" for "um pouco" loses 3.0."""
SPARED = 4.0
"""The same where a word is left out that speech leaves out anyway: what models learned from writes its pronouns."""

_SPARE = {
    "pt": "eu nós você vocês eles elas isso isto este esta seu sua seus suas meu minha meus minhas nosso nossa "
    "lá aí algum alguma alguns algumas mesmo tão então já também e",
    "es": "yo nosotros usted ustedes ellos ellas eso esto este esta mi mis su sus nuestro nuestra "
    "allí ahí algún alguna algunos algunas mismo tan entonces ya también y",
    "en": "that some then there also so and",
}
"""Words that may be left out by themselves where nothing is lost by it. "He" and "she" are none: they tell who."""

_MARKS = ",.;:!?…"

Say: TypeAlias = Callable[[str], str]


class Ladder:
    """Ladders in one direction. Reads files model.<pair>.bin and vocab.<pair>.spm, and those of the way back, if there:
    without them words may go only where `guard.same` lets them."""

    def __init__(self, folder: Path, pair: str) -> None:
        self.source, self.target = pair.split("-")
        self._forward = Decoder(folder / f"model.{pair}.bin", folder / f"vocab.{pair}.spm")
        back = f"{self.target}-{self.source}"
        model, vocabulary = folder / f"model.{back}.bin", folder / f"vocab.{back}.spm"
        self._backward = Backward(Network(model, vocabulary), self.source) if model.is_file() else None

    def of(self, sentence: str, best: str, said: Say, mended: Say, *, spoken: bool = True) -> list[str]:
        """`best` and what says the same shorter, the longest first; with `spoken` in forms that only speech has, too.

        `said` translates a sentence, `mended` puts right what the model says of this one.
        """
        retold = self._retold(sentence, best, said)
        ways = [best, *self._beam(sentence, best, mended), *retold]
        ways += [text for way in (best, *retold) for text in self._pruned(sentence, way)]
        ways += [text for way in dict.fromkeys(ways) for text in condensed(way, self.target, spoken=spoken)]
        fit = (text for text in set(ways) if len(text) < len(best) and guard.faithful(text, best, self.target))
        return [best, *sorted(fit, key=lambda text: (-len(text), text))]

    def _beam(self, sentence: str, best: str, mended: Say) -> list[str]:
        """What the model finds nearly as likely, in the best one's words but for those of little sense."""
        least = self._likelihood(sentence, best) - CHANGED
        found = self._forward.translations(sentence, best)
        texts = dict.fromkeys(mended(one.text) for one in found if one.total >= least)
        return self._read_back(sentence, best, [text for text in texts if len(text) < len(best)])

    def _retold(self, sentence: str, best: str, said: Say) -> list[str]:
        """The translation of the sentence said more plainly, if that lost nothing of it."""
        plain = condensed(sentence, self.source)[-1:]
        texts = [said(text) for text in plain]
        return self._backward.kept(plain[0], best, texts) if plain and self._backward else []

    def _pruned(self, sentence: str, text: str) -> list[str]:
        """A wording without one spare word, without two, and so on, as far as nothing is lost."""
        found: list[str] = []
        spare = _SPARE.get(self.target, "").split()
        least = self._likelihood(sentence, text) - SPARED
        for word in [word for word in text.split() if word.strip(_MARKS).lower() in spare]:
            before = found[-1] if found else text
            after = _without(before, word)
            if self._likelihood(sentence, after) >= least:
                found += self._read_back(sentence, text, [after])
        return found

    def _read_back(self, sentence: str, best: str, texts: Sequence[str]) -> list[str]:
        """The texts near the best that read back as the sentence."""
        if self._backward is None:
            return [text for text in texts if guard.same(text, best, self.target)]
        return self._backward.kept(sentence, best, [text for text in texts if guard.near(text, best, self.target)])

    def _likelihood(self, sentence: str, text: str) -> float:
        return sum(chance for _, chance in self._forward.chances(sentence, text))


def _without(text: str, word: str) -> str:
    """A text without the first such word; a mark at its end stays."""
    words = text.split()
    at = words.index(word)
    mark = word[len(word.rstrip(_MARKS)) :]
    kept = [*words[:at], *words[at + 1 :]]
    if mark and at:
        kept[at - 1] = kept[at - 1].rstrip(_MARKS) + mark
    shorter = " ".join(kept)
    return shorter[:1].upper() + shorter[1:] if text[:1].isupper() else shorter


__all__ = ["Ladder"]
