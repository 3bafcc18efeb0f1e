"""Text as it sounds: readings of numbers, words for comparing, counts of errors, rough sounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.text import numerals
from dubbench.text.spelling import Errors, aligned, cer, same_sound, spoken, wer, words

READ = [
    ("en", "It costs $4.50, or 20% less.", "It costs four dollars and fifty cents, or twenty percent less."),
    ("en", "May 21st, 1998", "May twenty-first, nineteen ninety-eight"),
    ("en", "at 10:30 a.m. He left at 5:00.", "at ten thirty am. He left at five o'clock."),
    ("en", "in the 1990s and 80s", "in the nineteen nineties and eighties"),
    ("en", "3.05 and -3.5", "three point zero five and minus three point five"),
    ("en", "agent 007 in 3D", "agent zero zero seven in three D"),
    ("en", "$2.5 billion", "two point five billion dollars"),
    ("pt", "Custa US$ 4,50.", "Custa quatro dólares e cinquenta centavos."),
    ("pt", "por R$ 1.250,00", "por mil duzentos e cinquenta reais"),
    ("pt", "US$ 2,5 bilhões", "dois vírgula cinco bilhões de dólares"),
    ("pt", "a 45ª reunião, o 1º dia", "a quadragésima quinta reunião, o primeiro dia"),
    ("pt", "às 10:30 ou 10h30", "às dez e trinta ou dez e trinta"),
    ("pt", "2 pessoas e 200 casas em 2 dias", "duas pessoas e duzentas casas em dois dias"),
    ("pt", "3,5 graus, 20 %", "três vírgula cinco graus, vinte por cento"),
    ("es", "21 años, 1.250 personas", "veintiún años, mil doscientas cincuenta personas"),
    ("es", "4,50 €", "cuatro euros con cincuenta céntimos"),
    ("fr", "1er, 71, 1 000 000", "premier, soixante-et-onze, un million"),
    ("it", "1º, 21, 3,5", "primo, ventuno, tre virgola cinque"),
    ("de", "am 21. Mai 1998, 10:30 Uhr", "am einundzwanzigsten Mai neunzehnhundertachtundneunzig, zehn Uhr dreißig"),
]


@pytest.mark.parametrize(("language", "text", "said"), READ)
def test_numbers_are_read_as_a_reader_says_them(language: str, text: str, said: str) -> None:
    assert spoken(text, language) == said


def test_text_without_signs_and_unknown_languages_come_back_unchanged() -> None:
    assert spoken("Ele não veio — R$!", "pt") == "Ele não veio — R$!"
    assert spoken("3 時です", "ja") == "3 時です"


@pytest.mark.parametrize(
    ("language", "written", "heard"),
    [
        ("en", "He paid $20 in 1998.", "he paid twenty dollars in nineteen ninety-eight"),
        ("en", "One hundred and five", "105"),
        ("en", "A hundred dollars, OK?", "$100 okay"),
        ("en", "Don't go!", "dont go"),
        ("pt", "2 pessoas, 300 casas", "duas pessoas, trezentas casas"),
        ("pt", "Vou pra praia, né?", "vou para praia não é"),
        ("pt", "Custa 20%.", "custa vinte por cento"),
        ("pt", "Senão vou à praia", "se não vou a praia"),
        ("pt", "25 mil reais", "vinte e cinco mil reais"),
        ("es", "21 años", "veintiún años"),
        ("fr", "L'homme a 80 ans", "l’homme a quatre vingts ans"),
        ("de", "Ein Haus, 21", "ein haus einundzwanzig"),
    ],
)
def test_what_sounds_alike_compares_alike(language: str, written: str, heard: str) -> None:
    assert words(written, language) == words(heard, language)
    assert wer(written, heard, language).errors == 0


def test_diacritics_and_wrong_words_count() -> None:
    assert words("avó", "pt") != words("avô", "pt")
    assert wer("Ele não veio hoje", "ele veio hoje", "pt") == Errors(1, 4)
    assert cer("casa", "cama", "pt") == Errors(1, 4)


def test_counts_add_and_rates_do_not() -> None:
    total = wer("a b", "a", "pt") + wer("um dois três quatro", "um dois três quatro", "pt")
    assert total == Errors(1, 6)
    assert total.rate == pytest.approx(1 / 6)
    assert sum([Errors(1, 2), Errors(0, 8)], Errors()).rate == 0.1
    assert Errors(2, 0).rate == 2.0


@given(st.text(max_size=60), st.sampled_from([*numerals.LANGUAGES, "ja", "hi", "pt-br"]))
def test_any_text_has_words_and_having_them_again_changes_nothing_but_spelling(text: str, language: str) -> None:
    found = words(text, language)
    assert all(word and word == word.strip() for word in found)
    assert wer(text, text, language).errors == 0


def test_heard_words_go_to_the_lines_they_align_with() -> None:
    lines = {"1": "Oi, Matt! Tudo bem?", "2": "Sim.", "3": "Claro, vamos embora.", "4": "Vinte e cinco mil."}
    found = aligned("Oi mate tudo bem sim claro vamos embora 25 mil", lines, "pt")
    assert found == {
        "1": "oi mate tudo bem", "2": "sim", "3": "claro vamos embora", "4": "vinte e cinco mil",
    }  # fmt: skip


def test_a_line_nobody_heard_gets_nothing_and_excess_goes_to_the_line_before() -> None:
    assert aligned("bom dia ã ã boa noite", {"a": "Bom dia.", "b": "Sim.", "c": "Boa noite."}, "pt")["c"] == "boa noite"
    assert aligned("", {"a": "Sim."}, "pt") == {"a": ""}
    assert aligned("sim", {}, "pt") == {}


@pytest.mark.parametrize("heard", ["Si", "Cim", "Sin.", "sim", "SIM!"])
def test_a_misspelled_yes_is_a_yes(heard: str) -> None:
    assert same_sound("Sim.", heard, "pt")


@pytest.mark.parametrize("heard", ["Não", "Só", "", "Sim sim sim", "Fim", "Assim", "..."])
def test_another_word_is_no_yes(heard: str) -> None:
    assert not same_sound("Sim.", heard, "pt")


def test_short_words_of_other_languages() -> None:
    assert same_sound("Right.", "Write", "en")
    assert same_sound("No.", "Know", "en")
    assert same_sound("Okay.", "OK", "en")
    assert not same_sound("Yes.", "No", "en")
    assert not same_sound("Não.", "Pão", "pt")


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [("1,250.5", "en", "1250.5"), ("1.250,5", "pt", "1250.5"), ("3,5", "en", "3.5"), ("1.250", "pt", "1250"),
     ("1.250", "en", "1.250"), ("1,250,000", "en", "1250000"), ("0,125", "en", "0.125"), ("1\u00a0000", "fr", "1000")],
)  # fmt: skip
def test_marks_mean_what_the_language_means(text: str, language: str, value: str) -> None:
    figure = numerals.figures(f"x {text} y", language)[0]
    assert figure.text == text
    assert str(figure.value) == value


def test_numbers_are_written_as_the_other_language_writes_them() -> None:
    assert numerals.agreed("1.250,000 pessoas", "1,250,000 people", "en", "pt") == "1.250.000 pessoas"
    assert numerals.agreed("US$ 4.50", "$4.50", "en", "pt") == "US$ 4,50"
    assert numerals.agreed("Em 1998, 3,5", "In 1998, 3.5", "en", "pt") == "Em 1998, 3,5"
