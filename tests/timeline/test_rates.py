"""Paces wished by the source's own: half of what is seen, within what is hardly heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.timeline.rates import FASTEST, SLOWEST, rate, rates
from dubbench.types import Line, Word


def line(name: str, rate: float, speaker: str = "A", letters: int = 30) -> Line:
    return Line(id=name, speaker=speaker, start=10.0, end=10.0 + letters / rate, text="a" * letters)


def test_a_line_faster_than_its_speakers_others_wishes_half_of_that() -> None:
    found = rates([line("1", 15), line("2", 15), line("3", 16.2)])
    assert found == {"1": 1.0, "2": 1.0, "3": pytest.approx((16.2 / 15) ** 0.5, abs=0.001)}


def test_each_speaker_has_a_habit_of_their_own() -> None:
    slow, quick = [line(f"s{i}", 10, "S") for i in range(3)], [line(f"q{i}", 20, "Q") for i in range(3)]
    assert set(rates([*slow, *quick]).values()) == {1.0}


def test_what_is_wished_has_limits() -> None:
    found = rates([line("1", 15), line("2", 15), line("3", 15), line("4", 30), line("5", 4)])
    assert (found["4"], found["5"]) == (FASTEST, SLOWEST)


def test_a_line_too_short_and_a_speaker_of_two_lines_wish_nothing() -> None:
    assert rates([line("1", 15), line("2", 15), line("3", 15), line("4", 40, letters=11)])["4"] == 1.0
    assert rates([line("1", 10), line("2", 20)]) == {"1": 1.0, "2": 1.0}
    assert rate(line("1", 50, letters=12)) is None, "a quarter of a second"


def test_pauses_are_no_slowness() -> None:
    words = (Word(text="aaaaaaaaaaaa", start=0, end=1), Word(text="bbbbbbbbbbbb", start=2.5, end=3.5))
    said = Line(id="1", start=0, end=3.5, text="aaaaaaaaaaaa bbbbbbbbbbbb", words=words)
    assert rate(said) == pytest.approx(12)


@given(st.lists(st.tuples(st.floats(1, 60), st.sampled_from("AB"), st.integers(0, 60)), max_size=12))
def test_every_line_has_a_pace_within_the_limits(said: list[tuple[float, str, int]]) -> None:
    lines = [line(str(i), speed, who, letters) for i, (speed, who, letters) in enumerate(said)]
    found = rates(lines)
    assert list(found) == [x.id for x in lines]
    assert all(SLOWEST <= pace <= FASTEST for pace in found.values())
