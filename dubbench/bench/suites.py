"""A suite: which samples are asked about, in which languages, by which metrics. What a room makes of them is elsewhere.

Suites lie in `eval/suites/`, a TOML file each; a researcher's own lies anywhere and is named by its path.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, PrivateAttr, ValidationError

from dubbench import memory, textfiles
from dubbench.bench import samples as corpora
from dubbench.bench.samples import Sample, Split
from dubbench.errors import BadInput
from dubbench.records import mistake
from dubbench.types import FrozenDict, Noun

FOLDERS = (Path("eval/suites"),)
"""Where a suite's name is looked for, after what DUBBENCH_SUITES names."""

Asked: TypeAlias = Literal["transcribe", "diarize", "translate", "speak", "separate", "fit", "dub"]
"""The rooms that can be measured; "dub" is all of them, from film to film."""


class Budget(Noun):
    """What a model may cost and still be chosen: seconds of work a second of sound, and megabytes."""

    rtf: float | None = Field(None, gt=0)
    memory_mb: float | None = Field(None, gt=0)


class Suite(Noun):
    """Samples, languages, metrics, and the models that are compared.

    `data` is the folder of a corpus, seen from the suite's file; `samples` may stand in the file instead. `languages`
    are codes ("en"), or pairs ("en-es") where the room translates. `most` samples are taken, one of each cluster in
    turn. `indicative` says why no verdict is given however many clusters there are: one reader is no population.
    `accents` false: gold texts are written without, so they do not count. `ear` is the model that listens where speech
    is judged by what is understood. `floor` and `ceiling` are models between which the others should lie.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: int = Field(1, ge=1)
    room: Asked
    about: str
    licence: str = ""
    data: str | None = None
    samples: tuple[Sample, ...] = ()
    split: Split = "test"
    where: FrozenDict[str, str] = Field(default_factory=dict)
    languages: tuple[str, ...] = Field(min_length=1)
    most: int | None = Field(None, ge=1)
    smoke: int = Field(2, ge=1)
    primary: str
    metrics: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    indicative: str = ""
    accents: bool = True
    ear: str = "whisper-base"
    seed: int = 0
    models: tuple[str, ...] = ()
    floor: str | None = None
    ceiling: str | None = None
    budget: Budget = Budget()

    _file: Path = PrivateAttr(Path())

    @property
    def file(self) -> Path:
        return self._file

    @property
    def folder(self) -> Path:
        """Where the files of its samples lie; a corpus by its name in DUBBENCH_DATA, where that is said."""
        kept = os.environ.get("DUBBENCH_DATA")
        if kept and self.data:
            return Path(kept).resolve() / Path(self.data).name
        return (self._file.parent / (self.data or ".")).resolve()

    @property
    def measured(self) -> tuple[str, ...]:
        """All metrics, the primary one first."""
        return (self.primary, *(name for name in self.metrics if name != self.primary))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(source, target) of each of its languages; the same twice where it is one language."""
        return tuple((code.partition("-")[0], code.partition("-")[2] or code) for code in self.languages)

    @cached_property
    def chosen(self) -> tuple[Sample, ...]:
        """The samples that are asked about. Raises BadInput for an empty set, or a slice that nobody has."""
        every = list(self.samples) if self.samples else corpora.read(self.folder)
        corpora.check(every, self.id)
        kept = [one for one in every if one.split == self.split and self._wanted(one)]
        if not kept:
            filters = ", ".join(f"{name} = {value}" for name, value in self.where.items())
            raise BadInput(f"suite '{self.id}' has no samples: none of {len(every)} is in split '{self.split}'"
                           + (f" with {filters}" if filters else ""))  # fmt: skip
        return tuple(in_turn(kept)[: self.most])

    def _wanted(self, sample: Sample) -> bool:
        """Whether it is in the slice; of a corpus also whether it is there in a language: few are in all of them."""
        inside = all(sample.slices.get(name) == value for name, value in self.where.items())
        return inside and (bool(self.samples) or any(_told(sample, *pair) for pair in self.pairs))

    @cached_property
    def hash(self) -> str:
        """What the suite asks, by content: everything but its descriptions and which models are listed."""
        said = self.model_dump(
            mode="json", exclude={"about", "licence", "models", "data", "samples", "smoke", "budget"}
        )
        samples = [one.model_dump(mode="json") for one in self.chosen]
        files = {path: self._content(path) for one in self.chosen for path in one.files()}
        return memory.key(suite=said, samples=samples, files=files)[:12]

    def _content(self, path: str) -> str:
        try:
            return memory.file_sha256(self.folder / path)
        except OSError as error:
            raise BadInput(f"suite '{self.id}': {self.folder / path} cannot be read: {error.strerror}") from None


def _told(sample: Sample, source: str, target: str) -> bool:
    return source in {**sample.texts, **sample.audio} and (
        source == target or target in {**sample.texts, **sample.said}
    )


def in_turn(samples: Iterable[Sample]) -> list[Sample]:
    """One sample of each cluster, then another of each, and so on: the first n are of as many clusters as can be."""
    clusters: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        clusters[sample.cluster].append(sample)
    rounds = max(map(len, clusters.values()), default=0)
    return [of[at] for at in range(rounds) for of in clusters.values() if at < len(of)]


def read(name: str | Path) -> Suite:
    """The suite of a name, or in a file. Raises BadInput: unknown, no TOML, a field or a metric that there is not."""
    path = _path(str(name))
    try:
        suite = Suite.model_validate(textfiles.from_toml(textfiles.content(path).decode("utf-8")))
    except ValidationError as error:
        raise BadInput(f"{path}: {mistake(error)}") from None
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}; it should be a suite") from None
    except ValueError as error:
        raise BadInput(f"{path} is not valid TOML: {error}") from None
    suite._file = path.resolve()
    _checked(suite)
    return suite


def names() -> dict[str, Path]:
    """All suites that can be called by name, and their files."""
    return {path.stem: path for folder in reversed(_folders()) for path in sorted(folder.glob("*.toml"))}


def _folders() -> Sequence[Path]:
    own = os.environ.get("DUBBENCH_SUITES")
    return (*([Path(own)] if own else []), *FOLDERS)


def _path(name: str) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    known = names()
    if name not in known:
        told = ", ".join(sorted(known)) or "none here; run it in a checkout, or set DUBBENCH_SUITES"
        raise BadInput(f"there is no suite '{name}'; known: {told}. A suite of your own is named by its file: own.toml")
    return known[name]


def _checked(suite: Suite) -> None:
    """Refuse what could not be measured before a second is spent."""
    from dubbench.bench import measures

    for name in suite.measured:
        measures.named(name, suite.room)
    wants_pairs = suite.room in ("translate", "dub", "fit")
    wrong = next((code for code in suite.languages if ("-" in code) != wants_pairs), None)
    if wrong is not None:
        wanted = "pairs like en-es" if wants_pairs else "codes like en"
        raise BadInput(f"suite '{suite.id}': room '{suite.room}' wants languages as {wanted}, not '{wrong}'")
    if bool(suite.data) == bool(suite.samples):
        raise BadInput(f"suite '{suite.id}' needs either 'data', the folder of a corpus, or [[samples]] of its own")


__all__ = ["Asked", "Budget", "Suite", "in_turn", "names", "read"]
