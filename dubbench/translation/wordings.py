"""The same thing said shorter, by rules that cannot change what is said; and a ladder of what was found.

Rules drop words that carry nothing ("you know"), pronouns the verb already tells, and use the contractions of speech.
No rule touches a number, a name or a negation, and `guard` refuses a wording that did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dubbench.translation import guard

STEP = 0.96
"""A wording of a ladder has at most this share of the letters of the one before."""
MOST = 4

_FILLERS = {
    "en": (
        r"(?:^|(?<=[,.;—–-]\s))(?:well|so|um+|uh+|er+|you know|i mean|basically|like),\s*",
        r",\s*(?:you know|i mean|um+|uh+|er+|like|kind of|sort of|basically),\s*",
        r",\s*(?:you know|i guess|i mean)(?=[.!?…]*$)",
        r"\b(?:um+|uh+|erm*)\b,?\s*",
        r"(?:(?<=\bis)|(?<=\bare)|(?<=\bwas)|(?<=\bwere)|(?<=\w's)|(?<=\w'm)|(?<=\w're)) (?:kind|sort) of(?= )",
    ),
    "pt": (
        r"(?:^|(?<=[,.;—–-]\s))(?:bem|bom|então|tipo|sabe|quer dizer|basicamente),\s*",
        r",\s*(?:sabe|tipo|quer dizer|tipo assim|basicamente),\s*", r",\s*(?:sabe|né)(?=\?)",
    ),
    "es": (
        r"(?:^|(?<=[,.;—–-]\s))(?:bueno|pues|o sea|básicamente),\s*",
        r",\s*(?:o sea|sabes|digamos|pues|básicamente),\s*",
    ),
}  # fmt: skip
"""What speech is padded with; the second pattern of each language stands between commas and leaves one."""

_NOT_PT = r"((?:não |nunca |já |sempre |também |só |te |lhe |me |o |a |os |as )*)"
_FIRST_PT = r"(?:sou|estou|vou|dou|sei|tenho|posso|quero|faço|fui|fiz|tive|vi|li|acho|gosto|preciso|espero|\w+ei)\b"
_NOT_ES = r"((?:no |nunca |ya |siempre |también |solo |te |le |les |se |me |lo |la |los |las )*)"
_FIRST_ES = (
    r"(?:soy|estoy|voy|doy|sé|he|quiero|puedo|creo|pienso|veo|espero|necesito|recuerdo|siento|prefiero|fui|hice|tuve|vi"
    r"|pude|quise|dije|(?!(?:luego|algo|amigo|conmigo|contigo)\b)\w+go|(?!(?:esté|dé|qué|sí|así|aquí|ahí|allí)\b)\w+[éí])\b"
)
"""Forms that only the first person has: "tenía" and "esté" are others' as well and keep their pronoun."""


def _after(*prepositions: str) -> str:
    """Looks back: not after one of these, where the pronoun is no subject ("none of us have")."""
    return "".join(rf"(?<!\b[{word[0].upper()}{word[0]}]{word[1:]} )" for word in prepositions)


_AFTER_PT = _after("de", "entre", "para", "com", "por", "a", "em", "sobre", "sem", "até", "contra", "pra", "ante")
_AFTER_ES = _after("de", "entre", "para", "con", "por", "a", "en", "sobre", "sin", "hasta", "contra", "ante")
# A "^" stands before the letter that becomes the sentence's first.
_SHORTER: dict[str, tuple[tuple[str, str], ...]] = {
    "pt": (
        (rf"\bEu {_NOT_PT}(?={_FIRST_PT})", r"^\1"), (rf"\beu {_NOT_PT}(?={_FIRST_PT})", r"\1"),
        (r"\bNós (?=(?:não |nunca |já )?\w+mos\b)", "^"),
        (rf"{_AFTER_PT}\bnós (?=(?:não |nunca |já )?\w+mos\b)", ""),
        (r"\bpara o\b", "pro"), (r"\bpara a\b(?! gente)", "pra"), (r"\bpara os\b", "pros"), (r"\bpara as\b", "pras"),
        (r"\bpara (?=\w+r\b)", "pra "), (r", não é\?", ", né?"), (r"\bna década de (?=\d|mil)", "nos anos "),
        (r"\balguma coisa\b", "algo"), (r"\bem seguida\b", "depois"),
        (r"\bneste momento\b", "agora"), (r"\bcom o objetivo de\b", "para"), (r"\bmais uma vez\b", "de novo"),
    ),
    "es": (
        (rf"\bYo {_NOT_ES}(?={_FIRST_ES})", r"^\1"), (rf"\byo {_NOT_ES}(?={_FIRST_ES})", r"\1"),
        (r"\bNosotros (?=(?:no |nunca |ya |nos )?\w+mos\b)", "^"),
        (rf"{_AFTER_ES}\bnosotros (?=(?:no |nunca |ya |nos )?\w+mos\b)", ""),
        (r"\ben la década de (?=\d|mil)", "en los años "), (r"\balguna cosa\b", "algo"),
        (r"\ben este momento\b", "ahora"), (r"\bcon el objetivo de\b", "para"),
    ),
    "en": (
        (r"\b(do|does|did|is|are|was|were|have|has|had|could|should|would) not\b", r"\1n't"), (r"\bcannot\b", "can't"),
        (r"\bwill not\b", "won't"), (r"\bI am (?=\w)", "I'm "), (r"\b([Yy]ou|[Ww]e|[Tt]hey) are (?=\w)", r"\1're "),
        (r"\b([Hh]e|[Ss]he|[Ii]t|[Tt]hat|[Tt]here) is (?=\w)", r"\1's "),
        (r"\b(I|[Yy]ou|[Ww]e|[Tt]hey) will (?=\w)", r"\1'll "),
        (r"\b(I|[Yy]ou|[Ww]e|[Tt]hey) have (?=been\b|\w+ed\b)", r"\1've "), (r"\bin order to\b", "to"),
        (r"\bat this moment\b", "now"), (r"\bLet us\b", "Let's"), (r"\ba number of\b", "some"),
    ),
}  # fmt: skip


