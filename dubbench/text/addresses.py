"""E-mail addresses, web addresses and telephone numbers, said sign by sign. No numbers that are worth something."""

from __future__ import annotations

import re

from dubbench.text import numerals

_SIGNS: dict[str, dict[str, str]] = {
    "en": {"@": "at", ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "+": "plus", ":": "colon"},
    "pt": {"@": "arroba", ".": "ponto", "/": "barra", "-": "hífen", "_": "sublinhado", "+": "mais", ":": "dois-pontos"},
    "es": {"@": "arroba", ".": "punto", "/": "barra", "-": "guion", "_": "guion bajo", "+": "más", ":": "dos puntos"},
    "fr": {"@": "arobase", ".": "point", "/": "slash", "-": "tiret", "_": "tiret bas", "+": "plus", ":": "deux points"},
    "it": {"@": "chiocciola", ".": "punto", "/": "barra", "-": "trattino", "_": "trattino basso", "+": "più",
           ":": "due punti"},
    "de": {"@": "ät", ".": "Punkt", "/": "Schrägstrich", "-": "Bindestrich", "_": "Unterstrich", "+": "plus",
           ":": "Doppelpunkt"},
}  # fmt: skip
_WWW = {
    "en": "double-u double-u double-u", "pt": "dáblio dáblio dáblio", "es": "triple uve doble",
    "fr": "trois double vé", "it": "tre vu", "de": "weh weh weh",
}  # fmt: skip
_PLUS = {"en": "plus", "pt": "mais", "es": "más", "fr": "plus", "it": "più", "de": "plus"}

_HOST = r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b"
_ENDS = "com|org|net|edu|gov|info|io|app|dev|tv|br|pt|fr|uk|mx"
"""Of addresses that nothing else shows; "de", "es" and "it" are words too, and a space is soon forgotten."""
_ADDRESS = re.compile(
    rf"(?:https?://)?(?:[\w.+-]*\w@{_HOST}|www\.{_HOST}|(?<![\w.@-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_ENDS})\b(?!\.\w)|"
    rf"(?<=//){_HOST})(?::\d+)?(?:/[\w./+-]*\w)?/?"
)
"""With "@", with "www." or "https://" before, or lower-case throughout and ending as addresses do ("exemplo.com")."""

_PHONE = {
    "pt": r"(?P<plus>\+\d{2,3} )?(?:\(\d{2,3}\) ?|\d{2,3} )?(?:9 ?\d{4}|(?!1[5-9]\d\d|20\d\d)[2-9]\d{3})-\d{4}",
    "es": r"(?P<plus>\+\d{2} )?[679]\d\d[ -]\d{3}[ -]\d{3}",
    "en": r"(?P<plus>\+\d )?(?:\(\d{3}\) ?|\d{3}[ -])\d{3}-\d{4}",
    "fr": r"(?P<plus>\+\d{2} )?0?\d(?:[ .]\d\d){4}",
    "it": r"(?P<plus>\+\d{2} )?(?:0\d{1,3}[ -]\d{5,8}|3\d\d[ -]\d{3} ?\d{3,4})",
    "de": r"(?P<plus>\+\d{2} )?0\d{2,4}[ /-]\d{4,8}",
}


def read_out(text: str, language: str) -> str:
    """`text` with addresses and telephone numbers as they are dictated: "ana@site.com" -> "ana arroba site ponto com".

    A telephone number's groups are kept apart by commas, which voices pause at.
    """
    if language not in _SIGNS:
        return text
    text = _ADDRESS.sub(lambda m: _address(m[0], language), text)
    phone = rf"(?<![\w.,-]){_PHONE[language]}(?![\d-]|[ \u00a0]?[€$%])"
    return re.sub(phone, lambda m: _phone(m, language), text)


def _address(address: str, language: str) -> str:
    bare = re.sub(r"^https?://", "", address).rstrip("/")
    # Two letters that end an address are left as they are: espeak-ng spells "br" and "uk" by itself.
    said = re.sub(r"[@./+:_-]", lambda m: f" {_SIGNS[language][m[0]]} ", bare)
    return " ".join(re.sub(r"^www(?= )", _WWW[language], said).split())


def _phone(match: re.Match[str], language: str) -> str:
    plus = f"{_PLUS[language]} " if match["plus"] else ""
    groups = re.findall(r"\d+", match[0])
    if language == "fr":
        return plus + ", ".join(_pair(group) for group in groups)
    return plus + ", ".join(numerals.one_by_one(group, language) for group in groups)


def _pair(digits: str) -> str:
    """French numbers are said by twos, a leading zero apart."""
    return (
        numerals.one_by_one(digits, "fr") if digits[0] == "0" else numerals.cardinal(numerals.worth(digits, "fr"), "fr")
    )


__all__ = ["read_out"]
