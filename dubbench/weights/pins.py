"""What a file of weights must be, and whether a file on this machine is it. Fetching it is the next room's concern.

The cache is $DUBBENCH_CACHE, else $XDG_CACHE_HOME/dubbench, else ~/.cache/dubbench.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from pydantic import Field, field_validator

from dubbench.errors import BadInput
from dubbench.memory import file_sha256, replacing
from dubbench.types import Noun
from dubbench.weights import registries

Source: TypeAlias = str | tuple[str, ...]


def cache_folder() -> Path:
    """Where fetched weights and packages lie."""
    own = os.environ.get("DUBBENCH_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "dubbench"


def own_folder() -> Path | None:
    """The person's folder of weights, never written to. Raises BadInput when it is named but not there."""
    own = os.environ.get("DUBBENCH_WEIGHTS")
    if not own:
        return None
    folder = Path(own).expanduser().absolute()
    if not folder.is_dir():
        raise BadInput(f"DUBBENCH_WEIGHTS points at {folder}, which is no folder; create it or unset the variable")
    return folder


def parts(source: Source) -> tuple[str, ...]:
    return (source,) if isinstance(source, str) else source


class WeightFile(Noun):
    """One file of a model: its name in the model's folder, its sha256 and size in bytes, and where it can come from.

    `sources` are tried in order. A source is one address (see `registries`), or several whose contents are joined in
    order. Without a source a person has to bring the file.
    """

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    sources: tuple[Source, ...] = ()

    @field_validator("name")
    @classmethod
    def _inside(cls, name: str) -> str:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.name or path.name.startswith("."):
            raise ValueError(f"'{name}' must be a plain relative file name")
        return name

    @field_validator("sources")
    @classmethod
    def _known(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        try:
            for source in sources:
                for address in parts(source):
                    registries.parse(address)
        except BadInput as error:
            raise ValueError(str(error)) from None
        return sources


class Stamps:
    """Which files were read and hashed, by size, time and inode, so that a start does not read gigabytes again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def sha256(self, path: Path) -> str:
        """The sha256 of a file, from memory while the file looks untouched."""
        kept = self._all().get(str(path))
        return str(kept[-1]) if kept and kept[:-1] == _look(path) else self.renew(path)

    def known(self, path: Path) -> str | None:
        """The sha256 a file had when it was last read."""
        kept = self._all().get(str(path))
        return str(kept[-1]) if kept else None

    def renew(self, path: Path, *, keep: bool = True) -> str:
        """The sha256 of a file, read now."""
        look, sha256 = _look(path), file_sha256(path)
        if keep:
            # A cache that cannot be written to (a read-only image) costs a second reading, no more.
            with contextlib.suppress(OSError), replacing(self.path) as draft:
                draft.write_text(json.dumps({**self._all(), str(path): [*look, sha256]}, indent=0), "utf-8")
        return sha256

    def _all(self) -> dict[str, list[Any]]:
        try:
            return dict(json.loads(self.path.read_text("utf-8")))
        except (OSError, ValueError):
            return {}


def _look(path: Path) -> list[Any]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]
