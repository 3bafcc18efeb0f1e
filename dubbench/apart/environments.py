"""Python environments for adapters that cannot live in ours: built once, found by their requirements, repaired.

An environment lies in the user's cache under the hash of what it holds. It is built in place, because environments do
not survive being moved, and counts only once its `ready.json` is there, which is written last: a build that was killed
is swept away by the next one. Two processes that want the same one wait for each other.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from functools import partial
from importlib import metadata, util
from pathlib import Path

from dubbench import memory
from dubbench.errors import BadInput, Missing
from dubbench.processes import bounded
from dubbench.processes.locks import locked, use
from dubbench.stages.base import Progress, quiet
from dubbench.types import Seconds
from dubbench.weights import writing
from dubbench.weights.pins import cache_folder

LIGHT = ("numpy>=1.26", "pydantic>=2.10", "soundfile>=0.13", "soxr>=0.5", "unicode-rbnf>=2.3")
"""What `dubbench.apart.worker`, the rooms and what adapters share import: 90 MB installed, no model's libraries."""

MARK = "ready.json"
SHOWN = (
    "Collecting ", "Downloading ", "Processing ", "Building ", "Installing ", "Resolved ", "Prepared ", "Installed ",
)  # fmt: skip
"""How lines of pip and of uv begin that tell a person how far it is."""
PATIENCE: Seconds = 900.0
"""How long an installer may stand still: no word, no processor time. Building from source does one or the other."""
UNREACHED = re.compile(r"Retrying \(|Failed to fetch|error sending request|dns error")
"""What pip and uv say when nobody answers; pip ends by calling that "no matching distribution"."""


def home() -> Path:
    """The folder of all environments, in the cache."""
    return cache_folder() / "environments"


def folder(requires: Sequence[str]) -> Path:
    """Where the environment that holds `requires` lies, built or not. Raises BadInput for options in disguise."""
    for requirement in requires:
        if requirement.startswith("-") or not requirement.strip():
            raise BadInput(f"'{requirement}' is not a requirement; write a package, for instance 'numpy>=2'")
    wanted = [*sorted({*LIGHT, *requires}), platform.python_version(), platform.platform(terse=True), sys.prefix]
    return home() / hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:16]


def used(place: Path) -> Path:
    """The file by which processes say that they use the environment at `place`."""
    return place.with_suffix(".used")


def python(place: Path) -> Path:
    """The interpreter of the environment at `place`."""
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def build(requires: Sequence[str], *, progress: Progress = quiet) -> Path:
    """The interpreter of an environment that holds `requires`; built if it is not there, or rebuilt if it is damaged.

    Raises Missing with the installer's own words and the command to try by hand, BadInput for a cache that is shut.
    """
    place = folder(requires)
    use(used(place))
    waiting = partial(progress, "environment", 0, 1, "waiting for another process that builds the same")
    with writing(place.parent), locked(place.with_suffix(".lock"), waiting=waiting):
        if damage(place) is not None:
            shutil.rmtree(place, ignore_errors=True)
            _make(place, sorted({*LIGHT, *requires}), progress)
    return python(place)


def damage(place: Path) -> str | None:
    """What is wrong with the environment at `place`, by the installer's own record of each file; None if nothing."""
    try:
        mark = json.loads((place / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return "it was never finished"
    if not os.access(python(place), os.X_OK):
        return "its interpreter is gone"
    found = sorted(metadata.distributions(path=[str(_site(place))]), key=lambda d: str(d.name))
    if [f"{d.name}=={d.version}" for d in found] != mark["installed"]:
        return "packages came or went"
    return next((why for d in found if (why := _harm(d)) is not None), None)


def _harm(distribution: metadata.Distribution) -> str | None:
    """A recorded file of a package that is gone or has another size. Compiled ones come, go and change as they like."""
    for file in distribution.files or ():
        path = Path(str(file.locate()))
        if path.suffix == ".pyc":
            continue
        if not path.is_file():
            return f"{distribution.name}: {file} is gone"
        if file.size is not None and path.stat().st_size != file.size:
            return f"{distribution.name}: {file} has another size"
    return None if distribution.files is not None else f"{distribution.name} has lost its record"


def _site(place: Path) -> Path:
    if os.name == "nt":
        return place / "Lib" / "site-packages"
    return place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def _make(place: Path, wanted: list[str], progress: Progress) -> None:
    progress("environment", 0, len(wanted), "making an environment for " + ", ".join(wanted))
    with_pip = shutil.which("uv") is None and util.find_spec("pip") is None
    try:
        venv.create(place, symlinks=os.name != "nt", with_pip=with_pip)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"cannot make an environment at {place} ({error}); try: apt install python3-venv") from None
    _install(place, wanted, progress)
    found = sorted(metadata.distributions(path=[str(_site(place))]), key=lambda d: str(d.name))
    mark = {"wanted": wanted, "installed": [f"{d.name}=={d.version}" for d in found]}
    with memory.replacing(place / MARK) as draft:
        draft.write_text(json.dumps(mark), "utf-8")
    progress("environment", len(wanted), len(wanted), "environment ready")


def _installer(place: Path) -> list[str]:
    """The install command: uv where there is one, our own pip reaching into the environment, else the environment's."""
    uv = shutil.which("uv")
    if uv:
        # Copies: what writes into a linked file would write into uv's cache, and a repair would bring it back.
        return [uv, "pip", "install", "--link-mode=copy", "--python", str(python(place))]
    if util.find_spec("pip") is None:
        return [str(python(place)), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    return [
        sys.executable, "-m", "pip", "--python", str(python(place)), "install", "--no-input",
        "--disable-pip-version-check", "--no-warn-script-location",
    ]  # fmt: skip


def _install(place: Path, wanted: list[str], progress: Progress) -> None:
    """Run the installer, its lines shown as they come."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    said: list[str] = []
    by_hand = " ".join(f"'{requirement}'" for requirement in wanted)

    def hear(line: str) -> None:
        said.append(line.strip())
        if said[-1].startswith(SHOWN):
            done = min(sum(one.startswith(SHOWN) for one in said), len(wanted) - 1)
            progress("environment", done, len(wanted), said[-1])

    try:
        bounds = bounded.Bounds(still=PATIENCE)
        code = bounded.run(
            [*_installer(place), "--", *wanted], bounds=bounds, heard=hear, env=environment, merged=True
        ).code
    except bounded.Overrun as overrun:
        code, said = 1, [f"the installer {overrun}"]
    if code:
        raise Missing(f"an environment could not be built ({_told(said)}); see why with: {_try(by_hand)}")


def _told(said: Sequence[str]) -> str:
    """What an installer meant to say: that there is no network, else its last errors, else its last words."""
    if any(UNREACHED.search(line) for line in said):
        return "the package index does not answer"
    said = [line.lstrip("×╰─▶│ ") for line in said]
    begins = next((i for i, line in enumerate(said) if line.startswith(("error", "No solution"))), None)
    if begins is not None:  # uv's words, which go on over several lines
        return " ".join(said[begins : begins + 6])
    return " / ".join([s for s in said if s.startswith("ERROR")][-2:] or [s for s in said if s][-2:])


def _try(by_hand: str) -> str:
    return f"uv pip install {by_hand}" if shutil.which("uv") else f"python -m pip install {by_hand}"
