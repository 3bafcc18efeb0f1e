"""Shares of a loss: they sum up to it, and say what a stage brings whoever else is gold."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from dubbench import bench
from dubbench.bench import attribution
from dubbench.bench.attribution import STAGES, attribute, labels, shapley
from dubbench.bench.results import Result, Row, Run
from dubbench.errors import BadInput
from dubbench.metrics import chrf

FILMS = 24


def everyone() -> list[frozenset[str]]:
    return [frozenset(of) for n in range(4) for of in itertools.combinations(STAGES, n)]


def test_shapleys_value_is_known_where_stages_add_up() -> None:
    worth = {"transcribe": 1.0, "translate": 2.0, "speak": 4.0}
    values = {gold: np.asarray([sum(worth[stage] for stage in gold)]) for gold in everyone()}
    assert {stage: float(value[0]) for stage, value in shapley(values).items()} == pytest.approx(worth)


def test_it_is_shared_where_either_is_enough_and_nothing_for_who_brings_nothing() -> None:
    values = {gold: np.asarray([float(bool(gold & {"transcribe", "translate"}))]) for gold in everyone()}
    found = {stage: float(value[0]) for stage, value in shapley(values).items()}
    assert found == pytest.approx({"transcribe": 0.5, "translate": 0.5, "speak": 0.0})


def result(label: str, heard: list[str], said: list[str], gold: str) -> Result:
    rows = [
        Row(id=f"f{at:02d}", cluster=f"f{at:02d}",
            counts={"chrf": dict(chrf(gold, heard[at]).counts), "chrf_said": dict(chrf(gold, said[at]).counts)})
        for at in range(FILMS)
    ]  # fmt: skip
    run = Run(suite="s", version=1, hash="h", room="dub", model=label, identity={}, asked=FILMS, failed=0, seconds=1.0,
              peak_mb=1.0, metrics={"chrf": chrf.id, "chrf_said": chrf.id})  # fmt: skip
    return Result(run, rows)


def test_the_shares_of_a_cascade_sum_up_to_its_loss() -> None:
    """The transcript spoils half of the films and translation a quarter; the voice loses nothing."""
    gold = "one two three four five six seven eight"
    bad = "one two nine nine five six nine nine"
    plain = [bad if at % 2 == 0 or at % 4 == 1 else gold for at in range(FILMS)]
    with_text = [bad if at % 4 == 1 else gold for at in range(FILMS)]
    whole = [gold] * FILMS
    texts = {"": plain, "transcribe": with_text, "translate": whole, "transcribe+translate": whole}
    results = {
        frozenset(filter(None, words.split("+"))): result(words, said, said, gold) for words, said in texts.items()
    }
    found = attribute(results)
    assert found.loss.value == pytest.approx(sum(one.value for one in found.shapley.values()))
    assert sum(one.value for one in found.share.values()) == pytest.approx(1.0)
    assert found.share["speak"].value == pytest.approx(0.0)
    assert found.alone["transcribe"].value > 0
    assert found.share["translate"].value > found.share["transcribe"].value > 0.2
    assert found.share["transcribe"].low < found.share["transcribe"].value < found.share["transcribe"].high
    told, chart = attribution.section(found), attribution.chart(found)
    assert told.count("\n| ") == 5
    assert chart.count("<rect") == 7


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="attribution needs results with gold transcribe, too"):
        attribute({frozenset(): result("x", ["a"] * FILMS, ["a"] * FILMS, "a")})


def test_casts_with_parts_keep_them() -> None:
    assert set(labels("default:speak=pico").values()) == {
        "default:speak=pico", "default:speak=pico,gold=transcribe", "default:speak=pico,gold=translate",
        "default:speak=pico,gold=transcribe+translate",
    }  # fmt: skip


def test_only_whole_dubs_are_attributed(tmp_path: Path) -> None:
    from tests.bench import toys

    with pytest.raises(BadInput, match="asks room 'transcribe'; what stages cost is told of whole dubs"):
        bench.attribute(toys.suite(tmp_path))
