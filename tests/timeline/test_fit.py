"""The plan keeps its hard limits for any input, does the best they allow, and spends slack where it helps."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dubbench.timeline.fit import (
    EARLIEST,
    FASTEST,
    GAP,
    SLOWEST,
    Piece,
    Place,
    Way,
    cost,
    keepable,
    missed,
    plan,
)
from dubbench.timeline.limits import EARLIER

CLOSE = 1e-5
"""Sums of costs that a solver exact to 1e-7 a second makes of a few lines."""


@st.composite
def films(draw: st.DrawFn, most: int = 25) -> tuple[list[Piece], float]:
    pieces, now = [], draw(st.floats(0, 3))
    for _ in range(draw(st.integers(0, most))):
        length = draw(st.floats(0.3, 12))
        natural = length * draw(st.floats(0.3, 2.5))
        fixed = draw(st.booleans())
        pieces.append(Piece.fixed(now, now + length, natural) if fixed else worded(draw, now, now + length, natural))
        now += length + draw(st.floats(0, 3))
    return pieces, now + draw(st.floats(0, 2))


def worded(draw: st.DrawFn, start: float, end: float, natural: float) -> Piece:
    shorter = [natural * share for share in draw(st.lists(st.floats(0.5, 0.95), max_size=2))]
    ways = [Way.read(natural), *(Way.read(n, cost=0.1 + 0.3 * (natural - n)) for n in shorter)]
    return Piece(start, end, tuple(ways))


def simple(pieces: list[Piece]) -> list[Piece]:
    return [piece.only(0) for piece in pieces]


@settings(deadline=None, max_examples=80)
@given(films())
def test_limits_hold_for_any_input(film: tuple[list[Piece], float]) -> None:
    pieces, length = film
    places = plan(pieces, length)
    assert len(places) == len(pieces)
    for before, after in itertools.pairwise(places):
        assert after.start >= before.end + GAP - 1e-9
    for piece, place in zip(pieces, places, strict=True):
        way = piece.ways[place.way]
        assert place.start >= max(0.0, piece.start - EARLIER - 1e-6)
        assert way.shortest - 1e-9 <= place.duration <= way.longest + 1e-9
        if way.longest > way.shortest:
            assert SLOWEST - 1e-9 <= way.wished / place.duration <= FASTEST + 1e-9


@settings(deadline=None, max_examples=40)
@given(films())
def test_only_the_end_of_the_film_makes_a_line_start_too_early(film: tuple[list[Piece], float]) -> None:
    pieces, length = film
    for piece, place in zip(pieces, plan(pieces, length + 1000), strict=True):
        assert place.start >= piece.start - EARLIEST - 1e-6


@settings(deadline=None, max_examples=60)
@given(films())
def test_as_many_lines_are_kept_as_the_limits_allow(film: tuple[list[Piece], float]) -> None:
    pieces, length = film
    places = plan(pieces, length)
    for piece, place, may in zip(pieces, places, keepable(pieces), strict=True):
        assert missed(piece, place) <= 2e-6 or not may


@settings(deadline=None, max_examples=60)
@given(films(8), st.integers(0, 8), st.floats(0.01, 4))
def test_more_silence_between_lines_never_makes_the_plan_worse(
    film: tuple[list[Piece], float], where: int, seconds: float
) -> None:
    pieces, length = simple(film[0]), film[1]
    later = [
        replace(p, start=p.start + seconds, end=p.end + seconds) if i >= where else p for i, p in enumerate(pieces)
    ]
    before, after = (
        cost(ps, plan(ps, end), end) for ps, end in ((pieces, length + 100), (later, length + 100 + seconds))
    )
    assert after <= (before[0], before[1] + CLOSE)


@settings(deadline=None, max_examples=40)
@given(films(8), st.floats(0.01, 4))
def test_a_longer_film_never_makes_the_plan_worse(film: tuple[list[Piece], float], seconds: float) -> None:
    pieces, length = simple(film[0]), film[1]
    assert cost(pieces, plan(pieces, length + seconds), length + seconds)[1] <= (
        cost(pieces, plan(pieces, length), length)[1] + CLOSE
    )


@settings(deadline=None, max_examples=40)
@given(films(4))
def test_the_ways_chosen_cost_hardly_more_than_the_best_of_all(film: tuple[list[Piece], float]) -> None:
    pieces, length = film[0], film[1] + 100
    found = cost(pieces, plan(pieces, length), length)
    best = min(
        (tried(pieces, ways, length) for ways in itertools.product(*(range(len(p.ways)) for p in pieces))),
        default=(0, 0.0),
    )
    assert found[0] == best[0]
    assert found[1] <= best[1] * 1.02 + 0.02


def tried(pieces: list[Piece], ways: tuple[int, ...], film: float) -> tuple[int, float]:
    said = [piece.only(way) for piece, way in zip(pieces, ways, strict=True)]
    return cost(said, plan(said, film), film)


def test_no_place_tried_at_random_is_cheaper_than_the_plan_s() -> None:
    pieces = [Piece.free(1.0, 3.0, 2.9), Piece.free(3.2, 4.0, 1.1), Piece.free(4.1, 6.0, 1.2)]
    best = cost(pieces, plan(pieces, 9.0), 9.0)
    grid = [0.05 * i for i in range(-6, 10)]
    for shifts in itertools.product(grid[::3], repeat=3):
        for paces in itertools.product((0.86, 0.95, 1.0, 1.1, 1.2, 1.25), repeat=3):
            other = [Place(p.start + s, p.ways[0].wished / x) for p, s, x in zip(pieces, shifts, paces, strict=True)]
            if all(b.start >= a.end + GAP for a, b in itertools.pairwise(other)):
                assert cost(pieces, other, 9.0) >= (best[0], best[1] - CLOSE)


def test_what_fits_keeps_its_time_and_its_natural_pace() -> None:
    pieces = [Piece.free(1.0, 3.0, 1.9), Piece.free(5.0, 7.0, 2.0)]
    assert [(p.start, p.duration) for p in plan(pieces, 10.0)] == [(1.0, 1.9), (5.0, 2.0)]


def test_a_long_line_borrows_silence_before_it_hurries() -> None:
    crowded, roomy = Piece.free(1.0, 3.0, 2.6), Piece.free(4.0, 6.0, 2.0)
    first, second = plan([crowded, roomy], 10.0)
    assert 1.0 - EARLIEST <= first.start <= 1.0
    assert first.end <= crowded.limit + 1e-6
    assert 2.6 / first.duration < 1.2
    assert second.start == pytest.approx(4.0)


def test_hurry_is_spread_over_neighbours_instead_of_one_line_rushing() -> None:
    naturals = (2.5, 2.2, 2.0)
    pieces = [Piece.free(2.0 * i, 2.0 * i + 2, natural) for i, natural in enumerate(naturals)]
    paces = [natural / place.duration for natural, place in zip(naturals, plan(pieces, 6.0), strict=True)]
    assert max(paces) <= FASTEST
    assert sum(pace > 1.01 for pace in paces) >= 2


def test_a_short_line_fills_its_slot_a_little_and_a_very_short_one_more() -> None:
    little, much = (plan([Piece.free(1.0, 4.0, natural)], 9.0)[0] for natural in (2.5, 1.5))
    assert 2.5 / little.duration == pytest.approx(2.5 / 2.7, abs=0.01)
    assert 1.5 / much.duration == pytest.approx(SLOWEST)


def test_a_shorter_wording_is_taken_where_the_best_would_be_rushed_and_only_there() -> None:
    both = (Way.read(2.9), Way.read(2.4, cost=0.25))
    rushed, easy = Piece(0.5, 2.5, both), Piece(6.0, 8.9, both)
    assert [place.way for place in plan([rushed, easy], 12.0)] == [1, 0]


def test_of_several_wordings_the_longest_that_fits_is_taken() -> None:
    ways = tuple(
        Way.read(4.0 * share, cost=0.1 + 0.3 * 4.0 * (1 - share) if share < 1 else 0) for share in (1, 0.85, 0.6)
    )
    assert plan([Piece(1.0, 3.6, ways)], 9.0)[0].way == 1


def test_a_still_picture_is_slowed_only_where_it_may_be() -> None:
    tight = [Piece.free(1.0, 3.0, 4.0), Piece.free(3.0, 5.0, 2.0)]
    moving = plan(tight, 9.0)
    slowed = plan([replace(tight[0], still=0.5), tight[1]], 9.0)
    assert [place.still for place in moving] == [0.0, 0.0]
    assert 0.2 < slowed[0].still <= 1.0
    assert slowed[1].still == 0.0
    assert 4.0 / slowed[0].duration < 4.0 / moving[0].duration
    assert slowed[1].start == pytest.approx(3.0 + slowed[0].still, abs=0.3)


def test_what_cannot_fit_is_told_in_seconds() -> None:
    piece = Piece.free(1.0, 2.0, 3.0)
    place = plan([piece], 9.0)[0]
    # Where it is late either way it starts on time, and is not rushed beyond 1.2.
    assert missed(piece, place) == pytest.approx(1.0 + 3.0 / 1.2 - 2.1, abs=1e-5)


def test_more_speech_than_film_still_has_a_plan_without_overlap() -> None:
    places = plan([Piece.fixed(0.0, 1.0, 5.0), Piece.fixed(1.0, 2.0, 5.0)], 2.0)
    assert places[1].start >= places[0].end


def test_the_last_line_ends_with_the_film_when_it_can() -> None:
    places = plan([Piece.free(2.0, 4.0, 3.0)], 4.2)
    assert places[0].end <= 4.2 + 1e-6


def test_lines_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        plan([Piece.free(5, 6, 1), Piece.free(1, 2, 1)], 10)
