"""Code blocks of a page, run as a reader would: files written, Python and shell lines run, all in one place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"# (\S+\.(?:py|toml))\n")
OUTSIDE = re.compile(r"(make|git|pip|#) ?")
"""Lines that change the reader's machine, or are remarks."""


def of(page: str) -> list[tuple[str, str]]:
    """(language, text) of each block of a page, a path seen from the checkout."""
    return [(kind, text) for kind, text in BLOCK.findall((ROOT / page).read_text("utf-8"))]


def run(blocks: list[tuple[str, str]], place: Path) -> None:
    """All blocks in their order, in `place`; what one exports to the shell is there for the next."""
    exported = list[str]()
    for kind, text in blocks:
        if name := NAMED.match(text):
            (place / name.group(1)).write_text(text, "utf-8")
        elif kind == "python":
            _done([sys.executable, "-c", text], place, text)
        elif kind == "sh":
            lines = [line for line in text.splitlines() if not OUTSIDE.match(line)]
            _done("\n".join(["set -e", *exported, *lines]), place, text)
            exported += [line for line in lines if line.startswith("export ")]


def _done(command: list[str] | str, place: Path, text: str) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=place, env=environment, shell=isinstance(command, str), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
