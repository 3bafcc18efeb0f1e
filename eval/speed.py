"""`make bench`: what a dub of a one-minute talk costs here, beside what its models by themselves take.

    python eval/speed.py [--write] [TIMES]

The talk is real speech over a moving picture: the phone conversation that a package ships, half a minute, TIMES times
(2 without). Seconds hold for this machine and hour, ratios travel. `--write` puts the tables into docs/speed.md.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import documents, dubbing, fitting, media, rooms
from dubbench.beside import Beside
from dubbench.run import Run
from dubbench.stages.base import Progress
from dubbench.types import Seconds, Sound
from eval import pages
from examples import clips

MODELS = ("separate", "transcribe", "diarize", "translate", "fit", "speak", "listen", "likeness", "lipsync")
"""Rooms whose time is a model's; `fit` is the estimate of durations, whose planning takes milliseconds, and `likeness`
the embedding of voices for the report."""
SLOWER = 1.1
"""Goal: a dub takes so many times what its models take, each by itself and loaded, on all processors."""
IMPORTS = {"import dubbench": ("-c", "import dubbench"), "dubbench --help": ("-m", "dubbench", "--help")}


class AtOnce(Beside):
    """No work beside the walk: each room has the machine for itself. `used` are a room's processor seconds."""

    used: ClassVar[dict[str, Seconds]] = {}

    def start(
        self, name: str, work: Callable[[Progress], object], *, last: Callable[[], object] = lambda: None
    ) -> None:
        before = spent()
        super().start(name, work, last=lambda: None)
        self._jobs[name].result()
        self.used[name] = spent() - before


def talk(folder: Path, times: int = 2) -> Path:
    """A film of half a minute, so many times."""
    once = media.read(clips.folder() / clips.PHONE.name)
    media.write(folder / "talk.wav", Sound(np.concatenate([once.samples] * times, axis=1), once.sample_rate))
    return clips.film(clips.folder() / clips.FACE.name, folder / "talk.wav", folder / "talk.mp4")


def quickest(arguments: tuple[str, ...], runs: int = 5) -> Seconds:
    """Wall seconds of the quickest of several fresh interpreters: the figure least disturbed by other work."""
    spent = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        spent.append(time.perf_counter() - started)
    return min(spent)


def dubbed(film: Path, out: Path) -> tuple[Seconds, dict[str, Any]]:
    """Wall seconds of the whole command, start of Python and models included, and its report."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "dubbench", "dub", str(film), "--to", "pt", "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started, json.loads((out / "report.json").read_text("utf-8"))


def alone(film: Path, out: Path) -> tuple[dict[str, Seconds], dict[str, Seconds]]:
    """Wall and processor seconds of each room of a dub, one after the other, the models loaded before."""
    (run,) = dubbing.prepared(film, "pt", out=out)
    for stage in run.stages.values():
        stage.ready()
    run.aside = AtOnce
    used = AtOnce.used

    class Watched(Run):
        def _timed(self, room: str, *rest: Any, **how: Any) -> Any:
            before = spent()
            try:
                return super()._timed(room, *rest, **how)
            finally:
                used[room] = used.get(room, 0.0) + spent() - before

    run.__class__ = Watched
    run.walk()
    return run.seconds, used


def spent() -> Seconds:
    """Processor seconds of this process and of those it started."""
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def our_own(home: Path) -> dict[str, Seconds]:
    """Processor seconds of fit, mix and mux of a finished dub, made anew of what the models gave; libraries loaded.

    The mix is coded while it is written, so its coding is in its seconds.
    """
    dub, speak = documents.read(home), dubbench.load("kokoro")
    fitting.fit(dub, speak)
    costs, before = {}, spent()
    for name, work in {
        "fit": lambda: fitting.place(fitting.fit(dub, speak), speak),
        "mix": lambda: rooms.mixed(dub),
        "mux": lambda: rooms.muxed(dub, rooms.mixed(dub)[0], home),
    }.items():
        if name == "mix":
            shutil.rmtree(home / "work" / "mix")
        work()
        costs[name], before = spent() - before, spent()
    return costs


def figures(times: int) -> Iterator[str]:
    """The tables, as Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = talk(folder, times)
        dubbed(film, folder / "warm")  # weights fetched, graphs built
        wall, report = dubbed(film, folder / "dub")
        seconds, used = alone(film, folder / "alone")
        own = our_own(folder / "dub")
    duration = float(report["duration"])
    floor = sum(seconds.get(room, 0.0) for room in MODELS)
    yield f"{duration:.1f} s of film, {report['lines']} lines. Each room by itself, models loaded before:\n"
    yield "| room | seconds | a second of film | share | processors at work |\n|---|---|---|---|---|"
    everything = sum(seconds.values())
    for room, took in sorted(seconds.items(), key=lambda item: -item[1]):
        if took / everything > 0.001:
            at_work = used[room] / max(took, 1e-9)
            yield f"| {room} | {took:.2f} | {took / duration:.3f} | {took / everything:.1%} | {at_work:.1f} |"
    yield f"| all | {everything:.2f} | {everything / duration:.3f} | | {sum(used.values()) / everything:.1f} |\n"
    yield "| what | figure | goal |\n|---|---|---|"
    yield f"| the whole command, from nothing loaded | {wall:.1f} s, {wall / duration:.2f} times the film's length | |"
    yield f"| beside the time of its models by themselves, {floor:.1f} s | {wall / floor:.2f} times | ≤ {SLOWER} |"
    yield f"| peak memory | {report['peak_rss_mb']:.0f} MB | |"
    parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in own.items())
    minute = sum(own.values()) * 60 / duration
    yield f"| fit, mix and mux, processor seconds a minute of film | {minute:.2f} ({parts}) | ≤ 2 |"
    for what, arguments in IMPORTS.items():
        yield f"| `{what}`, over Python itself | {quickest(arguments) - quickest(('-c', 'pass')):.2f} s | |"


def main(arguments: list[str]) -> None:
    times = [int(word) for word in arguments if word != "--write"] or [2]
    pages.shown(figures(*times), "speed.md", "python eval/speed.py --write", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
