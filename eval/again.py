"""`make again`: whether dubs are made again the same, and what lies in a dub's folder; figures of docs/reproduce.md.

    python eval/again.py [--write]

Half a minute of a phone call is dubbed by the default cast and made again from its manifest: on all processors, on one
alone, and once more after an edit. Then what was edited is shown, what each room leaves in the folder, and whether
espeak-ng, which reads texts for Kokoro, and speaks itself by process, has a memory of what it was asked before.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import cleaning, documents, memory, records
from dubbench.adapters import kokoro_text
from dubbench.types import Dub
from eval import pages
from examples import clips

ROUNDS = 6
PHRASES = 400
READINGS = 300
"""How often the program reads each of four texts."""
TEXTS = ("Olá.", "Aqui é a Diana.", "Eu moro em Chicago agora.", "Não, eu não sabia que você estava aí.")


def command(*words: object, processors: set[int] | None = None) -> tuple[int, list[str]]:
    """What `dubbench` says, and its exit code, on some of the processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors or before)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dubbench", *map(str, words)], capture_output=True, text=True, check=False
        )
    finally:
        os.sched_setaffinity(0, before)
    if done.returncode == 2:
        raise SystemExit(done.stderr)
    return done.returncode, done.stdout.splitlines()


def made_again(home: Path) -> Iterator[str]:
    """A row a way of making a dub again."""
    yield "| made again | rooms | the same | others |"
    yield "|---|---|---|---|"
    cores = sorted(os.sched_getaffinity(0))
    ways = {f"on {len(cores)} processors, as before": None, "on one processor": {cores[0]}}
    for way, processors in ways.items():
        yield counted(way, command("reproduce", home, processors=processors)[1])


def counted(way: str, rows: Sequence[str]) -> str:
    told = [row.split(None, 1) for row in itertools.takewhile(lambda row: not row.startswith("here"), rows)]
    other = [room for room, what in told if what != "same"]
    return f"| {way} | {len(told)} | {len(told) - len(other)} | {', '.join(other) or '–'} |"


def edited(home: Path) -> Iterator[str]:
    """What `dubbench diff` says after one line was reworded, and whether that dub can be made again."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "edited"
        subprocess.run(["cp", "-r", home, copy], check=True)
        raw = records.raw(copy / documents.NAME)
        raw["lines"][2]["translation"] = "Aqui é a Diana, de Nova Jersey."
        records.put(raw, copy / documents.NAME)
        dubbench.redub(copy)
        yield counted("with a line edited after the first walk", command("reproduce", copy)[1])
        yield from ("", "```text", "$ dubbench diff phone.pt edited.pt", *command("diff", home, copy)[1], "```")


def folders(home: Path) -> Iterator[str]:
    """What lies in the folder of the finished dub, in MB for a minute of film."""
    dub: Dub = documents.read(home)
    minutes = dub.source.duration / 60
    rooms = {room.name: _bytes(room) for room in sorted((home / memory.FOLDER).iterdir()) if room.is_dir()}
    yield "| in `work` | MB a minute |"
    yield "|---|---|"
    for room, size in sorted(rooms.items(), key=lambda item: -item[1]):
        if size > 0.02 * sum(rooms.values()):
            yield f"| {room} | {size / 1e6 / minutes:.1f} |"
    yield f"| all | {sum(rooms.values()) / 1e6 / minutes:.1f} |"
    gone = sum(one.size for one in cleaning.waste(home, everything=True))
    yield f"| after `dubbench clean DIR --all --yes` | {(sum(rooms.values()) - gone) / 1e6 / minutes:.1f} |"


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def rules(dub: Dub) -> Iterator[str]:
    """Texts whose phonemes are others when they were asked for in another order; readings of one text that differ."""
    espeak, draw = kokoro_text.espeak(), random.Random(0)
    words = {
        "pt-br": " ".join(x.translation or "" for x in dub.lines).split(),
        "en-us": " ".join(x.text for x in dub.lines).split(),
    }
    jobs = [
        (" ".join(draw.choices(words[voice], k=draw.randint(1, 8))), voice) for voice in words for _ in range(PHRASES)
    ]
    found: dict[tuple[str, str], set[str]] = {}
    for _ in range(ROUNDS):
        draw.shuffle(jobs)
        for job in jobs:
            found.setdefault(job, set()).add(espeak.say(*job))
    yield "| espeak-ng | texts | times each | texts with more than one result |"
    yield "|---|---|---|---|"
    several = sum(len(said) > 1 for said in found.values())
    yield f"| as rules in this process, in shuffled order | {len(found)} | {ROUNDS} | {several} |"
    spoken = [Counter(_read(text) for _ in range(READINGS)) for text in TEXTS]
    yield f"| as a program that speaks | {len(TEXTS)} | {READINGS} | {sum(len(x) > 1 for x in spoken)} |"


def _read(text: str) -> str:
    said = subprocess.run(["espeak-ng", "-v", "pt", "--stdout", text], capture_output=True, check=True)
    return hashlib.sha256(said.stdout).hexdigest()


def rows() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        film = clips.phone_call(Path(folder) / "phone.mp4")
        home = Path(folder) / "phone.pt"
        dubbench.dub(film, to="pt", out=home)
        parts = (made_again(home), edited(home), [""], folders(home), [""], rules(documents.read(home)))
        yield from itertools.chain.from_iterable(parts)


def main(arguments: Sequence[str]) -> None:
    pages.shown(rows(), "reproduce.md", "make again", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
