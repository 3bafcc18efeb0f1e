"""Names that a translation keeps are marked with their language, other words never."""

from __future__ import annotations

from dubbench.text import names


def test_names_kept_in_both_are_marked() -> None:
    text = names.marked("Estou em Nova Jersey agora.", "I'm in New Jersey now though.", "en", "pt")
    assert text == "Estou em Nova [Jersey](en) agora."


def test_a_possessive_is_part_of_its_name() -> None:
    text = names.marked("Que tal o Murphy's?", "How about Murphy's?", "en", "pt")
    assert text == "Que tal o [Murphy's](en)?"


def test_a_word_that_only_begins_a_sentence_is_no_name() -> None:
    text = "Hospital novo. Animal velho."
    assert names.marked(text, "Hospital is new. Animal is old.", "en", "pt") == text


def test_a_word_that_goes_on_with_a_sentence_is_one() -> None:
    text, source = "Kenwood e nada mais.", "Kenwood and nothing else."
    assert names.marked(text, source, "en", "pt", before="I am using a") == "[Kenwood](en) e nada mais."
    assert names.marked(text, source, "en", "pt", before="I am using it.") == text


def test_a_first_word_that_two_romance_languages_share_is_none() -> None:
    text, source = "Para mim isso é bom.", "Para mí eso es bueno."
    assert names.marked(text, source, "es", "pt", before="y entonces") == text


def test_a_sentence_ends_behind_its_closing_quotes_too() -> None:
    text, source = "Hospital novo.", "Hospital is new."
    for before in ("he said “Go.”", "(he said so!)", "«Go!»", 'he said "Go."', "‘Go.’”"):
        assert names.marked(text, source, "en", "pt", before=before) == text
        assert names.kept(f"{before} {source}", text) == ()
    assert names.marked(text, source, "en", "pt", before="he said “go” in") == "[Hospital](en) novo."


def test_translated_names_and_small_words_stay() -> None:
    assert names.kept("We flew to London with Ann and I.", "Voamos para Londres com Ann e I.") == ("Ann",)


def test_a_name_twice_is_marked_twice_and_once_only() -> None:
    once = names.marked("Chicago, de Chicago", "He left Chicago for Chicago", "en", "pt")
    assert once == "[Chicago](en), de [Chicago](en)"


def test_english_words_that_stayed_are_read_as_such() -> None:
    text = names.marked("Faça um backup no hospital.", "Do a backup in the hospital.", "en", "pt")
    assert text == "Faça um [backup](en) no hospital."
    text = names.marked("os comandos dial answer e hang up", "los comandos dial answer y hang up", "es", "pt")
    assert text == "os comandos dial [answer](en) e [hang](en) [up](en)"
    assert names.marked("Un client.", "A client.", "en", "fr") == "Un client."


def test_parts_give_the_text_back() -> None:
    pieces = names.parts("Sou [Sheila](en), de [Chicago](en).", "pt")
    assert pieces == [("Sou ", "pt"), ("Sheila", "en"), (", de ", "pt"), ("Chicago", "en"), (".", "pt")]
    assert names.parts("Sem nomes [aqui] (não).", "pt") == [("Sem nomes [aqui] (não).", "pt")]
