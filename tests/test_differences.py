"""What changed from one dub to another: lines, settings, models, sound and figures, and nothing that did not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents
from dubbench.comparing import differences
from dubbench.comparing.differences import matched
from dubbench.errors import BadInput
from dubbench.types import Line
from tests.finished import TOY, edit
from tests.talks import make_talk
from tests.test_cli import dubbench as command


def edited(home: Path, change: Callable[[dict[str, Any]], Any], **asked: Any) -> Path:
    edit(home, change)
    dubbench.redub(home, **asked)
    return home


def test_a_dub_differs_in_nothing_from_its_copy(finished: Path, home: Path, tmp_path: Path) -> None:
    assert differences.between(finished, home / "dub.json").same
    done = command("diff", finished, home, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "the same\n")


def test_an_edited_line_is_the_only_one_that_changed(finished: Path, home: Path, tmp_path: Path) -> None:
    edited(home, lambda raw: raw["lines"][1].update(translation="outras"))
    found = differences.between(finished, home)
    (line,) = found.lines
    old = documents.read(finished).lines[1]
    assert line.ids == (old.id, old.id)
    assert line.fields["translation"] == (old.translation, "outras")
    assert line.take
    assert found.takes == (1, 4)
    assert not found.settings
    assert not found.models
    assert not found.machine
    assert found.mixes is not None
    assert found.mixes.difference_db is not None
    assert -30 < found.mixes.difference_db < 5, "one line of four is another"
    done = command("diff", finished, home, cwd=tmp_path)
    assert done.returncode == 1
    assert f"{old.translation} → outras" in done.stdout
    assert "takes  1 of 4 are others" in done.stdout
    assert "\x1b" not in done.stdout, "colours are for terminals"


def test_json_says_it_all(finished: Path, home: Path, tmp_path: Path) -> None:
    edited(home, lambda raw: raw["lines"].pop(2), slow_picture=True, voices={"A": "toy-high"})
    told = json.loads(command("diff", finished, home, "--json", cwd=tmp_path).stdout)
    gone = documents.read(finished).lines[2]
    assert told["removed"] == {gone.id: gone.text}
    assert told["settings"]["slow_picture"] == [False, True]
    assert told["settings"]["voice of A"] == ["toy-low", "toy-high"]
    assert told["report"]["lines"] == [4, 3]
    assert told["takes"] == [3, 3]


def test_who_plays_no_part_any_more_is_named(talk: Path, finished: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to="pt", out=tmp_path / "mute", watermark=False, **TOY)
    found = differences.between(finished, tmp_path / "mute")
    assert found.settings["watermark"] == (True, False)
    assert found.models["watermark"] == ("toy-watermark", "nobody")


def test_two_languages_are_compared_in_what_they_share(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to=["pt", "es"], out=tmp_path / "dub", **TOY)
    edited(tmp_path / "dub" / "es", lambda raw: raw["lines"][0].update(text="other words"))
    found = differences.between(tmp_path / "dub" / "pt", tmp_path / "dub" / "es")
    assert found.languages == ("pt", "es")
    assert [list(line.fields) for line in found.lines] == [["text"]]
    assert found.takes is None
    assert found.mixes is None
    done = command("diff", tmp_path / "dub" / "pt", tmp_path / "dub" / "es", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("in two languages, pt and es")


def test_dubs_of_two_films_are_refused(finished: Path, tmp_path: Path) -> None:
    other = make_talk(tmp_path / "other.mp4", bursts=2, seed=5)
    dubbench.dub(other, to="pt", out=tmp_path / "dub", **TOY)
    with pytest.raises(BadInput, match=r"not dubs of one film \(talk\.mp4 and other\.mp4\)"):
        differences.between(finished, tmp_path / "dub")


def line(name: str, start: float, end: float, text: str = "x", speaker: str = "A") -> Line:
    return Line(id=name, start=start, end=end, text=text, speaker=speaker)


def test_lines_are_known_by_their_time_and_not_by_their_id() -> None:
    old = [line("1", 0, 2), line("2", 3, 5), line("3", 6, 8)]
    new = [line("1", 0.1, 1.9), line("2", 2.0, 2.8), line("3", 3.2, 5), line("4", 6, 8)]
    pairs, gone, come = matched(old, new)
    assert [(x.id, y.id) for x, y in pairs] == [("1", "1"), ("2", "3"), ("3", "4")]
    assert not gone
    assert [x.id for x in come] == ["2"]


def test_a_line_that_was_moved_is_still_the_same_line() -> None:
    old, new = [line("1", 0, 2, "hello"), line("2", 3, 5)], [line("2", 3, 5), line("1", 7, 9, "hello")]
    pairs, gone, come = matched(old, new)
    assert [(x.id, y.id) for x, y in pairs] == [("1", "1"), ("2", "2")]
    assert not gone
    assert not come


def test_two_who_speak_at_once_are_told_apart() -> None:
    old = [line("1", 0, 2, speaker="A"), line("2", 0, 2, speaker="B")]
    new = [line("1", 0, 2, speaker="B"), line("2", 0, 2, speaker="A")]
    assert [(x.speaker, y.speaker) for x, y in matched(old, new)[0]] == [("A", "A"), ("B", "B")]
