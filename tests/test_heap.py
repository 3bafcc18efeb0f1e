"""A released model is gone: nothing holds it any more, and its memory is given back. On a GPU one has it at a time."""

from __future__ import annotations

import gc
import subprocess
import sys
import types
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dubbench
from dubbench import apart, heap
from dubbench.adapters.toy import ToyDiarize, ToySpeak, ToyTranscribe
from dubbench.dubbing import prepared
from dubbench.types import Line, Sound, Voice
from dubbench.weights import Weights
from tests.talks import make_talk

ROOT = Path(__file__).parents[1]
RELEASE = """
import gc, sys, weakref
from pathlib import Path
from tests.test_heap import held, used
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20
stage = used(sys.argv[1])
alive, loaded = held(stage), resident()
assert alive, "nothing to look at"
stage.release()
left = [name for name, one in alive.items() if one() is not None]
print(len(alive), left, round(loaded - resident()), sep="|")
"""


def used(name: str) -> Any:
    """A model of the default cast, loaded and used once."""
    stage: Any = dubbench.load(name).ready()
    noise = np.random.default_rng(0).normal(0, 0.1, (2, 44_100 * 3)).astype(np.float32)
    line = Line(id="1", start=0, end=2, text="I have a house in New Jersey.")
    voice = Voice(id="v", preset="pf_dora")
    work = {
        "spleeter": lambda: stage.separate(Sound(noise, 44_100)),
        "whisper-base": lambda: stage.transcribe(Sound(noise[:1], 16_000), "en"),
        "powerset": lambda: stage.diarize(Sound(noise[:1], 16_000)),
        "bergamot": lambda: stage.translate([line], "en", "pt", {}),
        "kokoro": lambda: stage.speak("Eu tenho uma casa.", voice, "pt"),
        "perth": lambda: stage.mark(Sound(noise[:1], 24_000)),
    }
    work[name]()
    return stage


def held(stage: Any) -> dict[str, weakref.ref[Any]]:
    """What a stage holds of libraries' objects, to any depth, that a weak reference can be made to."""
    found: dict[str, weakref.ref[Any]] = {}
    todo = [(name, value) for name, value in vars(stage).items() if name != "settings"]
    while todo:
        name, value = todo.pop()
        if isinstance(value, dict):
            todo += [(f"{name}.{key}", item) for key, item in value.items()]
        module = type(value).__module__.partition(".")[0]
        if module in ("onnxruntime", "faster_whisper", "ctranslate2", "dubbench") and not isinstance(value, Weights):
            try:
                found[name] = weakref.ref(value)
            except TypeError:
                continue
            todo += [(f"{name}.{key}", item) for key, item in getattr(value, "__dict__", {}).items()]
    return found


@pytest.mark.models
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory in use from /proc")
@pytest.mark.parametrize(
    ("name", "megabytes"),
    [("spleeter", 100), ("whisper-base", 70), ("powerset", 20), ("bergamot", 60), ("kokoro", 100), ("perth", 2)],
)
def test_nothing_holds_a_released_model_and_its_memory_is_given_back(name: str, megabytes: int) -> None:
    done = subprocess.run([sys.executable, "-c", RELEASE, name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, left, given = done.stdout.strip().split("|")
    assert int(count) >= 1
    assert left == "[]"
    assert int(given) >= megabytes


def test_torchs_cache_is_emptied_where_torch_has_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    for ready in (False, True):
        cuda = types.SimpleNamespace(
            is_available=lambda: True,
            is_initialized=lambda ready=ready: ready,
            empty_cache=lambda: emptied.append(True),
        )
        monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(cuda=cuda))
        heap.trim()
    assert emptied == [True], "where it was never used, nothing may wake it"


class OnGpu:
    """What the toys below add: they say that they lie on a GPU while loaded, and who does is written down."""

    on_cpu = False
    loaded: set[str] = set()
    most: list[int] = []

    def load(self) -> None:
        self.loaded.add(type(self).__name__)
        self.most.append(len(self.loaded))

    def unload(self) -> None:
        self.loaded.discard(type(self).__name__)

    @property
    def on_gpu(self) -> bool:
        return type(self).__name__ in self.loaded


class GpuTranscribe(OnGpu, ToyTranscribe):
    pass


class GpuDiarize(OnGpu, ToyDiarize):
    pass


class GpuSpeak(OnGpu, ToySpeak):
    pass


def test_models_on_a_gpu_have_it_one_at_a_time(tmp_path: Path) -> None:
    film = make_talk(tmp_path / "talk.mp4", bursts=2)
    run = prepared(film, "pt", out=tmp_path / "out", cast="toy", source_language="en")[0]
    for room, kind in {"transcribe": GpuTranscribe, "diarize": GpuDiarize, "speak": GpuSpeak}.items():
        run.stages[room] = kind(name=run.stages[room].name)
    OnGpu.loaded.clear()
    OnGpu.most.clear()
    run.walk()
    assert (tmp_path / "out" / "dub.mp4").is_file()
    assert len(OnGpu.most) >= 3, "all of them worked"
    assert max(OnGpu.most) == 1


def test_a_worker_says_whether_its_model_lies_on_a_gpu() -> None:
    stage = apart.remote(GpuSpeak, deadline=30)
    assert not stage.on_gpu
    assert stage.ready().on_gpu
    stage.release()
    assert not stage.on_gpu
    gc.collect()
