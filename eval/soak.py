"""`make soak`: what length costs. A short and a long film of the same speech are dubbed; memory must not grow with
length, nor the time of a minute.

    python eval/soak.py [--write] [MINUTES ...]        10 and 120 without any; the others are held against the first

Memory is what the process and all it starts have resident at once, looked at five times a second, and which room the
walk was in then. `--write` puts the tables into docs/soak.md. Ends with 1 where a bound is broken.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dubbench.types import Seconds
from eval import long, pages

MOST_MB, GROWTH, EVEN = 1500, 1.2, 0.10
"""Bounds: resident memory; how many times the first's; by how much the time of a minute may differ from the first's."""
LONG, SHORTLY = 10, 1.5
"""Minutes of the first from which these bounds hold. In less other people speak, and rooms that meet by chance weigh
more: then memory that goes along with length is looked for, so many times the first's."""
PAGE = 4096
WALK = """
import sys, threading, dubbench
def told(room, *_):
    if threading.current_thread() is threading.main_thread():
        print(room, flush=True)
dubbench.dub(sys.argv[1], "pt", source_language="en", out=sys.argv[2], progress=told)
"""
"""What that process does: dub, and print each room that the walk is in; what goes on beside it has no word."""
HEAD = (
    "minutes",
    "lines",
    "s a minute",
    "processor s a minute",
    "peak MB",
    "times the first's",
    "on disk, MB a minute",
)


@dataclass(frozen=True)
class Soaked:
    """A dub of so many minutes: what it took, wall and processor, and what it held at most."""

    minutes: float
    lines: int
    wall: Seconds
    spent: Seconds
    peak_mb: float
    disk_mb: float
    seconds: dict[str, Seconds]
    peaks: dict[str, float]

    def row(self, first: Soaked) -> str:
        cells = (
            f"{self.minutes:g}", str(self.lines), f"{self.wall / self.minutes:.1f}", f"{self.spent / self.minutes:.1f}",
            f"{self.peak_mb:.0f}", f"{self.peak_mb / first.peak_mb:.2f}", f"{self.disk_mb / self.minutes:.0f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"

    def broken(self, first: Soaked) -> Iterator[str]:
        """The bounds that this dub does not keep, beside the first."""
        growth = GROWTH if first.minutes >= LONG else SHORTLY
        if self.peak_mb > growth * first.peak_mb:
            yield f"{self.minutes:g} minutes held {self.peak_mb / first.peak_mb:.2f} times what {first.minutes:g} did"
        if first.minutes < LONG:
            return
        if self.peak_mb > MOST_MB:
            yield f"{self.minutes:g} minutes held {self.peak_mb:.0f} MB, over {MOST_MB}"
        ratio = self.spent / self.minutes / (first.spent / first.minutes)
        if abs(ratio - 1) > EVEN:
            yield f"a minute of {self.minutes:g} took {ratio:.2f} times the processor time of one of {first.minutes:g}"


def soaked(minutes: float, folder: Path) -> Soaked:
    """A film of so many minutes, dubbed by a process of its own in `folder`, which is left as it is then."""
    film, out = long.film(minutes, folder / f"{minutes:g}.mp4"), folder / f"{minutes:g}"
    before, started = _spent(), time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", WALK, str(film), str(out)], stdout=subprocess.PIPE) as process:
        peaks = _watched(process)
    if process.returncode:
        raise SystemExit(f"the dub of {minutes:g} minutes ended with {process.returncode}")
    report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    disk = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 2**20
    return Soaked(
        minutes=minutes, lines=report["lines"], wall=time.perf_counter() - started, spent=_spent() - before,
        peak_mb=max(peaks.values()), disk_mb=disk, seconds=report["seconds"], peaks=peaks,
    )  # fmt: skip


def _watched(process: subprocess.Popen[bytes]) -> dict[str, float]:
    """By room the most MB resident in a process and all it started, until it ends; rooms are what it prints."""
    peaks, room = dict[str, float](), "begin"
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    while process.poll() is None:
        told = (process.stdout.read() or b"").split()
        room = told[-1].decode() if told else room
        peaks[room] = max(peaks.get(room, 0.0), sum(map(_resident, _tree(process.pid))) / 2**20)
        time.sleep(0.2)
    return peaks


def _tree(pid: int) -> list[int]:
    """A process, its children and theirs."""
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = [int(c) for thread in threads for c in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(each for child in children for each in _tree(child))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _spent() -> Seconds:
    """Processor seconds of processes that we started and that have ended."""
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def rooms(found: list[Soaked]) -> Iterator[str]:
    """Seconds a minute of film in each room, for those that take any; then the most memory while the walk was in it."""
    names = [name for name, seconds in found[0].seconds.items() if seconds / found[0].minutes > 0.05]
    yield f"\n| minutes | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}"
    for one in found:
        yield f"| {one.minutes:g} | {' | '.join(f'{one.seconds.get(n, 0) / one.minutes:.2f}' for n in names)} |"
    walked = dict.fromkeys(room for one in found for room in one.peaks)
    yield f"\n| peak MB | {' | '.join(walked)} |\n|{'---|' * (len(walked) + 1)}"
    for one in found:
        yield f"| {one.minutes:g} | {' | '.join(f'{one.peaks.get(room, 0):.0f}' for room in walked)} |"


def main(arguments: list[str]) -> None:
    minutes = [float(word) for word in arguments if word != "--write"] or [10.0, 120.0]
    found, broken = list[Soaked](), list[str]()

    def rows() -> Iterator[str]:
        yield f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}"
        with tempfile.TemporaryDirectory(dir=os.environ.get("DUBBENCH_SOAK")) as name:
            for length in minutes:
                found.append(soaked(length, Path(name)))
                broken.extend(found[-1].broken(found[0]))
                yield found[-1].row(found[0])
        yield from rooms(found)

    pages.shown(rows(), "soak.md", "python eval/soak.py --write", kept="--write" in arguments)
    for line in broken:
        print(f"NOT KEPT: {line}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
