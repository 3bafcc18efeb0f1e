"""The folder of a dub loses what nobody needs and nothing else; what is made again from the film is the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import dubbench
from dubbench import cleaning, documents
from dubbench.comparing import differences
from dubbench.door import busy
from dubbench.errors import BadInput
from tests.finished import TOY, edit
from tests.test_cli import dubbench as command


def reworded(home: Path, text: str = "outras") -> None:
    edit(home, lambda raw: raw["lines"][1].update(translation=text, takes=[]))


def files(home: Path) -> set[Path]:
    return {path.relative_to(home) for path in home.rglob("*") if path.is_file()}


def mixes(home: Path) -> list[Path]:
    """Mixes, not the beds that they lie on."""
    return sorted(path for path in (home / "work" / "mix").glob("*.wav") if not path.match("*.bed.wav"))


def test_a_finished_dub_keeps_its_last_mix_only(home: Path) -> None:
    (before,) = mixes(home)
    reworded(home)
    dubbench.redub(home)
    (after,) = mixes(home)
    assert after != before
    assert not list((home / "work" / "match").glob("*.wav"))


def test_stale_takes_are_explained_and_stay_until_yes(home: Path, tmp_path: Path) -> None:
    old = documents.read(home).lines[1].speech
    reworded(home)
    dubbench.redub(home)
    assert old is not None
    before = files(home)
    done = command("clean", home, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "takes and tracks (2 files): no dub.json here speaks of them any more" in done.stdout
    assert "remove it with --yes" in done.stdout
    assert files(home) == before
    assert command("clean", home, "--yes", cwd=tmp_path).returncode == 0
    assert before - files(home) == {Path(old.path), Path(old.path).with_suffix(".json")}
    assert command("clean", home, cwd=tmp_path).stdout.endswith("nothing to do\n")


def test_what_a_person_or_a_stranger_put_there_stays(home: Path, tmp_path: Path) -> None:
    key = "0123456789abcdef0123456789abcdef"
    strange = ["notes.txt", "work/speak/notes.wav", "work/speak/deep/x.wav", f"work/own/{key}.wav", ".hidden.1.2.txt"]
    for name in strange:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("mine", "utf-8")
    (tmp_path / "outside.wav").write_text("mine", "utf-8")
    (home / "work" / "speak" / f"{key}.wav").symlink_to(tmp_path / "outside.wav")
    stale = home / "work" / "speak" / f"{key[::-1]}.wav"
    stale.write_text("ours", "utf-8")
    cleaning.remove(cleaning.waste(home, everything=True))
    assert not stale.exists()
    assert all((home / name).read_text("utf-8") == "mine" for name in strange)
    assert (home / "work" / "speak" / f"{key}.wav").is_symlink()


def test_drafts_of_killed_processes_go(home: Path) -> None:
    key = "0123456789abcdef0123456789abcdef"
    dead = "draft-999-140"
    drafts = [home / "work" / "mix" / f".{key}.{dead}.wav", home / f".dub.{dead}.mp4", home / f".report.{dead}.json"]
    for draft in drafts:
        draft.write_bytes(b"half")
    (found,) = cleaning.waste(home)
    assert (set(found.paths), found.size) == (set(drafts), 12)
    dubbench.redub(home)
    assert not any(draft.exists() for draft in drafts), "the next walk removes them by itself"


def test_the_films_own_sound_is_made_again_and_is_the_same(home: Path, finished: Path, tmp_path: Path) -> None:
    done = command("clean", home, "--all", "--yes", cwd=tmp_path)
    assert "s to make again" in done.stdout
    assert not list((home / "work" / "separate").glob("*.wav")) + mixes(home)
    dub = documents.read(home)
    assert all(line.speech is not None and dub.open(line.speech).is_file() for line in dub.lines)
    copy = Path(shutil.copytree(finished, tmp_path / "kept"))
    for folder in (home, copy):
        reworded(folder)
        run = dubbench.redub(folder)
        assert run.redone["speak"] == 1
    assert differences.between(home, copy).same


def test_what_another_language_needs_stays(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to=["pt", "es"], out=tmp_path / "dub", **TOY)
    homes = [tmp_path / "dub" / language for language in ("pt", "es")]
    reworded(homes[1], "palabras")
    dubbench.redub(homes[1])
    cleaning.remove(cleaning.waste(homes[1]))
    before = files(tmp_path / "dub")
    assert len(mixes(tmp_path / "dub")) == 2
    assert cleaning.waste(tmp_path / "dub") == cleaning.waste(homes[0]) == ()
    reworded(homes[0])
    dubbench.redub(homes[0])
    assert len(mixes(tmp_path / "dub")) == 2
    cleaning.remove(cleaning.waste(homes[0]))
    gone = {path for path in before - files(tmp_path / "dub") if path.parts[1] != "mix"}
    assert {path.parts[1] for path in gone} == {"speak"}
    run = dubbench.redub(homes[1])
    assert run.redone["speak"] == 0
    edit(homes[1], lambda raw: raw.update(lines="no"))
    with pytest.raises(BadInput, match=r"es.*dub\.json: lines"):
        cleaning.waste(homes[0])


def test_a_folder_in_use_is_left_alone(home: Path, tmp_path: Path) -> None:
    with busy(home):
        done = command("clean", home, "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert "another dubbench is working" in done.stderr


def test_a_folder_without_a_dub_is_a_mistake(tmp_path: Path) -> None:
    done = command("clean", tmp_path, cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no dub.json" in done.stderr
    assert os.listdir(tmp_path) == []
    assert command("clean", cwd=tmp_path).returncode == 2
