"""What a dub would take, before a second is spent: who plays which part, seconds, memory, bytes to fetch.

Where the lines are worded already it says too how many of them would not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dubbench import casting, catalog, fitting, languages
from dubbench.apart import Apart
from dubbench.brought import PERSON
from dubbench.dubbing import prepared, prepared_again
from dubbench.errors import BadInput
from dubbench.run import Run
from dubbench.stages.base import Stage
from dubbench.timeline.fit import COMFORTABLE, missed, plan
from dubbench.timeline.limits import EXACT
from dubbench.timeline.pieces import Piece, Way
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


class Timing(Noun):
    """How lines that are worded already would fit, as their lengths are estimated: nothing is spoken for it.

    `late` end after their slot and its tolerance, the worst by `latest`; `hurried` are read more than 1.12 times as
    fast as is natural, the worst `fastest` times. The picture would last `slowed` seconds longer.
    """

    target: str
    lines: int
    late: int = 0
    latest: Seconds = 0.0
    hurried: int = 0
    fastest: float = 1.0
    slowed: Seconds = 0.0

    def row(self) -> str:
        late = f"{self.late} would end late (by {self.latest:.1f} s at most)" if self.late else "none would end late"
        hurried = (
            f"{self.hurried} would be hurried ({self.fastest:.2f} times at most)" if self.hurried else "none be hurried"
        )
        slowed = f"; the picture would last {self.slowed:.1f} s longer" if self.slowed else ""
        return f"  {self.target}: of {self.lines} worded lines {late}, {hurried}{slowed}"


class Forecast(Noun):
    """The plan of one dub, into one language or several."""

    source: Source
    targets: tuple[str, ...]
    parts: tuple[Part, ...]
    timings: tuple[Timing, ...] = ()

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
        return "\n".join([*rows, *(timing.row() for timing in self.timings)])

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
    timings = tuple(timing for run in runs if (timing := timing_of(run)) is not None)
    return Forecast(source=runs[0].dub.source, targets=targets, parts=tuple(_once(parts)), timings=timings)


def again(folder: str | Path, **wishes: Any) -> Timing:
    """How the lines of the dub in `folder` would fit after its dub.json was edited. Raises what `redub` does."""
    timing = timing_of(prepared_again(folder, **wishes))
    if timing is None:
        raise BadInput(f"{folder}: lengths are known once every line has a translation and the voices are fetched; "
                       f"run dubbench dub {folder}")  # fmt: skip
    return timing


def timing_of(run: Run) -> Timing | None:
    """How the lines of a walk would fit; None before all are worded, or where its speaker's weights are not here.

    The speaker is loaded, for it is what knows lengths; nothing is written.
    """
    speak: Any = run.stages["speak"]
    worded = run.dub.lines and all(any(map(str.isalnum, line.translation or "")) for line in run.dub.lines)
    if not worded or run.translation is not None or isinstance(speak, Apart) or not speak.weights.present():
        return None
    dub = casting.cast_voices(run.dub, speak, run.voices)
    naturals = [speak.natural(dub, line, line.translation or "", keep=False) for line in dub.lines]
    pieces = [
        Piece(line.start, line.end, (Way.read(natural),), fitting.still(dub, line))
        for line, natural in zip(dub.lines, naturals, strict=True)
    ]
    places = plan(pieces, dub.source.duration)
    late = [over for over in map(missed, pieces, places) if over > 2 * EXACT]
    paces = [natural / place.duration for natural, place in zip(naturals, places, strict=True)]
    hurried = [pace for pace in paces if pace > COMFORTABLE + EXACT]
    return Timing(
        target=dub.target_language, lines=len(pieces), late=len(late), latest=round(max(late, default=0.0), 2),
        hurried=len(hurried), fastest=round(max(hurried, default=1.0), 3), slowed=round(places[-1].added, 2),
    )  # fmt: skip


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
