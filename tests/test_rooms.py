"""Our own rooms: the film that is written ahead, while words are heard, is the one that is kept if nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import dubbench
from dubbench import media, memory, rooms
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
    (film,) = ahead(home)
    said = film.read_bytes()
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


def test_a_film_ahead_of_which_nobody_knows_what_became_of_its_picture_is_written_again(
    finished: tuple[Dub, Path, Path],
) -> None:
    """Its note is written last, and a kill may come before it."""
    dub, sound, home = finished
    rooms.film_ahead(dub, sound, home)
    (film,) = ahead(home)
    film.write_bytes(b"half")
    film.with_suffix(".json").unlink()
    rooms.film_ahead(dub, sound, home)
    assert media.probe(film).has_picture
