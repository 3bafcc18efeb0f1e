"""Somebody else's package adds a model and a cast: installed by pip, used by one word, with nothing changed here."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from dubbench import apart, catalog
from dubbench.catalog import tables
from dubbench.errors import BadInput
from dubbench.testing import check_adapter, tiny_dub

PLUGIN = Path(__file__).parent / "plugin"


def can_build_here() -> bool:
    """Whether our own setuptools makes wheels; else pip fetches one that does."""
    try:
        return tuple(map(int, metadata.version("setuptools").split(".")[:2])) >= (70, 1)
    except metadata.PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip has installed the package into, from a copy: building leaves files beside the source."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(PLUGIN, source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(source)]
    if can_build_here():
        command += ["--no-build-isolation", "--no-index"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """That folder among those that Python imports from, and the catalogue read anew before and after."""
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    tables.forget()
    yield
    tables.forget()
    sys.modules.pop("dubbench_echo", None)


def test_without_the_package_nobody_knows_the_word() -> None:
    with pytest.raises(BadInput, match="echo-speak"):
        catalog.load("echo-speak")


@pytest.mark.usefixtures("installed")
def test_one_word_loads_the_strangers_model_with_its_settings() -> None:
    stage = catalog.load("echo-speak")
    assert type(stage).__module__ == "dubbench_echo"
    assert stage.settings.hertz == 330.0
    assert catalog.load("echo-speak", hertz=550.0).settings.hertz == 550.0
    with pytest.raises(BadInput, match="loudness"):
        catalog.load("echo-speak", loudness=1)


@pytest.mark.usefixtures("installed")
def test_it_keeps_the_contract_here_and_apart() -> None:
    assert "nothing heavy is imported before load" in check_adapter(catalog.load("echo-speak")).held
    far = catalog.load("echo-apart")
    assert isinstance(far, apart.Apart)
    check_adapter(far, languages=("pt",), interpreters=False, long=500)


@pytest.mark.usefixtures("installed")
def test_a_dub_is_spoken_with_it_by_one_word_of_configuration(tmp_path: Path) -> None:
    cast = catalog.cast("toy", speak="echo-speak")
    translate: Any = cast.choose("translate", "en-pt")
    speak: Any = cast.choose("speak", "pt")
    dub = speak(translate(tiny_dub(tmp_path)))
    assert dub.made_by["speak"].model == "echo-speak"
    assert [round(line.speech.duration, 2) for line in dub.lines] == [0.5, 0.75, 0.5]
    assert catalog.cast("echo").parts["speak"] == ("echo-speak",), "a package may bring a cast of its own"
