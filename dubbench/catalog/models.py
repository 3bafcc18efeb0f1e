"""One model of the catalogue: what its table holds, and the class it names, found and checked. Reads no files."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field, PrivateAttr

from dubbench.errors import BadInput, Missing
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import FrozenDict, Noun
from dubbench.weights import WeightFile, Weights

ROOMS = ("separate", "transcribe", "diarize", "faces", "translate", "speak", "watermark", "lipsync")
DOTTED = re.compile(r"(?!\d)\w+(\.(?!\d)\w+)*(:(?!\d)\w+(\.(?!\d)\w+)*)?")
"""What `pkgutil.resolve_name` takes."""
OURS = ("name", "weights", "kind", "requires", "progress")
"""What we give to an adapter beside its settings, so no setting may be called that."""


class Entry(Noun):
    """What a model's name stands for.

    `commercial` None means: nobody has checked. `rtf` is seconds of work for a second of film on two cores and
    `memory_mb` what it needs while loaded, as measured; None: never measured.
    """

    name: str
    room: str
    adapter: str
    licence: str = "unknown"
    languages: tuple[str, ...] = ()
    commercial: bool | None = None
    about: str = ""
    rtf: float | None = None
    memory_mb: int | None = None
    isolated: bool = False
    requires: tuple[str, ...] = ()
    settings: FrozenDict[str, Any] = Field(default_factory=dict)
    weights: tuple[WeightFile, ...] = ()
    _file: str = PrivateAttr("")

    def of_file(self, file: str) -> Entry:
        """The same entry, which knows the name of the catalogue file it stands in."""
        entry = self.model_copy()
        entry._file = file
        return entry

    @property
    def where(self) -> str:
        """What an error about this entry begins with: the file it stands in, and its name."""
        return f"{self._file}: model '{self.name}'" if self._file else f"model '{self.name}'"

    @property
    def size(self) -> int:
        """Bytes of weights on disk."""
        return sum(file.size for file in self.weights)

    def open_weights(self) -> Weights:
        return Weights(self.name, self.weights)

    def open(self, *, progress: Progress = quiet, **settings: Any) -> Stage:
        """The adapter, not loaded yet; `settings` go before the entry's own.

        `progress` shows the environment of an isolated adapter being built, when it loads. Raises Missing for an
        adapter that is not installed, BadInput for one that is none, or for settings it does not have.
        """
        kind = _adapter(self)
        mixed = _settings(self, {**self.settings, **settings})
        if self.isolated or kind.isolated:
            from dubbench import apart

            stage = apart.from_entry(self, kind, mixed, progress)
        else:
            stage = kind(name=self.name, weights=self.open_weights(), **mixed)
        stage.licence = self.licence if self.licence != "unknown" else stage.licence
        stage.languages = self.languages or stage.languages
        return stage


def _settings(entry: Entry, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    taken = next((name for name in settings if name in OURS), None)
    if taken:
        raise BadInput(f"{entry.where}: no setting may be called '{taken}'; take it out of its settings")
    seed = settings.get("seed", 0)
    if not isinstance(seed, int):
        raise BadInput(f"{entry.where}: setting 'seed' must be a whole number, not {seed!r}")
    return settings


def _adapter(entry: Entry) -> type[Stage]:
    """The class that an entry names: a finished adapter of the entry's room."""
    kind = _found(entry)
    base = f"dubbench.stages.{entry.room}:{entry.room.capitalize()}"
    if not (isinstance(kind, type) and issubclass(kind, Stage)):
        raise BadInput(f"{entry.where}: {entry.adapter} is no adapter; name a class that subclasses {base}")
    plays = getattr(kind, "room", None)
    if plays != entry.room:
        raise BadInput(
            f"{entry.where}: {entry.adapter} plays '{plays}', not '{entry.room}'; change 'room' or 'adapter'"
        )
    if inspect.isabstract(kind):
        verbs = " and ".join(f"{verb}()" for verb in sorted(kind.__abstractmethods__))
        raise BadInput(f"{entry.where}: {entry.adapter} cannot be used until it writes {verbs}")
    return kind


def _found(entry: Entry) -> object:
    """Whatever the entry's dotted path leads to. A module that breaks may raise anything."""
    path = entry.adapter
    if not DOTTED.fullmatch(path):
        raise BadInput(f"{entry.where}: adapter {path!r} is no dotted path; write it like 'package.module:Class'")
    try:
        return pkgutil.resolve_name(path)
    except ImportError as error:
        raise Missing(f"{entry.where}: cannot import {path} ({error}); install its package") from None
    except Exception as error:
        module = path.partition(":")[0] if ":" in path else path.rpartition(".")[0] or path
        why = f"{type(error).__name__}: {error}"
        raise BadInput(
            f"{entry.where}: cannot import {path} ({why}); see where it breaks with: python -c 'import {module}'"
        ) from None
