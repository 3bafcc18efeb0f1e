"""The toys keep the contract, and what they say can be heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dubbench import catalog, media
from dubbench.adapters import toy
from dubbench.errors import BadInput
from dubbench.stages.base import Stage
from dubbench.testing import check_adapter, tiny_dub
from dubbench.types import Line, Sound, Voice

LOW, HIGH = Voice(id="low", preset="toy-low"), Voice(id="high", preset="toy-high")


def said(text: str, voice: Voice = LOW, *, pace: float = 1.0) -> Sound:
    return toy.ToySpeak().speak(text, voice, "en", pace=pace).sound


def padded(*sounds: Sound, pause: float = 1.0) -> Sound:
    """Sounds one after the other with silence around each, at 16 kHz."""
    gap = np.zeros((1, round(pause * 16_000)), np.float32)
    parts = [gap, *(x for sound in sounds for x in (media.resample(sound, 16_000).samples, gap))]
    return Sound(np.concatenate(parts, axis=1), 16_000)


@pytest.mark.parametrize("name", [name for name in catalog.entries() if name.startswith("toy-")])
def test_every_toy_keeps_the_contract(name: str) -> None:
    report = check_adapter(catalog.load(name), sample=padded(said("hello you")), interpreters=name == "toy-speak")
    allowed = ("declares every language", "one line at a time", "is a film", "stresses words")
    assert all(why.endswith(allowed) for why in report.skipped.values()), str(report)


def test_there_is_a_toy_for_every_room() -> None:
    assert {catalog.entry(name).room for name in catalog.entries() if name.startswith("toy-")} == set(catalog.ROOMS)


@settings(max_examples=15, deadline=None)
@given(
    words=st.lists(st.text(toy.LETTERS, min_size=1, max_size=12), min_size=1, max_size=4),
    pace=st.floats(0.85, 1.25),
    voice=st.sampled_from([LOW, HIGH]),
)
def test_what_is_spelled_is_read(words: list[str], pace: float, voice: Voice) -> None:
    heard = toy.ToyTranscribe().transcribe(padded(said(" ".join(words), voice, pace=pace)))
    assert heard.text == " ".join(words)


def test_the_marked_dub_of_accents_and_digits_is_read_without_them() -> None:
    marked = toy.ToyWatermark().mark(said("Olá, João! São 3h.", HIGH))
    assert toy.ToyTranscribe().transcribe(padded(marked), "pt").text == "ola joao sao 3h"


def test_other_sound_is_counted_and_never_read() -> None:
    rng = np.random.default_rng(1)
    bursts = [Sound(rng.normal(0, 0.1, (1, 4_000)).astype(np.float32), 16_000) for _ in range(3)]
    heard = toy.ToyTranscribe().transcribe(padded(*bursts, said("hello"), pause=0.2))
    assert heard.text == "word1 word2 word3 hello"


def test_a_pause_ends_a_segment_and_times_are_those_of_the_words() -> None:
    heard = toy.ToyTranscribe().transcribe(padded(said("one two"), said("three")))
    assert [len(segment) for segment in heard.segments] == [2, 1]
    last = heard.segments[1][0]
    begins = 1.0 + said("one two").duration + 1.0
    assert last.start == pytest.approx(begins, abs=0.011)
    assert last.end == pytest.approx(begins + said("three").duration, abs=0.011)


def test_speech_lasts_as_estimated_and_phonemes_follow_it() -> None:
    spoken = toy.ToySpeak().speak("One, two!", LOW, "en")
    assert spoken.sound.duration == pytest.approx(toy.ToySpeak().estimate("One, two!", LOW, "en"), abs=1e-3)
    assert "".join(phoneme.symbol for phoneme in spoken.phonemes) == "Onetwo"
    assert said("One, two!", pace=1.25).duration == pytest.approx(spoken.sound.duration / 1.25, abs=1e-3)


def test_two_pitches_are_two_speakers() -> None:
    sound = padded(said("aaaa"), said("9999"), said("aaaa"))
    assert [turn.speaker for turn in toy.ToyDiarize().diarize(sound)] == ["A", "B", "A"]
    assert {turn.speaker for turn in toy.ToyDiarize().diarize(sound, 1)} == {"A"}


def test_speech_and_background_add_up_to_the_input() -> None:
    both = np.random.default_rng(0).normal(0, 0.1, (2, 1_000)).astype(np.float32)
    speech, background = toy.ToySeparate().separate(Sound(both, 44_100))
    assert np.allclose(speech.samples + background.samples, both, atol=1e-6)
    assert np.array_equal(speech.samples[0], speech.samples[1])


def test_words_come_from_the_dictionary_and_the_glossary() -> None:
    translate = toy.ToyTranslate(dictionary={"good morning": "bom dia", "anna": "Ana"})
    lines = [Line(id=str(i), start=0, end=1, text=t) for i, t in enumerate(["Good morning", "Anna likes tea", "7"])]
    assert translate.translate(lines, "en", "pt", {"tea": "chá"}) == [["bom dia"], ["Ana LIKES chá"], ["7"]]


def test_another_seed_is_another_mark_and_noise_holds_none() -> None:
    sound = said("the quick brown fox jumps")
    one, two = toy.ToyWatermark(), toy.ToyWatermark(seed=2)
    assert one.detect(one.mark(sound)) > 0.99
    assert two.detect(one.mark(sound)) < 0.5
    late = Sound(one.mark(sound).samples[:, 5_000:], sound.sample_rate)
    assert one.detect(late) > 0.99, "the mark is found wherever it begins"


@pytest.mark.parametrize("stage", [toy.ToySpeak(), toy.ToyTranslate()])
def test_an_unknown_setting_is_refused_by_name(stage: Stage) -> None:
    with pytest.raises(BadInput, match="loudness"):
        type(stage)(loudness=3)


def test_a_tiny_dub_walks_through_translation_and_speech(tmp_path: Path) -> None:
    dub = toy.ToySpeak()(toy.ToyTranslate()(tiny_dub(tmp_path)))
    assert [line.translation for line in dub.lines] == ["HELLO YOU", "HOW ARE YOU", "FINE THANKS"]
    for line in dub.lines:
        assert line.speech is not None
        sound = media.read(dub.open(line.speech), sample_rate=16_000)
        assert toy.ToyTranscribe().transcribe(sound).text == (line.translation or "").lower()
