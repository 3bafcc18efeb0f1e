"""Turns and lines as people wrote them down: read from RTTM and STM, refused where they cannot be, written again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.bench import references
from dubbench.errors import BadInput
from dubbench.types import Line, Turn

RTTM = """;; a comment
SPKR-INFO call 1 <NA> <NA> <NA> unknown bea <NA> <NA>

SPEAKER call 1 2.500 1.250 <NA> <NA> bea <NA> <NA>
SPEAKER call 1 0.500 2.100 <NA> <NA> ann <NA> <NA>
"""
STM = """;; a comment
call 1 bea 2.50 3.75 <o,f0,female> Me?  Never.
call 1 ann 0.50 2.60 Who said <that>?
"""


def test_turns_come_in_order_of_start(tmp_path: Path) -> None:
    (tmp_path / "call.rttm").write_text(RTTM, "utf-8")
    assert references.read_turns(tmp_path / "call.rttm", duration=3.75) == (
        Turn(speaker="ann", start=0.5, end=2.6),
        Turn(speaker="bea", start=2.5, end=3.75),
    )


def test_lines_come_in_order_of_start_without_their_labels(tmp_path: Path) -> None:
    (tmp_path / "call.stm").write_text(STM, "utf-8")
    found = references.read_lines(tmp_path / "call.stm", duration=3.75)
    assert [(one.id, one.speaker, one.start, one.end, one.text) for one in found] == [
        ("1", "ann", 0.5, 2.6, "Who said <that>?"),
        ("2", "bea", 2.5, 3.75, "Me?  Never."),
    ]
    assert references.words(found[::-1]) == "Who said <that>? Me? Never."


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("SPEAKER call 1 0.5", r"x\.rttm, line 1: 'SPEAKER call 1 0\.5' is malformed; write SPEAKER file"),
        ("SPEAKER call 1 soon 2 <NA> <NA> ann", r"line 1: 'soon' is no time"),
        ("SPEAKER call 1 nan 2 <NA> <NA> ann", r"line 1: 'nan' is no time"),
        ("SPEAKER call 1 1.0 -0.5 <NA> <NA> ann", r"line 1: it ends at 0\.5 s, not after its start at 1 s"),
        ("SPEAKER call 1 -1.0 2 <NA> <NA> ann", r"line 1: -1 to 1 s lies outside of the sound"),
        ("SPEAKER call 1 9.0 1.02 <NA> <NA> ann", r"9 to 10\.02 s lies outside of the sound, which ends at 10 s"),
        ("SPKR-INFO call 1", r"x\.rttm names nobody who speaks"),
        ("", r"x\.rttm names nobody who speaks"),
    ],
)
def test_turns_that_cannot_be_are_refused_with_their_place(row: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        references.turns(row, "x.rttm", duration=10.0)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("call 1 ann 0.5 1.0", r"x\.stm, line 1: 'call 1 ann 0\.5 1\.0' is malformed; write file channel speaker"),
        ("call 1 ann 0.5 1.0 <o,f0,male>", r"line 1: .* is malformed"),
        ("call 1 ann 2 1 Hello.", r"line 1: it ends at 1 s, not after its start at 2 s"),
        ("call 1 ann 9 11 Hello.", r"outside of the sound"),
        ("call 1 ann 0 inf Hello.", r"'inf' is no time"),
    ],
)
def test_lines_that_cannot_be_are_refused_with_their_place(row: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        references.lines(row, "x.stm", duration=10.0)


def test_a_time_rounded_past_the_end_is_taken() -> None:
    (turn,) = references.turns("SPEAKER call 1 9.0 1.01 <NA> <NA> ann", "x", duration=10.0)
    assert turn.end == 10.01


def test_files_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"call\.stm cannot be read: No such file"):
        references.read_lines(tmp_path / "call.stm")
    (tmp_path / "call.rttm").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match=r"call\.rttm is no text in UTF-8"):
        references.read_turns(tmp_path / "call.rttm")


def test_a_name_with_a_space_is_not_written() -> None:
    with pytest.raises(BadInput, match="'Ann Lee' cannot stand in RTTM"):
        references.rttm([Turn(speaker="Ann Lee", start=0, end=1)], "call")
    with pytest.raises(BadInput, match="'a call' cannot stand"):
        references.stm([Line(id="1", speaker="ann", start=0, end=1, text="Yes.")], "a call")


@st.composite
def times(draw: st.DrawFn) -> tuple[float, float]:
    """Whole milliseconds within an hour."""
    start = draw(st.integers(0, 3_599_000))
    return start / 1000, draw(st.integers(start + 1, 3_600_000)) / 1000


NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)


@given(st.lists(st.tuples(NAMES, times()), min_size=1, max_size=8))
def test_turns_that_were_written_are_read_again(given: list[tuple[str, tuple[float, float]]]) -> None:
    made = [Turn(speaker=who, start=start, end=end) for who, (start, end) in given]
    found = references.turns(references.rttm(made, "call"), "call", duration=3600)
    assert list(found) == sorted(made, key=lambda one: (one.start, one.end, one.speaker))


@given(st.lists(st.tuples(NAMES, times(), st.lists(NAMES, min_size=1, max_size=4)), min_size=1, max_size=8))
def test_lines_that_were_written_are_read_again(
    given: list[tuple[str, tuple[float, float], list[str]]],
) -> None:
    made = [
        Line(id=str(at), speaker=who, start=start, end=end, text=" ".join(said))
        for at, (who, (start, end), said) in enumerate(given)
    ]
    found = references.lines(references.stm(made, "call"), "call", duration=3600)
    told = [(one.start, one.end, one.speaker, one.text) for one in made]
    assert sorted((one.start, one.end, one.speaker, one.text) for one in found) == sorted(told)
    assert [one.id for one in found] == [str(at) for at in range(1, len(made) + 1)]
