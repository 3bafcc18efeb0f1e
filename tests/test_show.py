"""A dub in a cell: texts escaped, sounds to be played, no more of a long one than a page can hold."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

import dubbench
from dubbench import show
from dubbench.errors import BadInput
from dubbench.types import Dub, Line, Source, Turn
from tests.bench import toys


def made(folder: Path, *lines: Line, duration: float = 2.0) -> Dub:
    source = Source(path=str(folder / "film.wav"), sha256="0" * 64, duration=duration)
    return Dub(id="d", source=source, target_language="pt", source_language="en", lines=lines).at(folder)


LINE = Line(id="1", start=0.0, end=1.0, text="<b>", speaker="A<i>", translation="&", placed_start=0.1, placed_end=1.2)


def seconds(page: str) -> list[float]:
    """How long the sounds of a page are."""
    coded = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', page)
    return [soundfile.info(io.BytesIO(base64.b64decode(one))).duration for one in coded]


def test_texts_are_escaped_and_lines_drawn(tmp_path: Path) -> None:
    told = show.show(made(tmp_path, LINE)).page
    assert "&lt;b&gt;" in told
    assert "A&lt;i&gt;" in told
    assert "<b>" not in told
    assert "<i>" not in told
    assert show.timeline(made(tmp_path, LINE)).page.count("<rect") == 2
    assert re.findall(r">(\d+) s</text>", show.timeline(made(tmp_path, LINE)).page) == ["0", "1"]
    spoken = made(tmp_path).but(turns=(Turn(speaker="<b>", start=0.0, end=1.0), Turn(speaker="B", start=0.5, end=2.0)))
    rows = re.findall(r'<rect x="[\d.]+" y="(\d+)"', show.turns(spoken, "<i>").page)
    assert rows == ["0", "20"]
    assert not re.search("<b>|<i>", show.turns(spoken, "<i>").page)


def test_a_finished_dub_shows_itself_with_its_sounds(finished: Path) -> None:
    dub = dubbench.read(finished)
    told = dub._repr_html_()
    spoken = [line.speech.duration for line in dub.lines if line.speech]
    heard = seconds(told)
    assert len(heard) == 4 + len(spoken)
    assert heard[:4] == pytest.approx([dub.source.duration] * 4, abs=0.3)
    assert heard[4:] == pytest.approx(spoken, abs=0.15)
    for label in ("the original", "its speech", "its background", "the dub"):
        assert label in told
    assert all(str(line.translation) in told for line in dub.lines)


def test_of_a_long_dub_as_much_as_a_page_can_hold(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dub = dubbench.read(finished)
    monkeypatch.setattr(show, "LONGEST", 1.0)
    monkeypatch.setattr(show, "MOST", 0.0)
    told = show.show(dub).page
    assert seconds(told) == pytest.approx([1.0] * 4, abs=0.15)
    assert "The first 0 s of takes can be heard here" in told
    assert all(str(line.translation) in told for line in dub.lines)


def test_what_is_not_there_is_left_out(tmp_path: Path, finished: Path) -> None:
    dub = dubbench.read(finished).at(tmp_path)
    assert len(seconds(dub._repr_html_())) == 1
    bare = Dub(id="d", source=Source(path="gone.wav", sha256="0" * 64, duration=0.0), target_language="pt")
    assert seconds(bare._repr_html_()) == []
    (tmp_path / "text.wav").write_text("no sound", "utf-8")
    with pytest.raises(BadInput, match=r"text\.wav"):
        show.player(tmp_path / "text.wav")


def test_a_player_says_what_it_plays(tmp_path: Path) -> None:
    toys.spelled("hello", tmp_path / "a.wav")
    told = show.player(tmp_path / "a.wav", "<a>").page
    assert "&lt;a&gt;" in told
    assert seconds(told) == pytest.approx([soundfile.info(tmp_path / "a.wav").duration], abs=0.1)


def test_a_dub_brings_what_shows_it_only_when_it_is_shown() -> None:
    code = "import sys, dubbench; dubbench.Dub; print('dubbench.show' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
