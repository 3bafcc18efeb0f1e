"""Progress for people, rooms and fetches alike: one moving line on a terminal, nothing at all elsewhere."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from typing import TextIO

from dubbench.cli.rows import MB
from dubbench.processes import supervised
from dubbench.weights import listening


class Meter:
    """A progress hook: `meter(room, done, total, what)` redraws one line with the time left in this room.

    The supervisor of this process, if it has one, is told too.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.shown = self.stream.isatty()
        self.room, self.started = "", 0.0

    def __call__(self, room: str, done: int, total: int, what: str) -> None:
        supervised.note(room, what)
        if not self.shown:
            return
        if room != self.room:
            self.room, self.started = room, time.monotonic()
        spent = time.monotonic() - self.started
        left = f"{spent / done * (total - done):.0f} s left" if 0 < done < total else ""
        share = f"{done}/{total}" if total > 1 else ""
        text = "  ".join(part for part in (f"{room:<10}", share, what, left) if part)
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(f"\r\x1b[K{text[:width]}")
        self.stream.flush()

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
