"""Text as it sounds: numbers in words, spelling evened out, and errors of what was heard counted against what was said.

`spoken` is for a voice to read; `words`, `cer` and `wer` are for comparing, and shown to nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dubbench.text.readings import spoken

_SAME: dict[str, dict[str, str]] = {
    "en": {
        "ok": "okay", "gonna": "going to", "wanna": "want to", "gotta": "got to", "mr": "mister", "mrs": "missus",
        "dr": "doctor", "vs": "versus", "alright": "all right", "grey": "gray", "cannot": "can not",
    },
    "pt": {
        "pra": "para", "pras": "para as", "pro": "para o", "pros": "para os", "tá": "está", "tô": "estou",
        "tava": "estava", "né": "não é", "num": "em um", "numa": "em uma", "nuns": "em uns", "numas": "em umas",
        "dum": "de um", "duma": "de uma", "cê": "você", "ok": "okay", "uma": "um", "duas": "dois",
        "dr": "doutor", "dra": "doutora", "sr": "senhor", "sra": "senhora", "à": "a", "às": "as", "senão": "se não",
    },
    "es": {
        "ok": "okay", "una": "un", "uno": "un", "veintiún": "veintiuno", "veintiuna": "veintiuno", "solo": "sólo",
        "sr": "señor", "sra": "señora", "dr": "doctor", "dra": "doctora", "ud": "usted", "uds": "ustedes",
    },
    "fr": {"ok": "okay", "une": "un", "cents": "cent", "vingts": "vingt", "mr": "monsieur", "mme": "madame"},
    "it": {"ok": "okay", "una": "un", "uno": "un", "perchè": "perché", "sig": "signor", "dott": "dottor"},
    "de": {"ok": "okay", "eine": "ein", "eins": "ein", "einen": "ein", "einem": "ein", "dr": "doktor"},
}  # fmt: skip
"""Spellings that sound alike or mean the same reading, evened out before comparing."""

_HUNDREDS = {"pt": (r"(entas)$", "entos"), "es": (r"(ientas)$", "ientos")}
_AND = re.compile(r"\b(hundred|thousand|million|billion) and (?=\w)")
_A_HUNDRED = re.compile(r"\ba (?=(?:hundred|thousand|million|billion)\b)")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Errors:
    """Errors counted against a reference's length; counts add, rates do not."""

    errors: int = 0
    length: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.errors + other.errors, self.length + other.length)

    @property
    def rate(self) -> float:
        """Errors over length; 0 when both are empty, and an invention against nothing counts whole."""
        return self.errors / max(self.length, 1)


def unaccented(text: str) -> str:
    """A text without marks on its letters: "contraseña" is "contrasena"."""
    return unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    )


def words(text: str, language: str) -> list[str]:
    """A text as the words one hears: lower-case, no punctuation, digits in words, contractions evened out.

    Diacritics stay. Chinese and Japanese give one character a word. Languages without number rules keep their digits.
    """
    language = language[:2].lower()
    text = unicodedata.normalize("NFC", spoken(text, language)).lower()
    text = re.sub(r"[’‘ʼ`´]", "'", text)
    text = text.replace("'", "" if language == "en" else " ").replace("\u00ad", "")
    text = _CJK.sub(lambda match: f" {match[0]} ", text)
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    if language == "en":
        kept = _A_HUNDRED.sub("one ", _AND.sub(r"\1 ", " ".join(kept.split())))
    return [part for word in kept.split() for part in _evened(word, language).split()]


def _evened(word: str, language: str) -> str:
    if language in _HUNDREDS:
        word = re.sub(*_HUNDREDS[language], word)
    return _SAME.get(language, {}).get(word, word)


def wer(reference: str, heard: str, language: str) -> Errors:
    """Word errors (substituted, missing, invented) of what was heard, numbers normalised."""
    said = words(reference, language)
    return Errors(_distance(said, words(heard, language)), len(said))


def cer(reference: str, heard: str, language: str) -> Errors:
    """Character errors of what was heard, numbers normalised, one space between words."""
    said = " ".join(words(reference, language))
    return Errors(_distance(said, " ".join(words(heard, language))), len(said))


def _distance(said: Sequence[str], heard: Sequence[str]) -> int:
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(said, heard))


def aligned(heard: str, lines: Mapping[str, str], language: str) -> dict[str, str]:
    """The words of `heard` given to the lines (id -> text) they align with by least edits.

    Words heard in excess go to the line of the word before them, those before everything to the first line.
    """
    from rapidfuzz.distance import Levenshtein

    owners = [(key, word) for key, text in lines.items() for word in words(text, language)]
    found = words(heard, language)
    parts: dict[str, list[str]] = {key: [] for key in lines}
    steps: Any = Levenshtein.opcodes([word for _, word in owners], found) if owners else ()
    for step in steps:
        for at in range(step.dest_start, step.dest_end):
            own = step.src_start + (at - step.dest_start) if step.tag in ("equal", "replace") else step.src_start - 1
            parts[owners[max(0, own)][0]].append(found[at])
    return {key: " ".join(part) for key, part in parts.items()}


_SOUNDS = (
    (r"^kn", "n"), (r"^wr", "r"), (r"gh(?=t|$)", ""), (r"ph", "f"), (r"sch|sh|ch", "x"), (r"th", "t"), 
    (r"[ln]h", "n"), (r"gn", "n"), (r"qu(?=[ei])", "k"), (r"q", "k"), (r"ck", "k"), (r"c(?=[eiy])", "s"), (r"c", "k"),
    (r"g(?=[eiy])", "x"), (r"j", "x"), (r"z", "s"), (r"h", ""), (r"b", "p"), (r"d", "t"), (r"g", "k"), (r"v", "f"),
    (r"[eiy]", "i"), (r"[ouw]", "u"), (r"[mn]$", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip
"""A rough ear: voiced and voiceless alike, vowels as front, open or back, a final nasal as part of its vowel."""

_LONG = 5


def same_sound(said: str, heard: str, language: str) -> bool:
    """Whether two short utterances could be the same sound differently spelled: "Sim" and "Cim", not "Sim" and "Não".

    For lines of one word, which recognisers misspell in every voice. Longer words may differ by one sound.
    """
    first, second = (words(text, language) for text in (said, heard))
    if not first or not second:
        return False
    if first == second:
        return True
    one, other = (_sound("".join(part), language) for part in (first, second))
    if not one or not other:
        return False
    return _distance(one, other) <= (min(len(one), len(other)) >= _LONG)


def _sound(word: str, language: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("ç", "s"))
    word = "".join(char for char in letters if not unicodedata.combining(char))
    if language[:2] in ("en", "fr"):
        word = re.sub(r"(?<=[^aeiou])e$", "", word)
    for pattern, sound in _SOUNDS:
        word = re.sub(pattern, sound, word)
    return word


__all__ = ["Errors", "aligned", "cer", "same_sound", "spoken", "wer", "words"]
