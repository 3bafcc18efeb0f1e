"""The plan keeps its hard limits for any input, and spends slack where it helps."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dubbench.timeline.fit import EARLIEST, FASTEST, GAP, Piece, plan


@st.composite
def films(draw: st.DrawFn) -> tuple[list[Piece], float]:
    pieces, now = [], draw(st.floats(0, 3))
    for _ in range(draw(st.integers(0, 25))):
        length = draw(st.floats(0.3, 12))
        natural = length * draw(st.floats(0.3, 2.5))
        make = draw(st.sampled_from([Piece.free, Piece.fixed]))
        pieces.append(make(now, now + length, natural))
        now += length + draw(st.floats(0, 3))
    return pieces, now + draw(st.floats(0, 2))


@settings(deadline=None, max_examples=60)
@given(films())
def test_limits_hold_for_any_input(film: tuple[list[Piece], float]) -> None:
    pieces, length = film
    places = plan(pieces, length)
    assert len(places) == len(pieces)
    for before, after in itertools.pairwise(places):
        assert after.start >= before.end + GAP - 1e-9
    for piece, place in zip(pieces, places, strict=True):
        assert place.start >= 0
        assert piece.shortest - 1e-9 <= place.duration <= piece.natural + 1e-9
        assert piece.natural / place.duration <= FASTEST + 1e-9


@settings(deadline=None, max_examples=40)
@given(films())
def test_only_the_end_of_the_film_makes_a_line_start_too_early(film: tuple[list[Piece], float]) -> None:
    pieces, length = film
    for piece, place in zip(pieces, plan(pieces, length + 1000), strict=True):
        assert place.start >= piece.start - EARLIEST - 1e-6


def test_what_fits_keeps_its_time_and_its_natural_pace() -> None:
    pieces = [Piece.free(1.0, 3.0, 1.8), Piece.free(5.0, 7.0, 2.0)]
    assert [(p.start, p.duration) for p in plan(pieces, 10.0)] == [(1.0, 1.8), (5.0, 2.0)]


def test_a_long_line_borrows_silence_before_it_hurries() -> None:
    crowded, roomy = Piece.free(1.0, 3.0, 2.6), Piece.free(4.0, 6.0, 2.0)
    first, second = plan([crowded, roomy], 10.0)
    assert first.start == pytest.approx(1.0 - EARLIEST, abs=0.31)
    assert first.end <= crowded.limit + 1e-6
    assert crowded.natural / first.duration < 1.2
    assert second.start == pytest.approx(4.0)


def test_hurry_is_spread_over_neighbours_instead_of_one_line_rushing() -> None:
    pieces = [Piece.free(0.0, 2.0, 2.5), Piece.free(2.0, 4.0, 2.2), Piece.free(4.0, 6.0, 2.0)]
    paces = [piece.natural / place.duration for piece, place in zip(pieces, plan(pieces, 6.0), strict=True)]
    assert max(paces) <= FASTEST
    assert sum(pace > 1.01 for pace in paces) >= 2


def test_more_speech_than_film_still_has_a_plan_without_overlap() -> None:
    places = plan([Piece.fixed(0.0, 1.0, 5.0), Piece.fixed(1.0, 2.0, 5.0)], 2.0)
    assert places[1].start >= places[0].end


def test_the_last_line_ends_with_the_film_when_it_can() -> None:
    places = plan([Piece.free(2.0, 4.0, 3.0)], 4.2)
    assert places[0].end <= 4.2 + 1e-6


def test_lines_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        plan([Piece.free(5, 6, 1), Piece.free(1, 2, 1)], 10)
