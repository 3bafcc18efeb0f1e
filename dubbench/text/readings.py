"""How written signs are read aloud: numbers, money, times, percentages, units. Text in, text out.

What is written short, addresses and dates have modules of their own (shortened, addresses, dates), used from here.

A voice reads "US$ 4,50" as letters and "10h30" as "ten aitch thirty": espeak-ng does, under Kokoro and Piper alike.
`spoken` writes them out. Words, case and punctuation around them stay as they are.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from dubbench.text import addresses, dates, numerals, shortened

_Match = re.Match[str]
_NUMBER = numerals.DIGITS

# symbol: (one, many, one hundredth, many hundredths)
_MONEY: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "en": {
        "$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "cent", "cents"),
        "£": ("pound", "pounds", "penny", "pence"), "R$": ("real", "reais", "centavo", "centavos"),
    },
    "pt": {
        "$": ("dólar", "dólares", "centavo", "centavos"), "€": ("euro", "euros", "centavo", "centavos"),
        "£": ("libra", "libras", "centavo", "centavos"), "R$": ("real", "reais", "centavo", "centavos"),
    },
    "es": {
        "$": ("dólar", "dólares", "centavo", "centavos"), "€": ("euro", "euros", "céntimo", "céntimos"),
        "£": ("libra", "libras", "penique", "peniques"), "R$": ("real", "reales", "centavo", "centavos"),
    },
    "fr": {
        "$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "centime", "centimes"),
        "£": ("livre", "livres", "penny", "pence"), "R$": ("real", "reals", "centavo", "centavos"),
    },
    "it": {
        "$": ("dollaro", "dollari", "centesimo", "centesimi"), "€": ("euro", "euro", "centesimo", "centesimi"),
        "£": ("sterlina", "sterline", "penny", "pence"), "R$": ("real", "real", "centavo", "centavos"),
    },
    "de": {
        "$": ("Dollar", "Dollar", "Cent", "Cent"), "€": ("Euro", "Euro", "Cent", "Cent"),
        "£": ("Pfund", "Pfund", "Penny", "Pence"), "R$": ("Real", "Real", "Centavo", "Centavos"),
    },
}  # fmt: skip
_SCALES = {
    "en": "hundred|thousand|million|billion|trillion", "pt": "mil|milhão|milhões|bilhão|bilhões|trilhão|trilhões",
    "es": "mil|millón|millones|billón|billones", "fr": "mille|million|millions|milliard|milliards",
    "it": "mila|milione|milioni|miliardo|miliardi", "de": "tausend|Million|Millionen|Milliarde|Milliarden",
}  # fmt: skip
_OF = {"pt": "de ", "es": "de ", "fr": "de ", "it": "di "}
"""What stands between a million and its noun; the words for hundred and thousand take none."""

_WITH = {"en": " and ", "pt": " e ", "es": " con ", "fr": " et ", "it": " e ", "de": " und "}
_PERCENT = {
    "en": "percent", "pt": "por cento", "es": "por ciento", "fr": "pour cent", "it": "per cento", "de": "Prozent",
}  # fmt: skip
_AMPERSAND = {"en": "and", "pt": "e", "es": "y", "fr": "et", "it": "e", "de": "und"}
_UNITS = {
    "en": "km=kilometer:s kg=kilogram:s cm=centimeter:s mm=millimeter:s m=meter:s g=gram:s mg=milligram:s "
    "ml=milliliter:s l=liter:s GB=gigabyte:s MB=megabyte:s km²=square_kilometer:s m²=square_meter:s m³=cubic_meter:s "
    "km/h=kilometer:s_per_hour mph=mile:s_per_hour kW=kilowatt:s ft=foot/feet lb=pound:s °C=degree:s_Celsius "
    "°F=degree:s_Fahrenheit °=degree:s",
    "pt": "km=quilômetro:s kg=quilo:s cm=centímetro:s mm=milímetro:s m=metro:s g=grama:s mg=miligrama:s ml=mililitro:s "
    "l=litro:s GB=gigabyte:s MB=megabyte:s km²=quilômetro:s_quadrado:s m²=metro:s_quadrado:s m³=metro:s_cúbico:s "
    "km/h=quilômetro:s_por_hora kW=quilowatt:s °C=grau:s_Celsius °F=grau:s_Fahrenheit °=grau:s",
    "es": "km=kilómetro:s kg=kilo:s cm=centímetro:s mm=milímetro:s m=metro:s g=gramo:s mg=miligramo:s ml=mililitro:s "
    "l=litro:s GB=gigabyte:s MB=megabyte:s km²=kilómetro:s_cuadrado:s m²=metro:s_cuadrado:s m³=metro:s_cúbico:s "
    "km/h=kilómetro:s_por_hora kW=kilovatio:s °C=grado:s_Celsius °F=grado:s_Fahrenheit °=grado:s",
    "fr": "km=kilomètre:s kg=kilo:s cm=centimètre:s mm=millimètre:s m=mètre:s g=gramme:s mg=milligramme:s "
    "ml=millilitre:s l=litre:s Go=gigaoctet:s Mo=mégaoctet:s km²=kilomètre:s_carré:s m²=mètre:s_carré:s "
    "m³=mètre:s_cube:s km/h=kilomètre:s_à_l'heure kW=kilowatt:s °C=degré:s_Celsius °=degré:s",
    "it": "km=chilometro/chilometri kg=chilo/chili cm=centimetro/centimetri mm=millimetro/millimetri m=metro/metri "
    "g=grammo/grammi mg=milligrammo/milligrammi ml=millilitro/millilitri l=litro/litri GB=gigabyte MB=megabyte "
    "km²=chilometro_quadrato/chilometri_quadrati m²=metro_quadrato/metri_quadrati m³=metro_cubo/metri_cubi "
    "km/h=chilometro_all'ora/chilometri_all'ora kW=chilowatt °C=grado_Celsius/gradi_Celsius °=grado/gradi",
    "de": "km=Kilometer kg=Kilo cm=Zentimeter mm=Millimeter m=Meter g=Gramm mg=Milligramm ml=Milliliter l=Liter "
    "GB=Gigabyte MB=Megabyte km²=Quadratkilometer m²=Quadratmeter m³=Kubikmeter km/h=Kilometer_pro_Stunde "
    "kW=Kilowatt °C=Grad_Celsius °=Grad",
}
"""sign=one/many, or with what is added to make many after a colon; "_" is a space."""

_ONE = {"pt": "um", "es": "un", "fr": "un", "it": "un", "de": "ein", "en": "one"}
"""1 before a unit, all of which are masculine or neuter."""
_HOUR = {"pt": ("hora", "horas", " e "), "es": ("", "", " y "), "fr": ("heure", "heures", " "),
         "it": ("", "", " e "), "de": ("Uhr", "Uhr", " ")}  # fmt: skip
_ORDINAL = {
    "en": r"(\d+)(st|nd|rd|th)\b", "pt": r"(\d+)\.?([ºªoa])(?!\w)", "es": r"(\d+)\.?([ºª])(?!\w)",
    "it": r"(\d+)([ºª])(?!\w)", "fr": r"(\d+)(er|re|ère|e|ème)\b",
    "de": r"(\d{1,2})(\.)(?= (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)",
}  # fmt: skip
_FEMININE = re.compile(r"\s+(?!d[ií]as?\b|\w+mas?\b|mapas?\b|planetas?\b)\w+(?:as?|ções|ção|ciones|dades?|gens?)\b")
_NOUN = re.compile(r"\s+(?!de\b)[^\W\d_]")
_POINT = {"en": "point", "pt": "ponto", "es": "punto", "fr": "point", "it": "punto", "de": "Punkt"}
"""What is said between the parts of a version or an address ("3.10.2"), whatever the decimal mark is."""
_PARTS = re.compile(r"(?!\d{1,3}(?:\.\d{3})+$)\d+(?:\.\d+){2,}")
_CLOCK = r"(?<![\d.,:])([01]?\d|2[0-4])"


def spoken(text: str, language: str) -> str:
    """`text` with numbers and the signs that go with them in words, as a reader of `language` says them.

    "Custa US$ 4,50." -> "Custa quatro dólares e cinquenta centavos." Languages without rules here come back unchanged.
    """
    language = language[:2].lower()
    if language not in numerals.LANGUAGES:
        return text
    text = shortened.in_full(addresses.read_out(text, language), language)
    if not re.search(r"[\d&]", text):
        return text
    if language == "fr":
        text = re.sub(r"(?<!\d)(\d{1,3}(?: \d{3})+)(?!\d)", lambda m: m[1].replace(" ", "\u00a0"), text)
    for read in (dates.written, _money, _percent, _time, _ordinals, _units, _years, _numbers):
        text = read(text, language)
    return re.sub(r"\s&\s|(?<=\w)&(?=\w)", f" {_AMPERSAND[language]} ", text)


def _money(text: str, language: str) -> str:
    scale = rf"(?:\s(?P<scale>{_SCALES[language]})\b)?"
    before = rf"(?P<sign>US\s?\$|R\$|[$€£])\s?(?P<number>{_NUMBER}){scale}"
    after = rf"(?P<number>{_NUMBER}){scale}\s?(?P<sign>US\$|R\$|[$€£])(?!\d)"
    for pattern in (before, after):
        text = re.sub(pattern, lambda match: _amount(match, language), text)
    units = {name for unit in _MONEY[language].values() for name in unit[:2]}
    names = "|".join(sorted(units, key=lambda name: (-len(name), name)))
    return re.sub(rf"(?P<number>\d+[.,]\d\d) (?P<name>{names})\b", lambda match: _amount(match, language), text)


def _amount(match: _Match, language: str) -> str:
    """Money in words: whole units, then hundredths; a scale word keeps the decimals before it."""
    found = match.groupdict()
    units = _MONEY[language]
    sign = re.sub(r"^US\s?", "", found.get("sign") or "")
    unit = units[sign] if sign else next(u for u in units.values() if found["name"] in u[:2])
    value = numerals.worth(found["number"], language)
    if scale := found.get("scale"):
        of = "" if scale in ("mil", "mille", "mila") else _OF.get(language, "")
        return f"{numerals.cardinal(value, language)} {scale} {of}{unit[1]}"
    whole = int(value)
    cents = int((value - whole) * 100)
    said = f"{numerals.cardinal(Decimal(whole), language, noun=True)} {unit[whole != 1]}"
    if not cents:
        return said
    tail = f"{numerals.cardinal(Decimal(cents), language, noun=True)} {unit[3 if cents != 1 else 2]}"
    return said + _WITH[language] + tail if whole else tail


def _percent(text: str, language: str) -> str:
    return re.sub(rf"({_NUMBER})\s?%", lambda m: f"{m[1]} {_PERCENT[language]}", text)


def _time(text: str, language: str) -> str:
    text = re.sub(r"\b([ap])\.\s?m\.(?=\s+[^\W\da-z]|$)", r"\1m.", text)
    text = re.sub(r"\b([ap])\.\s?m\b\.", r"\1m", text)
    text = re.sub(rf"{_CLOCK}:([0-5]\d)(?![:\d])(?P<half>\s?[ap]m\b)?(?:\s?Uhr)?", lambda m: _hour(m, language), text)
    if language == "en":
        return text
    return re.sub(rf"{_CLOCK}\s?h(?:s|oras)?(?:\s?([0-5]\d))?(?:min)?(?!\w)", lambda m: _hour(m, language), text)


def _hour(match: _Match, language: str) -> str:
    hour, minute = int(match[1]), int(match[2] or 0)
    if language == "en":
        half = match["half"] or ""
        said = numerals.cardinal(Decimal(hour), language)
        exact = "" if half or hour > 12 else " o'clock"
        zero = "oh " if minute < 10 else ""
        return said + (f" {zero}{numerals.cardinal(Decimal(minute), language)}" if minute else exact) + half
    one, many, joint = _HOUR[language]
    said = numerals.cardinal(Decimal(hour), language, feminine=True)
    said = said + "e" if language == "fr" and hour in (1, 21) else said
    named = f"{said} {one if hour == 1 else many}".strip() if language in ("fr", "de") or not minute else said
    return named + (joint + numerals.cardinal(Decimal(minute), language) if minute else "")


def _ordinals(text: str, language: str) -> str:
    def read(match: _Match) -> str:
        said = numerals.ordinal(int(match[1]), language, feminine=match[2] in ("ª", "a", "re", "ère"))
        if language == "es" and _NOUN.match(text[match.end() :]):
            said = re.sub(r"((?:^|\s)(?:primer|tercer))o$", r"\1", said)
        dative = language == "de" and re.search(r"(?:am|vom|dem|den|zum)\s$", text[: match.start()])
        return said + "n" if dative else said

    return re.sub(_ORDINAL[language], read, text)


def _units(text: str, language: str) -> str:
    known = _known_units(language)
    # Of signs that begin alike the longest goes first; a single letter is a unit only where a space stands before it.
    signs = "|".join(re.escape(sign) for sign in sorted(known, key=len, reverse=True) if len(sign) > 1 or sign == "°")
    text = re.sub(r"°\s(?=[CF]\b)", "°", text)
    pattern = rf"(?P<number>{_NUMBER})(?:\s?(?P<sign>{signs})|\s(?P<letter>[mgl]))(?![\w²³])(?!/\w)"
    return re.sub(pattern, lambda m: _measured(m, known, language), text)


def _measured(match: _Match, units: dict[str, tuple[str, str]], language: str) -> str:
    one, many = units[match["sign"] or match["letter"]]
    if numerals.worth(match["number"], language) == 1:
        return f"{_ONE[language]} {one}"
    return f"{match['number']} {many}"


@cache
def _known_units(language: str) -> dict[str, tuple[str, str]]:
    """sign: (one, many), from the table above."""
    found = {}
    for item in _UNITS[language].split(" "):
        sign, _, names = item.replace("_", " ").partition("=")
        one, _, many = names.partition("/")
        found[sign] = (re.sub(r":s\b", "", one), re.sub(r":s\b", "s", many or one))
    return found


def _years(text: str, language: str) -> str:
    if language not in ("en", "de"):
        return text
    text = re.sub(r"(?<!\w)'?((?:1[1-9]|20)?\d0)s\b", _decade, text) if language == "en" else text
    span = r"1[1-9]\d\d|20\d\d" if language == "en" else r"1[1-9]\d\d"
    return re.sub(rf"(?<![\w.,:-])({span})(?![\d%]|[.,:]\d)", lambda m: numerals.year(int(m[1]), language), text)


def _decade(match: _Match) -> str:
    said = numerals.year(int(match[1]), "en")
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def _numbers(text: str, language: str) -> str:
    def read(match: _Match) -> str:
        digits, rest = match[2], text[match.end() :]
        if _PARTS.fullmatch(digits):
            said = (numerals.cardinal(Decimal(part), language) for part in digits.split("."))
            return _apart(match, f" {_POINT[language]} ".join(said))
        if re.fullmatch(r"0\d+|\d{10,}", digits):
            return _apart(match, numerals.one_by_one(digits, language))
        value = numerals.worth(digits, language) * (-1 if match[1] else 1)
        feminine = language in ("pt", "es") and _FEMININE.match(rest) is not None
        noun = language == "es" and _NOUN.match(rest) is not None
        return _apart(match, numerals.cardinal(value, language, feminine=feminine, noun=noun))

    return re.sub(rf"((?:(?<=^)|(?<=\s))[-−](?=\d))?({_NUMBER})", read, text)


def _apart(match: _Match, said: str) -> str:
    """A number in words, kept apart from letters it touches ("MK7", "3D")."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return (" " if before.isalnum() else "") + said + (" " if after.isalnum() else "")


__all__ = ["spoken"]
