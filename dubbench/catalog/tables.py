"""The catalogue's files: which there are, read and checked into entries and casts. Loads no model.

A mistake in our own files or the person's is BadInput. A package that somebody installed and that is broken takes only
its own models away: what is wrong with it is kept for whoever asks for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from dubbench import textfiles
from dubbench.catalog.models import ROOMS, Entry
from dubbench.errors import BadInput, DubError
from dubbench.records import mistake

GROUP = "dubbench.catalog"
"""The entry points by which packages offer a catalogue file."""


class Part(NamedTuple):
    """Who may play a part, in the order to try them, and the file that says so."""

    names: tuple[str, ...]
    file: str


@dataclass(frozen=True)
class Tables:
    """What stands in catalogue files. `broken` is what is wrong with packages whose file could not be had."""

    entries: dict[str, Entry] = field(default_factory=dict)
    casts: dict[str, dict[str, Part]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def under(self, other: Tables) -> Tables:
        """These with another's on top: its entries win, its casts change the parts they name."""
        names = {**self.casts, **other.casts}
        casts = {name: {**self.casts.get(name, {}), **other.casts.get(name, {})} for name in names}
        return Tables({**self.entries, **other.entries}, casts, {**self.broken, **other.broken})


def read() -> Tables:
    """All tables, read once for each value of DUBBENCH_CATALOG. Raises BadInput that names the file and the entry."""
    return _read(os.environ.get("DUBBENCH_CATALOG", ""))


def forget() -> None:
    """Read the files anew when they are next asked for, as after an installation."""
    _read.cache_clear()


@cache
def _read(own: str) -> Tables:
    tables = Tables()
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        tables = tables.under(_parsed(path))
    for point in metadata.entry_points(group=GROUP):
        tables = tables.under(_packaged(point))
    for path in _own(own):
        tables = tables.under(_parsed(path))
    return tables


def _own(own: str) -> Iterator[Path]:
    """The person's files: DUBBENCH_CATALOG is one, or a folder of them."""
    path = Path(own)
    if own and not path.exists():
        raise BadInput(f"DUBBENCH_CATALOG points at {path}, which does not exist")
    if own:
        yield from sorted(path.glob("*.toml")) if path.is_dir() else (path,)


def _packaged(point: metadata.EntryPoint) -> Tables:
    """The tables of an installed package. Importing it runs a stranger's code, which may raise anything."""
    package = point.dist.name if point.dist else point.module.partition(".")[0]
    try:
        return _parsed(Path(str(point.load())))
    except DubError as error:
        return Tables(broken={package: str(error)})
    except Exception as error:
        return Tables(broken={package: " ".join(f"{type(error).__name__}: {error}".split())})


def _parsed(path: Path) -> Tables:
    tables = _toml(path)
    casts = tables.pop("cast", {})
    if not isinstance(casts, dict):
        raise BadInput(f"{path.name}: 'cast' is no model; write [cast.NAME], and below it room = \"model\"")
    return Tables(
        {name: _entry(path, name, table) for name, table in tables.items()},
        {name: _cast(path, name, table) for name, table in casts.items()},
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return textfiles.from_toml(textfiles.content(path).decode("utf-8"))
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}; it should be a catalogue file") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path.name} is not valid TOML: line {line} is no UTF-8; save it as UTF-8") from None
    except ValueError as error:
        raise BadInput(f"{path.name} is not valid TOML: {error}") from None


def _entry(path: Path, name: str, table: object) -> Entry:
    if not isinstance(table, dict):
        raise BadInput(f"{path.name}: '{name}' is {table!r:.40}, no table; a model begins with [{name}]")
    try:
        entry = Entry.model_validate({"room": path.stem, **table, "name": name})
    except ValidationError as error:
        raise BadInput(f"{path.name}: model '{name}': {mistake(error)}") from None
    if entry.room not in ROOMS:
        raise BadInput(f"{path.name}: model '{name}' needs room = one of {', '.join(ROOMS)}, not '{entry.room}'")
    return entry.of_file(path.name)


def _cast(path: Path, name: str, table: object) -> dict[str, Part]:
    if not isinstance(table, dict):
        raise BadInput(f"{path.name}: cast '{name}' is no table; write [cast.{name}], and below it room = \"model\"")
    return {room: Part(_names(f"{path.name}: cast '{name}'", room, value), path.name) for room, value in table.items()}


def _names(where: str, room: str, value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput(f"{where}: {room} = {value!r:.40} must be a model's name, or a list of names")
    return tuple(names)
