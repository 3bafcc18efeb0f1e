"""hibari in an environment of its own: whole, exact in length, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dubbench import catalog, media
from dubbench.adapters.hibari import readable
from dubbench.errors import BadInput, Unsupported
from dubbench.testing import check_adapter
from dubbench.text import spelling
from dubbench.types import Voice

pytestmark = pytest.mark.models

TEXT = "The captain never told us why, but the harbor was closed for three days."
HEART = Voice(id="heart", preset="heart")


@pytest.fixture(scope="module")
def hibari() -> Iterator[Any]:
    stage = catalog.load("hibari")
    yield stage.ready()
    stage.release()


def test_it_keeps_the_contract() -> None:
    check_adapter(catalog.load("hibari"), interpreters=False, long=1_500)


def test_its_words_are_understood(hibari: Any) -> None:
    ear: Any = catalog.load("whisper-base").ready()
    heard = ear.text(media.resample(hibari.speak(TEXT, HEART, "en").sound, 16_000), "en")
    ear.release()
    assert spelling.wer(TEXT, heard, "en").errors <= 1, heard


def test_the_estimate_is_the_length_and_a_pace_gives_the_nearest_it_has(hibari: Any) -> None:
    natural = hibari.estimate(TEXT, HEART, "en")
    lengths = {pace: hibari.speak(TEXT, HEART, "en", pace=pace).sound.duration for pace in (0.85, 1.0, 1.1, 1.25)}
    assert lengths[1.0] == natural
    assert list(lengths.values()) == sorted(lengths.values(), reverse=True)
    for pace, seconds in lengths.items():
        assert seconds * pace == pytest.approx(natural, rel=0.15)


def test_the_seed_is_all_the_chance_there_is(hibari: Any) -> None:
    first = hibari.speak(TEXT, HEART, "en").sound.samples
    hibari.speak("Something else.", HEART, "en")
    assert np.array_equal(hibari.speak(TEXT, HEART, "en").sound.samples, first)
    other: Any = catalog.load("hibari", seed=1)
    assert not np.array_equal(other.speak(TEXT, HEART, "en").sound.samples, first)
    other.release()


@pytest.mark.parametrize("text", ["", "…", "漢字", "Привет, Anna"])
def test_what_cannot_be_said_whole_is_refused(hibari: Any, text: str) -> None:
    with pytest.raises(BadInput):
        hibari.speak(text, HEART, "en")


def test_what_it_does_not_do(hibari: Any) -> None:
    with pytest.raises(BadInput, match="paces from"):
        hibari.speak(TEXT, HEART, "en", pace=3)
    with pytest.raises(BadInput, match="take heart"):
        hibari.estimate(TEXT, Voice(id="x", preset="emma"), "en")
    with pytest.raises(Unsupported):
        hibari.check(None, "pt")


def test_numbers_are_read_and_its_commands_are_not_obeyed() -> None:
    assert "fifty" in readable("It cost $50.", "en")
    assert not set("<>[]") & set(readable("<b>[Jersey](/jur-zee/)</b>", "en"))
