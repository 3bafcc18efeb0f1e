"""Text files that people bring or mend: their bytes, JSON and TOML out of them. What stands in them is not known here.

A name may lead to a device that never ends or be none at all, a text may be small and take the machine down: that is
refused here, once.
"""

from __future__ import annotations

import json
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from dubbench.errors import BadInput

LARGEST = 16_000_000
"""Bytes of subtitles, a table or a catalogue: a film of twelve hours has about one million of subtitles."""

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""How half a character beyond U+FFFF is written in JSON, and whole ones too: two halves."""
TOO_DEEP = "its brackets lie too deep in each other"


def content(path: Path, *, most: int = LARGEST) -> bytes:
    """The bytes of a file. Raises OSError, and BadInput for what is no regular file or holds more than `most` bytes."""
    status = path.stat()
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise BadInput(f"{path} is not a regular file; give a text file")
    if status.st_size > most:
        raise BadInput(f"{path} has {status.st_size / 1e6:.0f} MB; a text of this kind has {most / 1e6:.0f} MB at most")
    return path.read_bytes()


def nameable(path: Path) -> None:
    """Refuse what no file can be called, and links that go in circles. Raises BadInput."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadInput(f"{path} cannot be read: {why}; choose another file or folder") from None


def from_json(text: str) -> Any:
    """The value that stands in a JSON text. Raises ValueError that says what is wrong.

    NaN and Infinity, which are no JSON, are let through: nouns refuse them, and know where they stand.
    """
    try:
        value = json.loads(text)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except UnicodeEncodeError:
        raise ValueError("it holds half of a character (a lone surrogate); write the whole one") from None
    return value


def from_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ValueError that says what is wrong."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
