"""How each room is asked: a catalogue's model walks through its room as in a dub, a strategy fits, a cast dubs a film.

An asker has an `identity` (what its answers depend on), gets `ready`, and answers a question in a folder.
"""

from __future__ import annotations

import json
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dubbench
from dubbench import catalog, dubbing, media, memory
from dubbench.bench.candidates import Candidate, parsed
from dubbench.bench.questions import SPEAKER, Question
from dubbench.bench.strategies import STRATEGIES, Slots
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput, Unsupported
from dubbench.stages.base import Stage
from dubbench.types import Dub, Line, Seconds, Tracks, Voice

HUMAN = "human"
"""The candidate that is no model: the recordings of people, where a corpus has them."""

Found = tuple[Dub, Mapping[str, Any]]
"""The dub with what the room added, and facts that a Dub does not hold."""


ELSEWHERE = ("bench", "cli", "metrics", "testing", "comparing", "notebooks.py", "show.py")
"""What no dub is made by."""


@cache
def own_code() -> str:
    """The hash of our own rooms' code, which has no version as models have: whole dubs and fits are made by it."""
    root = Path(dubbench.__file__).parent
    files = [path for path in sorted(root.rglob("*.py")) if path.relative_to(root).parts[0] not in ELSEWHERE]
    return memory.key(code={path.relative_to(root).as_posix(): memory.file_sha256(path) for path in files})


class Asker(ABC):
    """Somebody who can be asked a suite's questions."""

    licence: str = ""

    @abstractmethod
    def identity(self) -> Mapping[str, Any]:
        """All that its answers depend on, as JSON has it."""

    @abstractmethod
    def ask(self, question: Question, folder: Path) -> Found:
        """The answer; what it consists of lies in `folder`. Raises the errors of models."""

    def fetch(self) -> None:
        """Bring what it wants. Raises Missing."""

    def ready(self) -> None:
        """Load what is loaded once, which is nobody's answer's time."""

    def release(self) -> None:
        """Give memory back."""

    def knows(self, question: Question) -> None:
        """Raises Unsupported where the question is in a language that it does not declare, BadInput for a voice that it
        has not."""


class Model(Asker):
    """A model of the catalogue in its own room: one that speaks with a `voice`, one that recognises perhaps `after`
    another took speech and background apart."""

    def __init__(self, candidate: Candidate, suite: Suite) -> None:
        self.room = suite.room
        own = {"speak": ("voice",), "transcribe": ("after",)}.get(self.room, ())
        self.stage: Any = candidate.open(self.room, without=own)
        self.stage.seed = suite.seed
        self.voice = candidate.setting("voice") if "voice" in own else None
        after = candidate.setting("after") if "after" in own else None
        self.before: Any = parsed(after).open("separate") if after else None
        self.licence = self.stage.licence

    def identity(self) -> Mapping[str, Any]:
        stage: Stage = self.stage
        own = {"voice": self.voice, "after": self.before.identity() if self.before else None}
        return {**stage.identity(), **{name: value for name, value in own.items() if value}}

    def fetch(self) -> None:
        for stage in filter(None, (self.before, self.stage)):
            if stage.weights.files:
                stage.weights.folder()

    def ready(self) -> None:
        for stage in filter(None, (self.before, self.stage)):
            stage.ready()

    def release(self) -> None:
        for stage in filter(None, (self.before, self.stage)):
            stage.release()

    def knows(self, question: Question) -> None:
        if self.room == "transcribe" and not self.stage.speaks(question.source):
            raise Unsupported(f"model '{self.stage.name}' does not know '{question.source}'")
        if self.room in ("translate", "speak"):
            self.stage.check(question.source, question.target)
        if self.voice:
            self._voice(question.gold.voices[0], question.target)

    def ask(self, question: Question, folder: Path) -> Found:
        asked = question.asked(self.room).at(folder)
        if self.room == "diarize":
            return asked.but(turns=self.stage.listen(asked)), {}
        if self.room == "speak":
            asked = asked.but(voices=tuple(self._voice(voice, question.target) for voice in asked.voices))
        if self.before is not None:
            asked = asked.but(tracks=Tracks(original=self.before(asked).tracks.speech))
        dub: Dub = self.stage(asked)
        return dub, {}

    def _voice(self, voice: Voice, language: str) -> Voice:
        offered = {preset.preset: preset for preset in self.stage.presets(language)}
        if not offered:
            return voice
        name = self.voice or next(iter(offered))
        if name not in offered:
            known = ", ".join(map(str, offered))
            raise BadInput(f"model '{self.stage.name}' has no voice '{name}' in {language}; it has: {known}")
        chosen: Voice = offered[name]
        return chosen.but(speaker=voice.speaker)


