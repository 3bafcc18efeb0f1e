"""Lines cut into sentences, sentences into clauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.text.sentences import clauses, split

SPLIT = [
    ("en", "Hello! How are you? Fine.", ["Hello!", "How are you?", "Fine."]),
    ("en", "Dr. Smith met J. R. R. Tolkien.", ["Dr. Smith met J. R. R. Tolkien."]),
    ("en", "It is 3.5 at 10:30 a.m. He left.", ["It is 3.5 at 10:30 a.m.", "He left."]),
    ("en", "The U.S. Army left the U.S. They came back.", ["The U.S. Army left the U.S.", "They came back."]),
    ("en", "Wait... what? I see... Really.", ["Wait... what?", "I see...", "Really."]),
    ("en", 'He said: "Go home." Then he left.', ['He said: "Go home."', "Then he left."]),
    ("en", '"Stop!" she said. Nobody moved', ['"Stop!" she said.', "Nobody moved"]),
    ("en", "and then we went to the", ["and then we went to the"]),
    ("en", "See No. 5. No. Five is better.", ["See No. 5.", "No.", "Five is better."]),
    ("en", "It was me and I. Then we left.", ["It was me and I.", "Then we left."]),
    ("pt", "O Sr. Silva e a Dra. Costa. Bom dia!", ["O Sr. Silva e a Dra. Costa.", "Bom dia!"]),
    ("es", "¿Qué? ¡No! Ud. sabe.", ["¿Qué?", "¡No!", "Ud. sabe."]),
    ("en", "one\ntwo.  Three", ["one two.", "Three"]),
    ("en", "  ", []),
]


@pytest.mark.parametrize(("language", "text", "pieces"), SPLIT)
def test_sentences_end_where_they_end(language: str, text: str, pieces: list[str]) -> None:
    assert split(text, language) == pieces


@given(st.text(alphabet="ab AB.!?…,;\"'()-—\n1", max_size=80), st.sampled_from(["en", "pt", "es"]))
def test_nothing_is_lost(text: str, language: str) -> None:
    assert "".join(" ".join(split(text, language)).split()) == "".join(text.split())


@given(st.text(alphabet="ab ,;:—", min_size=1, max_size=200), st.integers(1, 12))
def test_clauses_are_short_and_whole(text: str, longest: int) -> None:
    found = clauses(text, longest=longest)
    assert all(len(clause.split()) <= longest for clause in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_long_sentence_is_cut_at_a_clause_mark_near_its_middle() -> None:
    sentence = "when the rain came down on us, we ran as fast as we could to the old house"
    first, second = clauses(sentence, longest=12)
    assert first == "when the rain came down on us,"
    assert second == "we ran as fast as we could to the old house"
