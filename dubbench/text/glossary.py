"""Terms that must be translated one way only: which of them a text holds, whether a translation obeys, how to make it.

A glossary maps a source term to what it must become; an empty target means: do not translate. A lower-case term is
found in any case; one with capitals ("Apple", "IT") only as it is written, or when the whole text shouts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from dubbench import textfiles
from dubbench.errors import BadInput
from dubbench.text import tables
from dubbench.types import Flag, Line

ROOM = "glossary"
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that put no space between words: there a term is found anywhere."""


def pattern(term: str, *, loose: bool = False) -> re.Pattern[str]:
    """Finds a term as whole words; `loose` in any case, otherwise by the rule at the top of this file."""
    core = r"\s+".join(re.escape(part) for part in term.split())
    whole = core if _UNSPACED.search(term) else rf"(?<!\w){core}(?!\w)"
    return re.compile(whole, re.IGNORECASE if loose or term == term.lower() else 0)


def _holds(text: str, term: str) -> bool:
    shouted = text.isupper() and not term.isupper()
    return bool(term.strip()) and pattern(term, loose=shouted).search(text) is not None


def relevant(text: str, glossary: Mapping[str, str]) -> dict[str, str]:
    """The terms that occur in a text with what they must become, sorted by term."""
    return {term: target.strip() or term for term, target in sorted(glossary.items()) if _holds(text, term)}


def missed(text: str, translation: str, glossary: Mapping[str, str]) -> dict[str, str]:
    """The terms of `text` that its translation does not obey."""
    return {
        term: target
        for term, target in relevant(text, glossary).items()
        if not pattern(target, loose=True).search(translation)
    }


def checked(line: Line, glossary: Mapping[str, str]) -> Line:
    """The line with a flag "missed-term" for each term its translation does not obey, and without those it now does."""
    wrong = missed(line.text, line.translation, glossary) if line.translation else {}
    flags = tuple(
        Flag(room=ROOM, name="missed-term", detail=f"'{term}' must become '{target}'") for term, target in wrong.items()
    )
    return line if flags == tuple(f for f in line.flags if f.room == ROOM) else line.flagged(ROOM, *flags)


STAND_INS = ("XQ{}", "Zeta{}", "{}MK")
"""Shapes of words that mean nothing, `{}` being a number; see the tests for how many survive translation."""


def protect(text: str, terms: Mapping[str, str], *, shape: str = STAND_INS[0]) -> tuple[str, dict[str, str]]:
    """`text` with each term replaced by a stand-in that a translator leaves alone; and stand-in -> target.

    Longer terms go first, so that "New York Times" is not taken apart by "New York".
    """
    kept: dict[str, str] = {}
    for term, target in sorted(terms.items(), key=lambda item: -len(item[0])):
        finder = pattern(term, loose=text.isupper())
        number = 1 + len(kept)
        while shape.format(number) in text:
            number += 1
        if finder.search(text):
            stand_in = shape.format(number)
            kept[stand_in] = target.strip() or term
            text = finder.sub(stand_in, text)
    return text, kept


def restore(translation: str, kept: Mapping[str, str]) -> str | None:
    """The translation with targets in place of their stand-ins; None when one of these was lost on the way."""
    for stand_in, target in kept.items():
        finder = re.compile(rf"(?<!\w){re.escape(stand_in)}(?!\w)", re.IGNORECASE)
        if not finder.search(translation):
            return None
        translation = finder.sub(lambda _, target=target: target, translation)  # type: ignore[misc]
    return translation


def obeyed(text: str, terms: Mapping[str, str], translate: Callable[[str], str], target: str) -> str:
    """`text` through `translate` with `terms` obeyed: as it comes, else behind stand-ins, else replaced afterwards.

    Afterwards: the term is looked for as what it alone is translated to.
    """
    best = translate(text)
    wrong = missed(text, best, terms)
    for shape in STAND_INS if wrong else ():
        hidden, kept = protect(text, wrong, shape=shape)
        restored = restore(translate(hidden), kept)
        if restored is not None and not missed(text, restored, terms):
            return begun(agreeing(restored, wrong.values(), target), wrong.values())
    for term, wanted in wrong.items():
        alone = translate(term).strip(" .")
        best = pattern(alone, loose=True).sub(lambda _, wanted=wanted: wanted, best) if alone else best  # type: ignore[misc]
    return begun(best, wrong.values())


def begun(text: str, terms: Iterable[str]) -> str:
    """`text` with a capital where a lower-case term begins a sentence; "iPhone" stays as it is."""
    for term in terms:
        if term.islower():
            start = re.compile(rf"(?:^|(?<=[.!?…] )){re.escape(term)}(?!\w)")
            text = start.sub(term[0].upper() + term[1:], text)
    return text


