"""Loudness of finished files as an outsider measures it: ffmpeg's ebur128. The mix has a meter of its own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from dubbench.errors import BadInput
from dubbench.media import engine

SILENCE_LUFS = -70.0
"""What silence (or a sound under 0.4 s, one block) measures: the absolute gate of ITU-R BS.1770-4."""

PEAK_FLOOR = -120.0
"""dBTP that stands for no sample at all, below what 16 bits hold, since minus infinity cannot go into JSON."""


def loudness(path: Path, *, track: int = 0) -> tuple[float, float]:
    """(integrated loudness in LUFS, true peak in dBTP) of an audio track of a media file, by ffmpeg's ebur128.

    To 0.1 dB, as ffmpeg prints them. Silence is (SILENCE_LUFS, PEAK_FLOOR). Raises BadInput.
    """
    # framelog=verbose keeps the running values, ten a second, below the level that is read.
    meter = engine.source(path)[f"a:{track}"].filter("ebur128", peak="true", framelog="verbose")
    words = engine.run(meter.output("-", format="null"), about=path, level="info")
    lufs = re.findall(r"^\s+I:\s+(\S+) LUFS", words, re.MULTILINE)
    peaks = re.findall(r"^\s+Peak:\s+(\S+) dBFS", words, re.MULTILINE)
    if not lufs or not peaks:
        raise BadInput(f"{path}: ffmpeg measured no loudness: {engine.last_words(words)}")
    return _finite(float(lufs[-1]), SILENCE_LUFS), _finite(float(peaks[-1]), PEAK_FLOOR)


def _finite(value: float, floor: float) -> float:
    return max(value, floor) if np.isfinite(value) else floor
