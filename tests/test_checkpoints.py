"""Torch's checkpoints read without torch: what they hold, and what they may not ask for."""

from __future__ import annotations

import collections
import io
import os
import pickle
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench.errors import BadInput
from dubbench.weights.checkpoints import read_torch


class Tensor:
    """What torch would pickle as a tensor: a view of a storage."""

    def __init__(self, kind: str, data: bytes, *, size: Any, stride: Any, offset: int = 0) -> None:
        self.kind, self.data, self.view = kind, data, (offset, size, stride)


class Call:
    """Anything else a pickle may ask for."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> Any:
        return self.function, self.args


def named(name: str) -> Any:
    """A function that pickle takes for torch._utils' own."""

    def function() -> None: ...

    function.__module__, function.__name__, function.__qualname__ = "torch._utils", name, name
    return function


@pytest.fixture(autouse=True)
def torch_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough of torch's names for pickle to write them down."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for kind in ("FloatStorage", "HalfStorage", "BFloat16Storage", "LongStorage", "BoolStorage"):
        setattr(torch, kind, type(kind, (), {"__module__": "torch"}))
    for name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
        setattr(utils, name, named(name))
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def saved(path: Path, value: Any, *, root: str = "archive", byteorder: bytes | None = b"little") -> Path:
    """`value` as torch.save lays it down."""
    utils, storages = sys.modules["torch._utils"], list[bytes]()

    class Pickler(pickle.Pickler):
        def reducer_override(self, thing: Any) -> Any:
            if not isinstance(thing, Tensor):
                return NotImplemented
            offset, size, stride = thing.view
            storages.append(thing.data)
            storage = Stored(thing.kind, str(len(storages) - 1))
            return utils._rebuild_tensor_v2, (storage, offset, size, stride, False, collections.OrderedDict())

        def persistent_id(self, thing: Any) -> Any:
            if isinstance(thing, Stored):
                return "storage", getattr(sys.modules["torch"], thing.kind), thing.key, "cpu", 0
            return None

    text = io.BytesIO()
    Pickler(text, protocol=2).dump(value)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{root}/data.pkl", text.getvalue())
        if byteorder:
            archive.writestr(f"{root}/byteorder", byteorder)
        for key, data in enumerate(storages):
            archive.writestr(f"{root}/data/{key}", data)
    return path


class Stored:
    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key


def floats(*values: float) -> bytes:
    return np.array(values, "<f4").tobytes()


def test_tensors_come_with_their_shape_type_and_strides(tmp_path: Path) -> None:
    state = collections.OrderedDict(
        plain=Tensor("FloatStorage", floats(1, 2, 3, 4, 5, 6), size=(2, 3), stride=(3, 1)),
        turned=Tensor("FloatStorage", floats(1, 2, 3, 4, 5, 6), size=(3, 2), stride=(1, 3)),
        later=Tensor("FloatStorage", floats(1, 2, 3, 4), size=(2,), stride=(1,), offset=2),
        lone=Tensor("LongStorage", np.array([7], "<i8").tobytes(), size=(), stride=()),
        none=Tensor("FloatStorage", b"", size=(0,), stride=(1,)),
        half=Tensor("HalfStorage", np.array([0.5], "<f2").tobytes(), size=(1,), stride=(1,)),
        brain=Tensor("BFloat16Storage", np.array([0x3FC0], "<u2").tobytes(), size=(1,), stride=(1,)),
        truth=Tensor("BoolStorage", b"\x01\x00", size=(2,), stride=(1,)),
    )
    read = read_torch(saved(tmp_path / "a.pt", {"state": state, "epoch": 3, "note": "plain", "sizes": [1, 2.5, None]}))
    assert (read["epoch"], read["note"], read["sizes"]) == (3, "plain", [1, 2.5, None])
    got = read["state"]
    np.testing.assert_array_equal(got["plain"], np.array([[1, 2, 3], [4, 5, 6]], np.float32), strict=True)
    np.testing.assert_array_equal(got["turned"], np.array([[1, 4], [2, 5], [3, 6]], np.float32), strict=True)
    np.testing.assert_array_equal(got["later"], np.array([3, 4], np.float32), strict=True)
    np.testing.assert_array_equal(got["brain"], np.array([1.5], np.float32), strict=True)
    np.testing.assert_array_equal(got["truth"], np.array([True, False]), strict=True)
    assert got["lone"] == 7
    assert got["lone"].dtype == np.int64
    assert got["none"].shape == (0,)
    assert got["half"][0] == 0.5


def test_parameters_are_their_data(tmp_path: Path) -> None:
    data = Tensor("FloatStorage", floats(8), size=(1,), stride=(1,))
    call = Call(sys.modules["torch._utils"]._rebuild_parameter, data, True, collections.OrderedDict())
    assert read_torch(saved(tmp_path / "a.pt", {"w": call}))["w"] == [8]


@pytest.mark.parametrize("function", [os.mkdir, eval, getattr, np.frombuffer])
def test_anything_else_is_refused_by_name_and_not_run(tmp_path: Path, function: Any) -> None:
    trap = tmp_path / "trap"
    path = saved(tmp_path / "evil.pt", {"w": Call(function, str(trap))})
    with pytest.raises(BadInput, match=rf"evil\.pt asks for '\w+\.{function.__name__}' and was not read"):
        read_torch(path)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("size", "stride", "offset"),
    [
        ((3,), (1,), 0),
        ((2,), (1,), 1),
        ((2,), (-1,), 1),
        ((2,), (1,), -1),
        ((1000, 1000), (0, 0), 0),
        ((2,), (1, 1), 0),
    ],
)
def test_a_view_never_leaves_its_storage(tmp_path: Path, size: Any, stride: Any, offset: int) -> None:
    tensor = Tensor("FloatStorage", floats(1, 2), size=size, stride=stride, offset=offset)
    with pytest.raises(BadInput, match=r"outside its storage|not a whole"):
        read_torch(saved(tmp_path / "a.pt", [tensor]))


def test_damaged_and_foreign_files_are_named(tmp_path: Path) -> None:
    good = saved(tmp_path / "good.pt", [Tensor("FloatStorage", floats(*range(99)), size=(99,), stride=(1,))])
    cut = tmp_path / "cut.pt"
    cut.write_bytes(good.read_bytes()[:-200])
    text = tmp_path / "text.pt"
    text.write_text("no checkpoint")
    empty = tmp_path / "empty.pt"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme", "nothing here")
    for path in (cut, text, empty):
        with pytest.raises(BadInput, match=path.name):
            read_torch(path)
    with pytest.raises(BadInput, match="big-endian"):
        read_torch(saved(tmp_path / "big.pt", {}, byteorder=b"big"))
