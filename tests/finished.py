"""A talk, and its dub by toys: made once for all tests that look at a finished dub, copied for those that change it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dubbench
from tests.talks import make_talk

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "talk.mp4")


@pytest.fixture(scope="session")
def finished(talk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a dub that nobody may change."""
    folder = tmp_path_factory.mktemp("dub") / "pt"
    dubbench.dub(talk, to="pt", out=folder, **TOY)
    return folder


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(finished, tmp_path / "dub"))


def edit(home: Path, change: Callable[[dict[str, Any]], Any], name: str = "dub.json") -> None:
    """Change a JSON file of a dub as a person would."""
    raw = json.loads((home / name).read_text("utf-8"))
    change(raw)
    (home / name).write_text(json.dumps(raw), "utf-8")
