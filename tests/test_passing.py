"""Folders for files that pass between us and programs: gone with their process, however it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dubbench.processes import passing

PROGRAM = """
import sys, time
from dubbench.processes import passing
with passing.folder("command") as folder:
    (folder / "speech.wav").write_bytes(b"x" * 1000)
    print(folder.parent, flush=True)
    time.sleep(float(sys.argv[1]))
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of its own, in which all folders are old enough to be swept."""
    monkeypatch.setattr(passing.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(passing, "_own", {})
    monkeypatch.setattr(passing, "YOUNG", -1.0)
    return tmp_path


def begun(place: Path, seconds: float) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(seconds)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(place)},
    )  # fmt: skip
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_process_takes_its_folder_with_it(place: Path) -> None:
    process, folder = begun(place, 0.0)
    process.communicate()
    assert process.returncode == 0
    assert folder.parent == place
    assert not folder.exists()


def test_what_a_killed_process_left_goes_and_what_a_living_one_uses_stays(place: Path) -> None:
    (place / "dubbench-strange").mkdir()
    (dead, left), (living, used) = begun(place, 600), begun(place, 600)
    killed(dead)
    assert list(left.glob("command-*/speech.wav"))
    mine = passing.own()
    assert sorted(place.iterdir()) == sorted([mine, used, place / "dubbench-strange"])
    assert passing.own() == mine
    killed(living)
    passing.sweep()
    assert sorted(place.iterdir()) == sorted([mine, place / "dubbench-strange"])


def test_a_folder_that_was_just_made_is_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "YOUNG", 60.0)
    process, left = begun(place, 600)
    killed(process)
    passing.sweep()
    assert left.is_dir()
    long_ago = time.time() - 3600
    os.utime(left / passing.IN_USE, (long_ago, long_ago))
    passing.sweep()
    assert not left.exists()
