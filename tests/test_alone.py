"""A finished folder stands alone: moved away, without film, results or cache, it opens, and says what is missing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents, media, provenance
from dubbench.comparing import differences
from dubbench.errors import BadInput
from tests.talks import make_talk
from tests.test_cli import dubbench as command

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dub whose film is gone; a copy of the film lies in "elsewhere"."""
    place = tmp_path_factory.mktemp("there")
    talk = make_talk(place / "talk.mp4")
    dubbench.dub(talk, to="pt", out=place / "dub", **TOY)
    (place / "elsewhere").mkdir()
    talk.rename(place / "elsewhere" / "talk.mp4")
    return place / "dub"


@pytest.fixture
def film(finished: Path) -> Path:
    return finished.parent / "elsewhere" / "talk.mp4"


@pytest.fixture
def moved(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "another place" / "o dub"))


def reworded(home: Path) -> None:
    raw = json.loads((home / "dub.json").read_text("utf-8"))
    raw["lines"][1]["translation"] = "outras palavras"
    (home / "dub.json").write_text(json.dumps(raw), "utf-8")


def test_it_opens_where_it_is(moved: Path, finished: Path) -> None:
    dub = documents.read(moved)
    for line in dub.lines:
        assert line.speech is not None
        path = dub.open(line.speech)
        assert path.is_relative_to(moved)
        assert media.read(path).duration == pytest.approx(line.speech.duration)
    assert dub.output is not None
    assert (dub.folder / dub.output.film).is_file()
    assert differences.between(finished, moved).same


def test_its_page_loads_nothing_from_elsewhere(moved: Path) -> None:
    page = (moved / "report.html").read_text("utf-8")
    assert "<html" in page
    assert not re.search(r"""(?:src|href)\s*=\s*(?!["']?#)|@import|url\(""", page)
    assert str(moved.parent) not in page


@pytest.mark.parametrize("work", [True, False])
def test_it_is_verified_and_compared_without_cache_or_film(
    moved: Path, finished: Path, tmp_path: Path, *, work: bool
) -> None:
    if not work:
        shutil.rmtree(moved / "work")
    bare = {"DUBBENCH_CACHE": str(tmp_path / "empty"), "DUBBENCH_OFFLINE": "1"}
    verified = command("verify", "--no-watermark", moved / "dub.mp4", cwd=tmp_path, **bare)
    assert verified.returncode == 0, verified.stdout
    assert provenance.verify(moved / "dub.mp4", None).credentials == "intact"
    assert command("diff", finished, moved, cwd=tmp_path, **bare).stdout == "the same\n"


def test_an_edit_says_that_the_film_is_missing_and_takes_its_new_place(moved: Path, film: Path, tmp_path: Path) -> None:
    reworded(moved)
    done = command("dub", moved, cwd=tmp_path)
    assert done.returncode == 2
    assert "the film is not at" in done.stderr
    assert f"dubbench dub '{moved}' --source FILM" in done.stderr
    done = command("dub", moved, "--source", film, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "speak 1" in done.stdout
    dub = documents.read(moved)
    assert Path(dub.source.path) == film
    assert dub.lines[1].take is not None
    assert dub.lines[1].take.text == "outras palavras"
    assert dubbench.redub(moved).redone["speak"] == 0, "the new place is remembered"


def test_another_film_is_refused_at_the_new_place(moved: Path, tmp_path: Path) -> None:
    other = make_talk(tmp_path / "other.mp4", bursts=2, seed=7)
    with pytest.raises(BadInput, match=r"other\.mp4 is not the film this dub was made from"):
        dubbench.redub(moved, source=other)
    done = command("dub", other, "--source", other, "--to", "pt", cwd=tmp_path)
    assert done.returncode == 2
    assert "--source is for a finished dub" in done.stderr


def test_without_its_results_an_edit_makes_them_again(moved: Path, finished: Path, film: Path) -> None:
    shutil.rmtree(moved / "work")
    reworded(moved)
    run = dubbench.redub(moved, source=film)
    old, new = documents.read(finished), run.dub
    assert [line.speech for i, line in enumerate(old.lines) if i != 1] == [
        line.speech for i, line in enumerate(new.lines) if i != 1
    ]
    assert run.redone["translate"] == 0
    assert new.tracks == old.tracks
