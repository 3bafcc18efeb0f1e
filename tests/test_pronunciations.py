"""Pronunciations: read from files and wishes, put into what a voice is given, only where their words stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dubbench import catalog, dubbing, listen
from dubbench.adapters import kokoro_text
from dubbench.adapters.toy import ToySpeak, ToyTranslate
from dubbench.errors import BadInput
from dubbench.testing import tiny_dub
from dubbench.text import pronunciations
from dubbench.types import Controls, Dub, Voice

CSV = "word,language,reading\nNginx,pt,engenecs\nNginx,es,enginex\nJersey,,/ˈdʒɜːzi/\n# a remark\n"
FILES = {
    "list.csv": CSV,
    "list.tsv": CSV.replace(",", "\t"),
    "list.toml": '"Jersey" = "/ˈdʒɜːzi/"\n[pt]\n"Nginx" = "engenecs"\n[es]\n"Nginx" = "enginex"\n',
    "list.json": '{"Jersey": "/ˈdʒɜːzi/", "pt": {"Nginx": "engenecs"}, "es": {"Nginx": "enginex"}}',
}


@pytest.mark.parametrize("name", FILES)
def test_a_list_is_read_for_one_language(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], "utf-8")
    assert pronunciations.read(path, "pt") == {"Nginx": "engenecs", "Jersey": "/ˈdʒɜːzi/"}
    assert pronunciations.read(path, "fr") == {"Jersey": "/ˈdʒɜːzi/"}


@pytest.mark.parametrize(("name", "text", "said"), [
    ("a.csv", "Nginx,\n", "line 1.*write word=reading"),
    ("a.csv", "word,reading\nJersey,/dʒɜːzi\n", "line 2.*between two slashes"),
    ("a.csv", "a,pt,b,c\n", "not 4 columns"),
    ("a.csv", "a,b\na,c\n", "line 2: 'a' is 'b' further up and 'c' here"),
    ("a.json", "[1]", "write"), ("a.json", '{"a": 1}', "the reading of 'a' is a text, not 1"),
    ("a.toml", "a = ", "pronunciations a.toml"), ("a.xls", "", "use one of .csv"),
])  # fmt: skip
def test_a_mistake_in_a_list_is_named(name: str, text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=said):
        pronunciations.read(path, "pt")


def test_whole_words_in_any_case_are_respelled_once() -> None:
    readings = {"sql": "és quiú él", "my sql": "mai siquel", "él": "no", "Jersey": "/ˈdʒɜːzi/"}
    text = pronunciations.applied("SQL e My SQL, não sqlite, em JERSEY.", readings)
    assert text == "és quiú él e mai siquel, não sqlite, em [JERSEY](/ˈdʒɜːzi/)."
    assert pronunciations.applied("nada", {}) == "nada"


def test_a_wish_goes_before_the_list_and_the_lines_before_the_speakers(tmp_path: Path) -> None:
    dub = tiny_dub(tmp_path).but(
        pronunciations={"one": "list", "two": "list", "three": "list"},
        controls={"A": Controls(pronunciation="Two=speaker; three=speaker")},
    )
    line = dub.lines[0].but(speaker="A", controls=Controls(pronunciation="three=line"))
    assert pronunciations.of(dub, line) == {"one": "list", "Two": "speaker", "three": "line"}
    with pytest.raises(BadInput, match="pronunciation 'three'"):
        pronunciations.wished("one=un; three")


@pytest.fixture
def spoken(tmp_path: Path) -> Dub:
    dub = tiny_dub(tmp_path)
    lines = [line.but(translation=text) for line, text in zip(dub.lines, ("abba", "nginx", "acca"), strict=True)]
    return ToySpeak()(dub.but(lines=tuple(lines)))


def test_only_lines_that_hold_the_word_are_spoken_again(spoken: Dub) -> None:
    speaker = ToySpeak()
    again = speaker(spoken.but(pronunciations={"Nginx": "engenecs"}))
    assert speaker.made == 1
    changed = [line.speech != before.speech for line, before in zip(again.lines, spoken.lines, strict=True)]
    assert changed == [False, True, False]
    assert again.lines[1].take is not None
    assert again.lines[1].take.text == "nginx", "subtitles and editors see the word as it is written"


def test_ipa_that_a_voice_cannot_read_is_flagged_and_the_flag_goes_with_it(spoken: Dub) -> None:
    speaker = ToySpeak()
    again = speaker(spoken.but(pronunciations={"nginx": "/ɛndʒɪnɛks/"}))
    assert speaker.made == 0
    assert [[flag.name for flag in line.flags] for line in again.lines] == [[], ["reading-unused"], []]
    assert "write a respelling" in again.lines[1].flags[0].detail
    assert not any(line.flags for line in speaker(again.but(pronunciations={})).lines)


def test_a_respelled_word_may_be_heard_either_way(tmp_path: Path) -> None:
    line = ToyTranslate()(tiny_dub(tmp_path)).lines[0].but(translation="Instale o Nginx no servidor")
    readings = {"Nginx": "engenecs"}
    assert listen.score(line, "instale o engenecs no servidor", "pt") > listen.BAD
    for heard in ("instale o engenecs no servidor", "instale o nginx no servidor"):
        assert listen.score(line, heard, "pt", readings) == 0
    assert listen.score(line, "instale o servidor", "pt", readings) > listen.BAD


@pytest.mark.parametrize(("reading", "symbols"), [
    ("/ˈdʒɜːzi/", "ˈʤɜːzi"), ("/ˈmaɪ.kəl/", "ˈmIkəl"), ("/t͡ʃaw/", "ʧaw"), ("/ʒuˈɐ̃w/", "ʒuˈɐ\u0303w"),
    ("/ˈgɔl/", "ˈɡɔl"), ("/ʘǃ/", None), ("/…/", None),
])  # fmt: skip
def test_ipa_becomes_symbols_that_kokoro_has(reading: str, symbols: str | None) -> None:
    assert kokoro_text.from_ipa(reading) == symbols


@pytest.mark.models
def test_kokoro_says_a_word_by_its_ipa() -> None:
    kokoro, voice = catalog.load("kokoro").ready(), Voice(id="alex", preset="pm_alex")
    said, _ = kokoro_text.read("Moro em [Jersey](/ˈdʒɜːzi/) agora.", "pt")
    assert said == "mˈɔɾw ˈAŋ ˈʤɜːzi ˌaɡˈɔɾæ."
    assert kokoro.reads("/ˈdʒɜːzi/", "pt")
    assert not kokoro.reads("/ʘǃ/", "pt")
    plain = kokoro.estimate("Moro em Jersey agora.", voice, "pt")
    assert kokoro.estimate("Moro em [Jersey](/dʒɜːziːziːziːziː/) agora.", voice, "pt") > plain + 0.2


def test_a_file_that_is_not_there_is_refused_at_the_door(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no file"):
        dubbing.prepared(tmp_path / "film.mp4", "pt", pronunciations=tmp_path / "none.csv")
