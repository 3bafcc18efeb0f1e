"""How long a text takes before it is spoken, for voices that cannot say: syllables and pauses, weighed by their takes.

    seconds  =  syllables · a  +  long ones · b  +  consonants · c  +  words · d  +  commas · e  +  stops · f  +  g

A new voice has its language's usual weights; with takes at hand they are moved to what that voice did. Pure arithmetic:
who remembers takes is the speak room.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dubbench.text.readings import spoken
from dubbench.types import Seconds

RATES = {"de": 5.97, "en": 6.19, "es": 7.82, "fr": 7.18, "it": 6.99, "ja": 7.84, "zh": 5.18}
"""Syllables a second of people reading (Pellegrino, Coupé and Marsico 2011, Language 87, table 1)."""
USUAL_RATE = 6.7
"""For other languages: the mean of those seven."""

SHARES = (0.55, 0.25, 0.34, 0.15)
"""Of a syllable's usual time: what its vowel takes, a second vowel in it, each consonant, and each word; like PAUSES
rounded from what eight voices of three engines showed in four languages; with them a new voice is 8 to 16 % off."""
PAUSES: tuple[Seconds, Seconds, Seconds] = (0.25, 0.45, 0.18)
"""At a comma or its like, at a sentence's end inside the text, and for beginning and ending at all."""
SHORTEST: Seconds = 0.3

TRUST = 0.01
"""How much the usual weights count beside takes: a hundredth of one each. Ten times as much or as little was worse."""

NEWEST = 200
"""Takes of a voice that are remembered."""

_VOWELS = frozenset("aeiouyøœæəɐаеёиіоуыэюяєїαεηιουω")
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts that write a syllable with each character."""
_COMMAS, _STOPS = re.compile(r"[,;:—–、，；：]+"), re.compile(r"[.!?…。！？]+(?=\W)")


class Sample(NamedTuple):
    """What a take taught: its text as the voice was given it, the pace it was asked at, the seconds it lasted."""

    text: str
    pace: float
    seconds: Seconds


class Lesson(NamedTuple):
    """What a voice's takes taught: its weights, whether it keeps the pace it is asked, and the takes themselves."""

    weights: tuple[float, ...]
    keeps: bool
    samples: tuple[Sample, ...]

    def seconds(self, text: str, language: str) -> Seconds:
        """How long `text` takes at pace 1: as it did when it was said before, else by the weights."""
        said = [sample for sample in self.samples if sample.text == text]
        if not said:
            return seconds(text, language, self.weights)
        nearest = min(said, key=lambda sample: abs(sample.pace - 1))
        return nearest.seconds * (nearest.pace if self.keeps else 1.0)

    def kept(self) -> dict[str, object]:
        """As JSON."""
        return {"weights": self.weights, "keeps": self.keeps, "samples": self.samples}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Lesson:
        """From JSON."""
        samples = tuple(Sample(str(text), float(pace), float(took)) for text, pace, took in kept["samples"])
        return cls(tuple(kept["weights"]), bool(kept["keeps"]), samples)


def counts(text: str, language: str) -> tuple[float, ...]:
    """(syllables, those of two vowels, consonants, words, commas, stops, 1) of a text as it is read aloud."""
    said = spoken(text, language).lower()
    whole = len(_SYLLABLES.findall(said))
    # Marks after the last word are no pause inside.
    inside = said[: max((m.end() for m in re.finditer(r"\w", said)), default=0)]
    marked = _marked(_SYLLABLES.sub(" ", said), language[:2])
    return (
        float(len(re.findall("v+", marked)) + whole), float(len(re.findall("vv", marked))), float(marked.count("c")),
        float(len(said.split())), float(len(_COMMAS.findall(inside))), float(len(_STOPS.findall(inside))), 1.0,
    )  # fmt: skip


def _marked(said: str, language: str) -> str:
    """Letters as they sound: "v" a vowel, "c" a consonant, "-" between vowels that an accent parts, else " "."""
    if language in ("es", "pt"):
        said = re.sub(r"(?<=[aeo])(?=[íú])|(?<=[íú])(?=[aeo])", "-", re.sub(r"(?<=[qg])u(?=[eiéí])", "", said))
    plain = "".join(c for c in unicodedata.normalize("NFD", said) if not unicodedata.combining(c))
    marked = "".join("v" if c in _VOWELS else "c" if c.isalpha() else c if c == "-" else " " for c in plain)
    return _silent(plain, marked) if language in ("en", "fr") else marked


def _silent(letters: str, marked: str) -> str:
    """A last "e" or "es" after a consonant is mute in English and French, where the word has another vowel."""
    mute = re.compile(r"(?<=[aeiouy])([^\W\d_aeiouy]+)e(?=s?(?!\w))")
    for found in mute.finditer(letters):
        marked = marked[: found.end() - 1] + " " + marked[found.end() :]
    return marked


def usual(language: str) -> tuple[float, ...]:
    """A new voice's weights, in the order of `counts`."""
    syllable = 1 / RATES.get(language[:2], USUAL_RATE)
    return (*(share * syllable for share in SHARES), *PAUSES)


def seconds(text: str, language: str, weights: Sequence[float] | None = None) -> Seconds:
    """How long `text` takes at pace 1, by a voice's weights or the usual ones."""
    known = usual(language) if weights is None else weights
    return max(SHORTEST, float(np.dot(counts(text, language), known)))


def learned(samples: Sequence[Sample], language: str) -> Lesson:
    """The weights that explain a voice's takes: none negative, relative errors least, near the usual ones scaled.

    Whether the voice keeps the pace it is asked is found out too: what explains the takes better is believed. Of equal
    samples one counts, and of many the newest.
    """
    known = tuple(dict.fromkeys(samples))[-NEWEST:]
    if not known:
        return Lesson(usual(language), True, ())
    fits = {keeps: _fit(known, language, keeps) for keeps in (True, False)}
    keeps = fits[True][1] <= fits[False][1]
    return Lesson(fits[keeps][0], keeps, known)


def _fit(samples: Sequence[Sample], language: str, keeps: bool) -> tuple[tuple[float, ...], float]:
    """Weights, and the mean error that they leave."""
    from scipy.optimize import nnls

    table = np.array([counts(sample.text, language) for sample in samples])
    took = np.array([sample.seconds * (sample.pace if keeps else 1.0) for sample in samples])
    start = np.array(usual(language))
    start = start * np.median(took / (table @ start))
    pull = np.sqrt(TRUST)
    rows = np.vstack([table / took[:, None], np.diag(pull / start)])
    weights, _ = nnls(rows, np.concatenate([np.ones(len(table)), np.full(len(start), pull)]))
    return tuple(map(float, weights)), float(np.abs(table @ weights / took - 1).mean())


__all__ = ["Lesson", "Sample", "counts", "learned", "seconds", "usual"]
