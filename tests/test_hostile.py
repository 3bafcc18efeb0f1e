"""Bad inputs as a table: each gets one clear line or works, soon, and nothing is touched that is not asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.hostile import FAMILIES, making, mutated
from eval.hostile.case import inside, outside

CASES = {f"{family}: {case.name}": case for family, cases in FAMILIES.items() for case in cases}
ON_THE_COMMAND_LINE = (
    "words, named .mp4", "an MP4 cut in half", "subtitles in Latin-1", "dub.json cut in half",
    "/dev/zero as the catalogue", "a speech at /etc/passwd", "a name that clears the screen",
    "a language that is no UTF-8",
)  # fmt: skip
"""One of each family as a person would ask for it, in a process of its own."""


@pytest.fixture(scope="module", autouse=True)
def _made_for_cases() -> Iterator[None]:
    yield
    making.forget()


def test_no_two_inputs_are_one() -> None:
    assert len(CASES) == sum(len(cases) for cases in FAMILIES.values())
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.whole])
def test_a_bad_input_gets_what_the_table_says(name: str, tmp_path: Path) -> None:
    _, faults = inside(CASES[name], tmp_path / "case")
    assert not faults


@pytest.mark.parametrize("name", ON_THE_COMMAND_LINE)
def test_the_command_line_says_it_in_one_line(name: str, tmp_path: Path) -> None:
    case = next(case for case in CASES.values() if case.name == name)
    outcome, faults = outside(case, tmp_path / "case")
    assert not faults
    assert outcome.code == 2


def test_broken_films_are_taken_or_refused_and_crash_nothing() -> None:
    told, findings, _ = mutated.run(range(10_000, 10_000 + 3 * mutated.BATCH))
    assert findings == []
    assert told["taken"] > 0
    assert told["refused"] > 0
