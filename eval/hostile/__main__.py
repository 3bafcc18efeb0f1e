"""`make hostile`: each bad input on the real command line, its time and memory measured; tables of docs/bad-input.md.

    python -m eval.hostile [--write] [--only NAME] [--fuzz N] [--seed S]

`--only` runs the cases whose name holds NAME. `--fuzz` adds N broken films and N / 10 texts for each reader, made anew
by the seed. Exit code 1 where anything is not as it must be.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Verbosity, given, seed, settings

from eval import pages
from eval.hostile import FAMILIES, fuzz, making, mutated
from eval.hostile.case import DEADLINE, Case, Outcome, outside

PAGE = "bad-input.md"
SHOWN = 150
"""Characters of a message that stand in the table; what is left out is in the middle."""


class Tried(NamedTuple):
    case: Case
    outcome: Outcome
    faults: list[str]
    said: str


def tried(cases: Iterable[Case]) -> Iterator[Tried]:
    """Each case in a process of its own; what is wrong is printed at once."""
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="hostile.") as name:
            outcome, faults = outside(case, Path(name) / "case")
            # Where the folder of a case lay is of no interest to anybody.
            said = outcome.said.replace(f"{Path(name).resolve()}/case/here/", "").replace(name, "…")
        for fault in faults:
            print(f"!! {case.name}: {fault}", flush=True)
        yield Tried(case, outcome, faults, said)


def table(title: str, found: Sequence[Tried]) -> Iterator[str]:
    yield from (f"### {title}", "", "| input | gets | it is told | s | MB |", "|---|---|---|---:|---:|")
    for case, outcome, faults, said in found:
        if case.works and not faults:
            # What a plan or a report goes on to say is no answer to what is odd about the input.
            said = said.strip().partition("\n")[0]
        gets = f"**not as it must be**: {faults[0]}" if faults else case.gets
        told = re.sub(r"\s*\n\s*", " · ", said.strip())
        cells = [case.name, gets, _cell(told), f"{outcome.seconds:.1f}", f"{outcome.peak_mb:.0f}"]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _cell(text: str) -> str:
    short = text if len(text) <= SHOWN else f"{text[: SHOWN // 2]} … {text[-SHOWN // 2 :]}"
    return re.sub(r"([|<>*_`\[\]\\$])", r"\\\1", short)


def summary(found: Sequence[Tried]) -> str:
    slowest = max(found, key=lambda one: one.outcome.seconds)
    largest = max(found, key=lambda one: one.outcome.peak_mb)
    wrong = sum(bool(one.faults) for one in found)
    works = sum(one.case.works for one in found)
    return (
        f"{len(found)} inputs: {len(found) - works} must be refused in one line with exit code 2, {works} must work; "
        f"{wrong} do otherwise. The slowest takes {slowest.outcome.seconds:.1f} s ({slowest.case.name}; the deadline "
        f"is {DEADLINE} s), the largest {largest.outcome.peak_mb:.0f} MB ({largest.case.name}). A write "
        "outside of the folder asked for counts as otherwise."
    )


def fuzzed(count: int, first: int) -> tuple[list[str], bool]:
    """What `count` broken films and a tenth as many texts for each reader came to, and whether all was well."""
    told, findings, peak_mb = mutated.run(range(first, first + count))
    rows = [
        f"{count} broken films of {len(mutated.FORMS)} forms (seed {first} and on): {told['taken']} are still films, "
        f"{told['refused']} are refused; {len(findings)} findings (a traceback, a crash, {DEADLINE} s without answer). "
        f"The largest process had {peak_mb:.0f} MB."
    ]
    rows += [f"- seed {found.seed} ({found.form}): {found.what}" for found in findings]
    each = max(1, count // 10)
    wrong = [f"- {name}: {what}" for name in fuzz.READERS if (what := _read(name, each, first))]
    rows += ["", f"{len(fuzz.READERS)} readers of texts, {each} texts for each: {len(wrong)} findings.", *wrong]
    return rows, not findings and not wrong


def _read(name: str, count: int, first: int) -> str | None:
    """What is wrong with a reader; None if nothing was found."""
    reader = fuzz.READERS[name]

    @seed(first)
    @settings(
        max_examples=count, deadline=DEADLINE * 1000, database=None, verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(reader.given)
    def asked(text: object) -> None:
        fuzz.survived(reader, text)

    try:
        asked()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"put the figures into docs/{PAGE}")
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--fuzz", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rows: list[str] = []
    found: list[Tried] = []
    for title, cases in FAMILIES.items():
        family = list(tried(case for case in cases if asked.only in case.name))
        found += family
        rows += table(title, family) if family else []
    well = not any(one.faults for one in found)
    if found:
        rows = [summary(found), "", *rows]
        pages.shown(rows, PAGE, "make hostile", kept=asked.write and not asked.only)
    if asked.fuzz:
        lines, fine = fuzzed(asked.fuzz, asked.seed)
        well = well and fine
        pages.shown(lines, PAGE, "make hostile FUZZ=5000", kept=asked.write and asked.fuzz == 5000)
    making.forget()
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
