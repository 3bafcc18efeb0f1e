"""Text as the phonemes Kokoro was trained on: what it is written like, espeak-ng's or misaki's rules, pieces to speak.

Kokoro's own companion, no adapter. espeak-ng's diphthongs and affricates are written with the one symbol each that the
model's training text had (misaki, Apache-2.0): on Portuguese that took the word error rate of re-listening from 3.1 to
1.9 %.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput, Missing
from dubbench.espeak import espeak as espeak
from dubbench.text import emphasis, names
from dubbench.text.readings import spoken

FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("kokoro.json").read_text("utf-8"))
TOKENS: dict[str, int] = {symbol: first + i for first, row in FACTS["vocabulary"] for i, symbol in enumerate(row)}
LIMIT = 510
"""Phonemes in one pass: the model's context of 512 less a pad at either end."""

ESPEAK = {"en": "en-us", "en-gb": "en", "es": "es", "fr": "fr", "hi": "hi", "it": "it", "pt": "pt-br"}
MISAKI = {"ja": ("pyopenjtalk", "misaki==0.9.4 pyopenjtalk-plus==0.4.1.post10"), "zh": ("jieba", "'misaki[zh]==0.9.4'")}
"""Languages that need a package of their own: a module that shows it is here, and what to install."""

_TIED = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "t^s": "ʦ", "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
}  # fmt: skip
_IPA = str.maketrans({
    "'": "ˈ", ":": "ː", "g": "ɡ", "ɫ": "l", "ɝ": "ɜ", "\u0361": "", "\u035c": "", ".": "", "\u032f": "", "\u0329": "",
})  # fmt: skip
"""What people write in IPA and the model has another sign for, or none: ties, points between syllables."""

_HOOKED = dict(zip("ᶀᶁᶂᶃᶄᶅᶆᶇᶈᶉᶊᶎ", "bdfɡklmnpɾsz", strict=True))
_TYPED = str.maketrans({
    "«": "“", "»": "”", "„": "“", "[": "(", "]": ")", "{": "(", "}": ")", "¿": "", "¡": "", "।": ".", "’": "'",
    "–": "—", "<": " ", ">": " ", "*": " ", "_": " ", "|": ",", "\u00ad": "", "\ufeff": "",
})  # fmt: skip
_POINTS = set(';:,.!?—…"()“” ')
_CHARACTERS = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
# Control characters end a C string or mean nothing; of pictures and emoji espeak-ng would say the names.
_SILENT = re.compile("[\\x00-\\x1f\\x7f\\u200b-\\u200f\\u2028-\\u202e\\u2190-\\u2bff\\ufe0f\\U0001f000-\\U0001faff]+")
# A point, comma or colon is a mark only where a word ends: "3.5", "U.S.A." and "10:30" stay whole.
_MARKS = re.compile(r"((?:[;!?…—\"“”()]|[.,:](?!\w))+)")


def read(text: str, language: str) -> tuple[str, npt.NDArray[np.bool_]]:
    """The phonemes of `text` with its punctuation, all of them in TOKENS, and which are of a word that is marked as
    stressed (`text.emphasis`). `language` is a code, or "en-gb".

    Raises BadInput where there is nothing to say, Missing where the language's package is not installed.
    """
    bare = emphasis.bare(text)
    if not any(c.isalnum() for c in bare):
        raise BadInput(f"nothing to say in {bare[:40]!r}: write a letter or a digit")
    if language in ESPEAK and _CHARACTERS.search(bare):
        raise BadInput(f"no reading for {_CHARACTERS.findall(bare)[0]!r} in '{language}': write how it sounds")
    said = _known(bare, language)
    if not any(c.isalpha() for c in said):
        raise BadInput(f"nothing in {bare[:40]!r} can be said in '{language}': write it in that language's letters")
    stressed = any(mark for _, mark in emphasis.parts(text))
    return _stressed(said, text, language) if stressed else (said, np.zeros(len(said), bool))


def _known(text: str, language: str) -> str:
    """What a text sounds like, in symbols that the model knows, one space between words."""
    said = {"ja": _japanese, "zh": _chinese}.get(language, lambda t: _by_espeak(t, language))(text)
    return " ".join("".join(c for c in said if c in TOKENS).split())


def _stressed(said: str, text: str, language: str) -> tuple[str, npt.NDArray[np.bool_]]:
    """`said` with the main stress on the words that `text` marks, and where those are; nowhere if it is read otherwise
    piece by piece."""
    marks = [mark for piece, mark in emphasis.parts(text) for word in _known(piece, language).split() if _sounds(word)]
    words = said.split(" ")
    if len(marks) != sum(map(_sounds, words)):
        return said, np.zeros(len(said), bool)
    left = iter(marks)
    chosen = [_sounds(word) and next(left) for word in words]
    spoken = [word.replace("ˌ", "ˈ", 1) if mark and "ˈ" not in word else word
              for word, mark in zip(words, chosen, strict=True)]  # fmt: skip
    where = [mark and c not in _POINTS for word, mark in zip(spoken, chosen, strict=True) for c in f"{word} "]
    return " ".join(spoken), np.array(where[:-1], bool)


