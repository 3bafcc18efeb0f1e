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
from dubbench.memory import file_sha256, replacing, sweep
from dubbench.processes.locks import locked
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
    """Which files were read and hashed, by what tells that one was touched, so that a start does not read gigabytes.

    Size, time and inode could be put back by who changed a file, the time of the inode's own change cannot: only a
    disk that loses bits by itself goes unseen, and `Weights.check` reads everything.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def sha256(self, path: Path) -> str:
        """The sha256 of a file, from memory while the file looks untouched."""
        kept = self._known(path)
        return str(kept[-1]) if kept and kept[:-1] == _look(path) else self.renew(path)

    def known(self, path: Path) -> str | None:
        """The sha256 a file had when it was last read or noted."""
        kept = self._known(path)
        return str(kept[-1]) if kept else None

    def whole(self, path: Path) -> bool:
        """Whether a file still is what was noted of it; one that nothing is known of is not. Notes stay."""
        kept = self._known(path)
        if not kept or not path.is_file():
            return False
        if kept[:-1] == _look(path):
            return True
        look, sha256 = _look(path), file_sha256(path)
        if sha256 == kept[-1]:
            self._note(path, look, sha256)
        return bool(sha256 == kept[-1])

    def expect(self, path: Path, sha256: str) -> None:
        """Note what a file will be that is about to take its place; it is read once more when it has."""
        self._note(path, [], sha256)

    def renew(self, path: Path, *, keep: bool = True) -> str:
        """The sha256 of a file, read now."""
        look, sha256 = _look(path), file_sha256(path)
        if keep:
            self._note(path, look, sha256)
        return sha256

    def _note(self, path: Path, look: list[Any], sha256: str) -> None:
        # A cache that cannot be written to (a read-only image) costs a second reading, no more.
        with contextlib.suppress(OSError), locked(self.path.with_suffix(".lock")):
            sweep(self.path.parent, f"{self.path.stem.lstrip('.')}.")
            with replacing(self.path) as draft:
                draft.write_text(json.dumps({**self._all(), self._name(path): [*look, sha256]}, indent=0), "utf-8")

    def _known(self, path: Path) -> list[Any] | None:
        return self._all().get(self._name(path))

    def _name(self, path: Path) -> str:
        """Beside the notes by a relative name, so that a cache may be moved, or mounted elsewhere."""
        home = self.path.parent
        return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)

    def _all(self) -> dict[str, list[Any]]:
        try:
            return dict(json.loads(self.path.read_text("utf-8")))
        except (OSError, ValueError):
            return {}


def _look(path: Path) -> list[Any]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
