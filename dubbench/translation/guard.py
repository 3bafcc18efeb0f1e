"""Whether a shorter wording says the same as the best one: a guard by rules, for a score does not see a lost "not".

Both are in one language and come from one model, so the guard can be strict: only words that carry nothing (articles,
pronouns that the verb tells) may come and go, and prepositions may swallow an article; every other word must be there,
in the same form and the same order. "compraram" for "compramos" is somebody else, and is refused.
"""

from __future__ import annotations

import re
from collections import Counter

from dubbench.text import numerals

_NO = {
    "en": r"not|no|never|nobody|nothing|none|nor|neither|cannot|nowhere|\w+n't|without|hardly",
    "pt": r"não|nunca|ninguém|nada|nenhum|nenhuma|nem|jamais|sem|tampouco|né",
    "es": r"no|nunca|nadie|nada|ningún|ninguno|ninguna|ni|jamás|sin|tampoco",
}  # fmt: skip

_LIGHT = {
    "en": "the a an and so then well",
    "pt": "o a os as um uma uns umas eu nós você vocês eles elas e então bem",
    "es": "el la los las un una unos unas yo nosotros nosotras usted ustedes ellos ellas tú y entonces bueno",
}
"""Words without which a sentence says the same. "He" and "she" are none: they tell who."""

_FAINT = {
    "en": "of to in on at for by from with that this these those it its "
    "my your our their there here some any very so quite really just too also all",
    "pt": "de em por para com sobre que este esta estes estas esse essa esses essas isto isso "
    "meu minha meus minhas seu sua seus suas nosso nossa lá aí aqui já tão muito algum alguma alguns algumas "
    "também mesmo todo todos",
    "es": "de en por para con sobre que este esta estos estas ese esa esos esas esto eso "
    "mi mis su sus nuestro nuestra allí ahí aquí ya tan muy algún alguna algunos algunas también "
    "mismo todo todos",
}
"""Words that may carry something or nothing: their loss is for `backward` to judge."""

_FORMS = {
    "pt": "do:de da:de dos:de das:de no:em na:em nos:em nas:em ao:a à:a aos:a às:a pra:para pro:para pras:para "
    "pros:para pelo:por pela:por pelos:por pelas:por",
    "es": "del:de al:a",
}
"""Prepositions that have swallowed an article, and what they are without. "a" is an article in Portuguese too."""

_WHOLE = {
    "en": (
        (r"\bwon't\b", "will not"), (r"\bcan't\b|\bcannot\b", "can not"), (r"n't\b", " not"), (r"'m\b", " am"),
        (r"'re\b", " are"), (r"'ve\b", " have"), (r"'ll\b", " will"), (r"(?<=it|he)'s\b|(?<=that|here)'s\b", " is"),
    ),
    "pt": ((r"\b[oa]s? (?=(?:mais|menos|melhor|pior|maior|menor)\b)", "o-"),),
    "es": ((r"\b(?:el|l[ao]s?) (?=(?:más|menos|mejor|peor|mayor|menor)\b)", "el-"),),
}  # fmt: skip
"""What the contractions of a language stand for; and an article that makes a superlative, bound to it."""


def negations(text: str, language: str) -> int:
    """How many words of a text deny something; 0 for languages not known here."""
    pattern = _NO.get(language[:2])
    return len(re.findall(rf"\b(?:{pattern})\b", text.replace("’", "'"), re.IGNORECASE)) if pattern else 0


def names(text: str) -> Counter[str]:
    """Words with a capital that begin no sentence."""
    return Counter(re.findall(r"(?<![.!?…:\"“«¿¡]\s)(?<=[\w,;]\s)[^\W\d_a-zß-öø-ÿ][\w'’-]+", text))


def faithful(wording: str, to: str, language: str) -> bool:
    """Whether a wording has the numbers, names and negations of another in the same language."""
    worth = (Counter(figure.value for figure in numerals.figures(text, language)) for text in (wording, to))
    first, second = worth
    # Where everything is in capitals they mark no names.
    kept = to.isupper() or all(wording.count(name) >= count for name, count in names(to).items())
    return first == second and kept and negations(wording, language) == negations(to, language)


def same(wording: str, to: str, language: str) -> bool:
    """Whether a wording says what another does, word for word but for words that carry nothing.

    False for languages whose light words are not known here, unless the two are equal.
    """
    if language[:2] not in _LIGHT:
        return wording == to
    return _weighty(wording, language) == _weighty(to, language) and faithful(wording, to, language)


def near(wording: str, to: str, language: str) -> bool:
    """Whether a wording has every word of sense of another in the same form and order, and lacks or changes at most
    words that may carry nothing: the half of the judgement that `backward` cannot make.

    False for languages whose light words are not known here, unless the two are equal.
    """
    if language[:2] not in _FAINT:
        return wording == to
    faint = frozenset(_FAINT[language[:2]].split())
    first, second = ([word for word in _weighty(text, language) if word not in faint] for text in (wording, to))
    return first == second and faithful(wording, to, language)


def _weighty(text: str, language: str) -> list[str]:
    """The words that carry something, in order, contractions written out."""
    text = text.replace("’", "'").lower()
    for short, whole in _WHOLE.get(language[:2], ()):
        text = re.sub(short, whole, text)
    light = set(_LIGHT[language[:2]].split())
    forms = dict(pair.split(":") for pair in _FORMS.get(language[:2], "").split())
    words = (forms.get(word, word) for word in re.findall(r"\w+(?:[-']\w+)*", text))
    return [word for word in words if word not in light]


__all__ = ["faithful", "names", "near", "negations", "same"]
