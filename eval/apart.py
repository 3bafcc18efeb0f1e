"""`make apart`: what a model in an environment of its own costs: a warm line, its start, its memory. Ratios travel.

    python eval/apart.py [ROUNDS] [--write]

The same line goes to the same model here and apart, in turns, after both are warm. "More" is what a call apart takes
beyond the adapter's own time over there: on a busy machine the models' times differ by more than that from call to
call. The goal is 50 ms at the median. Kokoro is also asked in an environment with pins that clash with ours (numpy
before 2, an older onnxruntime), built for the occasion by pip, or by uv where there is one.
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import apart, catalog, media
from dubbench.apart import environments
from dubbench.processes import tree
from dubbench.types import Line, Sound, Voice
from dubbench.weights.pins import cache_folder
from eval import pages
from examples import clips

GOAL_MS = 50.0
TEXT = "Olá, tudo bem com você? Hoje eu vou falar de casas."
ENGLISH = "Hello, how are you today, my friend? I have a house in New Jersey."
CLASHING = ("numpy<2", "onnxruntime==1.20.*")

Ask = Callable[[Any], Any]


def asks() -> Iterator[tuple[str, str, Ask]]:
    """Models, what each is asked for, and the asking: lines of three to five seconds."""
    phone = media.read(clips.folder() / clips.PHONE.name)
    some = Sound(np.ascontiguousarray(phone.samples[:1, 8 * 16_000 : 13 * 16_000]), 16_000)
    line = Line(id="1", start=0, end=4, text=ENGLISH)
    low, dora = Voice(id="v", preset="toy-low"), Voice(id="v", preset="pf_dora")
    yield "toy-speak", "3 s of a tone", lambda s: s.speak(TEXT, low, "pt")
    yield "kokoro", "a line of 3 s", lambda s: s.speak(TEXT, dora, "pt")
    yield "bergamot", "a line of 4 s", lambda s: s.translate([line], "en", "pt", {})
    yield "whisper-base", "5 s of speech", lambda s: s.transcribe(some, "en")


class Memory(NamedTuple):
    """Megabytes of a worker at its most or at the end: in use, private and writable, address space."""

    used: float
    private: float
    address: float

    @classmethod
    def of(cls, pid: int) -> Memory:
        rows = dict(row.split(":") for row in Path(f"/proc/{pid}/status").read_text().splitlines())
        return cls(*(int(rows[name].split()[0]) / 1024 for name in ("VmHWM", "VmData", "VmPeak")))


def compared(name: str, ask: Ask, rounds: int) -> tuple[list[float], list[float], list[float], Memory]:
    """Milliseconds of each call here and apart, turn and turn about, and how much of the latter was not the adapter's
    own; and the worker's memory."""
    here, far = dubbench.load(name), remote(name)
    spent: tuple[list[float], list[float]] = ([], [])
    more: list[float] = []
    for stage in (here, far):
        ask(stage.ready())
    for i in range(rounds):
        for which in (0, 1) if i % 2 else (1, 0):
            started = time.perf_counter()
            ask((here, far)[which])
            spent[which].append(1e3 * (time.perf_counter() - started))
            if which:
                more.append(spent[1][-1] - 1e3 * far.seconds)
    memory = Memory.of(far._worker.process.pid)
    for stage in (here, far):
        stage.release()
    return *spent, more, memory


def remote(name: str, requires: tuple[str, ...] = ()) -> Any:
    """The catalogue's model apart: with our own interpreter, or in an environment that holds `requires`."""
    entry = catalog.entry(name)
    kind = type(entry.open())
    return apart.remote(kind, name=name, weights=entry.open_weights(), requires=requires, **entry.settings)


def warm(rounds: int, worst: list[float]) -> Iterator[str]:
    """A table of calls here and apart; `worst` is given what each takes more, at the median."""
    yield "| model, asked for | here, median ms | apart, median ms | more, median ms | more, p95 ms | ratio |"
    yield "|---|---:|---:|---:|---:|---:|"
    kept: list[str] = []
    for name, what, ask in asks():
        here, far, over, memory = compared(name, ask, 4 * rounds if name == "toy-speak" else rounds)
        kept.append(
            f"{name} {memory.used:.0f}, {memory.private / memory.used:.1f} and {memory.address / memory.used:.1f}"
        )
        a, b = statistics.median(here), statistics.median(far)
        more, p95 = statistics.median(over), float(np.percentile(over, 95))
        worst.append(more)
        yield f"| {name}, {what} | {a:.1f} | {b:.1f} | {more:+.1f} | {p95:+.1f} | {b / (b - more):.3f} |"
    yield ""
    yield f"The most that a warm line takes longer, at the median: {max(worst):.1f} ms (goal: {GOAL_MS:g} ms at most)."
    yield "Megabytes in use by the worker, and how many times that its private memory and its address space are: "
    yield "; ".join(kept) + "."


def clashing() -> Iterator[str]:
    """Kokoro with pins that clash: seconds to build its environment, to start it again, and what it reads like."""
    needs = (*catalog.entry("kokoro").open().requires, *CLASHING)
    dora = Voice(id="v", preset="pf_dora")
    with tempfile.TemporaryDirectory() as name:
        own = Path(name)
        (own / "weights").symlink_to(cache_folder() / "weights")
        before, os.environ["DUBBENCH_CACHE"] = os.environ.get("DUBBENCH_CACHE"), name
        try:
            seconds = []
            for _ in range(2):
                far, started = remote("kokoro", needs), time.perf_counter()
                far.ready()
                seconds.append(time.perf_counter() - started)
                spoken = far.speak(TEXT, dora, "pt").sound
                used = tree.use(far._worker.process.pid).resident / 2**20
                far.release()
            size = sum(path.stat().st_size for path in environments.folder(needs).rglob("*") if path.is_file())
        finally:
            os.environ.pop("DUBBENCH_CACHE")
            os.environ |= {} if before is None else {"DUBBENCH_CACHE": before}
    here = dubbench.load("kokoro").ready().speak(TEXT, dora, "pt").sound  # type: ignore[attr-defined]
    same = "the same samples" if np.array_equal(here.samples, spoken.samples) else f"{spoken.duration:.2f} s of speech"
    yield f"Kokoro with {' and '.join(f'`{pin}`' for pin in CLASHING)}: environment built and model loaded in"
    yield f"{seconds[0]:.1f} s, the next time checked and loaded in {seconds[1]:.1f} s; {size / 2**20:.0f} MB on disk,"
    yield f"{used:.0f} MB of memory; its reading is {same} (here: {here.duration:.2f} s)."


def main() -> int:
    rounds = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 20)
    worst: list[float] = []
    rows = itertools.chain(warm(rounds, worst), [""], clashing())
    pages.shown(rows, "isolation.md", "make apart", kept="--write" in sys.argv)
    return max(worst) > GOAL_MS


if __name__ == "__main__":
    sys.exit(main())
