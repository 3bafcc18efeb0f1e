"""How dubbing tools fit lines to their slots: what ours does, and what others do, named after what it does.

Each strategy is given the same lines and says where every line lies, how fast it is played and what of it is cut. The
others follow what was read in public tools' code (2026-11); where a tool has more rules, its main one is here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dubbench.timeline import ways
from dubbench.timeline.fit import Piece, plan
from dubbench.timeline.limits import STILL
from dubbench.types import Seconds


@dataclass(frozen=True)
class Slots:
    """Lines in order and the film's length; natural durations of each line's wordings, the best first.

    `measured` are those that the default translator has, `assumed` those of somebody who can always say it shorter.
    """

    name: str
    film: Seconds
    slots: tuple[tuple[Seconds, Seconds], ...]
    measured: tuple[tuple[Seconds, ...], ...]
    assumed: tuple[tuple[Seconds, ...], ...]

    @property
    def best(self) -> tuple[Seconds, ...]:
        return tuple(naturals[0] for naturals in self.measured)


@dataclass(frozen=True)
class Played:
    """A line as it is heard: from `start` for `duration`, `speed` times natural, its last `cut` seconds missing.

    `slowed` seconds of picture were added over its slot.
    """

    start: Seconds
    duration: Seconds
    speed: float
    cut: Seconds = 0.0
    slowed: Seconds = 0.0

    @property
    def end(self) -> Seconds:
        return self.start + self.duration


Strategy = Callable[[Slots], list[Played]]


def _room(case: Slots, i: int) -> Seconds:
    """From a line's start to the next one's: the slot and the silence after it."""
    following = case.slots[i + 1][0] if i + 1 < len(case.slots) else case.film
    return max(following - case.slots[i][0], 1e-3)


def capped_then_overlap(cap: float) -> Strategy:
    """As fast as the room wants, up to `cap`; what is too long sounds over the next line."""

    def fit(case: Slots) -> list[Played]:
        played = []
        for i, (start, _) in enumerate(case.slots):
            natural = case.best[i]
            speed = min(max(natural / _room(case, i), 1.0), cap)
            played.append(Played(start, natural / speed, speed))
        return played

    return fit


def capped_then_trimmed(cap: float, slowest: float = 1.0) -> Strategy:
    """As fast as the room wants, within [`slowest`, `cap`]; what is too long is cut off."""

    def fit(case: Slots) -> list[Played]:
        return [_trimmed(case, i, case.best[i], cap, slowest) for i in range(len(case.slots))]

    return fit


def _trimmed(case: Slots, i: int, natural: Seconds, cap: float, slowest: float) -> Played:
    start, end = case.slots[i]
    room = _room(case, i)
    wanted = natural / room if natural > room else min(1.0, natural / (end - start))
    speed = min(max(wanted, slowest), cap)
    duration = min(natural / speed, room)
    return Played(start, duration, speed, cut=natural / speed - duration)


def exact_slot(case: Slots) -> list[Played]:
    """Exactly as long as the source line, however fast or slow that is."""
    return [
        Played(start, end - start, natural / (end - start))
        for (start, end), natural in zip(case.slots, case.best, strict=True)
    ]


def half_voice_half_picture(case: Slots) -> list[Played]:
    """What is too long is halved: one half hurries the voice, the other slows the picture."""
    played, added = [], 0.0
    for i, (start, _) in enumerate(case.slots):
        natural = case.best[i]
        excess = max(0.0, natural - _room(case, i))
        duration = natural - excess / 2
        played.append(Played(start + added, duration, natural / duration, slowed=excess / 2))
        added += excess / 2
    return played


def rewritten_then_trimmed(cap: float, slowest: float) -> Strategy:
    """The first wording that fits its slot at natural pace, else the shortest; then as fast as `cap`, then cut."""

    def fit(case: Slots) -> list[Played]:
        played = []
        for i, (start, end) in enumerate(case.slots):
            fits = [natural for natural in case.assumed[i] if natural <= end - start]
            played.append(_trimmed(case, i, fits[0] if fits else min(case.assumed[i]), cap, slowest))
        return played

    return fit


def ours(wordings: Callable[[Slots], Sequence[Sequence[Seconds]]], *, still: float = 0.0) -> Strategy:
    """`timeline.fit` with the `wordings` of a case; the picture slowed by up to `still`."""

    def fit(case: Slots) -> list[Played]:
        said = wordings(case)
        pieces = [Piece(*slot, ways.worded(naturals), still) for slot, naturals in zip(case.slots, said, strict=True)]
        return [
            Played(place.start, place.duration, naturals[place.way] / place.duration, slowed=place.still)
            for place, naturals in zip(plan(pieces, case.film), said, strict=True)
        ]

    return fit


def one(case: Slots) -> list[tuple[Seconds]]:
    """The best wording of each line and no other."""
    return [(natural,) for natural in case.best]


STRATEGIES: dict[str, Strategy] = {
    "cap 1.3x, then overlap": capped_then_overlap(1.3),
    "cap 1.5x, then trim": capped_then_trimmed(1.5, 0.82),
    "cap 2.5x, then trim": capped_then_trimmed(2.5),
    "exact slot, no cap": exact_slot,
    "half voice, half picture": half_voice_half_picture,
    "rewrite (assumed wordings), then cap 1.5x and trim": rewritten_then_trimmed(1.5, 0.82),
    "ours, one wording": ours(one),
    "ours, one wording, slower picture": ours(one, still=STILL),
    "ours, measured wordings": ours(lambda case: case.measured),
    "ours, measured wordings, slower picture": ours(lambda case: case.measured, still=STILL),
    "ours, assumed wordings": ours(lambda case: case.assumed),
}

__all__ = ["STRATEGIES", "Played", "Slots"]
