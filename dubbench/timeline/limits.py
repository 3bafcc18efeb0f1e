"""What a dub may do to a line's time. How much it dislikes doing so is `prices`."""

from __future__ import annotations

from dubbench.types import Seconds

FASTEST = 1.25
"""Total speed-up that is still speech: over 1.2 users call it hard to listen to, peers that go further are disliked."""
SLOWEST = 0.85
"""Slower than this no longer counts as a natural pace."""
COMFORTABLE = 1.12
"""Up to here hardly anybody notices."""
EARLIEST: Seconds = 0.3
"""A line starts at most this long before its source line."""
GAP: Seconds = 0.06
"""Silence between two lines that follow each other closely; a stop consonant's closure lasts about as long."""
TOLERANCE = 0.1
"""Share of its slot by which a line may end late and still count as kept."""
EARLIER: Seconds = 1.0
"""And this long where only that keeps the speech within the film."""
STILL = FASTEST - 1
"""Share of its slot by which the picture of a line may last longer: it plays at 0.8 of its speed at the slowest, the
factor by which speech may be hurried. Set by hand: nobody that we know of has asked viewers."""
EXACT: Seconds = 1e-6
"""Times nearer than this are the same: the solver is exact to about a tenth of it."""


def kept(end: Seconds, tempo: float, *, until: Seconds, slot: Seconds) -> bool:
    """Adherence of one line: it ends by `until` and a tenth of its `slot`, at a tempo within [0.85, 1.25] of natural.

    To a millisecond and a thousandth.
    """
    return end <= until + TOLERANCE * slot + 0.001 and SLOWEST - 0.001 <= tempo <= FASTEST + 0.001
