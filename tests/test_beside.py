"""Work beside the walk: done in order, its mistakes told to who waits, ended with the walk."""

from __future__ import annotations

import threading

import pytest

from dubbench.adapters.toy import ToySpeak
from dubbench.beside import Beside
from dubbench.errors import BadInput
from dubbench.stages.base import Progress, quiet


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
