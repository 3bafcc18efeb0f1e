"""Small suites for tests: texts spelled in tones by a toy, which another toy reads; no weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import bench, media
from dubbench.adapters.toy import ToySpeak
from dubbench.types import Sound

TEXTS = ("good morning", "where is the station", "two tickets please", "thank you")


def toml(values: Mapping[str, Any]) -> str:
    """A flat table of TOML; what is nested stands inline."""
    return "".join(f"{name} = {_written(value)}\n" for name, value in values.items())


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_written(of)}" for key, of in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def spelled(text: str, path: Path, *, rate: int = 24_000) -> None:
    """A sound that spells a text."""
    toy = ToySpeak().ready()
    media.write(path, media.resample(toy.speak(text, toy.presets("en")[0], "en").sound, rate))


def samples(folder: Path, texts: Sequence[str] = TEXTS) -> list[dict[str, Any]]:
    """A sample a text, each in a cluster of its own, with its sound."""
    made = []
    for at, text in enumerate(texts):
        spelled(text, folder / f"{at}.wav")
        made.append({"id": f"s{at}", "cluster": f"c{at}", "audio": {"en": f"{at}.wav"}, "texts": {"en": text}})
    return made


def suite(folder: Path, **changed: Any) -> bench.Suite:
    """A suite in a file, of toys unless told otherwise."""
    told = {
        "id": "toys", "room": "transcribe", "about": "Toys.", "languages": ["en"], "primary": "wer",
        "metrics": ["cer", "rtf"], "models": ["toy-transcribe"], **changed,
    }  # fmt: skip
    if "samples" not in told and "data" not in told:
        told["samples"] = samples(folder)
    path = folder / f"{told['id']}.toml"
    path.write_text(toml(told), "utf-8")
    return bench.suite(path)


def noise(path: Path, seconds: float = 1.0, rate: int = 24_000) -> None:
    values = np.random.default_rng(0).normal(size=(1, round(seconds * rate))) * 0.1
    media.write(path, Sound(values.astype(np.float32), rate))
