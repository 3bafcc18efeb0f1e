"""A disk that runs full in the middle of a dub, in one room after the other, and in the cache while weights arrive.

The disk is a small one in memory (tmpfs), which Linux lets root mount. As soon as a room has begun to write, what is
left of it is taken away; when the dub has ended it is given back, and the same command must go on.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.faults import artefacts, walks

DISK_MB = 64
FILLER = "filler"
FULL = os.strerror(errno.ENOSPC)


@dataclass(frozen=True)
class Filled:
    """What happened on a full disk: which room was writing, how the command ended, what it left."""

    room: str
    end: walks.Ended
    torn: tuple[str, ...] = ()
    drafts: int = 0

    @property
    def well(self) -> bool:
        return self.end.plain and FULL in self.end.said and not self.torn and not self.drafts


ROOMS = {
    "probe": "work/lock",
    "diarize": "work/mono/*.wav",
    "transcribe": "work/understood/*",
    "translate": "work/voices/*.wav",
    "separate": "work/separate/*.part.wav",
    "speak": "work/speak/*.json",
    "match": "work/match/*.wav",
    "mix": "work/mix/.*.wav",
    "code": "work/mix/.*.m4a",
    "mux": "**/.*.mp4",
    "sign": "**/..*.mp4",
    "report": "dub.mp4",
}
"""The room that finds the disk full, and the file whose coming says that it is about to write."""


@contextlib.contextmanager
def small_disk(at: Path, size_mb: int) -> Iterator[Path]:
    """A disk of so many megabytes mounted at `at`. Raises PermissionError where that is not allowed."""
    at.mkdir()
    _as_root("mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(at))
    try:
        yield at
    finally:
        _as_root("umount", str(at))


def resize(at: Path, size_mb: int) -> None:
    _as_root("mount", "-o", f"remount,size={size_mb}m", str(at))


def _as_root(*command: str) -> None:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    try:
        done = subprocess.run([*sudo, *command], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PermissionError(str(error)) from None
    if done.returncode:
        raise PermissionError(" ".join(done.stderr.split()) or f"{command[0]} ended with {done.returncode}")


def fill(disk: Path) -> None:
    """Take everything that is left of a disk."""
    with (disk / FILLER).open("ab") as file:
        # Whoever else writes meanwhile makes a try too large.
        while left := _left(disk):
            with contextlib.suppress(OSError):
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, left)


def _left(disk: Path) -> int:
    left = os.statvfs(disk)
    return left.f_bavail * left.f_bsize


def run_full(arguments: list[str], world: Mapping[str, str], disk: Path, home: Path, when: str) -> walks.Ended:
    """Run the command and fill the disk as soon as a file like `when` is in the dub's folder."""
    process, began = walks.begun(arguments, world), time.monotonic()
    old = {path: path.stat().st_mtime_ns for path in home.glob(when)}
    while process.poll() is None:
        if any(old.get(path) != _time(path) for path in home.glob(when)):
            fill(disk)
            break
        time.sleep(0.001)
    end = walks.ended(process, began)
    (disk / FILLER).unlink(missing_ok=True)
    return end


def _time(path: Path) -> int | None:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime_ns
    return None


def walked(folder: Path, film: Path, reference: Mapping[str, str]) -> tuple[list[Filled], list[str]]:
    """A dub that finds its disk full in every room, and in what it differs in the end. Raises PermissionError."""
    found, known = list[Filled](), dict(reference)
    with small_disk(folder / "disk", DISK_MB) as disk:
        world, home = walks.environment(folder), disk / "dub"
        home.mkdir()
        arguments = walks.dub_arguments(film, home)
        for room, when in ROOMS.items():
            end = run_full(arguments, world, disk, home, when)
            if end.code == 0:
                # Another room had done it before, beside one that found the disk full: in a new folder it comes.
                shutil.rmtree(home)
                home.mkdir()
                end = run_full(arguments, world, disk, home, when)
            found.append(Filled(room, end, tuple(artefacts.torn(home, known)), len(artefacts.drafts(home))))
        last = walks.run(arguments, world)
        different = (
            artefacts.differences(home, known) if last.code == 0 else [f"it ended with {last.code}: {last.said}"]
        )
    return found, different


WEIGHTS = {"weights": 20, "weights built": 100}
"""Megabytes of a cache in which a file does not fit, and one in which what is built of it does not."""


def cache(folder: Path, film: Path, reference: Mapping[str, str]) -> tuple[list[Filled], list[str]]:
    """The same for the cache: full while weights are fetched, then while a graph is built. Raises PermissionError."""
    found = list[Filled]()
    with small_disk(folder / "cachedisk", DISK_MB) as disk:
        lent, store = walks.lent_cache(disk, "spleeter")
        world = walks.environment(folder, DUBBENCH_CACHE=str(lent), DUBBENCH_WEIGHTS=str(store))
        home = folder / "cached"
        for room, size in WEIGHTS.items():
            resize(disk, size)
            end = walks.run(walks.dub_arguments(film, home), world)
            found.append(Filled(room, end, (), len(artefacts.drafts(lent, home))))
        resize(disk, 400)
        last = walks.run(walks.dub_arguments(film, home), world)
        known = dict(reference)
        different = (
            artefacts.differences(home, known) if last.code == 0 else [f"it ended with {last.code}: {last.said}"]
        )
    return found, different


def told(found: list[Filled], different: list[str]) -> Iterator[str]:
    """The table, and how the dub ended when there was room again."""
    yield "| full while | exit code | said | torn | half written |"
    yield "|---|---|---|---|---|"
    for one in found:
        yield f"| {one.room} | {one.end.code} | {one.end.said.replace('|', '/')} | {len(one.torn)} | {one.drafts} |"
    yield ""
    same = "the same as the undisturbed one" if not different else f"not the same: {', '.join(different)}"
    yield f"With room again the same command ended well, and the dub is {same}."


def wrong(found: list[Filled], different: list[str]) -> list[str]:
    bad = [f"full disk, {one.room}: {one.end.code} {one.end.stderr!r} {one.torn} {one.drafts}" for one in found]
    return [words for words, one in zip(bad, found, strict=True) if not one.well] + [
        f"full disk, at the end: {name}" for name in different
    ]
