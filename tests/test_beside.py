"""Work beside the walk: done in order, its mistakes told to who waits, ended with the walk."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import media, slowing
from dubbench.adapters.toy import ToySpeak
from dubbench.beside import Beside
from dubbench.errors import BadInput
from dubbench.processes import bounded, wanted
from dubbench.stages.base import Progress, quiet
from dubbench.types import Dub
from tests.clips import tone
from tests.talks import make_talk


def test_jobs_are_done_one_after_the_other_and_what_follows_each_too() -> None:
    done = list[str]()
    with Beside(quiet) as beside:
        for name in ("first", "second"):
            beside.start(
                name, lambda told, name=name: done.append(name), last=lambda name=name: done.append(f"{name} gone")
            )
        assert beside.wait("second") >= 0
        assert not beside.at_work("first")
    assert done == ["first", "first gone", "second", "second gone"]


def test_nobody_is_waited_for_where_nothing_was_begun() -> None:
    with Beside(quiet) as beside:
        assert beside.wait("separate") == 0
        assert not beside.at_work("separate")


def test_a_mistake_is_told_to_who_waits() -> None:
    def fail(told: Progress) -> None:
        raise BadInput("there is no such film")

    with Beside(quiet) as beside:
        beside.start("diarize", fail, last=lambda: None)
        with pytest.raises(BadInput, match="no such film"):
            beside.wait("diarize")


def test_a_program_that_it_runs_ends_with_the_walk_at_once(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    program = f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(600)"
    with pytest.raises(BadInput), Beside(quiet) as beside:
        beside.start("mux", lambda told: bounded.run([sys.executable, "-c", program]))
        while not begun.exists():
            time.sleep(0.01)
        raise BadInput("the walk ends")
    with pytest.raises(wanted.StoppedError):
        beside.wait("mux")


def test_work_ends_with_the_walk_at_its_next_step() -> None:
    begun, ended, steps = threading.Event(), threading.Event(), list[int]()

    def long(told: Progress) -> None:
        for step in range(10_000_000):
            told("separate", step, 10_000_000, "apart")
            steps.append(step)
            begun.set()

    with pytest.raises(BadInput), Beside(quiet) as beside:
        beside.start("separate", long, last=ended.set)
        assert begun.wait(30)
        assert beside.at_work("separate")
        raise BadInput("the walk broke")
    assert ended.is_set()
    assert len(steps) < 10_000_000


def test_a_model_is_loaded_ahead_and_its_failure_left_to_who_asks_for_it() -> None:
    class Broken(ToySpeak):
        loads = 0

        def load(self) -> None:
            self.loads += 1
            raise RuntimeError("no weights")

    broken, whole = Broken(), ToySpeak()
    with Beside(quiet) as beside:
        beside.warm(broken)
        beside.warm(whole)
    assert broken.loads == 1
    with pytest.raises(RuntimeError):
        broken.ready()


@pytest.mark.parametrize("slow_picture", [False, True])
def test_the_bed_is_laid_while_lines_are_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow_picture: bool
) -> None:
    lay, laid = slowing.lay_bed, list[bool]()

    def spied(dub: Dub, *given: Any) -> None:
        laid.append(any(line.take for line in dub.lines))
        lay(dub, *given)

    monkeypatch.setattr(slowing, "lay_bed", spied)
    talk = make_talk(tmp_path / "a.mp4", bursts=2)
    dubbench.dub(talk, to="pt", out=tmp_path / "o", cast="toy", slow_picture=slow_picture)
    assert laid == [slow_picture], "once, before lines are spoken, unless their plan may make the picture slower"


def test_it_ends_between_two_pieces_of_sound(tmp_path: Path) -> None:
    media.write(tmp_path / "a.wav", tone(30))
    begun, pieces = threading.Event(), list[int]()

    def long(told: Progress) -> None:
        while True:
            for piece in media.stream(tmp_path / "a.wav"):
                pieces.append(piece.shape[1])
                begun.set()

    with pytest.raises(BadInput), Beside(quiet) as beside:
        beside.start("mix", long)
        assert begun.wait(30)
        raise BadInput("the walk ends")
    with pytest.raises(wanted.StoppedError):
        beside.wait("mix")
