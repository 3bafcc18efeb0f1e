"""Nouns as JSON files that people read and mend: read with mistakes named, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from dubbench import textfiles
from dubbench.errors import BadInput
from dubbench.memory import replacing
from dubbench.types import Noun

LARGEST = 128_000_000
"""Bytes of a file: a dub of twelve hours, every word with its time, has about 80 million."""

N = TypeVar("N", bound=Noun)


def raw(path: Path, *, what: str = "", hint: str = "") -> Any:
    """The JSON in a file; `what` it is begins a message, `hint` ends it. Raises BadInput."""
    try:
        return textfiles.from_json(textfiles.content(path, most=LARGEST).decode("utf-8"))
    except OSError as error:
        raise BadInput(f"{what}{path} cannot be read: {error.strerror}{hint}") from None
    except ValueError as error:
        raise BadInput(f"{what}{path} is not valid JSON: {error}{hint}") from None


def checked(kind: type[N], plain: Any, path: Path, *, what: str = "", hint: str = "") -> N:
    """`plain` of a file as a noun. Raises BadInput that names the place of a mistake."""
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        raise BadInput(f"{what}{path}: {mistake(error)}{hint}") from None


def mistake(error: ValidationError) -> str:
    """The first mistake, on its place: "lines.3.start: Input should be a valid number"."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def write(noun: Noun, path: Path, *, defaults: bool = False) -> None:
    """Write a noun indented, with its schema; without `defaults` fields that say nothing are left out."""
    plain = noun.model_dump(mode="json", by_alias=True, exclude_defaults=not defaults)
    put(plain | {"schema": getattr(noun, "schema_", 1)}, path)


def put(plain: Any, path: Path) -> None:
    """Write what JSON can say, indented."""
    from pydantic_core import to_json  # Indented, seven times as quick as Python's own.

    with replacing(path) as draft:
        draft.write_bytes(to_json(plain, indent=1) + b"\n")
