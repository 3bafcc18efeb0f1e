"""Whisper hears the same sound the same way each time, and leaves loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dubbench
from dubbench import media
from dubbench.types import Sound
from examples import clips

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def ear() -> Any:
    return dubbench.load("whisper-base").ready()


def test_the_same_sound_gives_the_same_text(ear: Any) -> None:
    # Rough sound, on which a fallback to hotter temperatures would draw at random.
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1)
    rough = call.samples + 0.02 * np.random.default_rng(0).standard_normal(call.samples.shape).astype(np.float32)
    sound = Sound(np.clip(rough, -1, 1), 16_000)
    first, *others = (ear.transcribe(sound, "en") for _ in range(3))
    assert "Jersey" in first.text
    assert all(other == first for other in others)


def test_a_piece_that_repeats_itself_is_heard_once_more_without_repeating(
    ear: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1, duration=10.0)
    asked: list[Any] = []
    real = ear._model.transcribe

    def spied(samples: Any, **options: Any) -> Any:
        asked.append(options.get("no_repeat_ngram_size"))
        return real(samples, **options)

    monkeypatch.setattr(ear._model, "transcribe", spied)
    monkeypatch.setattr("dubbench.adapters.whisper.REPEATS", 0.0)
    assert ear.transcribe(call, "en").text
    assert asked == [None, 3]


def test_each_piece_of_a_long_sound_is_told(ear: Any) -> None:
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1)
    told: list[tuple[Any, ...]] = []
    with ear.telling(lambda *news: told.append(news), "transcribe", "listening"):
        ear.transcribe(Sound(np.concatenate([call.samples] * 3, axis=1), 16_000), "en")
    assert told == [("transcribe", done, 3, "listening") for done in (1, 2, 3)]
