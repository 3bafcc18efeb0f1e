"""Adapters whose pins clash at work in one dub, in environments built from the index; damaged, killed, offline."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import dubbench
from dubbench import apart
from dubbench.apart import environments
from dubbench.errors import AdapterFailed, Missing
from dubbench.types import Line
from tests.clashing import New, Old
from tests.talks import make_talk

ROOT = Path(__file__).parents[1]
OWN = """
[old]
room = "translate"
adapter = "tests.clashing:Old"
[new]
room = "speak"
adapter = "tests.clashing:New"
[cast.clashing]
transcribe = "toy-transcribe"
translate = "old"
speak = "new"
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether uv is found on the path: it is taken where it is."""
    found = shutil.which("uv")
    if request.param == "uv" and found is None:
        pytest.skip("there is no uv here; pip does the same")
    if request.param == "pip" and found is not None:
        folders = os.environ["PATH"].split(os.pathsep)
        monkeypatch.setenv("PATH", os.pathsep.join(f for f in folders if not Path(f, "uv").exists()))
    return str(request.param)


def versions_from(stage: object) -> str:
    return str(stage.translate([Line(id="1", start=0, end=1, text="hello")], "en", "pt", {})[0][0])  # type: ignore[attr-defined]


@pytest.mark.models
def test_both_work_in_one_dub_and_building_shows(
    installer: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))
    film, seen = make_talk(tmp_path / "talk.mp4", bursts=2), []
    dub = dubbench.dub(
        film, to="pt", out=tmp_path / "out", cast="clashing", source_language="en",
        progress=lambda room, done, total, what: seen.append((room, done, total, what)),
    )  # fmt: skip
    assert {line.translation for line in dub.lines} == {"tomli 1.2.3 numpy 1.26.4"}
    assert all(line.speech is not None for line in dub.lines)
    built = [(done, total, what) for room, done, total, what in seen if room == "environment"]
    assert [what for *_, what in built].count("environment ready") == 2
    assert any(what.startswith(environments.SHOWN) for *_, what in built)
    assert all(done <= total for done, total, _ in built)
    assert len(list((cache / "environments").glob("*/ready.json"))) == 2


def without_interpreter(place: Path) -> None:
    environments.python(place).unlink()


def without_half_a_package(place: Path) -> None:
    site = next(place.glob("lib/python*/site-packages"))
    for path in sorted((site / "numpy").iterdir())[::2]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def without_a_file(place: Path) -> None:
    next(place.glob("lib/python*/site-packages/tomli/_parser.py")).unlink()


def without_a_package(place: Path) -> None:
    for path in place.glob("lib/python*/site-packages/tomli*"):
        shutil.rmtree(path)


@pytest.mark.models
def test_one_that_was_damaged_is_repaired_at_the_next_start(cache: Path) -> None:
    stage = apart.remote(Old, name="old", requires=Old.requires)
    assert versions_from(stage) == "tomli 1.2.3 numpy 1.26.4"
    place = environments.folder(Old.requires)
    damages: list[Callable[[Path], None]] = [
        without_interpreter, without_half_a_package, without_a_file, without_a_package,
    ]  # fmt: skip
    for damaged in damages:
        stage.release()
        damaged(place)
        assert environments.damage(place) is not None, damaged.__name__
        assert versions_from(stage) == "tomli 1.2.3 numpy 1.26.4"
        assert environments.damage(place) is None
    stage.release()


def test_a_build_that_was_killed_is_swept_away_by_the_next(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(f"#!/bin/sh\necho Resolved it\ntouch {tmp_path / 'at-it'}\nsleep 100\n")
    uv.chmod(0o755)
    path = f"{uv.parent}{os.pathsep}{os.environ['PATH']}"
    code = "from dubbench.apart import environments; environments.build(['tomli==1.2.3'])"
    builder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PATH": path}, start_new_session=True
    )
    until = time.monotonic() + 60
    while not (tmp_path / "at-it").exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(builder.pid, signal.SIGKILL)
    builder.wait(10)
    place = environments.folder(["tomli==1.2.3"])
    (place / "half").touch()
    assert environments.damage(place) == "it was never finished"
    monkeypatch.setattr(environments, "_install", lambda *_: None)
    environments.build(["tomli==1.2.3"])
    assert environments.damage(place) is None
    assert not (place / "half").exists()


def test_without_a_network_it_is_missing_in_so_many_words(
    installer: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PIP_CONFIG_FILE", "UV_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    with pytest.raises(Missing, match=r"could not be built \(the package index does not answer\).*pip install 'nu"):
        environments.build(["tomli==1.2.3"])


@pytest.mark.models
def test_an_installer_that_hangs_is_left(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\nsleep 100\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(environments, "PATIENCE", 0.5)
    with pytest.raises(Missing, match=r"the installer did nothing at all for 0\.5 s"):
        environments.build(["tomli==1.2.3"])


@pytest.mark.models
def test_the_wrong_version_is_never_worked_with(cache: Path) -> None:
    with pytest.raises(AdapterFailed, match=r"it got tomli 1\.2\.3"):
        apart.remote(New, name="new", requires=("tomli==1.2.3", "numpy>=2")).load()
