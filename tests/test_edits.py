"""What a person did to a dub is never lost in silence: not by asking again, not by a slip, not by lost files."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents, edits, memory
from dubbench.errors import BadInput
from dubbench.text import subtitles
from tests.finished import TOY, edit

EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "text": lambda raw: raw["lines"][1].update(text="other words"),
    "translation": lambda raw: raw["lines"][1].update(translation="outras palavras"),
    "speaker": lambda raw: raw["lines"][1].update(speaker="B"),
    "time": lambda raw: raw["lines"][1].update(start=raw["lines"][1]["start"] + 0.1),
    "approval": lambda raw: raw["lines"][1].update(approved=True),
    "a line taken away": lambda raw: raw["lines"].pop(1),
}


@pytest.mark.parametrize("what", EDITS)
def test_edits_are_seen(home: Path, what: str) -> None:
    assert edits.of(documents.read(home)) == ()
    second = documents.read(home).lines[1].id
    edit(home, EDITS[what])
    assert edits.of(documents.read(home)) == (second,)


@pytest.mark.parametrize("what", EDITS)
@pytest.mark.parametrize("anew", [{"speakers": 2}, {"source_language": "es"}])
def test_understanding_anew_is_refused_where_it_would_lose_edits(
    home: Path, talk: Path, what: str, anew: dict[str, Any]
) -> None:
    edit(home, EDITS[what])
    before = (home / "dub.json").read_text("utf-8")
    with pytest.raises(BadInput, match="would lose what was edited"):
        dubbench.dub(talk, to="pt", out=home, **{**TOY, **anew})
    assert documents.read(home).lines == documents.Dub.model_validate(json.loads(before)).lines


def test_another_transcript_is_refused_where_it_would_lose_edits(home: Path, talk: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.srt"
    subtitles.write(own, [subtitles.Cue(start=1.0, end=2.4, text="Hello there.")])
    edit(home, EDITS["text"])
    with pytest.raises(BadInput, match="would lose what was edited"):
        dubbench.dub(talk, to="pt", out=home, transcript=own, **TOY)
    assert documents.read(home).lines[1].text == "other words"


def test_understanding_anew_is_free_where_nothing_was_edited(home: Path, talk: Path) -> None:
    assert dubbench.dub(talk, to="pt", out=home, speakers=2, **TOY).wishes.speakers == 2


def test_asking_for_the_same_again_keeps_edits(home: Path, talk: Path) -> None:
    edit(home, EDITS["translation"])
    again = dubbench.dub(talk, to="pt", out=home, **TOY)
    assert again.lines[1].translation == "outras palavras"


def test_a_language_that_was_guessed_may_be_said(talk: Path, tmp_path: Path) -> None:
    guessed = dubbench.dub(talk, to="pt", out=tmp_path / "o", cast="toy")
    assert guessed.source_language is not None
    edit(tmp_path / "o", EDITS["text"])
    said = dubbench.dub(talk, to="pt", out=tmp_path / "o", cast="toy", source_language=guessed.source_language)
    assert said.lines[1].text == "other words"


WRONG: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "two of one name": (lambda raw: raw["lines"].append(raw["lines"][0]), "two lines are called 'L001'"),
    "backwards": (lambda raw: raw["lines"][1].update(end=0.1), "L002 ends at 0.1 s, before it starts"),
    "after the film": (lambda raw: raw["lines"][1].update(end=500.0), "L002 ends at 500.0 s, but the film"),
    "before the film": (lambda raw: raw["lines"][1].update(start=-5.0), "lines.1.start"),
    "no number": (lambda raw: raw["lines"][1].update(start=math.nan), "lines.1.start"),
    "a voice nobody has": (lambda raw: raw["voices"][0].update(preset="toy-hihg"), "did you mean 'toy-high'"),
    "too many speakers": (lambda raw: raw.setdefault("wishes", {}).update(speakers=0), "wishes.speakers"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_in_dub_json_is_named_and_nothing_is_made(home: Path, what: str) -> None:
    change, told = WRONG[what]
    edit(home, change)
    film = memory.file_sha256(home / "dub.mp4")
    with pytest.raises(BadInput, match=told):
        dubbench.redub(home)
    assert memory.file_sha256(home / "dub.mp4") == film


def test_lines_may_be_written_in_any_order(home: Path) -> None:
    before = documents.read(home).lines
    edit(home, lambda raw: raw["lines"].reverse())
    assert [line.id for line in dubbench.redub(home).dub.lines] == [line.id for line in before]


@pytest.mark.parametrize("lost", ["work", "work/probe", "work/separate", "work/speak", "work/mix"])
def test_what_was_deleted_is_made_again(home: Path, lost: str) -> None:
    before = documents.read(home)
    shutil.rmtree(home / lost, ignore_errors=True)
    (home / "dub.mp4").unlink()
    edit(home, EDITS["translation"])
    run = dubbench.redub(home)
    assert run.dub.lines[1].translation == "outras palavras"
    assert [line.id for line in run.dub.lines] == [line.id for line in before.lines]
    assert all(run.dub.open(line.speech).is_file() for line in run.dub.lines if line.speech)
    assert (home / "dub.mp4").is_file()


def test_a_dub_can_be_read_by_a_plain_name(home: Path) -> None:
    assert dubbench.read(str(home)).lines == documents.read(home).lines
    (home / "dub.json").unlink()
    (home / "dub.json").mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        dubbench.read(str(home))


def test_what_was_cut_from_the_film_is_cut_again_where_its_file_is_gone(home: Path) -> None:
    before = documents.read(home)
    assert any(voice.reference for voice in before.voices)
    shutil.rmtree(home / "work")
    after = dubbench.redub(home).dub
    assert [voice.reference for voice in after.voices] == [voice.reference for voice in before.voices]
