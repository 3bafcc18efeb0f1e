"""The translate room: what an adapter may answer, and what it is never asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from dubbench.adapters.toy import ToyTranslate
from dubbench.errors import AdapterFailed, BadInput
from dubbench.testing import tiny_dub


class Answers(ToyTranslate):
    """Answers every line as it should but the second, which gets `second`."""

    second: Any = None

    def translate(self, lines: Any, *rest: Any, **more: Any) -> Any:
        good = super().translate(lines, *rest, **more)
        return [self.second if line.id == "2" else wordings for line, wordings in zip(lines, good, strict=True)]


ODD: dict[str, Any] = {
    "a bare text": "COMO VAI",
    "nothing": None,
    "no wording": [],
    "a blank wording": ["COMO VAI", " "],
    "a number": 3,
    "numbers": [3],
    "a wording in a wording": [["COMO VAI"]],
    "a mapping": {"COMO VAI": 1},
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_a_line_that_got_no_list_of_wordings_is_named_with_the_model(answer: Any, tmp_path: Path) -> None:
    stage = type("Odd", (Answers,), {"second": answer})(name="odd")
    with pytest.raises(AdapterFailed, match="model 'odd' failed at line 2"):
        stage(tiny_dub(tmp_path))
    assert not list(tmp_path.rglob("work/translate/*.json")), "none of it is remembered"


@pytest.mark.parametrize("whole", [["OLA", "COMO VAI", "BEM"], ("OLA", "COMO VAI", "BEM")])
def test_texts_in_place_of_lists_are_not_taken_for_their_letters(whole: Any, tmp_path: Path) -> None:
    stage = type("Flat", (ToyTranslate,), {"translate": lambda self, *rest, **more: whole})(name="flat")
    with pytest.raises(AdapterFailed, match="wanted a list of wordings, got 'OLA'"):
        stage(tiny_dub(tmp_path))


@pytest.mark.parametrize("whole", ["abc", None, 3])
def test_what_is_no_list_of_lines_is_named(whole: Any, tmp_path: Path) -> None:
    stage = type("Flat", (ToyTranslate,), {"translate": lambda self, *rest, **more: whole})(name="flat")
    with pytest.raises(AdapterFailed, match="model 'flat' failed at line 1: wanted a list of lines"):
        stage(tiny_dub(tmp_path))


def test_a_tuple_of_wordings_is_as_good_as_a_list(tmp_path: Path) -> None:
    stage = type("Tuples", (Answers,), {"second": ("COMO VAI", "E TU")})()
    assert stage(tiny_dub(tmp_path)).lines[1].wordings == ("COMO VAI", "E TU")


def test_a_wording_that_lost_a_number_a_name_or_a_negation_is_refused_whoever_wrote_it(tmp_path: Path) -> None:
    best = "Eu não vi a Maria em 1998"
    others = ["Não vi a Maria em 1998", "Eu vi a Maria em 1998", "Não vi em 1998", "Não vi a Maria em 1989"]
    stage = type("Careless", (Answers,), {"second": [best, *others]})()
    assert stage(tiny_dub(tmp_path)).lines[1].wordings == (best, others[0])


def test_a_line_without_text_is_named_before_any_is_translated(tmp_path: Path) -> None:
    dub = tiny_dub(tmp_path)
    dub = dub.but(lines=(*dub.lines[:2], dub.lines[2].but(text=" \n")))
    with pytest.raises(BadInput, match=r"line 3 has no text.*dub\.json"):
        ToyTranslate()(dub)
    assert not list(tmp_path.rglob("work/translate/*.json"))
    own = dub.but(lines=(*dub.lines[:2], dub.lines[2].but(translation="Tudo bem")))
    assert ToyTranslate()(own).lines[2].translation == "Tudo bem", "a person's own wording needs no text"


class Pairing(ToyTranslate):
    """A translator that pairs words as it was told."""

    pairs: ClassVar[Any] = []

    def align(self, text: str, said: str, source: str, target: str) -> Any:
        return self.pairs


@pytest.mark.parametrize("pairs", [[(0, 2)], [(-1, 0)], [(0,)], None, "ab"])
def test_pairs_of_words_that_are_not_there_are_told_with_the_model(pairs: Any) -> None:
    stage = type("Bent", (Pairing,), {"pairs": pairs})(name="bent")
    with pytest.raises(AdapterFailed, match="bent"):
        stage.aligned("one two", "um dois", "en", "pt")


def test_words_that_look_alike_are_paired_without_loading_anything() -> None:
    class Shut(ToyTranslate):
        def load(self) -> None:
            raise AssertionError("loaded for nothing")

    assert Shut().aligned("Paris now", "Paris agora", "en", "pt") == [(0, 0)]
