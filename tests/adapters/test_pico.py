"""Pico: whole, exact in length, the same every time; what it would skip in silence is refused."""

from __future__ import annotations

import numpy as np
import pytest

from dubbench import catalog
from dubbench.adapters.pico import Pico, _without_clicks, readable
from dubbench.errors import BadInput, Unsupported
from dubbench.testing import check_adapter
from dubbench.types import Voice

TEXT = "Ich wusste nicht, dass du so nah am Strand wohnst."
WOMAN, MAN = Voice(id="de", preset="de-DE"), Voice(id="man", preset="de-DE:0.6")


@pytest.fixture(scope="module")
def pico() -> Pico:
    return Pico()


def test_it_keeps_the_contract() -> None:
    check_adapter(catalog.load("pico"), interpreters=False)


@pytest.mark.parametrize("pace", [0.85, 1.1, 1.25])
def test_pace_is_kept_within_two_hundredths(pico: Pico, pace: float) -> None:
    natural = pico.estimate(TEXT, WOMAN, "de")
    assert pico.speak(TEXT, WOMAN, "de", pace=pace).sound.duration * pace == pytest.approx(natural, rel=0.02)


def test_the_estimate_is_the_length(pico: Pico) -> None:
    assert pico.estimate(TEXT, MAN, "de") == pico.speak(TEXT, MAN, "de").sound.duration


def test_it_is_the_same_every_time_and_never_clipped(pico: Pico) -> None:
    first = pico.speak(TEXT, WOMAN, "de").sound.samples
    pico.speak("Etwas ganz anderes.", MAN, "de")
    assert np.array_equal(pico.speak(TEXT, WOMAN, "de").sound.samples, first)
    assert 0.2 < np.abs(first).max() < 0.98


def test_lowered_pitch_is_lower(pico: Pico) -> None:
    woman, man = (pitch(pico.speak(TEXT, voice, "de").sound.samples[0], 16_000) for voice in (WOMAN, MAN))
    assert man / woman == pytest.approx(0.6, abs=0.08)


def pitch(samples: np.ndarray, rate: int) -> float:
    """Median of the strongest autocorrelation between 70 and 350 Hz over loud 40 ms frames."""
    frames = samples[: len(samples) // 640 * 640].reshape(-1, 640)
    found = []
    for frame in frames[np.sqrt((frames**2).mean(1)) > 0.5 * np.sqrt((samples**2).mean())]:
        same = np.correlate(frame, frame, "full")[639:]
        low, high = rate // 350, rate // 70
        found.append(rate / (low + int(np.argmax(same[low:high] / (640 - np.arange(low, high))))))
    return float(np.median(found))


@pytest.mark.parametrize("text", ["", "…", "漢字", "Привет, Anna"])
def test_what_cannot_be_said_whole_is_refused(pico: Pico, text: str) -> None:
    with pytest.raises(BadInput):
        pico.speak(text, WOMAN, "de")


def test_tags_are_not_obeyed() -> None:
    assert "<" not in readable('a <volume level="0">b</volume>', "de")
    assert readable("Es kostet 20 €.", "de") == "Es kostet zwanzig Euro."


@pytest.mark.parametrize("preset", ["it-IT", "de-DE:9", "de-DE:x", None])
def test_unknown_voices_are_refused(pico: Pico, preset: str | None) -> None:
    with pytest.raises(BadInput):
        pico.estimate(TEXT, Voice(id="x", preset=preset), "de")


def test_what_it_does_not_do(pico: Pico) -> None:
    with pytest.raises(BadInput, match="paces from"):
        pico.speak(TEXT, WOMAN, "de", pace=3)
    with pytest.raises(Unsupported):
        pico.check(None, "pt")


@pytest.mark.parametrize(("text", "language", "preset", "longest"), [
    ("Wait a moment.", "en", "en-US", 1.1), ("How lovely!", "en", "en-US", 0.95),
    ("El tren de las diez llega tarde otra vez.", "es", "es-ES", 2.6),
])  # fmt: skip
def test_the_click_after_the_last_word_is_no_speech(text: str, language: str, preset: str, longest: float) -> None:
    """With it they lasted up to 1.5 s, and a pace of 1.2 came out anywhere between 0.8 and 1.4 s."""
    pico, voice = catalog.load("pico").ready(), Voice(id=preset, preset=preset)
    natural = pico.estimate(text, voice, language)
    assert natural < longest
    assert pico.speak(text, voice, language, pace=1.2).sound.duration == pytest.approx(natural / 1.2, rel=0.03)


def test_a_last_consonant_is_no_click() -> None:
    vowel, burst = np.arange(8000), np.arange(8000 + 1600, 8000 + 2000)
    assert _without_clicks(np.concatenate([vowel, burst]))[-1] == burst[-1]
    click = burst + 4000
    assert _without_clicks(np.concatenate([vowel, click]))[-1] == vowel[-1]
    word = np.arange(20_000, 24_000)
    assert _without_clicks(np.concatenate([vowel, word, word[-1] + 3000 + np.arange(200)]))[-1] == word[-1]
    assert len(_without_clicks(vowel)) == len(vowel)
