"""Reads the weights of a Marian model out of its binary file (8-bit, as Firefox's translation models ship) into numpy.

    version, count | count × (name length, type, rank, bytes) | names | shapes | padding | the tensors, one by one

All integers are little-endian, of 64 bits but for shapes, which have 32 (marian-dev, src/common/binary.cpp).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TypeAlias

import numpy as np

from dubbench.types import Samples

Weights: TypeAlias = dict[str, Samples]

_FLOAT32 = 0x0404
_INT8 = 0x4101
"""A matrix of 8-bit integers, and after it the number they were multiplied by."""
EMBEDDINGS = "Wemb"


def read(path: Path) -> Weights:
    """Every tensor by name, float32, matrices as (in, out). Raises ValueError where the file is no such model."""
    data = path.read_bytes()
    version, count = struct.unpack_from("<QQ", data)
    if version != 1 or not 0 < count < 10_000:
        raise ValueError(f"{path.name} is no Marian model (version {version}, {count} tensors)")
    at = 16
    heads = [struct.unpack_from("<QQQQ", data, at + 32 * i) for i in range(count)]
    at += 32 * count
    names, shapes = [], []
    for length, *_ in heads:
        names.append(data[at : at + length].rstrip(b"\0").decode())
        at += length
    for _, _, rank, _ in heads:
        shapes.append(struct.unpack_from(f"<{rank}i", data, at))
        at += 4 * rank
    (padding,) = struct.unpack_from("<Q", data, at)
    at += 8 + padding
    weights: Weights = {}
    for (_, kind, _, size), name, shape in zip(heads, names, shapes, strict=True):
        if kind in (_FLOAT32, _INT8) and not name.endswith("QuantMultA"):
            weights[name] = _tensor(data[at : at + size], kind, name, shape)
        at += size
    return weights


def _tensor(raw: bytes, kind: int, name: str, shape: tuple[int, ...]) -> Samples:
    n = int(np.prod(shape))
    if kind == _FLOAT32:
        return np.frombuffer(raw, "<f4", n).reshape(shape).copy()
    scale = np.frombuffer(raw, "<f4", 1, n)[0]
    values = np.frombuffer(raw, "i1", n).astype(np.float32) / scale
    # Matrices lie transposed, as the engine multiplies them; embeddings are looked up by row and do not.
    return values.reshape(shape) if name == EMBEDDINGS else np.ascontiguousarray(values.reshape(shape[::-1]).T)
