"""This program under supervision: its work goes on in a process of its own, which ends within a moment when asked to.

    supervisor ── fork ──▶ the work, as if nothing were          Ctrl-C, SIGTERM, a hang, too much memory, a crash:
        ▲──── what it is at (`note`) ───┘                        everything it started is ended, one line says why

A thread in a model's C code can neither be interrupted nor ended; a process can, and results are only ever renamed into
place. The supervisor has one thread and no libraries, so it always answers.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn, cast

from dubbench.processes import tree
from dubbench.processes.bounded import Bounds, Overrun, Watch

if TYPE_CHECKING:
    from dubbench.types import Seconds

MOMENT: Seconds = 0.5
"""How long the work may take to leave by itself when asked to: enough to put temporary files away."""
STILL: Seconds = 1_800.0
"""How long nothing at all may happen (no progress, no processor time) before the work is taken for dead. What waits for
somebody else's server or for another process's download may stand still for long."""
STOPS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
NOTE = 512
"""Bytes of what the work says it is at."""
KEPT = "what was finished is kept, call the same command to go on"
STOPPED = f"stopped; {KEPT}"

Why = Literal["stopped", "seconds", "memory_mb", "still", "crashed"]
"""Asked to stop, a bound by its name in `Bounds`, or a signal."""


@dataclass(frozen=True)
class End:
    """Why the supervisor ended the work, in a sentence, what it was at (a room, ""), and the exit code that follows."""

    why: Why
    sentence: str
    at: str
    code: int


class _Here:
    """This process, if it is the work: the page that it shares with its supervisor, and whether it was asked to end."""

    page: mmap.mmap | None = None
    stopping = False


_here = _Here()


def note(room: str, what: str = "") -> None:
    """Tell the supervisor, if there is one, what the work is at: it lives, and an error can say where it was."""
    if _here.page is not None:
        text = f"{time.monotonic():.2f}\t{room}\t{what}".encode()[: NOTE - 1]
        _here.page[:NOTE] = text.ljust(NOTE, b"\0")


def stopping() -> bool:
    """Whether the work was asked to end: then its errors are nobody's business."""
    return _here.stopping


def possible() -> bool:
    """Whether this system can split a process in two."""
    return hasattr(os, "fork")


def begin(tell: Callable[[End], None], bounds: Bounds | None = None, *, lifeline: int | None = None) -> None:
    """Split this process: the work returns from here and goes on, the supervisor stays until the work has ended.

    `tell` is called once, in the supervisor, with why it ended the work; where the work ends by itself it says nothing
    and passes the exit code on. `lifeline` is a pipe whose other end's closing means: stop. Call it before there are
    threads. Asked to stop, the work gets a KeyboardInterrupt, once.
    """
    _here.page = page = mmap.mmap(-1, NOTE)
    before, wake = os.getpid(), os.pipe()
    wanted = [sign for sign in STOPS if signal.getsignal(sign) != signal.SIG_IGN]
    _flushed()
    signal.pthread_sigmask(signal.SIG_BLOCK, [*wanted, signal.SIGCHLD])
    child = os.fork()
    if child == 0:
        _become_work(before, wanted, wake)
        return
    _Supervisor(child, wanted, wake, bounds or Bounds(still=patience()), tell, lifeline, page).stay()


def patience() -> Seconds:
    """DUBBENCH_PATIENCE: seconds without any sign of life after which the work is taken for dead."""
    with contextlib.suppress(ValueError):
        return max(1.0, float(os.environ.get("DUBBENCH_PATIENCE", "")))
    return STILL


def _flushed() -> None:
    """What is still to be printed must not be printed by both."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()


def _become_work(parent: int, wanted: list[signal.Signals], wake: tuple[int, int]) -> None:
    tree.die_with_parent(parent)
    for end in wake:
        os.close(end)
    for sign in wanted:
        signal.signal(sign, _asked_to_stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [*wanted, signal.SIGCHLD])


def _asked_to_stop(sign: int, frame: object) -> None:
    """Once: a second one, as a terminal and the supervisor both send it, must not tear what puts things away."""
    if not _here.stopping:
        _here.stopping = True
        raise KeyboardInterrupt


class _Supervisor:
    """Waits for the work, for a signal, for a bound; whatever comes first ends it."""

    def __init__(
        self, child: int, wanted: list[signal.Signals], wake: tuple[int, int], bounds: Bounds,
        tell: Callable[[End], None], lifeline: int | None, page: mmap.mmap,
    ) -> None:  # fmt: skip
        self.child, self.tell, self.lifeline, self.page = child, tell, lifeline, page
        self.watch, self.noted = Watch(child, bounds), b""
        self.wake = wake[0]
        tree.take_in()
        for end in wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake[1], warn_on_full_buffer=False)
        for sign in (*wanted, signal.SIGCHLD):
            signal.signal(sign, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [*wanted, signal.SIGCHLD])

    def stay(self) -> NoReturn:
        """Leave with the exit code that the work left with, or with what its end by us means."""
        try:
            asked: int | None = None
            while asked is None:
                asked = self._asked(1.0 if self.watch.bounds.memory_mb is None else 0.1)
                code = self._ended()
                if code is not None and asked is None:
                    self._leave(self._crashed(code) if code < 0 else None, code)
                self._look()
        except Overrun as overrun:
            tree.end_started()
            self._leave(End(cast("Why", overrun.bound), f"it {overrun}; {KEPT}", self._at(), 2), 2)
        self._stop(asked)

    def _ended(self) -> int | None:
        """The exit code of the work; None while it goes on. Orphans that were left to us are let go on the way."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.child:
                    return os.waitstatus_to_exitcode(ended[1])
        return None

    def _asked(self, seconds: Seconds) -> int | None:
        """The signal that asks to stop, if one comes within `seconds`; something may have ended, too."""
        lifeline = [] if self.lifeline is None else [self.lifeline]
        ready = select.select([self.wake, *lifeline], [], [], seconds)[0]
        came = os.read(self.wake, 64) if self.wake in ready else b""
        if self.lifeline in ready and not os.read(self.lifeline, 4096):  # type: ignore[arg-type]
            return int(signal.SIGTERM)
        return next((sign for sign in came if sign != signal.SIGCHLD), None)

    def _look(self) -> None:
        if (noted := self.page[:NOTE]) != self.noted:
            self.noted = noted
            self.watch.alive()
        self.watch.check()

    def _at(self) -> str:
        return " ".join(bytes(self.page[:NOTE]).rstrip(b"\0").decode("utf-8", "replace").split("\t")[1:]).strip()

    def _stop(self, asked: int) -> NoReturn:
        """Ask the work to leave, wait a moment, end whatever is left."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGTERM)
        until = time.monotonic() + MOMENT
        while self._ended() is None and (left := until - time.monotonic()) > 0:
            if self._asked(left) is not None:
                break
        tree.end_started()
        self._leave(End("stopped", STOPPED, self._at(), 128 + asked), 128 + asked)

    def _crashed(self, code: int) -> End:
        tree.end_started()
        name = signal.Signals(-code).name
        memory = "; the system does this when memory runs out" if name == "SIGKILL" else ""
        why = f"its process was ended by {name}{memory}"
        return End("crashed", f"{why}; {KEPT}", self._at(), 2)

    def _leave(self, end: End | None, code: int) -> NoReturn:
        if end is not None:
            self.tell(end)
        _flushed()
        os._exit(code if end is None else end.code)
