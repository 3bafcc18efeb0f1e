"""What a dub would take, before a second is spent: who plays which part, seconds, memory, bytes to fetch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dubbench import catalog, languages, media
from dubbench.dubbing import stages_for
from dubbench.errors import BadInput
from dubbench.types import Noun, Seconds, Source, Wishes

BASE_MEMORY_MB = 180
"""Python, numpy, scipy and ffmpeg's pipes, without any model."""


class Part(Noun):
    """One room's share: `seconds` None where the model's speed was never measured."""

    room: str
    model: str
    seconds: Seconds | None
    memory_mb: int | None
    fetch_bytes: int


class Forecast(Noun):
    """The plan of one dub."""

    source: Source
    target: str
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
        head = f"{Path(self.source.path).name}: {self.source.duration:.1f} s into {languages.name(self.target)}"
        rows = [head]
        for part in self.parts:
            seconds = "not measured" if part.seconds is None else f"about {part.seconds:.0f} s"
            fetch = f"fetch {part.fetch_bytes / 1e6:.0f} MB" if part.fetch_bytes else ""
            rows.append(f"  {part.room:<11} {part.model:<16} {seconds:<14} {fetch}".rstrip())
        rows.append(f"  in all about {self.seconds:.0f} s on a laptop, {self.memory_mb} MB of memory at most")
        if self.fetch_bytes:
            rows.append(f"  {self.fetch_bytes / 1e6:.0f} MB would be fetched first")
        return "\n".join(rows)


def of(source: str | Path, to: str, *, source_language: str | None = None, **options: Any) -> Forecast:
    """The forecast of `dubbench.dub(source, to, …)`: the same questions at the door; nothing written or fetched."""
    target = languages.normalise(to)
    film = media.probe(Path(source))
    spoken = languages.normalise(source_language) if source_language else None
    if spoken == target:
        raise BadInput(f"the film already speaks {languages.name(target)}; choose another language with --to")
    wishes = Wishes(
        cast=options.get("cast", "default"),
        models=options.get("models") or {},
        lipsync=bool(options.get("lipsync")),
        watermark=bool(options.get("watermark", True)),
    )
    stages = stages_for(wishes, spoken, target)
    known = catalog.entries()
    parts = []
    for room, stage in stages.items():
        if room == "watermark" and not wishes.watermark:
            continue
        entry = known[stage.name]
        fetch = 0 if not entry.weights or stage.weights.present() else entry.size
        seconds = None if entry.rtf is None else round(entry.rtf * film.duration, 1)
        parts.append(Part(room=room, model=stage.name, seconds=seconds, memory_mb=entry.memory_mb, fetch_bytes=fetch))
    return Forecast(source=film, target=target, parts=tuple(parts))
