"""Programs within bounds: each bound ends the program with all it started and says which bound it was."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dubbench.processes import bounded, tree
from dubbench.processes.bounded import Bounds, Overrun
from dubbench.processes.words import KEPT, LastWords

HOG = "import time\nkept = []\nwhile True: kept.append(bytearray(b'x' * 2**22)); time.sleep(0.005)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", f"import sys, time, threading\n{code}"]


def test_what_it_prints_and_how_it_ends_comes_back() -> None:
    done = bounded.run(
        python("print(sys.stdin.read()[::-1], end=''); print('why', file=sys.stderr); sys.exit(3)"), b"abc"
    )
    assert done == (3, b"cba", b"why\n")


def test_more_than_a_pipe_holds_goes_both_ways() -> None:
    much = os.urandom(5_000_000)
    code = "data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data); sys.stderr.write('x' * 300000)"
    done = bounded.run(python(code), much)
    assert (done.out, len(done.said)) == (much, bounded.KEPT)


def test_it_reads_an_open_file_by_itself() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"abc")
    os.close(writing)
    done = bounded.run(python("print(sys.stdin.read()[::-1], end='')"), reading)
    os.close(reading)
    assert done.out == b"cba"


def test_a_program_that_does_not_listen_is_no_error() -> None:
    assert bounded.run(python("sys.stdin.close()"), b"x" * 1_000_000).code == 0


def test_lines_are_told_as_they_come_the_last_without_its_end_too() -> None:
    told: list[str] = []
    code = "print('one', flush=True); print('two', file=sys.stderr, flush=True); print('three', end='')"
    bounded.run(python(code), heard=told.append, merged=True)
    assert told == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("code", "bounds", "bound"),
    [
        ("threading.Event().wait()", Bounds(seconds=0.4), "seconds"),
        ("while True: pass", Bounds(seconds=0.4), "seconds"),
        ("threading.Event().wait()", Bounds(still=0.5), "still"),
        (HOG, Bounds(memory_mb=150), "memory_mb"),
        ("while True: sys.stdout.write('flood' * 2000)", Bounds(printed_mb=3), "printed_mb"),
        ("while True: sys.stderr.write('flood' * 2000)", Bounds(seconds=1.0), "seconds"),
    ],
)  # fmt: skip
def test_each_bound_ends_it(code: str, bounds: Bounds, bound: str) -> None:
    before = tree.family(os.getpid())
    with pytest.raises(Overrun) as overrun:
        bounded.run(python(f"print('last words', file=sys.stderr, flush=True)\n{code}"), bounds=bounds)
    assert overrun.value.bound == bound
    assert len(overrun.value.said) <= bounded.KEPT
    assert b"last words" in overrun.value.said or b"flood" in overrun.value.said
    assert tree.family(os.getpid()) == before


def test_where_pipes_cannot_be_waited_for_time_bounds_it_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SELECTS", False)
    told: list[str] = []
    code = "print(sys.stdin.read()); print('why', file=sys.stderr); sys.exit(3)"
    assert bounded.run(python(code), b"abc", heard=told.append) == (3, b"abc\n", b"why\n")
    assert told == ["abc"]
    with pytest.raises(Overrun, match="did not end within"):
        bounded.run(python("threading.Event().wait()"), bounds=Bounds(seconds=0.4))
    assert tree.family(os.getpid())[1:] == []


def test_memory_of_what_it_starts_counts_and_ends_too() -> None:
    code = f"import subprocess; subprocess.run([sys.executable, '-c', {HOG!r}])"
    with pytest.raises(Overrun, match=r"used \d+ MB of memory, of 150 MB"):
        bounded.run(python(code), bounds=Bounds(memory_mb=150))
    assert tree.family(os.getpid())[1:] == []


def test_busy_or_talking_is_not_standing_still() -> None:
    busy = "until = time.monotonic() + 1.5\nwhile time.monotonic() < until: pass"
    assert bounded.run(python(busy), bounds=Bounds(still=0.5)).code == 0
    assert (
        bounded.run(python("for _ in range(5): print('.', flush=True); time.sleep(0.2)"), bounds=Bounds(still=0.5)).code
        == 0
    )


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process's files are set on Linux alone")
def test_a_file_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    code = (
        f"time.sleep(0.3)\nwith open({str(tmp_path / 'file')!r}, 'wb') as file:\n while True: file.write(b'x' * 2**20)"
    )
    done = bounded.run(python(code), bounds=Bounds(written_mb=4))
    assert done.code != 0
    assert b"File too large" in done.said
    assert (tmp_path / "file").stat().st_size <= 4 * 2**20
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY, "ours is as it was"


def test_what_it_leaves_behind_with_its_pipes_in_hand_is_not_waited_for() -> None:
    done = bounded.run(["sh", "-c", "sleep 5 & echo $!"], bounds=Bounds(seconds=4.0))
    assert done.code == 0
    os.kill(int(done.out), 9)


def test_only_the_last_words_of_a_flood_are_kept() -> None:
    process = subprocess.Popen(
        python("for _ in range(10_000): sys.stdout.write('flood' * 200)\nprint('the end')"), stdout=subprocess.PIPE
    )
    words = LastWords(process)
    process.wait(60)
    assert len(words.text()) == KEPT
    assert words.text().endswith("the end\n")


def test_a_family_is_found_by_who_started_whom() -> None:
    process = subprocess.Popen(["sh", "-c", "sleep 100 & sleep 100"])
    while len(tree.family(process.pid)) < 3:
        pass
    used = tree.use(process.pid)
    assert used.resident > 0
    tree.end(process.pid)
    assert tree.family(process.pid) == []
    process.wait(5)
