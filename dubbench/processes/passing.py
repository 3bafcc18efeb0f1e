"""Files that pass between this process and programs that it runs, in a folder of its own among the system's temporary
files. It goes with the process; of one that was killed it stays, and the next process takes it away.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dubbench.processes.locks import unused, use

if TYPE_CHECKING:
    from dubbench.types import Seconds

PREFIX, IN_USE = "dubbench-", "in-use"
YOUNG: Seconds = 60.0
"""Younger folders are left alone: between being made and being in use lies a moment."""

_own: dict[int, Path] = {}
_making = threading.Lock()


def own() -> Path:
    """This process's folder; made, and those of the dead swept, when it is first asked for."""
    with _making:
        mine = _own.get(os.getpid())
        if mine is None or not mine.is_dir():
            sweep()
            mine = _own[os.getpid()] = Path(tempfile.mkdtemp(prefix=PREFIX))
            use(mine / IN_USE)
            atexit.register(_leave, mine, os.getpid())
        return mine


@contextlib.contextmanager
def folder(what: str) -> Iterator[Path]:
    """A folder for as long as the block runs, whose name begins with `what`."""
    with tempfile.TemporaryDirectory(prefix=f"{what}-", dir=own(), ignore_cleanup_errors=True) as name:
        yield Path(name)


def sweep() -> None:
    """Remove the folders of processes that are dead: nobody holds their lock any more."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        held = left / IN_USE
        # Strangers' folders are closed to us, and another process may sweep the same one.
        with contextlib.suppress(OSError):
            if held.stat().st_mtime < time.time() - YOUNG:
                with unused(held) as dead:
                    if dead:
                        shutil.rmtree(left, ignore_errors=True)


def _leave(folder: Path, pid: int) -> None:
    """At the end of the process that made it; others that were forked from it leave it alone."""
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
