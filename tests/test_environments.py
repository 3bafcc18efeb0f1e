"""Environments of adapters: built once, found again, repaired when damaged. The packages here are made by the tests."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dubbench import apart
from dubbench.adapters.toy import ToySpeak
from dubbench.apart import environments
from dubbench.errors import BadInput, Missing
from dubbench.types import Voice


def wheel(folder: Path, name: str, version: str = "1.0") -> str:
    """A requirement for a package of one module that holds its version."""
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    code = f"VERSION = {version!r}\n"
    digest = base64.urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", code)
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(
            f"{info}/RECORD",
            f"{name}.py,sha256={digest},{len(code)}\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
        )
    return f"{name} @ {path.as_uri()}"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cache of our own and nothing in an environment but what is asked for: one requirement."""
    monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(environments, "LIGHT", ())
    return [wheel(tmp_path, "tinything")]


def version_in(python: Path, name: str = "tinything") -> str:
    code = f"import {name}; print({name}.VERSION)"
    return subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_it_is_built_once_and_shows_how_far_it_is(bare: list[str]) -> None:
    seen: list[tuple[int, int, str]] = []
    python = environments.build(bare, progress=lambda room, done, total, what: seen.append((done, total, what)))
    assert version_in(python) == "1.0"
    assert seen[0][2].startswith("making an environment for tinything")
    assert seen[-1] == (1, 1, "environment ready")
    assert all(done <= total for done, total, _ in seen)
    assert environments.build(bare, progress=lambda *told: pytest.fail(f"built again: {told}")) == python


def test_it_holds_nothing_of_ours(bare: list[str]) -> None:
    python = environments.build(bare)
    done = subprocess.run([python, "-I", "-c", "import numpy"], capture_output=True, text=True, check=False)
    assert "No module named 'numpy'" in done.stderr


def test_other_requirements_are_another_environment_in_whatever_order(bare: list[str], tmp_path: Path) -> None:
    two = [*bare, wheel(tmp_path, "otherthing")]
    assert environments.folder(two) == environments.folder(two[::-1]) != environments.folder(bare)


def test_a_damaged_one_is_found_out_and_rebuilt(bare: list[str], tmp_path: Path) -> None:
    place = environments.build(bare).parent.parent
    site = next(place.glob("lib/python*/site-packages"))
    record = site / "tinything-1.0.dist-info" / "RECORD"
    for path in (site / "tinything.py", place / environments.MARK, environments.python(place), record):
        path.rename(tmp_path / "away")
        assert environments.damage(place) is not None, f"{path.name} is gone"
        (tmp_path / "away").rename(path)
        assert environments.damage(place) is None
    (site / "tinything.py").write_text("", "utf-8")
    assert "another size" in str(environments.damage(place))
    assert version_in(environments.build(bare)) == "1.0"
    assert environments.damage(place) is None


def test_a_file_that_was_compiled_anew_is_no_damage(bare: list[str]) -> None:
    place = environments.build(bare).parent.parent
    site = next(place.glob("lib/python*/site-packages"))
    compiled = site / "__pycache__" / f"tinything.cpython-{sys.version_info.major}{sys.version_info.minor}.pyc"
    with (site / "tinything-1.0.dist-info" / "RECORD").open("a") as record:
        record.write(f"__pycache__/{compiled.name},sha256=x,1\n")
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"longer than the record has it")
    assert environments.damage(place) is None


def test_what_cannot_be_installed_is_missing_with_the_next_command(bare: list[str]) -> None:
    wanted = ["no-such-package-of-dubbench==9"]
    with pytest.raises(Missing, match=r"no-such-package-of-dubbench.*pip install"):
        environments.build(wanted)
    assert environments.damage(environments.folder(wanted)) == "it was never finished"


def test_options_are_no_requirements() -> None:
    for option in ("--index-url=http://x.example", "-r", " "):
        with pytest.raises(BadInput, match="not a requirement"):
            environments.folder([option])


def test_two_who_want_the_same_build_it_once(bare: list[str]) -> None:
    ready: list[str] = []

    def build() -> None:
        environments.build(bare, progress=lambda room, done, total, what: ready.append(what))

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ready.count("environment ready") == 1


@pytest.mark.models
def test_an_adapter_works_in_an_environment_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "cache"))
    voice = Voice(id="v", preset="toy-low")
    stage = apart.remote(ToySpeak, requires=[wheel(tmp_path, "tinything")])
    given = stage.speak("hello", voice, "en")  # type: ignore[attr-defined]
    assert np.array_equal(given.sound.samples, ToySpeak().speak("hello", voice, "en").sound.samples)
    assert stage._worker.process.args[0] != sys.executable  # type: ignore[attr-defined]
    stage.release()
