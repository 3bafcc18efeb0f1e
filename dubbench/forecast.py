"""What a dub would take, before a second is spent: who plays which part, seconds, memory, bytes to fetch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dubbench import catalog, languages
from dubbench.brought import PERSON
from dubbench.dubbing import prepared
from dubbench.run import Run
from dubbench.stages.base import Stage
from dubbench.types import Noun, Seconds, Source

BASE_MEMORY_MB = 180
"""Python, numpy, scipy and ffmpeg's pipes, without any model."""

UNDERSTANDING = ("separate", "transcribe", "diarize", "faces")
"""Rooms that several languages share."""

# Measured on two cores, films of 9 s to two minutes.
HEARINGS = 2.5
"""How often the ear hears a dub: the mix, the finished film, and some lines alone (1.8 to 3 times were measured)."""
OURS = {"fit": 0.01, "mix": 0.01, "mux": 0.015}
"""Seconds for a second of film; `mux` includes what the report measures on the film."""
START: Seconds = 2.5
"""What a dub takes however short the film: models are loaded, programs started."""


class Part(Noun):
    """One room's share, for one `target` or for all; `seconds` None where the model's speed was never measured."""

    room: str
    model: str
    target: str | None = None
    seconds: Seconds | None
    memory_mb: int | None = None
    fetch_bytes: int = 0


class Forecast(Noun):
    """The plan of one dub, into one language or several."""

    source: Source
    targets: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def seconds(self) -> Seconds:
        return sum(part.seconds or 0.0 for part in self.parts)

    @property
    def memory_mb(self) -> int:
        """Models are kept one beside the other at worst."""
        return BASE_MEMORY_MB + sum(part.memory_mb or 0 for part in self.parts)

    @property
    def fetch_bytes(self) -> int:
        return sum(part.fetch_bytes for part in self.parts)

    def table(self) -> str:
        """The plan for people."""
        into = " and ".join(languages.name(target) for target in self.targets)
        rows = [f"{Path(self.source.path).name}: {self.source.duration:.1f} s into {into}", *map(self._row, self.parts)]
        rows.append(f"  in all about {self.seconds:.0f} s on a laptop, {self.memory_mb} MB of memory at most")
        if self.fetch_bytes:
            rows.append(f"  {self.fetch_bytes / 1e6:.0f} MB would be fetched first")
        return "\n".join(rows)

    def _row(self, part: Part) -> str:
        whose = f"{part.room} {part.target}" if part.target and len(self.targets) > 1 else part.room
        seconds = "not measured" if part.seconds is None else f"about {part.seconds:.0f} s"
        fetch = f"fetch {part.fetch_bytes / 1e6:.0f} MB" if part.fetch_bytes else ""
        return f"  {whose:<12} {part.model:<16} {seconds:<14} {fetch}".rstrip()


def of(source: str | Path, to: str | list[str] | tuple[str, ...], **options: Any) -> Forecast:
    """The forecast of `dubbench.dub(source, to, …)`: the same questions at the door; nothing written or fetched."""
    runs = prepared(source, to, **options)
    parts = [*_understanding(runs[0]), *(part for run in runs for part in _own(run))]
    targets = tuple(run.dub.target_language for run in runs)
    return Forecast(source=runs[0].dub.source, targets=targets, parts=tuple(_once(parts)))


def _understanding(run: Run) -> Iterator[Part]:
    heard = run.dub.made_by.get("transcribe")
    for room, stage in run.stages.items():
        if room in UNDERSTANDING and not (room == "transcribe" and heard and heard.model == PERSON):
            yield _part(run, room, stage)


def _own(run: Run) -> Iterator[Part]:
    """What each language takes for itself, and the listening and writing that no model is named for."""
    target, film, ear = run.dub.target_language, run.dub.source.duration, run.stages["transcribe"]
    for room, stage in run.stages.items():
        if room not in UNDERSTANDING and (room != "watermark" or run.dub.wishes.watermark):
            yield _part(run, room, stage, target=target)
    if ear.speaks(target):
        yield _part(run, "listen", ear, target=target, times=HEARINGS)
    for room, share in OURS.items():
        yield Part(room=room, model="dubbench", target=target, seconds=round(share * film, 1))
    yield Part(room="start", model="all models", target=target, seconds=START)


def _part(run: Run, room: str, stage: Stage, *, target: str | None = None, times: float = 1.0) -> Part:
    """A model's share: `times` as long as it takes for the whole film."""
    entry = catalog.entry(stage.name)
    seconds = None if entry.rtf is None else round(times * entry.rtf * run.dub.source.duration, 1)
    fetch = 0 if not entry.weights or stage.weights.present() else entry.size
    return Part(
        room=room, model=stage.name, target=target, seconds=seconds, memory_mb=entry.memory_mb, fetch_bytes=fetch
    )


def _once(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, with the memory and the weights of a model that plays several only at its first."""
    known: set[str] = set()
    for part in parts:
        yield part.but(memory_mb=None, fetch_bytes=0) if part.model in known else part
        known.add(part.model)
