"""Long sound that stays in its file: samples come into memory as they are looked at, and leave it again."""

from __future__ import annotations

import mmap
import threading
from pathlib import Path
from typing import Any

import numpy as np

from dubbench.media.sound import describe_frames, frame_rate
from dubbench.types import Sound

HELD = 32 << 20
"""Bytes that may be looked at before all of them are given back. Two hours at 16 kHz are 460 MB."""


def mapped(path: Path) -> Sound:
    """A 32-bit float WAV of one channel as a sound whose samples are in memory only while they are looked at.

    They cannot be changed, and the file must stay as it is while the sound is used. Raises BadInput as `read` does.
    """
    rate, frames = frame_rate(path), describe_frames(path)
    # Samples are what a WAV of `writer` ends with.
    begin = path.stat().st_size - frames * np.dtype(np.float32).itemsize
    return Sound(_Pages(path, np.float32, "r", begin, (1, frames)), rate)


class _Pages(np.memmap):  # type: ignore[misc]
    """A mapping whose pages go back to the system as slices of it are taken: it would count as this process's memory
    else, until others are in need. Samples in use come back from the file by themselves."""

    _handed: _Handed

    def __array_finalize__(self, parent: Any) -> None:
        super().__array_finalize__(parent)
        self._handed = parent._handed if isinstance(parent, _Pages) else _Handed()

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        # What is larger is on its way to be sliced again.
        if isinstance(part, np.ndarray) and part.nbytes <= HELD and self._handed.over(part.nbytes):
            pages = getattr(self, "_mmap", None)
            if pages is not None and hasattr(mmap, "MADV_DONTNEED"):
                pages.madvise(mmap.MADV_DONTNEED)
        return part


class _Handed:
    """Bytes handed out since the pages were given back, by all threads."""

    def __init__(self) -> None:
        self._bytes, self._lock = 0, threading.Lock()

    def over(self, more: int) -> bool:
        """Count some more; True, and from the beginning again, where these are too many together."""
        with self._lock:
            self._bytes += more
            if self._bytes <= HELD:
                return False
            self._bytes = 0
            return True
