"""The sample that a voice is fitted to: one person's speech out of any media file, in two halves.

film       |~~A~~|  |~~B~~|  |~~~~A~~~~|       who speaks when is the diarizer's to say
speech     |~~A~~|~~~~A~~~~|
halves     |-search-|-held-|                   the search has the first, the judge the second
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import media, voiceprint
from dubbench.errors import BadInput
from dubbench.processes import passing
from dubbench.timeline.spans import Span
from dubbench.types import Samples, Seconds, Sound, Turn
from dubbench.vectors import Vector, whole

RATE = 16_000
LEAST: Seconds = 3.0
"""Speech that a sample must hold: each half then has what the diarizer trusts to tell a voice (`vectors.HALF`)."""
MOST: Seconds = 60.0
"""More is not used: a voice's vector hardly changes after half of it."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Somebody's speech: unit vectors of its two halves, median pitch, seconds."""

    search: Vector
    held: Vector
    pitch_hz: float | None
    seconds: Seconds

    @property
    def voice(self) -> Vector:
        return whole([self.search, self.held])

    @property
    def ceiling(self) -> float:
        """The cosine of the halves."""
        return float(self.search @ self.held)


def read(path: Path, diarize: Any, *, span: Span | None = None, speaker: str | None = None) -> Reference:
    """The speech in a media file, between the seconds of `span` if given; of `speaker` where several are heard.

    Raises BadInput where several speak and none is chosen, and for less than 3 s of speech.
    """
    sound = _cut(_sound(path), span, path)
    turns = diarize.ready().diarize(sound)
    who = _chosen(turns, speaker, path)
    spans = voiceprint.alone(who, turns) if who else []
    seconds = sum(end - start for start, end in spans)
    if seconds < LEAST:
        raise BadInput(
            f"{path} holds {seconds:.1f} s of speech; a voice is fitted to {LEAST:g} s or more of one person"
        )
    samples = np.concatenate([sound.samples[:, round(a * RATE) : round(b * RATE)] for a, b in spans], axis=1)
    samples = samples[:, : round(MOST * RATE)]
    return of(samples, diarize)


def of(samples: Samples, embedder: Any) -> Reference:
    """The reference that speech (1, n) at 16 kHz is."""
    halves = (np.asarray(embedder.ready().embed(Sound(x, RATE))) for x in np.array_split(samples, 2, axis=1))
    search, held = halves
    return Reference(search, held, voiceprint.pitch(Sound(samples, RATE)), samples.shape[1] / RATE)


def _sound(path: Path) -> Sound:
    media.probe(path)
    with passing.folder("reference") as folder:
        wav = folder / "reference.wav"
        media.extract(path, wav, sample_rate=RATE, channels=1)
        return media.read(wav)


def _cut(sound: Sound, span: Span | None, path: Path) -> Sound:
    if span is None:
        return sound
    start, end = span
    if not 0 <= start < min(end, sound.duration):
        raise BadInput(f"there is nothing from {start:g} to {end:g} s in {path}, which has {sound.duration:.1f} s")
    return Sound(sound.samples[:, round(start * RATE) : round(end * RATE)], RATE)


def _chosen(turns: tuple[Turn, ...], speaker: str | None, path: Path) -> str | None:
    said: dict[str, Seconds] = {}
    for turn in turns:
        said[turn.speaker] = said.get(turn.speaker, 0.0) + turn.end - turn.start
    if speaker is None and len(said) <= 1:
        return next(iter(said), None)
    if speaker in said:
        return speaker
    told = ", ".join(f"{who} {seconds:.1f} s" for who, seconds in said.items()) or "nobody"
    raise BadInput(f"{len(said)} people speak in {path} ({told}); choose one, for instance: --speaker "
                   f"{max(said, key=lambda who: said[who], default='A')}, or a piece with --span")  # fmt: skip
