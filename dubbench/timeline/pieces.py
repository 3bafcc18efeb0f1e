"""What is to be placed: a line's slot, and the ways in which it may be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dubbench.timeline.limits import EARLIEST, FASTEST, SLOWEST, TOLERANCE
from dubbench.types import Seconds


@dataclass(frozen=True)
class Way:
    """One way to say a line: the duration wished for, how short and how long it may get, and what it costs.

    `cost` is what the wording loses against the best one, in the unit of `prices`.
    """

    wished: Seconds
    shortest: Seconds
    longest: Seconds
    cost: float = 0.0

    @classmethod
    def read(
        cls, natural: Seconds, *, pace: float = 1.0, cost: float = 0.0, fill: bool = True, rest: Seconds = 0.0
    ) -> Way:
        """Not spoken yet: any pace within the limits, best of all `pace`, a person's wish, which may exceed them.

        `natural` is without the `rest` of its pauses, which last as long at every pace. Without `fill` it is not read
        slower than wished to fill its slot.
        """
        wished = natural / pace
        longest = max(wished, natural / SLOWEST) if fill else wished
        return cls(wished + rest, min(wished, natural / FASTEST) + rest, longest + rest, cost)


@dataclass(frozen=True)
class Piece:
    """One line to be placed: its slot in the source and the ways to say it, the best first.

    `still` is the share of its slot by which the picture may last longer there: 0 unless the user allows it and no
    mouth is known to show.
    """

    start: Seconds
    end: Seconds
    ways: tuple[Way, ...]
    still: float = 0.0

    @classmethod
    def free(cls, start: Seconds, end: Seconds, natural: Seconds) -> Piece:
        """Not spoken yet, in one wording."""
        return cls(start, end, (Way.read(natural),))

    @classmethod
    def fixed(cls, start: Seconds, end: Seconds, duration: Seconds) -> Piece:
        """Already spoken: takes as long as it takes."""
        return cls(start, end, (Way(duration, duration, duration),))

    @property
    def limit(self) -> Seconds:
        """The latest end that still counts as inside the slot."""
        return self.end + TOLERANCE * (self.end - self.start)

    @property
    def shortest(self) -> Seconds:
        """How short it may get in the shortest of its ways."""
        return min(way.shortest for way in self.ways)

    def standing(self) -> Piece:
        """The same, with the picture at its own speed."""
        return replace(self, still=0.0) if self.still else self

    def only(self, way: int) -> Piece:
        """The same, said in one of its ways."""
        return replace(self, ways=(self.ways[way],))


def shown(pieces: Sequence[Piece]) -> list[tuple[Seconds, Seconds]]:
    """Where the picture is a piece's own to slow: its slot, up to where the next one begins."""
    begins = [*(piece.start for piece in pieces), float("inf")][1:]
    return [(piece.start, min(piece.end, begin)) for piece, begin in zip(pieces, begins, strict=True)]


def earliest(pieces: Sequence[Piece], gap: Seconds) -> list[Seconds]:
    """When each piece ends if all are read as short and as early as they may be, on the source's clock."""
    ends, free = [], 0.0
    for piece, (begun, end) in zip(pieces, shown(pieces), strict=True):
        # A slowed picture moves all that follows by as much.
        most = piece.still * (end - begun)
        ends.append(max(piece.start - EARLIEST, free, 0.0) + piece.shortest - most)
        free = ends[-1] + gap
    return ends
