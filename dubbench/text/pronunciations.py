"""How words are to be said: a list for each language, read from a file or a wish, and put into what a voice is given.

A reading is a respelling in the language's own letters, or IPA between slashes:

    word,language,reading            Nginx=engenecs; Jersey=/ˈdʒɜːzi/
    Nginx,pt,engenecs
    Jersey,,/ˈdʒɜːzi/                      no language: for every one
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dubbench import languages, textfiles
from dubbench.errors import BadInput, Unsupported
from dubbench.text import tables
from dubbench.text.glossary import pattern
from dubbench.types import Controls, Dub, Line

_HEAD = (["word", "reading"], ["word", "language", "reading"])


def ipa(reading: str) -> bool:
    """Whether a reading is IPA between slashes."""
    return len(reading) > 2 and reading[0] == reading[-1] == "/"


def applied(text: str, readings: Mapping[str, str]) -> str:
    """`text` with respellings in place of their words, and "[word](/ipa/)" where the reading is IPA.

    Whole words in any case; of words that begin alike the longest goes first, and what was put in is left alone.
    """
    if not readings:
        return text
    words = sorted(readings, key=lambda word: (-len(word), word))
    found = re.compile("|".join(f"({pattern(word, loose=True).pattern})" for word in words), re.IGNORECASE)

    def said(match: re.Match[str]) -> str:
        reading = readings[words[(match.lastindex or 1) - 1]]
        return f"[{match[0]}]({reading})" if ipa(reading) else reading

    return found.sub(said, text)


def relevant(text: str, readings: Mapping[str, str]) -> dict[str, str]:
    """The words of `text` that the list knows, with their readings."""
    return {word: said for word, said in readings.items() if pattern(word, loose=True).search(text)}


def of(dub: Dub, line: Line) -> dict[str, str]:
    """How words of a line are to be said: the dub's list, before it the speaker's wish, before that the line's own."""
    wishes = (dub.controls.get(line.speaker, Controls()).pronunciation, line.controls.pronunciation)
    own = {word: said for wish in wishes for word, said in wished(wish).items()}
    known = {word.lower() for word in own}
    return {word: said for word, said in dub.pronunciations.items() if word.lower() not in known} | own


def wished(text: str | None) -> dict[str, str]:
    """The readings in a wish like "Nginx=engenecs; Jersey=/ˈdʒɜːzi/". Raises BadInput."""
    found = {}
    for part in filter(None, (part.strip() for part in (text or "").split(";"))):
        word, _, reading = (piece.strip() for piece in part.partition("="))
        found[word] = _fit(word, reading, f"pronunciation {part!r}")
    return found


def _fit(word: str, reading: str, where: str) -> str:
    if not any(c.isalnum() for c in word) or not any(c.isalpha() for c in reading):
        raise BadInput(f"{where}: write word=reading, for instance Nginx=engenecs or Jersey=/ˈdʒɜːzi/")
    if reading.startswith("/") != reading.endswith("/") or re.search(r"[\[\]()]", reading + word):
        raise BadInput(f"{where}: IPA stands between two slashes, and no reading holds brackets")
    return reading


def read(path: Path, language: str) -> dict[str, str]:
    """The readings for `language` in a file: word, language (may be empty or left out), reading in .csv, .tsv or .txt;
    pairs, or a table of pairs for each language, in .toml or .json.

    Raises BadInput with the line number.
    """
    text = tables.opened(path, kind="file of pronunciations", of="pronunciations")
    kinds = {".csv": _table, ".tsv": _table, ".txt": _table, ".toml": _pairs, ".json": _pairs}
    if path.suffix.lower() not in kinds:
        raise BadInput(f"pronunciations {path.name}: use one of {', '.join(sorted(kinds))}")
    found: dict[str, str] = {}
    for where, word, of, reading in kinds[path.suffix.lower()](path, text):
        fit = _fit(" ".join(word.split()), " ".join(reading.split()), where)
        if _known(of, where) in ("", language):
            if found.get(word, fit) != fit:
                raise BadInput(f"{where}: '{word}' is '{found[word]}' further up and '{fit}' here")
            found[word] = fit
    return found


def _known(language: str, where: str) -> str:
    """The house's code of a language; nothing stays nothing."""
    try:
        return languages.normalise(language) if language else ""
    except Unsupported as error:
        raise BadInput(f"{where}: {error}") from None


def _table(path: Path, text: str) -> Iterator[tuple[str, str, str, str]]:
    for number, cells, _ in tables.rows(path, text, of="pronunciations"):
        if [cell.lower() for cell in cells] in _HEAD:
            continue
        where = f"pronunciations {path.name}, line {number}"
        if len(cells) not in (2, 3):
            raise BadInput(f"{where}: write word, language, reading, or word, reading; not {len(cells)} columns")
        yield where, cells[0], cells[1].lower() if len(cells) == 3 else "", cells[-1]


def _pairs(path: Path, text: str) -> Iterator[tuple[str, str, str, str]]:
    where = f"pronunciations {path.name}"
    try:
        table = textfiles.from_toml(text) if path.suffix.lower() == ".toml" else textfiles.from_json(text)
    except ValueError as error:
        raise BadInput(f"{where}: {error}") from None
    if not isinstance(table, dict):
        raise BadInput(f'{where}: write {{"word": "reading"}} or {{"pt": {{"word": "reading"}}}}')
    for name, value in table.items():
        rows = value.items() if isinstance(value, dict) else [(name, value)]
        for word, reading in rows:
            if not isinstance(reading, str):
                raise BadInput(f"{where}: the reading of '{word}' is a text, not {reading!r}")
            yield where, word, name.lower() if isinstance(value, dict) else "", reading


__all__ = ["applied", "ipa", "of", "read", "relevant", "wished"]
