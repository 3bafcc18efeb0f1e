"""`dubbench` that ends itself by SIGKILL at a chosen moment, its whole process group with it. Only for `make faults`.

    python eval/faults/dying.py MOMENT LOG dub film.mp4 --to pt --out folder

MOMENT is JSON with one of these; beside it may stand which time it is meant ("nth", 1 unless given), how many "seconds"
later, and that only this process is killed ("alone"), as the system does when memory runs out:

    {"told": "speak"}                     a room tells its progress, or a fetch its own
    {"call": "speak"}                     the model of that room is asked
    {"rename": "*/speak/*.wav"}           a draft is about to take that name; with "after", it just has
    {"ffmpeg": "*/.*.mp4"}                ffmpeg has begun to write such a file
    {"copy": "*/weights/*"}               a part of such a file was copied
    {"build": "*spleeter*"}               such a file is being made of weights
    {"client": "pip"}                     that client of a registry runs
    {"seconds": 3.2}                      that long after the start
    {}                                    never

Calls of models are written to LOG as they begin and end, so that work done twice can be counted. The library knows of
none of this: it is patched here, in a process of its own.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dubbench import catalog, cli, weights
from dubbench.cli.progress import Meter
from dubbench.types import Line, Sound

ROOMS = ("separate", "transcribe", "diarize", "translate", "speak")
"""Rooms whose models are asked by a verb of the same name."""


class Moment:
    """When to die, and what was going on."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked, self.left, self.room = asked, int(asked.get("nth", 1)), "start"
        self._one = threading.Lock()

    def wants(self, kind: str, what: str) -> bool:
        """Whether this is the moment: of that kind, fits its pattern, and for the nth time."""
        pattern = self.asked.get(kind)
        if pattern is None or not fnmatch.fnmatch(what, pattern):
            return False
        with self._one:
            self.left -= 1
            return self.left == 0

    def come(self) -> None:
        """It has come: die, now or when it says."""
        if "seconds" in self.asked:
            timer = threading.Timer(float(self.asked["seconds"]), self.die)
            timer.daemon = True
            timer.start()
        else:
            self.die()

    def die(self) -> NoReturn:
        os.write(2, f"killed in: {self.room}\n".encode())
        if self.asked.get("alone"):
            os.kill(os.getpid(), signal.SIGKILL)
        os.killpg(0, signal.SIGKILL)
        raise AssertionError("killed")


def watch_start(moment: Moment) -> None:
    """The time runs in the process that does the work: it knows which room it is in."""
    work = cli.work

    def begun() -> None:
        moment.come()
        work()

    cli.work = begun


def watch_progress(moment: Moment) -> None:
    shown = Meter.__call__

    def told(self: Meter, room: str, done: int, total: int, what: str) -> None:
        moment.room = room
        if moment.wants("told", room):
            moment.come()
        shown(self, room, done, total, what)

    Meter.__call__ = told  # type: ignore[method-assign]


def watch_renames(moment: Moment) -> None:
    """`Path.replace` is how every result takes its name."""
    replace = Path.replace

    def replaced(self: Path, target: Any) -> Path:
        hit = moment.wants("rename", str(target))
        if hit and not moment.asked.get("after"):
            moment.come()
        result = replace(self, target)
        if hit:
            moment.come()
        return result

    Path.replace = replaced  # type: ignore[assignment, method-assign]


def watch_programs(moment: Moment) -> None:
    """ffmpeg is known by the file it writes, clients by their name."""
    begin = subprocess.Popen.__init__

    def begun(self: Any, args: Any, *rest: Any, **more: Any) -> None:
        begin(self, args, *rest, **more)
        words = [str(word) for word in args] if isinstance(args, (list, tuple)) else [str(args)]
        written = [word.removeprefix("file:") for word in words if moment.wants("ffmpeg", word.removeprefix("file:"))]
        if written:
            while not Path(written[0]).exists() and self.poll() is None:
                time.sleep(0.0005)
            moment.come()
        if any(moment.wants("client", word) for word in words):
            moment.come()

    subprocess.Popen.__init__ = begun  # type: ignore[method-assign]


def watch_weights(moment: Moment) -> None:
    copy, built = shutil.copyfileobj, weights.Weights.built

    def copied(source: Any, to: Any, length: int = 0) -> None:
        if moment.wants("copy", str(getattr(to, "name", ""))):
            to.write(source.read(length))
            to.flush()
            moment.come()
        copy(source, to, length)

    def building(self: weights.Weights, name: str, version: int | str, build: Callable[[Path], None]) -> Path:
        def begun(draft: Path) -> None:
            if moment.wants("build", name):
                moment.come()
            build(draft)

        return built(self, name, version, begun)

    shutil.copyfileobj = copied  # type: ignore[assignment]
    weights.Weights.built = building  # type: ignore[method-assign]


def watch_calls(moment: Moment, log: Path) -> None:
    """Every verb of every model of the catalogue says when it begins and ends, and by a hash what it was asked."""
    for kind in {type(entry.open()) for entry in catalog.entries().values() if entry.room in ROOMS}:
        for verb in {kind.room, "text"} & set(vars(kind)):
            setattr(kind, verb, _watched(getattr(kind, verb), moment, log))


def _watched(call: Callable[..., Any], moment: Moment, log: Path) -> Callable[..., Any]:
    room = call.__name__

    @functools.wraps(call)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        asked = hashlib.sha256(repr([_told(x) for x in (*args, *kwargs.values())]).encode()).hexdigest()[:16]
        _write(log, "begins", room, asked)
        if moment.wants("call", room):
            moment.come()
        result = call(self, *args, **kwargs)
        _write(log, "ends", room, asked)
        return result

    return watched


def _told(value: Any) -> Any:
    """What makes a call the same call: sounds by their samples, lines by their text."""
    if isinstance(value, Sound):
        return hashlib.sha256(np.ascontiguousarray(value.samples).tobytes()).hexdigest()
    if isinstance(value, Line):
        return value.text
    return [_told(x) for x in value] if isinstance(value, (list, tuple)) else value


def _write(log: Path, *words: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(" ".join((str(os.getpid()), *words)) + "\n")


def main() -> None:
    moment = Moment(json.loads(sys.argv[1]))
    if set(moment.asked) == {"seconds"}:
        watch_start(moment)
    for watch in (watch_progress, watch_renames, watch_programs, watch_weights):
        watch(moment)
    watch_calls(moment, Path(sys.argv[2]))
    del sys.argv[1:3]
    cli.main()


if __name__ == "__main__":
    main()
