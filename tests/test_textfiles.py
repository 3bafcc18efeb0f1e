"""Texts that people bring: no device, nothing huge, no JSON or TOML that ends in a traceback; messages that show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dubbench import door, media, textfiles
from dubbench.errors import LONGEST, BadInput, one_line
from dubbench.types import Audio
from tests.clips import tone


def test_only_files_are_read_and_none_that_is_too_large(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(BadInput, match="is not a regular file"):
        textfiles.content(tmp_path / "pipe.csv")
    (tmp_path / "large.csv").write_bytes(bytes(2001))
    with pytest.raises(BadInput, match="at most"):
        textfiles.content(tmp_path / "large.csv", most=2000)
    assert len(textfiles.content(tmp_path / "large.csv", most=2001)) == 2001


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, '{"a": "\\ud800"}', '["\\udfff"]', "{", ""])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        textfiles.from_json(text)


def test_whole_characters_beyond_the_first_plane_may_be_written_as_two_halves() -> None:
    assert textfiles.from_json('{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5000, "a = 2026-02-31", "a ="])
def test_what_is_no_toml_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        textfiles.from_toml(text)


def test_a_message_moves_and_turns_nothing_on_a_terminal() -> None:
    assert one_line("a\n\n b\x1b[2J\u202ec\udc80") == "a b\\x1b[2J\\u202ec\\udc80"
    assert one_line("👩\u200d🎤 não") == "👩\u200d🎤 não"
    long = one_line("x" * 100_000 + "; do this")
    assert len(long) < LONGEST + 10
    assert long.endswith("; do this")


def test_a_film_that_the_disk_cannot_hold_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    door.check_space(tmp_path / "o", 60.0, size=1000)
    with pytest.raises(BadInput, match=r"takes about .* GB, and .* left; free some"):
        door.check_space(tmp_path / "o", 1e12, size=1000)
    assert not (tmp_path / "o").exists()


def test_a_sound_that_is_not_as_it_is_said_to_be_is_not_taken(tmp_path: Path) -> None:
    media.write(tmp_path / "a.wav", tone(1.0))
    said = Audio(path="a.wav", sample_rate=48_000, channels=2, duration=1.0, sha256="")
    assert media.holds(tmp_path / "a.wav", said)
    for wrong in ({"duration": 1e9}, {"channels": 1}, {"sample_rate": 1}):
        assert not media.holds(tmp_path / "a.wav", said.but(**wrong))
    (tmp_path / "b.wav").write_text("no sound")
    assert not media.holds(tmp_path / "b.wav", said)
    assert not media.holds(tmp_path / "none.wav", said)
