"""The cache keeps under its limit and loses what nobody needs; what is in use, or a person's, never goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench.apart import environments
from dubbench.cleaning import cache as room
from dubbench.errors import BadInput
from dubbench.processes.locks import unused
from dubbench.weights import Weights, cache_folder
from tests.packages import cache, pin
from tests.talks import make_talk
from tests.test_cli import dubbench as command

__all__ = ["cache"]

MB = 10**6
ENTRY = """
[{name}]
room = "translate"
adapter = "dubbench.adapters.toy:ToyTranslate"
[[{name}.weights]]
name = "w.bin"
sha256 = "{sha256}"
size = {size}
{sources}
"""

HOLD = (
    "import sys, time; from dubbench import catalog\n"
    "catalog.entry(sys.argv[1]).open_weights().folder(); print('here', flush=True); time.sleep(60)\n"
)


def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *names: str, sourceless: bool = False) -> None:
    """Entries of our own with a megabyte each, which lies on this machine."""
    text = ""
    for i, name in enumerate(names):
        stored = tmp_path / f"{name}.stored"
        stored.write_bytes(bytes([i]) * MB)
        file = pin("w.bin", stored.read_bytes(), stored.as_uri())
        sources = "" if sourceless else f'sources = ["{stored.as_uri()}"]'
        text += ENTRY.format(name=name, sha256=file.sha256, size=file.size, sources=sources)
    (tmp_path / "own.toml").write_text(text, "utf-8")
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))


def fetched(name: str, used: float) -> Path:
    """The weights of a model, fetched by another process and used last at `used`."""
    code = "import sys; from dubbench import catalog; catalog.entry(sys.argv[1]).open_weights().folder()"
    subprocess.run([sys.executable, "-c", code, name], check=True)
    home = cache_folder() / "weights" / name
    os.utime(home / ".used", (used, used))
    return home / "w.bin"


@pytest.mark.parametrize(
    ("text", "size"), [("20GB", 20 * 10**9), ("1.5 mb", 1_500_000), ("0", 0), ("none", None), (None, 20 * 10**9)]
)
def test_a_limit_is_read(monkeypatch: pytest.MonkeyPatch, text: str | None, size: int | None) -> None:
    if text is None:
        monkeypatch.delenv("DUBBENCH_CACHE_LIMIT", raising=False)
    else:
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", text)
    assert room.limit() == size


@pytest.mark.parametrize("text", ["much", "-3GB", "3 PB", "GB"])
def test_a_limit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", text)
    with pytest.raises(BadInput, match="DUBBENCH_CACHE_LIMIT"):
        room.limit()


@pytest.mark.usefixtures("cache")
class TestTrim:
    def test_what_was_unused_the_longest_goes_first_and_it_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        known(tmp_path, monkeypatch, "old", "kept", "older", "new")
        paths = {name: fetched(name, used) for name, used in (("old", 2), ("kept", 0), ("older", 1), ("new", 3))}
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", "2.5MB")
        gone = room.trim(keep={"kept"})
        assert [item.name for item in gone] == ["older", "old"]
        assert {name for name, path in paths.items() if path.exists()} == {"kept", "new"}
        assert "weights 'older' (1 MB) removed: the cache may hold 2.5MB" in caplog.text
        assert room.trim() == []
        assert fetched("old", 9).exists(), "it is fetched again when it is wanted"

    def test_downloads_go_before_weights(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known(tmp_path, monkeypatch, "old")
        weights = fetched("old", 1)
        download = cache_folder() / "downloads" / "pypi" / "thing-1.0"
        download.mkdir(parents=True)
        (download / "thing.whl").write_bytes(bytes(MB))
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", "1.5MB")
        assert [item.kind for item in room.trim()] == ["download"]
        assert weights.exists()
        assert not download.exists()

    def test_what_another_process_uses_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known(tmp_path, monkeypatch, "busy", "idle")
        paths = [fetched(name, used) for name, used in (("busy", 1), ("idle", 2))]
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", "0")
        with subprocess.Popen([sys.executable, "-c", HOLD, "busy"], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "here\n"
            assert [item.name for item in room.trim()] == ["idle"]
            assert [path.exists() for path in paths] == [True, False]
            process.kill()
        assert [item.name for item in room.trim()] == ["busy"], "the system lets go of it when the process dies"

    def test_what_this_process_uses_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known(tmp_path, monkeypatch, "mine")
        folder = dubbench.load("mine").weights.folder()
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", "0")
        assert room.trim() == []
        assert (folder / "w.bin").exists()

    def test_what_nobody_could_fetch_again_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known(tmp_path, monkeypatch, "brought", sourceless=True)
        home = cache_folder() / "weights" / "brought"
        home.mkdir(parents=True)
        (home / "w.bin").write_bytes((tmp_path / "brought.stored").read_bytes())
        path = fetched("brought", 1)
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", "0")
        assert room.trim() == []
        assert path.exists()

    def test_a_dub_trims_the_cache_but_for_its_own_cast(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known(tmp_path, monkeypatch, "old", "player")
        paths = {name: fetched(name, used) for name, used in (("old", 2), ("player", 1))}
        monkeypatch.setenv("DUBBENCH_CACHE_LIMIT", "0")
        options: dict[str, Any] = {"cast": "toy", "source_language": "en", "models": {"translate": "player"}}
        dubbench.dub(make_talk(tmp_path / "talk.mp4", bursts=2), to="pt", out=tmp_path / "dub", **options)
        assert [paths["old"].exists(), paths["player"].exists()] == [False, True]


@pytest.mark.usefixtures("cache")
class TestUnneeded:
    def test_weights_that_no_entry_names_are_explained_and_go_with_yes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known(tmp_path, monkeypatch, "stranger", "other")
        paths = [fetched(name, 1) for name in ("stranger", "other")]
        own = paths[0].with_name("by-hand.bin")
        own.write_bytes(b"mine")
        known(tmp_path, monkeypatch, "other", "stranger")
        (tmp_path / "own.toml").write_text((tmp_path / "own.toml").read_text("utf-8").split("[stranger]")[0], "utf-8")
        done = command("clean", "--weights", cwd=tmp_path)
        assert "1.0 MB  weights stranger: no entry of the catalogue has this name now" in done.stdout
        assert paths[0].exists()
        command("clean", "--weights", "--yes", cwd=tmp_path)
        assert not paths[0].exists()
        assert own.exists(), "what was never fetched is a person's"

    def test_files_of_other_pins_are_outdated(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        old, new = (pin(f"{n}.bin", n.encode() * MB, _stored(tmp_path, n)) for n in "ab")
        before = Weights("m", (old,))
        before.folder()
        built = before.built("graph.onnx", 1, _write)
        source = new.sources[0]
        entry = ENTRY.format(name="m", sha256=new.sha256, size=new.size, sources=f'sources = ["{source}"]')
        (tmp_path / "own.toml").write_text(entry.replace("w.bin", new.name), "utf-8")
        monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))
        now = dubbench.load("m").weights
        keep = now.built("graph.onnx", 1, _write)
        now.folder()
        (found,) = room.unneeded(weights=True)
        assert set(found.paths) == {before.home / old.name, built}
        assert keep.exists()
        assert room.remove(found) == 0, "this process uses them"

    def test_environments_that_no_entry_requires_go(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(environments, "LIGHT", ())
        adapter = 'room = "speak"\nadapter = "dubbench.adapters.toy:ToySpeak"'
        (tmp_path / "own.toml").write_text(f'[far]\n{adapter}\nisolated = true\nrequires = ["needed"]\n', "utf-8")
        monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))
        places = {name: environments.folder([name]) for name in ("needed", "spare")}
        for place in places.values():
            (place / "bin").mkdir(parents=True)
            (place / "pyvenv.cfg").write_text("home = /usr/bin\n", "utf-8")
        (environments.home() / "notes").mkdir()
        (found,) = room.unneeded(environs=True)
        assert found.name == places["spare"].name
        assert room.remove(found) > 0
        assert places["needed"].exists()
        assert not places["spare"].exists()
        assert (environments.home() / "notes").exists()


def _stored(tmp_path: Path, name: str) -> str:
    path = tmp_path / f"{name}.stored"
    path.write_bytes(name.encode() * MB)
    return path.as_uri()


def _write(draft: Path) -> None:
    draft.write_bytes(b"built")


def test_a_file_that_is_not_there_is_used_by_nobody(tmp_path: Path) -> None:
    with unused(tmp_path / "none") as free:
        assert free
    assert not (tmp_path / "none").exists()


def test_many_threads_use_one_thing_and_it_is_free_when_the_process_ends(tmp_path: Path) -> None:
    code = (
        "import sys; from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from dubbench.processes.locks import unused, use\n"
        "path = Path(sys.argv[1])\n"
        "with ThreadPoolExecutor(8) as pool: list(pool.map(use, [path] * 64))\n"
        "path.unlink()\n"
        "use(path)\n"
        "with unused(path) as free: print(free)\n"
    )
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path / "x" / ".used")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (told.stdout, told.stderr) == ("False\n", "")
    with unused(tmp_path / "x" / ".used") as free:
        assert free
