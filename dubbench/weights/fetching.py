"""Bringing the files of one model from the first source that gives the pinned bytes. Where they end up is told to it.

Every file is written under a temporary name, settled on the disk, checked against its pin and only then renamed.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TypeAlias

from dubbench.errors import BadInput, Missing
from dubbench.memory import file_sha256, replacing
from dubbench.weights import registries
from dubbench.weights.pins import Source, Stamps, WeightFile, cache_folder, own_folder, parts

Listener: TypeAlias = Callable[[str, int, int, str], None]
"""Called as listener(model, done_bytes, total_bytes, what) while files arrive."""

log = logging.getLogger(__name__)
_listeners: list[Listener] = []


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear of every fetch in this process while the block runs, whichever thread or adapter asked for it."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def say(model: str, done: int, total: int, what: str) -> None:
    for listener in list(_listeners):
        listener(model, done, total, what)


class Wrong(BadInput):
    """A source gave other bytes than those pinned."""


class Fetch:
    """The `missing` files of `model` on their way into `home`, whose lock is held."""

    def __init__(self, model: str, home: Path, missing: Sequence[WeightFile], stamps: Stamps) -> None:
        self.model, self.home, self.stamps = model, home, stamps
        # Largest first, so that progress moves while the package that holds the small ones, too, arrives.
        self.todo = sorted(missing, key=lambda file: -file.size)
        self.done, self.total = 0, sum(file.size for file in missing)
        self.unavailable: dict[str, registries.Unavailable] = {}

    def all(self) -> None:
        """Bring every file. Raises Missing or BadInput for the first that no source gives; those before it stay."""
        for file in self.todo:
            path = self.home / file.name
            sweep(path)
            self._one(file, path)
            self.done += file.size
            say(self.model, self.done, self.total, f"{file.name} is here")

    def _one(self, file: WeightFile, path: Path) -> None:
        refused: list[Wrong | Missing] = []
        for source in self._sources(file):
            try:
                with replacing(path) as draft:
                    self._bring(file, source, draft)
                    settle(draft)
                self.stamps.sha256(path)
                return
            except (Wrong, Missing) as error:
                level = logging.WARNING if isinstance(error, Wrong) else logging.INFO
                log.log(level, "'%s' of model '%s': %s", file.name, self.model, error)
                refused.append(error)
        raise self._given_up(file, refused)

    def _sources(self, file: WeightFile) -> Iterator[Source]:
        own = own_folder()
        if own is not None:
            yield from (path.as_uri() for path in _in_folder(own, self.model, file))
        yield from file.sources

    def _bring(self, file: WeightFile, source: Source, draft: Path) -> None:
        """Join the parts of a source into `draft` and check it. Raises Missing, Wrong."""
        addresses = parts(source)
        with draft.open("wb") as to:
            for i, address in enumerate(addresses):
                self._copy(address, to, functools.partial(self._hear, file, address, i, len(addresses)))
        sha256 = file_sha256(draft)
        if sha256 != file.sha256:
            raise Wrong(
                f"{' + '.join(addresses)} gave {draft.stat().st_size} bytes with sha256 {sha256} instead of "
                f"{file.size} bytes with {file.sha256}"
            )

    def _hear(self, file: WeightFile, address: str, i: int, n: int, share: float) -> None:
        """Part `i` of `n` has arrived by `share`; how long the parts are is not known, so take them as equal."""
        done = self.done + int(file.size * (i + share) / n)
        say(self.model, done, self.total, registries.parse(address).title)

    def _copy(self, address: str, to: IO[bytes], tell: Callable[[float], None]) -> None:
        """As `registries.copy`, but a package that could not be had is not asked for twice in one fetch."""
        title = registries.parse(address).title
        if title in self.unavailable:
            raise self.unavailable[title]
        tell(0.0)
        try:
            registries.copy(address, to, cache_folder() / "downloads", tell)
        except registries.Unavailable as error:
            self.unavailable[title] = error
            raise

    def _given_up(self, file: WeightFile, refused: Sequence[Wrong | Missing]) -> BadInput | Missing:
        why = "; ".join(str(error) for error in refused) or "it has no public source"
        what = f"'{file.name}' of model '{self.model}'"
        place = f"put the file at {own_folder() or '$DUBBENCH_WEIGHTS'}/{self.model}/{file.name}"
        if any(isinstance(error, Wrong) for error in refused):
            return BadInput(f"{what} is refused, its hash is wrong: {why}. To bring the right one yourself, {place}")
        online = "Unset DUBBENCH_OFFLINE and run" if registries.offline() else "When there is a network, run"
        way = f"{online}: dubbench models fetch {self.model}; or {place}" if file.sources else f"To bring it, {place}"
        state = "is damaged" if (self.home / file.name).is_file() else "is not here"
        return Missing(f"{what} {state} and cannot be fetched ({why}). {way}")


def _in_folder(folder: Path, model: str, file: WeightFile) -> Iterator[Path]:
    """Where a person may have put a file: in the model's own place, else anywhere under its name with its size."""
    direct = folder / model / file.name
    if direct.is_file():
        yield direct
    for path in sorted(folder.rglob(glob.escape(PurePosixPath(file.name).name))):
        if path != direct and path.is_file() and path.stat().st_size == file.size:
            yield path


def sweep(path: Path) -> None:
    """Remove the drafts of `path` that a killed process left; its lock is held, so nobody is writing them."""
    for draft in path.parent.glob(f".{glob.escape(path.stem)}.*{glob.escape(path.suffix)}"):
        if not draft.name.endswith(".lock"):
            draft.unlink(missing_ok=True)


def settle(draft: Path) -> None:
    """Have the bytes on the disk before the name: a power cut must not leave a whole name over half a file."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
