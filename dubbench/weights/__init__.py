"""The files of a model: found on this machine or fetched by pin, checked, and what is built from them. No registries.

Looked for in this order: the person's own folder (`DUBBENCH_WEIGHTS`), the cache, then each pinned source. A file is
written under a temporary name, checked against its size and sha256, and only then takes its place.

    $DUBBENCH_WEIGHTS/<model>/<file>            what a person put there (or anywhere in that folder, by name and hash)
    <cache>/weights/<model>/<file>              what was fetched
    <cache>/weights/<model>/built/              what was derived from it once
    <cache>/downloads/<scheme>/<package>/       packages as they came; may be deleted at any time
    <cache> = $DUBBENCH_CACHE, else $XDG_CACHE_HOME/dubbench, else ~/.cache/dubbench
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from dubbench import disk
from dubbench.errors import BadInput
from dubbench.memory import file_sha256, replacing
from dubbench.processes.locks import locked, use
from dubbench.weights.fetching import Fetch, Listener, listening, say, settle, sweep
from dubbench.weights.pins import Source, Stamps, WeightFile, cache_folder, own_folder

__all__ = ["Listener", "Source", "WeightFile", "Weights", "cache_folder", "listening", "own_folder", "writing"]


USED = ".used"
"""Beside a model's files: held by every process that uses them, and as old as their last use."""


class Weights:
    """The files of one catalogue entry, on this machine or to be fetched."""

    def __init__(self, name: str, files: tuple[WeightFile, ...] = ()) -> None:
        self.name, self.files = name, files

    @property
    def home(self) -> Path:
        """This model's folder in the cache."""
        return cache_folder() / "weights" / self.name

    @property
    def pins(self) -> str:
        """What the names of files that were built from these weights end with: a hash of all pins."""
        text = "".join(f"{file.name}:{file.sha256}\n" for file in self.files)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def stamps(self) -> Stamps:
        return Stamps(self.home / ".checked.json")

    def folder(self) -> Path:
        """The folder that holds all files, fetched and checked if needed.

        Raises Missing (no source answers), BadInput (a source gives other bytes than those pinned; no room to write).
        """
        if self.home.is_dir():
            use(self.home / USED)
        found = self.where()
        if found is not None:
            return found
        with writing(self.home):
            self.home.mkdir(parents=True, exist_ok=True)
            use(self.home / USED)
            with locked(self.home / ".lock", waiting=self._wait):
                missing = [file for file in self.files if not self._good(self.home / file.name, file)]
                Fetch(self.name, self.home, missing, self.stamps).all()
        return self.home

    def _wait(self) -> None:
        say(self.name, 0, sum(file.size for file in self.files), "another process is fetching it")

    def where(self) -> Path | None:
        """The folder that holds all files, checked; None when something would have to be fetched."""
        own = own_folder()
        for folder in (own / self.name if own else None, self.home):
            if folder is not None and folder.is_dir() and all(self._good(folder / f.name, f) for f in self.files):
                return folder
        return None

    def present(self) -> bool:
        """Whether nothing would have to be fetched."""
        return not self.files or self.where() is not None

    def _good(self, path: Path, file: WeightFile) -> bool:
        """Whether `path` holds exactly the pinned bytes; they are read only if they were not checked before."""
        return path.is_file() and path.stat().st_size == file.size and self.stamps.sha256(path) == file.sha256

    def check(self) -> dict[Path, str]:
        """Read everything that is here again: what is wrong with each bad file; empty when all is well.

        Files that are not here are not wrong. A bad one in the cache is fetched anew by the next `folder`.
        """
        own, bad = own_folder(), dict[Path, str]()
        folders = [self.home, *([own / self.name] if own else [])]
        pinned = {folder / file.name: file for folder in folders for file in self.files}
        for path, file in pinned.items():
            if path.is_file() and (got := self.stamps.renew(path)) != file.sha256:
                bad[path] = f"sha256 is {got}, should be {file.sha256}"
        for path in sorted((self.home / "built").glob("[!.]*")):
            made = self.stamps.known(path)
            if made is not None and (got := self.stamps.renew(path, keep=False)) != made:
                bad[path] = f"sha256 is {got}, was {made} when it was built; delete it"
        return bad

    def built(self, name: str, version: int | str, build: Callable[[Path], None]) -> Path:
        """A file derived from these weights (an ONNX graph, a table), made once by `build(draft_path)`, found again
        by the hash of the weights and `version`; made again where it is not what it was.

        Two processes that want it at once build it once. `build` may call `folder` and `built` for other names.
        """
        plain = Path(name)
        path = self.home / "built" / f"{plain.stem}-{version}-{self.pins}{plain.suffix}"
        if self.stamps.whole(path):
            return path
        with writing(path.parent), locked(path.with_name(f".{path.name}.lock")):
            if not self.stamps.whole(path):
                sweep(path)
                with replacing(path) as draft:
                    build(draft)
                    settle(draft)
                    self.stamps.expect(path, file_sha256(draft))
        self.stamps.whole(path)
        return path


ODD = frozenset({errno.ENOTDIR, errno.EEXIST})


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Call a disk that is full or shut, or a folder that cannot be made (in /proc), the person's to mend: BadInput.

    Any other error stays what it is.
    """
    instead = "set DUBBENCH_CACHE to a folder that can be written to"
    try:
        with disk.writing(folder, instead=instead, also=ODD):
            yield
    except FileNotFoundError as error:
        if folder.exists():
            raise
        raise BadInput(f"cannot write to {folder}: {error.strerror}; {instead}") from None
