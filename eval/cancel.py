"""`make cancel`: how long it takes to stop, in every room, by Ctrl-C, by SIGTERM and by `cancel()`; goal: 2 s.

    python eval/cancel.py [SEED] [--write]

A real film is dubbed by the default cast, and stopped in each of its rooms in turn; so are a fetch, an environment
being built, a model apart, a program, an endpoint that answers a byte a second, and a model in a C call that lets no
other thread have a turn. Stopped means: the process has ended and so has everything it started. At the end the film
that was stopped so often must come out whole. Ends with 1 where one took longer, left something running, or said
another word.
"""

from __future__ import annotations

import contextlib
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench.processes import supervised, tree
from eval import pages, stubborn
from examples import clips

ROOT = Path(__file__).resolve().parent.parent
GOAL = 2.0
PATIENCE = 300.0
ROOMS = ("probe", "diarize", "transcribe", "translate", "separate", "fit", "speak", "mix", "listen", "mux")
"""In the order in which they are done."""
NEVER = "it never came there"
WAYS = {"Ctrl-C": signal.SIGINT, "SIGTERM": signal.SIGTERM, "cancel()": None}


@dataclass(frozen=True)
class Stop:
    """Where a walk was stopped and how; seconds until all of it had ended; what was wrong, if anything was."""

    where: str
    way: str
    seconds: float
    wrong: str


@dataclass
class Case:
    """A walk to be stopped `wait` seconds after its progress says `room`; `options` are those of `dubbench.dub`."""

    where: str
    room: str
    film: Path
    out: Path
    options: dict[str, object] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0


def everybody(pid: int) -> list[tuple[int, str]]:
    """A process and all it started, with when each began, for ids come round again."""
    return [(one, began(one)) for one in tree.family(pid)]