_EMPHASIS = {
    "pt": r"realmente|honestamente|francamente|basicamente|simplesmente|definitivamente|absolutamente|na verdade",
    "es": r"realmente|honestamente|francamente|básicamente|simplemente|definitivamente|absolutamente|en realidad",
    "en": r"really|honestly|frankly|basically|simply|definitely|absolutely|actually|literally|totally|in fact",
}
_OPENING = {
    "pt": r"ah|oh|ei|ok|olha|bem|bom|então|tá|uau", "es": r"ah|oh|oye|ok|mira|bueno|bien|entonces|pues",
    "en": r"oh|ah|hey|ok|okay|well|so|now|look|wow",
}  # fmt: skip
"""What a sentence opens with and says nothing, before a comma."""
_DENIED = r"(?<!não )(?<!nunca )(?<!not )(?<!n't )(?<!no )(?<!nunca )(?<!never )"


def without_fillers(text: str, language: str) -> str:
    """A sentence without the words that speech is padded with; the same text when it has none, or nothing else."""
    first, between, *others = _FILLERS.get(language[:2], ("", ""))
    if not first:
        return text
    kept = text
    for _ in range(3):
        kept = re.sub(first, "", kept, flags=re.IGNORECASE)
    kept = re.sub(between, ", ", kept, flags=re.IGNORECASE)
    for pattern in others:
        kept = re.sub(pattern, "", kept, flags=re.IGNORECASE)
    kept = kept.strip()
    if len(kept.split()) < 2 or kept == text:
        return text
    return kept[0].upper() + kept[1:] if text[:1].isupper() else kept


def shorter(text: str, language: str) -> str:
    """A text in the contractions of speech, without pronouns that the verb already tells."""
    if "^" in text:
        return text
    for pattern, short in _SHORTER.get(language[:2], ()):
        text = re.sub(pattern, short, text)
    return " ".join(re.sub(r"\^(.)", lambda match: match[1].upper(), text).split())


def plainer(text: str, language: str) -> str:
    """A text without emphasis and openings ("really", "oh,"): it says the same less warmly, so it comes last."""
    language = language[:2]
    if language not in _EMPHASIS or len(text.split()) < 3:
        return text
    opening = re.compile(rf"(^|(?<=[.!?…] ))(?:{_OPENING[language]}),\s+(\w)(?=\S* \S)", re.IGNORECASE)
    for _ in range(2):
        text = opening.sub(lambda found: found[1] + found[2].upper(), text)
    word = rf"{_DENIED}\b(?:{_EMPHASIS[language]})\b"
    emphasis = rf"(?:(?<=^)|(?<=[.!?…] )){word},?\s+|,\s*{word}(?=[,.!?…])|{word}\s+"
    kept = re.sub(r"\s+", " ", re.sub(emphasis, "", text, flags=re.IGNORECASE)).strip()
    return kept[:1].upper() + kept[1:] if text[:1].isupper() and len(kept.split()) >= 2 else text


def distinct(best: str, others: Iterable[str], language: str) -> list[str]:
    """`best`, then at most three faithful to it, each noticeably shorter than the one before, with the shortest."""
    fit = {text for text in others if len(text) < len(best) and any(char.isalnum() for char in text)}
    kept = sorted((text for text in fit if guard.faithful(text, best, language)), key=lambda text: (-len(text), text))
    ladder = [best]
    for text in kept:
        if len(text) <= STEP * len(ladder[-1]):
            ladder.append(text)
    ends = kept[-1:] if len(ladder) == 1 or len(ladder) > MOST else []
    return [*ladder[: MOST - len(ends)], *ends] if ends else ladder


__all__ = ["distinct", "plainer", "shorter", "without_fillers"]
