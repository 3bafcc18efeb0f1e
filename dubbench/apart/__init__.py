"""The parent side of isolated adapters: an object with a room's face whose verbs run in a process of their own.

    Stage (ours) ── JSON lines on stdin ──▶ python -m dubbench.apart.worker ──▶ the adapter, in its own environment
         ▲──────── JSON lines on a pipe ───────┘        sound: float32 WAV in an exchange folder

Whatever happens over there (a crash, an exit, a hang, no memory, a nonsense answer) is an `AdapterFailed` here that
carries the last words of the process's log; the next call starts a fresh worker. Values cross by `dubbench.apart.wire`.
"""

from __future__ import annotations

import inspect
import os
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from dubbench import errors
from dubbench.apart import environments, wire
from dubbench.apart.child import Child, ChildError
from dubbench.processes import passing
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import Seconds
from dubbench.weights import Weights

if TYPE_CHECKING:
    from dubbench.catalog import Entry

DEADLINE: Seconds = 600.0
"""How long a call may take when nobody said otherwise; loading is a call of its own."""


class Apart(Stage):
    """What every remote room has beyond its face: a worker, started when needed and again after it broke."""

    kind: type[Stage]
    """The adapter's own class: declares, never loads here."""

    def __init__(
        self, kind: type[Stage], *, requires: Sequence[str] = (), deadline: Seconds = DEADLINE,
        memory_mb: int | None = None, progress: Progress = quiet, **rest: Any,
    ) -> None:  # fmt: skip
        if kind.__module__ == "__main__" or "<locals>" in kind.__qualname__:
            raise errors.BadInput(f"an adapter that runs apart must live in a module of its own: {kind.__qualname__}")
        self.kind = kind
        for name in _declared(wire.room_of(kind)):
            setattr(self, name, getattr(kind, name))
        super().__init__(**{**rest, "name": rest.get("name") or kind.__name__.lower()})
        self.licence, self.languages = kind.licence, kind.languages
        self.needs, self.deadline, self.memory_mb, self.progress = tuple(requires), deadline, memory_mb, progress
        self._worker: Child | None = None
        self._on_gpu = False
        self.seconds: Seconds = 0.0
        """What the adapter itself took for the last call; the rest of it is the way there and back."""
        self._busy = threading.Lock()

    @cached_property
    def _folder(self) -> Path:
        """Where sounds pass; made when the model is first asked, for many models are only looked at."""
        folder = Path(tempfile.mkdtemp(prefix="apart-", dir=passing.own()))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    @cached_property
    def _exchange(self) -> wire.Exchange:
        return wire.Exchange(self._folder)

    def identity(self) -> dict[str, Any]:
        """The adapter's own: results do not depend on where it runs, so both find them."""
        return {**super().identity(), "adapter": f"{self.kind.__module__}:{self.kind.__qualname__}"}

    @property
    def on_gpu(self) -> bool:
        """Whether the worker put its model into a GPU's memory; its end gives that back."""
        return self._worker is not None and self._on_gpu

    def load(self) -> None:
        """Build the environment, fetch the weights, start the worker and let it load."""
        with self._busy:
            self._started()

    def release(self) -> None:
        """As everywhere; a verb starts a worker whether `ready` was called or not, so it ends in any case."""
        super().release()
        self.unload()

    def unload(self) -> None:
        """End the worker, also in the middle of a call of another thread."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def _started(self) -> Child:
        if self._worker is None:
            interpreter = environments.build(self.needs, progress=self.progress) if self.needs else Path(sys.executable)
            if self.weights.files:
                self.weights.folder()
            self._folder.mkdir(exist_ok=True)
            self._worker = Child(interpreter, self._folder, self._path(), memory_mb=self.memory_mb)
            started = self._ask(
                self._worker, None, ask="start", adapter=f"{self.kind.__module__}:{self.kind.__qualname__}",
                name=self.name, weights=[file.model_dump(mode="json") for file in self.weights.files], seed=self.seed,
                settings=self.settings.model_dump(mode="json"), languages=list(self.languages),
                memory_mb=self.memory_mb,
            )  # fmt: skip
            self._on_gpu = isinstance(started, dict) and started.get("on_gpu") is True
        return self._worker

    def _path(self) -> str:
        """What the worker imports from. An environment of its own sees nothing of ours but these two packages."""
        ours = [str(_links(self._folder, self.kind))] if self.needs else [str(Path(p).absolute()) for p in sys.path]
        return os.pathsep.join(ours)

    def _call(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        _, hints = wire.verb(wire.room_of(self.kind), verb)
        packed, result = self._exchange.pack(arguments), None
        with self._busy:
            worker = self._started()
            try:
                result = self._ask(worker, _line(arguments), ask="call", verb=verb, arguments=packed)
                return self._exchange.unpack(result, hints["return"])
            except ValueError as error:
                why = f"it answered nonsense: {' '.join(str(error).split())}"
                raise self._failed(worker, why, _line(arguments)) from None
            finally:
                self._exchange.forget([packed, result])

    def _ask(self, worker: Child, line: str | None, **request: Any) -> Any:
        """A worker's answer. One that broke, or was left in the middle (Ctrl-C), is ended: its next answer is stale."""
        try:
            reply = worker.ask(self.deadline, **request)
        except ChildError as error:
            raise self._failed(worker, str(error), line) from None
        except BaseException:
            self.unload()
            raise
        if "error" not in reply:
            self.seconds = reply.get("seconds", 0.0)
            return reply.get("result")
        if request["ask"] == "start":
            self.unload()
        raise self._theirs(worker, reply, line)

    def _failed(self, worker: Child, why: str, line: str | None) -> errors.AdapterFailed:
        why = why if worker is self._worker else "it was released while it worked"
        worker.stop()
        if worker is self._worker:
            self._worker = None
        return errors.AdapterFailed(self.name, why, line=line, stderr=worker.tail())

    def _theirs(self, worker: Child, reply: dict[str, Any], line: str | None) -> errors.DubError:
        """The error that the adapter raised over there, as it would have been raised here."""
        why, kind = str(reply.get("why")), getattr(errors, str(reply["error"]), None)
        if isinstance(kind, type) and issubclass(kind, errors.DubError) and kind is not errors.AdapterFailed:
            return kind(why)
        line, stderr = reply.get("line") or line, reply.get("stderr") or worker.tail()
        return errors.AdapterFailed(self.name, why, line=line, stderr=str(stderr))


