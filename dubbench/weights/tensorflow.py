"""TensorFlow checkpoints (the "bundle" format) read into numpy without TensorFlow. Reads only, and only plain tensors.

A bundle is two files. `*.index` is a table in LevelDB's format (sorted keys, prefix-compressed in blocks) whose values
are protocol buffers saying type, shape, offset and size of each tensor; `*.data-00000-of-00001` holds the raw numbers.
Sources: tensorflow/core/protobuf/tensor_bundle.proto and leveldb/doc/table_format.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput

MAGIC = 0xDB4775248B80FB57
FOOTER = 48
CONTINUES = 0x80

# DataType in tensorflow/core/framework/types.proto; everything else in a bundle is bookkeeping.
KINDS: dict[int, type[np.generic]] = {1: np.float32, 2: np.float64, 3: np.int32, 9: np.int64}

# Wire types of protocol buffers.
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Message = dict[int, list[Any]]


def read(index: Path, data: Path) -> dict[str, npt.NDArray[Any]]:
    """Every tensor of a bundle by name. Raises BadInput when the files are not an uncompressed, whole bundle."""
    try:
        return dict(_tensors(index.read_bytes(), data.read_bytes()))
    except (IndexError, struct.error, ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"{index.name} is not a TensorFlow checkpoint that can be read here: {error}") from error


def _tensors(index: bytes, data: bytes) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for name, value in _table(index):
        entry = _message(value)
        kind = KINDS.get(_number(entry, 1))
        if not name or kind is None:
            continue
        offset, size = _number(entry, 4), _number(entry, 5)
        if offset + size > len(data):
            raise ValueError(f"tensor '{name.decode()}' lies beyond the end of the data")
        yield name.decode(), np.frombuffer(data[offset : offset + size], kind).reshape(_shape(entry))


def _shape(entry: Message) -> list[int]:
    """TensorShapeProto: field 2 repeats the dimensions, field 1 of each is its size; no dimension means a scalar."""
    if 2 not in entry:
        return []
    return [_number(_message(dimension), 1) for dimension in _message(entry[2][0]).get(2, [])]


def _table(index: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of the table: its footer points to the index block, whose values point to the data blocks."""
    if len(index) < FOOTER or struct.unpack("<Q", index[-8:])[0] != MAGIC:
        raise ValueError("no table footer at its end")
    footer = index[-FOOTER:]
    _, at = _handle(footer, 0)
    (offset, size), _ = _handle(footer, at)
    for _, pointer in _block(index, offset, size):
        (inner, length), _ = _handle(pointer, 0)
        yield from _block(index, inner, length)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Entries of one block: each key gives how much it shares with the one before; restart points end the block."""
    if table[offset + size] != 0:
        raise ValueError("its table is compressed")
    block = table[offset : offset + size]
    restarts = struct.unpack("<I", block[-4:])[0]
    end, at, key = len(block) - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        at += fresh
        yield key, block[at : at + length]
        at += length


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    """A block's (offset, size) and where the bytes after it begin."""
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A little-endian base-128 number and where the bytes after it begin."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & ~CONTINUES) << shift
        shift += 7
        if byte < CONTINUES:
            return value, at


def _message(data: bytes) -> Message:
    """The fields of a protocol buffer, undecoded: numbers for varints, bytes for everything else."""
    fields: Message = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            fields.setdefault(tag >> 3, []).append(value)
            continue
        if wire == BYTES:
            length, at = _varint(data, at)
        elif wire in (FIXED64, FIXED32):
            length = 8 if wire == FIXED64 else 4
        else:
            raise ValueError(f"unknown wire type {wire}")
        fields.setdefault(tag >> 3, []).append(data[at : at + length])
        at += length
    return fields


def _number(message: Message, field: int) -> int:
    """A number field; protocol buffers leave out zeros."""
    return int(message.get(field, [0])[0])
