"""One walk in a process of its own, for programs that must go on whatever becomes of it: a notebook, a server.

    walk = dubbench.start("talk.mp4", to="pt", deadline=3600)
    walk.cancel()       # within two seconds everything that it started has ended
    walk.result()       # the Dub, or the error that `dubbench.dub` would have raised

It is no queue and remembers nothing: whoever starts walks decides how many. What was finished is found by the next.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from dubbench import documents, errors
from dubbench.processes import tree
from dubbench.processes.supervised import MOMENT
from dubbench.processes.words import LastWords
from dubbench.stages.base import Progress, quiet
from dubbench.types import Dub, Seconds


def start(
    source: str | Path,
    to: str | list[str] | tuple[str, ...] | None = None,
    *,
    deadline: Seconds | None = None,
    memory_mb: int | None = None,
    progress: Progress = quiet,
    **options: Any,
) -> Walk:
    """Begin what `dubbench.dub` does with the same arguments; without `to`, walk again through the dub in `source`.

    `deadline` is how many seconds the whole may take, `memory_mb` how much memory all of it may have in use; beyond
    either it is ended (`Refused`). `progress` is called from a thread of the walk's. Mistakes show at `result`.
    Raises BadInput for options that cannot be passed on to another process.
    """
    wish = {"source": str(source), "to": to, "options": options, "deadline": deadline, "memory_mb": memory_mb}
    try:
        return Walk(json.dumps(wish, default=_plain), several=isinstance(to, list | tuple), progress=progress)
    except TypeError as error:
        raise errors.BadInput(f"a walk of its own takes plain values, paths and tables of them: {error}") from None


def _plain(value: object) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not {value!r:.80}")


class Walk:
    """A walk on its way, like a `concurrent.futures.Future`; made by `start`."""

    def __init__(self, wish: str, *, several: bool, progress: Progress) -> None:
        self._several, self._progress = several, progress
        self._last: dict[str, Any] = {}
        self._cancelled, self._over = False, threading.Event()
        read, write = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dubbench.walker", str(write)], pass_fds=(write,),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(p).absolute()) for p in sys.path)},
        )  # fmt: skip
        os.close(write)
        self._words = LastWords(self._process)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(wish.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # It ended before it began; `result` says how.
        threading.Thread(target=self._listen, args=(read,), daemon=True).start()

    @property
    def pid(self) -> int:
        """The process that all others of the walk come from."""
        return self._process.pid

    def done(self) -> bool:
        """Whether it has ended, however that was."""
        return self._over.is_set()

    def cancelled(self) -> bool:
        """Whether it was ended by `cancel`."""
        return self._cancelled and self.done() and "result" not in self._last

    def cancel(self) -> bool:
        """End it with all it started, within two seconds. False if it had ended before."""
        if self.done():
            return False
        self._cancelled = True
        self._process.terminate()
        if not self._over.wait(MOMENT + 0.5):
            tree.end(self._process.pid, patience=0.5)
            self._over.wait(1.0)
        return "result" not in self._last

    def result(self, timeout: Seconds | None = None) -> Dub | list[Dub]:
        """The dub, or the dubs where several languages were asked for.

        Raises what `dubbench.dub` raises, CancelledError after `cancel`, TimeoutError where it takes longer than
        `timeout` (and goes on).
        """
        if not self._over.wait(timeout):
            raise TimeoutError(f"the walk is not over after {timeout:g} s")
        if "result" in self._last:
            dubs = [documents.read(Path(home)) for home in self._last["result"]]
            return dubs if self._several else dubs[0]
        if self._cancelled:
            raise CancelledError
        raise self._error()

    def _error(self) -> errors.DubError:
        why, kind = str(self._last.get("why", "its process ended without a word")), self._last.get("error")
        known = getattr(errors, str(kind), None)
        if known is errors.AdapterFailed or not (isinstance(known, type) and issubclass(known, errors.DubError)):
            stderr = self._last.get("stderr") or self._words.text()
            model = self._last.get("model") or "dubbench"
            return errors.AdapterFailed(model, why, line=self._last.get("line"), stderr=stderr)
        return known(why)

    def _listen(self, read: int) -> None:
        """Take what the walk tells until it closes its end, then see it off."""
        with open(read, "rb") as told:
            for line in told:
                self._heard(line)
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._words.text()
        self._over.set()

    def _heard(self, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return  # The last line of a walk that was ended while it wrote.
        if "progress" in event:
            self._progress(*event["progress"])
        else:
            self._last = event
