"""The bed is the original to the bit where nobody speaks, the background where somebody does, faded between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dubbench.errors import BadInput
from dubbench.mix import bed

RATE = 8000


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    rng = np.random.default_rng(0)
    original = rng.uniform(-0.5, 0.5, (10 * RATE, 2)).astype(np.float32)
    paths = tmp_path / "original.wav", tmp_path / "background.wav"
    soundfile.write(paths[0], original, RATE, subtype="PCM_16")
    soundfile.write(paths[1], np.full((10 * RATE, 2), 0.25, np.float32), RATE, subtype="FLOAT")
    return paths


def composed(files: tuple[Path, Path | None], spans: list[tuple[float, float]], **how: float) -> np.ndarray:
    to = files[0].with_name("bed.wav")
    bed.compose(*files, spans, to, **how)
    return soundfile.read(to, dtype="float32")[0]


def original(files: tuple[Path, Path]) -> np.ndarray:
    return soundfile.read(files[0], dtype="float32")[0]


def test_without_speech_the_bed_is_the_original_to_the_bit(files: tuple[Path, Path]) -> None:
    np.testing.assert_array_equal(composed(files, []), original(files))


@pytest.mark.parametrize("block", [997, 1 << 18])
def test_speech_gives_way_to_the_background_with_its_edges(
    files: tuple[Path, Path], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bed, "BLOCK", block)
    sound = composed(files, [(3.0, 4.0), (3.5, 5.0)], edge=0.25, fade=0.05)
    assert np.all(sound[round(2.75 * RATE) : round(5.25 * RATE)] == 0.25)
    before, after = round(2.70 * RATE), round(5.30 * RATE)
    np.testing.assert_array_equal(sound[:before], original(files)[:before])
    np.testing.assert_array_equal(sound[after + 1 :], original(files)[after + 1 :])
    assert len(sound) == 10 * RATE


def test_the_fade_is_linear_and_meets_in_the_middle(files: tuple[Path, Path]) -> None:
    sound, middle = composed(files, [(3.0, 4.0)], edge=0.25, fade=0.05), round(2.725 * RATE)
    np.testing.assert_allclose(sound[middle], (original(files)[middle] + 0.25) / 2, atol=1e-6)


def test_a_gap_too_short_for_two_fades_stays_background(files: tuple[Path, Path]) -> None:
    sound = composed(files, [(3.0, 4.0), (4.55, 5.0)], edge=0.25, fade=0.05)
    assert np.all(sound[round(2.75 * RATE) : round(5.25 * RATE)] == 0.25)


def test_spans_beyond_the_edges_are_harmless(files: tuple[Path, Path]) -> None:
    assert np.all(composed(files, [(0.1, 9.9)]) == 0.25)


def test_without_a_background_speech_becomes_silence(files: tuple[Path, Path]) -> None:
    sound = composed((files[0], None), [(3.0, 4.0)])
    assert not sound[3 * RATE : 4 * RATE].any()
    np.testing.assert_array_equal(sound[: 2 * RATE], original(files)[: 2 * RATE])


def test_a_background_of_another_length_is_refused(files: tuple[Path, Path]) -> None:
    soundfile.write(files[1], np.zeros((RATE, 2)), RATE)
    with pytest.raises(BadInput, match="separate again"):
        composed(files, [])
