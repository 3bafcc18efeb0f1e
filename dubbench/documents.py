"""Dubs as files: dub.json read, migrated and written. Where its folder is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dubbench.errors import BadInput
from dubbench.memory import FOLDER, replacing
from dubbench.types import SCHEMA, Dub

NAME = "dub.json"

MIGRATIONS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
"""MIGRATIONS[n] turns a document of schema n + 1 into one of schema n + 2."""


def folder_of(path: Path) -> Path:
    """The folder that the sounds of a dub.json lie in: its own, or the one above when languages share their work."""
    home = path.resolve().parent
    return home.parent if not (home / FOLDER).is_dir() and (home.parent / FOLDER).is_dir() else home


def read(path: Path) -> Dub:
    """The dub in a dub.json, or in a folder that holds one. Raises BadInput that names the place of a mistake."""
    path = path / NAME if path.is_dir() else path
    try:
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadInput(f"there is no {NAME} in {path.parent}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not valid JSON: {error}") from None
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if not isinstance(schema, int) or not 1 <= schema <= SCHEMA:
        raise BadInput(f"{path} has schema {schema!r}; this version reads 1 to {SCHEMA}: upgrade dubbench")
    for migrate in MIGRATIONS[schema - 1 :]:
        raw = migrate(raw)
    try:
        return Dub.model_validate(raw).at(folder_of(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path}: {where}: {first['msg']}") from None


def write(dub: Dub, path: Path) -> None:
    """Write a dub.json whole or not at all; fields that say nothing are left out, so that people can read it."""
    with replacing(path) as draft:
        text = json.dumps(
            dub.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"schema": dub.schema_},
            ensure_ascii=False,
            indent=1,
        )
        draft.write_text(text + "\n", "utf-8")
