"""Roundabout ways to say a thing, and the plain ones: tables by language, whose rules change nothing that is said.

A table, xx.txt, has a rule a line, "roundabout -> plain": a regular expression for whole words in any case (one behind
"^" begins a sentence), and what stands there instead; where the first ends in a space, so does the other. The end of a
word that stays is a group: "muito bonit([oa]s?)". "{tomar} uma decisão -> {decidir}" is a rule for all forms of a verb,
each in the other's place (`conjugation`); the verb is the first group. Under [affirmed] are rules for texts that deny
nothing ("muito bom", "ótimo": "não muito bom" is not "não ótimo"), under [courtesy] those that are less polite, under
[spoken] forms that only speech has ("está", "tá"). Rules go from the top to the end, so the mildest stand first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dubbench.translation import conjugation, guard

_SECTIONS = ("plain", "affirmed", "courtesy", "spoken")
_CAPITAL = "\0"
_BEGUN = re.compile(rf"{_CAPITAL}\s*(\W*)(\w?)")
"""What a capital is owed to, because nothing was said in another's place."""
_VERB = re.compile(r"\{([^\W\d_]+)\}")
_UNGLUED = r"(?!(?<=\w)\w)"
"""Not between two letters of a word: in the middle of "visita amanhã" no rule for "visita a" ends."""
_SPACE_AT_END = re.compile(r" \)?\??(?:\(\?[=!](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*$")
"""The end of a regular expression for what ends in a space, whatever it wants to stand behind."""


@dataclass(frozen=True)
class Rule:
    """One way round and the plain way, as its `line` says; `forms` of its verb, and those that stand there instead."""

    roundabout: re.Pattern[str]
    plain: str
    section: str = "plain"
    line: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """A text with the plain way, or what stands behind it where that is none, begun with a capital as the other."""
        said = self.roundabout.sub(self._said, text)
        return _BEGUN.sub(lambda found: found[1] + found[2].upper(), said)

    def _said(self, found: re.Match[str]) -> str:
        plain = _VERB.sub(self.forms[found["verb"].lower()], self.plain) if self.forms else self.plain
        said = found.expand(plain)
        return (said[:1].upper() or _CAPITAL) + said[1:] if found[0][:1].isupper() else said


def condensed(text: str, language: str, *, spoken: bool = True) -> list[str]:
    """A text said ever more plainly, each time by one rule more; nothing where no rule knows it.

    Without `spoken` in what can be written as well, and so be translated on.
    """
    return [said for _, said in steps(text, language, spoken=spoken)]


def steps(text: str, language: str, *, spoken: bool = True) -> Iterator[tuple[Rule, str]]:
    """The rules that know a way to say a text more plainly, and what is said after each."""
    left_out = ("affirmed",) * (guard.negations(text, language) > 0) + ("spoken",) * (not spoken)
    for rule in rules(language[:2]):
        said = text if rule.section in left_out else _tidied(rule(text), text)
        if said != text:
            yield rule, said
            text = said


@cache
def rules(language: str) -> tuple[Rule, ...]:
    """The rules of a language's table, none where there is none. Raises ValueError naming a line that is no rule."""
    table = Path(__file__).with_name(f"{language}.txt")
    found, section = list[Rule](), _SECTIONS[0]
    for number, line in enumerate(table.read_text("utf-8").splitlines() if table.is_file() else (), start=1):
        line = line.strip()
        if line[1:-1] in _SECTIONS:
            section = line[1:-1]
        elif " -> " in line and not line.startswith("#"):
            found.append(_rule(line, section, language))
            if _glues(line):
                raise ValueError(f"{table.name}, line {number}: {line!r} joins two words; end in a space on both sides")
        elif line and not line.startswith("#"):
            raise ValueError(f"{table.name}, line {number}: {line!r} is no rule")
    return tuple(found)


def _rule(line: str, section: str, language: str) -> Rule:
    roundabout, _, plain = line.partition(" -> ")
    verbs = [verb[1] for text in (roundabout, plain) for verb in _VERB.finditer(text)]
    forms = conjugation.exchange(verbs[0], verbs[-1], language) if verbs else {}
    said = _VERB.sub(lambda _: f"(?P<verb>{'|'.join(forms)})", roundabout)
    begin = r"(?<![^.!?…] )" if roundabout.startswith("^") else ""
    pattern = rf"(?<!\w){begin}(?:{said.removeprefix('^')}){_UNGLUED}"
    return Rule(re.compile(pattern, re.IGNORECASE), _unquoted(plain), section, line, forms)


def _glues(line: str) -> bool:
    """Whether a rule takes the space before a word away; a group at its end may hold one."""
    roundabout, _, plain = line.partition(" -> ")
    said = _unquoted(plain)
    return bool(_SPACE_AT_END.search(roundabout) and said and not re.search(r"( |\\\d)$", said))


def _unquoted(plain: str) -> str:
    """Quotes hold what ends in a space, or nothing."""
    return plain[1:-1] if plain[:1] == plain[-1:] == '"' else plain


def _tidied(text: str, before: str) -> str:
    """One space between words, and the first letter as it was."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] if before[:1].isupper() else text


__all__ = ["Rule", "condensed", "rules", "steps"]
