"""Sound that stays in its file: the same samples, and hardly any memory."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from dubbench import media
from dubbench.media import pages

RATE = 16_000


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Twelve minutes of noise that is loud at its end, 46 MB."""
    chance = np.random.default_rng(1)
    with media.writer(tmp_path / "long.wav", RATE, 1, subtype="FLOAT", frames=720 * RATE) as file:
        for minute in range(12):
            file.write(chance.uniform(-1, 1, (60 * RATE, 1)).astype(np.float32) * (minute + 1) / 12)
    return tmp_path / "long.wav"


def test_samples_are_those_of_the_file(long: Path) -> None:
    sound, read = media.mapped(long), media.read(long)
    assert sound.sample_rate == RATE
    assert np.array_equal(sound.samples, read.samples)
    assert np.array_equal(sound.samples[:, 5000:6000], read.samples[:, 5000:6000])
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0, 0] = 1.0


@pytest.mark.skipif(
    not Path("/proc/self/smaps").exists(), reason="how much of a mapping is in memory is read from /proc"
)
def test_what_was_looked_at_goes_back(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "HELD", 4 << 20)
    sound = media.mapped(long)
    mono, peaks, loudest = sound.mono, [], 0.0
    for at in range(0, len(mono), RATE):
        loudest = max(loudest, float(np.abs(mono[at:][:RATE]).max()))
        if at % (25 * RATE) == 0:
            peaks.append(_resident(long))
    assert loudest > 0.99
    assert max(peaks) < 8 << 20, "a slice of a slice counts as well"
    assert os.path.getsize(long) > 40 << 20


def _resident(path: Path) -> int:
    """Bytes of a mapped file that are in this process's memory."""
    inside, size = False, 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            inside = line.endswith(str(path))
        elif inside and line.startswith("Rss:"):
            size += int(line.split()[1]) * 1024
    return size
