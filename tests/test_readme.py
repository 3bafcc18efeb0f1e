"""Every code block of the README runs: Python as it stands, shell lines as written, on a real clip."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from examples import clips
from tests import blocks

pytestmark = pytest.mark.models

BLOCKS = blocks.of("README.md")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    clips.phone_call(folder / "talk.mp4")
    return folder


def test_there_are_blocks_of_each_kind() -> None:
    assert {"sh", "python", "toml"} <= {kind for kind, _ in BLOCKS}


def test_make_targets_named_in_the_readme_exist() -> None:
    named = set(re.findall(r"(?:^|`)make (\w+)", (blocks.ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert named >= {"demo", "test"}
    targets = set(re.findall(r"^(\w+):", (blocks.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named <= targets


def test_blocks_run_in_their_order(place: Path) -> None:
    """One place for all, as a reader would: a file that one block writes is there for the next."""
    blocks.run(BLOCKS, place)


def test_the_notebooks_page_shows_the_same_dub(place: Path) -> None:
    """Where the README dubbed it; nothing is made again."""
    found = [(kind, text) for kind, text in blocks.of("docs/notebooks.md") if kind == "python"]
    assert found
    blocks.run(found, place)
