"""Piper: the same every time, as long as it said it would be, and the voice's own sound where chance is taken out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from dubbench import catalog, graphs, media
from dubbench.adapters.piper import LIMIT, Piper, _passes, readable
from dubbench.errors import BadInput, Unsupported
from dubbench.testing import check_adapter
from dubbench.text import spelling
from dubbench.types import Voice

pytestmark = pytest.mark.models

TEXT = "The captain never told us why, but the harbor was closed for three days."
JOE = Voice(id="joe", preset="en_US-joe-medium")


@pytest.fixture(scope="module")
def piper() -> Iterator[Piper]:
    stage = catalog.load("piper")
    assert isinstance(stage, Piper)
    yield stage.ready()
    stage.release()


def test_it_keeps_the_contract() -> None:
    check_adapter(catalog.load("piper"), long=1_500)


def test_its_words_are_understood(piper: Piper) -> None:
    ear = catalog.load("whisper-base").ready()
    heard = ear.text(media.resample(piper.speak(TEXT, JOE, "en").sound, 16_000), "en")
    ear.release()
    assert spelling.wer(TEXT, heard, "en").errors <= 1, heard


@pytest.mark.parametrize("pace", [0.85, 1.0, 1.25])
@pytest.mark.parametrize("text", [TEXT, "No.", "Wait! Who was that? I saw him, too."])
def test_it_takes_the_time_that_was_planned(piper: Piper, text: str, pace: float) -> None:
    planned = piper.estimate(text, JOE, "en") / pace
    assert piper.speak(text, JOE, "en", pace=pace).sound.duration == pytest.approx(planned, rel=0.02, abs=0.08)


def test_without_chance_it_is_the_voice_as_it_was_published() -> None:
    still = catalog.load("piper", noise=0.0, rhythm=0.0)
    assert isinstance(still, Piper)
    (piece,) = still.ready()._pieces(TEXT, JOE, "en")
    closed = graphs.session(still.weights.folder() / "voice.onnx", intra_op=1)
    published = closed.run(None, still._given(piece.tokens))[0].ravel()
    np.testing.assert_allclose(still._sound(piece, 1.0), published, atol=1e-4)


def test_the_seed_chooses_the_reading(piper: Piper) -> None:
    first, other = (
        catalog.load("piper", seed=seed).speak(TEXT, JOE, "en").sound.samples  # type: ignore[attr-defined]
        for seed in (0, 1)
    )
    assert np.array_equal(piper.speak(TEXT, JOE, "en").sound.samples, first)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_phonemes_are_those_of_the_text_and_lie_where_it_sounds(piper: Piper) -> None:
    spoken = piper.speak("Hello. Goodbye.", JOE, "en")
    assert "".join(phoneme.symbol for phoneme in spoken.phonemes) == "həloʊɡʊdbaɪ"
    rate, level = spoken.sound.sample_rate, np.abs(spoken.sound.mono)
    vowel = next(phoneme for phoneme in spoken.phonemes if phoneme.symbol == "a")
    assert level[round(vowel.start * rate) : round(vowel.end * rate)].max() > 0.2 * level.max()


@pytest.mark.parametrize("text", ["", "…", "漢字", "Привет, Anna"])
def test_what_cannot_be_said_whole_is_refused(piper: Piper, text: str) -> None:
    with pytest.raises(BadInput):
        piper.speak(text, JOE, "en")


def test_what_it_does_not_do(piper: Piper) -> None:
    with pytest.raises(BadInput, match="paces from"):
        piper.speak(TEXT, JOE, "en", pace=3)
    with pytest.raises(BadInput, match="en_US-joe-medium"):
        piper.estimate(TEXT, Voice(id="x", preset="amy"), "en")
    with pytest.raises(Unsupported):
        piper.check(None, "pt")


def test_numbers_are_read_and_tags_are_not_obeyed() -> None:
    assert "fifty" in readable("It cost $50.", "en")
    assert "<" not in readable('a <break time="9s"/> b', "en")


def test_long_sentences_are_cut_between_words_and_lose_none() -> None:
    said = " ".join(f"w{i}" for i in range(400))
    parts = _passes(said)
    assert max(map(len, parts)) <= LIMIT
    assert " ".join(parts) == said
