"""Looking for the watermark in a whole film: only where somebody speaks, stretch by stretch. No credentials here.

Between words there is no mark to read, and held notes of music look like one (Perth's own detector reads 0.57 to 0.59,
a single window up to 0.77, from unmarked synthetic melodies), so silero's voice detection chooses what is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dubbench import media
from dubbench.processes import passing
from dubbench.stages.watermark import Watermark
from dubbench.types import Samples, Seconds, Sound

STRETCH: Seconds = 6.0
SHORTEST: Seconds = 0.5
BLOCK: Seconds = 60.0
VAD_RATE = 16_000

FOUND = 0.5
"""The mean from which a film counts as marked. Unmarked speech gives 0.1 or less, 0.41 under a melody as loud as it;
marked speech 0.92 or more with music or voices 12 dB below, 0.63 with white noise there, and 0.27, so not found, with
low rumbling noise there."""
SURE = 0.8
"""A stretch that counts by itself, for films of which only a part was dubbed: no unmarked one gave more than 0.59."""
SHARE = 0.1
"""This share of stretches must be sure where the mean is too low."""


def look(path: Path, mark: Watermark) -> tuple[float, ...]:
    """How sure `mark` is of each stretch of speech in a media file; empty when nobody speaks.

    Raises BadInput for what has no sound that can be played.
    """
    with passing.folder("verify") as folder:
        sound = folder / "sound.wav"
        media.extract(path, sound, channels=1)
        return tuple(mark.ready().detect(stretch) for stretch in _stretches(sound))


def found(scores: Sequence[float]) -> bool:
    """Whether stretches scored so are those of a marked film."""
    sure = sum(score >= SURE for score in scores)
    return bool(scores) and (float(np.mean(scores)) >= FOUND or sure >= max(1, SHARE * len(scores)))


def _stretches(path: Path) -> Iterator[Sound]:
    """The speech of a mono file, pauses left out, in stretches; what is left at the end may be shorter."""
    held, rate = np.zeros((1, 0), np.float32), 1
    for block in media.blocks(path, seconds=BLOCK):
        rate = block.sample_rate
        held = np.concatenate([held, *_spoken(block)], axis=1)
        size = round(STRETCH * rate)
        while held.shape[1] >= size:
            yield Sound(np.ascontiguousarray(held[:, :size]), rate)
            held = held[:, size:]
    if held.shape[1] >= SHORTEST * rate:
        yield Sound(np.ascontiguousarray(held), rate)


def _spoken(block: Sound) -> list[Samples]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(speech_pad_ms=50, min_silence_duration_ms=200)
    spans = get_speech_timestamps(media.resample(block, VAD_RATE).samples[0], options)
    step = block.sample_rate / VAD_RATE
    return [block.samples[:, round(span["start"] * step) : round(span["end"] * step)] for span in spans]
