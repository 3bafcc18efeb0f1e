"""Whether lines keep their time, by cases that can be counted on fingers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench import metrics
from dubbench.errors import BadInput

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda x: (x[0] / 2, (x[0] + x[1]) / 2)))


@pytest.mark.parametrize(
    ("end", "tempo", "cut", "kept"),
    [
        (3.1, 1.25, 0.0, 1), (3.11, 1.0, 0.0, 0), (3.0, 1.26, 0.0, 0), (3.0, 0.85, 0.0, 1), (3.0, 0.84, 0.0, 0),
        (3.0, 1.0, 0.1, 0),
    ],
)  # fmt: skip
def test_a_line_keeps_its_slot_within_a_tenth_at_a_human_pace_and_whole(
    end: float, tempo: float, cut: float, kept: float
) -> None:
    assert metrics.adherence((2.0, 3.0), end, tempo, cut=cut).value == kept


def test_dead_air_and_what_both_speak() -> None:
    source, dub = [(0.0, 4.0), (6.0, 8.0)], [(1.0, 5.0)]
    assert metrics.dead_air(source, dub).value == pytest.approx(3 / 6)
    assert metrics.voiced_iou(source, dub).value == pytest.approx(3 / 7)


@given(SPANS, SPANS)
def test_speech_is_as_like_another_as_that_is_like_it(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    first, second = metrics.voiced_iou(one, other), metrics.voiced_iou(other, one)
    assert first.counts == second.counts
    assert 0 <= first.counts["both"] <= first.counts["either"]
    if one:
        assert metrics.voiced_iou(one, one).value == 1
        assert metrics.dead_air(one, one).value == 0


def test_two_lines_at_once_are_counted_by_the_minute() -> None:
    assert metrics.overlap([(0.0, 2.0), (1.5, 3.0), (5.0, 6.0)], 30.0).value == pytest.approx(1.0)
    assert metrics.overlap([], 30.0).value == 0


def test_pieces_between_pauses_are_compared_in_length() -> None:
    assert metrics.speech_overlap([1.0, 2.0], [2.0, 2.0]).value == pytest.approx(0.75)
    assert metrics.speech_overlap([1.0, 2.0], [3.0]).value == 0
    with pytest.raises(BadInput, match="of 0 pieces"):
        metrics.speech_overlap([], [1.0])


def test_starts_are_off_by_seconds_in_either_direction() -> None:
    total = metrics.start_offset(1.0, 1.2) + metrics.start_offset(5.0, 4.6)
    assert total.value == pytest.approx(0.3)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadInput, match="from 2 to 1 s"):
        metrics.dead_air([(2.0, 1.0)], [])
    with pytest.raises(BadInput, match="from -1 to 1 s"):
        metrics.overlap([(-1.0, 1.0)], 2.0)
