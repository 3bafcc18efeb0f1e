"""What lies in the cache: weights, environments, packages as they came. What nobody needs, and a limit for the whole.

    <cache>/weights/<model>/           what the catalogue pins, and what was built from it
    <cache>/environments/<hash>/       for adapters that cannot live in ours
    <cache>/downloads/<scheme>/<x>/    may go at any time

Nothing that a process uses goes (`processes.locks.use`), and nothing that this house did not put there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Literal

from dubbench import apart, catalog
from dubbench.apart import environments
from dubbench.catalog import Entry
from dubbench.errors import BadInput, DubError
from dubbench.processes.locks import unused
from dubbench.types import Noun
from dubbench.weights import USED, Weights, cache_folder

LIMIT = "20 GB"
"""Of the default cast everything takes 1.1 GB, and an environment with torch 5."""
VARIABLE = "DUBBENCH_CACHE_LIMIT"
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
PLACE = re.compile(r"[0-9a-f]{16}")
"""What an environment's folder is called."""

log = logging.getLogger(__name__)


class Item(Noun):
    """One thing that can go as a whole. `used` is when it was used last, in seconds since 1970."""

    kind: Literal["weights", "environment", "download"]
    name: str
    why: str
    paths: tuple[Path, ...]
    locks: tuple[Path, ...]
    size: int
    used: float


def limit() -> int | None:
    """How many bytes the cache may hold: `DUBBENCH_CACHE_LIMIT` ("20GB", "500 MB"), else `LIMIT`; None for "none".

    Raises BadInput.
    """
    asked = os.environ.get(VARIABLE) or LIMIT
    if asked.strip().lower() == "none":
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", asked, re.IGNORECASE)
    if found is None or found[2].upper() not in UNITS:
        raise BadInput(f"{VARIABLE} is {asked!r}; write a size like '20GB' or '500 MB', or 'none'")
    return round(float(found[1]) * UNITS[found[2].upper()])


def items() -> list[Item]:
    """Everything in the cache, the longest unused first."""
    found = [*_downloads(), *_weights(), *_environments()]
    return sorted(found, key=lambda item: item.used)


def unneeded(*, weights: bool = False, environs: bool = False) -> list[Item]:
    """What no entry of the catalogue needs as it is now, and packages whose contents were taken out already."""
    known = catalog.entries()
    spare = [item for item in _weights() if item.name not in known] if weights else []
    outdated = [item for entry in known.values() for item in _outdated(entry)] if weights else []
    needed = {environments.folder(requires).name for requires in _required(known.values())} if environs else set()
    places = [item for item in _environments() if item.name not in needed] if environs else []
    return [*(_downloads() if weights else ()), *spare, *outdated, *places]


def _required(entries: Iterable[Entry]) -> Iterator[tuple[str, ...]]:
    """What must be in the environments of all entries that have one."""
    for entry in entries:
        with contextlib.suppress(DubError):
            stage = entry.open()
            if isinstance(stage, apart.Apart) and stage.needs:
                yield stage.needs


def trim(keep: Collection[str] = ()) -> list[Item]:
    """Bring the cache under its limit, and give what went: packages first, then what was unused the longest.

    Weights of models and environments named in `keep` stay, and so does whatever a process uses, what nobody could
    fetch again, and what the catalogue does not name: that is for a person to decide (`unneeded`). Raises BadInput for
    a limit that is none.
    """
    most = limit()
    here = items()
    over = sum(item.size for item in here) - most if most is not None else 0
    gone = []
    for item in sorted(here, key=lambda item: item.kind != "download") if over > 0 else ():
        if over > 0 and _spare(item, keep) and (freed := remove(item)):
            over -= freed
            gone.append(item)
    for item in gone:
        log.warning("%s '%s' (%d MB) removed: the cache may hold %s (%s)", item.kind, item.name, item.size // 10**6,
                    os.environ.get(VARIABLE) or LIMIT, VARIABLE)  # fmt: skip
    return gone


def _spare(item: Item, keep: Collection[str]) -> bool:
    if item.kind != "weights":
        return item.name not in keep
    entry = catalog.entries().get(item.name)
    return entry is not None and item.name not in keep and all(file.sources for file in entry.weights)


def remove(item: Item) -> int:
    """Remove what nobody uses, and give the bytes; 0 where somebody does. Lock files stay: removing one lets two in."""
    with contextlib.ExitStack() as stack:
        if not all(stack.enter_context(unused(lock)) for lock in item.locks):
            return 0
        for path in item.paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    return item.size


def _downloads() -> Iterator[Item]:
    for path in sorted((cache_folder() / "downloads").glob("*/[!.]*")):
        lock = path.with_name(f".{path.name}.lock")
        yield Item(
            kind="download", name=path.name, why="its files were taken out; it would only spare a second download",
            paths=(path,), locks=(lock,), size=_size(path), used=path.stat().st_mtime,
        )  # fmt: skip


def _weights() -> Iterator[Item]:
    """The files of each model that were fetched or built: those that were checked here when they came."""
    known = catalog.entries()
    for home in sorted((cache_folder() / "weights").glob("[!.]*")):
        entry = known.get(home.name)
        weights = entry.open_weights() if entry is not None else Weights(home.name)
        paths = tuple(path for path in sorted(home.rglob("*")) if _ours(path, weights))
        if paths:
            why = "" if entry is not None else "no entry of the catalogue has this name now"
            yield _model(home, paths, why)


def _ours(path: Path, weights: Weights) -> bool:
    whole = path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    return whole and weights.stamps.known(path) is not None


def _outdated(entry: Entry) -> Iterator[Item]:
    """What was fetched for other pins than the entry has now, or built from those."""
    weights = entry.open_weights()
    pinned = {weights.home / file.name for file in entry.weights}
    paths = [p for p in sorted(weights.home.rglob("*")) if _ours(p, weights) and p not in pinned]
    old = tuple(path for path in paths if path.parent.name != "built" or weights.pins not in path.name)
    if old:
        yield _model(weights.home, old, "the catalogue pins other files for this model now")


def _model(home: Path, paths: tuple[Path, ...], why: str) -> Item:
    last = home / USED if (home / USED).exists() else paths[0]
    return Item(
        kind="weights", name=home.name, why=why, paths=paths, locks=(home / USED, home / ".lock"),
        size=sum(path.stat().st_size for path in paths), used=last.stat().st_mtime,
    )  # fmt: skip


def _environments() -> Iterator[Item]:
    for place in sorted(environments.home().glob("*")):
        if PLACE.fullmatch(place.name) and (place / "pyvenv.cfg").is_file():
            own = environments.used(place)
            last = own if own.exists() else place / "pyvenv.cfg"
            yield Item(
                kind="environment", name=place.name, why="no entry of the catalogue requires it as it is now",
                paths=(place,), locks=(own, place.with_suffix(".lock")), size=_size(place), used=last.stat().st_mtime,
            )  # fmt: skip


def _size(path: Path) -> int:
    """Bytes of a file, or of all files under a folder; links count nothing."""
    if not path.is_dir():
        return path.stat().st_size
    files = (Path(folder) / name for folder, _, names in os.walk(path) for name in names)
    return sum(file.stat().st_size for file in files if not file.is_symlink())
