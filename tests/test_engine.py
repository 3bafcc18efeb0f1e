"""The ffmpeg that is run: which one it is, and what becomes of a file that it could not write, or never would."""

from __future__ import annotations

from pathlib import Path

import pytest

from dubbench import media
from dubbench.errors import BadInput, Missing
from dubbench.media import engine
from tests.clips import clicks, make_film, tone


def test_it_works_without_the_systems_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, dub = make_film(tmp_path / "film.mp4", sound=clicks([1.0], 2.0)), tmp_path / "dub.wav"
    media.write(dub, tone(2.0))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DUBBENCH_FFMPEG", raising=False)
    assert "imageio_ffmpeg" in media.ffmpeg_exe()
    media.extract(film, tmp_path / "a.wav")
    media.mux(media.probe(film), dub, tmp_path / "dub.mp4", source_language="en", target_language="pt")
    assert media.loudness(tmp_path / "dub.mp4")[1] < 0


def test_a_chosen_ffmpeg_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBBENCH_FFMPEG", str(tmp_path / "none"))
    with pytest.raises(Missing, match="DUBBENCH_FFMPEG"):
        media.ffmpeg_exe()
    own = tmp_path / "own"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("DUBBENCH_FFMPEG", str(own))
    assert media.ffmpeg_exe() == str(own)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is always full is Linux's")
def test_a_file_whose_end_could_not_be_written_is_none(tmp_path: Path) -> None:
    """ffmpeg 5.1 ends with 0 where all but the end found room: what fits its buffer is written at the end alone."""
    media.write(tmp_path / "a.wav", tone(0.1))
    full = tmp_path / "full.wav"
    full.symlink_to("/dev/full")
    node = engine.output([engine.source(tmp_path / "a.wav")["a:0"]], full, {})
    with pytest.raises(BadInput, match=r"cannot write to .*No space left on device; free some space"):
        engine.run(node, about=tmp_path / "a.wav", to=full)
    assert not full.is_symlink()


def test_an_ffmpeg_that_stands_still_is_ended_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, to = make_film(tmp_path / "film.mp4"), tmp_path / "to.wav"
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho half > {to}\nsleep 100\n")
    program.chmod(0o755)
    monkeypatch.setenv("DUBBENCH_FFMPEG", str(program))
    monkeypatch.setattr(engine, "PATIENCE", 0.5)
    with pytest.raises(BadInput, match=r"film\.mp4: ffmpeg did nothing at all for 0\.5 s"):
        media.extract(film, to)
    assert not to.exists()
