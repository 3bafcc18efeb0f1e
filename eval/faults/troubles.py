"""Models that misbehave in the middle of a dub, in our process and in processes of their own, and are then healed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from eval.faults import artefacts, troublesome, walks

DEADLINE = 4.0
"""Seconds that a call may take in a process of its own."""
MEMORY_MB = 3000


class Case(NamedTuple):
    """Who misbehaves, how, and whether in a process of its own."""

    room: str
    trouble: str
    apart: bool


HERE = ("raises", "calls sys.exit", "has no memory", "prints 20 MB", "answers a string", "gives no numbers",
        "gives silence", "gives noise beyond 1")  # fmt: skip
APART = ("raises", "calls sys.exit", "leaves at once", "is killed", "breaks memory", "hangs", "eats memory",
         "prints 20 MB", "prints for ever", "answers a string", "gives no numbers")  # fmt: skip
"""What only a process of its own can contain: leaving, being killed, hanging, eating memory, printing for ever."""

CASES: tuple[Case, ...] = (
    *(Case("speak", trouble, False) for trouble in HERE),
    *(Case("speak", trouble, True) for trouble in APART),
    *(Case(room, "raises", False) for room in ("separate", "transcribe", "diarize", "translate")),
    *(Case(room, "answers a string", False) for room in ("separate", "transcribe", "diarize", "translate")),
    *(Case(room, "leaves at once", True) for room in ("separate", "transcribe", "diarize", "translate")),
)
BY_LINE = ("speak", "translate")
"""Rooms whose failure must name the line, and that keep the lines before it."""


@dataclass(frozen=True)
class Met:
    """What came of a case: how the command ended; of the healed one how it ended, what it made again and got otherwise.

    `kept` are results of the room that were there when it failed, `again` those of them that were made again.
    """

    case: Case
    end: walks.Ended
    kept: int
    healed: int
    again: int
    different: tuple[str, ...]

    @property
    def well(self) -> bool:
        if self.case.trouble in troublesome.GOES_ON:
            return self.end.code == 0 and not self.different
        where = r" at line L\d+" if self.case.room in BY_LINE else ""
        named = re.search(rf"^model 'troubled-{self.case.room}' failed{where}: \S", self.end.said) is not None
        kept = self.kept == troublesome.THIRD - 1 if self.case.room in BY_LINE else self.kept == 0
        return self.end.plain and named and kept and not (self.healed or self.again or self.different)


def met(folder: Path, film: Path, cases: Sequence[Case] = CASES) -> list[Met]:
    """Every case, each in a folder of its own, beside a dub by the same models in health."""
    known = {room: _healthy(folder, film, room) for room in dict.fromkeys(case.room for case in cases)}
    return [_met(folder, film, case, number, known[case.room]) for number, case in enumerate(cases)]


def _healthy(folder: Path, film: Path, room: str) -> dict[str, str]:
    home = folder / f"healthy-{room}"
    end = walks.run(_arguments(film, home, room), _world(folder, room, apart=False))
    if end.code:
        raise RuntimeError(f"the healthy dub ended with {end.code}: {end.stderr}")
    return artefacts.of(home)


def _met(folder: Path, film: Path, case: Case, number: int, known: dict[str, str]) -> Met:
    home = folder / f"case-{number}"
    world, arguments = _world(folder, case.room, apart=case.apart), _arguments(film, home, case.room)
    end = walks.run(arguments, {**world, "TROUBLE": case.trouble})
    before = artefacts.looks(home)
    # A part of a result says how far it got.
    own = {name for name in before if name.startswith(f"work/{case.room}/") and name.endswith(".json")}
    kept = {name for name in own if not name.endswith(".part.json")}
    healed = walks.run(arguments, world)
    again = artefacts.made_again(before, artefacts.looks(home), known)
    return Met(case, end, len(kept), healed.code, len(again), tuple(artefacts.differences(home, known)))


def _arguments(film: Path, home: Path, room: str) -> list[str]:
    more = ("--from", "en", "--cast", "toy", "--model", f"{room}=troubled-{room}")
    return walks.dub_arguments(film, home, *more)


def _world(folder: Path, room: str, *, apart: bool) -> dict[str, str]:
    catalogue = folder / f"{room}-{'apart' if apart else 'here'}.toml"
    limits = f"[troubled-{room}.settings]\ndeadline = {DEADLINE}\nmemory_mb = {MEMORY_MB}\n" if apart else ""
    catalogue.write_text(
        f'[troubled-{room}]\nroom = "{room}"\nadapter = "eval.faults.troublesome:{room.capitalize()}"\n'
        f'licence = "Apache-2.0"\nisolated = {json.dumps(apart)}\n{limits}',
        "utf-8",
    )
    return walks.environment(folder, DUBBENCH_CATALOG=str(catalogue))


def told(found: Sequence[Met]) -> Iterator[str]:
    """The table of cases."""
    yield "| model of | that | exit code | said | kept | made again when healed |"
    yield "|---|---|---|---|---|---|"
    for one in found:
        where = " (process of its own)" if one.case.apart else ""
        said = "–" if one.end.code == 0 else one.end.said.replace("|", "/")[:140]
        yield f"| {one.case.room}{where} | {one.case.trouble} | {one.end.code} | {said} | {one.kept} | {one.again} |"


def wrong(found: Sequence[Met]) -> list[str]:
    return [
        f"{one.case}: {one.end.code} {one.end.stderr[-400:]!r} kept {one.kept} healed {one.healed} again {one.again} "
        f"different {one.different}"
        for one in found
        if not one.well
    ]
