"""Names that a translation keeps are marked with their language, other words never."""

from __future__ import annotations

from dubbench.text import names


def test_names_kept_in_both_are_marked() -> None:
    text = names.marked("Estou em Nova Jersey agora.", "I'm in New Jersey now though.", "en")
    assert text == "Estou em Nova [Jersey](en) agora."


def test_a_word_that_only_begins_a_sentence_is_no_name() -> None:
    text = "Hospital novo. Animal velho."
    assert names.marked(text, "Hospital is new. Animal is old.", "en") == text


def test_translated_names_and_small_words_stay() -> None:
    assert names.kept("We flew to London with Ann and I.", "Voamos para Londres com Ann e I.") == ("Ann",)


def test_a_name_twice_is_marked_twice_and_once_only() -> None:
    once = names.marked("Chicago, de Chicago", "He left Chicago for Chicago", "en")
    assert once == "[Chicago](en), de [Chicago](en)"


def test_parts_give_the_text_back() -> None:
    pieces = names.parts("Sou [Sheila](en), de [Chicago](en).", "pt")
    assert pieces == [("Sou ", "pt"), ("Sheila", "en"), (", de ", "pt"), ("Chicago", "en"), (".", "pt")]
    assert names.parts("Sem nomes [aqui] (não).", "pt") == [("Sem nomes [aqui] (não).", "pt")]
