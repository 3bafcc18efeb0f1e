"""A film in which nobody speaks keeps its own sound, and nothing about it says that a machine spoke."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from click.testing import CliRunner

import dubbench
from dubbench import documents, media
from dubbench.cli.dub import show
from dubbench.cli.verify import verify
from tests.clips import make_film, noise

QUIET = 0.0008
"""What toy models take for silence (they hear energy, not words), and 16 bits hold as noise."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "wind.mp4", sound=noise(3, level=QUIET), seconds=3.0)


@pytest.fixture(scope="module")
def home(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dub") / "pt"
    assert dubbench.dub(film, to="pt", out=folder, cast="toy").lines == ()
    return folder


def test_the_sound_is_as_loud_as_it_was(film: Path, home: Path) -> None:
    # Coding moves peaks by some tenths, by how much depends on which ffmpeg it is.
    assert media.loudness(home / "dub.mp4") == pytest.approx(media.loudness(film), abs=0.8)


def sound_languages(path: Path) -> list[str]:
    with av.open(str(path)) as file:
        return [stream.metadata.get("language", "und") for stream in file.streams.audio]


def test_no_track_is_called_a_dub_or_given_a_language(home: Path) -> None:
    assert sound_languages(home / "dub.mp4") == ["und", "und"]
    raw = (home / "dub.mp4").read_bytes()
    assert b"AI dub" not in raw
    assert raw.count(b"Original") >= 2


def test_there_are_no_empty_subtitles(home: Path) -> None:
    assert list(home.glob("subtitles.*")) == []
    output = documents.read(home).output
    assert output is not None
    assert output.subtitles == ()
    with av.open(str(home / "dub.mp4")) as file:
        assert len(file.streams.subtitles) == 0


def test_a_language_that_was_told_is_believed(film: Path, tmp_path: Path) -> None:
    dubbench.dub(film, to="pt", out=tmp_path / "o", cast="toy", source_language="en")
    assert sound_languages(tmp_path / "o" / "dub.mp4") == ["eng", "eng"]


def test_the_table_does_not_speak_of_lines_that_were_remembered(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(home)
    told = capsys.readouterr().out
    assert "the original sound is kept" in told
    assert "remembered" not in told


def test_its_credentials_claim_no_ai(home: Path) -> None:
    answer = CliRunner().invoke(verify, [str(home / "dub.mp4"), "--no-watermark"])
    assert answer.exit_code == 0, answer.output
    assert "unchanged since it was signed, but it does not say that AI made it" in answer.output
    told = json.loads(CliRunner().invoke(verify, [str(home / "dub.mp4"), "--no-watermark", "--json"]).output)
    assert (told["credentials"], told["ai"], told["models"]) == ("intact", False, [])
    assert told["source_sha256"] == documents.read(home).source.sha256
