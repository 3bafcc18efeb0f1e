"""Plots show the table's figures in the table's units, and the same results give the same picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from dubbench import bench
from dubbench.bench import figures, plots
from dubbench.errors import BadInput
from tests.bench import toys


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bench.Result]:
    monkeypatch.chdir(tmp_path)
    made = toys.samples(tmp_path)
    for at, sample in enumerate(made):
        sample["slices"] = {"kind": "<odd>" if at % 2 else "even"}
    made[0]["texts"] = {"en": "good morning everybody"}
    return bench.run(toys.suite(tmp_path, samples=made), ["toy-transcribe"], apart=False)


def test_figures_are_those_of_the_table(results: list[bench.Result]) -> None:
    (one,) = results
    drawn = plots.intervals(results)._repr_svg_()
    assert figures.shown(one.value("wer"), one.metric("wer")) == "8.3 %"
    for told in ("8.3 %", "toy-transcribe", "wer, errors a word (lower is better)"):
        assert told in drawn
    assert drawn == plots.intervals(results)._repr_svg_()
    cost = plots.costs(results)._repr_svg_()
    assert f"{one.run.peak_mb:.0f} MB" in cost
    assert "rtf, seconds a second (lower is better)" in cost


def test_slices_are_those_that_samples_say(results: list[bench.Result]) -> None:
    drawn = plots.slices(results, "kind")._repr_svg_()
    assert "even" in drawn
    assert "&lt;odd&gt;" in drawn
    with pytest.raises(BadInput, match=r"no sample says its 'colour'; slices: kind"):
        plots.slices(results, "colour")
    with pytest.raises(BadInput, match="there are no results to draw"):
        plots.intervals([])


def test_the_worst_samples_come_first(results: list[bench.Result]) -> None:
    assert results[0].worst()["id"].iloc[0] == "s0"
    assert results[0].worst(2).shape[0] == 2
    assert "error" not in results[0].worst()
    assert results[0].worst(metric="rtf")["rtf"].is_monotonic_decreasing
