"""Checkpoints of torch read into numpy, without torch and without running anything. No networks live here.

A torch checkpoint is a zip: one pickle that says how tensors are cut from storages, and the storages' raw bytes beside
it. A pickle may ask for any Python function, so ours answers to a short list of names and refuses the rest.
"""

from __future__ import annotations

import collections
import math
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput

STORAGES: dict[str, str] = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "BFloat16Storage": "<u2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
"""Torch's storages by name and the bytes they hold; numpy has no bfloat16, see `_values`."""


def read_torch(path: Path) -> Any:
    """What `torch.save` wrote, tensors as arrays of their own shape (bfloat16 becomes float32).

    Only tensors, parameters, dicts, lists and plain values are read. Raises BadInput, naming what was asked for, when
    the pickle wants anything else, and when the file is damaged or of the kind before torch 1.6.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            root = _root(archive, path)
            _little_endian(archive, root, path)
            with archive.open(f"{root}/data.pkl") as file:
                return _Reader(file, archive, root, path).load()
    except BadInput:
        raise
    except Exception as error:  # a damaged or hostile pickle can fail in any way
        raise BadInput(f"{path.name} is not a whole torch checkpoint (zip, torch 1.6 or later): {error!r}") from error


class _Reader(pickle.Unpickler):
    """An unpickler that knows ten storages, three functions and nothing more."""

    def __init__(self, file: Any, archive: zipfile.ZipFile, root: str, path: Path) -> None:
        super().__init__(file)
        self._archive, self._root, self._path = archive, root, path

    def find_class(self, module: str, name: str) -> Any:
        # Storages are answered with their mere name: a pickle can alter what it is handed, but not a string.
        if module == "torch" and name in STORAGES:
            return name
        known = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): self._tensor,
            ("torch._utils", "_rebuild_parameter"): self._parameter,
        }
        if (module, name) not in known:
            raise BadInput(
                f"{self._path.name} asks for '{module}.{name}' and was not read: a checkpoint may hold tensors, dicts, "
                "lists and plain values only; get the weights as safetensors, ONNX or a plain state dict"
            )
        return known[module, name]

    def persistent_load(self, pid: Any) -> npt.NDArray[Any]:
        kind, storage, key, _device, _count = pid
        if kind != "storage" or storage not in STORAGES or not str(key).isalnum():
            raise BadInput(f"{self._path.name} asks for {kind!r} {storage!r} {key!r}: not a storage of tensors")
        return _values(self._archive.read(f"{self._root}/data/{key}"), storage)

    def _tensor(
        self, storage: npt.NDArray[Any], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
    ) -> npt.NDArray[Any]:
        """A tensor cut from a storage; `stride` counts elements. Never reads outside of it."""
        last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) if math.prod(size) else offset
        if min(offset, 0, *stride) < 0 or last >= max(1, len(storage)) or math.prod(size) > len(storage):
            raise BadInput(f"{self._path.name}: a tensor of shape {tuple(size)} reaches outside its storage")
        steps = [step * storage.itemsize for step in stride]
        return np.lib.stride_tricks.as_strided(storage[offset:], tuple(size), steps).copy()

    def _parameter(self, data: npt.NDArray[Any], *_: Any) -> npt.NDArray[Any]:
        return data


def _root(archive: zipfile.ZipFile, path: Path) -> str:
    roots = [name.removesuffix("/data.pkl") for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(roots) != 1:
        raise BadInput(f"{path.name} is a zip but not a torch checkpoint: it holds {len(roots)} data.pkl, not one")
    return roots[0]


def _little_endian(archive: zipfile.ZipFile, root: str, path: Path) -> None:
    name = f"{root}/byteorder"
    if name in archive.namelist() and archive.read(name).strip() != b"little":
        raise BadInput(f"{path.name} was written on a big-endian machine; save it again on a little-endian one")


def _values(data: bytes, storage: str) -> npt.NDArray[Any]:
    values = np.frombuffer(data, STORAGES[storage])
    if storage == "BFloat16Storage":
        # bfloat16 is the upper half of a float32.
        return (values.astype(np.uint32) << 16).view(np.float32)
    return values
