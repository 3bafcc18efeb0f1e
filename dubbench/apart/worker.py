"""The child side of an isolated adapter: `python -m dubbench.apart.worker FD`. Its parent is `dubbench.apart`.

Requests are JSON lines on stdin, replies are JSON lines on the pipe FD: never on stdout, where libraries print. The
first request builds and loads the adapter, each other one calls a verb. When stdin ends the parent is gone, and so are
we, with everything we started, even in the middle of a call.
"""

from __future__ import annotations

import json
import os
import pkgutil
import queue
import shutil
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn, TextIO

from dubbench import errors
from dubbench.apart import wire
from dubbench.stages.base import Stage
from dubbench.weights import WeightFile, Weights


class Worker:
    """One adapter and the exchange folder it shares with its parent."""

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.seconds = 0.0
        self.exchange = wire.Exchange(Path())

    def answer(self, request: dict[str, Any]) -> Any:
        """The packed result of a request. Raises whatever the adapter raises."""
        if request["ask"] == "start":
            return self._start(request)
        assert self.stage is not None
        signature, hints = wire.verb(wire.room_of(type(self.stage)), request["verb"])
        given = {name: self.exchange.unpack(value, hints[name]) for name, value in request["arguments"].items()}
        bound = signature.bind_partial()
        bound.arguments.update({name: given[name] for name in signature.parameters if name in given})
        started = time.perf_counter()
        result = getattr(self.stage, request["verb"])(*bound.args, **bound.kwargs)
        self.seconds = time.perf_counter() - started
        return self._checked(result, hints["return"])

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        """Loads the adapter, and says what the parent cannot see from there."""
        if request["memory_mb"]:
            _limit(request["memory_mb"])
        files = tuple(WeightFile.model_validate(file) for file in request["weights"])
        kind = pkgutil.resolve_name(request["adapter"])
        self.stage = kind(
            name=request["name"], weights=Weights(request["name"], files), seed=request["seed"], **request["settings"]
        )
        self.stage.languages = tuple(request["languages"])
        return {"on_gpu": self.stage.ready().on_gpu}

    def _checked(self, result: Any, kind: Any) -> Any:
        """The result, packed. Nonsense is named here, where the adapter's own value can still be shown."""
        try:
            packed = self.exchange.pack(result)
            wire.dumps(packed)
            self.exchange.unpack(packed, kind)
        except (TypeError, ValueError) as error:
            raise NonsenseError(" ".join(str(error).split())) from None
        return packed


class NonsenseError(Exception):
    """The adapter gave something that is not what its room's verb gives."""


def _limit(megabytes: int) -> None:
    """A second wall behind the parent's eyes, for what is asked for all at once: a MemoryError with a line, not an end.

    Libraries reserve more than they use (`python eval/apart.py` says how much): the address space several times
    what is in use, its private writable part (RLIMIT_DATA) up to twice; CUDA reserves the memory of the whole machine.
    """
    import resource

    wall = (2 * megabytes + 512) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (wall, wall))


def reply_to(worker: Worker, request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request; the adapter's failure is part of it, its traceback goes to stderr."""
    try:
        return {"id": request["id"], "result": worker.answer(request), "seconds": worker.seconds}
    except errors.AdapterFailed as error:
        detail = {"why": error.why, "line": error.line, "stderr": error.stderr}
        return {"id": request["id"], "error": "AdapterFailed", **detail}
    except errors.DubError as error:
        return {"id": request["id"], "error": type(error).__name__, "why": str(error)}
    except NonsenseError as error:
        return {"id": request["id"], "error": "crash", "why": f"it answered nonsense: {error}"}
    except MemoryError:
        return {"id": request["id"], "error": "crash", "why": "out of memory"}
    except BaseException as error:
        traceback.print_exc()
        return {"id": request["id"], "error": "crash", "why": f"{type(error).__name__}: {error}".strip(": ")}


def _die(folder: Path) -> NoReturn:
    """Leave with all we started. A group of our own is ours to end; any other is not."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _listen(stream: TextIO, requests: queue.SimpleQueue[str], folder: Path) -> None:
    for line in stream:
        requests.put(line)
    _die(folder)


def main(reply_fd: int, folder: Path) -> NoReturn:
    """Answer until the parent goes. Neither pipe is left to programs that the adapter starts."""
    os.set_inheritable(reply_fd, False)
    stdin = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(stdin, requests, folder), daemon=True).start()
    worker = Worker()
    worker.exchange = wire.Exchange(folder)
    with os.fdopen(reply_fd, "w", encoding="utf-8") as replies:
        while True:
            request = json.loads(requests.get())
            reply = reply_to(worker, request)
            sys.stdout.flush()
            sys.stderr.flush()
            replies.write(wire.dumps(reply) + "\n")
            replies.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
