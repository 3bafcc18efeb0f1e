"""Every code block of the README runs: Python as it stands, shell lines as written, on a real clip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from examples import clips

pytestmark = pytest.mark.models

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
BLOCKS = [(kind, text) for kind, text in BLOCK.findall((ROOT / "README.md").read_text("utf-8"))]
MAKE = {"demo", "test", "setup", "check", "bench"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    clips.phone_call(folder / "talk.mp4")
    return folder


def run(command: list[str] | str, place: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=place, env=environment, shell=isinstance(command, str), capture_output=True, text=True, check=False
    )


def test_there_are_blocks_of_each_kind() -> None:
    assert {"sh", "python", "toml"} <= {kind for kind, _ in BLOCKS}


def test_make_targets_named_in_the_readme_exist() -> None:
    named = set(re.findall(r"(?:^|`)make (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert named >= {"demo", "test"}
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named <= targets


def test_blocks_run_in_their_order(place: Path) -> None:
    """One place for all, as a reader would: a file that one block writes is there for the next."""
    for kind, text in BLOCKS:
        name = re.match(r"# (\S+\.(?:py|toml))\n", text)
        if name:
            (place / name.group(1)).write_text(text, "utf-8")
        elif kind == "python":
            done = run([sys.executable, "-c", text], place)
            assert done.returncode == 0, f"{text}\n{done.stderr}"
        elif kind == "sh":
            lines = [line for line in text.splitlines() if not re.match(r"(make|git|pip|#) ?", line)]
            done = run("set -e\n" + "\n".join(lines), place)
            assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