def began(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def left(known: list[tuple[int, str]]) -> list[int]:
    """Those of `known` that still run; who ended and was not asked for yet has ended."""
    alive = tree.snapshot()
    return [pid for pid, start in known if pid in alive and began(pid) == start]


def until_gone(known: list[tuple[int, str]], ended: Callable[[], bool], started: float) -> tuple[float, str]:
    """Seconds from `started` until all have ended, and what is wrong with that."""
    while (running := left(known)) or not ended():
        if time.monotonic() - started > 10 * GOAL:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            return time.monotonic() - started, f"{len(running)} processes were left"
        time.sleep(0.002)
    return time.monotonic() - started, ""


def by_signal(case: Case, way: str, wait: float) -> Stop:
    """The command line on a terminal, stopped by a signal: Ctrl-C goes to all of its group, SIGTERM to itself alone."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "240", **case.environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "dubbench", "dub", str(case.film), "--out", str(case.out), *words(case.options)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs, start_new_session=True, env=environment,
    )  # fmt: skip
    os.close(theirs)
    said: list[bytes] = []
    reader = threading.Thread(target=hear, args=(ours, said), daemon=True)
    reader.start()
    if not came(lambda: told(case.room, said), lambda: process.poll() is not None):
        tree.end(process.pid)
        return Stop(case.where, way, 0.0, f"{NEVER}: {last(said)}")
    time.sleep(case.wait + wait)
    known, started = everybody(process.pid), time.monotonic()
    sign = WAYS[way]
    assert sign is not None
    (os.killpg if sign == signal.SIGINT else os.kill)(process.pid, sign)
    seconds, wrong = until_gone(known, lambda: process.poll() is not None, started)
    reader.join(1.0)
    if not wrong and process.returncode != 128 + sign:
        wrong = f"exit code {process.returncode}: {last(said)}"
    if not wrong and last(said) != f"dubbench: {supervised.STOPPED}":
        wrong = f"it said: {last(said)}"
    return Stop(case.where, way, seconds, wrong)


def told(room: str, said: list[bytes]) -> bool:
    """Whether a room has been at work, alone on the line or beside another."""
    line = b"".join(said)
    return any(f"{before}{room} ".encode() in line for before in ("\x1b[K", "  ·  "))


def hear(terminal: int, said: list[bytes]) -> None:
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 4096):
            said.append(part)
    os.close(terminal)


def last(said: list[bytes]) -> str:
    """The last line on the terminal, without what was drawn over."""
    lines = b"".join(said).decode("utf-8", "replace").split("\n")
    shown = [line.rpartition("\x1b[K")[2].strip() for line in lines]
    return next((line for line in reversed(shown) if line), "")


def words(options: dict[str, object]) -> list[str]:
    """Options of `dubbench.dub` as they stand on the command line."""
    models = options.get("models", {})
    assert isinstance(models, dict)
    given = [f"--{name.replace('_language', '').replace('source', 'from')}={value}"
             for name, value in options.items() if name != "models"]  # fmt: skip
    return ["--to", "pt", *given, *(f"--model={room}={name}" for room, name in models.items())]


def by_cancel(case: Case, way: str, wait: float) -> Stop:
    """`dubbench.start` in this process, and `cancel()`."""
    seen: list[str] = []
    with altered(case.environment):
        walk = dubbench.start(
            case.film, "pt", out=case.out, progress=lambda room, *_: seen.append(room), **case.options
        )
    if not came(lambda: case.room in seen, walk.done):
        walk.cancel()
        return Stop(case.where, way, 0.0, f"{NEVER}: {seen[-1:]}")
    time.sleep(case.wait + wait)
    known, started = everybody(walk.pid), time.monotonic()
    walk.cancel()
    seconds, wrong = until_gone(known, walk.done, started)
    return Stop(case.where, way, seconds, wrong or ("" if walk.cancelled() else "it is not cancelled"))


@contextlib.contextmanager
def altered(environment: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def came(there: Callable[[], bool], over: Callable[[], bool]) -> bool:
    """Wait until a walk is where it is to be stopped; False where it was over before."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not there():
        if over():
            return there()
        time.sleep(0.002)
    return there()


def cases(film: Path, folder: Path) -> Iterator[Case]:
    """Every room of a walk with the default cast, in order and in one folder; then everything that is no room."""
    for room in ROOMS:
        yield Case(room, room, film, folder / "dub")
    yield from stubborn.cases(film, folder, Case)


def stops(folder: Path, seed: int) -> Iterator[Stop]:
    draw = random.Random(seed)
    film = clips.phone_call(folder / "film.mp4")
    for way, sign in WAYS.items():
        place = folder / way
        place.mkdir()
        for case in cases(film, place):
            stop = by_cancel if sign is None else by_signal
            wait = draw.uniform(0.0, 0.3)
            found = stop(case, way, wait)
            if found.wrong.startswith(NEVER) and case.room in ROOMS:
                # It was done beside the room before; in a new folder all rooms are ahead.
                shutil.rmtree(case.out)
                found = stop(case, way, wait)
            yield found
        # What was stopped so often comes out whole.
        dub = dubbench.dub(film, to="pt", out=place / "dub")
        assert dub.output is not None
        torn = [path.name for path in (place / "dub").glob(".*.mp4")]
        yield Stop("then to the end", way, 0.0, f"torn: {torn}" if torn else "")


def cell(stop: Stop) -> str:
    """What was wrong, else the seconds; the film at the end takes none."""
    return stop.wrong or (f"{stop.seconds:.2f}" if stop.seconds else "whole")


def table(found: list[Stop]) -> list[str]:
    """Seconds by place and way, slowest last in words."""
    places = list(dict.fromkeys(stop.where for stop in found))
    cells = {(stop.where, stop.way): stop for stop in found}
    rows = [f"| stopped in | {' | '.join(WAYS)} |", "|---|" + "---:|" * len(WAYS)]
    for place in places:
        shown = [cells[place, way] for way in WAYS if (place, way) in cells]
        rows.append(f"| {place} | {' | '.join(map(cell, shown))} |")
    slowest = max(found, key=lambda stop: stop.seconds)
    wrong = sum(bool(stop.wrong) for stop in found)
    times = len([stop for stop in found if stop.seconds])
    words = f"{slowest.seconds:.2f} s ({slowest.where}, {slowest.way}); goal: {GOAL:g} s at most"
    return [*rows, "", f"Stopped {times} times; slowest {words}. Gone wrong: {wrong}."]


def main() -> int:
    seed = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 1)
    found = []
    with tempfile.TemporaryDirectory() as name:
        for stop in stops(Path(name), seed):
            print(f"{stop.way:<9} {stop.where:<32} {stop.seconds:6.2f} s  {stop.wrong}", flush=True)
            found.append(stop)
        shutil.rmtree(name, ignore_errors=True)
        Path(name).mkdir()
    rows = table(found)
    print("\n".join(["", *rows]))
    if "--write" in sys.argv:
        pages.write("isolation.md", "make cancel", rows)
    return any(stop.wrong or stop.seconds > GOAL for stop in found)


if __name__ == "__main__":
    sys.exit(main())
