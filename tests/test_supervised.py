"""Work under supervision: it ends with all it started when asked to, when it hangs, crashes or takes too much."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dubbench.processes import supervised, tree
from tests.ended import gone

ROOT = Path(__file__).parents[1]
BEGIN = """
import os, re, signal, subprocess, sys, threading, time
from dubbench.processes import bounded, supervised
def tell(end):
    print("supervisor:", end.why, end.at, end.sentence, file=sys.stderr, flush=True)
supervised.begin(tell, bounded.Bounds(still={still}, memory_mb={memory}, seconds={seconds}))
supervised.note("speak", "L3")
def ready(*more):
    print(os.getpid(), *more, flush=True)
"""
NEVER = "threading.Event().wait()"
DEAF = f"""
def deaf():
    while True:
        try: {NEVER}
        except BaseException: pass
"""
WORK = {
    "a thread that never wakes": f"threading.Thread(target=lambda: {NEVER}).start()\nready()\n{NEVER}",
    "work that will not hear of it": f"{DEAF}\nready()\ndeaf()",
    "a C call that lets no thread in": "ready()\nre.match('(a+)+$', 'a' * 64 + 'b')",
    "children and their children": (
        "child = subprocess.Popen(['sh', '-c', 'sleep 1000 & echo $!; sleep 1000'], stdout=subprocess.PIPE)\n"
        f"ready(child.pid, int(child.stdout.readline()))\n{NEVER}"
    ),
    "an orphan in a session of its own": (
        "out = subprocess.run(['sh', '-c', 'setsid sleep 1000 >&2 & echo $!'], stdout=subprocess.PIPE).stdout\n"
        f"ready(int(out))\n{NEVER}"
    ),
}


def started(work: str, *, still: float = 60, memory: int | None = None, seconds: float | None = None) -> tuple[
    subprocess.Popen[str], list[int]
]:  # fmt: skip
    """The supervised work, and the processes that it says there are, once it is at it."""
    code = BEGIN.format(still=still, memory=memory, seconds=seconds) + work
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, [int(word) for word in process.stdout.readline().split()]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("what", WORK)
def test_whatever_it_is_doing_it_ends_with_all_it_started(what: str, sign: signal.Signals) -> None:
    process, pids = started(WORK[what])
    assert pids, process.communicate()
    assert all(pid in tree.snapshot() for pid in pids)
    os.kill(process.pid, sign)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 128 + sign
    assert said.splitlines()[-1] == f"supervisor: stopped speak L3 {supervised.STOPPED}"
    assert gone(*pids)


def test_ctrl_c_reaches_all_of_a_terminals_group_and_is_told_once() -> None:
    process, pids = started(f"try: ready() or {NEVER}\nexcept KeyboardInterrupt: time.sleep(0.1); print('put away')")
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "put away\n")
    assert said.count("supervisor:") == 1
    assert gone(*pids)


def test_work_that_ends_by_itself_passes_its_exit_code_on_without_a_word() -> None:
    process, _ = started("ready()\nsys.exit(7)")
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 7


def test_nothing_at_all_for_long_is_a_hang_and_work_is_none() -> None:
    process, pids = started(f"ready()\n{NEVER}", still=1)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "supervisor: still speak L3 it did nothing at all for 1 s" in said
    assert gone(*pids)
    busy, _ = started("ready()\nuntil = time.monotonic() + 3\nwhile time.monotonic() < until: pass", still=1)
    assert busy.communicate(timeout=30)[1] == "", "it used the processor all the time"
    telling, _ = started("ready()\nfor i in range(8): time.sleep(0.4); supervised.note('speak', str(i))", still=1)
    assert telling.communicate(timeout=30)[1] == "", "it told of progress all the time"


def test_too_much_memory_and_too_much_time_end_it() -> None:
    hog, pids = started(
        "ready()\nkept = []\nwhile True: kept.append(bytearray(b'x' * 2**22)); time.sleep(0.005)", memory=200
    )
    assert "supervisor: memory_mb speak L3 it used" in hog.communicate(timeout=60)[1]
    assert gone(*pids)
    slow, pids = started(f"ready()\n{NEVER}", seconds=0.5)
    assert "it did not end within 0.5 s" in slow.communicate(timeout=30)[1]
    assert gone(*pids)


def test_a_crash_is_told_with_where_it_was() -> None:
    process, _ = started("ready()\nos.kill(os.getpid(), signal.SIGSEGV)")
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "supervisor: crashed speak L3 its process was ended by SIGSEGV; what was finished is kept" in said


def test_the_work_does_not_outlive_a_supervisor_that_is_killed() -> None:
    process, pids = started(f"ready()\n{NEVER}")
    process.kill()
    process.communicate(timeout=20)
    assert gone(*pids)


def test_a_signal_that_was_ignored_before_stays_so() -> None:
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + BEGIN.format(
        still=60, memory=None, seconds=None
    )
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}\nready()\ntime.sleep(0.5)"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
