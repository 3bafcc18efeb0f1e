"""Which small words a ladder tries to leave out, with a model that finds everything as likely and loses nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dubbench.translation.ladder import Ladder


class Indifferent(Ladder):
    """A ladder without a model, into Portuguese: whatever it tries is kept."""

    def __init__(self) -> None:
        self.source, self.target = "en", "pt"

    def _likelihood(self, sentence: str, text: str) -> float:
        return 0.0

    def _read_back(self, sentence: str, best: str, texts: Sequence[str]) -> list[str]:
        return list(texts)


@pytest.mark.parametrize("text", ["Você tem tempo.", "Você tem, sim.", "Você TEM?", "Você teve…"])
def test_a_subject_stays_before_a_verb_that_would_say_what_there_is(text: str) -> None:
    assert Indifferent()._pruned("", text, True) == []


@pytest.mark.parametrize(("text", "without"), [("Você vem, sim.", "Vem, sim."), ("Sim, você!", "Sim!")])
def test_other_subjects_may_go(text: str, without: str) -> None:
    assert Indifferent()._pruned("", text, True) == [without]
