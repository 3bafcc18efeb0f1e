"""What is written short and said in full: abbreviations, and Roman numerals after a name or a noun. No digits here."""

from __future__ import annotations

import re
from decimal import Decimal

from dubbench.text import numerals

_FULL: dict[str, dict[str, str]] = {
    "en": {
        r"\b24/7\b": "twenty-four seven", r"\bSt\.(?=\s[A-Z])": "Saint", r"\bNo\.(?=\s?\d)": "number",
        r"\be\.\s?g\.": "for example", r"\bi\.\s?e\.": "that is", r"\bProf\.": "Professor", r"\bMrs\.": "Missus",
        r"\betc\.": "et cetera", r"\bMr\.": "Mister", r"\bMs\.": "Miz", r"\bDr\.": "Doctor", r"\bSt\.": "Street",
        r"\bJr\.": "Junior", r"\bSr\.": "Senior", r"\bvs\.": "versus",
    },
    "pt": {
        r"(?-i:(?<![A-ZÀ-Ý]\.\s)\bD\.)(?=\s(?-i:[A-ZÀ-Ý])\w*a\b)": "Dona",
        r"(?-i:(?<![A-ZÀ-Ý]\.\s)\bD\.)(?=\s(?-i:[A-ZÀ-Ý]))": "Dom",
        r"(?-i:\bEUA\b)": "Estados Unidos", r"(?-i:\bUE\b)": "União Europeia", r"(?-i:\bIA\b)": "i-á",
        r"\bdras\.": "doutoras", r"\bdrs\.": "doutores", r"\bltda\.": "limitada", r"\bnº(?=\s?\d)": "número",
        r"\bn\.º(?=\s?\d)": "número", r"\bex\.:": "exemplo:", r"\btel\.": "telefone",
        r"\bprof(?:a\.|\.ª)": "professora", r"\bp\.\s?ex\.": "por exemplo",
        r"\bsras\.": "senhoras", r"\bprof\.": "professor", r"\bpágs\.": "páginas", r"\bsra\.": "senhora",
        r"\bsrs\.": "senhores", r"\bdra\.": "doutora", r"\bpág\.": "página", r"\betc\.": "etcétera",
        r"\bsr\.": "senhor", r"\bdr\.": "doutor", r"\bav\.": "avenida",
    },
    "es": {
        r"(?-i:\bEE\.?\s?UU\b\.?)": "Estados Unidos", r"(?-i:\bUE\b)": "Unión Europea", r"\btel\.": "teléfono",
        r"\bavda?\.": "avenida", r"(?-i:\bD\.ª)": "doña", r"(?-i:(?<![A-ZÀ-Ý]\.\s)\bD\.)(?=\s(?-i:[A-ZÀ-Ý]))": "don",
        r"\bdres\.": "doctores", r"\b1er\b": "primer", r"\b3er\b": "tercer", r"(?-i:\bIA\b)": "i a",
        r"\bn\.?º(?=\s?\d)": "número", r"\bp\.\s?ej\.": "por ejemplo", r"\bsrta\.": "señorita", r"\bsres\.": "señores",
        r"\bprof\.": "profesor", r"\bpágs\.": "páginas", r"\bsra\.": "señora", r"\bdra\.": "doctora",
        r"\buds\.": "ustedes", r"\bpág\.": "página", r"\betc\.": "etcétera", r"\bsr\.": "señor", r"\bdr\.": "doctor",
        r"\bud\.": "usted",
    },
    "fr": {
        r"\bex\.\s?:": "exemple :", r"\bSt-(?=(?-i:[A-Z]))": "Saint-", r"(?-i:\bUE\b)": "Union européenne",
        r"\btél\.": "téléphone", r"(?-i:\bM\.)(?=\s(?-i:[A-ZÀ-Ý]))": "Monsieur", r"\bn°(?=\s?\d)": "numéro",
        r"\bp\.\s?ex\.": "par exemple", r"\bMlle\b\.?": "Mademoiselle", r"\bMme\b\.?": "Madame",
        r"\bDr\b\.?": "Docteur", r"\betc\.": "et cetera", r"\bMM\.": "Messieurs",
    },
    "it": {
        r"(?-i:\bUE\b)": "Unione europea", r"\bp\.\s?es\.": "per esempio", r"\bdott\.(?=\s)": "dottor",
        r"\bavv\.": "avvocato", r"\bing\.(?=\s(?-i:[A-Z]))": "ingegner", r"\btel\.": "telefono",
        r"\bn\.(?=\s?\d)": "numero", r"\bdott\.ssa\b": "dottoressa", r"\bsig\.ra\b": "signora", r"\bsigg\.": "signori",
        r"\bdott\.": "dottor", r"\bprof\.": "professor", r"\bsig\.": "signor", r"\bpag\.": "pagina",
        r"\becc\.": "eccetera", r"\bdr\.": "dottor",
    },
    "de": {
        r"\bz\.\s?B\.": "zum Beispiel", r"\bd\.\s?h\.": "das heißt", r"\bu\.\s?a\.": "unter anderem",
        r"\busw\.": "und so weiter", r"\bbzw\.": "beziehungsweise", r"\bDr\.": "Doktor", r"\bProf\.": "Professor",
        r"(?-i:\bFr\.)(?=\s(?-i:[A-ZÄÖÜ]))": "Frau", r"(?-i:\bHr\.)(?=\s(?-i:[A-ZÄÖÜ]))": "Herr", r"\bNr\.": "Nummer",
        r"\bSt\.(?=\s(?-i:[A-ZÄÖÜ]))": "Sankt", r"\bStr\.": "Straße", r"\bTel\.": "Telefon", r"\bca\.": "zirka",
        r"\bevtl\.": "eventuell", r"\b1 Uhr\b": "ein Uhr",
    },
}  # fmt: skip
"""Patterns, in any case unless they say otherwise, and in English as written; the first that fits goes first.

Acronyms are not here: espeak-ng and Pico spell those that cannot be pronounced ("BBC") and read the others ("NASA").
"""