def _sounds(word: str) -> bool:
    return any(c.isalpha() for c in word)


def need(language: str) -> None:
    """Refuse a language whose package is not here. Raises Missing with the command that brings it."""
    module, packages = MISAKI.get(language, ("", ""))
    if module and not (find_spec("misaki") and find_spec(module)):
        raise Missing(f"speaking '{language}' needs its reading rules: pip install {packages}")


def written_out(text: str, language: str) -> str:
    """`text` as espeak-ng reads it right: abbreviations, dates, numbers and signs in words, marks it knows."""
    text = _SILENT.sub(" ", spoken(text, language).translate(_TYPED))
    text = re.sub(r"\b(?:[A-Z]\.){2,}(?=\s+[a-z])", lambda m: m[0].replace(".", ""), text)
    text = re.sub(r"\b([A-ZÀ-Ý])\.(?=\s[A-ZÀ-Ý])", r"\1", re.sub(r"\.{2,}", "…", text))
    return re.sub(r"\s-+\s", " — ", " ".join(text.split()))


def _by_espeak(text: str, language: str) -> str:
    """Marks keep their place between the pieces that espeak-ng turns into phonemes.

    A name marked as of another language (`text.names`) is read by that one's rules.
    """
    pieces = names.parts(text, language)
    if any(code != language for _, code in pieces):
        return "".join(_spaced(words, _said(words, code, language)) for words, code in pieces)
    out = ""
    for i, piece in enumerate(_MARKS.split(written_out(text, language))):
        said = espeak().say(piece, ESPEAK[language]) if i % 2 == 0 and any(c.isalnum() for c in piece) else ""
        core = piece if i % 2 else said
        out += (" " if piece[:1] == " " else "") + core + (" " if piece[-1:] == " " else "")
    if not language.startswith("en"):
        for pair, one in _TIED.items():
            out = out.replace(pair, one)
    return out


def _said(words: str, code: str, language: str) -> str:
    """One piece of a text in `language`: by its pronunciation, or by the rules of its own language if there are any."""
    if code[0] == "/":
        return from_ipa(code) or words
    return _by_espeak(words, code if code in ESPEAK else language)


def _spaced(words: str, said: str) -> str:
    """What a piece is said like, with the spaces at its edges: without them two words would be read as one."""
    return (" " if words[:1] == " " else "") + said.strip() + (" " if words[-1:] == " " else "")


def from_ipa(reading: str) -> str | None:
    """IPA between slashes in the model's own symbols; None where one of them is none of its."""
    said = unicodedata.normalize("NFD", reading.strip("/ ")).translate(_IPA).replace("c\u0327", "ç")
    for pair, one in _TIED.items():
        said = said.replace(pair.replace("^", ""), one)
    sounds = said.replace(" ", "")
    known = all(c in TOKENS and (c.isalpha() or c in "ˈˌː\u0303ʰʲ") for c in sounds)
    return said if known and any(c.isalpha() for c in sounds) else None


def _japanese(text: str) -> str:
    need("ja")
    reader = _misaki("ja")
    said = "".join((token.phonemes or "") + token.whitespace for token in reader(text)[1])
    return "".join(f"{_HOOKED[c]}ʲ" if c in _HOOKED else c for c in said)


def _chinese(text: str) -> str:
    need("zh")
    return str(_misaki("zh")(text)[0])


@cache
def _misaki(language: str) -> Callable[[str], Any]:
    reader: Callable[[str], Any]
    if language == "ja":
        from misaki import ja

        reader = ja.JAG2P(version="pyopenjtalk")
    else:
        from misaki import zh

        reader = zh.ZHG2P()
    return reader


def passes(phonemes: str) -> list[str]:
    """Cut at a sentence, else a clause, else a word, near the middle, until each piece is at most LIMIT long."""
    if len(phonemes) <= LIMIT:
        return [phonemes]
    middle = len(phonemes) / 2
    for pattern in (r"[.!?…]+[”\")]*\s", r"[,;:—]+\s", r"\s", r""):
        cuts = [m.end() for m in re.finditer(pattern, phonemes) if abs(m.end() - middle) < 0.35 * len(phonemes)]
        if cuts:
            break
    at = min(cuts, key=lambda cut: abs(cut - middle))
    return passes(phonemes[:at].strip()) + passes(phonemes[at:].strip())
