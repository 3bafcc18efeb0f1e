"""Whisper hears the same sound the same way each time, and leaves loops."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import dubbench
from dubbench import media
from dubbench.adapters.whisper import looping, whole_words
from dubbench.bench.samples import read as read_samples
from dubbench.text import spelling
from dubbench.types import Sound, Voice
from examples import clips
from tests.test_corpora import filled

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def ear() -> Any:
    return dubbench.load("whisper-base").ready()


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    filled("films", root)
    return root / "films"


def test_the_same_sound_gives_the_same_text(ear: Any) -> None:
    # Rough sound, on which a fallback to hotter temperatures would draw at random.
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1)
    rough = call.samples + 0.02 * np.random.default_rng(0).standard_normal(call.samples.shape).astype(np.float32)
    sound = Sound(np.clip(rough, -1, 1), 16_000)
    first, *others = (ear.transcribe(sound, "en") for _ in range(3))
    assert "Jersey" in first.text
    assert all(other == first for other in others)


def test_the_number_of_processors_does_not_change_a_word(ear: Any) -> None:
    # Other numbers of threads sum matrix products in another order: without `graphs.steady` the call has other words.
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1)
    heard = []
    for processors in (1, 2, 3):
        with threadpool_limits(processors, user_api="blas"):
            heard.append(ear.transcribe(call, "en"))
            assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {processors}
    assert heard[0] == heard[1] == heard[2]


def test_figures_addresses_and_joined_words_are_heard_whole(ear: Any) -> None:
    text = "The company sold 1,250,000 copies. It fell by 25 percent. The well-known site is example.com."
    speak: Any = dubbench.load("kokoro").ready()
    said = speak.speak(text, Voice(id="v", preset="af_heart"), "en").sound
    heard = ear.transcribe(media.resample(said, 16_000), "en")
    words = [word.text for segment in heard.segments for word in segment]
    assert {"1,250,000", "well-known"} <= set(words), words
    assert {"25%", "25%."} & set(words) or "percent." in words, words
    assert any(word.startswith("example.com") for word in words), words
    starts = [word.start for segment in heard.segments for word in segment]
    assert starts == sorted(starts)


def test_parts_are_put_together_only_where_a_language_has_spaces() -> None:
    parts = [SimpleNamespace(word=word) for word in (" fell", " 25", "%", " by", " 1", ",250")]
    spaced = whole_words(parts, spaced=True)
    assert ["".join(part.word for part in word) for word in spaced] == [" fell", " 25%", " by", " 1,250"]
    assert len(whole_words(parts, spaced=False)) == len(parts)


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
    assert asked == [None], "it says nothing four times in succession"
    asked.clear()
    monkeypatch.setattr("dubbench.adapters.whisper.looping", lambda text: True)
    assert ear.transcribe(call, "en").text
    assert asked == [None, 3]


@pytest.mark.parametrize(("settings", "asked"), [
    ({}, (True, False, 5)), ({"vad": False}, (False, False, 5)), ({"context": True, "beam_size": 1}, (True, True, 1)),
])  # fmt: skip
def test_its_settings_reach_the_engine(
    settings: dict[str, Any], asked: tuple[bool, bool, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = dubbench.load("whisper-tiny-en", **settings).ready()
    usual = {"vad": True, "context": False, "beam_size": 5}
    assert {k: v for k, v in other.settings.model_dump().items() if k in usual} == {**usual, **settings}
    # What came later counts where it is otherwise than by default, and only there.
    assert {k: v for k, v in other.identity()["settings"].items() if k in usual} == {"beam_size": 5, **settings}
    told: list[dict[str, Any]] = []
    real = other._model.transcribe
    monkeypatch.setattr(other._model, "transcribe", lambda sound, **how: (told.append(how), real(sound, **how))[1])
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1, duration=14.0)
    assert "Jersey" in other.text(call, "en")
    assert (told[0]["vad_filter"], told[0]["condition_on_previous_text"], told[0]["beam_size"]) == asked
    other.release()


def test_text_alone_is_heard_without_looking_for_times(ear: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1, duration=14.0)
    asked: list[dict[str, Any]] = []
    real = ear._model.transcribe

    def spied(samples: Any, **options: Any) -> Any:
        asked.append(options)
        return real(samples, **options)

    monkeypatch.setattr(ear._model, "transcribe", spied)
    text = ear.text(call, "en")
    assert spelling.wer(ear.transcribe(call, "en").text, text, "en").rate < 0.2
    assert "Jersey" in text
    assert [options.get("without_timestamps") for options in asked] == [True, None]
    assert "word_timestamps" not in asked[0]
    # From one window to the next Whisper finds its way by the times.
    ear.text(Sound(np.concatenate([call.samples] * 3, axis=1), 16_000), "en")
    assert "without_timestamps" not in asked[-1]
    assert ear.text(Sound(np.zeros((1, 16_000), np.float32), 16_000), "en") == ""


def test_long_sound_is_heard_in_pieces_in_the_language_of_its_beginning(ear: Any) -> None:
    call = media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1)
    told: list[tuple[Any, ...]] = []
    whole = Sound(np.concatenate([call.samples] * 3, axis=1), 16_000)
    heard = ear.hear(whole, progress=lambda *news: told.append(news))
    assert told == [("transcribe", done, 3, "listening") for done in (1, 2, 3)]
    assert heard.language == "en"
    assert heard.text.count("Jersey") == 3 * ear.transcribe(call, "en").text.count("Jersey")
    starts = [word.start for segment in heard.segments for word in segment]
    assert starts == sorted(starts)
    assert starts[-1] > 2 * call.duration


def test_a_loop_is_what_follows_upon_itself_and_not_what_is_said_again_later() -> None:
    asked = "Please enter your agent number followed by the pound key."
    assert looping("I'm sorry, I'm sorry, I'm sorry I'm sorry")
    assert looping("I don't know what you mean. " * 4)
    assert not looping(f"Logged on. {asked} Login incorrect. {asked} Agent login. {asked}")
    assert not looping("no, no, no")


def test_clear_announcements_are_heard_though_whisper_doubts_that_they_are_speech(ear: Any, films: Path) -> None:
    """Their "no speech" is 0.69 and what they ask for stands there three times: all of it was dropped once."""
    sound = media.read(films / "en" / "agent.wav", sample_rate=16_000, channels=1)
    said = next(one for one in read_samples(films) if one.id == "agent").texts["en"]
    for heard in (ear.text(sound, "en"), ear.transcribe(sound, "en").text):
        assert spelling.wer(said, heard, "en").rate < 0.1
