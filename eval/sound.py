"""`make sound`: the sound of a dub, before and after what was done to it; the tables of docs/sound.md.

    python eval/sound.py [--write] [--before TREE] [FILE ...]

TREE: a checkout of an older library whose bed stands beside this one's (without it: this one's own). FILE: a sound to
use as a bed. Beds are measured in `eval/beds.py`; here made rooms are found again, and clips are dubbed: how loud their
lines are beside their originals, how far their colours are apart, their edges, words misheard, seconds.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import matching, media, mix, rooms
from dubbench.mix import acoustics, bed, levels
from dubbench.mix.meter import metered
from dubbench.types import Dub, Line, Samples
from eval import beds, judged, pages
from examples import clips

RATE = beds.RATE
TREE = Path(__file__).resolve().parent.parent
ROOMS = tuple((rt60, below) for rt60 in (0.3, 0.6, 1.0) for below in (3.0, 9.0))
"""Seconds, and decibels below the direct sound."""
LINES = (
    "clip", "lines", "what", "energy follows", "lines within LU", "speakers within LU", "sharpest edge dB",
    "colour apart dB", "room s", "words misheard",
)  # fmt: skip


class Way(NamedTuple):
    """One way to mix a dub: the sound of each line, and what it is raised by."""

    name: str
    voices: list[matching.Matched]
    raised: list[float]


# --- rooms that were made -------------------------------------------------------------------------------------------


def dry() -> Iterator[tuple[str, Samples]]:
    """Voices that were recorded close by, and one over loudspeakers: (name, (n,))."""
    for name, files in (
        ("novel", clips.NOVEL),
        ("phone", (clips.PHONE,)),
        ("Spanish", clips.SPANISH[:2]),
        ("Kennedy", (clips.KENNEDY,)),
    ):
        parts = [media.read(clips.folder(*files) / x.name, sample_rate=RATE, channels=1).samples[0] for x in files]
        yield name, np.concatenate(parts)


def hall(rt60: float, below_db: float) -> Samples:
    """A room's response that is none of the library's: white noise that fades, 4 ms after the direct sound."""
    clock = np.arange(round(1.2 * rt60 * RATE)) / RATE
    tail = np.random.default_rng(0).standard_normal(len(clock)) * 10 ** (-3 * clock / rt60)
    tail[: round(0.004 * RATE)] = 0
    tail *= np.sqrt(10 ** (-below_db / 10) / np.square(tail).sum())
    tail[0] = 1
    return tail.astype(np.float32)


def takes(dub: Dub) -> Samples:
    """A dub's own voice, (n,)."""
    speech = [media.read(dub.open(x.speech), sample_rate=RATE, channels=1).samples[0] for x in dub.lines if x.speech]
    return np.concatenate(speech)


def halls(voices: Sequence[tuple[str, Samples]]) -> Iterator[list[str]]:
    """What is found of each voice in each room: seconds and decibels, or nothing."""
    for name, voice in voices:
        cells = [acoustics.decay([voice])]
        cells += [acoustics.decay([acoustics.heard(voice[None], hall(*room))[0]]) for room in ROOMS]
        yield [name, *("none" if x is None else f"{x.rt60:.2f} s, {x.below_db:.0f} dB" for x in cells)]


# --- clips that are dubbed ------------------------------------------------------------------------------------------


def click(whole: Samples, start: float, end: float) -> float:
    """How far the sharpest bend within 10 ms of a line's ends exceeds the sharpest of the line itself, in dB."""
    bend = np.abs(np.diff(whole.mean(axis=0), 2))
    first, last, near = round(start * RATE), round(end * RATE), RATE // 100
    edges = max(bend[max(0, at - near) : at + near].max(initial=0) for at in (first, last))
    return float(20 * np.log10(max(edges, 1e-9) / max(bend[first + near : last - near].max(initial=0), 1e-9)))


