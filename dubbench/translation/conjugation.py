"""Forms of verbs in one order, so that a rule can put one verb in another's place: "tomamos (a decisão)", "decidimos".

Tables, periphrases/xx.verbs.txt, hold the endings of regular verbs and all forms of the irregular ones that rules need.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLES = Path(__file__).with_name("periphrases")
_SPELT = {
    ("pt", "ar"): ("eéê", {"ç": "c", "c": "qu", "g": "gu"}),
    ("pt", "er"): ("aoâ", {"c": "ç", "gu": "g", "g": "j"}),
    ("pt", "ir"): ("aoâ", {"c": "ç", "gu": "g", "g": "j"}),
    ("es", "ar"): ("eé", {"z": "c", "c": "qu", "g": "gu"}),
    ("es", "er"): ("aoá", {"c": "z", "gu": "g", "g": "j"}),
    ("es", "ir"): ("aoá", {"c": "z", "gu": "g", "g": "j"}),
}
"""Language and end of the infinitive: vowels before which a stem's last letters are written otherwise, and how."""


def forms(verb: str, language: str) -> tuple[str, ...]:
    """A verb's forms, in the order of its language's table. Raises ValueError for an irregular one not known."""
    table = _table(language)
    known = table.get(verb, ())
    if len(known) > 1:
        return known
    stem, end = verb[:-2], verb[-2:]
    if end not in table:
        raise ValueError(f"{language}.verbs.txt has no forms for {verb!r}")
    vowels, spelt = _SPELT[language, end]
    changed = known[0] if known else _written(stem, spelt)
    return tuple((changed if ending[0] in vowels else stem) + ending for ending in table[end])


def exchange(verb: str, other: str, language: str) -> dict[str, str]:
    """Each form of a verb and the other's; without forms that stand for several of the other's ("falar", which is also
    a subjunctive, for "dizer" or "disser")."""
    found: dict[str, set[str]] = {}
    for one, instead in zip(forms(verb, language), forms(other, language), strict=True):
        found.setdefault(one, set()).add(instead)
    return {one: several.pop() for one, several in found.items() if len(several) == 1}


def _written(stem: str, spelt: dict[str, str]) -> str:
    """A stem as it is written before the other vowels."""
    for letters, instead in spelt.items():
        if stem.endswith(letters):
            return stem.removesuffix(letters) + instead
    return stem


@cache
def _table(language: str) -> dict[str, tuple[str, ...]]:
    lines = (_TABLES / f"{language}.verbs.txt").read_text("utf-8").splitlines()
    return {verb: tuple(said) for verb, *said in (line.split() for line in lines if line[:1] != "#")}


__all__ = ["exchange", "forms"]
