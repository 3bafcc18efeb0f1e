"""A program run to its end within bounds: time, silence, memory, what it prints, what it writes. No shell, no model.

Whatever bound it meets, it is ended with all it started and `Overrun` says which bound that was, in words for a person.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dubbench.processes import tree, wanted

if TYPE_CHECKING:
    from dubbench.types import Seconds

STILL: Seconds = 900.0
"""How long a program may neither say a word nor use the processor before it is taken for dead: a quarter of an hour.
Real work does one or the other; what waits for a slow network does both now and then."""
BUSY = 1e-3
"""The share of a processor above which somebody is at work. A minute of that is six hundredths of a second."""
PRINTED_MB = 256
"""Speech of an hour and a half at 24 kHz; what is longer belongs in a file."""
WRITTEN_MB = 16_384
"""For each file: the two stems of a film of eight hours are 11 GB each as 32-bit stereo."""
KEPT = 64_000
"""Bytes kept of what a program says on stderr, its last; the rest is let go as it comes."""
GLANCE: Seconds = 0.05
"""How often memory is looked at. A process fills 0.1 to 0.2 GB meanwhile."""


SELECTS = os.name != "nt"
"""Whether pipes can be waited for. Where not, time in all is the only bound."""


@dataclass(frozen=True)
class Bounds:
    """What a program may take: `seconds` in all, seconds of standing `still`, megabytes of memory, of what it prints,
    and of each file it writes."""

    seconds: Seconds | None = None
    still: Seconds | None = STILL
    memory_mb: int | None = None
    printed_mb: int = PRINTED_MB
    written_mb: int | None = None


class Done(NamedTuple):
    """How a program ended: its exit code (negative: the signal), what it printed, its last words on stderr."""

    code: int
    out: bytes
    said: bytes


class Overrun(Exception):
    """A program met a bound, by its name in `Bounds`, and was ended; `said` holds its last words."""

    def __init__(self, bound: str, why: str, said: bytes = b"") -> None:
        super().__init__(why)
        self.bound, self.said = bound, said


def run(
    command: Sequence[str],
    stdin: bytes | int | None = None,
    *,
    bounds: Bounds = Bounds(),
    heard: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    merged: bool = False,
) -> Done:
    """Run `command` to its end. `heard` is told each line that it prints as it comes; `merged` prints stderr there too.
    `stdin` is what it is given, or the open file it reads by itself, by its number.

    Raises Overrun, `wanted.StoppedError`, and OSError where it cannot be started.
    """
    given = stdin if isinstance(stdin, bytes) else None
    process = subprocess.Popen(
        list(command), stdin=_end(stdin), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE, env=None if env is None else dict(env), cwd=cwd,
    )  # fmt: skip
    if bounds.written_mb is not None:
        limit_files(process.pid, bounds.written_mb)
    if not SELECTS:
        return _waited_for(process, given, bounds, heard)
    watch = Watch(process.pid, bounds)
    talk = _Talk(process, given or b"", bounds, heard)
    try:
        while talk.goes_on():
            talk.listen(watch)
            watch.check()
        talk.tell(last=True)
        return Done(process.wait(), bytes(talk.out), bytes(talk.said))
    except Overrun as overrun:
        raise Overrun(overrun.bound, str(overrun), bytes(talk.said)) from None
    finally:
        if process.poll() is None:
            tree.end(process.pid)
        talk.close()
        process.wait()


def _end(stdin: bytes | int | None) -> int:
    """What a program's end of its stdin is, as subprocess takes it."""
    if stdin is None:
        return subprocess.DEVNULL
    return stdin if isinstance(stdin, int) else subprocess.PIPE


def _waited_for(
    process: subprocess.Popen[bytes], stdin: bytes | None, bounds: Bounds, heard: Callable[[str], None] | None
) -> Done:
    with process:
        try:
            out, said = process.communicate(stdin, timeout=bounds.seconds)
        except subprocess.TimeoutExpired:
            raise Overrun("seconds", f"did not end within {bounds.seconds:g} s") from None
        finally:
            if process.poll() is None:
                tree.end(process.pid)
    if heard is not None:
        for line in out.decode("utf-8", "replace").splitlines():
            heard(line)
    return Done(process.returncode, out, said or b"")


