"""Clauses that need an interpreter of their own: nothing heavy before `load`, nothing left after `unload`.

`python -m dubbench.testing.fresh` is that interpreter: it takes a JSON request and prints a JSON answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dubbench import media
from dubbench.apart import wire
from dubbench.errors import BadInput, Unsupported
from dubbench.stages.base import Stage
from dubbench.testing.report import broken, left_out
from dubbench.testing.tiny import syllables
from dubbench.types import Line, Sound, Voice
from dubbench.weights import WeightFile, Weights

if TYPE_CHECKING:
    from dubbench.testing.contract import Subject

HEAVY = frozenset(
    [
        "av",
        "c2pa",
        "coqui",
        "cv2",
        "ctranslate2",
        "diffusers",
        "faster_whisper",
        "jax",
        "kokoro_onnx",
        "librosa",
        "llvmlite",
        "matplotlib",
        "numba",
        "onnx",
        "onnxruntime",
        "pandas",
        "pyannote",
        "scipy",
        "sklearn",
        "speechbrain",
        "tensorflow",
        "tokenizers",
        "torch",
        "torchaudio",
        "transformers",
    ]
)
"""Packages that take long to import or much memory: only `load` may bring them."""

MARGIN_MB = 96.0
"""Memory that may stay after `unload` in any case: thread pools and allocators of the libraries."""
SHARE = 0.5
"""Share of what loading took that may stay: a model that is held keeps all of it."""


def light(subject: Subject) -> None:
    """Importing and making the adapter brings nothing heavy."""
    with subject.report.clause("nothing heavy is imported before load"):
        found = _in_fresh(subject, "light")["heavy"]
        if found:
            raise broken(f"{', '.join(found)} came with the import; move it into load()")


def released(subject: Subject) -> None:
    """Loading, working once and unloading gives the memory back."""
    with subject.report.clause("memory is released after unload"):
        if not Path("/proc/self/statm").is_file():
            raise left_out("this system does not tell a process's memory")
        if subject.kind is not type(subject.adapter):
            raise left_out("it runs apart: its process ends with it")
        modules = _in_fresh(subject, "modules")["modules"]
        told = _in_fresh(subject, "memory", modules=modules)
        took, held = told["peak"] - told["floor"], told["after"] - told["floor"]
        if held > max(MARGIN_MB, SHARE * took):
            raise broken(f"loading took {took:.0f} MB and {held:.0f} MB of them stayed")


def _in_fresh(subject: Subject, ask: str, **more: Any) -> dict[str, Any]:
    """The answer of a fresh interpreter that sees what we see."""
    kind, adapter = subject.kind, subject.adapter
    if kind.__module__ == "__main__" or "<locals>" in kind.__qualname__:
        raise left_out("its class is not in a module that can be imported")
    with tempfile.TemporaryDirectory() as folder:
        request = {
            "ask": ask, "adapter": f"{kind.__module__}:{kind.__qualname__}", "name": adapter.name, "seed": adapter.seed,
            "weights": [file.model_dump(mode="json") for file in adapter.weights.files],
            "settings": adapter.settings.model_dump(mode="json", exclude_unset=True),
            "languages": list(subject.languages), "language": subject.language, "folder": folder,
            "sample": wire.Exchange(Path(folder)).pack(subject.sample), **more,
        }  # fmt: skip
        seen = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "dubbench.testing.fresh"], input=json.dumps(request), text=True, check=False,
            capture_output=True, env={**os.environ, "PYTHONPATH": seen},
        )  # fmt: skip
    if done.returncode != 0:
        raise broken(f"in a fresh interpreter it failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _made(request: dict[str, Any]) -> Stage:
    kind = pkgutil.resolve_name(request["adapter"])
    files = tuple(WeightFile.model_validate(file) for file in request["weights"])
    stage: Stage = kind(
        name=request["name"], weights=Weights(request["name"], files), seed=request["seed"], **request["settings"]
    )
    return stage


def exercise(stage: Any, request: dict[str, Any]) -> None:
    """One ordinary piece of work, whatever the room. A refusal is work too: the model is in memory by then."""
    sample = wire.Exchange(Path(request["folder"])).unpack(request["sample"], Sound | None)
    rate = getattr(stage, "sample_rate", 24_000)
    heard = media.resample(Sound(sample.mono[None], sample.sample_rate), rate) if sample else syllables(3.0, rate)
    source, _, target = (request["languages"] or ["en-pt"])[0].partition("-")
    if stage.room == "speak":
        presets = stage.presets(source)
        stage.speak("Anna 1 2 3", presets[0] if presets else Voice(id="somebody"), source)
    elif stage.room == "translate":
        stage.translate([Line(id="1", start=0.0, end=1.0, text="Anna 1 2 3")], source, target or "pt", {})
    elif stage.room == "separate":
        stage.separate(syllables(3.0, rate, channels=2))
    elif stage.room == "transcribe":
        stage.transcribe(heard, request["language"] or source)
    elif stage.room == "diarize":
        stage.diarize(heard)
    elif stage.room == "watermark":
        stage.detect(stage.mark(heard))


def _light(request: dict[str, Any]) -> dict[str, Any]:
    _made(request)
    return {"heavy": sorted(HEAVY & {name.partition(".")[0] for name in sys.modules})}


def _modules(request: dict[str, Any]) -> dict[str, Any]:
    """Which modules work brings: libraries stay in memory for good, and are not the adapter's to release."""
    stage = _made(request)
    with contextlib.suppress(BadInput, Unsupported):
        exercise(stage.ready(), request)
    return {"modules": [name for name in sys.modules if name != "__main__"]}


def _memory(request: dict[str, Any]) -> dict[str, Any]:
    """Megabytes of resident memory before loading (libraries are in), at work, and after unloading."""
    for name in request["modules"]:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    stage = _made(request)
    floor = _resident()
    with contextlib.suppress(BadInput, Unsupported):
        exercise(stage.ready(), request)
    peak = _resident()
    stage.release()
    return {"floor": floor, "peak": peak, "after": _resident()}


def _resident() -> float:
    """Resident memory in MB, after what is free was given back to the system."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Answer the request on stdin. What libraries print comes before the answer, which is the last line."""
    request = json.loads(sys.stdin.read())
    answer = {"light": _light, "modules": _modules, "memory": _memory}[request["ask"]](request)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
