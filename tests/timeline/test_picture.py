"""The picture map: what a plan asks of the picture, and that both clocks agree everywhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dubbench.timeline import picture
from dubbench.timeline.fit import Piece, keepable, missed, picture_of, plan
from dubbench.timeline.limits import FASTEST, STILL
from dubbench.timeline.picture import Stretch, on_film

SHORT = 2e-4
"""Knots are rounded to a tenth of a millisecond."""


@st.composite
def films(draw: st.DrawFn) -> list[Piece]:
    """Lines that may touch or overlap, some of whose pictures may be slowed, many of them too long."""
    at, pieces = 0.0, []
    for _ in range(draw(st.integers(1, 8))):
        slot = draw(st.floats(0.3, 4.0))
        natural = slot * draw(st.floats(0.5, 2.5))
        still = draw(st.sampled_from([0.0, STILL, STILL]))
        pieces.append(replace(Piece.free(at, at + slot, natural), still=still))
        at = max(at, at + slot + draw(st.floats(-0.5, 2.0)))
    return pieces


@settings(deadline=None)
@given(films())
def test_the_map_of_a_plan_goes_on_without_leaps_and_leaves_the_rest_alone(pieces: list[Piece]) -> None:
    film = pieces[-1].end + 1.0
    places = plan(pieces, film)
    knots = picture_of(pieces, places)
    back = tuple((seen, time) for time, seen in knots)
    times = [film * i / 200 for i in range(201)]
    shown = [on_film(knots, time) for time in times]
    for (a, seen_a), (b, seen_b) in pairwise(zip(times, shown, strict=True)):
        assert b - a - SHORT <= seen_b - seen_a <= (1 + STILL) * (b - a) + SHORT
    assert [on_film(back, seen) for seen in shown] == pytest.approx(times, abs=1e-9)
    assert shown[-1] - film == pytest.approx(sum(place.still for place in places), abs=SHORT * len(pieces))
    slowed = picture.stretches(knots)
    for a, b in pairwise(times):
        if not any(x.start < b and a < x.end for x in slowed):
            assert on_film(knots, b) - on_film(knots, a) == pytest.approx(b - a, abs=1e-9)
    for stretch in slowed:
        assert stretch.speed >= 1 / (1 + STILL) - 0.001
        assert any(p.still and p.start - SHORT <= stretch.start and stretch.end <= p.end + SHORT for p in pieces)


@settings(deadline=None)
@given(films())
def test_with_the_picture_free_no_fewer_lines_are_kept_and_each_place_is_true_on_the_film_s_clock(
    pieces: list[Piece],
) -> None:
    places = plan(pieces, pieces[-1].end + 60.0)
    standing = [piece.standing() for piece in pieces]
    kept = [missed(piece, place) < 1e-4 for piece, place in zip(pieces, places, strict=True)]
    assert sum(kept) >= sum(keepable(standing))
    knots = picture_of(pieces, places)
    for a, b in pairwise(places):
        assert b.start >= a.end
    for piece, place in zip(pieces, places, strict=True):
        assert place.start - on_film(knots, piece.start) >= -0.3 - SHORT * len(pieces) or place.start < 1e-6
        if missed(piece, place) < 1e-4:
            tenth = 0.1 * (piece.end - piece.start)
            assert place.end <= on_film(knots, piece.end) + tenth + SHORT * len(pieces)


def test_where_all_fits_the_picture_keeps_its_speed_however_much_hurry_that_takes() -> None:
    brisk = [replace(Piece.free(1.0, 3.0, 2.2 * FASTEST), still=STILL), replace(Piece.free(4.0, 6.0, 2.0), still=STILL)]
    assert picture_of(brisk, plan(brisk, 9.0)) == ()
    long = [replace(Piece.free(1.0, 3.0, 3.5), still=STILL), brisk[1]]
    places = plan(long, 9.0)
    assert missed(long[0], places[0]) < 1e-5
    assert [place.still > 0 for place in places] == [True, False]


def test_a_map_is_read_between_before_and_after_its_knots() -> None:
    knots = picture.of([Stretch(1.0, 3.0, 0.5), Stretch(3.0, 4.0, 0.25), Stretch(6.0, 6.5, 0.0)])
    assert knots == ((1.0, 1.0), (3.0, 3.5), (4.0, 4.75))
    times = {0.5: 0.5, 1.0: 1.0, 2.0: 2.25, 3.0: 3.5, 3.5: 4.125, 4.0: 4.75, 9.0: 9.75}
    assert {time: on_film(knots, time) for time in times} == pytest.approx(times)
    assert picture.stretches(knots) == [Stretch(1.0, 3.0, 0.5), Stretch(3.0, 4.0, 0.25)]
    assert picture.stretches(()) == []
    assert on_film((), 2.0) == 2.0
