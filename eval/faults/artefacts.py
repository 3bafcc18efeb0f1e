"""What a dub left behind, compared with an undisturbed one, and with itself before a kill. Reads, never writes.

A film's signature holds the time and random numbers, so a film is compared by the packets of each of its streams, and
where its hash stands in dub.json that is left out. Of report.json everything is compared but what was measured of the
machine.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from dubbench import comparing, manifest, memory

ACCOUNT = manifest.ROOM
"""A copy of dub.json as it was saved last, which holds what dub.json is compared without."""
OF_THE_MACHINE = ("seconds", "realtime_factor", "peak_rss_mb", "redone")


class Look(NamedTuple):
    """What tells that a file was not touched."""

    inode: int
    time_ns: int
    size: int


Result: TypeAlias = tuple[str, str]
"""A room and a key: what the files of one remembered result have in common."""


def of(home: Path) -> dict[str, str]:
    """A hash of everything in a dub's folder that must be the same in every dub of the same film, by its name."""
    found = {name: memory.file_sha256(home / name) for name in looks(home)}
    found |= {path.name: memory.file_sha256(path) for path in sorted(home.glob("subtitles.*"))}
    for name, shown in (("dub.json", _dub), ("report.json", _report)):
        if (home / name).is_file():
            found[name] = _hash(shown(json.loads((home / name).read_text("utf-8"))))
    if (home / "dub.mp4").is_file():
        found |= {f"dub.mp4 {kind}": digest for kind, digest in comparing.packets(home / "dub.mp4").items()}
    return found


def differences(home: Path, reference: dict[str, str]) -> list[str]:
    """The names of what is not the same, is missing, or is there and should not be."""
    found = of(home)
    return sorted(name for name in found.keys() | reference.keys() if found.get(name) != reference.get(name))


def torn(home: Path, reference: dict[str, str]) -> list[str]:
    """The names of remembered results that are there, but not as they are in the undisturbed dub.

    What a finished dub does not keep (lines as they enter the mix, stems in parts) is not looked at.
    """
    names = looks(home).keys() & reference.keys()
    return sorted(name for name in names if reference[name] != memory.file_sha256(home / name))


def looks(home: Path) -> dict[str, Look]:
    """Every file of a remembered result, by its name in the dub's folder: drafts and the lock are none."""
    found = {}
    for path in sorted((home / memory.FOLDER).rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.name != "lock" and path.parent.name != ACCOUNT:
            stat = path.stat()
            found[path.relative_to(home).as_posix()] = Look(stat.st_ino, stat.st_mtime_ns, stat.st_size)
    return found


def drafts(*folders: Path) -> list[Path]:
    """What is half written, or was when somebody was killed."""
    found = (path for folder in folders for path in sorted(folder.rglob(".*")))
    return [path for path in found if memory.DRAFT.fullmatch(path.name)]


def result_of(name: str) -> Result:
    _, room, file = name.split("/")[:3]
    return room, file.partition(".")[0]


def finished(found: dict[str, Look], reference: dict[str, str]) -> set[Result]:
    """The results of which every file is there that the undisturbed dub has of it."""
    whole = {name for name in reference if name.startswith(f"{memory.FOLDER}/")}
    lacking = {result_of(name) for name in whole - found.keys()}
    return {result_of(name) for name in whole & found.keys()} - lacking


def made_again(before: dict[str, Look], after: dict[str, Look], reference: dict[str, str]) -> set[Result]:
    """The results that were finished before and whose files are not the same ones after.

    A file that a finished dub does not keep (a line as it enters the mix) is gone after, and nobody has made it again.
    """
    whole = finished(before, reference)
    changed = {result_of(name) for name in before.keys() & reference.keys() if after.get(name) != before[name]}
    return whole & changed


def _dub(plain: dict[str, Any]) -> dict[str, Any]:
    plain.get("output", {}).pop("sha256", None)
    plain.get("made_by", {}).get("mux", {}).pop("key", None)
    return plain


def _report(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if name not in OF_THE_MACHINE}


def _hash(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
