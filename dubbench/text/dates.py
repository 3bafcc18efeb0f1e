"""Dates in digits, ranges and fractions, rewritten so that what is left are numbers and words. "25/12/2024"."""

from __future__ import annotations

import re

from dubbench.text import numerals

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_FORM = {
    "en": "{month} {day}, {year}", "pt": "{day} de {month} de {year}", "es": "{day} de {month} de {year}",
    "fr": "{day} {month} {year}", "it": "{day} {month} {year}", "de": "{day}. {month} {year}",
}  # fmt: skip
_FIRST = {"pt": "1º", "fr": "1er", "it": "1º"}
"""The first day is an ordinal there, and a cardinal in Spanish (RAE allows both; "uno de mayo" is said everywhere)."""

_TO = {"en": "to", "pt": "a", "es": "a", "fr": "à", "it": "a", "de": "bis"}
_HALF = {
    "en": ("one half", "one half"), "pt": ("meio", "meia"), "es": ("medio", "media"), "fr": ("un demi", "une demie"),
    "it": ("mezzo", "mezza"), "de": ("ein halb", "eine halbe"),
}  # fmt: skip
_PARTS = {
    "en": ("third:thirds", "quarter:quarters"), "pt": ("terço:terços", "quarto:quartos"),
    "es": ("tercio:tercios", "cuarto:cuartos"), "fr": ("tiers:tiers", "quart:quarts"),
    "it": ("terzo:terzi", "quarto:quarti"), "de": ("Drittel:Drittel", "Viertel:Viertel"),
}  # fmt: skip
_ONE = {"en": "one", "pt": "um", "es": "un", "fr": "un", "it": "un", "de": "ein"}
_FEMININE_NEXT = re.compile(r"\s+(?:de )?\w+(?:a|as|ção|ade|gem)\b")


def written(text: str, language: str) -> str:
    """`text` with dates in their language's words, ranges with "to", fractions in words."""
    if language not in _MONTHS:
        return text
    text = re.sub(
        r"(?<![\d/-])(\d{4})-(\d\d)-(\d\d)(?![\d-])", lambda m: _dated(m[0], m[3], m[2], m[1], language), text
    )
    mark = r"[./]" if language == "de" else "/"
    day_month = rf"(?<![\d/.])(\d{{1,2}}){mark}(\d{{1,2}}){mark}(\d{{4}})(?![\d/])"
    text = re.sub(day_month, lambda m: _dated(m[0], *_ordered(m[1], m[2], language), m[3], language), text)
    if language in ("pt", "es"):
        text = re.sub(r"\b([Dd]ía|[Dd]ia) (\d{1,2})/(\d{1,2})(?![\d/])", lambda m: _day(m, language), text)
    if language == "en":
        months = "|".join(_MONTHS["en"].split())
        ends = r"(?=,? \d{4}\b|[.,;:!?]|$)"
        text = re.sub(rf"\b({months}) (\d{{1,2}}){ends}", lambda m: f"{m[1]} {numerals.ordinal(int(m[2]), 'en')}", text)
    text = re.sub(r"(?<![\w/.,])([1-3])/([234])(?![\w/.,]\w)", lambda m: _fraction(m, language), text)
    return re.sub(r"(?<![\w.,/-])(\d{1,4})\s?[-–]\s?(\d{1,4})(?![\w/-]|[.,]\d)", lambda m: _range(m, language), text)


def _ordered(first: str, second: str, language: str) -> tuple[str, str]:
    """(day, month): the month comes first in American English, unless there is no such month."""
    return (second, first) if language == "en" and int(first) <= 12 else (first, second)


def _dated(whole: str, day: str, month: str, year: str, language: str) -> str:
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return whole
    return _FORM[language].format(day=_number(day, language), month=_month(month, language), year=int(year))


def _day(match: re.Match[str], language: str) -> str:
    if not (1 <= int(match[2]) <= 31 and 1 <= int(match[3]) <= 12):
        return match[0]
    return f"{match[1]} {_number(match[2], language)} de {_month(match[3], language)}"


def _number(day: str, language: str) -> str:
    return _FIRST.get(language, "1") if int(day) == 1 else str(int(day))


def _month(number: str, language: str) -> str:
    return _MONTHS[language].split()[int(number) - 1]


def _fraction(match: re.Match[str], language: str) -> str:
    """ "1/2 xícara" is "meia xícara", "3/4" is "três quartos"; 2/2 and the like are none."""
    above, below = int(match[1]), int(match[2])
    feminine = _FEMININE_NEXT.match(match.string[match.end() :]) is not None
    if above >= below:
        return match[0]
    if below == 2:
        return _HALF[language][feminine]
    one, many = _PARTS[language][below - 3].split(":")
    return f"{_ONE[language]} {one}" if above == 1 else f"{above} {many}"


def _range(match: re.Match[str], language: str) -> str:
    """ "10-20" is "10 a 20"; a result ("3-2") and what begins with a zero are left alone."""
    if int(match[1]) >= int(match[2]) or "0" in (match[1][0], match[2][0]):
        return match[0]
    return f"{match[1]} {_TO[language]} {match[2]}"


__all__ = ["written"]
