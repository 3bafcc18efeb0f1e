"""Work that goes on beside the walk while the walk does something else. What it makes is remembered by content, so the
walk finds it there later as if it had been made before; nothing else passes between the two.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

# Before there are threads: of four that loaded parts of it at once one found it half loaded (Python 3.11: ImportError
# or KeyError, 2 of 20 times; with scipy itself there before, which takes 7 ms, 0 of 85).
import scipy as scipy

from dubbench.processes import wanted
from dubbench.processes.wanted import StoppedError
from dubbench.stages.base import Progress, Stage
from dubbench.types import Seconds


class Beside:
    """Jobs by name, one after the other in a thread of their own; models that are loaded ahead, in another.

    A job ends with the walk: at its next word of progress or piece of sound, and any program that it runs at once.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._jobs: dict[str, Future[Seconds]] = {}
        self._pool, self._loading = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._stopped = threading.Event()

    def start(
        self, name: str, work: Callable[[Progress], object], *, last: Callable[[], object] = lambda: None
    ) -> None:
        """Do `work` as soon as the jobs before it are done, and `last` after it, however it ended. It is given a
        progress hook, by which it is ended with the walk."""
        self._jobs[name] = self._pool.submit(self._timed, work, last)

    def warm(self, stage: Stage) -> None:
        """Load a model that will be asked soon. If that fails, so does the walk when it asks."""
        self._loading.submit(stage.ready)

    def at_work(self, name: str) -> bool:
        """Whether a job has begun, or waits for its turn."""
        return name in self._jobs and not self._jobs[name].done()

    def failed(self, name: str) -> bool:
        """Whether a job ended with a mistake that nobody has heard of yet."""
        job = self._jobs.get(name)
        return job is not None and job.done() and not job.cancelled() and job.exception() is not None

    def wait(self, name: str) -> Seconds:
        """How long a job took, once it is done; 0 where there is none. Raises what the job raised."""
        job = self._jobs.pop(name, None)
        return 0.0 if job is None else job.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stopped.set()
        for pool in (self._pool, self._loading):
            pool.shutdown(cancel_futures=True)

    def _timed(self, work: Callable[[Progress], object], last: Callable[[], object]) -> Seconds:
        started = time.perf_counter()
        try:
            with wanted.until(self._stopped):
                work(self._told)
        finally:
            last()
        return time.perf_counter() - started

    def _told(self, room: str, done: int, total: int, what: str) -> None:
        if self._stopped.is_set():
            raise StoppedError
        self._progress(room, done, total, what)
