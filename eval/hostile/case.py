"""One bad input: how it is made, what it must get, how it is asked and judged. Which there are: the families' modules.

A case lies in a folder of its own, and dubbench is started in there:

    CASE/here/       what a person has; dubbench is started here and may write to `out`
    CASE/elsewhere/  what is none of dubbench's business
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from dubbench.catalog import tables
from dubbench.cli import cli
from dubbench.errors import DubError, one_line

HOUSE = Path(__file__).resolve().parents[2]
DEADLINE = 30
"""Seconds that any input may take to be refused, or taken."""
LONGEST = 1500
"""Characters of a message that somebody still reads."""
USAGE = "usage"
"""What a mistake in the words of the command line itself gets."""
WORKS = "works"

Words = Sequence[str | bytes]


@dataclass(frozen=True)
class Case:
    """A bad input. `made` puts it into the folder where dubbench is started and gives the words after "dubbench".

    `gets` is the name of an error, USAGE, or WORKS; `says` stands in the message (or, where it works, in what is
    printed). `env` may hold "{here}". `whole` cases are too long for a test.
    """

    name: str
    made: Callable[[Path], Words]
    gets: str
    says: str
    env: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    @property
    def works(self) -> bool:
        return self.gets == WORKS


@dataclass(frozen=True)
class Outcome:
    """What became of a case: `code` is the exit code (None: it did not end), `kind` what `Case.gets` must be where that
    is known, `said` the message; `peak_mb` the largest resident set of dubbench and its children, where measured."""

    code: int | None
    kind: str | None
    said: str
    seconds: float
    peak_mb: float = 0.0


class Late(BaseException):
    """The deadline has passed."""


def inside(case: Case, folder: Path) -> tuple[Outcome, list[str]]:
    """The case asked in this process, and what is wrong with what it got."""
    here, words = _laid(case, folder)
    before = _seen(folder)
    tables.forget()
    started = time.perf_counter()
    printed = io.StringIO()
    code, kind, said = 0, WORKS, ""
    with _environment(case, here), contextlib.chdir(here), contextlib.redirect_stdout(printed), within(DEADLINE):
        try:
            cli([os.fsdecode(word) for word in words], standalone_mode=False)
            said = printed.getvalue()
        except DubError as error:
            code, kind, said = 2, type(error).__name__, str(error)
        except click.ClickException as error:
            code, kind, said = 2, USAGE, one_line(error.format_message())
        except Late:
            code, kind, said = None, "hang", f"no answer in {DEADLINE} s"
    outcome = Outcome(code, kind, said, time.perf_counter() - started)
    return outcome, _wrong(case, outcome, _changed(before, _seen(folder)))


def outside(case: Case, folder: Path) -> tuple[Outcome, list[str]]:
    """The case asked on the real command line in a process of its own, and what is wrong with what it got."""
    here, words = _laid(case, folder)
    before = _seen(folder)
    asked = [sys.executable, "-m", "dubbench", *words]
    env = {**os.environ, "PYTHONPATH": str(HOUSE), **_filled(case, here)}
    with tempfile.TemporaryDirectory() as aside:
        started = time.perf_counter()
        with open(f"{aside}/stdout", "wb") as to, open(f"{aside}/stderr", "wb") as complaints:
            child = subprocess.Popen(
                [sys.executable, "-SEc", METER, f"{aside}/peak", *asked], cwd=here, env=env, stdin=subprocess.DEVNULL,
                stdout=to, stderr=complaints, start_new_session=True,
            )  # fmt: skip
            code = _waited(child)
        seconds = time.perf_counter() - started
        out, err = (Path(aside, name).read_bytes().decode("utf-8", "replace") for name in ("stdout", "stderr"))
        peak = Path(aside) / "peak"
        peak_mb = float(peak.read_text()) / 1000 if peak.exists() else 0.0
    said = out if case.works and code == 0 else err
    outcome = Outcome(code, None, said.removeprefix("dubbench: ").rstrip("\n"), seconds, peak_mb)
    return outcome, _wrong(case, outcome, _changed(before, _seen(folder)))


METER = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(pid, 0)
open(sys.argv[1], "w").write(str(used.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"""
"""A process begins with the peak of memory of the one that started it, so a small one starts dubbench."""


def _waited(child: subprocess.Popen[bytes]) -> int | None:
    """The exit code; None once the deadline has passed, and then all of it is ended."""
    try:
        return child.wait(DEADLINE)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return None


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises Late in the block once `seconds` are over."""

    def late(_: int, __: FrameType | None) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _laid(case: Case, folder: Path) -> tuple[Path, Words]:
    here = folder / "here"
    here.mkdir(parents=True)
    (folder / "elsewhere").mkdir()
    return here, case.made(here)


def _filled(case: Case, here: Path) -> dict[str, str]:
    return {name: value.replace("{here}", str(here)) for name, value in case.env.items()}


@contextlib.contextmanager
def _environment(case: Case, here: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(_filled(case, here))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _seen(folder: Path) -> dict[bytes, tuple[int, ...]]:
    """Everything below a folder but what is in `here/out`: kind, size, and when it was last changed."""
    found: dict[bytes, tuple[int, ...]] = {}
    out = os.fsencode(folder / "here" / "out")
    for at, folders, files in os.walk(os.fsencode(folder)):
        folders[:] = [name for name in folders if os.path.join(at, name) != out]
        for name in (*folders, *files):
            status = os.lstat(os.path.join(at, name))
            # A folder's own time changes with what is in it, which is looked at itself.
            when = 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns
            found[os.path.join(at, name)] = (status.st_mode, when and status.st_size, when)
    return found


def _changed(before: Mapping[bytes, object], after: Mapping[bytes, object]) -> list[bytes]:
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def _wrong(case: Case, outcome: Outcome, changed: Sequence[bytes]) -> list[str]:
    """What is wrong with an outcome, a sentence each."""
    said = outcome.said
    faults = [f"it wrote, changed or removed {os.fsdecode(path)!r}" for path in changed]
    if outcome.code != (0 if case.works else 2):
        faults.append(f"exit code {outcome.code}: {said[-300:]}")
    if outcome.kind is not None and outcome.kind != case.gets:
        faults.append(f"it got {outcome.kind}, not {case.gets}: {said[:300]}")
    if not re.search(case.says, said):
        faults.append(f"nothing says {case.says!r}: {said[:300]}")
    if not case.works:
        faults += _unclear(said)
    return faults


def _unclear(said: str) -> list[str]:
    """What is wrong with a message as such: it is one line that a terminal can show, and somebody can read."""
    odd = sorted({f"U+{ord(c):04X}" for c in said if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in BIDI})
    faults = [f"the message holds {', '.join(odd)}"] if odd else []
    if len(said) > LONGEST:
        faults.append(f"the message is {len(said)} characters long")
    return faults


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
"""Marks that turn the direction of writing: a message with one shows other words than it holds."""
