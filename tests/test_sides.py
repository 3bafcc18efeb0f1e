"""The film's own sides stay under lines whose speech is in the middle, and only there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dubbench.mix import bed, sides
from dubbench.types import Samples
from tests.clips import RATE, babble

LINES = [(1.0, 5.0), (6.0, 10.0)]
SECONDS = 11


def speech() -> Samples:
    """Babble that swells and fades during the lines, (n,)."""
    sound = np.zeros(SECONDS * RATE, np.float32)
    for start, end in LINES:
        burst = babble(end - start, level=0.4).samples[0]
        sound[round(start * RATE) :][: len(burst)] = burst * (0.2 + np.sin(np.arange(len(burst)) / RATE * 4) ** 2)
    return sound


def composed(folder: Path, *, panned: float) -> tuple[Samples, Samples, Samples]:
    """(true surroundings, background, bed) of speech, so far at one side, over wide noise worn down under lines."""
    around = np.random.default_rng(0).normal(scale=0.02, size=(SECONDS * RATE, 2)).astype(np.float32)
    voice = speech()
    worn = around * np.where(np.abs(voice) > 0, 0.3, 1.0)[:, None]
    original = around + voice[:, None] * np.array([1 + panned, 1 - panned]) / 2
    for name, samples in (("original", original), ("background", worn)):
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="FLOAT")
    bed.compose(folder / "original.wav", folder / "background.wav", LINES, folder / "bed.wav")
    return around, worn, soundfile.read(folder / "bed.wav", dtype="float32")[0]


def side(samples: Samples) -> Samples:
    return np.concatenate([samples[round(a * RATE) : round(b * RATE), 0] for a, b in LINES]) - np.concatenate(
        [samples[round(a * RATE) : round(b * RATE), 1] for a, b in LINES]
    )


def test_the_side_of_speech_in_the_middle_is_the_originals(tmp_path: Path) -> None:
    around, worn, made = composed(tmp_path, panned=0.0)
    assert np.square(side(worn) - side(around)).mean() > 0.3 * np.square(side(around)).mean()
    assert np.square(side(made) - side(around)).mean() < 1e-3 * np.square(side(around)).mean()


def test_speech_at_one_side_is_not_let_through(tmp_path: Path) -> None:
    made = composed(tmp_path, panned=0.5)[2]
    voice = np.concatenate([speech()[round(a * RATE) : round(b * RATE)] for a, b in LINES])
    share = side(made) @ voice / (voice @ voice)
    assert abs(share) < 0.02


@pytest.mark.parametrize("lead_db", [0.0, 6.0])
def test_what_goes_up_and_down_with_speech_has_some_of_it(lead_db: float) -> None:
    rng = np.random.default_rng(1)
    spoken = np.exp(rng.normal(scale=1.5, size=400))
    other = rng.gamma(20, size=400) / 20 * spoken.mean()
    assert sides.free(other, spoken) == 1
    assert sides.free(other + spoken * 10 ** (-lead_db / 10), spoken) == 0


def test_silence_and_a_moment_say_nothing() -> None:
    assert sides.free(np.zeros(50), np.ones(50)) == 0
    assert sides.free(np.ones(2), np.ones(2)) == 0
    assert sides.free(np.arange(50.0), np.zeros(50)) == 0
    assert sides.free(np.arange(1, 50.0), np.ones(49)) == 0
