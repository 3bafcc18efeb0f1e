"""The models decoded by our own beam: the same as the engine where one is asked for, and shorter where more are."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import dubbench
from dubbench.translation import checkpoint, guard
from dubbench.translation.beam import Decoder
from dubbench.translation.marian import Marian

pytestmark = pytest.mark.models

SAID = (
    "I didn't know you were there.",
    "At least, they all call me a Yankee down here.",
    "Well, there isn't that much difference.",
    "We went to the market yesterday and bought three kilos of apples for 12 dollars.",
    "I have never been to New York before, but my sister lives there.",
    "The most important thing is to keep asking questions, even when nobody wants to hear them.",
    "Can you tell me where the nearest station is?",
    "It doesn't matter what they say, because you know that you are right.",
    "He has been working here for more than ten years.",
    "I'm going to show you a picture of the house where I was born.",
)


@pytest.fixture(scope="module")
def folder() -> Path:
    return dubbench.load("bergamot").weights.folder()


@pytest.fixture(scope="module")
def decoder(folder: Path) -> Decoder:
    return Decoder(folder / "model.en-pt.bin", folder / "vocab.en-pt.spm")


def test_greedily_it_says_what_the_engine_says(folder: Path, decoder: Decoder) -> None:
    engine = Marian(folder, "en-pt")
    same = [decoder.greedy(text) == engine.raw(text).strip() for text in SAID]
    engine.close()
    assert sum(same) >= 9


def test_the_beam_finds_what_is_likelier_than_the_greedy_way_or_the_same(decoder: Decoder) -> None:
    for text in SAID:
        found = decoder.translations(text)
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        assert len({one.text for one in found}) == len(found) >= 4
        assert min(len(one.text) for one in found) < len(found[0].text)
        assert all(one.score <= 0 for one in found)


def test_the_same_sentence_gives_the_same_again(decoder: Decoder) -> None:
    assert decoder.translations(SAID[0]) == decoder.translations(SAID[0])


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\2" + bytes(63))
    with pytest.raises(ValueError, match="no Marian model"):
        checkpoint.read(tmp_path / "model.bin")


def test_most_lines_get_a_shorter_wording_and_all_of_these_say_the_same(folder: Path) -> None:
    model = Marian(folder, "en-pt")
    ladders = [model.wordings(text, {}) for text in SAID]
    model.close()
    assert sum(len(ladder) > 1 for ladder in ladders) >= 5
    assert any(len(ladder[-1]) <= 0.85 * len(ladder[0]) for ladder in ladders)
    for ladder in ladders:
        assert all(len(after) < len(before) for before, after in itertools.pairwise(ladder))
        assert all(guard.faithful(wording, ladder[0], "pt") for wording in ladder)


def test_terms_stay_in_every_wording(folder: Path) -> None:
    model = Marian(folder, "en-pt")
    ladder = model.wordings("I don't know where the server is, but I think you have it.", {"server": "máquina"})
    model.close()
    assert all("máquina" in wording for wording in ladder)