class Watch:
    """Looks after a process and all it started: `check` raises Overrun when it went beyond its bounds."""

    def __init__(self, pid: int, bounds: Bounds) -> None:
        self.pid, self.bounds = pid, bounds
        self.started = self.moved = self.seen = time.monotonic()
        self.used: Seconds = 0.0

    def alive(self) -> None:
        """Somebody was heard of: it is not standing still."""
        self.moved = time.monotonic()

    def check(self) -> None:
        wanted.check()
        now, bounds = time.monotonic(), self.bounds
        if bounds.seconds is not None and now - self.started > bounds.seconds:
            raise Overrun("seconds", f"did not end within {bounds.seconds:g} s")
        if bounds.memory_mb is not None and now - self.seen >= GLANCE:
            self.seen = now
            over(self.pid, bounds.memory_mb)
        if bounds.still is not None and now - self.moved > bounds.still:
            self._awake(now, bounds.still)

    def _awake(self, now: float, still: Seconds) -> None:
        """Silent for long: unless somebody used the processor meanwhile, it stands still."""
        used = tree.use(self.pid).seconds
        # Less than before: it has just ended, or some of it.
        if 0 <= used - self.used < BUSY * (now - self.moved):
            raise Overrun("still", f"did nothing at all for {still:g} s")
        self.used, self.moved = used, now


def over(pid: int, memory_mb: int) -> None:
    """Raise Overrun where a process and all it started use more than `memory_mb`."""
    used = tree.use(pid).resident / 2**20
    if used > memory_mb:
        raise Overrun("memory_mb", f"used {used:.0f} MB of memory, of {memory_mb} MB that it may")


def limit_files(pid: int, megabytes: int) -> None:
    """No file that the process `pid` writes from now on grows beyond this, nor of what it starts (Linux alone)."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (megabytes * 2**20, megabytes * 2**20))


@dataclass
class _Talk:
    """Both ends of a program's pipes, written and read at once so that neither side can wait for the other for ever."""

    process: subprocess.Popen[bytes]
    stdin: bytes
    bounds: Bounds
    heard: Callable[[str], None] | None
    out: bytearray = field(default_factory=bytearray)
    said: bytearray = field(default_factory=bytearray)
    told: int = 0
    ready: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def __post_init__(self) -> None:
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self.ready.register(pipe, selectors.EVENT_READ)
        if self.process.stdin is not None:
            os.set_blocking(self.process.stdin.fileno(), False)
            self.ready.register(self.process.stdin, selectors.EVENT_WRITE)

    def goes_on(self) -> bool:
        """Until the program ended and its pipes are empty. One it left behind may hold them open for ever."""
        return self.process.poll() is None or bool(self.ready.get_map() and self.ready.select(0.05))

    def listen(self, watch: Watch) -> None:
        for key, _ in self.ready.select(GLANCE) if self.ready.get_map() else _waited(self.process):
            if key.fileobj is self.process.stdin:
                self._write()
            else:
                self._read(key.fileobj)
            watch.alive()

    def _write(self) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        with contextlib.suppress(BlockingIOError):
            try:
                self.stdin = self.stdin[os.write(pipe.fileno(), self.stdin[: 1 << 16]) :]
            except BrokenPipeError:
                self.stdin = b""
            if not self.stdin:
                self.ready.unregister(pipe)
                pipe.close()

    def _read(self, pipe: object) -> None:
        part = os.read(pipe.fileno(), 1 << 18)  # type: ignore[attr-defined]
        if not part:
            self.ready.unregister(pipe)  # type: ignore[arg-type]
        elif pipe is self.process.stdout:
            self.out += part
            self.tell()
            if len(self.out) > self.bounds.printed_mb * 2**20:
                raise Overrun("printed_mb", f"printed more than {self.bounds.printed_mb} MB")
        else:
            self.said += part
            del self.said[:-KEPT]

    def tell(self, *, last: bool = False) -> None:
        """Each line that is whole, once; the last one may end without a line's end."""
        if self.heard is None:
            return
        *lines, rest = self.out[self.told :].split(b"\n")
        self.told = len(self.out) - len(rest)
        for line in [*lines, rest] if last and rest else lines:
            self.heard(line.decode("utf-8", "replace"))

    def close(self) -> None:
        self.ready.close()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _waited(process: subprocess.Popen[bytes]) -> tuple[()]:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GLANCE)
    return ()
