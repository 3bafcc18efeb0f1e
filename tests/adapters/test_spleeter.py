"""Spleeter takes speech from music, loses nothing, leaves no seam, and its bed says no word of the original."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from dubbench import catalog, media
from dubbench.adapters.spleeter import Spleeter
from dubbench.errors import BadInput
from dubbench.types import Dub, Samples, Sound, Source, Tracks
from tests.voices import LINES, said

pytestmark = pytest.mark.models

RATE = 44_100


@pytest.fixture(scope="module")
def spleeter() -> Spleeter:
    stage = catalog.load("spleeter").ready()
    assert isinstance(stage, Spleeter)
    return stage


@pytest.fixture(scope="module")
def speech() -> Samples:
    """About 20 s of Pico, two voices."""
    lines = [said(text, voice=("en-GB", "en-US")[i % 2]) for i, text in enumerate(LINES)]
    samples = np.concatenate([line.samples[0] for line in lines])
    return media.resample(Sound(samples[None], 16_000), RATE).samples[0]


@pytest.fixture(scope="module")
def music(speech: Samples) -> Samples:
    """Chords, bass and drums at 120 beats a minute, as loud as the speech."""
    rng, length = np.random.default_rng(0), len(speech)
    sound = np.zeros(length)
    for beat, start in enumerate(range(0, length, RATE // 2)):
        t = np.arange(min(RATE // 2, length - start)) / RATE
        root = (110.0, 146.8, 98.0, 130.8)[beat // 4 % 4]
        for r in (1, 2, 2.5, 3, 4, 5):
            tone = np.sin(2 * np.pi * root * r * t)
            sound[start : start + len(t)] += (
                0.1 * np.exp(-3 * t) * np.sign(tone) + 0.3 * np.exp(-2 * t) * tone
            ) / r**0.5
        sound[start : start + len(t)] += 0.5 * rng.standard_normal(len(t)) * np.exp(-30 * t)
    return (sound * np.sqrt((speech @ speech) / (sound @ sound))).astype(np.float32)


@pytest.fixture(scope="module")
def mixed(speech: Samples, music: Samples) -> Sound:
    both = speech + music
    return Sound(np.repeat(both[None] * (0.8 / np.abs(both).max()), 2, axis=0).astype(np.float32), RATE)


@pytest.fixture(scope="module")
def stems(spleeter: Spleeter, mixed: Sound) -> tuple[Sound, Sound]:
    return spleeter.separate(mixed)


def si_sdr(wanted: Any, got: Any) -> float:
    """Scale-invariant signal-to-distortion ratio in decibels (Le Roux et al. 2019, arXiv:1811.02508)."""
    wanted, got = wanted - wanted.mean(), got - got.mean()
    part = (wanted @ got) / (wanted @ wanted) * wanted
    return float(10 * np.log10((part @ part) / ((got - part) @ (got - part))))


def test_speech_and_music_come_apart(stems: tuple[Sound, Sound], speech: Samples, music: Samples) -> None:
    assert si_sdr(speech, stems[0].samples[0]) > 6
    assert si_sdr(music, stems[1].samples[0]) > 6


def test_the_stems_add_up_to_the_whole(stems: tuple[Sound, Sound], mixed: Sound) -> None:
    np.testing.assert_allclose(stems[0].samples + stems[1].samples, mixed.samples, atol=1e-6)


def test_clean_speech_leaves_almost_nothing_in_the_background(spleeter: Spleeter, speech: Samples) -> None:
    whole = Sound(np.repeat(speech[None], 2, axis=0), RATE)
    _, background = spleeter.separate(whole)
    assert 10 * np.log10((background.samples**2).mean() / (whole.samples**2).mean()) < -15


def test_no_word_of_the_original_is_heard_in_the_bed(stems: tuple[Sound, Sound], mixed: Sound) -> None:
    ear: Any = catalog.load("whisper-base").ready()

    def heard(sound: Sound) -> set[str]:
        mono = media.resample(Sound(sound.mono[None], RATE), ear.sample_rate)
        return set(ear.transcribe(mono, "en").text.lower().replace(",", "").replace(".", "").split())

    spoken = set(" ".join(LINES).lower().replace(",", "").replace(".", "").split())
    assert len(heard(mixed) & spoken) > 20
    assert len(heard(stems[1]) & spoken) <= 2


@pytest.mark.parametrize(
    "sound", [np.zeros((2, RATE)), np.zeros((2, 1)), np.full((2, 100), 0.5)], ids=["silence", "one", "few"]
)
def test_short_and_silent_pieces_keep_their_length(spleeter: Spleeter, sound: Any) -> None:
    stems = spleeter.separate(Sound(sound.astype(np.float32), RATE))
    assert [stem.samples.shape for stem in stems] == [sound.shape, sound.shape]
    np.testing.assert_allclose(stems[0].samples + stems[1].samples, sound, atol=1e-6)


def test_pieces_leave_no_seam(spleeter: Spleeter, mixed: Sound, stems: tuple[Sound, Sound], tmp_path: Path) -> None:
    class Pieces(Spleeter):
        piece = 9.0

    pieces = Pieces(name="pieces", weights=spleeter.weights)
    original = media.resample(mixed, 48_000)
    soundfile.write(tmp_path / "whole.wav", original.samples.T, 48_000, subtype="FLOAT")
    starts, _ = pieces._plan(original.samples.shape[1], 48_000)
    assert len(starts) >= 3
    pieces.write(tmp_path / "whole.wav", tmp_path / "speech.wav", tmp_path / "background.wav")
    speech, background = (
        soundfile.read(tmp_path / f"{stem}.wav", dtype="float32")[0].T for stem in ("speech", "background")
    )
    assert speech.shape == background.shape == original.samples.shape
    whole = media.resample(stems[0], 48_000).samples[:, : speech.shape[1]]
    power = (whole**2).mean()
    second = ((speech - whole)[:, : len(speech[0]) // 24_000 * 24_000].reshape(2, -1, 24_000) ** 2).mean(axis=(0, 2))
    assert 10 * np.log10(second.max() / power) < -25
    np.testing.assert_allclose(speech + background, original.samples, atol=1e-5)


def test_the_room_adds_both_tracks_and_remembers_them(
    spleeter: Spleeter, mixed: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media.write(tmp_path / "original.wav", Sound(mixed.samples[:1, : 3 * RATE], RATE))
    original = media.describe(tmp_path / "original.wav", tmp_path)
    source = Source(path="film.mp4", sha256="0" * 64, duration=3.0)
    dub = Dub(id="x", source=source, target_language="pt", tracks=Tracks(original=original)).at(tmp_path)
    done = spleeter(dub)
    assert done.tracks.speech is not None
    assert done.tracks.background is not None
    assert (done.tracks.background.channels, done.tracks.background.duration) == (2, 3.0)
    assert done.made_by["separate"].model == "spleeter"
    monkeypatch.setattr(spleeter, "write", lambda *_: pytest.fail("separated twice"))
    assert spleeter(dub).tracks == done.tracks
    assert spleeter(done) is done


def test_more_than_two_channels_are_refused(spleeter: Spleeter, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "six.wav", np.zeros((100, 6)), RATE)
    with pytest.raises(BadInput, match="6 channels"):
        spleeter.write(tmp_path / "six.wav", tmp_path / "a.wav", tmp_path / "b.wav")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["six.wav"]
