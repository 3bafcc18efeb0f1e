"""One process (or thread) at a time behind a file. Knows nothing about what is being kept apart."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any


def _nothing() -> None:
    pass


_in_use: dict[Path, int] = {}
"""Open files by their numbers: they stay open until the process ends, which is no leak to be warned of."""
_using = threading.Lock()


def use(path: Path) -> None:
    """Say by the file `path` that this process uses what it stands for, until the process ends, and that it did now.

    Its time is when it was used last. Where no such file can be written nothing is said.
    """
    with contextlib.suppress(OSError), _using:
        if path not in _in_use or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            if path in _in_use:
                os.close(_in_use[path])
            _in_use[path] = file
            _share(file)
        os.utime(path)


@contextlib.contextmanager
def unused(path: Path) -> Iterator[bool]:
    """Whether nobody uses what `path` stands for (`use`), this process included; nobody begins to while the block runs.

    A file that is not there is used by nobody.
    """
    if not path.exists():
        yield True
        return
    with path.open("a+b") as file:
        yield _take(file, wait=False)


@contextlib.contextmanager
def locked(path: Path, *, waiting: Callable[[], None] = _nothing) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; `waiting` is called once if somebody else holds it now.

    The system lets go of it when the process dies, however it dies. The file itself stays: removing it would let two
    in. Where the file system knows no locks the block runs without one, so whatever it writes must still be written
    under a temporary name and renamed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            if not _take(file, wait=False):
                waiting()
                _take(file, wait=True)
        except OSError:
            pass
        yield


if sys.platform == "win32":
    import msvcrt
    import time

    def _take(file: IO[Any], *, wait: bool) -> bool:
        """Lock the first byte; closing the file frees it."""
        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not wait:
                    return False
                time.sleep(0.1)

    def _share(file: int) -> None:
        """Windows' locks know no sharing: there a file that is open cannot be removed, which is as good."""

else:
    import fcntl

    def _take(file: IO[Any], *, wait: bool) -> bool:
        """Lock the whole file; closing it frees it. Each opening is a holder of its own, so threads wait too."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _share(file: int) -> None:
        """Hold the file together with others who use it."""
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
