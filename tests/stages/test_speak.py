"""The speak room: what it refuses to read, and when it reads again."""

from __future__ import annotations

from pathlib import Path

import pytest

from dubbench.adapters.toy import ToySpeak, ToyTranslate
from dubbench.errors import BadInput
from dubbench.testing import tiny_dub
from dubbench.types import Dub


@pytest.fixture
def spoken(tmp_path: Path) -> Dub:
    return ToySpeak()(ToyTranslate()(tiny_dub(tmp_path)))


def sounds(dub: Dub) -> list[Path]:
    return [dub.open(line.speech) for line in dub.lines if line.speech is not None]


@pytest.mark.parametrize("text", ["", " \n", "?! …", "😀"])
def test_a_line_without_words_is_named_when_it_is_planned_and_when_it_is_read(text: str, tmp_path: Path) -> None:
    dub = ToyTranslate()(tiny_dub(tmp_path))
    line = dub.lines[1].but(translation=text)
    with pytest.raises(BadInput, match=r"line 2 has nothing to say.*dub\.json"):
        ToySpeak().natural(dub, line, text)
    with pytest.raises(BadInput, match=r"line 2 has nothing to say.*dub\.json"):
        ToySpeak()(dub.but(lines=(dub.lines[0], line)))


def test_a_line_whose_sound_is_gone_is_spoken_again(spoken: Dub) -> None:
    first, second, third = sounds(spoken)
    before = {path: path.read_bytes() for path in (first, second, third)}
    second.unlink()
    times = [path.stat().st_mtime_ns for path in (first, third)]
    again = ToySpeak()(spoken)
    assert {path: path.read_bytes() for path in sounds(again)} == before
    assert [path.stat().st_mtime_ns for path in (first, third)] == times, "and no other"


def test_a_line_whose_sound_lies_elsewhere_is_spoken_again(spoken: Dub) -> None:
    lines = list(spoken.lines)
    assert lines[0].speech is not None
    lines[0] = lines[0].but(speech=lines[0].speech.but(path="elsewhere/1.wav"))
    again = ToySpeak()(spoken.but(lines=tuple(lines)))
    assert all(path.is_file() for path in sounds(again))
