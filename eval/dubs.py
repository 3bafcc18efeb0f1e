"""`make dubs`: real clips dubbed by the default cast, each judged from outside, by the finished file alone.

    python eval/dubs.py [--write] [FILM:TARGET[:SOURCE] ...]      your own films; without any, the clips of examples/

`--write` puts the table into docs/dubs.md, which says what is measured and how.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench.errors import DubError
from dubbench.text import spelling
from eval import pages
from eval.judged import Job, Judgement, judged
from examples import clips

HEAD = (
    "clip", "pair", "s", "lines", "words", "misheard", "names and numbers", "cut", "overlap", "fastest", "on time",
    "LUFS", "dBTP", "steady", "nearest other",
)  # fmt: skip
SHORT = 15.0
"""Seconds below which a clip may have 15 % of its words misheard; all together 8 %."""


def shipped(folder: Path) -> Iterator[Job]:
    """What the registries have of the kinds people dub. A clip that cannot be had here is named and left out."""
    for name, make, source, targets in (*clips.PAIRS, *clips.COMPANY, *clips.FILMS):
        try:
            film = make(folder / f"{name}.mp4")
        except DubError as error:
            print(f"{name}: not here ({error})", file=sys.stderr)
            continue
        for target in targets:
            yield Job(film, target, source, clips.SAID.get(name, ()))


def given(text: str) -> Job:
    film, target, *source = text.rsplit(":", 2) if text.count(":") > 1 else text.rsplit(":", 1)
    return Job(Path(film), target, source[0] if source else None)


def row(found: Judgement) -> str:
    report = found.report
    cells = (
        found.name, found.pair, f"{found.seconds:.1f}", found.lines, found.errors.length, f"{found.errors.rate:.1%}",
        f"{found.items - len(found.lost)} of {found.items}", report["cut_seconds"], report["overlap_seconds"],
        f"{report['max_speedup'] or 0:.2f}", f"{report['adherence'] or 0:.0%}", f"{found.lufs:.1f}",
        f"{found.peak:.1f}", _cosine(found.steady), _cosine(found.nearest),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _cosine(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def pooled(found: Sequence[Judgement], what: str, goal: str) -> str:
    errors = sum((one.errors for one in found), spelling.Errors())
    items, lost = sum(one.items for one in found), sum(len(one.lost) for one in found)
    return (
        f"{what}: {errors.errors} of {errors.length} words misheard, **{errors.rate:.1%}** ({goal}); "
        f"{items - lost} of {items} names and numbers heard."
    )


def rows(jobs: Iterable[Job], folder: Path) -> Iterator[str]:
    """The table, then what is pooled, then what is to be said of each clip."""
    ear: Any = dubbench.load("whisper-base")
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "---|" * len(HEAD)
    found = []
    for i, job in enumerate(jobs):
        found.append(judged(job, folder / str(i), ear))
        yield row(found[-1])
    yield ""
    pairs = [one for one in found if one.name in {name for name, *_ in clips.PAIRS}]
    if pairs:
        yield pooled(pairs, "The first three, one of each pair", "goal: 5 % at most, and every name and number")
        yield ""
    yield pooled(found, "All clips", "goal: 8 % at most")
    yield ""
    short = max((one.errors.rate for one in found if one.seconds < SHORT), default=0.0)
    yield f"The worst clip under {SHORT:.0f} s: {short:.1%} (goal: 15 % at most)."
    for one in found:
        yield f"\n**{one.name}, {one.pair}**\n"
        yield from (f"- {note}" for note in one.notes())


def main(arguments: list[str]) -> None:
    write = "--write" in arguments and not arguments.remove("--write")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs = map(given, arguments) if arguments else shipped(folder)
        pages.shown(rows(jobs, folder), "dubs.md", "make dubs", kept=write)


if __name__ == "__main__":
    main(sys.argv[1:])
