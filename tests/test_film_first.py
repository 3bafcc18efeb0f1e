"""After an edit the film is written before it is heard, and once more only where a line is taken again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents, listen, memory
from dubbench.run import Run
from dubbench.types import Dub
from tests.talks import make_talk

Told = list[tuple[str, str]]
WRITTEN = ("mux", "written")


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A finished dub of nine lines, of which one was reworded since."""
    home = tmp_path / "o"
    dub = dubbench.dub(make_talk(tmp_path / "a.mp4", bursts=9), to="pt", out=home, cast="toy")
    line = dub.lines[4].but(translation="outra coisa")
    documents.write(dub.with_lines({line.id: line}), home / documents.NAME)
    return home


def walked(home: Path, **asked: Any) -> tuple[Run, Told]:
    told = Told()
    return dubbench.redub(home, progress=lambda room, done, total, what: told.append((room, what)), **asked), told


def test_the_film_is_there_before_it_is_heard(edited: Path) -> None:
    run, told = walked(edited)
    assert told.count(WRITTEN) == 1
    assert told.index(WRITTEN) < told.index(("listen", "listening to the dub"))
    take, output = run.dub.lines[4].take, run.dub.output
    assert take is not None
    assert (take.heard, run.redone["speak"]) == ("outra coisa", 1)
    assert output is not None
    assert output.sha256 == memory.file_sha256(edited / "dub.mp4")
    assert "outra coisa" in (edited / "subtitles.pt.srt").read_text("utf-8")


def test_who_walks_again_has_it_written_again(edited: Path) -> None:
    run, told = walked(edited)
    (edited / "dub.mp4").unlink()
    run.walk()
    assert told.count(WRITTEN) == 2
    assert (edited / "dub.mp4").is_file()


def test_it_is_written_once_more_where_a_line_is_taken_again(edited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def retaken(dub: Dub, *given: Any, **more: Any) -> tuple[Dub, tuple[str, ...]]:
        return dub.with_lines({dub.lines[4].id: dub.lines[4].but(translation="outra coisa ainda")}), (dub.lines[4].id,)

    monkeypatch.setattr(listen, "retaken", retaken)
    run, told = walked(edited)
    assert told.count(WRITTEN) == 2
    assert told.index(WRITTEN) < told.index(("listen", "listening to the dub"))
    assert "outra coisa ainda" in (edited / "subtitles.pt.srt").read_text("utf-8")
    assert run.dub.output is not None
    assert run.dub.output.sha256 == memory.file_sha256(edited / "dub.mp4")


def test_a_picture_that_must_be_encoded_is_written_last(edited: Path) -> None:
    _, told = walked(edited, preview=True)
    assert told.count(WRITTEN) == 1
    assert told.index(WRITTEN) > told.index(("listen", "listened"))


def test_a_whole_dub_is_heard_first(tmp_path: Path) -> None:
    told = Told()
    dubbench.dub(
        make_talk(tmp_path / "a.mp4", bursts=9), to="pt", out=tmp_path / "o", cast="toy",
        progress=lambda room, done, total, what: told.append((room, what)),
    )  # fmt: skip
    assert told.count(WRITTEN) == 1
    assert told.index(WRITTEN) > told.index(("listen", "listened"))
