"""`make fit`: the same lines fitted as other tools fit them and as the plan does; the table of docs/fit.md.

    python eval/fit.py [--write] [DIR ...]       DIR: a finished dub, whose lines become a case of their own

Three small cases and one of an hour are drawn from stated distributions with a fixed seed: a slot's length (log-normal,
0.6 to 12 s, median 2.7), the ratio of what is to be said to its slot, and the silence to the next line. Each line has
the measured ladder of wordings of some line (`eval/wordings.py`), and beside it an assumed one (`ASSUMED`).
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dubbench import documents
from dubbench.bench.strategies import STRATEGIES, Played, Slots
from dubbench.timeline import spans
from dubbench.timeline.fit import EARLIEST, FASTEST, GAP, SLOWEST, TOLERANCE, Piece, keepable
from dubbench.timeline.limits import EXACT
from dubbench.timeline.programme import Programme
from eval import pages
from eval.wordings import KEPT as WORDINGS

CASES = {
    # lines, ratio of natural duration to slot (mean, spread), mean silence between lines and its least
    "tight": (60, 1.22, 0.25, 0.25, 0.0),
    "dense": (120, 1.10, 0.20, 0.5, 0.05),
    "sparse": (60, 1.35, 0.30, 2.0, 0.5),
}
ASSUMED = (0.93, 0.86, 0.78)
"""Not measured: lengths of wordings of somebody who can always say it shorter, a person or a language model; each
line's own vary by 4 %."""
MEASURED: list[list[float]] = json.loads(WORDINGS.read_text("utf-8"))
SEED = 20261124


def drawn(name: str, lines: int, ratio: float, spread: float, silence: float, least: float) -> Slots:
    rng, real = (np.random.default_rng([SEED, which, *name.encode()]) for which in (0, 1))
    now, slots = 1.0, list[tuple[float, float]]()
    measured, assumed = list[tuple[float, ...]](), list[tuple[float, ...]]()
    for _ in range(lines):
        length = float(np.clip(rng.lognormal(1.0, 0.6), 0.6, 12.0))
        natural = length * float(np.clip(rng.normal(ratio, spread), 0.5, 2.0))
        slots.append((now, now + length))
        assumed.append((natural, *(natural * float(rng.normal(share, 0.04)) for share in ASSUMED)))
        measured.append(tuple(natural * share for share in MEASURED[int(real.integers(len(MEASURED)))]))
        now += length + least + float(rng.exponential(silence))
    return Slots(name, now + 1.0, tuple(slots), tuple(measured), tuple(assumed))


def hour() -> Slots:
    """Tight, dense and sparse scenes by turns, an hour long."""
    slots = list[tuple[float, float]]()
    measured, assumed = list[tuple[float, ...]](), list[tuple[float, ...]]()
    now, turns = 0.0, itertools.cycle(CASES.items())
    for number, (name, facts) in enumerate(turns):
        scene = drawn(f"{name} {number}", *facts)
        if now + scene.film > 3600:
            break
        slots += [(now + start, now + end) for start, end in scene.slots]
        measured += scene.measured
        assumed += scene.assumed
        now += scene.film
    return Slots("one hour", 3600.0, tuple(slots), tuple(measured), tuple(assumed))


def of_dub(folder: Path) -> Slots:
    """The lines of a finished dub, each with the natural duration of the text that was read."""
    dub = documents.read(folder)
    lines = [line for line in dub.lines if line.speech and line.tempo]
    naturals = tuple((x.tempo * x.speech.duration,) for x in lines if x.tempo and x.speech)
    return Slots(folder.name, dub.source.duration, tuple((x.start, x.end) for x in lines), naturals, naturals)


def row(case: Slots, played: Sequence[Played], seconds: float) -> list[str]:
    """What a listener gets: shares, seconds, tempos."""
    added = list(itertools.accumulate((p.slowed for p in played), initial=0.0))
    slots = [(a + x, b + x + p.slowed) for (a, b), x, p in zip(case.slots, added, played, strict=False)]
    kept = [
        p.end <= end + TOLERANCE * (end - start) + 1e-4 and SLOWEST - 1e-4 <= p.speed <= FASTEST + 1e-4 and p.cut < 1e-4
        for p, (start, end) in zip(played, slots, strict=True)
    ]
    overlap = sum(max(0.0, a.end - b.start) for a, b in itertools.pairwise(played))
    dead = spans.without(slots, [(p.start, p.end) for p in played])
    return [
        f"{np.mean(kept):.3f}", f"{sum(p.cut for p in played):.1f}", f"{overlap:.1f}",
        f"{max(p.speed for p in played):.2f}", f"{np.mean([p.speed for p in played]):.2f}",
        f"{np.mean([abs(p.start - slot[0]) for p, slot in zip(played, slots, strict=True)]):.2f}",
        f"{sum(b - a for a, b in dead):.1f}", f"{added[-1]:.1f}", f"{seconds:.2f}",
    ]  # fmt: skip


HEAD = (
    "strategy", "adherence", "cut s", "overlap s", "fastest", "mean speed", "start offset s", "dead air s",
    "picture s", "work s",
)  # fmt: skip


def least_offset(pieces: Sequence[Piece]) -> float:
    """The smallest mean distance of starts from the source's (s) among all plans that keep as many lines as can be."""
    start, shortest, limit = (np.array([getattr(x, name) for x in pieces]) for name in ("start", "shortest", "limit"))
    programme, kept = Programme(), keepable(pieces)
    latest = np.where(kept, limit - shortest + EXACT, np.inf)
    s = programme.columns(len(pieces), low=np.maximum(start - EARLIEST, 0.0), high=latest)
    programme.rows((s[1:], 1.0), (s[:-1], -1.0), low=shortest[:-1] + GAP)
    programme.excess((s, 1.0), over=start, cost=1.0)
    programme.excess((s, -1.0), over=-start, cost=1.0)
    return float(np.abs(programme.solve()[s] - start).mean())


def table(case: Slots) -> Iterator[str]:
    pieces = [Piece.free(*slot, natural) for slot, natural in zip(case.slots, case.best, strict=True)]
    yield f"### {case.name}: {len(case.slots)} lines in {case.film:.0f} s\n"
    yield f"With one wording a line the limits allow an adherence of {np.mean(keepable(pieces)):.3f} and no more, and a"
    yield f"plan that reaches it a mean start offset of {least_offset(pieces):.2f} s and no less.\n"
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for name, strategy in STRATEGIES.items():
        started = time.process_time()
        played = strategy(case)
        cells = row(case, played, time.process_time() - started)
        yield "| " + " | ".join([name, *cells]) + " |"
    yield ""


def main(arguments: Sequence[str]) -> None:
    folders = [Path(argument) for argument in arguments if argument != "--write"]
    cases = [drawn(name, *facts) for name, facts in CASES.items()] + [hour()] + [of_dub(folder) for folder in folders]
    rows = (line for case in cases for line in table(case))
    pages.shown(rows, "fit.md", "make fit", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
