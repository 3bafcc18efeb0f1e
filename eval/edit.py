"""What an edit costs: a line of a dub of fifty is reworded, and how soon that is heard, and the film is there.

    python eval/edit.py [--write] [TIMES]

The talk of `eval/speed.py`, TIMES times half a minute (4 without: some fifty lines). By the command, models loaded from
nothing; and the line alone with the voice loaded, as an editor that stays open has it. Five lines are edited, one
after the other: one that is not understood at once is taken again, and costs more. The whole is dubbed before them and
after, for a machine is quicker by one hour than by another. `--write`: docs/speed.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import documents, media
from dubbench.types import Seconds
from eval import pages
from eval.speed import dubbed, talk

SOON: Seconds = 3.0
SHARE = 0.10
EDITS = 5
ADDED, OTHERS = {"pt": " de novo"}, {"pt": " outra vez"}
"""What lines are reworded with; in an editor with others, or the command would find them spoken."""


def reworded(home: Path, number: int) -> None:
    """Add two words to a line's translation in dub.json, as a person would."""
    path = home / documents.NAME
    raw = json.loads(path.read_text("utf-8"))
    line = raw["lines"][number]
    line["translation"] = line["translation"].rstrip(".!? ") + ADDED[raw["target_language"]] + "."
    path.write_text(json.dumps(raw, ensure_ascii=False), "utf-8")


def again(home: Path) -> tuple[Seconds, Seconds, Seconds]:
    """Seconds from the command's start until another take lies there, until the film does that stays (it changes once
    more where a line is not understood), and until all is judged and the command has ended."""
    takes, film, started = home / "work" / "speak", home / documents.FILM, time.perf_counter()
    before, old, heard, there = {path.name for path in takes.glob("*.wav")}, film.stat().st_ino, 0.0, 0.0
    with subprocess.Popen([sys.executable, "-m", "dubbench", "dub", str(home)], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            passed = time.perf_counter() - started
            if not heard and {path.name for path in takes.glob("[!.]*.wav")} - before:
                heard = passed
            if film.stat().st_ino != old:
                old, there = film.stat().st_ino, passed
            time.sleep(0.02)
    if process.returncode or not heard or not there:
        raise SystemExit(f"the edited dub ended with {process.returncode}; a take came after {heard:.1f} s")
    return heard, there, time.perf_counter() - started


def in_an_editor(home: Path, number: int) -> Seconds:
    """Seconds until a reworded line can be played, with the voice loaded and warm."""
    dub, speak = documents.read(home), dubbench.load("kokoro").ready()
    mark: Any = dubbench.load("perth").ready()

    def spoken(at: int, words: str) -> None:
        line = dub.lines[at].but(translation=words)
        after: Any = speak(dub.with_lines({line.id: line}), mark=mark)  # type: ignore[call-arg]
        media.read(dub.open(after.lines[at].speech))

    spoken(number + 1, "Mais uma vez.")
    started = time.perf_counter()
    spoken(number, str(dub.lines[number].translation).rstrip(".") + OTHERS[dub.target_language] + ".")
    return time.perf_counter() - started


def figures(times: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "dub"
        film = talk(Path(name), times)
        before, report = dubbed(film, home)
        chosen = [round((i + 0.5) * report["lines"] / EDITS) for i in range(EDITS)]
        warm = [in_an_editor(home, number) for number in chosen]
        cold = []
        for number in chosen:
            reworded(home, number)
            cold.append(again(home))
        after, _ = dubbed(film, Path(name) / "after")
    whole = (before + after) / 2
    heard, there, done = zip(*cold, strict=True)
    yield f"{report['duration']:.0f} s of film, {report['lines']} lines; {EDITS} are reworded, one after the other.\n"
    yield "| what | seconds: median, and longest | goal |\n|---|---|---|"
    yield f"| heard in an editor that has the voice loaded | {spread(warm)} | ≤ {SOON:g} |"
    yield f"| heard, by the command | {spread(heard)} | |"
    yield f"| the finished film is there, by the command | {spread(there)}: {share(there, whole)} | ≤ {SHARE:.0%} |"
    yield f"| it is judged, too, and the command has ended | {spread(done)}: {share(done, whole)} | |"
    yield f"| the whole dub, before and after | {before:.1f}, {after:.1f} | |"


def spread(seconds: Sequence[Seconds]) -> str:
    return f"{median(seconds):.1f}, {max(seconds):.1f}"


def share(seconds: Sequence[Seconds], whole: Seconds) -> str:
    return f"{median(seconds) / whole:.1%} and {max(seconds) / whole:.1%} of the whole"


def main(arguments: list[str]) -> None:
    times = [int(word) for word in arguments if word != "--write"] or [4]
    pages.shown(figures(*times), "speed.md", "python eval/edit.py --write", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
