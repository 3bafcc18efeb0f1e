"""The last words of a process: what it prints is heard as it comes, and only its end kept."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO

try:
    import fcntl
    import termios
except ImportError:  # Windows: there nobody tells how much lies in a pipe.
    fcntl = None  # type: ignore[assignment]

KEPT = 4_000
"""Bytes. A process that never stops talking must fill neither disk nor memory, nor wait for somebody to listen."""


SOON = 0.2
"""Seconds for what a process has printed to be heard, on a machine whose processors are all busy."""


class LastWords:
    """Hears what a process prints on the pipe that is its stdout, until all that hold the other end have closed it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._process, self._pipe, self._said = process, process.stdout, bytearray()
        self._one = threading.Lock()
        self._hearing = threading.Thread(target=self._hear, daemon=True)
        self._hearing.start()

    def text(self) -> str:
        """The end of what was printed so far; of all of it once the process has ended."""
        if self._process.poll() is not None:
            self._hearing.join(1.0)
        until = time.monotonic() + SOON
        while self._behind() and time.monotonic() < until:
            time.sleep(0.001)
        return bytes(self._said).decode("utf-8", "replace")

    def _hear(self) -> None:
        with self._pipe, contextlib.suppress(OSError, ValueError):
            ready = _poll(self._pipe)
            while True:
                # To read what is not there yet would keep the lock.
                ready()
                with self._one if fcntl is not None else contextlib.nullcontext():
                    part = os.read(self._pipe.fileno(), 1 << 16)
                    self._said += part
                    del self._said[:-KEPT]
                if not part:
                    return

    def _behind(self) -> bool:
        """Whether something printed was not heard yet; where the system does not tell, nothing was."""
        if fcntl is None:
            return False
        with self._one, contextlib.suppress(OSError, ValueError):
            waiting = bytearray(4)
            fcntl.ioctl(self._pipe, termios.FIONREAD, waiting)
            return int.from_bytes(waiting, sys.byteorder) > 0
        return False


def _poll(pipe: IO[bytes]) -> Callable[[], object]:
    """Waits until there is something to read, or nobody left to write."""
    if fcntl is None:
        return lambda: None
    poller = select.poll()
    poller.register(pipe, select.POLLIN)
    return poller.poll
