"""Scores add by their counts, only with their own kind, and say by what they were measured."""

from __future__ import annotations

import inspect
import math

import pytest

from dubbench import metrics
from dubbench.errors import BadInput
from dubbench.metrics.score import Metric, metric, ratio


def every() -> list[Metric]:
    found = [getattr(metrics, name) for name in metrics.__all__]
    return [one for one in found if isinstance(one, Metric)]


def test_a_whole_is_not_the_mean_of_its_parts() -> None:
    long = metrics.wer("one two three four five six seven eight", "one two three four five six seven eight", "en")
    short = metrics.wer("yes", "no", "en")
    assert (long.value, short.value) == (0.0, 1.0)
    assert (long + short).value == pytest.approx(1 / 9)
    assert metrics.wer.total([long, short]) == long + short


def test_of_nothing_there_is_no_figure() -> None:
    assert math.isnan(metrics.wer.total([]).value)
    assert math.isnan(metrics.bleu.total([]).value)
    assert math.isnan(metrics.chrf.total([]).value)
    assert math.isnan(metrics.latency_p50.total([]).value)


def test_scores_of_other_metrics_do_not_add() -> None:
    with pytest.raises(BadInput, match=r"wer@1 and one of cer@1 do not add"):
        metrics.wer("a", "b", "en") + metrics.cer("a", "b", "en")


def test_another_judge_is_another_metric() -> None:
    judges = [
        metric("likeness", unit="cosine", better="higher", value=ratio("a", "b"), by=by)(lambda: {"a": 1, "b": 1})
        for by in ("ear-1", "ear-2")
    ]
    assert [judge.id for judge in judges] == ["likeness@1+ear-1", "likeness@1+ear-2"]
    with pytest.raises(BadInput, match="score both by the same"):
        judges[0]() + judges[1]()


def test_each_says_what_it_is() -> None:
    found = every()
    assert len(found) == len(metrics.__all__) - len(("Counts", "Metric", "Score", "metric"))
    assert len({one.id for one in found}) == len(found)
    for one in found:
        told = " ".join((inspect.getdoc(one) or "").split())
        assert told, one.name
        assert f"{one.better} is better" in told, f"{one.name} does not say which way is better"
