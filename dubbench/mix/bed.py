"""The bed that the new speech lies on: the film's own sound where nobody speaks, the separated background elsewhere.

    spans         |--speech--|              |--speech--|
    background  __/          \\______________/          \\___      with `edge` around each span, faded over `fade`
    sides         ============              ============        the original's, where no speech is in them (see `sides`)
    room tone     ............              ............        what the background lacks of it (see `roomtone`)
    original    --\\          /--------------\\          /---      untouched, to the bit

Streams from files to a file, in two passes: the room is learnt, then the bed is written. Ducking under the new speech
and loudness are the mix's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench import media
from dubbench.errors import BadInput
from dubbench.mix import roomtone, sides
from dubbench.processes import wanted
from dubbench.timeline.spans import Span
from dubbench.types import Dub, Samples, Seconds

EDGE: Seconds = 0.25
"""Around speech this much more of the original is replaced by the background: breaths and word endings."""
NEARLY: Seconds = 0.4
FADE: Seconds = 0.05
NEAR: Seconds = 1.0
"""This far around speech the room is listened to: its pauses and the rests between lines, not another scene."""
BLOCK = 256 * roomtone.HOP
"""Frames worked on at once: 5.5 s at 48 kHz, whole hops."""
STRETCH = 6
"""Blocks that a floor is learnt of, 33 s: enough to hold true pauses, short enough to follow a change of scene."""

Learnt: TypeAlias = tuple[list[roomtone.Floor], list[float]]
"""Of each block what its room sounds like, and from block to block how far the original's sides are kept."""

Knots: TypeAlias = tuple[list[Seconds], list[float]]


def spoken(turns: Sequence[Span], lines: Sequence[Span]) -> list[Span]:
    """Where somebody speaks in the original: during turns, and during lines where no turn tells it better.

    An ear takes first words to begin up to 0.3 s before they do, who speaks when is told more sharply. What of a line
    is farther from turns than `NEARLY` somebody may speak all the same.
    """
    return [*turns, *(_trimmed(line, turns) for line in lines)]


def _trimmed(line: Span, turns: Sequence[Span]) -> Span:
    during = [turn for turn in turns if turn[0] < line[1] and turn[1] > line[0]]
    if not during:
        return line
    first, last = min(start for start, _ in during), max(end for _, end in during)
    start = first if line[0] < first < line[0] + NEARLY else line[0]
    end = last if line[1] - NEARLY < last < line[1] else line[1]
    return (start, end) if start < end else line


def build(dub: Dub, spans: Iterable[Span], to: Path, *, edge: Seconds = EDGE) -> None:
    """Write the bed of a dub; `spans` say where somebody speaks in the original."""
    if dub.tracks.original is None:
        raise BadInput("no bed to build: the dub has no sound track yet (probe comes first)")
    background = dub.open(dub.tracks.background) if dub.tracks.background else None
    compose(dub.open(dub.tracks.original), background, list(spans), to, edge=edge)


def compose(
    original: Path, background: Path | None, spans: Sequence[Span], to: Path, *, edge: Seconds = EDGE,
    fade: Seconds = FADE,
) -> None:  # fmt: skip
    """Write a 32-bit float WAV of exactly the original's length: `background` during `spans`, `original` elsewhere.

    Without a background (nobody separated it) the spans fall silent: the original's words must not be heard there, and
    nothing tells the room from the music. Raises BadInput when the two are not of one length and rate.
    """
    import soundfile

    with ExitStack() as stack:
        whole = stack.enter_context(soundfile.SoundFile(original))
        behind = stack.enter_context(soundfile.SoundFile(background)) if background else None
        if behind and (behind.frames, behind.samplerate) != (whole.frames, whole.samplerate):
            raise BadInput(f"{original.name} and its background differ in length or rate; separate again")
        learnt = _learnt(whole, behind, _knots(spans, NEAR, fade)) if behind and spans else None
        file = stack.enter_context(media.writer(to, whole.samplerate, 2, subtype="FLOAT", frames=whole.frames))
        for samples, other, share in _mended(whole, behind, _knots(spans, edge, fade), learnt):
            file.write(samples * (1 - share) + other * share)


