"""Perth's mark is found after codecs, tempo and mixing, never where it is not, and the words stay the same."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import catalog, media
from dubbench.adapters.perth import Perth
from dubbench.media import engine
from dubbench.types import Sound
from tests.voices import LINES, said

pytestmark = pytest.mark.models

RATE = 24_000


@pytest.fixture(scope="module")
def perth() -> Perth:
    stage = catalog.load("perth").ready()
    assert isinstance(stage, Perth)
    return stage


@pytest.fixture(scope="module")
def plain() -> list[Sound]:
    return [media.resample(said(text), RATE) for text in LINES]


@pytest.fixture(scope="module")
def marked(perth: Perth, plain: list[Sound]) -> list[Sound]:
    return [perth.mark(sound) for sound in plain]


def snr(sound: Sound, changed: Sound) -> float:
    error = changed.samples - sound.samples
    return float(10 * np.log10((sound.samples**2).sum() / (error**2).sum()))


def through(sound: Sound, folder: Path, suffix: str, **how: Any) -> Sound:
    """The sound after ffmpeg wrote it another way."""
    media.write(folder / "in.wav", sound)
    out = folder / f"out{suffix}"
    engine.run(engine.source(folder / "in.wav").output(str(out), **how), about=out, to=out)
    media.extract(out, folder / "back.wav", sample_rate=sound.sample_rate, channels=1)
    return media.read(folder / "back.wav")


def test_the_mark_is_found_and_nothing_else_is(perth: Perth, plain: list[Sound], marked: list[Sound]) -> None:
    assert [perth.detect(sound) > 0.9 for sound in marked] == [True] * 5
    assert [perth.detect(sound) < 0.3 for sound in plain] == [True] * 5


def test_length_rate_and_shape_stay_and_what_is_above_2_khz(plain: list[Sound], marked: list[Sound]) -> None:
    for before, after in zip(plain, marked, strict=True):
        assert after.samples.shape == before.samples.shape
        assert after.samples.dtype == np.float32
        assert after.sample_rate == before.sample_rate
        assert 12 < snr(before, after) < 30
    change = np.abs(np.fft.rfft(marked[0].samples[0] - plain[0].samples[0])) ** 2
    above = np.fft.rfftfreq(plain[0].samples.shape[1], 1 / RATE) > 2100
    assert change[above].sum() < 1e-3 * change.sum()


@pytest.mark.parametrize(
    ("suffix", "how"),
    [(".m4a", {"audio_bitrate": "96k"}), (".mp3", {"audio_bitrate": "64k"}), (".wav", {"af": "atempo=1.15"})],
    ids=["aac96", "mp3-64", "tempo1.15"],
)
def test_the_mark_survives(perth: Perth, marked: list[Sound], tmp_path: Path, suffix: str, how: dict[str, str]) -> None:
    assert [perth.detect(through(sound, tmp_path, suffix, **how)) > 0.5 for sound in marked] == [True] * 5


def test_the_mark_is_found_under_a_background(perth: Perth, plain: list[Sound], marked: list[Sound]) -> None:
    rng, pause = np.random.default_rng(0), np.zeros((1, RATE), np.float32)
    tones = sum(np.sin(2 * np.pi * hertz * np.arange(60 * RATE) / RATE) for hertz in (110, 165, 220, 277))
    for wanted, lines in ((True, marked), (False, plain)):
        speech = np.concatenate([part for line in lines for part in (line.samples, pause)], axis=1)
        loud = np.sqrt((speech**2).mean())
        bed = np.asarray(tones)[: speech.shape[1]] / 1.4 * loud * 0.12 + rng.normal(0, 0.03 * loud, speech.shape)
        assert (perth.detect(Sound((speech + bed).astype(np.float32), RATE)) > 0.5) is wanted


def test_stereo_and_a_full_peak_are_marked_without_clipping(perth: Perth, plain: list[Sound]) -> None:
    samples = np.concatenate([plain[0].samples, 0.5 * plain[0].samples])
    loud = Sound((samples / np.abs(samples).max()).astype(np.float32), RATE)
    marked = perth.mark(loud)
    assert marked.samples.shape == loud.samples.shape
    assert np.abs(marked.samples).max() <= 1.0
    assert perth.detect(marked) > 0.9


@pytest.mark.parametrize("length", [1, 100, 700])
def test_very_short_sound_keeps_its_length(perth: Perth, plain: list[Sound], length: int) -> None:
    bit = Sound(plain[0].samples[:, 12_000 : 12_000 + length].copy(), RATE)
    assert perth.mark(bit).samples.shape == (1, length)
    assert 0 <= perth.detect(bit) <= 1


def test_silence_stays_silence(perth: Perth) -> None:
    silence = Sound(np.zeros((1, RATE), np.float32), RATE)
    assert not perth.mark(silence).samples.any()
    assert perth.detect(silence) == 0.0


def test_threads_and_repetition_give_the_same_bytes(perth: Perth, plain: list[Sound], marked: list[Sound]) -> None:
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(perth.mark, plain * 3))
    for sound, before in zip(again, marked * 3, strict=True):
        np.testing.assert_array_equal(sound.samples, before.samples)


def test_the_same_words_are_heard(plain: list[Sound], marked: list[Sound]) -> None:
    ear: Any = catalog.load("whisper-base").ready()

    def heard(sounds: list[Sound]) -> list[str]:
        texts = [ear.transcribe(media.resample(sound, ear.sample_rate), "en").text for sound in sounds]
        return [re.sub(r"[^a-z0-9 ]", "", text.lower()) for text in texts]

    assert heard(marked[1:2]) == heard(plain[1:2])
