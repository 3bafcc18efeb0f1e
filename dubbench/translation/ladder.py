"""A sentence's ladder: its translation and what says the same shorter, by rules and by the model that translated it.

    sentence ─▶ best ─▶ beam: likely and near the best, with fewer small words ─▶ judged by the source read back
        │         └───▶ pronouns and the like left out ─▶ judged likewise        each ─▶ periphrases, step by step
        └─ said plainly itself ─▶ translated ─▶ judged likewise

Rules of `periphrases` are trusted. Everything else must read back as this sentence (`backward`) and be nearly as likely
a translation of it, for grammar (the model's own score).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from dubbench.translation import alignment, guard
from dubbench.translation.alignment import Pairs
from dubbench.translation.backward import Backward
from dubbench.translation.beam import Decoder
from dubbench.translation.network import Network
from dubbench.translation.periphrases import condensed

CHANGED = 1.5
"""Nats by which a wording with other small words may be less likely than the best. Beyond it grammar goes first:
"abrir o pouco a janela" for "um pouco" loses 3.0."""
SPARED = 3.0
"""The same where such a word is left out."""
UNSAID = 5.5
"""The same where a subject is left out that the verb tells: models learned from writing, which says more of them."""

_SUBJECTS = {
    "pt": "eu nós você vocês eles elas",
    "es": "yo nosotros usted ustedes ellos ellas",
}
"""Pronouns that may be left out where nothing is lost by it. "He" and "she" are none: they tell who."""
_THERE = {"pt": "tem têm tinha tinham teve tiveram terá terão teria teriam há"}
"""Verbs that without a subject say what there is ("você tem tempo", "tem tempo"): before them it stays."""
_SPARE = {
    "pt": "isso isto este esta seu sua seus suas meu minha meus minhas nosso nossa lá aí algum alguma alguns algumas "
    "mesmo tão então já também e",
    "es": "eso esto este esta mi mis su sus nuestro nuestra allí ahí algún alguna algunos algunas mismo tan entonces "
    "ya también y",
    "en": "that some then there also so and",
}
"""Other words that may."""
_GENERAL = {"pt": "o a os as"}
"""Articles that may go from a sentence's beginning ("o medo é ..."); elsewhere one is missed."""
_MARKS = ",.;:!?…"

Say: TypeAlias = Callable[[str], str]


class Ladder:
    """Ladders in one direction. Reads files model.<pair>.bin and vocab.<pair>.spm, and those of the way back, if there:
    without them words may go only where `guard.same` lets them."""

    def __init__(self, folder: Path, pair: str) -> None:
        self.source, self.target = pair.split("-")
        self._forward = Decoder(folder / f"model.{pair}.bin", folder / f"vocab.{pair}.spm")
        self._folder = folder

    @cached_property
    def _backward(self) -> Backward | None:
        """Read when something is first read back: who asks for pairs of words can do without."""
        back = f"{self.target}-{self.source}"
        model, vocabulary = self._folder / f"model.{back}.bin", self._folder / f"vocab.{back}.spm"
        return Backward(Network(model, vocabulary), self.source) if model.is_file() else None

    def of(self, sentence: str, best: str, said: Say, mended: Say, *, spoken: bool = True) -> list[str]:
        """`best` and what says the same shorter, the longest first; with `spoken` in forms that only speech has, too.

        `said` translates a sentence, `mended` puts right what the model says of this one.
        """
        retold = self._retold(sentence, best, said)
        ways = [best, *self._beam(sentence, best, mended), *retold]
        ways += [text for way in (best, *retold) for text in self._pruned(sentence, way, spoken)]
        ways += [text for way in dict.fromkeys(ways) for text in condensed(way, self.target, spoken=spoken)]
        fit = (text for text in set(ways) if len(text) < len(best) and guard.faithful(text, best, self.target))
        return [best, *sorted(fit, key=lambda text: (-len(text), text))]

    def pairs(self, sentence: str, said: str) -> Pairs:
        """Which words of a translation say which of its sentence; by their looks where the model's own are others
        ("d´isse" is two of them)."""
        source, pieces, attention = self._forward.attention(sentence, said)
        ours, theirs = sentence.split(), said.split()
        if (alignment.words(source), alignment.words(pieces)) != (len(ours), len(theirs)):
            return alignment.alike(ours, theirs)
        return alignment.attended(attention, source, pieces)

    def _beam(self, sentence: str, best: str, mended: Say) -> list[str]:
        """What the model finds nearly as likely, in the best one's words but for those of little sense."""
        known = self._likelihood(sentence, best)
        said: dict[str, float] = {}
        for one in self._forward.translations(sentence, best):
            said.setdefault(mended(one.text), known - one.total)  # the likeliest comes first
        texts = [text for text, less in said.items() if len(text) < len(best) and less <= CHANGED]
        return self._read_back(sentence, best, texts)

    def _retold(self, sentence: str, best: str, said: Say) -> list[str]:
        """The translation of the sentence said more plainly, if that lost nothing of it."""
        plain = condensed(sentence, self.source)[-1:]
        texts = [said(text) for text in plain]
        return self._backward.kept(plain[0], best, texts) if plain and self._backward else []

    def _pruned(self, sentence: str, text: str, spoken: bool) -> list[str]:
        """A wording without one spare word, without two, and so on, as far as nothing is lost."""
        found: list[str] = []
        there = set(_THERE.get(self.target, "").split())
        spare = dict.fromkeys(_SPARE.get(self.target, "").split(), SPARED)
        spare |= dict.fromkeys(_SUBJECTS.get(self.target, "").split(), UNSAID)
        first = dict.fromkeys(_GENERAL.get(self.target, "").split() if spoken else (), SPARED)
        known, words = self._likelihood(sentence, text), [_bare(word) for word in text.split()]
        for at in reversed(range(len(words))):  # from the end, so that places before stay what they are
            less = (spare if at else spare | first).get(words[at])
            if less is None or (less == UNSAID and there.intersection(words[at + 1 : at + 2])):
                continue
            after = _without(found[-1] if found else text, at)
            likelihood = self._likelihood(sentence, after)
            if known - likelihood <= less and self._read_back(sentence, text, [after]):
                found.append(after)
                known = likelihood
        return found

    def _read_back(self, sentence: str, best: str, texts: Sequence[str]) -> list[str]:
        """The texts near the best that read back as the sentence."""
        if self._backward is None:
            return [text for text in texts if guard.same(text, best, self.target)]
        return self._backward.kept(sentence, best, [text for text in texts if guard.near(text, best, self.target)])

    def _likelihood(self, sentence: str, text: str) -> float:
        return sum(chance for _, chance in self._forward.chances(sentence, text))


def _bare(word: str) -> str:
    """A word in small letters without the marks about it, as the tables have it."""
    return word.strip(_MARKS).lower()


def _without(text: str, at: int) -> str:
    """A text without one of its words; a mark after that stays."""
    words = text.split()
    mark = words[at][len(words[at].rstrip(_MARKS)) :]
    kept = [*words[:at], *words[at + 1 :]]
    if mark and at:
        kept[at - 1] = kept[at - 1].rstrip(_MARKS) + mark
    shorter = " ".join(kept)
    return shorter[:1].upper() + shorter[1:] if text[:1].isupper() else shorter


__all__ = ["Ladder"]
