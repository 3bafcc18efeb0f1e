"""Jobs of different size done side by side, in an order that keeps what is at work at once small."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Abreast:
    """Jobs by number, handed out to whoever asks: the largest first, for full use of the processors, but at no time
    more than `most` of size together, unless one alone is larger.

    most     ___________________________________
             | 1 (large)    | 2       | 4  | 5 |     two workers; 3 is too large beside 1 and 2, and waits until
             | 6  | 7  | 8  | 3          | 9   |     one of them is done: smaller ones go before it
    """

    def __init__(self, sizes: Sequence[int], most: int) -> None:
        self._sizes, self._most = sizes, most
        self._left = sorted(range(len(sizes)), key=lambda i: -sizes[i])
        self._working, self._changed = 0, threading.Condition()

    @contextmanager
    def job(self) -> Iterator[int]:
        """The number of the next job, which is at work while the block runs. To be asked once for each job."""
        with self._changed:
            self._changed.wait_for(lambda: self._next() is not None)
            number = self._next()
            assert number is not None
            self._left.remove(number)
            self._working += self._sizes[number]
        try:
            yield number
        finally:
            with self._changed:
                self._working -= self._sizes[number]
                self._changed.notify_all()

    def _next(self) -> int | None:
        room = self._most - self._working
        return next((i for i in self._left if self._sizes[i] <= room or not self._working), None)