def _learnt(whole: Any, behind: Any, near: Knots) -> Learnt:
    """Of stretches, linear between their middles: the floor at each block's middle, the sides' share at its ends."""
    blocks = -(-whole.frames // BLOCK)
    stretches = max(1, round(blocks / STRETCH))
    floors, free = list[roomtone.Floor](), list[float]()
    heard: list[_Heard] = []
    for number, (start, samples, other) in enumerate(_together(whole, behind)):
        share = _share(near, start, len(samples), whole.samplerate)
        heard.append(_heard(samples, other[: len(samples)], share, whole.samplerate))
        if (number + 1) * stretches // blocks > len(floors):
            stretch = _Heard(*(np.concatenate(parts) for parts in zip(*heard, strict=True)))
            floors.append(roomtone.learnt(stretch.background, stretch.speech))
            free.append(sides.free(stretch.side, stretch.speech))
            heard.clear()
    ends = np.clip(np.arange(blocks + 1) * stretches / blocks - 0.5, 0, stretches - 1)
    places = np.clip((np.arange(blocks) + 0.5) * stretches / blocks - 0.5, 0, stretches - 1)
    return [_between(floors, place) for place in places], np.interp(ends, np.arange(stretches), free).tolist()


class _Heard(NamedTuple):
    """Of frames near speech: the background's power, how loud what the separator took for speech is, how loud the
    original's side."""

    background: roomtone.Powers
    speech: sides.Loudness
    side: sides.Loudness


def _heard(samples: Samples, other: Samples, share: Samples, rate: int) -> _Heard:
    near = share[: len(samples) // roomtone.SIZE * roomtone.SIZE : roomtone.SIZE, 0] > 0
    background, speech, side = roomtone.powers(other), roomtone.powers(samples - other), roomtone.powers(samples)[:, 1:]
    return _Heard(background[near], roomtone.loudness(speech[near], rate), roomtone.loudness(side[near], rate))


def _between(floors: Sequence[roomtone.Floor], place: float) -> roomtone.Floor:
    first = int(place)
    last = min(first + 1, len(floors) - 1)
    return floors[first] + (floors[last] - floors[first]) * np.float32(place - first)


def _mended(
    whole: Any, behind: Any | None, knots: Knots, learnt: Learnt | None
) -> Iterator[tuple[Samples, Samples, Samples]]:
    """(original, background with the room's tone and the film's sides, its share), block by block."""
    evener = roomtone.Evener()
    for number, (start, samples, other) in enumerate(_together(whole, behind)):
        n = len(samples)
        share = _share(knots, start, n, whole.samplerate)
        mended = other[:n]
        if learnt:
            floors, free = learnt
            mended = mended + evener.block(number, other, _touched(share), floors[number])[:n]
            own = np.linspace(free[number], free[number + 1], n, endpoint=False, dtype=np.float32)[:, None]
            mended = sides.kept(samples, mended, own)
        yield samples, mended, share


def _touched(share: Samples) -> npt.NDArray[np.bool_]:
    """Which frames of room tone, one a hop, reach into sound that the background has a share of."""
    padded = np.pad(share[:, 0], (0, -len(share) % roomtone.HOP))
    hops: npt.NDArray[np.bool_] = np.any(padded.reshape(-1, roomtone.HOP) > 0, axis=1)
    return hops | np.append(hops[1:], hops[-1:])


def _together(whole: Any, behind: Any | None) -> Iterator[tuple[int, Samples, Samples]]:
    """(first frame, original, background) from the beginning, block by block: (n, 2), and with a hop of what follows.

    Where the background ends, silence makes it up to whole hops.
    """
    for start in range(0, whole.frames, BLOCK):
        wanted.check()
        samples = _stereo(whole, start, BLOCK)
        other = np.zeros((-(-len(samples) // roomtone.HOP) * roomtone.HOP + roomtone.HOP, 2), np.float32)
        if behind:
            there = _stereo(behind, start, len(other))
            other[: len(there)] = there
        yield start, samples, other


def _stereo(file: Any, start: int, frames: int) -> Samples:
    file.seek(start)
    samples: Samples = file.read(frames, dtype="float32", always_2d=True)
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


def _knots(spans: Iterable[Span], edge: Seconds, fade: Seconds) -> Knots:
    """Times and the background's share there, linear between: 0 … 0 1 … 1 0 … 0.

    The two sounds are in phase, so a linear fade keeps their level. Spans too near for two fades become one.
    """
    joined: list[list[Seconds]] = []
    for start, end in sorted((start - edge, end + edge) for start, end in spans):
        if joined and start - fade <= joined[-1][1] + fade:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    times = [time for start, end in joined for time in (start - fade, start, end, end + fade)]
    return times, [0.0, 1.0, 1.0, 0.0] * len(joined)


def _share(knots: Knots, start: int, frames: int, rate: int) -> Samples:
    """The background's share of each frame, (frames, 1)."""
    if not knots[0]:
        return np.zeros((frames, 1), np.float32)
    times = (start + np.arange(frames)) / rate
    return np.interp(times, *knots).astype(np.float32)[:, None]
