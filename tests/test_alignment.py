"""Which words of a translation say which of its source."""

from __future__ import annotations

import numpy as np
import pytest

from dubbench import catalog
from dubbench.translation import alignment


def test_attention_on_pieces_becomes_pairs_of_words() -> None:
    source, said = ["▁ne", "ver", "▁said"], ["▁nun", "ca", "▁disse"]
    attention = np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.1, 0.9]], np.float32)
    assert alignment.attended(attention, source, said) == [(0, 0), (1, 1)]
    wide = np.full((1, 5), 0.2, np.float32)
    assert alignment.attended(wide, [f"▁{c}" for c in "abcde"], ["▁x"]) == []


def test_words_that_look_alike_are_pairs_and_others_are_none() -> None:
    spanish, portuguese = "Nunca he visto una casa tan bonita.", "Nunca tenho visto uma casa tão bonita."
    near = [(0, 0), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]
    assert alignment.alike(spanish.split(), portuguese.split()) == near
    assert alignment.alike(["Wait"], ["Espera"]) == []
    assert alignment.alike([], []) == []
    far = "Paris is far from here, he said once again"
    assert alignment.alike(far.split(), ["...", "longe", "daqui", "Paris"]) == []


def test_pairs_by_way_of_a_language_in_between() -> None:
    assert alignment.through([(0, 1), (1, 0), (2, 2)], [(0, 3), (1, 2)]) == [(0, 2), (1, 3)]


@pytest.mark.models
def test_the_model_knows_its_words_across_sentences_and_orders() -> None:
    translate = catalog.load("bergamot").ready()
    text, said = (
        "That's a very good question. She never said that.",
        "Essa é uma pergunta muito boa. Ela nunca disse isso.",
    )
    pairs = translate.align(text, said, "en", "pt")
    found = {(text.split()[i], said.split()[j]) for i, j in pairs}
    assert {("question.", "pergunta"), ("never", "nunca"), ("that.", "isso.")} <= found


@pytest.mark.models
@pytest.mark.parametrize("said", ["Ela d´isse nunca", "Ela\u200b nunca disse", "", "nunca"])
def test_pairs_lie_in_both_texts_whatever_a_person_wrote(said: str) -> None:
    translate = catalog.load("bergamot").ready()
    pairs = translate.aligned("He never said", said, "en", "pt")
    assert all(i < 3 and j < len(said.split()) for i, j in pairs)