class Strategy(Asker):
    """A way to fit lines; natural durations are those of people who said the translation, where there are such."""

    licence = "Apache-2.0"

    def __init__(self, candidate: Candidate, suite: Suite) -> None:
        known = {plain(name): fit for name, fit in STRATEGIES.items() if ASSUMED not in name}
        if candidate.name not in known:
            raise BadInput(f"there is no way to fit called '{candidate.name}'; known: {', '.join(known)}")
        self.name, self.fit = candidate.name, known[candidate.name]

    def identity(self) -> Mapping[str, Any]:
        return {"strategy": self.name, "code": own_code()}

    def ask(self, question: Question, folder: Path) -> Found:
        if question.human is None:
            missing = f"sample {question.id} has no human speech in {question.target}"
            raise BadInput(f"{missing}: how long it takes is unknown")
        lines = question.gold.lines
        said = tuple((line.end - line.start,) for line in question.human.dub.lines)
        slots = tuple((line.start, line.end) for line in lines)
        played = self.fit(Slots(question.id, question.seconds, slots, said, said))
        placed = [
            line.but(placed_start=one.start, placed_end=one.end, tempo=one.speed)
            for line, one in zip(lines, played, strict=True)
        ]
        facts = {
            "cut": {line.id: one.cut for line, one in zip(lines, played, strict=True)},
            "slowed": {line.id: one.slowed for line, one in zip(lines, played, strict=True)},
        }
        return question.gold.but(lines=tuple(placed)).at(folder), facts


ASSUMED = "assumed"
"""Ways to fit that are given wordings which nobody made."""


def plain(name: str) -> str:
    """The name of a way to fit as one word."""
    return re.sub(r"[^\w.]+", "-", name)


class Human(Asker):
    """What people said themselves: the ceiling of every model that speaks, as the ear hears it."""

    licence = "as the corpus"

    def identity(self) -> Mapping[str, Any]:
        return {"human": 1}

    def ask(self, question: Question, folder: Path) -> Found:
        human = question.human
        if human is None:
            raise BadInput(f"sample {question.id} has no human speech in {question.target}")
        path = folder / "human.wav"
        shutil.copyfile(human.sound.path, path)
        speech = media.describe(path, folder)
        lines = tuple(
            line.but(translation=line.text, speech=speech, placed_start=line.start, placed_end=line.end, tempo=1.0)
            for line in human.dub.lines
        )
        return human.dub.but(lines=lines).at(folder), {"film": path.name, "untimed": True}


