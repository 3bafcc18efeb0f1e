"""A walk in a process of its own: what it gives, what it raises, and that it can be stopped wherever it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench.errors import AdapterFailed, BadInput, Refused
from dubbench.processes import supervised, tree
from tests.ended import gone
from tests.talks import make_talk

TOYS: dict[str, Any] = {"cast": "toy", "source_language": "en"}
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "talk.mp4", bursts=2)


@pytest.fixture
def stubborn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Speakers that hang: in a thread, in a C call that lets no thread in, in a worker apart, in a program."""
    (tmp_path / "own.toml").write_text(
        "".join(
            f'[{name}]\nroom = "speak"\nadapter = "eval.stubborn:{name.capitalize()}"\n'
            for name in ("grabbing", "sleeping", "hanging")
        )
        + '[program]\nroom = "speak"\nadapter = "dubbench.adapters.command:CommandSpeak"\n'
        '[program.settings]\nargv = ["sh", "-c", "sleep 1000 & sleep 1000", "{text}"]\n',
        "utf-8",
    )
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))


def at_it(pid: int) -> list[int]:
    """All processes of a walk, once none of them has anything to do any more, or one has nothing else to do."""
    until, before, since = time.monotonic() + 60, -1.0, time.monotonic()
    while time.monotonic() < until:
        used, now = tree.use(pid).seconds, time.monotonic()
        if used - before < 0.02 and now - since > 1.5:
            break
        if used - before >= 0.02:
            before, since = used, now
        time.sleep(0.05)
    return tree.family(pid)


def test_it_gives_what_a_dub_gives_and_tells_of_its_progress(talk: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int, str]] = []
    out = tmp_path / "out"
    walk = dubbench.start(talk, to="pt", out=out, progress=lambda *told: seen.append(told), **TOYS)
    dub = walk.result(120)
    assert isinstance(dub, dubbench.Dub)
    assert dub.target_language == "pt"
    assert (out / "dub.mp4").is_file()
    assert walk.done()
    assert not walk.cancelled()
    assert not walk.cancel(), "it is over"
    assert {"probe", "speak", "mux"} <= {room for room, *_ in seen}
    again = dubbench.start(out, watermark=False).result(120)
    assert isinstance(again, dubbench.Dub)
    assert not again.wishes.watermark
    both = dubbench.start(talk, to=["pt", "es"], out=tmp_path / "both", **TOYS).result(120)
    assert [one.target_language for one in both] == ["pt", "es"]  # type: ignore[union-attr]


def test_it_raises_what_a_dub_raises(talk: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        dubbench.start(tmp_path / "none.mp4", to="pt").result(60)
    with pytest.raises(BadInput, match="plain values"):
        dubbench.start(talk, to="pt", voices=object())
    with pytest.raises(AdapterFailed, match="TypeError: .*loudness"):
        dubbench.start(talk, to="pt", loudness=3).result(60)


def test_beyond_its_deadline_or_memory_it_is_refused(talk: Path, tmp_path: Path, stubborn: None) -> None:
    hung = dubbench.start(talk, to="pt", out=tmp_path / "a", models={"speak": "sleeping"}, deadline=4, **TOYS)
    with pytest.raises(Refused, match="the walk did not end within 4 s"):
        hung.result(60)
    with pytest.raises(Refused, match=r"the walk used \d+ MB of memory, of 40 MB"):
        dubbench.start(talk, to="pt", out=tmp_path / "b", memory_mb=40, **TOYS).result(60)


def test_one_that_stands_still_is_told_with_the_room_it_was_in(
    talk: Path, tmp_path: Path, stubborn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBBENCH_PATIENCE", "3")
    hung = dubbench.start(talk, to="pt", out=tmp_path / "a", models={"speak": "sleeping"}, **TOYS)
    with pytest.raises(AdapterFailed, match=r"model 'fit planned' failed: it did nothing at all for 3 s"):
        hung.result(60)


@pytest.mark.parametrize("hanging", ["grabbing", "sleeping", "hanging", "program"])
def test_cancel_ends_it_with_all_it_started_and_the_next_goes_on(
    talk: Path, tmp_path: Path, stubborn: None, hanging: str
) -> None:
    out = tmp_path / "out"
    walk = dubbench.start(talk, to="pt", out=out, models={"speak": hanging}, **TOYS)
    # One that is busy for ever never rests.
    pids = at_it(walk.pid) if hanging != "grabbing" else time.sleep(5) or tree.family(walk.pid)  # type: ignore[func-returns-value]
    assert len(pids) >= 2
    assert walk.cancel()
    assert gone(*pids)
    assert walk.cancelled()
    with pytest.raises(CancelledError):
        walk.result(10)
    assert isinstance(dubbench.start(talk, to="pt", out=out, **TOYS).result(120), dubbench.Dub)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_command_line_ends_the_same_way(talk: Path, tmp_path: Path, stubborn: None, sign: signal.Signals) -> None:
    words = ["dub", str(talk), "--to", "pt", "--from", "en", "--cast", "toy", "--model", "speak=hanging"]
    process = subprocess.Popen(
        [sys.executable, "-m", "dubbench", *words, "--out", str(tmp_path / "out")], stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    pids = at_it(process.pid)
    assert len(pids) >= 3, "the supervisor, the work, the worker apart"
    os.killpg(process.pid, sign) if sign == signal.SIGINT else process.send_signal(sign)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (128 + sign, f"dubbench: {supervised.STOPPED}\n")
    assert gone(*pids)


def test_it_does_not_outlive_who_started_it(talk: Path, tmp_path: Path, stubborn: None) -> None:
    code = (
        "import os, signal, sys, threading, dubbench\n"
        f"walk = dubbench.start({str(talk)!r}, to='pt', out={str(tmp_path / 'out')!r}, cast='toy', "
        "source_language='en', models={'speak': 'hanging'})\nprint(walk.pid, flush=True)\nthreading.Event().wait()\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pids = at_it(int(starter.stdout.readline()))
    starter.kill()
    starter.communicate(timeout=20)
    threading.Event().wait(1.5)
    assert gone(*pids)
