"""Whether a file is there, readable and whole, told before ffmpeg wonders about it. What is inside is told elsewhere.

ffmpeg reads a film that was cut short without a word of complaint and gives what is left of it; half a film would be
dubbed as if that were all.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from dubbench.errors import BadInput


def check(path: Path) -> None:
    """Raises BadInput for what is missing, a folder, no regular file, unreadable, empty or cut short."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode(errors="replace").decode()
        raise BadInput(f"the name of {shown} is not UTF-8, which ffmpeg cannot be told; rename the file") from None
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BadInput(f"{path} is a folder; give the film or sound file itself")
        if not stat.S_ISREG(status.st_mode):
            raise BadInput(f"{path} is not a regular file; give a film or sound file")
        if status.st_size == 0:
            raise BadInput(f"{path} is empty")
        with path.open("rb") as file:
            lost = _lost(file, status.st_size)
    except FileNotFoundError:
        raise BadInput(f"{path}: there is no such file") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    if lost is not None:
        raise BadInput(f"{path} is cut short ({lost}); copy or download it again")


def _lost(file: BinaryIO, size: int) -> str | None:
    """What a file that was cut short misses; None for a whole one, and where its form does not tell."""
    head = file.read(4)
    if head == b"\x1aE\xdf\xa3":
        return _lost_of_matroska(file, size)
    if head == b"RIFF":
        return _lost_of_wav(file, size)
    return _lost_of_mp4(file, size)


_STREAMED = 0x7FFF_0000
"""Sizes from here on are what programs write into a WAV whose end they did not know."""


def _lost_of_wav(file: BinaryIO, size: int) -> str | None:
    """WAV: after 12 bytes a row of chunks, 4 bytes of type and 4 of size, each padded to an even size."""
    file.seek(8)
    if file.read(4) != b"WAVE":
        return None
    for _ in range(_CHUNKS):
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            end = file.tell() + length
            return _missing(end - size) if length < _STREAMED and end > size else None
        if len(head) < 8:
            return None
        file.seek(length + length % 2, 1)
    return None


_CHUNKS = 1000
_MOST = 1_000_000
"""Boxes looked at: eight hours in pieces of a tenth of a second have fewer."""
_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"sidx", b"moof"}


def _lost_of_mp4(file: BinaryIO, size: int) -> str | None:
    """MP4 and MOV (ISO/IEC 14496-12): a row of boxes, 4 bytes of size and 4 of type.

    Size 1: the next 8 bytes hold it; 0: to the end of the file. What follows the last known box may be anything.
    """
    at, kinds = 0, set[bytes]()
    for _ in range(_MOST):
        if at + 8 > size:
            break
        file.seek(at)
        head = file.read(16)
        kind, length = head[4:8], int.from_bytes(head[:4])
        length = int.from_bytes(head[8:16]) if length == 1 else length or size - at
        if length < 8 or (kind not in _BOXES and (not kinds or at + length > size)):
            break
        kinds.add(kind)
        at += length
    if at > size:
        return _missing(at - size)
    return "its index is missing" if kinds and not kinds & {b"moov", b"moof"} else None


def _lost_of_matroska(file: BinaryIO, size: int) -> str | None:
    """MKV and WebM (RFC 8794, 9559): a header, then one segment that says its length unless it was streamed."""
    header = _varint(file)
    if header is None:
        return None
    file.seek(header, 1)
    if file.read(4) != b"\x18S\x80g":
        return None
    segment = _varint(file)
    end = file.tell() + (segment or 0)
    return _missing(end - size) if segment is not None and end > size else None


def _varint(file: BinaryIO) -> int | None:
    """EBML's number of variable length; None for "unknown", all ones."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + file.read(more))
    return None if value == (1 << 7 * (more + 1)) - 1 else value


def _missing(count: int) -> str:
    return f"{count} bytes are missing"
