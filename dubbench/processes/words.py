"""The last words of a process: what it prints is heard as it comes, and only its end kept."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from typing import IO

KEPT = 4_000
"""Bytes. A process that never stops talking must fill neither disk nor memory, nor wait for somebody to listen."""


class LastWords:
    """Hears what a process prints on the pipe that is its stdout, until all that hold the other end have closed it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._process, self._said = process, bytearray()
        self._hearing = threading.Thread(target=_hear, args=(process.stdout, self._said), daemon=True)
        self._hearing.start()

    def text(self) -> str:
        """The end of what was printed so far; of all of it once the process has ended."""
        if self._process.poll() is not None:
            self._hearing.join(1.0)
        return bytes(self._said).decode("utf-8", "replace")


def _hear(pipe: IO[bytes], said: bytearray) -> None:
    with pipe, contextlib.suppress(OSError, ValueError):
        while part := os.read(pipe.fileno(), 1 << 16):
            said += part
            del said[:-KEPT]
