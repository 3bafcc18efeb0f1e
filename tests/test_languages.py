"""Codes, names and tags of languages."""

import pytest

from dubbench import languages
from dubbench.errors import Unsupported


@pytest.mark.parametrize(
    ("asked", "code"),
    [("pt", "pt"), ("pt-BR", "pt"), ("pt_BR", "pt"), ("PT", "pt"), ("por", "pt"), ("Portuguese", "pt"),
     ("zh-Hans", "zh"), ("jv", "jw"), ("nb", "no"), ("ger", "de"), (" en ", "en"), ("haitian creole", "ht")],
)  # fmt: skip
def test_many_ways_to_say_a_language(asked: str, code: str) -> None:
    assert languages.normalise(asked) == code


def test_the_table_is_whole() -> None:
    tags = {language.iso639_2 for language in languages.LANGUAGES.values()}
    assert len(languages.LANGUAGES) == len(tags) == 100
    assert all(len(tag) == 3 for tag in tags)


def test_it_has_what_whisper_has() -> None:
    tokenizer = pytest.importorskip("faster_whisper.tokenizer")
    assert set(tokenizer._LANGUAGE_CODES) == set(languages.LANGUAGES)


def test_names_and_tags() -> None:
    assert (languages.name("pt-BR"), languages.iso639_2("pt-BR")) == ("Portuguese", "por")
    assert (languages.name("und"), languages.iso639_2("und")) == ("Undetermined", "und")


def test_an_unknown_language_brings_close_ones() -> None:
    with pytest.raises(Unsupported, match=r"did you mean pt \(Portuguese\)"):
        languages.normalise("portugese")
    with pytest.raises(Unsupported, match=r"one of these codes: af, .*zh"):
        languages.normalise("xx")
    with pytest.raises(Unsupported):
        languages.normalise("und")
