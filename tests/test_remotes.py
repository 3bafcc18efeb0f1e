"""Remotes and experiments of DVC, in the versions that are pinned: pushed, pulled and run for real.

DVC with S3 lives in an environment of its own in the cache, for its pins and ours clash; it is built once. The S3
server is moto's, run in a process of its own on this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from dubbench.apart import environments
from dubbench.errors import Missing

ROOT = Path(__file__).parents[1]
SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
"""Tells its port, and ends with us."""
CONTENT = {"a.txt": b"one", "deeper/b.bin": bytes(range(256)) * 64}


def pinned() -> dict[str, str]:
    rows = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(row.split("==") for row in rows if "==" in row)


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with what `constraints.txt` pins of DVC and of the server."""
    pins = pinned()
    wanted = [f"dvc=={pins['dvc']}", f"dvc-s3=={pins['dvc-s3']}", f"moto[server]=={pins['moto']}"]
    try:
        return environments.build(wanted)
    except Missing as error:
        pytest.skip(f"DVC cannot be had here: {error}")


class Repository:
    """A git repository with DVC in it; nobody's own settings have a say."""

    def __init__(self, folder: Path, python: Path, **more: str) -> None:
        self.folder, self.python = folder, python
        folder.mkdir(parents=True, exist_ok=True)
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "DVC_", "GIT_", "PYTHON"))
        }
        home = folder.parent / "home"
        home.mkdir(exist_ok=True)
        who = {f"GIT_{role}_{what}": "test" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        no_proxy = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        path = os.pathsep.join((str(python.parent), kept["PATH"]))
        self.environment = kept | who | no_proxy | {"HOME": str(home), "PATH": path, "DVC_NO_ANALYTICS": "1"} | more

    def dvc(self, *arguments: str) -> str:
        return self.run(str(self.python), "-m", "dvc", *arguments)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def begin(self, settings: str = "") -> None:
        self.run("git", "init", "--quiet")
        self.dvc("init", "--quiet")
        with (self.folder / ".dvc" / "config").open("a") as config:
            config.write(f"[core]\n    analytics = false\n{settings}")

    def commit(self) -> None:
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--message", "as it is")


@pytest.fixture(scope="module")
def server(python: Path) -> Iterator[str]:
    """The address of an S3 server that holds one empty bucket, "bucket"."""
    with subprocess.Popen([python, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = f"http://127.0.0.1:{int(process.stdout.readline())}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(f"{address}/bucket", method="PUT")) as answer:
            assert answer.status == 200
        yield address
        process.stdin.close()
        process.wait(timeout=20)


def remote(url: str, **more: str) -> str:
    """Settings of a default remote, as DVC keeps them in `.dvc/config`."""
    rows = "".join(f"    {name} = {value}\n" for name, value in {"url": url, **more}.items())
    return f"    remote = store\n['remote \"store\"']\n{rows}"


def goes_there_and_back(folder: Path, python: Path, settings: str, **keys: str) -> None:
    """What one checkout pushes, another of the same commits pulls, byte by byte."""
    mine = Repository(folder / "mine", python, **keys)
    mine.begin(settings)
    for name, content in CONTENT.items():
        path = mine.folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    mine.dvc("add", "--quiet", "data")
    mine.commit()
    assert "new:" in mine.dvc("status", "--cloud")
    mine.dvc("push", "--quiet")
    mine.run("git", "clone", "--quiet", str(mine.folder), str(folder / "theirs"))
    theirs = Repository(folder / "theirs", python, **keys)
    assert not (theirs.folder / "data").exists()
    theirs.dvc("pull", "--quiet")
    found = {
        path.relative_to(theirs.folder / "data").as_posix(): path.read_bytes()
        for path in (theirs.folder / "data").rglob("*")
        if path.is_file()
    }
    assert found == CONTENT
    assert "up to date" in theirs.dvc("status")


def test_a_folder_is_a_remote(python: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    goes_there_and_back(tmp_path, python, remote(str(store)))
    assert sum(path.is_file() for path in store.rglob("*")) == len(CONTENT) + 1, "each file, and the list of them"


def test_an_s3_bucket_is_a_remote(python: Path, server: str, tmp_path: Path) -> None:
    settings = remote("s3://bucket/dubbench", endpointurl=server, region="us-east-1")
    keys = {"AWS_ACCESS_KEY_ID": "name", "AWS_SECRET_ACCESS_KEY": "secret"}
    goes_there_and_back(tmp_path, python, settings, **keys)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{server}/bucket?list-type=2&prefix=dubbench/") as answer:
        assert answer.read().decode().count("<Key>") == len(CONTENT) + 1


def test_what_no_remote_holds_is_not_pulled(python: Path, tmp_path: Path) -> None:
    """A remote that lost a file is found out; nothing is made up in its place."""
    store = tmp_path / "store"
    goes_there_and_back(tmp_path, python, remote(str(store)))
    shutil.rmtree(store)
    store.mkdir()
    theirs = Repository(tmp_path / "theirs", python)
    shutil.rmtree(theirs.folder / "data")
    shutil.rmtree(theirs.folder / ".dvc" / "cache")
    with pytest.raises(AssertionError, match="(?i)missing|fail"):
        theirs.dvc("pull")
    assert not (theirs.folder / "data" / "a.txt").exists()


PIPELINE = """
stages:
  prepare:
    cmd: python prepare.py
    deps: [prepare.py]
    outs: [prepared.txt]
  measure:
    cmd: python measure.py
    deps: [measure.py, prepared.txt]
    params: [bench.beam]
    metrics:
      - score.json: {cache: false}
"""
PREPARE = """
from pathlib import Path
Path("prepared.txt").write_text("7")
log = Path("runs.log")
log.write_text((log.read_text() if log.exists() else "") + "prepare ")
"""
MEASURE = """
import json
from pathlib import Path
beam = int(Path("params.yaml").read_text().split("beam:")[1].split()[0])
Path("score.json").write_text(json.dumps({"score": beam * int(Path("prepared.txt").read_text())}))
log = Path("runs.log")
log.write_text(log.read_text() + "measure ")
"""


def test_an_experiment_runs_only_what_a_parameter_changes(python: Path, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository", python)
    repository.begin()
    files = {"dvc.yaml": PIPELINE, "prepare.py": PREPARE, "measure.py": MEASURE, "params.yaml": "bench:\n  beam: 1\n"}
    for name, content in files.items():
        (repository.folder / name).write_text(content, "utf-8")
    (repository.folder / ".gitignore").write_text("/prepared.txt\n/runs.log\n", "utf-8")
    repository.dvc("repro", "--quiet")
    repository.commit()
    assert json.loads((repository.folder / "score.json").read_text()) == {"score": 7}
    repository.dvc("exp", "run", "--quiet", "--name", "wider", "--set-param", "bench.beam=5")
    assert json.loads((repository.folder / "score.json").read_text()) == {"score": 35}
    assert (repository.folder / "runs.log").read_text().split() == ["prepare", "measure", "measure"]
    assert "wider" in repository.dvc("exp", "list", "--name-only").split()
    changed = json.loads(repository.dvc("exp", "diff", "--json", "HEAD", "wider"))
    assert changed["metrics"]["score.json"]["score"] == {"old": 7, "new": 35, "diff": 28}
    assert changed["params"]["params.yaml"]["bench.beam"] == {"old": 1, "new": 5, "diff": 4}


def test_the_pins_are_of_what_the_extra_asks_for() -> None:
    """What is tried here is what `pip install 'dubbench[data]'` may bring."""
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["data"]
    asked = {one.name: one.specifier for one in map(Requirement, extra)}
    assert asked.keys() == {"dvc", "dvc-s3"}
    assert all(specifier.contains(pinned()[name]) for name, specifier in asked.items())
