"""What a bench asks about: samples of a corpus, with what people say each should become.

A corpus is a folder with `samples.jsonl` (a `Sample` a line) and what its samples name. Whatever may be unlike
as a whole is a cluster; splits never share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, Self, TypeAlias

import pydantic

from dubbench.errors import BadInput
from dubbench.records import mistake
from dubbench.types import FrozenDict

SAMPLES = "samples.jsonl"

Split: TypeAlias = Literal["train", "dev", "test"]


class Sample(pydantic.BaseModel):
    """One thing to be recognised, translated, spoken or dubbed, with what people say it should become.

    `texts` by language, `audio` by language as well (a path in the corpus). `turns` is an RTTM file: who speaks when.
    `said` by language is an STM file: who says what when in the `audio` of that language (`references` reads both).
    Where several languages are said, line by line it is the same. `stems` are sounds that `audio` is the sum of:
    "speech", "background". `cluster` is what may be unlike as a whole, `slices` are further names to look at apart.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    id: str = pydantic.Field(min_length=1)
    cluster: str = pydantic.Field(min_length=1)
    split: Split = "test"
    texts: FrozenDict[str, str] = pydantic.Field(default_factory=dict)
    audio: FrozenDict[str, str] = pydantic.Field(default_factory=dict)
    turns: str | None = None
    said: FrozenDict[str, str] = pydantic.Field(default_factory=dict)
    stems: FrozenDict[Literal["speech", "background"], str] = pydantic.Field(default_factory=dict)
    slices: FrozenDict[str, str] = pydantic.Field(default_factory=dict)

    @pydantic.model_validator(mode="after")
    def _sounding(self) -> Self:
        """What is told about a sound has one, and all files lie in the corpus."""
        if silent := sorted(self.said.keys() - self.audio.keys()):
            raise ValueError(f"it says what is said in {', '.join(silent)}, but has no audio of that")
        if (self.turns or self.stems) and not self.audio:
            raise ValueError("it has turns or stems, but no audio that they are of")
        for path in self.files():
            if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise ValueError(f"'{path}' does not lie in the corpus; write a path within its folder")
        return self

    def files(self) -> Iterator[str]:
        """The paths of all files it names."""
        yield from self.audio.values()
        yield from self.said.values()
        yield from self.stems.values()
        if self.turns is not None:
            yield self.turns


def read(folder: Path) -> list[Sample]:
    """The samples of a corpus. Raises BadInput where there are none, or its splits share a cluster."""
    path = folder / SAMPLES
    if not path.is_file():
        raise BadInput(f"{path} is not there: fill data/ with `python -m eval.corpora`, or pull it with `dvc pull`")
    samples = [_parsed(line, f"{path}, line {at}") for at, line in enumerate(path.read_text("utf-8").splitlines(), 1)]
    check(samples, folder.name)
    return samples


def _parsed(line: str, where: str) -> Sample:
    try:
        return Sample.model_validate_json(line)
    except pydantic.ValidationError as error:
        raise BadInput(f"{where}: {mistake(error)}") from None


def check(samples: Iterable[Sample], name: str) -> None:
    """Refuse an empty set, samples of one name twice, and clusters in two splits. Raises BadInput."""
    split: dict[str, str] = {}
    seen = set[str]()
    for sample in samples:
        if sample.id in seen:
            raise BadInput(f"{name}: two samples are called {sample.id}")
        seen.add(sample.id)
        if split.setdefault(sample.cluster, sample.split) != sample.split:
            raise BadInput(f"{name}: cluster {sample.cluster} is in {split[sample.cluster]} and in {sample.split}")
    if not seen:
        raise BadInput(f"{name} has no samples: an empty set says nothing about a model")


__all__ = ["SAMPLES", "Sample", "Split", "check", "read"]
