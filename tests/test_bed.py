"""The bed is the original to the bit where nobody speaks, the background where somebody does, faded between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dubbench.errors import BadInput
from dubbench.mix import bed, roomtone

RATE = 8000


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    rng = np.random.default_rng(0)
    # Both sides alike: what lies between them is the film's own, see test_sides.
    original = np.repeat(rng.uniform(-0.5, 0.5, (10 * RATE, 1)), 2, axis=1).astype(np.float32)
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


@pytest.mark.parametrize("block", [roomtone.HOP, bed.BLOCK])
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


def room(path: Path, *, tone: float, words: bool, seconds: int = 12) -> Path:
    """Noise of a room's level, with bursts of "words" over it or (a separator's work) silence where they were."""
    rng = np.random.default_rng(1)
    noise = (tone * rng.standard_normal((seconds * 48_000, 2))).astype(np.float32)
    time = np.arange(len(noise)) / 48_000
    spoken = (time > 2) & (time < 10) & (time % 0.5 < 0.4)
    if words:
        noise[spoken] += (0.2 * np.sin(2 * np.pi * 700 * time[spoken]))[:, None].astype(np.float32)
    else:
        noise[spoken] *= 0.03
    soundfile.write(path, noise, 48_000, subtype="FLOAT")
    return path


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.square(samples, dtype=np.float64).mean() + 1e-20))


def test_the_room_is_heard_under_lines_as_in_their_pauses(tmp_path: Path) -> None:
    whole = room(tmp_path / "original.wav", tone=0.003, words=True)
    behind = room(tmp_path / "background.wav", tone=0.003, words=False)
    sound = composed((whole, behind), [(2.0, 10.0)])
    alone = soundfile.read(behind, dtype="float32")[0]
    pause, words = slice(48_000, 72_000), slice(round(4.1 * 48_000), round(4.35 * 48_000))
    assert level_db(alone[words]) < level_db(sound[pause]) - 20
    assert level_db(sound[words]) == pytest.approx(level_db(sound[pause]), abs=3)
    tones = np.abs(np.fft.rfft(sound[words, 0]))
    assert tones[round(700 * 0.25)] < 6 * np.median(tones[50:1000]), "none of the words comes back"
    outside = slice(0, round(1.6 * 48_000))
    np.testing.assert_array_equal(sound[outside], original((whole, behind))[outside])
    np.testing.assert_array_equal(sound, composed((whole, behind), [(2.0, 10.0)]))


def test_music_and_true_silence_get_no_tone(tmp_path: Path) -> None:
    time = np.arange(12 * 48_000) / 48_000
    music = sum(0.05 * np.sin(2 * np.pi * hertz * time) for hertz in (220, 277, 330))
    for name, what in (("music", music), ("silence", 0 * time)):
        behind = np.repeat(what[:, None], 2, axis=1).astype(np.float32)
        words = (0.2 * np.sin(2 * np.pi * 900 * time) * (time % 0.5 < 0.4))[:, None].astype(np.float32)
        paths = tmp_path / f"{name}.wav", tmp_path / f"{name}-behind.wav"
        soundfile.write(paths[0], behind + words, 48_000, subtype="FLOAT")
        soundfile.write(paths[1], behind, 48_000, subtype="FLOAT")
        sound = composed(paths, [(2.0, 10.0)])
        assert level_db(sound[3 * 48_000 : 9 * 48_000] - behind[3 * 48_000 : 9 * 48_000]) < -70


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ((2.7, 5.0), (3.0, 5.0)),  # begins a little before the turn: the turn knows better
        ((2.0, 5.0), (2.0, 5.0)),  # long before it: somebody may speak there
        ((4.0, 5.3), (4.0, 5.0)),
        ((3.2, 6.0), (3.2, 6.0)),
        ((7.0, 8.0), (7.0, 8.0)),  # no turn at all
        ((2.9, 3.1), (3.0, 3.1)),
    ],
)
def test_turns_say_where_lines_begin_and_end(line: tuple[float, float], told: tuple[float, float]) -> None:
    turns = [(3.0, 4.0), (3.8, 5.0)]
    assert bed.spoken(turns, [line]) == [*turns, told]
