"""Adapters in a process of their own: the same face, and whatever happens over there is an error with a name here."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import apart, catalog
from dubbench.adapters.toy import ToyLipsync, ToySeparate, ToySpeak, ToyTranslate, ToyWatermark
from dubbench.apart import child
from dubbench.errors import AdapterFailed, BadInput, Unsupported
from dubbench.processes.words import KEPT
from dubbench.stages.speak import Speak
from dubbench.stages.translate import Translate
from dubbench.testing import check_adapter, tiny_dub
from dubbench.types import Controls, Line, Sound, Voice
from tests.ended import gone
from tests.misbehaving import Echo, Slow, Troubled

VOICE = Voice(id="v", preset="toy-low")


@pytest.fixture
def troubled() -> Iterator[Any]:
    stage = apart.remote(Troubled, name="troubled", deadline=30)
    yield stage
    stage.release()


def pid_of(stage: Any) -> int:
    with pytest.raises(AdapterFailed) as told:
        stage.speak("pid", VOICE, "en")
    return int(told.value.why.rpartition(" ")[2])


def test_it_is_an_instance_of_its_room_and_answers_as_the_adapter_does() -> None:
    stage: Any = apart.remote(ToySpeak, name="toy-speak")
    here = ToySpeak(name="toy-speak")
    assert isinstance(stage, Speak)
    assert stage.identity() == here.identity(), "what was made here is found there"
    assert type(stage) is type(apart.remote(ToySpeak)), "the room's class is made once"
    given, wanted = (x.speak("Olá!", VOICE, "pt", pace=1.1, controls=Controls(style="calm")) for x in (stage, here))
    assert np.array_equal(given.sound.samples, wanted.sound.samples)
    assert given.phonemes == wanted.phonemes
    assert stage.presets("pt") == here.presets("pt")
    assert stage.estimate("Olá!", VOICE, "pt") == here.estimate("Olá!", VOICE, "pt")
    stage.release()


def test_sound_crosses_without_loss() -> None:
    odd = np.array([[1.5, -2.0, 1e-30, 0.1, np.float32(1 / 3)]], np.float32)
    stage: Any = apart.remote(Echo)
    word = stage.transcribe(Sound(odd, 16_000), "en").segments[0][0]
    assert word.text == odd.tobytes().hex()[:64]
    assert word.start == 1 / 16_000
    mixed = Sound(np.random.default_rng(0).normal(0, 1, (2, 999)).astype(np.float32), 44_100)
    parts = apart.remote(ToySeparate).separate(mixed)  # type: ignore[attr-defined]
    assert np.array_equal(parts[1].samples, ToySeparate().separate(mixed)[1].samples)


def test_every_kind_of_value_crosses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("film.mp4").write_bytes(b"film")
    apart.remote(ToyLipsync).sync(Path("film.mp4"), Path("none.wav"), (), Path("to.mp4"))  # type: ignore[attr-defined]
    assert Path("to.mp4").read_bytes() == b"film"
    stage: Any = apart.remote(ToyTranslate, dictionary={"hello you": "olá 漢字\n"})
    assert isinstance(stage, Translate)
    assert stage.batch == ToyTranslate.batch
    dub = stage(tiny_dub(tmp_path / "dub"))
    assert [line.translation for line in dub.lines] == ["olá 漢字\n", "HOW ARE YOU", "FINE THANKS"]
    assert apart.remote(ToyWatermark).detect(Sound(np.zeros((1, 99), np.float32), 8_000)) == 0.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("crash", r"ZeroDivisionError: nothing divided"),
        ("exit", r"exited with code 3 \(farewell\)"),
        ("killed", "SIGKILL.*memory"),
        ("nonsense", "answered nonsense.*fields of Spoken"),
    ],
)
def test_what_happens_there_has_a_name_here_and_the_next_call_works(troubled: Any, text: str, why: str) -> None:
    with pytest.raises(AdapterFailed, match=why) as failed:
        troubled.speak(text, VOICE, "en")
    assert failed.value.model == "troubled"
    assert "loading noisily" in failed.value.stderr
    assert troubled.speak("hello", VOICE, "en").sound.duration > 0.2


def test_a_wrong_number_is_nonsense(troubled: Any) -> None:
    with pytest.raises(AdapterFailed, match=r"nonsense.*number"):
        troubled.estimate("estimate", VOICE, "en")


def test_a_hang_ends_at_the_deadline_and_a_fresh_worker_takes_over() -> None:
    stage: Any = apart.remote(Troubled, name="troubled", deadline=1.5)
    first = pid_of(stage)
    with pytest.raises(AdapterFailed, match=r"no answer within 1\.5 s"):
        stage.speak("hang", VOICE, "en")
    assert gone(first, within=20)
    stage.deadline = 30
    assert pid_of(stage) != first
    stage.release()


def test_memory_that_runs_out_is_said() -> None:
    stage: Any = apart.remote(Troubled, memory_mb=2_000, deadline=30)
    with pytest.raises(AdapterFailed, match="out of memory"):
        stage.speak("eat", VOICE, "en")
    assert stage.speak("hello", VOICE, "en").sound.duration > 0.2
    stage.release()


def test_memory_that_is_taken_bit_by_bit_ends_at_the_ceiling() -> None:
    stage: Any = apart.remote(Troubled, memory_mb=300, deadline=60)
    first = pid_of(stage)
    with pytest.raises(AdapterFailed, match=r"it used \d+ MB of memory, of 300 MB") as failed:
        stage.speak("nibble", VOICE, "en")
    assert int(str(failed.value).partition("used ")[2].split()[0]) < 900
    assert gone(first, within=20)
    assert stage.speak("hello", VOICE, "en").sound.duration > 0.2
    stage.release()


def test_what_a_worker_prints_fills_no_disk(troubled: Any) -> None:
    with pytest.raises(AdapterFailed, match="flooded") as failed:
        troubled.speak("flood", VOICE, "en")
    assert len(failed.value.stderr) <= KEPT
    assert sum(path.stat().st_size for path in troubled._folder.rglob("*") if path.is_file()) < 1_000


def test_an_answer_without_an_end_is_nonsense(troubled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "LONGEST", 10 << 20)
    with pytest.raises(AdapterFailed, match="nonsense: more than 10 MB"):
        troubled.speak("endless", VOICE, "en")


def test_loading_that_hangs_ends_at_the_deadline_too() -> None:
    with pytest.raises(AdapterFailed, match=r"no answer within 1\.5 s"):
        apart.remote(Troubled, on_load="hang", deadline=1.5).load()


def test_the_adapters_own_errors_come_through_as_they_are(troubled: Any) -> None:
    with pytest.raises(Unsupported, match="not on a Monday"):
        troubled.speak("refuse", VOICE, "en")
    with pytest.raises(Unsupported, match="it knows: en"):
        troubled.speak("hello", VOICE, "de")
    with pytest.raises(AdapterFailed, match=r"line 7: no such layer \(layer 12") as failed:
        troubled.speak("fail", VOICE, "en")
    assert failed.value.line == "7"


def test_what_is_printed_there_is_no_answer(troubled: Any) -> None:
    assert troubled.speak("chatter", VOICE, "en").sound.duration > 0.2


def test_loading_that_fails_is_named_and_settings_are_checked_here() -> None:
    with pytest.raises(AdapterFailed, match="ZeroDivisionError"):
        apart.remote(Troubled, on_load="crash", deadline=30).load()
    with pytest.raises(BadInput, match="loudness"):
        apart.remote(Troubled, loudness=3)


def test_the_line_it_was_at_is_named() -> None:
    stage: Any = apart.remote(Slow, name="slow", deadline=30)
    lines = [Line(id=str(i), start=0, end=1, text=t) for i, t in enumerate(("crash", "two"), 7)]
    with pytest.raises(AdapterFailed, match="model 'slow' failed at line 7: RuntimeError"):
        stage.translate(lines, "en", "pt", {})


def test_release_ends_the_worker_with_all_it_started(troubled: Any) -> None:
    with pytest.raises(AdapterFailed) as told:
        troubled.speak("spawn", VOICE, "en")
    pids = [int(told.value.why.rpartition(" ")[2]), pid_of(troubled)]
    troubled.release()
    assert all(gone(pid, within=20) for pid in pids)


def test_release_from_another_thread_is_said_to_the_one_that_waits(troubled: Any) -> None:
    troubled.ready()
    failures: list[BaseException] = []

    def call() -> None:
        try:
            troubled.speak("hang", VOICE, "en")
        except AdapterFailed as error:
            failures.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    while not troubled._busy.locked():
        pass
    troubled.release()
    thread.join()
    assert "released while it worked" in str(failures[0])


def test_a_worker_does_not_outlive_a_killed_parent() -> None:
    code = (
        "import os, signal, threading\n"
        "from dubbench import apart\nfrom tests.misbehaving import Troubled\nfrom dubbench.types import Voice\n"
        "stage = apart.remote(Troubled); stage.load()\n"
        "print(stage._worker.process.pid, stage._folder, flush=True)\n"
        "threading.Thread(target=stage.speak, args=('hang', Voice(id='v'), 'en'), daemon=True).start()\n"
        "while not stage._busy.locked(): pass\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    pid, folder = done.stdout.split()
    assert gone(int(pid), within=20)
    assert not Path(folder).exists(), "it also takes its exchange folder away"


def test_sounds_of_a_call_do_not_stay(troubled: Any) -> None:
    troubled.speak("hello", VOICE, "en")
    assert not list(troubled._folder.glob("*.wav"))
    folder = troubled._folder
    troubled.release()
    troubled.speak("hello", VOICE, "en")
    assert not list(folder.glob("*.wav"))


def test_a_catalogue_entry_runs_apart_by_one_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[far]\nroom = "speak"\nadapter = "dubbench.adapters.toy:ToySpeak"\nlicence = "MIT"\nisolated = true\n'
        "[far.settings]\ndeadline = 20\n"
        '[near]\nroom = "speak"\nadapter = "tests.misbehaving:Troubled"\nlicence = "MIT"\n',
        "utf-8",
    )
    monkeypatch.setenv("DUBBENCH_CATALOG", str(own))
    far, near = catalog.load("far"), catalog.load("near")
    assert isinstance(far, apart.Apart)
    assert isinstance(near, apart.Apart), "the adapter itself asks to run apart"
    assert far.deadline == 20
    report = check_adapter(far, interpreters=False, long=400)
    assert "what it gives survives plain JSON" in report.held


@pytest.mark.parametrize(
    "limit", ['deadline = "soon"', "deadline = 0", "deadline = nan", "memory_mb = 1.5", 'memory_mb = "2000"']
)
def test_a_limit_that_is_none_is_the_entrys_mistake(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[far]\nroom = "speak"\nadapter = "dubbench.adapters.toy:ToySpeak"\nisolated = true\n'
        f"[far.settings]\n{limit}\n",
        "utf-8",
    )
    monkeypatch.setenv("DUBBENCH_CATALOG", str(own))
    with pytest.raises(BadInput, match=f"setting '{limit.partition(' ')[0]}' of model 'far'"):
        catalog.load("far")


def test_a_catalogue_entry_shows_its_environment_being_built() -> None:
    def show(room: str, done: int, total: int, what: str) -> None:
        pass

    far: Any = catalog.entry("toy-speak").but(isolated=True).open(progress=show)
    assert far.progress is show


def test_an_adapter_must_be_importable() -> None:
    class Local(ToySpeak):
        pass

    for kind in (Local, type("Main", (ToySpeak,), {"__module__": "__main__"})):
        with pytest.raises(BadInput, match="module of its own"):
            apart.remote(kind)


@pytest.mark.models
def test_a_real_model_keeps_a_sensible_ceiling_and_is_ended_at_a_low_one() -> None:
    entry = catalog.entry("kokoro")
    dora = Voice(id="v", preset="pf_dora")
    stage: Any = entry.but(isolated=True, settings={**entry.settings, "memory_mb": 700}).open()
    stage.needs = ()
    assert stage.speak("Olá, tudo bem?", dora, "pt").sound.duration > 0.5
    stage.release()
    stage.memory_mb = 150
    with pytest.raises(AdapterFailed, match=r"used \d+ MB of memory, of 150 MB"):
        stage.speak("Olá, tudo bem?", dora, "pt")
    stage.release()


def test_a_model_that_is_only_looked_at_leaves_no_folder(tmp_path: Path) -> None:
    """Every start of a dub looks at all models that run apart; killed then, it left a folder behind for each walk."""
    looking = (
        "from dubbench import catalog\n"
        "apart = [e.open() for e in catalog.entries().values() if e.isolated]\n"
        "assert apart and all(stage.identity() for stage in apart)\n"
        "import os; os._exit(0)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", looking], env=environment, check=True)
    assert not list(tmp_path.glob("dubbench-*"))
