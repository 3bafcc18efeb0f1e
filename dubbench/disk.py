"""Disks that are full or shut, told to the person in one sentence. What is written where is others' business."""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dubbench.errors import BadInput

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SHUT = FULL | {errno.EROFS, errno.EACCES, errno.EPERM}
"""What the system says when a place is not to be written to; nobody's model is to blame for that."""


@contextlib.contextmanager
def writing(folder: Path, *, instead: str, also: frozenset[int] = frozenset()) -> Iterator[None]:
    """Call a disk that is full or shut the person's to mend: BadInput, which says what to do `instead`.

    `also` are further errors that mean no more than this in the block. Any other stays what it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in SHUT | also:
            raise
        where = fullest(folder, Path(tempfile.gettempdir())) if error.errno in FULL else folder
        raise BadInput(f"cannot write to {where}: {error.strerror}; free some space, or {instead}") from error


def fullest(*folders: Path) -> Path:
    """The folder that has the least space left; of equals the first."""
    return min(folders, key=lambda folder: shutil.disk_usage(_there(folder)).free)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
