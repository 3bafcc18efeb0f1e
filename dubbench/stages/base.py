"""What every room has in common: settings, weights, loading late, and a key that says what made a result.

A room (a module beside this one) subclasses `Stage` with one abstract verb on plain values and writes `__call__` once:
Dub in, Dub out. An adapter subclasses the room and writes the verb, and `load` for its heavy imports.
"""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dubbench import disk, heap
from dubbench.errors import AdapterFailed, BadInput, DubError, Unsupported
from dubbench.types import Dub
from dubbench.weights import Weights

Progress: TypeAlias = Callable[[str, int, int, str], None]
"""Called as progress(room, done, total, what): `what` is the line's id or a short phrase."""


T = TypeVar("T")


def quiet(room: str, done: int, total: int, what: str) -> None:
    """The progress hook that says nothing."""


class Settings(BaseModel):
    """Strict settings of an adapter: subclass it inside the adapter."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(ABC):
    """One room of the house, done by one model.

    `room` is set by the room, the rest by the adapter. `languages` holds codes ("en"), pairs ("en-pt") in the
    translate room, or "*" for any. `requires` are pip requirements that the base does not bring. `isolated` adapters
    run in an environment of their own. `version` is raised when the same input would give another output.
    """

    room: ClassVar[str]
    version: ClassVar[int] = 1
    licence: str = "unknown"
    languages: tuple[str, ...] = ("*",)
    requires: ClassVar[tuple[str, ...]] = ()
    isolated: ClassVar[bool] = False
    added: ClassVar[tuple[str, ...]] = ()
    """Settings that came after others had results: at their defaults they do not count, so what was made before, and
    people whose voices are known, stay known."""
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, *, name: str = "", weights: Weights | None = None, seed: int = 0, **settings: Any) -> None:
        self.name = name or type(self).__name__.lower()
        self.weights = weights or Weights(self.name)
        self.seed = seed
        self.settings: Any = self._checked(settings)
        self._loaded = False
        self._loading = threading.Lock()
        self._told: Callable[[int, int], None] | None = None

    def _checked(self, settings: dict[str, Any]) -> BaseModel:
        try:
            return self.Settings(**settings)
        except ValidationError as error:
            first = error.errors()[0]
            known = ", ".join(self.Settings.model_fields) or "none"
            where = ".".join(str(p) for p in first["loc"])
            raise BadInput(f"setting '{where}' of model '{self.name}': {first['msg']} (settings: {known})") from None

    def load(self) -> None:
        """Bring the model into memory; the only place for heavy imports. Called once, late."""

    def unload(self) -> None:
        """Let go of what `load` brought."""

    def ready(self) -> Self:
        """Load unless loaded. Results found in memory never come here, so they cost no model."""
        with self._loading:
            if not self._loaded:
                self.load()
                self._loaded = True
        return self

    def release(self) -> None:
        """Unload if loaded, and give the memory back; the next `ready` loads again."""
        with self._loading:
            if self._loaded:
                self.unload()
                self._loaded = False
                heap.trim()

    @property
    def on_cpu(self) -> bool:
        """Whether it surely never lies in a GPU's memory; told before it is loaded. Then it may work beside others."""
        return False

    @property
    def on_gpu(self) -> bool:
        """Whether what is loaded lies in a GPU's memory: then it is released before another such room begins."""
        return False

    @contextlib.contextmanager
    def telling(self, progress: Progress, room: str, what: str) -> Iterator[None]:
        """While the block runs, the pieces that a verb counts (`counted`) are told to `progress`."""
        self._told = lambda done, total: progress(room, done, total, what)
        try:
            yield
        finally:
            self._told = None

    @contextlib.contextmanager
    def blamed(self, line: str | None = None) -> Iterator[None]:
        """Whatever an adapter's verb raises in the block is the model's failure, at `line`; our own errors pass.

        One that calls `sys.exit` must not end the whole dub without a word either.
        """
        try:
            yield
        except AdapterFailed as error:
            raise AdapterFailed(error.model, error.why, line=error.line or line, stderr=error.stderr) from error
        except DubError:
            raise
        except OSError as error:
            if error.errno in disk.FULL:
                raise
            raise AdapterFailed(self.name, f"{type(error).__name__}: {error}", line=line) from error
        except (Exception, SystemExit) as error:
            raise AdapterFailed(self.name, f"{type(error).__name__}: {error}", line=line) from error

    def counted(self, results: Iterable[T], total: int) -> Iterator[T]:
        """For a verb that works in pieces: its `total` results as they come, each told to whoever waits."""
        for done, result in enumerate(results, 1):
            if self._told is not None:
                self._told(done, total)
            yield result

    def identity(self) -> dict[str, Any]:
        """What makes this model's results its own: adapter and version, settings, weights, seed."""
        return {
            "adapter": f"{type(self).__module__}:{type(self).__qualname__}",
            "version": self.version,
            "settings": self._counted(self.settings.model_dump(mode="json")),
            "weights": [file.sha256 for file in self.weights.files],
            "seed": self.seed,
        }

    def _counted(self, settings: dict[str, Any]) -> dict[str, Any]:
        usual = {name: field.default for name, field in self.Settings.model_fields.items() if name in self.added}
        return {name: value for name, value in settings.items() if name not in usual or value != usual[name]}

    def speaks(self, language: str) -> bool:
        """Whether a language (or a pair, in the translate room) is among those this adapter declares."""
        return "*" in self.languages or language in self.languages

    def check(self, source: str | None, target: str) -> None:
        """Refuse at the door what cannot be done. Raises Unsupported, Missing."""

    def _refuse(self, language: str) -> None:
        if not self.speaks(language):
            known = ", ".join(sorted(self.languages))
            raise Unsupported(f"model '{self.name}' cannot {self.room} '{language}'; it knows: {known}")

    @abstractmethod
    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        """Walk through the room: a new Dub with this room's part added."""
