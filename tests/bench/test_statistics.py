"""The statistics themselves: intervals that hold what they promise, tests that cry wolf as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dubbench.bench import statistics
from dubbench.errors import BadInput
from dubbench.metrics import Score, bleu, wer_raw
from dubbench.metrics.score import metric, ratio

SIMULATED = 600
"""Corpora: the share that is expected to be 0.95 is then known to one hundredth."""


@metric("errors", unit="errors a word", better="lower", value=ratio("errors", "length"))
def errors(wrong: float, length: float) -> dict[str, float]:
    return {"errors": wrong, "length": length}


def corpus(
    random: np.random.Generator, clusters: int, each: int, *, gain: float = 0.0
) -> tuple[list[Score], list[Score], list[str]]:
    """Two models on the same speakers, of whom some are hard for both; the first makes `gain` fewer errors a word."""
    ours, theirs, names = [], [], []
    for cluster in range(clusters):
        hard = random.beta(4, 16)
        for _ in range(each):
            length = int(random.integers(5, 25))
            ours.append(errors(random.binomial(length, max(0.0, hard - gain)), length))
            theirs.append(errors(random.binomial(length, hard), length))
            names.append(f"speaker {cluster}")
    return ours, theirs, names


@pytest.mark.parametrize("clusters", [20, 60])
def test_intervals_hold_the_truth_as_often_as_they_promise(clusters: int) -> None:
    random, held = np.random.default_rng(clusters), 0
    for _ in range(SIMULATED):
        scores, _, names = corpus(random, clusters, 4)
        found = statistics.interval(scores, names)
        held += found.low <= 0.2 <= found.high
    assert 0.93 <= held / SIMULATED <= 0.97


def test_alike_models_are_told_apart_as_often_as_chance_allows() -> None:
    random, by_interval, by_swaps = np.random.default_rng(5), 0, 0
    for _ in range(SIMULATED):
        found = statistics.compared(*corpus(random, 25, 4))
        by_interval += found.verdict in ("better", "worse")
        by_swaps += found.p < 0.05
    assert 0.03 <= by_interval / SIMULATED <= 0.07
    assert 0.03 <= by_swaps / SIMULATED <= 0.07


def test_what_can_be_detected_is_detected_four_times_in_five() -> None:
    random = np.random.default_rng(6)
    size = np.mean([statistics.compared(*corpus(random, 30, 4)).detectable for _ in range(40)])
    seen = sum(statistics.compared(*corpus(random, 30, 4, gain=size)).verdict == "better" for _ in range(200))
    assert 0.7 <= seen / 200 <= 0.9


def test_a_cluster_counts_once_however_often_it_was_sampled() -> None:
    ours, _, names = corpus(np.random.default_rng(7), 25, 4)
    once = statistics.interval(ours, names)
    again = statistics.interval(ours * 10, names * 10)
    assert again == once
    assert again.clusters == 25


def test_the_same_seed_gives_the_same_and_the_direction_is_the_metrics() -> None:
    ours, theirs, names = corpus(np.random.default_rng(8), 40, 6, gain=0.1)
    found = statistics.compared(ours, theirs, names)
    assert statistics.compared(ours, theirs, names) == found
    assert found.verdict == "better"
    assert found.gain > 0
    back = statistics.compared(theirs, ours, names)
    assert back.verdict == "worse"
    assert back.gain == pytest.approx(-found.gain)
    assert back.probability == pytest.approx(1 - found.probability)
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))


def test_with_few_clusters_there_is_no_verdict_whatever_the_difference() -> None:
    ours, theirs, names = corpus(np.random.default_rng(9), 19, 50, gain=0.15)
    found = statistics.compared(ours, theirs, names)
    assert found.low > 0
    assert found.verdict == "too few clusters"
    assert math.isnan(statistics.interval(ours[:3], ["one"] * 3).low)


def test_all_swaps_of_a_few_pairs_are_those_of_scipy() -> None:
    random = np.random.default_rng(10)
    a, b = random.integers(0, 9, (2, 9))
    scores = [[errors(float(x), 10) for x in side] for side in (a, b)]
    exact = stats.permutation_test(
        (a, b), lambda x, y: x.sum() - y.sum(), permutation_type="samples", n_resamples=10_000
    )  # fmt: skip
    found = statistics.compared(*scores, [str(i) for i in range(9)])
    assert found.p == pytest.approx(exact.pvalue)


def test_bleu_is_resampled_as_a_corpus() -> None:
    """Against sacrebleu's own bootstrap: the same width, give or take what drawing leaves."""
    from sacrebleu.metrics import BLEU

    random = np.random.default_rng(11)
    said = [" ".join(random.choice(list("abcdefgh"), 12)) for _ in range(60)]
    heard = [" ".join(w if random.random() > 0.2 else "x" for w in text.split()) for text in said]
    found = statistics.interval([bleu(a, b) for a, b in zip(said, heard, strict=True)], [str(i) for i in range(60)])
    theirs = BLEU().corpus_score(heard, [said], n_bootstrap=2000)
    assert found.value == pytest.approx(theirs.score)
    assert (found.high - found.low) / 2 == pytest.approx(theirs._ci, rel=0.1)


def test_holm_is_stepwise() -> None:
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([0.9, 0.9]) == [1.0, 1.0]
    assert statistics.holm([]) == []


def test_models_that_cannot_be_told_apart_share_a_place() -> None:
    random = np.random.default_rng(12)
    good, same, names = corpus(random, 40, 6)
    bad = [errors(min(s.counts["length"], s.counts["errors"] + 3), s.counts["length"]) for s in good]
    groups = statistics.tied({"bad": bad, "good": good, "same": same}, names)
    assert [sorted(group) for group in groups] == [["good", "same"], ["bad"]]
    few = [name for name in names if name in {f"speaker {i}" for i in range(10)}]
    together = statistics.tied({"bad": bad[: len(few)], "good": good[: len(few)]}, few)
    assert together == [["good", "bad"]]


def test_a_pareto_mark_is_for_whom_no_other_beats() -> None:
    costs = {"quick": (0.2, 1.0), "exact": (0.1, 9.0), "beaten": (0.2, 2.0), "twin": (0.2, 1.0)}
    assert statistics.pareto(costs) == {"quick", "exact", "twin"}


def test_what_cannot_be_compared_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="an empty set has no figure"):
        statistics.interval([], [])
    with pytest.raises(BadInput, match="2 scores and 1 clusters"):
        statistics.interval([errors(1, 2), errors(1, 2)], ["a"])
    with pytest.raises(BadInput, match="errors@1 and wer-raw@1 cannot be compared"):
        statistics.compared([errors(1, 2)], [wer_raw("a", "b", "en")], ["a"])
