"""Stressed words in a text: marked, found again, and pauses that stay where they were."""

from __future__ import annotations

import pytest

from dubbench.text import emphasis
from dubbench.types import Emphasis, Pause

TEXT = "Ela nunca, nunca disse isso."


def test_a_word_is_marked_where_it_stands_and_pauses_move_along() -> None:
    second = Emphasis(at=11, word="nunca")
    said, pauses = emphasis.marked(TEXT, [second], [Pause(at=4, duration=0.5), Pause(at=11, duration=0.5)])
    assert said == "Ela nunca, *nunca* disse isso."
    assert [said[pause.at :] for pause in pauses] == ["nunca, *nunca* disse isso.", "*nunca* disse isso."]
    after, [pause] = emphasis.marked(TEXT, [second], [Pause(at=17, duration=0.5)])
    assert after[pause.at :] == "disse isso."
    assert emphasis.bare(said) == TEXT


def test_the_last_word_and_stars_of_the_text_itself() -> None:
    said, _ = emphasis.marked("É 3 * 4 só", [Emphasis(at=8, word="só")])
    assert said == "É 3   4 *só*"
    assert emphasis.parts(said) == [("É 3   4 ", False), ("só", True)]


@pytest.mark.parametrize("wrong", [
    Emphasis(at=5, word="nunca"), Emphasis(at=4, word="nun"), Emphasis(at=90, word="isso"), Emphasis(at=5, word="unca"),
])  # fmt: skip
def test_what_no_longer_fits_the_text_is_left_out(wrong: Emphasis) -> None:
    assert emphasis.honoured(TEXT, [wrong]) == ()
    assert emphasis.marked(TEXT, [wrong])[0] == TEXT


def test_a_persons_wish_is_found_wherever_it_stands() -> None:
    assert [one.at for one in emphasis.wished(TEXT, "NUNCA; isso;; não")] == [4, 11, 23]
    assert emphasis.wished(TEXT, "") == ()


def test_wishes_that_overlap_stress_the_longer_one() -> None:
    text = "I would not never go there"
    assert emphasis.marked(text, emphasis.wished(text, "never; not never"))[0] == "I would *not never* go there"


@pytest.mark.parametrize("text", ["2 * 3 = 6 said he", "Footnote* here and more", "2*3*4", "a * b * c", "**x"])
def test_stars_that_mark_no_word_are_spaces(text: str) -> None:
    assert emphasis.parts(text) == [(text.replace("*", " "), False)]
    assert emphasis.bare(text) == text.replace("*", " ")


def test_a_word_by_its_place_is_without_the_marks_around_it() -> None:
    assert emphasis.word(TEXT, 1) == Emphasis(at=4, word="nunca")
    assert emphasis.word("Não — isso", 1) is None
    assert emphasis.word("यह “नहीं” है", 1) == Emphasis(at=4, word="नहीं")
