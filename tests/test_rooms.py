"""Our own rooms: the film that is written ahead, while words are heard, is the one that is kept if nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import dubbench
from dubbench import media, memory, rooms
from dubbench.media import film
from dubbench.types import Dub
from tests.talks import make_talk


@pytest.fixture
def finished(tmp_path: Path) -> tuple[Dub, Path, Path]:
    """A dub, its mix and its home."""
    dub = dubbench.dub(make_talk(tmp_path / "a.mp4", bursts=2), to="pt", out=tmp_path / "o", cast="toy")
    return dub, rooms.mixed(dub)[0], tmp_path / "o"


def ahead(home: Path) -> list[Path]:
    return sorted((home / memory.FOLDER / "mux").glob("*.mp4"))


def test_a_film_written_ahead_takes_its_place_as_it_is(finished: tuple[Dub, Path, Path]) -> None:
    dub, sound, home = finished
    assert ahead(home) == []
    rooms.film_ahead(dub, sound, home)
    (written,) = ahead(home)
    said = written.read_bytes()
    after = rooms.muxed(dub, sound, home)
    assert (home / "dub.mp4").read_bytes() == said
    assert after.output is not None
    assert after.output.sha256 == memory.file_sha256(home / "dub.mp4")
    assert ahead(home) == []


def test_where_a_line_changed_meanwhile_the_film_is_another(finished: tuple[Dub, Path, Path]) -> None:
    dub, sound, home = finished
    rooms.film_ahead(dub, sound, home)
    (stale,) = ahead(home)
    first = dub.lines[0]
    edited = dub.with_lines({first.id: first.but(translation="Outra coisa.")})
    rooms.muxed(edited, sound, home)
    assert ahead(home) == [stale]
    assert "Outra coisa." in (home / "subtitles.pt.srt").read_text("utf-8")
    assert media.packets_md5(home / "dub.mp4") == media.packets_md5(stale)
    # The next walk to its end takes it away.
    dubbench.redub(home)
    assert ahead(home) == []


def test_a_film_whose_picture_must_be_encoded_is_not_written_ahead(
    finished: tuple[Dub, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    dub, sound, home = finished
    monkeypatch.setattr(film, "_PICTURES", set())
    rooms.film_ahead(dub, sound, home)
    assert ahead(home) == []
    assert [flag.name for flag in rooms.muxed(dub, sound, home).flags if flag.room == "mux"] == [
        "picture-encoded-again"
    ]
