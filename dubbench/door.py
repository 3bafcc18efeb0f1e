"""What is asked of folders and films before anything is done: that nothing of a person's will be written over, and
that nobody else works there."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shlex
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dubbench import documents, media, memory, textfiles
from dubbench.errors import BadInput
from dubbench.types import Dub, Seconds, Source

OUTPUTS = (
    documents.NAME,
    documents.MANIFEST,
    "dub.mp4",
    "report.json",
    "report.html",
    "subtitles.*.srt",
    "subtitles.*.vtt",
)
"""Names of what a dub leaves in its folder."""


def check(home: Path, given: Iterable[Path | None]) -> None:
    """Refuse a folder that cannot be written, or where a person's file would be written over; it is not made.

    `given` are the person's own files. Raises BadInput.
    """
    textfiles.nameable(home)
    if home.is_symlink() and not home.exists():
        raise BadInput(f"{home} is a link to nothing; choose another folder with --out")
    if home.exists() and not home.is_dir():
        raise BadInput(f"{home} is a file; choose a folder with --out")
    near = next((p for p in (home, *home.resolve().parents) if p.exists()), Path("/"))
    if not os.access(near, os.W_OK | os.X_OK):
        raise BadInput(f"cannot write to {near}; choose another folder with --out")
    own = next((path for path in given if path is not None and _is_output(path, home)), None)
    if own is not None:
        raise BadInput(f"the dub would be written over {own}; choose another folder with --out")
    if home.is_dir() and not (home / documents.NAME).exists():
        there = next((path for path in sorted(home.iterdir()) if _is_output(path, home)), None)
        if there is not None:
            raise BadInput(f"{there} is in the way, and {home} holds no dub; choose another folder with --out")


SPACE = 1_300_000
"""Bytes of disk for a second of film, its own picture apart: 1.2 million were measured with the default cast."""


def check_space(home: Path, seconds: Seconds, *, size: int, languages: int = 1) -> None:
    """Refuse a film of `seconds` and `size` bytes whose dubs, in so many languages, the disk of `home` cannot hold.

    A dub that was begun has what it needs, or most. Raises BadInput.
    """
    if (home / memory.FOLDER).exists():
        return
    near = next(p for p in (home.resolve(), *home.resolve().parents) if p.exists())
    free, wanted = shutil.disk_usage(near).free, languages * (size + round(SPACE * seconds))
    if wanted > free:
        raise BadInput(
            f"a dub of {seconds / 3600:.1f} hours takes about {wanted / 1e9:.1f} GB, and {near} has {free / 1e9:.1f} GB"
            " left; free some, or choose another disk with --out"
        )


def _is_output(path: Path, home: Path) -> bool:
    inside = path.resolve().parent == home.resolve()
    return inside and any(fnmatch.fnmatch(path.resolve().name, name) for name in OUTPUTS)


def same_film(dub: Dub, home: Path) -> Source:
    """The film of a dub as it is, whatever stands in dub.json. Raises BadInput where it is gone or another."""
    path = Path(dub.source.path)
    textfiles.nameable(path)
    again = f"dubbench dub {shlex.quote(str(home))} --source FILM"
    if not path.exists():
        raise BadInput(f"the film is not at {path} any more; say where it is: {again}")
    film = media.probe(path)
    if film.sha256 != dub.source.sha256:
        raise BadInput(f"{path} is not the film this dub was made from; dub it into a new folder")
    return film


@contextlib.contextmanager
def busy(folder: Path) -> Iterator[bool]:
    """Hold a folder, and say whether it is surely ours: where there are no locks, nobody can tell.

    A second process is refused. Freed by the system when the process ends, however it ends.
    """
    path = folder / memory.FOLDER / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        held = _held(file, folder)
        file.write(str(os.getpid()))
        file.flush()
        yield held


LEAVING: Seconds = 1.0
"""How long processes of a killed walk may go on, before a folder that they hold counts as another's."""


def _held(file: Any, folder: Path) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    until = time.monotonic() + LEAVING
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                raise BadInput(
                    f"another dubbench is working in {folder}; wait for it or choose another --out"
                ) from None
            time.sleep(0.02)
        except OSError:
            return False


def sweep(home: Path, folder: Path) -> None:
    """Remove what killed walks left half written in a dub's home and among its results, which nobody else holds."""
    memory.sweep(home, "dub.", "manifest.", "report.", "subtitles.")
    for room in (folder / memory.FOLDER).iterdir():
        if room.is_dir():
            memory.sweep(room)
