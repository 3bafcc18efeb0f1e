"""Numbers written in digits: where they stand, what they are worth, how another language writes and says them.

Knows conventions and words of numbers; no sentences, no sound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

LANGUAGES = ("en", "es", "fr", "it", "pt", "de")
"""Languages whose numbers can be said in words."""

_SPACES = "\u00a0\u202f\u2009"
DIGITS = rf"(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)"
"""A number in digits with its marks, as a pattern."""

_CARDINAL = {"en": "spellout-cardinal-verbose", "pt": "spellout-cardinal-masculine"}
_FEMININE = {"es": "spellout-cardinal-feminine", "pt": "spellout-cardinal-feminine", "it": "spellout-cardinal-feminine"}
_BEFORE_NOUN = {"es": "spellout-cardinal-masculine", "it": "spellout-cardinal-masculine"}
_POINT = {"en": "point", "pt": "vírgula", "es": "coma", "fr": "virgule", "it": "virgola", "de": "Komma"}
_MINUS = {"en": "minus", "pt": "menos", "es": "menos", "fr": "moins", "it": "meno", "de": "minus"}
_WORDS_LONGEST = 15
"""More digits than these are no amount: they are read out one by one."""


@dataclass(frozen=True)
class Figure:
    """A number in digits: the slice `start:end` of the text it stands in, and what it is worth."""

    start: int
    end: int
    text: str
    value: Decimal

    @property
    def digits(self) -> str:
        """Its digits without any mark between them."""
        return re.sub(r"\D", "", self.text)


def decimal_mark(language: str) -> str:
    """What stands before the fraction: a point in English, Chinese, Japanese and Hindi, else a comma."""
    return "." if language[:2] in ("en", "zh", "ja", "hi") else ","


def figures(text: str, language: str) -> list[Figure]:
    """All numbers in digits, in order: "1,250.5" is one in English, "1.250,5" one in Portuguese."""
    return [Figure(m.start(), m.end(), m[0], worth(m[0], language)) for m in re.finditer(DIGITS, text)]


def worth(text: str, language: str) -> Decimal:
    """What digits with marks are worth.

    With one kind of mark the language decides, unless the groups refute it: "3,5" is no thousand in English.
    """
    text = re.sub(rf"[{_SPACES}]", "", text)
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return Decimal(text)
    repeated = text.count(text[last]) > 1
    foreign = text[last] != decimal_mark(language) and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text) is not None
    whole, part = (text, "") if repeated or foreign else (text[:last], text[last + 1 :])
    return Decimal(re.sub(r"\D", "", whole) + ("." + part if part else ""))


def written(figure: Figure, source: str, target: str) -> str:
    """The figure as `target` writes it: the marks between its digits changed, the digits left alone."""
    if decimal_mark(source) == decimal_mark(target):
        return figure.text
    mark = decimal_mark(target)
    whole, _, part = str(figure.value).partition(".")
    grouped = len(figure.text) > len(whole) + len(part) + bool(part)
    if grouped:
        whole = f"{int(whole):,}".replace(",", "," if mark == "." else ".")
    return whole + (mark + part if part else "")


def agreed(text: str, source_text: str, source: str, target: str) -> str:
    """`text` with each number that has the digits of one in `source_text` written as `target` writes it.

    Small models copy digits well and marks badly: "1,250,000" came back as "1.250,000".
    """
    originals = {f.digits: f for f in figures(source_text, source)}
    for figure in reversed(figures(text, target)):
        original = originals.get(figure.digits)
        if original is not None and (original.text != original.digits or original.value != figure.value):
            text = text[: figure.start] + written(original, source, target) + text[figure.end :]
    return text


@cache
def _engine(language: str) -> Any:
    from unicode_rbnf import RbnfEngine

    return RbnfEngine.for_language(language)


def _spelled(number: int, language: str, ruleset: str) -> str:
    return str(_engine(language).format_number(number, ruleset_names=[ruleset]).text)


def cardinal(value: Decimal, language: str, *, feminine: bool = False, noun: bool = False) -> str:
    """A number in words, by CLDR's spelling rules. `noun`: one follows, as in Spanish "veintiún años".

    Decimals are read as a number after the mark's name, zeros first, except in English, where digits are read singly.
    """
    ruleset = _CARDINAL.get(language, "spellout-numbering")
    if feminine or noun:
        ruleset = (_FEMININE if feminine else _BEFORE_NOUN).get(language, ruleset)
    sign = f"{_MINUS[language]} " if value < 0 else ""
    whole, _, part = f"{value.copy_abs():f}".partition(".")
    said = _spelled(int(whole), language, ruleset) if len(whole) <= _WORDS_LONGEST else one_by_one(whole, language)
    if not part:
        return sign + said
    rest = part.lstrip("0")
    zeros = one_by_one("0" * (len(part) - len(rest)), language)
    singly = language == "en" or len(rest) not in (1, 2)
    read = one_by_one(rest, language) if singly else cardinal(Decimal(rest), language)
    return " ".join(filter(None, (sign + said, _POINT[language], zeros, read)))


def one_by_one(digits: str, language: str) -> str:
    """Digits read out singly, as in a telephone number."""
    return " ".join(cardinal(Decimal(digit), language) for digit in digits)


def year(value: int, language: str) -> str:
    """A year in words: "nineteen ninety-eight", "neunzehnhundertachtundneunzig", "mil novecentos e noventa e oito"."""
    if language in ("en", "de"):
        return _spelled(value, language, "spellout-numbering-year")
    return cardinal(Decimal(value), language)


def ordinal(value: int, language: str, *, feminine: bool = False) -> str:
    """An ordinal in words, in the gender asked for where the language has one."""
    gender = "feminine" if feminine else "masculine"
    ruleset = "spellout-ordinal" if language in ("en", "de") else f"spellout-ordinal-{gender}"
    return _spelled(value, language, ruleset)


__all__ = [
    "DIGITS", "LANGUAGES", "Figure", "agreed", "cardinal", "decimal_mark", "figures", "one_by_one", "ordinal",
    "worth", "written", "year",
]  # fmt: skip
