"""Tables that people bring: a text file opened, its rows with the lines they stand on. What columns mean: not here."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from dubbench import textfiles
from dubbench.errors import BadInput


def opened(path: Path, *, kind: str, of: str) -> str:
    """The text of a file. Raises BadInput naming its `kind` ("glossary file") and whose it is (`of`, "glossary")."""
    try:
        return textfiles.content(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"there is no {kind} {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{of} {path.name} cannot be read as UTF-8 text: {error}") from None


def rows(path: Path, text: str, *, of: str) -> Iterator[tuple[int, list[str], str]]:
    """(line number, cells, the mark between them) of .csv, .tsv or .txt; without empty rows and comments (#).

    The mark is a tab, else the semicolon or the comma, whichever the first line has more of. Raises BadInput.
    """
    first = text.lstrip().partition("\n")[0]
    tabs = path.suffix.lower() == ".tsv" or "\t" in first
    mark = "\t" if tabs else ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(text.splitlines(), delimiter=mark, skipinitialspace=True, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) and not cells[0].startswith("#"):
                yield reader.line_num, cells, mark
    except csv.Error as error:
        raise BadInput(f"{of} {path.name}, line {reader.line_num}: {error}") from None


__all__ = ["opened", "rows"]
