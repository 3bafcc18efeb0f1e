"""Verbs in each other's place: right forms, rightly spelt, and none where one form stands for two."""

from __future__ import annotations

import pytest

from dubbench.translation.conjugation import exchange, forms


@pytest.mark.parametrize(
    ("language", "verb", "some"),
    [
        ("pt", "ficar", "fico fiquei ficou ficava fique ficasse ficarmos"),
        ("pt", "chegar", "cheguei chegamos chegue"),
        ("pt", "começar", "comecei comece começo"),
        ("pt", "vencer", "venço vença venceu"),
        ("pt", "conseguir", "consigo consegue consiga conseguimos"),
        ("pt", "dormir", "durmo dorme durma dormisse"),
        ("pt", "ser", "sou é fui era seja fosse for"),
        ("es", "tomar", "tomo tomaste tomó tomaba tome tomara"),
        ("es", "buscar", "busqué busque buscó"),
        ("es", "tener", "tengo tuvo tendrá tenga tuviera"),
    ],
)
def test_forms_are_spelt_as_they_are_written(language: str, verb: str, some: str) -> None:
    assert set(some.split()) <= set(forms(verb, language))


def test_a_verb_takes_anothers_place_in_person_and_tense() -> None:
    instead = exchange("tomar", "decidir", "pt")
    assert [instead[form] for form in ("tomei", "tomamos", "tomava", "tomem", "tomar")] == [
        "decidi",
        "decidimos",
        "decidia",
        "decidam",
        "decidir",
    ]


def test_a_form_that_stands_for_two_of_the_others_is_left_alone() -> None:
    """ "Assistir" is an infinitive ("ver") and a subjunctive ("vir"), "assistimos" two tenses ("vemos", "vimos")."""
    instead = exchange("assistir", "ver", "pt")
    assert not {"assistir", "assistimos", "assistirem"} & set(instead)
    assert instead["assistiu"] == "viu"


def test_an_unknown_ending_is_named() -> None:
    with pytest.raises(ValueError, match="'compor'"):
        forms("compor", "pt")


def test_rows_of_a_table_have_all_forms() -> None:
    for language, verbs in (
        ("pt", "fazer ter ser estar dar poder saber ver querer pôr falar"),
        ("es", "hacer ser hablar"),
    ):
        assert len({len(forms(verb, language)) for verb in verbs.split()}) == 1
