"""Spans laid together and taken from each other, against halves of seconds, each asked by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dubbench.timeline import spans
from dubbench.timeline.spans import Span

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda x: (x[0] / 2, (x[0] + x[1]) / 2)))
HALVES = [half / 2 + 0.25 for half in range(72)]


def covered(middle: float, among: list[Span]) -> bool:
    return any(start <= middle < end for start, end in among)


@given(SPANS, SPANS)
def test_what_is_left_of_spans_is_what_counting_finds(parts: list[Span], holes: list[Span]) -> None:
    left = spans.without(parts, holes)
    assert left == sorted(left)
    for middle in HALVES:
        assert covered(middle, left) == (covered(middle, parts) and not covered(middle, holes))
    assert sum(b - a for a, b in left) == sum(covered(middle, left) for middle in HALVES) / 2


@given(SPANS, SPANS)
def test_what_two_share_is_what_counting_finds(first: list[Span], second: list[Span]) -> None:
    assert spans.seconds(first) == sum(covered(middle, first) for middle in HALVES) / 2
    both = sum(covered(middle, first) and covered(middle, second) for middle in HALVES) / 2
    assert spans.shared(first, second) == both
