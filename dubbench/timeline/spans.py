"""Spans of time, (start, end) in seconds: laid together, taken from each other, and how long they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import TypeAlias

from dubbench.types import Seconds

Span: TypeAlias = tuple[Seconds, Seconds]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The parts of `spans` outside all `holes`, in order, each second once."""
    gone = merged(holes)
    ends = [last for _, last in gone]
    return [part for span in merged(spans) for part in _left(span, gone[bisect_right(ends, span[0]) :])]


def _left(span: Span, gone: Sequence[Span]) -> Iterable[Span]:
    """What is left of one span; `gone` are holes in order."""
    start, end = span
    for first, last in takewhile(lambda hole: hole[0] < end, gone):
        if start < first:
            yield start, first
        start = last
    if start < end:
        yield start, end


def seconds(spans: Iterable[Span]) -> Seconds:
    """How long spans are in all, each second once."""
    return sum(end - start for start, end in merged(spans))


def overlap(spans: Sequence[Span]) -> Seconds:
    """How long spans are beyond the time that they take up: 0 where no two of them lie in one second."""
    return sum(end - start for start, end in spans) - seconds(spans)


def shared(first: Iterable[Span], second: Iterable[Span]) -> Seconds:
    """Seconds that lie in both."""
    first = merged(first)
    return seconds(first) - seconds(without(first, second))


__all__ = ["Span", "merged", "overlap", "seconds", "shared", "without"]
