"""The few bytes of a signed file that C2PA's own hash leaves out, checked as well, so that no changed byte goes unseen.

They carry nothing that is seen or heard: an MP4's type box before the credentials, boxes put after its end, the header
of the credentials' own box, what kind of box each part of them says it is, and the zeros that fill up the signature
(C2PA 2.1, sections 11.1, 13.2 and 18.7; ISO 19566-5 for the boxes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

TYPE_CHANGED = "dubbench.type-box.changed"
HEADER_CHANGED = "dubbench.credentials-header.changed"
KIND_CHANGED = "dubbench.credentials-parts.changed"
PADDING_CHANGED = "dubbench.padding.changed"
SIZE_CHANGED = "dubbench.size.changed"

# In an MP4, after the box's size, name and 16-byte id: version and flags, "manifest", the offset of a Merkle tree.
HEADER = b"\0\0\0\0manifest\0" + bytes(8)
HEADER_AT = 24
C2PA_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
# A part is a box "jumb": a description "jumd" (a kind: four letters and the same twelve bytes in all of C2PA; what
# follows: a label, and perhaps a salt in a box of its own; the label), then its contents.
PART_TAIL = bytes.fromhex("00110010800000aa00389b71")
FOLLOWS = {b"\x03", b"\x13"}
SIGNATURE = b"c2pa.signature"
LABELS = {
    b"c2pa": {b"c2pa"}, b"c2as": {b"c2pa.assertions"}, b"c2cl": {b"c2pa.claim", b"c2pa.claim.v2"}, b"c2cs": {SIGNATURE},
}  # fmt: skip
"""Kinds whose label is always the same; labels of other kinds are hashed."""
OTHER_KINDS = {b"c2ma", b"c2um", b"c2vc", b"c2db", b"cbor", b"json", b"\x40\xcb\x0c\x32"}
CONTENTS = {b"cbor", b"json", b"bfdb", b"bidb", b"c2sh", b"free"}
# The key "pad" and a byte string, in CBOR: its length in the low bits, in one byte, in two or in four.
PADDING = re.compile(rb"\x63pad(?:[\x40-\x57]|\x58.|\x59..|\x5a....)", re.DOTALL)
LENGTH_BYTES = {0x58: 1, 0x59: 2, 0x5A: 4}


def state(path: Path) -> dict[str, Any]:
    """What is to be signed along with a file, for `problems` to compare; its size without credentials."""
    return {"type_box": _type_box(path).hex(), "size": path.stat().st_size - _box(path)[1]}


def problems(path: Path, signed: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with the bytes outside the hash; `signed` is the `state` signed along, empty if others signed."""
    kind, (box, _) = _type_box(path), _box(path)
    if not box:
        return ()
    now, ours, fillings = state(path), "type_box" in signed, _paddings(box)
    found = {
        TYPE_CHANGED: ours and signed["type_box"] != now["type_box"],
        SIZE_CHANGED: ours and signed.get("size") != now["size"],
        HEADER_CHANGED: bool(kind) and not box[HEADER_AT:].startswith(HEADER),
        KIND_CHANGED: not _well_made(box[HEADER_AT + len(HEADER) :] if kind else box),
        PADDING_CHANGED: any(any(filling) for filling in fillings) or (ours and not fillings),
    }
    return tuple(name for name, wrong in found.items() if wrong)


def _type_box(path: Path) -> bytes:
    """An MP4's first box, which says what kind of file it is; empty for other files."""
    with path.open("rb") as file:
        head = file.read(8)
        size = int.from_bytes(head[:4], "big")
        return head + file.read(size - 8) if head[4:] == b"ftyp" and size < 1 << 16 else b""


def _box(path: Path) -> tuple[bytes, int]:
    """Where the credentials stand, and how many bytes they add to the file; nothing and 0 where there are none."""
    kind = _type_box(path)
    with path.open("rb") as file:
        box = _in_mp4(file, len(kind)) if kind else _in_wav(file)
    # A WAV's chunk has its name and size before it and ends on an even byte.
    return box, len(box) + (len(box) % 2 + 8 if box and not kind else 0)


def _in_mp4(file: IO[bytes], at: int) -> bytes:
    """The box after the type box, where credentials stand."""
    file.seek(at)
    head = file.read(8)
    box = head + file.read(max(0, int.from_bytes(head[:4], "big") - 8)) if head[4:] == b"uuid" else b""
    return box if box[8:HEADER_AT] == C2PA_ID else b""


def _in_wav(file: IO[bytes]) -> bytes:
    """The chunk of credentials in a WAV: name, size (little-endian), data, each on an even byte."""
    head = file.read(12)
    while head[:4] == b"RIFF" and (name := file.read(8)):
        size = int.from_bytes(name[4:], "little")
        if name[:4] == b"C2PA":
            return file.read(size)
        file.seek(size + size % 2, 1)
    return b""


def _well_made(data: bytes) -> bool:
    """Whether boxes fill `data` to the byte and each part is described as such parts are."""
    while data:
        size, name = int.from_bytes(data[:4], "big"), data[4:8]
        inside, data = data[8:size], data[size:]
        checks = {b"jumb": _well_made, b"jumd": _described}
        good = checks[name](inside) if name in checks else name in CONTENTS
        if len(inside) != size - 8 or not good:
            return False
    return True


def _described(description: bytes) -> bool:
    kind, tail, label = description[:4], description[4:16], description[17:].partition(b"\0")[0]
    known = label in LABELS[kind] if kind in LABELS else kind in OTHER_KINDS
    return known and (tail == PART_TAIL or kind not in {*LABELS, b"c2ma"}) and description[16:17] in FOLLOWS


def _paddings(box: bytes) -> list[bytes]:
    """What fills up the signature: ours always has some, others' may have none."""
    fillings = []
    for match in PADDING.finditer(box, max(0, box.rfind(SIGNATURE))):
        kind = match.group()[4]
        size = LENGTH_BYTES.get(kind, 0)
        length = int.from_bytes(match.group()[5 : 5 + size], "big") if size else kind - 0x40
        fillings.append(box[match.end() : match.end() + length])
    return fillings
