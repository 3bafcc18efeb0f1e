"""What the plan of a video dislikes, and how much: one number a second, in a unit that is one second of overrun.

Within the limits nothing is forbidden and everything costs. The order of the prices follows what is known of viewers;
the sizes were set by hand so that the trade-offs below come out, and `make fit` shows what they lead to.

- Out of sync is the second complaint of users, dead air the tenth, speech too fast the first ("over 1.2x is hard to
  listen to"): so a second of late start is dearer than a second of hurry, until the hurry is great.
- Sound ahead of the picture is noticed sooner (45 ms) than sound behind it (125 ms): ITU-R BT.1359. So early is twice
  as dear as late.
- Lines whose pace lies within −10 % … +20 % of natural are what dubbers aim at (Descript); dubbers of films keep the
  natural pace before they keep the mouth's time (Brannon, Virkar, Thompson, "Dubbing in Practice", arXiv 2212.12137).
  So hurry is cheap up to 1.12, three times as dear up to 1.2, and dearer than another wording beyond.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    """Costs per second; where there are several, (from where on, what is added there to the price)."""

    late: float = 0.6
    """A line starts after its source line: the lips move and nobody speaks."""
    early: float = 1.2
    overrun: float = 1.0
    """It ends after its limit; only lines that cannot be kept do."""
    over_pause: float = 0.15
    """It sounds on into the pause after its source line, where the lips are still."""
    idle: tuple[tuple[float, float], ...] = ((0.1, 0.3), (0.3, 0.3))
    """By share of the slot: it is over and the lips still move."""
    hurry: tuple[tuple[float, float], ...] = ((1.0, 0.25), (1.12, 0.5), (1.2, 0.75))
    """By pace: it is read shorter than this takes."""
    slow: tuple[tuple[float, float], ...] = ((1.0, 0.2), (0.92, 0.3))
    """By pace: it is read longer than this takes. Filling a slot pays down to 0.92, a slot half empty down to 0.85."""
    still: float = 1.0
    """The picture is slowed: dearer than a hurry up to 1.2, cheaper than a greater one, which nobody likes."""
    too_early: float = 20.0
    """More than 0.3 s early, where only that keeps the speech within the film."""
    beyond: float = 400.0
    """It sounds on after the film."""

    wording: float = 0.1
    """Another wording than the best, each time."""
    lost: float = 0.3
    """And for each second by which it is shorter at the same pace: what is not there was not said."""
    unpaused: float = 0.2
    """For each second of the speaker's own pauses that a line is read without."""


PRICES = Prices()
