"""How much a film may be: what is more is refused before memory, disk or hours are spent on it. Nothing is opened here.

A few bytes can stand for days of silence, a picture of gigabytes or thousands of tracks; films come from strangers too.
"""

from __future__ import annotations

import os
from pathlib import Path

from dubbench.errors import BadInput
from dubbench.types import Seconds

LONGEST: Seconds = 12 * 3600
"""A long day of talks; its sounds take about 50 GB of disk while it is dubbed."""
MOST_TRACKS = 200
"""Discs have up to 70 (a picture, 30 languages of sound, as many subtitles)."""
MOST_CHANNELS = 64
"""What ffmpeg's resampler takes; the largest real layouts have 24."""
RATES = (4_000, 768_000)
"""Hertz. Telephones have 8 kHz, and below half of that no speech is left; the fastest converters have 768 kHz."""
MOST_PIXELS = 1 << 26
"""Of a picture, twice what 8K has: a decoder takes some ten bytes for each."""
DENSEST = 1_000_000_000
"""Bytes for a second of film, more than 8K has in the heaviest codecs: where there are more, most is not film."""
PATIENCE: Seconds = 5.0
"""That one packet may take to be found: what looks like none is searched to its end, and kept in memory meanwhile, 0.2
GB a second. A disk that slept is awake by then, for the beginning of the file was read before."""
SLACK = 5.0, 0.01
"""Seconds, and share of the duration, by which sound may go on after a header says that the film ends."""


def check_tracks(path: Path, count: int) -> None:
    """Raises BadInput for more tracks than any film has."""
    if count > MOST_TRACKS:
        raise BadInput(
            f"{path} has {count} tracks, and {MOST_TRACKS} are the most; copy those you want into a new file"
        )


def check_sound(path: Path, rate: int, channels: int) -> None:
    """Raises BadInput for sound that no converter makes. 0 means unknown, which decoding will tell."""
    if channels > MOST_CHANNELS:
        raise BadInput(f"the sound of {path} has {channels} channels, and {MOST_CHANNELS} are the most; mix it down")
    if rate and not RATES[0] <= rate <= RATES[1]:
        raise BadInput(f"the sound of {path} has {rate} Hz; convert it to a rate from {RATES[0]} to {RATES[1]} Hz")


def check_picture(path: Path, width: int, height: int) -> None:
    """Raises BadInput for a picture that no screen has: too large, or of no size, as ffmpeg says of too large."""
    if not 0 < width * height <= MOST_PIXELS:
        side = int(MOST_PIXELS**0.5)
        told = f"{width} × {height}" if width * height else "no size, or too many"
        raise BadInput(f"the picture of {path} has {told} pixels; make it {side} × {side} at most")


def check_length(path: Path, duration: Seconds) -> None:
    """Raises BadInput for a film that is longer than any, or a file that is hardly film."""
    if not duration <= LONGEST:
        raise BadInput(
            f"{path} lasts {duration / 3600:.1f} hours; {LONGEST / 3600:.0f} hours at most can be dubbed: cut it"
        )
    size = os.stat(path).st_size
    if duration > 0 and size / duration > DENSEST:
        raise BadInput(
            f"{path} has {size} bytes for {duration:.1f} s, and most of it can be no film; write it anew: "
            f"ffmpeg -i FILE -c copy NEW"
        )


def end(duration: Seconds) -> Seconds:
    """Until when the sound of a film may go on that says it lasts `duration`."""
    return duration + SLACK[0] + SLACK[1] * duration
