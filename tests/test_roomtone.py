"""Under lines the room sounds on as in the original's pauses; music, silence and words are not made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dubbench.mix import bed, roomtone
from dubbench.types import Samples

RATE = 48_000
SECONDS = 16
LINES = [(2.0, 6.0), (8.0, 14.0)]
LOST_DB = 14.0
"""What a separator takes from the room under words: 7 to 50 dB were measured with Spleeter, band by band."""


def room(*, level: float = 0.002, sides: int = 2) -> Samples:
    """Noise of a room, (n, 2), its low notes louder than its high ones."""
    rng = np.random.default_rng(0)
    white = rng.normal(size=(SECONDS * RATE, sides))
    spectrum = np.fft.rfft(white, axis=0)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))[:, None]
    spectrum[:20] = 0
    noise = np.fft.irfft(spectrum, axis=0)
    noise *= level / np.sqrt(np.square(noise).mean())
    return np.broadcast_to(noise, (len(noise), 2)).astype(np.float32)


def during(spans: list[tuple[float, float]]) -> Samples:
    times = np.arange(SECONDS * RATE) / RATE
    return np.any([(times >= start) & (times < end) for start, end in spans], axis=0).astype(np.float32)[:, None]


def words() -> Samples:
    """Bursts of a tone within the lines, 0.4 s with 0.2 s of rest: what stands for speech."""
    times = np.arange(SECONDS * RATE) / RATE
    tone = 0.2 * np.sin(2 * np.pi * 1000 * times) * ((times % 0.6) < 0.4)
    return (tone[:, None] * during(LINES)).astype(np.float32)


def composed(folder: Path, around: Samples, *, kept: Samples | None = None) -> tuple[Samples, Samples, Samples]:
    """(original, background, bed) of words in surroundings, of which the background keeps less under the lines."""
    original = (around + words()).astype(np.float32)
    left = around * (1 - (1 - 10 ** (-LOST_DB / 20)) * during(LINES)) if kept is None else kept
    for name, samples in (("original", original), ("background", left)):
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="FLOAT")
    bed.compose(folder / "original.wav", folder / "background.wav", LINES, folder / "bed.wav")
    return original, left.astype(np.float32), soundfile.read(folder / "bed.wav", dtype="float32")[0]


def quiet_db(samples: Samples, spans: list[tuple[float, float]] = LINES) -> float:
    """The level of the quietest 15 % of frames of 40 ms within spans."""
    frames = [
        np.square(samples[round(start * RATE) : round(end * RATE)]).reshape(-1, RATE // 25, 2).mean(axis=(1, 2))
        for start, end in spans
    ]
    power = np.sort(np.concatenate(frames))
    return float(10 * np.log10(power[: round(0.15 * len(power))].mean()))


@pytest.mark.parametrize("block", [8 * roomtone.HOP, bed.BLOCK])
def test_the_room_sounds_on_under_lines_as_in_the_pauses(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bed, "BLOCK", block)
    monkeypatch.setattr(bed, "STRETCH", 6 * (256 * roomtone.HOP) // block)
    original, background, made = composed(tmp_path, room())
    pauses = quiet_db(original, [(0.0, 2.0), (6.0, 8.0), (14.0, 16.0)])
    assert quiet_db(background) < pauses - 10
    assert quiet_db(made) == pytest.approx(pauses, abs=1.5)
    # Nor does it swell: the whole of what lies under the lines is no louder than the room.
    whole = 10 * np.log10(np.square(room()).mean())
    assert 10 * np.log10(np.square(made[during(LINES)[:, 0] > 0]).mean()) == pytest.approx(whole, abs=0.5)


def test_outside_the_lines_the_original_stays_to_the_bit(tmp_path: Path) -> None:
    original, _, made = composed(tmp_path, room())
    away = during([(start - 0.31, end + 0.31) for start, end in LINES])[:, 0] == 0
    np.testing.assert_array_equal(made[away], original[away])


def test_the_tone_has_the_colour_of_the_room_and_not_of_the_words(tmp_path: Path) -> None:
    _, _, made = composed(tmp_path, room())

    def spectrum(samples: Samples) -> Samples:
        return roomtone.powers(samples).mean(axis=0)[0]

    colour = 10 * np.log10(spectrum(made[3 * RATE : 5 * RATE]) / spectrum(room()))
    assert np.abs(colour[3:1023].reshape(-1, 34).mean(axis=1)).max() < 1.5
    word = round(1000 * roomtone.SIZE / RATE)
    assert colour[word - 2 : word + 3].mean() < 1.5


@pytest.mark.parametrize(("sides", "correlation"), [(1, 1.0), (2, 0.0)])
def test_what_was_mono_stays_mono_and_what_was_wide_stays_wide(tmp_path: Path, sides: int, correlation: float) -> None:
    _, _, made = composed(tmp_path, room(sides=sides))
    left, right = made[3 * RATE : 5 * RATE].T
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(correlation, abs=0.1)
    if sides == 1:
        np.testing.assert_array_equal(left, right)


def test_the_same_again_is_the_same(tmp_path: Path) -> None:
    first, second = composed(tmp_path, room())[2], composed(tmp_path, room())[2]
    np.testing.assert_array_equal(first, second)


def test_digital_silence_stays_silence(tmp_path: Path) -> None:
    _, _, made = composed(tmp_path, np.zeros((SECONDS * RATE, 2), np.float32))
    assert not made.any()


def test_a_room_that_was_kept_gets_no_louder(tmp_path: Path) -> None:
    around = room()
    _, background, made = composed(tmp_path, around, kept=around)
    inside = during(LINES)[:, 0] > 0
    louder = 10 * np.log10(np.square(made[inside]).mean() / np.square(background[inside]).mean())
    assert 0 <= louder < 0.7
    assert quiet_db(made) == pytest.approx(quiet_db(background), abs=1)


def test_music_is_not_filled_with_noise(tmp_path: Path) -> None:
    times = np.arange(SECONDS * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * times) for hertz in (220.0, 277.2, 329.6, 440.0, 880.0))
    music = np.repeat((0.01 * chord)[:, None], 2, axis=1)
    _, background, made = composed(tmp_path, music)
    inside = during([(start - 0.2, end + 0.2) for start, end in LINES])[:, 0] > 0
    added = np.square(made[inside] - background[inside]).mean() / np.square(music).mean()
    assert 10 * np.log10(added + 1e-20) < -50


def test_what_comes_and_goes_is_not_filled_to_its_mean(tmp_path: Path) -> None:
    times = np.arange(SECONDS * RATE) / RATE
    beats = room(sides=1) * (times % 0.35 < 0.12)[:, None]
    _, background, made = composed(tmp_path, beats)
    inside = during(LINES)[:, 0] > 0
    added = np.square(made[inside] - background[inside]).mean() / np.square(beats).mean()
    assert 10 * np.log10(added + 1e-20) < -20


def test_pauses_next_to_digital_silence_are_no_steady_noise() -> None:
    """A quartile of 1e-40 under one of 1: their ratio is beyond what 32 bits hold."""
    power = np.ones((100, 2, roomtone.SIZE // 2 + 1), np.float32)
    power[::3] = 1e-40
    floor, most = roomtone.learnt(power, np.zeros(100, np.float32))
    assert not floor.any()
    assert np.isfinite(most).all()


def test_a_sound_shorter_than_a_frame_is_no_trouble(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.full((500, 2), 0.1), RATE)
    bed.compose(tmp_path / "a.wav", tmp_path / "b.wav", [(0.0, 0.01)], tmp_path / "bed.wav")
    assert soundfile.info(tmp_path / "bed.wav").frames == 500


def test_what_words_left_behind_stands_out_of_steady_noise_and_is_taken_away(tmp_path: Path) -> None:
    around = room(sides=1)
    left = around + 0.1 * words()
    _, _, made = composed(tmp_path, around, kept=left.astype(np.float32))
    inside = during(LINES)[:, 0] > 0

    def residue_db(samples: Samples) -> float:
        return float(10 * np.log10(np.square(samples - around)[inside].mean() / np.square(around)[inside].mean()))

    assert residue_db(left) > 10
    assert residue_db(made) < 0
