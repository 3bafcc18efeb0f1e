"""A child process that answers JSON lines: started, asked under a deadline, ended with all it started.

What the requests mean is `dubbench.apart`'s and `dubbench.apart.worker`'s business.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
import weakref
from pathlib import Path
from typing import Any

from dubbench.apart import wire
from dubbench.types import Seconds

TAIL = 4_000
"""How many bytes of a child's log an error carries."""
LOG = 64 << 20
"""How large a log may become: one that prints without end would fill the disk before the deadline."""
LOOK: Seconds = 0.5
"""How often the log is looked at while an answer is waited for."""


class ChildError(Exception):
    """The worker did not answer as it should; the text says how."""


class Child:
    """`python -m dubbench.apart.worker` under `interpreter`, which imports from `path`. One caller asks at a time.

    What it prints goes to a log in the `exchange` folder; it answers on a pipe of its own.
    """

    def __init__(self, interpreter: Path, exchange: Path, path: str) -> None:
        self.log = exchange / "worker.log"
        read, write = os.pipe()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                # -P: the folder we happen to stand in is no place to import from.
                [str(interpreter), "-P", "-m", "dubbench.apart.worker", str(write), str(exchange)],
                stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=(write,), start_new_session=True,
                env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        os.close(write)
        os.set_blocking(read, False)
        assert self.process.stdin is not None
        os.set_blocking(self.process.stdin.fileno(), False)
        self._read, self._asked = read, 0
        weakref.finalize(self, _close, self.process, read)

    def ask(self, deadline: Seconds, **request: Any) -> dict[str, Any]:
        """The reply to a request. Raises ChildError when none comes within `deadline`, or a wrong one."""
        self._asked += 1
        line = self._exchange(wire.dumps({"id": self._asked, **request}).encode() + b"\n", deadline)
        try:
            reply = json.loads(line)
        except ValueError:
            reply = None
        if not isinstance(reply, dict) or reply.get("id") != self._asked:
            raise ChildError(f"it answered nonsense: {line[:80]!r}")
        return reply

    def _exchange(self, out: bytes, deadline: Seconds) -> bytes:
        """Write `out` and read a line, at once, so that neither side can wait for the other for ever."""
        assert self.process.stdin is not None
        stdin, got, until = self.process.stdin.fileno(), b"", time.monotonic() + deadline
        with selectors.DefaultSelector() as ready:
            ready.register(self._read, selectors.EVENT_READ)
            ready.register(stdin, selectors.EVENT_WRITE)
            while not got.endswith(b"\n"):
                left = until - time.monotonic()
                events = ready.select(min(LOOK, max(0.0, left)))
                if not events and left <= LOOK:
                    raise ChildError(f"no answer within {deadline:g} s")
                if self._log_size() > LOG:
                    raise ChildError(f"it printed more than {LOG >> 20} MB")
                for key, _ in events:
                    if key.fd == stdin:
                        out = self._written(out)
                        if not out:
                            ready.unregister(stdin)
                    else:
                        got += self._more()
        return got

    def _log_size(self) -> int:
        with contextlib.suppress(OSError):
            return self.log.stat().st_size
        return 0

    def _written(self, out: bytes) -> bytes:
        assert self.process.stdin is not None
        try:
            return out[os.write(self.process.stdin.fileno(), out) :]
        except BrokenPipeError:
            return b""

    def _more(self) -> bytes:
        try:
            part = os.read(self._read, 1 << 20)
        except BlockingIOError:
            return b""
        if not part:
            raise ChildError(self._fate())
        return part

    def _fate(self) -> str:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it closed its pipe"
        if code >= 0:
            return f"its process exited with code {code}"
        name = signal.Signals(-code).name
        why = "; the system does this when memory runs out" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{why}"

    def tail(self) -> str:
        """The end of what the process printed."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - TAIL))
            return log.read().decode("utf-8", "replace")
        return ""

    def stop(self) -> None:
        """End the process and everything it started; another thread that waits for it is told."""
        _end(self.process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _close(process: subprocess.Popen[bytes], read: int) -> None:
    """The pipes are closed only when nobody can be waiting at them any more."""
    _end(process)
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    os.close(read)
