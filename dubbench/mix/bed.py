"""The bed that the new speech lies on: the film's own sound where nobody speaks, the separated background elsewhere.

    spans         |--speech--|              |--speech--|
    background  __/          \\______________/          \\___      with `edge` around each span, faded over `fade`
    original    --\\          /--------------\\          /---      untouched, to the bit

Streams from files to a file. Ducking under the new speech and loudness are the mix's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dubbench.errors import BadInput
from dubbench.types import Dub, Samples, Seconds

Span: TypeAlias = tuple[Seconds, Seconds]

EDGE: Seconds = 0.25
FADE: Seconds = 0.05
BLOCK = 1 << 18
"""Frames worked on at once: 5.5 s at 48 kHz."""
WAV_LIMIT = 4_000_000_000
"""Bytes of samples from which a WAV's 32-bit size field is too small, and RF64 is written instead."""


def build(dub: Dub, spans: Iterable[Span], to: Path, *, edge: Seconds = EDGE) -> None:
    """Write the bed of a dub; `spans` say where somebody speaks in the original."""
    if dub.tracks.original is None:
        raise BadInput("no bed to build: the dub has no sound track yet (probe comes first)")
    background = dub.open(dub.tracks.background) if dub.tracks.background else None
    compose(dub.open(dub.tracks.original), background, spans, to, edge=edge)


def compose(
    original: Path, background: Path | None, spans: Iterable[Span], to: Path, *, edge: Seconds = EDGE,
    fade: Seconds = FADE,
) -> None:  # fmt: skip
    """Write a 32-bit float WAV of exactly the original's length: `background` during `spans`, `original` elsewhere.

    Without a background (nobody separated it) the spans fall silent, for the original's words must not be heard there.
    Raises BadInput when the two are not of one length and rate.
    """
    import soundfile

    with ExitStack() as stack:
        whole = stack.enter_context(soundfile.SoundFile(original))
        behind = stack.enter_context(soundfile.SoundFile(background)) if background else None
        if behind and (behind.frames, behind.samplerate) != (whole.frames, whole.samplerate):
            raise BadInput(f"{original.name} and its background differ in length or rate; separate again")
        kind = "RF64" if whole.frames * 2 * 4 > WAV_LIMIT else "WAV"
        file = stack.enter_context(soundfile.SoundFile(to, "w", whole.samplerate, 2, subtype="FLOAT", format=kind))
        knots = _knots(spans, edge, fade)
        for start, samples, other in _together(whole, behind):
            share = _share(knots, start, len(samples), whole.samplerate)
            file.write(samples * (1 - share) + other * share)


def _together(whole: Any, behind: Any | None) -> Iterator[tuple[int, Samples, Samples]]:
    """(first frame, original, background) block by block, both (n, 2)."""
    while (start := whole.tell()) < whole.frames:
        samples = _stereo(whole)
        yield start, samples, _stereo(behind) if behind else np.zeros_like(samples)


def _stereo(file: Any) -> Samples:
    samples: Samples = file.read(BLOCK, dtype="float32", always_2d=True)
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


def _knots(spans: Iterable[Span], edge: Seconds, fade: Seconds) -> tuple[list[Seconds], list[float]]:
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


def _share(knots: tuple[list[Seconds], list[float]], start: int, frames: int, rate: int) -> Samples:
    """The background's share of each frame, (frames, 1)."""
    if not knots[0]:
        return np.zeros((frames, 1), np.float32)
    times = (start + np.arange(frames)) / rate
    return np.interp(times, *knots).astype(np.float32)[:, None]
