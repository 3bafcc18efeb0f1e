"""`make bench`: what a dub of a one-minute talk costs on this machine, stage by stage. Ratios travel, seconds do not.

    python eval/speed.py [TIMES]

The talk is real speech over a moving picture: the phone conversation that a package ships, half a minute, twice.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import documents, fitting, media, rooms
from dubbench.types import Sound
from examples import clips

MODELS = ("separate", "transcribe", "diarize", "translate", "fit", "speak", "listen", "likeness", "lipsync")
"""Rooms whose time is a model's; `fit` is the estimate of durations, whose planning takes milliseconds, and `likeness`
the embedding of voices for the report."""

IMPORTS = {"import dubbench": ("-c", "import dubbench"), "dubbench --help": ("-m", "dubbench", "--help")}


def talk(folder: Path, times: int = 2) -> Path:
    """A film of half a minute, so many times."""
    once = media.read(clips.folder() / clips.PHONE.name)
    media.write(folder / "talk.wav", Sound(np.concatenate([once.samples] * times, axis=1), once.sample_rate))
    return clips.film(clips.folder() / clips.FACE.name, folder / "talk.wav", folder / "talk.mp4")


def quickest(arguments: tuple[str, ...], runs: int = 5) -> float:
    """Wall seconds of the quickest of several fresh interpreters: the figure least disturbed by other work."""
    spent = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        spent.append(time.perf_counter() - started)
    return min(spent)


def dubbed(film: Path, out: Path) -> tuple[float, dict[str, object]]:
    """Wall seconds of the whole command, start of Python and models included, and its report."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "dubbench", "dub", str(film), "--to", "pt", "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started, json.loads((out / "report.json").read_text("utf-8"))


def spent() -> float:
    """Processor seconds of this process and of those it started."""
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def our_own(home: Path) -> dict[str, float]:
    """Processor seconds of fit, mix and mux of a finished dub, made anew of what the models gave; libraries loaded."""
    dub, speak = documents.read(home), dubbench.load("kokoro")
    fitting.fit(dub, speak)
    costs, before = {}, spent()
    for name, work in {
        "fit": lambda: fitting.place(fitting.fit(dub, speak), speak),
        "mix": lambda: rooms.mixed(dub),
        "code": lambda: rooms.coded(rooms.mixed(dub)[0]),
        "mux": lambda: rooms.muxed(dub, rooms.mixed(dub)[0], home),
    }.items():
        if name == "mix":
            shutil.rmtree(home / "work" / "mix")
        work()
        costs[name], before = spent() - before, spent()
    return costs


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = talk(folder, *map(int, sys.argv[1:]))
        dubbed(film, folder / "warm")  # weights fetched, graphs built
        wall, report = dubbed(film, folder / "dub")
        own = our_own(folder / "dub")
    seconds: dict[str, float] = report["seconds"]  # type: ignore[assignment]
    duration = float(report["duration"])  # type: ignore[arg-type]
    print(f"{duration:.1f} s of film, {report['lines']} lines\n\n{'room':<12}{'seconds':>9}{'RTF':>9}{'share':>9}")
    for room, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"{room:<12}{spent:>9.2f}{spent / duration:>9.3f}{spent / wall:>9.1%}")
    models = sum(seconds.get(room, 0.0) for room in MODELS)
    print(f"{'all':<12}{wall:>9.2f}{wall / duration:>9.3f}{1:>9.1%}\n")
    print(f"not a model  {1 - models / wall:.1%} of wall (goal: 10 % at most)")
    print(f"real-time factor  {wall / duration:.2f} (goal: 0.7 at most), peak memory  {report['peak_rss_mb']} MB")
    parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in own.items())
    minute = sum(own.values()) * 60 / duration
    print(f"fit, mix and mux  {minute:.2f} processor seconds a minute of film (goal: 2 at most): {parts}")
    for what, arguments in IMPORTS.items():
        print(f"{what:<16}  {quickest(arguments) - quickest(('-c', 'pass')):.2f} s more than Python itself")


if __name__ == "__main__":
    main()
