"""What was made before, found again by the content of its input. Knows files and keys, nothing about dubbing.

A key is the sha256 of everything that shaped a result: hashes of the inputs, the catalogue entry, its weights and
settings, the seed, the adapter's version. Never a path, never "the file exists". A result is written under a temporary
name and renamed when whole, so a process killed at any moment leaves either all of it or none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "work"

DRAFT = re.compile(r"\..+\.draft-\d+-\d+(\.\w+)?")
"""How the name of a draft looks: hidden, with a process and a thread before its suffix."""


def key(**parts: Any) -> str:
    """The content key of `parts` (JSON values): 32 hex digits, the same for the same content."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def passing(path: Path) -> Iterator[Path]:
    """A draft beside `path`, of the same kind, for as long as the block runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last: ffmpeg and soundfile choose a format by it.
    draft = path.with_name(f".{path.stem}.draft-{os.getpid()}-{threading.get_ident()}{path.suffix}")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes when it does not."""
    with passing(path) as draft:
        yield draft
        draft.replace(path)


def sweep(folder: Path, *names: str) -> None:
    """Remove the drafts that killed processes left in `folder` itself, of files that begin with one of `names` (none:
    of all).

    Living drafts look the same, so this is only for who has the folder alone.
    """
    for path in folder.glob(".*"):
        if DRAFT.fullmatch(path.name) and path.name.lstrip(".").startswith(names or "") and path.is_file():
            path.unlink(missing_ok=True)


class Memory:
    """Results under `folder`/work, a folder a room, a JSON file a key, sounds beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, room: str, key: str, suffix: str) -> Path:
        return self.folder / FOLDER / room / f"{key}{suffix}"

    def relative(self, path: Path) -> str:
        """`path` as an `Audio.path`: relative to the dub's folder, with forward slashes."""
        return path.relative_to(self.folder).as_posix()

    def recall(self, room: str, key: str) -> Any | None:
        """The JSON value kept under `key`; None when there is none or the file is not whole."""
        try:
            return json.loads(self.path(room, key, ".json").read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def keep(self, room: str, key: str, value: Any) -> None:
        """Remember a JSON value. Files it speaks of must be in place before."""
        with replacing(self.path(room, key, ".json")) as draft:
            draft.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
