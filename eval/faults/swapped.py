"""Weights that change underneath: flipped, cut short, put in each other's place, gone, before a dub and during one.

A copy of one model's weights is harmed, one that loads two fetched files and two graphs built of them.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dubbench import catalog, memory
from eval.faults import artefacts, walks

MODEL = "powerset"
ROOM = "diarize"
FETCHED, BUILT = "segmentation.pt", "built/segmentation-*.onnx"


def flipped(path: Path) -> None:
    """One bit in the middle, the file's time put back."""
    stat, at = path.stat(), path.stat().st_size // 2
    with path.open("rb+") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def exchanged(path: Path) -> None:
    """Another file of the same size and time takes its place."""
    stat, other = path.stat(), path.with_name("other")
    other.write_bytes(bytes(stat.st_size))
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(path)


def gone(path: Path) -> None:
    path.unlink()


HARMS: tuple[Callable[[Path], None], ...] = (flipped, shortened, exchanged, gone)


@dataclass(frozen=True)
class Harmed:
    """What came of weights that were harmed: whether they are whole again, and what is not as it should be."""

    what: str
    end: walks.Ended
    whole: bool
    mended: bool
    different: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Mended where there is a source; where there is none, refused in one line."""
        if self.mended:
            return self.end.code == 0 and self.whole and not self.different
        return self.end.plain and not self.whole


class Bench:
    """A dub by toys but for the model whose weights are harmed, in a cache of its own."""

    def __init__(self, folder: Path, film: Path) -> None:
        self.folder, self.film = folder, film
        self.cache, self.store = walks.lent_cache(folder, MODEL)
        self.home = self.cache / "weights" / MODEL
        self.world = walks.environment(folder, DUBBENCH_CACHE=str(self.cache), DUBBENCH_WEIGHTS=str(self.store))
        self._dubs = 0
        self.known = self._dub_known()

    def _arguments(self) -> list[str]:
        self._dubs += 1
        to = self.folder / f"swapped-{self._dubs}"
        return walks.dub_arguments(self.film, to, "--from", "en", "--cast", "toy", "--model", f"{ROOM}={MODEL}")

    def _dub_known(self) -> dict[str, str]:
        end = walks.run(self._arguments(), self.world)
        if end.code:
            raise RuntimeError(f"the dub by whole weights ended with {end.code}: {end.stderr}")
        self.sums = {path: memory.file_sha256(path) for path in self._files()}
        return artefacts.of(self.folder / f"swapped-{self._dubs}")

    def _files(self) -> list[Path]:
        return sorted(path for path in self.home.rglob("[!.]*") if path.is_file())

    def whole(self) -> bool:
        return {path: memory.file_sha256(path) for path in self._files()} == self.sums

    def harmed(self, pattern: str, harm: Callable[[Path], None]) -> Harmed:
        """Harm a file between two dubs."""
        harm(next(self.home.glob(pattern)))
        return self._dubbed(f"{_kind(pattern)} {harm.__name__}", self.world, mended=True)

    def without_source(self) -> Harmed:
        """Harm a file that cannot be brought again."""
        flipped(self.home / FETCHED)
        world = {name: value for name, value in self.world.items() if name != "DUBBENCH_WEIGHTS"}
        return self._dubbed(f"{_kind(FETCHED)} flipped, no source", {**world, "DUBBENCH_OFFLINE": "1"}, mended=False)

    def during(self, pattern: str) -> Harmed:
        """Take a file away while a dub runs that has looked at it and not yet loaded it."""
        arguments = self._arguments()
        to = self.folder / f"swapped-{self._dubs}"
        process, began = walks.begun(arguments, self.world), time.monotonic()
        while process.poll() is None and not (to / "work" / "lock").exists():
            time.sleep(0.001)
        next(self.home.glob(pattern)).unlink()
        end = walks.ended(process, began)
        if end.code == 0:  # A fetched file is wanted only by who builds of it: that it is gone, the next start sees.
            walks.run(self._arguments(), self.world)
        return self._told(f"{_kind(pattern)} gone during a dub", end, to, mended=True)

    def _dubbed(self, what: str, world: Mapping[str, str], *, mended: bool) -> Harmed:
        end = walks.run(self._arguments(), world)
        return self._told(what, end, self.folder / f"swapped-{self._dubs}", mended=mended)

    def _told(self, what: str, end: walks.Ended, to: Path, *, mended: bool) -> Harmed:
        different = artefacts.differences(to, self.known) if end.code == 0 else []
        shutil.rmtree(to, ignore_errors=True)
        return Harmed(what, end, self.whole(), mended, tuple(different))


def _kind(pattern: str) -> str:
    return "a built graph" if pattern == BUILT else "a fetched file"


def all_harms(folder: Path, film: Path, harms: Sequence[Callable[[Path], None]] = HARMS) -> list[Harmed]:
    """Every harm to a fetched file and to a built one; the one without a source last, for nothing mends it."""
    bench = Bench(folder, film)
    found = [bench.harmed(pattern, harm) for pattern in (FETCHED, BUILT) for harm in harms]
    found += [bench.during(FETCHED), bench.during(BUILT)]
    return [*found, bench.without_source()]


def costs() -> tuple[int, int, float, float]:
    """Files and bytes of the default cast's weights; seconds to look at them as each start does, and to read all."""
    names = {name for names in catalog.cast().parts.values() for name in names}
    weights = [catalog.entry(name).open_weights() for name in sorted(names) if catalog.entry(name).weights]
    here = [one for one in weights if one.present()]
    began = time.perf_counter()
    for one in here:
        one.present()
    looked = time.perf_counter() - began
    paths = [one.home / file.name for one in here for file in one.files]
    began = time.perf_counter()
    for path in paths:
        memory.file_sha256(path)
    return len(paths), sum(path.stat().st_size for path in paths), looked, time.perf_counter() - began


def told(found: list[Harmed]) -> Iterator[str]:
    """The table, and what it costs to look."""
    yield "| weights | exit code | said | whole afterwards | dub |"
    yield "|---|---|---|---|---|"
    for one in found:
        dub = "none" if one.end.code else "other" if one.different else "the same"
        said = "–" if one.end.code == 0 else one.end.said.replace("|", "/")[:140]
        yield f"| {one.what} | {one.end.code} | {said} | {'yes' if one.whole else 'no'} | {dub} |"
    files, size, looked, read = costs()
    yield ""
    yield (
        f"A start looks at {files} files of {size / 1e6:.0f} MB in {looked * 1e3:.0f} ms; to read them all would take "
        f"{read:.1f} s on this machine, {read / looked:.0f} times as long."
    )


def wrong(found: list[Harmed]) -> list[str]:
    return [
        f"{one.what}: {one.end.code} {one.end.stderr!r} {one.whole} {one.different}" for one in found if not one.well
    ]
