"""What a check has found: clauses that held, clauses that were left out and why, and the one that was broken."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dubbench.errors import Missing
from dubbench.types import Sound


class ContractBroken(AssertionError):
    """An adapter does not keep a clause of its room's contract; `clause` is the sentence it breaks."""

    def __init__(self, model: str, clause: str, detail: str) -> None:
        super().__init__(f"model '{model}' breaks the contract: {clause}; but {detail}")
        self.model, self.clause, self.detail = model, clause, detail


class _LeftOut(Exception):
    """A clause that cannot be checked here."""


@dataclass(frozen=True)
class Clause:
    """One sentence of the contract; `skipped` says why it was not checked, None that it holds."""

    text: str
    skipped: str | None = None


@dataclass
class Report:
    """The clauses in the order they were checked."""

    model: str
    room: str
    clauses: list[Clause] = field(default_factory=list)

    @property
    def held(self) -> tuple[str, ...]:
        return tuple(clause.text for clause in self.clauses if clause.skipped is None)

    @property
    def skipped(self) -> Mapping[str, str]:
        return {clause.text: clause.skipped for clause in self.clauses if clause.skipped is not None}

    @contextlib.contextmanager
    def clause(self, text: str) -> Iterator[None]:
        """Check one clause: `broken` inside breaks it, so does any other error; `left_out` leaves it out.

        Missing goes through as it is: what is not on this machine is no fault of the adapter's.
        """
        try:
            yield
        except _LeftOut as why:
            self.clauses.append(Clause(text, str(why)))
        except (ContractBroken, Missing):
            raise
        except AssertionError as detail:
            raise ContractBroken(self.model, text, str(detail)) from None
        except Exception as error:
            raise ContractBroken(self.model, text, f"it raised {type(error).__name__}: {error}") from error
        else:
            self.clauses.append(Clause(text))

    def leave_out(self, text: str, why: str) -> None:
        """Note a clause that cannot be checked here, and go on."""
        self.clauses.append(Clause(text, why))

    def __str__(self) -> str:
        rows = [f"  {'ok     ' if c.skipped is None else 'skipped'} {c.text}" for c in self.clauses]
        whys = [f" ({c.skipped})" if c.skipped else "" for c in self.clauses]
        return "\n".join([f"{self.model} ({self.room})", *(row + why for row, why in zip(rows, whys, strict=True))])


def broken(detail: str) -> AssertionError:
    """To be raised inside a clause that does not hold."""
    return AssertionError(detail)


def left_out(why: str) -> Exception:
    """To be raised inside a clause that cannot be checked here."""
    return _LeftOut(why)


def same(a: Any, b: Any) -> bool:
    """Whether two results of a verb are equal, sound sample by sample."""
    if isinstance(a, Sound):
        return isinstance(b, Sound) and a.sample_rate == b.sample_rate and np.array_equal(a.samples, b.samples)
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, list | tuple):
        return isinstance(b, list | tuple) and len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def unlike(a: Any, b: Any) -> str:
    """How two results that are not the same differ, for the person who has to find out why."""
    for one, other in zip(_sounds(a), _sounds(b), strict=False):
        if (one.sample_rate, one.samples.shape) != (other.sample_rate, other.samples.shape):
            return f"{one.samples.shape} at {one.sample_rate} Hz, then {other.samples.shape} at {other.sample_rate} Hz"
        apart = np.flatnonzero(np.abs(one.samples - other.samples).max(axis=0))
        if len(apart):
            most = np.abs(one.samples - other.samples).max()
            return f"{len(apart)} of {one.samples.shape[1]} samples, the first {apart[0]}, by {most:.5f} at most"
    return f"{str(a)[:100]}, then {str(b)[:100]}"


def _sounds(given: Any) -> list[Sound]:
    if isinstance(given, Sound):
        return [given]
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return [sound for f in dataclasses.fields(given) for sound in _sounds(getattr(given, f.name))]
    return [sound for one in given for sound in _sounds(one)] if isinstance(given, list | tuple) else []