_GENDERED = {
    "pt": "o:a os:as do:da dos:das no:na nos:nas ao:à aos:às um:uma pelo:pela pelos:pelas este:esta esse:essa "
    "aquele:aquela deste:desta desse:dessa neste:nesta nesse:nessa meu:minha seu:sua nosso:nossa pro:pra",
    "es": "el:la los:las del:de_la al:a_la un:una este:esta ese:esa aquel:aquella nuestro:nuestra",
}
_FEMININE = re.compile(
    r"(?:nuvem|ordem|rede|chave|classe|base|fase|frase|parte|noite|mão|lei|vez|voz|luz|cor|flor|a|ção|são|dade|gem|ión|dad|"
    r"tud|as|ções|dades|gens)$"
)
_MASCULINE = re.compile(r"(?:ema|oma|dia|día|mapa|grama|planeta)s?$")


def agreeing(text: str, terms: Iterable[str], language: str) -> str:
    """The article before each common noun put in the noun's gender, as its ending shows; names are left alone."""
    pairs = [pair.replace("_", " ").split(":") for pair in _GENDERED.get(language, "").split()]
    to_feminine, to_masculine = {pair[0]: pair[1] for pair in pairs}, {pair[1]: pair[0] for pair in pairs}
    for term in terms:
        head = term.split()[0]
        if not head.islower() or len(head) < 3:
            continue
        feminine = _FEMININE.search(head) is not None and _MASCULINE.search(head) is None
        swap = to_feminine if feminine else to_masculine if _known_masculine(head) else {}
        for wrong, right in swap.items():
            text = re.sub(rf"\b{wrong} (?={re.escape(term)}\b)", f"{right} ", text)
            text = re.sub(rf"\b{wrong.capitalize()} (?={re.escape(term)}\b)", f"{right.capitalize()} ", text)
    return text


def _known_masculine(head: str) -> bool:
    return head.endswith(("o", "os", "or", "ores")) or _MASCULINE.search(head) is not None


def read(path: Path) -> dict[str, str]:
    """A glossary from a file: two columns source, target (.csv, .tsv), or pairs in .toml or .json.

    An empty target, or one equal to the source, means: do not translate. Raises BadInput with the line number.
    """
    text = tables.opened(path, kind="glossary file", of="glossary")
    kinds = {".csv": _table, ".tsv": _table, ".txt": _table, ".toml": _toml, ".json": _json}
    if path.suffix.lower() not in kinds:
        raise BadInput(f"glossary {path.name}: use one of {', '.join(sorted(kinds))}")
    return _gathered(path, kinds[path.suffix.lower()](path, text))


def _gathered(path: Path, rows: Iterator[tuple[int, object, object]]) -> dict[str, str]:
    terms: dict[str, str] = {}
    for number, source, target in rows:
        where = f"glossary {path.name}, line {number}" if number else f"glossary {path.name}"
        if not isinstance(source, str) or not isinstance(target, str):
            raise BadInput(f"{where}: a term and its target are texts, not {source!r} = {target!r}")
        term, wanted = " ".join(source.split()), " ".join(target.split())
        if not term:
            raise BadInput(f"{where}: there is no source term before '{wanted}'")
        if terms.get(term, wanted) != wanted:
            raise BadInput(f"{where}: '{term}' is '{terms[term]}' further up and '{wanted}' here")
        terms[term] = wanted
    return terms


def _table(path: Path, text: str) -> Iterator[tuple[int, object, object]]:
    for number, cells, mark in tables.rows(path, text, of="glossary"):
        if [cell.lower() for cell in cells] == ["source", "target"]:
            continue
        if len(cells) > 2:
            raise BadInput(
                f"glossary {path.name}, line {number}: two columns are expected (source, target), "
                f"not {len(cells)}; put quotes around a term that holds '{mark}'"
            )
        yield number, cells[0], cells[1] if len(cells) > 1 else ""


def _toml(path: Path, text: str) -> Iterator[tuple[int, object, object]]:
    try:
        table = textfiles.from_toml(text)
    except ValueError as error:
        raise BadInput(f"glossary {path.name} is not valid TOML: {error}") from None
    inner = table.get("glossary")
    pairs = inner if isinstance(inner, dict) else table
    yield from ((_line(text, term), term, target) for term, target in pairs.items())


def _json(path: Path, text: str) -> Iterator[tuple[int, object, object]]:
    try:
        value = textfiles.from_json(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"glossary {path.name}, line {error.lineno}: {error.msg}") from None
    except ValueError as error:
        raise BadInput(f"glossary {path.name}: {error}") from None
    if isinstance(value, list) and all(isinstance(item, dict) and "source" in item for item in value):
        yield from ((_line(text, item["source"]), item["source"], item.get("target", "")) for item in value)
    elif isinstance(value, dict):
        yield from ((_line(text, term), term, target) for term, target in value.items())
    else:
        raise BadInput(f'glossary {path.name}: write {{"term": "target"}} or [{{"source": …, "target": …}}]')


def _line(text: str, term: object) -> int:
    """The line a term stands on, 0 when it cannot be told."""
    at = text.find(str(term))
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


__all__ = ["agreeing", "begun", "checked", "missed", "obeyed", "pattern", "protect", "read", "relevant", "restore"]
