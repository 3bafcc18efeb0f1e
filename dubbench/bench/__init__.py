"""The research bench: models of any stage on the same samples, with intervals, time and memory.

    suite          what is asked, of whom, measured by what            samples, questions, tongues
    predict        answers, kept by content                            candidates, asking, answers
    score          counts of every sample                              measures, counting, ears, results
    run            both, for every model                               running, session
    compare        what a difference means                             statistics, comparisons
    leaderboard    what cannot be told apart, and the page             leaderboard, figures, page, plots, exports
    attribute      what each stage costs the whole dub                 attribution

    from dubbench import bench
    suite = bench.suite("transcribe-prompts")
    results = bench.run(suite, ["whisper-base", "whisper-base:beam_size=1"])
    print(bench.compare(*results))

Notebooks, the command and the table call what is here and compute nothing of their own.
"""

from __future__ import annotations

from pathlib import Path

from dubbench.bench import results, suites
from dubbench.bench.attribution import Attribution
from dubbench.bench.comparisons import compare
from dubbench.bench.leaderboard import Standing, standings
from dubbench.bench.predicting import predict
from dubbench.bench.results import Result, score
from dubbench.bench.running import attribute, run, table
from dubbench.bench.session import Session
from dubbench.bench.statistics import Comparison
from dubbench.bench.suites import Suite


def suite(name: str | Path) -> Suite:
    """A suite by its name, or by its file. Raises BadInput."""
    return suites.read(name)


__all__ = ["Attribution", "Comparison", "Result", "Session", "Standing", "Suite", "attribute", "compare", "predict",
           "results", "run", "score", "standings", "suite", "table"]  # fmt: skip
