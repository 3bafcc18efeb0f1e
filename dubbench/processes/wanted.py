"""Whether what a thread does is still wanted: work that was begun for somebody ends when they are gone.

A thread cannot be ended from outside. It asks here, at each piece of sound that it reads or writes; programs that it
runs are ended by who looks after them (`bounded`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar

_stopped: ContextVar[threading.Event | None] = ContextVar("stopped", default=None)


class StoppedError(Exception):
    """Work was given up because nobody wants it any more."""


@contextlib.contextmanager
def until(stopped: threading.Event) -> Iterator[None]:
    """What this thread does in the block is wanted until `stopped` is set."""
    token = _stopped.set(stopped)
    try:
        yield
    finally:
        _stopped.reset(token)


def check() -> None:
    """Raise StoppedError where what this thread does is not wanted any more."""
    stopped = _stopped.get()
    if stopped is not None and stopped.is_set():
        raise StoppedError
