"""Texts that people bring: read at the door, held against the film and its lines, sound notes left out and counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import brought
from dubbench.errors import BadInput
from dubbench.text import subtitles
from dubbench.types import Dub, Line, Source
from tests.talks import make_talk

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "talk.mp4", bursts=2)


@pytest.fixture
def dub() -> Dub:
    """Nine seconds of film with two lines."""
    lines = (Line(id="L001", start=1.0, end=2.5, text="Hello."), Line(id="L002", start=5.0, end=7.0, text="Good bye."))
    source = Source(path="a.mp4", sha256="0", duration=9.0)
    return Dub(id="d", source=source, source_language="en", target_language="pt", lines=lines)


def srt(path: Path, *cues: tuple[float, float, str]) -> Path:
    subtitles.write(path, [subtitles.Cue(start=start, end=end, text=text) for start, end, text in cues])
    return path


def test_a_translation_beyond_the_film_is_refused_by_its_time(dub: Dub, tmp_path: Path) -> None:
    late = srt(tmp_path / "pt.srt", (1.0, 2.0, "Olá."), (608.0, 610.0, "Adeus."))
    with pytest.raises(BadInput, match=r"pt\.srt: the cue at 10:08 'Adeus\.' ends at 610\.0 s, but the film at 9\.0 s"):
        brought.with_translation(dub, late)
    with pytest.raises(BadInput, match="at 10:08"):
        brought.with_transcript(dub, late)


def test_a_translation_where_nobody_speaks_is_refused_by_its_time(dub: Dub, tmp_path: Path) -> None:
    own = srt(tmp_path / "pt.srt", (1.0, 2.0, "Olá."), (3.0, 4.0, "Ninguém."), (5.0, 6.0, "Adeus."))
    with pytest.raises(BadInput, match="nobody speaks during the cue at 0:03 'Ninguém.'"):
        brought.with_translation(dub, own)


def test_as_many_cues_as_lines_are_pairs_only_where_they_meet(dub: Dub, tmp_path: Path) -> None:
    paired = brought.with_translation(dub, srt(tmp_path / "a.srt", (0.8, 2.0, "Olá."), (4.0, 6.0, "Adeus.")))
    assert [line.translation for line in paired.lines] == ["Olá.", "Adeus."]
    both = brought.with_translation(dub, srt(tmp_path / "b.srt", (1.0, 1.5, "Olá"), (1.5, 2.5, "a todos.")))
    assert [line.translation for line in both.lines] == ["Olá a todos.", None]


def test_cues_that_say_nothing_are_left_out_and_counted(dub: Dub, tmp_path: Path) -> None:
    notes = ((0.0, 0.5, "♪"), (3.0, 4.0, "[MUSIC] (applause)"), (8.0, 8.5, "- ♪ ♪"))
    words = ((1.0, 2.0, "♪ La la la ♪"), (5.0, 6.0, "(laughs) Good bye."))
    own = srt(tmp_path / "en.srt", *notes, *words)
    told = brought.with_transcript(dub, own)
    assert [line.text for line in told.lines] == ["♪ La la la ♪", "(laughs) Good bye."]
    flag = told.flags[0]
    assert flag.name == "wordless-cues"
    assert all(part in flag.detail for part in ("en.srt", ": 3 (", "at 0:00 '♪'", "at 0:03 '[MUSIC] (applause)'"))
    assert brought.with_transcript(told, own).flags == told.flags
    assert brought.with_translation(dub, own).flags[0].room == "translation"
    assert brought.with_translation(dub, srt(tmp_path / "pt.srt", *words)).flags == ()


def test_sound_notes_alone_are_no_text(dub: Dub, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"en\.srt has no words to speak"):
        brought.with_transcript(dub, srt(tmp_path / "en.srt", (1.0, 2.0, "[MUSIC]")))


def test_left_out_cues_stand_in_the_report_and_nothing_of_them_is_spoken(talk: Path, tmp_path: Path) -> None:
    own = srt(tmp_path / "en.srt", (0.0, 0.8, "♪"), (1.0, 2.4, "Hello there."), (3.5, 4.9, "Good bye."))
    texts = srt(tmp_path / "pt.srt", (1.0, 2.4, "Olá a todos."), (2.5, 3.2, "(aplausos)"), (3.5, 4.9, "Adeus."))
    done = dubbench.dub(talk, to="pt", out=tmp_path / "o", transcript=own, translation=texts, **TOY)
    assert [(line.text, line.translation) for line in done.lines] == [
        ("Hello there.", "Olá a todos."), ("Good bye.", "Adeus."),
    ]  # fmt: skip
    flags = json.loads((tmp_path / "o" / "report.json").read_text("utf-8"))["flags"]
    assert sum(flag["flag"] == "wordless-cues" for flag in flags) == 2


@pytest.mark.parametrize("which", ["transcript", "translation"])
def test_texts_are_read_before_anything_is_written(talk: Path, tmp_path: Path, which: str) -> None:
    bad = tmp_path / "bad.srt"
    bad.write_text("1\n00:00:01,000 -> 00:00:02,000\nOlá.\n", "utf-8")
    with pytest.raises(BadInput, match=r"bad\.srt, line \d"):
        dubbench.dub(talk, to="pt", out=tmp_path / "o", **TOY, **{which: bad})
    assert not (tmp_path / "o").exists()


def test_two_brought_texts_are_held_against_each_other_before_anything_is_written(talk: Path, tmp_path: Path) -> None:
    own = srt(tmp_path / "en.srt", (1.0, 2.4, "Hello there."))
    texts = srt(tmp_path / "pt.srt", (1.0, 2.4, "Olá a todos."), (3.5, 4.9, "Adeus."))
    with pytest.raises(BadInput, match="at 0:03 'Adeus.'"):
        dubbench.dub(talk, to="pt", out=tmp_path / "o", transcript=own, translation=texts, **TOY)
    assert not (tmp_path / "o").exists()


def test_a_finished_dub_refuses_a_translation_that_is_not_its_own(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to="pt", out=tmp_path / "o", **TOY)
    before = {path: path.read_bytes() for path in (tmp_path / "o").iterdir() if path.is_file()}
    with pytest.raises(BadInput, match="nobody speaks during"):
        dubbench.redub(tmp_path / "o", translation=srt(tmp_path / "pt.srt", (0.1, 0.5, "Olá.")))
    assert {path: path.read_bytes() for path in (tmp_path / "o").iterdir() if path.is_file()} == before