def _line(arguments: Mapping[str, Any]) -> str | None:
    """The id of the (first) line a call is about."""
    lines = arguments.get("lines")
    return str(lines[0].id) if isinstance(lines, Sequence) and lines else None


def _declared(room: type[Stage]) -> list[str]:
    """Names of what a room lets its adapters declare: rates, batch sizes, the strict Settings."""
    names = [name for c in (Stage, room) for name in inspect.get_annotations(c)]
    return [name for name in names if name not in ("room", "licence", "languages", "requires", "isolated", "parallel")]


def _links(folder: Path, kind: type[Stage]) -> Path:
    """A folder with links to this package and the adapter's, and nothing else that is installed here."""
    here = folder / "path"
    here.mkdir(exist_ok=True)
    for name in {"dubbench", kind.__module__.partition(".")[0]}:
        module = sys.modules[name]
        place = Path(next(iter([*getattr(module, "__path__", []), str(module.__file__)])))
        link = here / place.name
        if not link.is_symlink():
            link.symlink_to(place)
    return here


@cache
def _face(room: type[Stage], names: tuple[str, ...]) -> type[Apart]:
    """A room whose methods `names` are answered by a worker; made once per room."""
    verbs = {name: _forward(room, name) for name in names}
    return type(f"Apart{room.__name__}", (Apart, room), {"__module__": __name__, "parallel": 1, **verbs})


def _forward(room: type[Stage], name: str) -> Callable[..., Any]:
    signature, _ = wire.verb(room, name)

    @wraps(getattr(room, name))
    def forwarded(self: Apart, *args: Any, **kwargs: Any) -> Any:
        return self._call(name, signature.bind(*args, **kwargs).arguments)

    forwarded.__isabstractmethod__ = False  # type: ignore[attr-defined]
    return forwarded


def _verbs(room: type[Stage], kind: type[Stage]) -> tuple[str, ...]:
    """The room's verbs, and its other public methods that the adapter wrote anew.

    `check` stays here: it is asked at the door and must not cost an environment.
    """
    public = [name for name, f in vars(room).items() if inspect.isfunction(f) and name[0] != "_" and name != "check"]
    abstract: frozenset[str] = getattr(room, "__abstractmethods__", frozenset())
    return tuple(n for n in public if n in abstract or getattr(kind, n) is not getattr(room, n))


def remote(kind: type[Stage], **how: Any) -> Stage:
    """The adapter `kind` behind its room's face, in a process of its own.

    `requires` are the pip requirements of its environment (none: our own interpreter), `deadline` the seconds that a
    call may take, `memory_mb` what the worker and all it starts may have in use, `progress` shows the environment being
    built; the rest is what `kind` itself takes: name, weights, seed, settings.
    """
    room = wire.room_of(kind)
    return _face(room, _verbs(room, kind))(kind, **how)


def from_entry(entry: Entry, kind: type[Stage], settings: Mapping[str, Any], progress: Progress = quiet) -> Stage:
    """The remote stage of a catalogue entry. Its settings may hold `deadline` and `memory_mb` beside the adapter's.

    Raises BadInput that names the entry where one of them is no number of seconds or of megabytes.
    """
    limits = {name: value for name, value in settings.items() if name in _Limits.model_fields}
    try:
        checked = _Limits.model_validate(limits, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise errors.BadInput(f"setting '{first['loc'][0]}' of model '{entry.name}': {first['msg']}") from None
    return remote(
        kind, name=entry.name, weights=Weights(entry.name, entry.weights), requires=entry.requires or kind.requires,
        progress=progress, **{**settings, **checked.model_dump(exclude_unset=True)},
    )  # fmt: skip


class _Limits(BaseModel):
    """What an entry may say of the process that its adapter runs in: seconds a call may take, megabytes it may use."""

    deadline: Seconds = Field(DEADLINE, gt=0, allow_inf_nan=False)
    memory_mb: int | None = Field(None, gt=0)


__all__ = ["DEADLINE", "Apart", "from_entry", "remote"]
