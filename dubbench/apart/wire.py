"""How values cross between processes: plain JSON, sound in float32 WAV files beside it. Nothing about processes here.

What crosses is what the rooms' verbs take and give: nouns, dataclasses of nouns and sound, paths, plain JSON values.
No pickle: a stranger's process can answer nonsense, but it cannot make this one run anything.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
import typing
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Union

import numpy as np
from pydantic import BaseModel, TypeAdapter

from dubbench.stages.base import Stage
from dubbench.types import Sound


class Exchange:
    """A folder through which sound crosses; everything else is in the JSON itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pack(self, value: Any) -> Any:
        """`value` as JSON. Raises TypeError for what has no plain form."""
        if value is None or isinstance(value, str | bool | int | float):
            return value
        if isinstance(value, Sound):
            return {"sound": self._write(value)}
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json", by_alias=True)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: self.pack(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, Path):
            return str(value.absolute())
        if isinstance(value, Mapping):
            return {str(key): self.pack(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.pack(item) for item in value]
        raise TypeError(f"a {type(value).__name__} has no plain form")

    def unpack(self, packed: Any, kind: Any) -> Any:
        """The value of type `kind` that `packed` stands for. Raises ValueError (pydantic's among them) for nonsense."""
        if kind is Sound:
            return self._read(packed)
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            return self._dataclass(packed, kind)
        origin, parts = typing.get_origin(kind), typing.get_args(kind)
        if origin in (Union, types.UnionType) and type(None) in parts and len(parts) == 2:
            return None if packed is None else self.unpack(packed, next(p for p in parts if p is not type(None)))
        if origin is tuple:
            return self._tuple(packed, parts)
        return _adapter(kind).validate_python(packed)

    def forget(self, packed: Any) -> None:
        """Remove the sound files that `packed` speaks of."""
        for name in _sounds(packed):
            self._path(name).unlink(missing_ok=True)

    def _dataclass(self, packed: Any, kind: type) -> Any:
        if not isinstance(packed, dict):
            raise ValueError(f"wanted the fields of {kind.__name__}, not {str(packed)[:80]!r}")
        hints = typing.get_type_hints(kind)
        unknown = set(packed) - set(hints)
        missing = {f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING} - set(packed)
        if unknown or missing:
            raise ValueError(f"{kind.__name__} has no field {sorted(unknown)} and lacks {sorted(missing)}")
        return kind(**{name: self.unpack(item, hints[name]) for name, item in packed.items()})

    def _tuple(self, packed: Any, parts: Sequence[Any]) -> tuple[Any, ...]:
        if not isinstance(packed, list):
            raise ValueError(f"wanted a list, not {str(packed)[:80]!r}")
        kinds = [parts[0]] * len(packed) if parts[1:] == (...,) else list(parts)
        if len(kinds) != len(packed):
            raise ValueError(f"wanted {len(kinds)} values, got {len(packed)}")
        return tuple(self.unpack(item, kind) for item, kind in zip(packed, kinds, strict=True))

    def _path(self, name: str) -> Path:
        if Path(name).name != name or not name.endswith(".wav"):
            raise ValueError(f"{name!r} is not a sound of this exchange")
        return self.folder / name

    def _write(self, sound: Sound) -> str:
        import soundfile

        name = f"{uuid.uuid4().hex}.wav"
        soundfile.write(self.folder / name, sound.samples.T, sound.sample_rate, subtype="FLOAT", format="WAV")
        return name

    def _read(self, packed: Any) -> Sound:
        import soundfile

        if not isinstance(packed, dict) or not isinstance(packed.get("sound"), str):
            raise ValueError(f"wanted a sound, not {str(packed)[:80]!r}")
        path = self._path(packed["sound"])
        if not path.is_file():
            raise ValueError(f"the sound {path.name} did not arrive")
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        return Sound(np.ascontiguousarray(samples.T), int(rate))


@lru_cache(maxsize=256)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _sounds(packed: Any) -> Iterable[str]:
    if isinstance(packed, dict):
        if set(packed) == {"sound"} and isinstance(packed["sound"], str):
            yield packed["sound"]
        for item in packed.values():
            yield from _sounds(item)
    elif isinstance(packed, list):
        for item in packed:
            yield from _sounds(item)


@lru_cache(maxsize=64)
def verb(room: type[Stage], name: str) -> tuple[inspect.Signature, dict[str, Any]]:
    """The signature (without self) of a room's method and the types of its parameters and "return"."""
    method = getattr(room, name)
    signature = inspect.signature(method)
    plain = signature.replace(parameters=list(signature.parameters.values())[1:])
    return plain, typing.get_type_hints(method)


def room_of(kind: type[Stage]) -> type[Stage]:
    """The room that an adapter's class belongs to: the class in its ancestry that names a room."""
    return next(c for c in kind.__mro__ if "room" in vars(c))


def dumps(value: Any) -> str:
    """One line of strict JSON. Raises ValueError for NaN, TypeError for what is not JSON."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
