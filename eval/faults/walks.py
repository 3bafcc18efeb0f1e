"""The real dub that `make faults` disturbs: its film, its command, and what became of a run of it. Kills nobody."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dubbench import media, weights
from examples import clips

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 14.0
"""Of the phone call: two people, four lines."""
LIMIT = 600.0
"""Seconds after which a run counts as hung."""


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended: `left` are processes it left behind, `stderr` all it said."""

    code: int
    stderr: str
    seconds: float
    left: int = 0

    @property
    def killed_in(self) -> str:
        """The room that was at work when it died."""
        found = [line for line in self.stderr.splitlines() if line.startswith("killed in: ")]
        return found[-1].removeprefix("killed in: ") if found else ""

    @property
    def plain(self) -> bool:
        """Whether it ended as a person's mistake or misfortune must: one line, exit code 2, no traceback."""
        lines = self.stderr.strip().splitlines()
        return self.code == 2 and len(lines) == 1 and lines[0].startswith("dubbench: ")

    @property
    def said(self) -> str:
        return self.stderr.strip().splitlines()[-1].removeprefix("dubbench: ") if self.stderr.strip() else ""


def film(folder: Path) -> Path:
    """Writes the film: the first seconds of a real phone call over a moving picture."""
    where, to = clips.folder(clips.PHONE, clips.FACE), folder / "film.mp4"
    media.write(folder / "sound.wav", media.read(where / clips.PHONE.name, duration=SECONDS))
    return clips.film(where / clips.FACE.name, folder / "sound.wav", to)


def dub_arguments(source: Path, home: Path, *more: str) -> list[str]:
    return ["dub", str(source), "--to", "pt", "--out", str(home), *more]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The world of a run: temporary files and the signing identity in `folder`, where they can be counted."""
    for name in ("tmp", "config"):
        (folder / name).mkdir(exist_ok=True)
    own = {"TMPDIR": str(folder / "tmp"), "DUBBENCH_CONFIG": str(folder / "config")}
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    return {**os.environ, "PYTHONPATH": paths, **own, **more}


def begun(arguments: list[str], world: Mapping[str, str]) -> subprocess.Popen[str]:
    """`dubbench` started as the leader of a process group of its own."""
    return _started([sys.executable, "-m", "dubbench", *arguments], world)


def ended(process: subprocess.Popen[str], since: float | None = None) -> Ended:
    """Wait for a run. One that hangs is killed with its group and has the code -9."""
    began = time.monotonic() if since is None else since
    try:
        _, stderr = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        _, stderr = process.communicate()
    return Ended(process.returncode, stderr, time.monotonic() - began, _left(process.pid))


def run(arguments: list[str], world: Mapping[str, str]) -> Ended:
    """`dubbench` with these words, to its end."""
    began = time.monotonic()
    return ended(begun(arguments, world), began)


def dying(moment: Mapping[str, Any], log: Path, arguments: list[str], world: Mapping[str, str]) -> Ended:
    """The same, killed at a moment (see `dying.py`); its calls of models are written to `log`."""
    began = time.monotonic()
    dying = Path(__file__).with_name("dying.py")
    command = [sys.executable, str(dying), json.dumps(dict(moment)), str(log), *arguments]
    return ended(_started(command, world), began)


def _started(command: list[str], world: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(world), start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
    )  # fmt: skip


def _left(group: int, patience: float = 5.0) -> int:
    """How many processes of a group still live after so many seconds at most."""
    until = time.monotonic() + patience
    while (living := _members(group)) and time.monotonic() < until:
        time.sleep(0.05)
    return living


def _members(group: int) -> int:
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            found += int(its_group) == group and state != "Z"
    return found


def lent_cache(folder: Path, *without: str) -> tuple[Path, Path]:
    """A cache like ours, and a folder that holds all weights by name: those of the models `without` must be fetched.

    Files are symbolic links, so that no note of them grows old; none may be written to.
    """
    cache, store = folder / "cache", folder / "store"
    ours = weights.cache_folder() / "weights"
    for model in sorted(path for path in ours.iterdir() if path.is_dir()):
        to = store / "all" / model.name if model.name in without else cache / "weights" / model.name
        shutil.copytree(model, to, copy_function=_linked, ignore=shutil.ignore_patterns(".*"))
        notes = model / ".checked.json"
        if model.name in without:
            shutil.rmtree(to / "built", ignore_errors=True)
        elif notes.is_file():
            shutil.copy2(notes, to / notes.name)
    return cache, store


def _linked(source: str, to: str) -> None:
    Path(to).symlink_to(Path(source).resolve())
