"""Progress for people, rooms and fetches alike: one moving line on a terminal, nothing at all elsewhere."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from typing import TextIO

from dubbench.cli.rows import MB
from dubbench.processes import supervised
from dubbench.weights import listening


class Meter:
    """A progress hook: `meter(room, done, total, what)` redraws one line, in which each room that is at work has its
    part, with the time left in it. The supervisor of this process, if it has one, is told too.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.shown = self.stream.isatty()
        self._rooms: dict[int, tuple[str, float]] = {}
        self._parts: dict[int, str] = {}
        # Rooms that work beside each other tell from threads of their own.
        self._drawing = threading.Lock()

    def __call__(self, room: str, done: int, total: int, what: str) -> None:
        supervised.note(room, what)
        if self.shown:
            with self._drawing:
                self._draw(threading.get_ident(), room, done, total, what)

    def _draw(self, thread: int, room: str, done: int, total: int, what: str) -> None:
        known, started = self._rooms.get(thread, ("", 0.0))
        if room != known:
            started = time.monotonic()
            self._rooms[thread] = (room, started)
        spent = time.monotonic() - started
        left = f"{spent / done * (total - done):.0f} s left" if 0 < done < total else ""
        share = f"{done}/{total}" if total > 1 else ""
        self._parts[thread] = "  ".join(part for part in (f"{room:<10}", share, what, left) if part)
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(f"\r\x1b[K{'  ·  '.join(self._parts.values())[:width]}")
        self.stream.flush()
        if done >= total:
            # What is said of it stays until somebody says something else.
            del self._parts[thread]

    def close(self) -> None:
        """Leave an empty line behind."""
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


@contextlib.contextmanager
def watched() -> Iterator[Meter]:
    """A meter for the rooms that also shows, in megabytes, whatever is fetched while the block runs."""
    meter = Meter()
    try:
        with listening(lambda model, done, total, what: meter(model, done // MB, total // MB, f"MB  {what}")):
            yield meter
    finally:
        meter.close()
