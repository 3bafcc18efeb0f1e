"""What is asked before anything is done: nobody's file is written over, and wishes are checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import door, memory
from dubbench.errors import BadInput
from dubbench.text import subtitles
from tests.talks import make_talk
from tests.test_cli import dubbench as command

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "talk.mp4", bursts=2)


def srt(path: Path, text: str) -> Path:
    subtitles.write(path, [subtitles.Cue(start=1.0, end=2.4, text=text)])
    return path


def test_a_film_is_never_written_over(talk: Path, tmp_path: Path) -> None:
    film = Path(shutil.copy(talk, tmp_path / "dub.mp4"))
    before = memory.file_sha256(film)
    with pytest.raises(BadInput, match=r"written over .*dub\.mp4"):
        dubbench.dub(film, to="pt", out=tmp_path, **TOY)
    assert memory.file_sha256(film) == before
    assert [path.name for path in tmp_path.iterdir()] == ["dub.mp4"]
    assert dubbench.dub(film, to="pt", out=tmp_path / "o", **TOY).lines


def test_brought_texts_are_never_written_over(talk: Path, tmp_path: Path) -> None:
    own = srt(tmp_path / "subtitles.pt.srt", "Olá.")
    before = own.read_bytes()
    with pytest.raises(BadInput, match=r"written over .*subtitles\.pt\.srt"):
        dubbench.dub(talk, to="pt", out=tmp_path, translation=own, **TOY)
    with pytest.raises(BadInput, match="is in the way"):
        dubbench.dub(talk, to="pt", out=tmp_path, **TOY)
    assert own.read_bytes() == before


def test_other_files_in_the_folder_stay(talk: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    dubbench.dub(talk, to="pt", out=tmp_path, **TOY)
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"speakers": 0}, "speakers"),
        ({"speakers": "two"}, "speakers"),
        ({"models": ["pico"]}, "models"),
        ({"cast": None}, "cast"),
        ({"voices": ["A"]}, "voices and consents are tables"),
        ({"source_language": "pt"}, "already speaks Portuguese"),
    ],
)
def test_wishes_that_make_no_sense_are_named(talk: Path, tmp_path: Path, wish: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        dubbench.dub(talk, to="pt", out=tmp_path / "o", **{**TOY, **wish})
    assert not (tmp_path / "o").exists()


def test_own_words_need_no_translator(talk: Path, tmp_path: Path) -> None:
    texts = {"transcript": srt(tmp_path / "eu.srt", "Kaixo."), "translation": srt(tmp_path / "pt.srt", "Olá a todos.")}
    wishes: dict[str, Any] = {"cast": "toy", "source_language": "eu", "models": {"translate": "bergamot"}, **texts}
    dub = dubbench.dub(talk, to="pt", out=tmp_path / "o", **wishes)
    assert [line.translation for line in dub.lines] == ["Olá a todos."]
    assert dubbench.redub(tmp_path / "o").redone["speak"] == 0


def test_a_film_that_moved_says_how_to_go_on(talk: Path, tmp_path: Path) -> None:
    film = Path(shutil.copy(talk, tmp_path / "here.mp4"))
    dubbench.dub(film, to="pt", out=tmp_path / "o", **TOY)
    moved = film.rename(tmp_path / "there.mp4")
    with pytest.raises(BadInput, match=r"dubbench dub \S+ --source FILM"):
        dubbench.redub(tmp_path / "o")
    assert dubbench.dub(moved, to="pt", out=tmp_path / "o", **TOY).source.path == str(moved)
    shutil.copy(make_talk(tmp_path / "other.mp4", seed=7), moved)
    with pytest.raises(BadInput, match="not the film this dub was made from"):
        dubbench.redub(tmp_path / "o")


def test_a_finished_dub_takes_what_can_change_it_and_refuses_the_rest(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to="pt", out=tmp_path / "o", **TOY)
    film = memory.file_sha256(tmp_path / "o" / "dub.mp4")
    for words, told in [
        (["--dry-run", "--to", "es"], "--to"),
        (["--out", "elsewhere"], "--out"),
        (["--from", "es", "--to", "es"], "--to and --from"),
        (["--glossary", "none.csv"], "none.csv"),
        (["--speakers", "0"], "--speakers"),
    ]:
        done = command("dub", "o", *words, cwd=tmp_path)
        assert done.returncode == 2, words
        assert told in done.stderr, done.stderr
        assert memory.file_sha256(tmp_path / "o" / "dub.mp4") == film
    marked = command("dub", "o", "--preview", cwd=tmp_path)
    assert marked.returncode == 0, marked.stderr
    assert dubbench.read(tmp_path / "o").wishes.preview
    again = command("dub", "o", "--no-preview", "--no-watermark", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert not dubbench.read(tmp_path / "o").wishes.preview


def test_a_folder_that_is_no_dub_says_what_it_holds(talk: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "give a film" in command("dub", "empty", "--to", "pt", cwd=tmp_path).stderr
    dubbench.dub(talk, to=["pt", "es"], out=tmp_path / "two", **TOY)
    told = command("dub", "two", cwd=tmp_path).stderr
    assert "two/es, two/pt" in told


def test_a_name_that_is_not_utf_8_is_refused_in_a_line(talk: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/bad\xe9.mp4"
    shutil.copy(talk, odd)
    with pytest.raises(BadInput, match=r"bad\?\.mp4 is not UTF-8"):
        dubbench.dub(os.fsdecode(odd), to="pt", out=tmp_path / "o", **TOY)


HOLDING = """import sys, time
from pathlib import Path
from dubbench import door
with door.busy(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
    time.sleep(0.3)
"""


def test_a_folder_is_had_as_soon_as_its_killed_holder_is_gone(tmp_path: Path) -> None:
    command_line = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command_line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BadInput, match="another dubbench is working"), door.busy(tmp_path):
            pass
        holder.stdin.close()
        with door.busy(tmp_path) as ours:
            assert ours
