"""Text cut into sentences, and long sentences into clauses, for models that take one sentence a call. Pure text.

Joining the pieces with one space gives the text back, whitespace apart.
"""

from __future__ import annotations

import re

LONGEST = 40
"""Words in one call. A small Bergamot model drops clauses without a word beyond this: of 120 words of plain speech it
gave 81, of 60 all; and 120 take five times as long as three times 40."""

_COMMON = "dr prof st jr sr mr mrs ms vs no vol fig dept inc ltd co approx est tel"
_ABBREVIATIONS = {
    "en": "gen col sgt capt lt rev hon gov sen rep pres ave blvd rd mt ft e.g i.e cf al jan feb mar apr jun jul aug sep sept oct nov dec",  # noqa: E501
    "pt": "dra sra srs sras d exmo exma profa eng av r pág págs p.ex cia ltda min máx núm séc vol cap ed obs",
    "es": "dra sra srta srs ud uds d dña av avda pág págs p.ej cía ltda mín máx núm gral tte lic ing depto",
    "fr": "m mm mme mmes mlle me pr p.ex bd av env max min",
    "it": "sig sigg dott ing avv pag es ecc on",
    "de": "hr fr bzw ca d.h z.b u.a nr str evtl ggf inkl",
}
_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)")
_OPENS = re.compile(r"[\"'“‘«(\[¿¡♪—–-]*\s*")
_STARTERS = re.compile(r"(?:He|She|It|They|We|You|I|The|A|But|And|So|In|Then|This|That|There)\b")
_CLAUSE = re.compile(r"[;:,—–](?=\s)|\s(?=(?:and|but|because|which|that|e|mas|porque|que|y|pero)\s)")


def split(text: str, language: str) -> list[str]:
    """The sentences of a line, in order; the last may end in mid-air.

    Abbreviations, initials and decimals hold together:
    "Dr. Smith left... then? He came at 3.5." -> ["Dr. Smith left... then?", "He came at 3.5."]
    """
    text = " ".join(text.split())
    pieces, first = [], 0
    for match in _END.finditer(text):
        if match.end() < len(text) and _ends(text, first, match, language):
            pieces.append(text[first : match.end()].strip())
            first = match.end()
    pieces.append(text[first:].strip())
    return [piece for piece in pieces if piece]


def _ends(text: str, first: int, match: re.Match[str], language: str) -> bool:
    """Whether the mark found really ends a sentence."""
    rest = text[match.end() :].lstrip()
    opened = _OPENS.match(rest)
    following = rest[opened.end() if opened else 0 :]
    if following[:1].islower():
        return False
    mark = match[0].rstrip("\"'”’»)]")
    if mark != ".":
        return True
    word = text[first : match.start()].rsplit(maxsplit=1)[-1:]
    return not (word and _holds(word[0].lstrip("\"'“‘«([¿¡"), following, language))


def _holds(word: str, following: str, language: str) -> bool:
    """Whether the point after `word` belongs to it: an abbreviation, an initial, an acronym."""
    low = word.lower()
    if low == "no":
        return following[:1].isdigit()
    if low in ("a.m", "p.m", "etc"):
        return False
    if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", word):
        return not _STARTERS.match(following)
    if re.fullmatch(r"[A-Z]", word):
        return word != "I"
    return low in _COMMON.split() or low in _ABBREVIATIONS.get(language[:2], "").split()


def clauses(sentence: str, *, longest: int = LONGEST) -> list[str]:
    """A sentence in pieces of at most `longest` words, cut at the clause mark nearest the middle, else at a space."""
    words = sentence.split()
    if len(words) <= max(1, longest):
        return [sentence.strip()] if sentence.strip() else []
    cut = _cut(sentence)
    return [*clauses(sentence[:cut], longest=longest), *clauses(sentence[cut:], longest=longest)]


def _cut(sentence: str) -> int:
    """Where to cut: a clause mark in the middle two thirds, nearest the middle; without one the middlemost space."""
    middle, edge = len(sentence) / 2, len(sentence) / 6
    marks = [match.end() for match in _CLAUSE.finditer(sentence)]
    inner = [at for at in marks if edge <= at <= len(sentence) - edge]
    spaces = [match.end() for match in re.finditer(r"\s+", sentence.rstrip()) if match.start() > 0]
    return min(inner or spaces, key=lambda at: abs(at - middle))


__all__ = ["LONGEST", "clauses", "split"]