def loud(samples: Samples) -> float:
    """The level of the loud tenth of frames of 50 ms, in dB: not what lines are set by."""
    n = RATE // 20
    frames = samples.mean(axis=0)[: samples.shape[1] // n * n].reshape(-1, n)
    return float(10 * np.log10(np.percentile(np.square(frames).mean(axis=1), 90) + 1e-12))


def ways(dub: Dub, lines: Sequence[Line]) -> list[Way]:
    dry = [matching.Matched(dub.open(x.speech), 0.0) for x in lines if x.speech]
    own = levels.raised(rooms.spoken(dub))
    ups = [up for up, x in zip(own, dub.lines, strict=True) if x.speech]
    return [Way("before", dry, [0.0] * len(dry)), Way("now", matching.matched(dub), ups)]


def colours(dub: Dub, lines: Sequence[Line], voices: Sequence[matching.Matched]) -> float:
    """How far the dub's voices are from their originals', the mean over speakers, in dB."""
    apart = []
    for who in {x.speaker for x in lines}:
        own = [i for i, x in enumerate(lines) if x.speaker == who]
        said = matching.heard(dub, dub.tracks.speech, [lines[i] for i in own])
        made = (media.read(voices[i].path, sample_rate=RATE, channels=1).samples[0] for i in own)
        apart.append(acoustics.distance(acoustics.levels(said), acoustics.levels(made)))
    return float(np.mean(apart))


def dubbed(name: str, dub: Dub, folder: Path, ear: Any) -> Iterator[list[str]]:
    """A row for each way to mix a dub."""
    lines = [x for x in dub.lines if x.speech]
    assert dub.tracks.original is not None
    floor, made = folder / "floor.wav", folder / "mix.wav"
    bed.build(dub, bed.spoken(*([(x.start, x.end) for x in parts] for parts in (dub.turns, dub.lines))), floor)
    film = media.read(dub.open(dub.tracks.original)).samples
    said = [loud(film[:, round(x.start * RATE) : round(x.end * RATE)]) for x in lines]
    for way in ways(dub, lines):
        placed = [
            mix.Speech(x.placed_start or 0.0, voice.path, voice.ringing, up)
            for x, voice, up in zip(lines, way.voices, way.raised, strict=True)
        ]
        level = rooms.speech_lufs(dub)
        mix.mix(None, placed, dub.source.duration, made, speech_lufs=level)
        alone = media.read(made).samples
        ends = [
            (x.placed_start or 0.0, (x.placed_start or 0.0) + (x.speech.duration if x.speech else 0)) for x in lines
        ]
        parts = [alone[:, round(a * RATE) : round(b * RATE)] for a, b in ends]
        lufs = [metered([part], peaks=False).loudness.lufs for part in parts]
        own = [
            metered([p for p, x in zip(parts, lines, strict=True) if x.speaker == who], peaks=False).loudness.lufs
            for who in {x.speaker for x in lines}
        ]
        mix.mix(floor, placed, dub.source.duration, made, speech_lufs=level)
        whole = media.read(made).samples
        heard = [loud(whole[:, round(a * RATE) : round(b * RATE)]) for a, b in ends]
        errors = judged.errors(dub, judged.hearing(made, ear, dub.target_language))
        places = {x.speaker: matching.place(dub, [y for y in lines if y.speaker == x.speaker]) for x in lines}
        rings = [f"{p.ring.rt60:.2f}" if p and p.ring else "dry" for p in places.values()]
        yield [
            name, str(len(lines)), way.name, f"{np.corrcoef(said, heard)[0, 1]:+.2f}" if len(lines) > 2 else "",
            f"{np.ptp(lufs):.1f}", f"{np.ptp(own):.1f}", f"{max(click(alone, a, b) for a, b in ends):+.1f}",
            f"{colours(dub, lines, way.voices):.1f}", "" if way.name == "before" else ", ".join(rings),
            f"{errors.errors} of {errors.length}",
        ]  # fmt: skip


def seconds(dub: Dub) -> float:
    """CPU seconds a minute of film that bed, rooms and mix take when nothing is remembered."""
    # A thousandth of a second later everything is new.
    moved = {x.id: x.but(placed_start=(x.placed_start or 0.0) + 0.001) for x in dub.lines}
    shutil.rmtree(dub.folder / "work" / matching.ROOM, ignore_errors=True)
    started = time.process_time()
    rooms.mixed(dub.with_lines(moved))
    return (time.process_time() - started) * 60 / dub.source.duration


def table(head: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    for row in (list(head), ["---"] * len(head)):
        yield "| " + " | ".join(row) + " |"
    for row in rows:
        line = "| " + " | ".join(row) + " |"
        print(line, flush=True)
        yield line
    yield ""


def tables(folder: Path, before: Path, given: Sequence[Path]) -> Iterator[str]:
    ear: Any = dubbench.load("whisper-base").ready()
    yield "### Beds\n"
    yield from table(beds.HEAD, beds.rows(folder, ear, before=before, now=TREE, given=given))
    dubs = [
        (name, dubbench.dub(make(folder / f"{i}.mp4"), to="pt", source_language=source, out=folder / str(i)))
        for i, (name, make, source, _) in enumerate(clips.FILMS)
    ]
    yield "### Rooms that were made\n"
    yield from table(
        ("voice", "dry", *(f"{a:g} s, {b:g} dB" for a, b in ROOMS)), halls([*dry(), ("machine", takes(dubs[1][1]))])
    )
    yield "### Dubs\n"
    yield from table(LINES, (row for name, dub in dubs for row in dubbed(name, dub, folder, ear)))
    yield from (
        f"CPU seconds a minute of film for bed, rooms and mix, {name}: {seconds(dub):.2f}.\n" for name, dub in dubs
    )


def main(arguments: list[str]) -> None:
    write = "--write" in arguments and not arguments.remove("--write")
    before = TREE
    if "--before" in arguments:
        at = arguments.index("--before")
        before = Path(arguments[at + 1]).resolve()
        del arguments[at : at + 2]
    with tempfile.TemporaryDirectory() as name:
        rows = tables(Path(name), before, [Path(x) for x in arguments])
        pages.shown(rows, "sound.md", "make sound", kept=write)


if __name__ == "__main__":
    main(sys.argv[1:])
