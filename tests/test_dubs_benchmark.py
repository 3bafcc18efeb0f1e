"""What the benchmark of dubs counts: a name or number is heard only where its own words are."""

from __future__ import annotations

import pytest

from dubbench.text import spelling
from eval import named
from eval.judged import misunderstood
from examples import clips

TEXT = "Em 1984, Bruce pagou 28,8 reais. Bruce mora em Sackville e disca 4, 2, 4, 2."
ITEMS = ["mil novecentos e oitenta e quatro", "Bruce", "vinte e oito vírgula oito", "Bruce", "Sackville",
         "quatro dois quatro dois"]  # fmt: skip


def items(text: str, language: str = "pt", known: tuple[str, ...] = ("Bruce", "Sackville")) -> list[str]:
    return [item.text for item in named.found(text, known, language)]


def lost(heard: str) -> list[str]:
    words, found = spelling.words(TEXT, "pt"), named.found(TEXT, ("Bruce", "Sackville"), "pt")
    return [one.item.text for one in named.lost(words, found, spelling.words(heard, "pt"), "pt")]


def test_numbers_in_digits_and_in_words_are_one_and_names_count_wherever_they_stand() -> None:
    assert items(TEXT) == ITEMS
    assert items("em mil novecentos e oitenta e quatro") == items("em 1984")
    assert items("um homem e uma casa") == []


def test_a_name_that_begins_sentences_is_known_by_another_place_or_by_the_original() -> None:
    assert named.names(["Bruce mora aqui.", "Ele é Bruce."], ["", ""], near=False) == {"Bruce"}
    assert named.names(["Bruce mora aqui."], ["Bruce lives here."], near=False) == {"Bruce"}
    assert named.names(["Hospital novo."], ["The hospital is new."], near=False) == set()
    assert named.names(["Para que serve?"], ["Para que sirve?"], near=True) == set()
    assert named.names(["Yes, I'm here."], ["Sí, estoy aquí."], near=False) == set()


@pytest.mark.parametrize(
    ("heard", "missing"),
    [
        (TEXT, []),
        ("Em mil novecentos e oitenta e quatro Bruce pagou vinte oito vírgula oito reais. " + TEXT[33:], []),
        (TEXT.replace("1984", "1985"), ITEMS[:1]),
        (TEXT.replace("1984", "84"), ITEMS[:1]),
        (TEXT.replace("28,8", "128,8"), [ITEMS[2]]),
        (TEXT.replace("4, 2, 4, 2", "4, 242"), [ITEMS[5]]),
        (TEXT.replace("4, 2, 4, 2", "4242"), []),
        (TEXT.replace("1984", "1, 9, 8, 4"), []),
        (TEXT.replace("Sackville", "Sack Ville, sim,"), []),
        (TEXT.replace("Bruce mora", "Bruno mora"), ["Bruce"]),
        (TEXT.replace("Sackville", "Sack Ville"), []),
        (TEXT.replace("Sackville", "Saco Vil"), ["Sackville"]),
        ("Bruce, Bruce, Sackville.", ITEMS[:1] + [ITEMS[2], ITEMS[5]]),
    ],
)
def test_what_is_heard_and_what_is_lost(heard: str, missing: list[str]) -> None:
    assert lost(heard) == missing


def test_what_is_misunderstood_in_the_original_is_told_however_digits_are_parted() -> None:
    text = "Marque el 5-0-0, 1, 2, 3, 4 o 6.00, con 28.8 kilobit, en DGM. MyTasteSpace.com"
    said = ("500", "1234", "600", "28.8", "2", "8", "8500", "Digium", "Taste Space", "mytastespace.com")
    assert list(misunderstood(text, said)) == ["8", "8500", "Digium", "Taste Space"]


def test_every_clip_has_a_name_of_its_own_and_what_is_said_belongs_to_one() -> None:
    films = [name for name, *_ in (*clips.PAIRS, *clips.COMPANY, *clips.FILMS)]
    assert len(set(films)) == len(films)
    assert set(clips.SAID) <= set(films)
