"""Bundles written here by hand, from the format's description, are read back; what is not a whole bundle is refused."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench.errors import BadInput
from dubbench.weights import tensorflow as tfcheckpoint

TENSORS: dict[str, Any] = {
    "conv2d/bias": np.arange(3, dtype=np.float32),
    "conv2d/kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "conv2d_1/kernel": np.full((300,), 0.5, np.float64),
    "global_step": np.array(12345, np.int64),
}
KINDS = {"float32": 1, "float64": 2, "int64": 9}
STRING = 7


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def entry(array: Any, offset: int, kind: int) -> bytes:
    shape = b"".join(field(2, field(1, size)) for size in array.shape)
    checksum = varint(6 << 3 | 5) + b"\x01\x02\x03\x04"
    return field(1, kind) + field(2, shape) + field(4, offset) + field(5, array.nbytes) + checksum


def block(items: list[tuple[bytes, bytes]]) -> bytes:
    out, before = b"", b""
    for key, value in items:
        shared = next(i for i in range(len(key), -1, -1) if before.startswith(key[:i]))
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    return out + struct.pack("<II", 0, 1)


def bundle(folder: Path, *, compression: int = 0) -> tuple[Path, Path]:
    """Two data blocks, the header entry with the empty name, and a string tensor, which the reader leaves out."""
    data, items = b"", [(b"", field(1, 1))]
    for name, array in TENSORS.items():
        items.append((name.encode(), entry(array, len(data), KINDS[array.dtype.name])))
        data += array.tobytes()
    items.append((b"save_counter", entry(np.zeros(1, np.int8), 0, STRING)))
    table, pointers = b"", []
    for part in (items[:3], items[3:]):
        body = block(part)
        pointers.append((part[-1][0], varint(len(table)) + varint(len(body))))
        table += body + bytes([compression]) + b"\0\0\0\0"
    body = block(pointers)
    footer = varint(0) + varint(0) + varint(len(table)) + varint(len(body))
    table += body + b"\0" + b"\0\0\0\0" + footer.ljust(40, b"\0") + struct.pack("<Q", tfcheckpoint.MAGIC)
    index, numbers = folder / "model.index", folder / "model.data-00000-of-00001"
    index.write_bytes(table)
    numbers.write_bytes(data)
    return index, numbers


def test_every_tensor_comes_back_with_its_shape_and_type(tmp_path: Path) -> None:
    found = tfcheckpoint.read(*bundle(tmp_path))
    assert list(found) == list(TENSORS)
    for name, array in TENSORS.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


def test_a_compressed_table_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"model\.index.*compressed"):
        tfcheckpoint.read(*bundle(tmp_path, compression=1))


@pytest.mark.parametrize("keep", [0, 7, 60, 150])
def test_a_cut_index_is_refused(tmp_path: Path, keep: int) -> None:
    index, data = bundle(tmp_path)
    index.write_bytes(index.read_bytes()[:keep])
    with pytest.raises(BadInput, match="no table footer"):
        tfcheckpoint.read(index, data)


def test_cut_data_is_refused_by_the_tensors_name(tmp_path: Path) -> None:
    index, data = bundle(tmp_path)
    data.write_bytes(data.read_bytes()[:-1])
    with pytest.raises(BadInput, match="global_step"):
        tfcheckpoint.read(index, data)
