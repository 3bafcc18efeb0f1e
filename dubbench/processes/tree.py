"""A process and all it started: what they use, and their end. Reads /proc, or asks `ps` where there is none."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dubbench.types import Seconds

PROC = Path("/proc")
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""linux/prctl.h"""


class Process(NamedTuple):
    """What a process is at a moment: its parent, processor seconds so far, bytes of memory it has in use."""

    parent: int
    seconds: Seconds
    resident: int


def snapshot() -> dict[int, Process]:
    """Every process there is now, by its id. One that ended and waits to be asked for its exit code is none."""
    if not (PROC / "self" / "stat").exists():
        return _asked()
    found = {}
    for name in os.listdir(PROC):
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):
                stat = (PROC / name / "stat").read_bytes()
                process = _parsed(stat)
                if process is not None:
                    found[int(name)] = process
    return found


def _parsed(stat: bytes) -> Process | None:
    # proc(5): "pid (name) state parent …"; a name may hold spaces and brackets.
    fields = stat[stat.rindex(b")") + 2 :].split()
    if fields[0] in (b"Z", b"X"):
        return None
    ticks = int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
    return Process(int(fields[1]), ticks / os.sysconf("SC_CLK_TCK"), int(fields[21]) * os.sysconf("SC_PAGE_SIZE"))


def _asked() -> dict[int, Process]:
    if os.name == "nt":
        return {}
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss=,stat="], capture_output=True, text=True, check=False)
    rows = [row.split() for row in listed.stdout.splitlines()]
    return {int(r[0]): Process(int(r[1]), 0.0, int(r[2]) * 1024) for r in rows if not r[3].startswith("Z")}


def family(pid: int, among: dict[int, Process] | None = None) -> list[int]:
    """A process and all it started that still have a line to it, itself first; none when it is gone."""
    alive = snapshot() if among is None else among
    found = [pid] if pid in alive else []
    for one in found:
        found += [other for other, process in alive.items() if process.parent == one and other != one]
    return found


class Use(NamedTuple):
    """What a family uses: processor seconds so far, and bytes of memory. Pages that several share count for each."""

    seconds: Seconds
    resident: int


def use(pid: int) -> Use:
    """What a process and all it started use."""
    alive = snapshot()
    members = [alive[one] for one in family(pid, alive)]
    return Use(sum(m.seconds for m in members), sum(m.resident for m in members))


def end(pid: int, *, patience: Seconds = 5.0) -> None:
    """End a process and all it started, at once, and wait until they are gone (`patience` at most)."""
    end_all([pid], patience=patience)


def end_started(*, patience: Seconds = 5.0) -> None:
    """End all that this very process started, and what those left behind where it takes them in (`take_in`)."""
    until = time.monotonic() + patience
    while (mine := family(os.getpid())[1:]) and time.monotonic() < until:
        end_all(mine, patience=patience)


def end_all(pids: Iterable[int], *, patience: Seconds) -> None:
    """End each of `pids` with all it started. None may start another meanwhile, so they are stopped first."""
    if os.name == "nt":
        for pid in pids:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
        return
    held: list[int] = []
    while True:
        alive = snapshot()
        found = [one for pid in pids for one in family(pid, alive) if one not in held]
        if not found:
            break
        held += [one for one in found if _signalled(one, signal.SIGSTOP)] or found
    for one in held:
        _signalled(one, signal.SIGKILL)
    until = time.monotonic() + patience
    while any(one in snapshot() for one in held) and time.monotonic() < until:
        time.sleep(0.005)


def _signalled(pid: int, sign: signal.Signals) -> bool:
    try:
        os.kill(pid, sign)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def take_in() -> None:
    """From now on the orphans of all that we start are ours, so that none of them can be lost sight of."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """From now on this process ends when `parent`, which started it, does, however that ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