class Film(Asker):
    """A cast that dubs a whole film, as the command does; `gold` rooms are given to people.

    With a gold transcript the lines are people's; with gold translation alone the lines are those that were recognised,
    each with what people say for what is said in it.
    """

    def __init__(self, candidate: Candidate, suite: Suite) -> None:
        parts = {str(k): str(v) for k, v in candidate.settings}
        self.gold = frozenset(filter(None, parts.pop("gold", "").split("+")))
        if unknown := self.gold - {"transcribe", "translate"}:
            raise BadInput(f"gold={'+'.join(sorted(unknown))}: people can be given 'transcribe' and 'translate'")
        self.name, self.parts = candidate.name, parts
        self.cast = catalog.cast(self.name, **parts)
        # Asked at the door: an unknown part, or a pair that nobody translates.
        self.stages = [catalog.check(self.cast, *pair) for pair in suite.pairs]
        licences = {stage.licence.split(" ")[0] for of in self.stages for stage in of.values()}
        self.licence = ", ".join(sorted(licences))

    def identity(self) -> Mapping[str, Any]:
        cast = [{room: stage.identity() for room, stage in of.items()} for of in self.stages]
        return {"cast": cast, "gold": sorted(self.gold), "code": own_code()}

    def fetch(self) -> None:
        for stage in (stage for of in self.stages for stage in of.values()):
            if stage.weights.files:
                stage.weights.folder()

    def ask(self, question: Question, folder: Path) -> Found:
        files: dict[str, Path] = {}
        if self.gold:
            lines = self._lines(question, folder)
            files["transcript"] = _subtitles(folder / "transcript.srt", lines, lambda line: line.text)
            if "translate" in self.gold:
                files["translation"] = _subtitles(
                    folder / "translation.srt", lines, lambda line: line.translation or ""
                )
        dub = dubbing.dub(
            question.sound.path, to=question.target, source_language=question.source, out=folder / "dub",
            cast=self.name, models=self.parts, **files,
        )  # fmt: skip
        report = json.loads((folder / "dub" / "report.json").read_text("utf-8"))
        return dub, {"report": report, "film": "dub/dub.mp4"}

    def _lines(self, question: Question, folder: Path) -> tuple[Line, ...]:
        """The lines that people bring: theirs, or the recognised ones with people's translation."""
        if "transcribe" in self.gold:
            return question.gold.lines
        stage: Any = self.cast.choose("transcribe", question.source)
        heard = stage(question.asked("transcribe").at(folder)).lines
        stage.release()
        return merged(heard, question.gold.lines)


def merged(heard: Sequence[Line], gold: Sequence[Line]) -> tuple[Line, ...]:
    """Recognised lines with people's translation of what was said in them, those together that share a gold line.

    gold     |--A--|  |--B--|  |--C--|
    heard    |-----1--------|  |2||-3-|
    merged   |----A B-------|  |--C---|       what nobody recognised has nobody to say it
    """
    groups: list[tuple[list[Line], list[Line]]] = []
    for said in gold:
        mine = [line for line in heard if line.start < said.end and said.start < line.end]
        if not mine:
            continue
        if groups and mine[0] in groups[-1][0]:
            known, meant = groups.pop()
            groups.append(([*known, *(line for line in mine if line not in known)], [*meant, said]))
        else:
            groups.append((mine, [said]))
    return tuple(
        mine[0].but(
            end=max(line.end for line in mine), text=" ".join(line.text for line in mine), words=(),
            translation=" ".join(said.translation or "" for said in meant), speaker=SPEAKER,
        )
        for mine, meant in groups
    )  # fmt: skip


def _subtitles(path: Path, lines: Sequence[Line], text: Callable[[Line], str]) -> Path:
    """A cue a line, unbroken however long: a broken one would be several lines."""
    cues = (
        f"{at}\n{_clock(line.start)} --> {_clock(line.end)}\n{' '.join(text(line).split())}\n"
        for at, line in enumerate(lines, 1)
    )
    path.write_text("\n".join(cues), "utf-8")
    return path


def _clock(seconds: Seconds) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"


def asker(candidate: Candidate, suite: Suite) -> Asker:
    """Who answers the questions of a suite. Raises BadInput, Missing, Unsupported."""
    if candidate.name == HUMAN and suite.room in ("speak", "dub"):
        return Human()
    kinds: dict[str, Any] = {"fit": Strategy, "dub": Film}
    made: Asker = kinds.get(suite.room, Model)(candidate, suite)
    return made


__all__ = ["HUMAN", "Asker", "Film", "Human", "Model", "Strategy", "asker", "merged"]