_RULERS = (
    "Afonso|Alfonso|Alexand(?:er|re)|Alejandro|Alessandro|Anne|Ana|Bento|Benedict|Benedicto|Benoît|Carlos|Carlo|"
    "Catherine|Catarina|Catalina|Charles|Christian|Edward|Eduardo|Édouard|Elizabeth|Élisabeth|Elisabetta|Felipe|"
    "Fernando|Ferdinando?|Filipe|Filippo|Francisco|Francis|François|Francesco|Franz|Friedrich|Frederick|George|Georges|"
    "Georg|Giorgio|Giovanni|Guilherme|Guillermo|Guillaume|Guglielmo|Harald|Heinrich|Henrique|Henry|Henri|Enrique|"
    "Enrico|Isabel|Isabella|Ivan|James|Jacques|Jaime|Jean|João|Johann(?:es)?|John|Jorge|José|Joseph|Juan|Karl|"
    "Katharina|Leão|Leo|León|Leopold|Louis|Ludwig|Luigi|Luís|Luis|Manuel|Maria|María|Marie|Mary|Maximilian|Napol[eé]on|"
    "Napoleão|Napoleón|Napoleone|Nicholas|Nicolau|Nicolas|Nikolaus|Otto|Paul|Paulo|Paolo|Pablo|Pedro|Peter|Philip|"
    "Philippe|Philipp|Pio|Pío|Pius|Pie|Ramses|Ramsés|Richard|Ricardo|Riccardo|Rudolf|Sebastião|Umberto|Victor|Vittorio|"
    "Wilhelm|William"
)
"""Names that kings, queens and popes bore: what follows them is their number, and not a part of a series."""

_ROMAN = "(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?<=[IVXLC])"
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_CENTURY = {
    "pt": rf"\b([Ss]éculos?) ({_ROMAN})\b", "es": rf"\b([Ss]iglos?) ({_ROMAN})\b",
    "fr": rf"\b()({_ROMAN})(?:e|ème)(?= siècles?\b)", "it": rf"\b()({_ROMAN})(?= secolo\b)",
}  # fmt: skip
_ALONE = r"\b(?!\. [A-ZÀ-Ý])"
_RULED = {"en": _ALONE + r"(?!(?<=\bI) [a-z])", "de": r"\b\.?"}
"""What ends a ruler's number: no name after an initial's point, no verb after an English "I"; in German a point is
part of it."""

_ORDINAL_TO = {"pt": 10, "es": 10, "fr": 1}
"""Up to which number a ruler's or a century's is an ordinal; above it is a cardinal. Elsewhere all are ordinals."""


def in_full(text: str, language: str) -> str:
    """`text` with abbreviations and Roman numerals in words: "o Dr. Luís XIV" -> "o doutor Luís catorze"."""
    flags = re.NOFLAG if language == "en" else re.IGNORECASE
    for pattern, words in _FULL.get(language, {}).items():
        text = re.sub(pattern, words, text, flags=flags)
    return _romans(text, language)


def _romans(text: str, language: str) -> str:
    if language not in _FULL or not re.search(r"[IVX]", text):
        return text
    if language in _CENTURY:
        text = re.sub(_CENTURY[language], lambda m: _century(m, language), text)
    if language == "fr":
        text = re.sub(rf"\b({_RULERS}) I(?:er|re)\b", lambda m: f"{m[1]} {_nth(1, 'fr', _woman(m[1]))}", text)
    text = re.sub(
        rf"\b({_RULERS}) (?=[IVX])({_ROMAN}){_RULED.get(language, _ALONE)}",
        lambda m: f"{m[1]} {_nth(_value(m[2]), language, _woman(m[1]))}",
        text,
    )
    # Of a series ("World War II", "Rocky IV"): two letters at least, for single ones are initials and sizes.
    series = rf"(?<=[a-zà-ÿ] )(?=[IVX]{{2}})({_ROMAN})\b"
    return re.sub(series, lambda m: numerals.cardinal(Decimal(_value(m[1])), language), text)


def _century(match: re.Match[str], language: str) -> str:
    value = _value(match[2])
    said = _nth(value, language, False) if language in ("pt", "es") else numerals.ordinal(value, language)
    return f"{match[1]} {said}".strip()


def _nth(value: int, language: str, feminine: bool) -> str:
    """A ruler's number as it is said: "segundo", "catorze", "the eighth", "der Vierzehnte"."""
    if value > _ORDINAL_TO.get(language, value):
        return numerals.cardinal(Decimal(value), language)
    said = numerals.ordinal(value, language, feminine=feminine)
    if language == "de":
        return f"{'die' if feminine else 'der'} {said.capitalize()}"
    return f"the {said}" if language == "en" else said


def _woman(name: str) -> bool:
    return name.endswith(("a", "Isabel", "beth", "Anne", "Mary", "Marie", "Catherine"))


def _value(roman: str) -> int:
    """XIV is 14: a smaller letter before a larger one is taken away."""
    values = [_VALUES[letter] for letter in roman]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


__all__ = ["in_full"]
