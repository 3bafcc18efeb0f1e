"""Results for other tools: CSV for tables, JSON metrics and plots for DVC, runs for MLflow."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dubbench import memory
from dubbench.bench import mlflows
from dubbench.bench.results import Result
from dubbench.errors import Missing

FIGURES = ("suite", "version", "hash", "model", "metric", "id", "value", "low", "high", "clusters", "samples", "asked",
           "failed", "seconds", "peak_mb")  # fmt: skip

LONGEST = 500
"""Letters of a parameter: MLflow's databases hold so many everywhere."""


def figures(results: Iterable[Result]) -> list[dict[str, Any]]:
    """A row a metric of each result, with its interval."""
    rows = []
    for one in results:
        run = one.run
        for name, of in run.metrics.items():
            found = one.interval(name)
            rows.append({
                "suite": run.suite, "version": run.version, "hash": run.hash, "model": run.model, "metric": name,
                "id": of, "value": found.value, "low": found.low, "high": found.high, "clusters": found.clusters,
                "samples": len(one.rows), "asked": run.asked, "failed": run.failed, "seconds": round(run.seconds, 3),
                "peak_mb": run.peak_mb,
            })  # fmt: skip
    return rows


def as_csv(results: Iterable[Result]) -> str:
    """`figures` as CSV, a head first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIGURES, lineterminator="\n")
    writer.writeheader()
    writer.writerows(figures(results))
    return text.getvalue()


def to_dvc(results: Sequence[Result], folder: Path) -> tuple[Path, Path]:
    """`metrics.json` (suite, model, metric) for `dvc metrics`, and `samples.csv`, a sample a row, for `dvc plots`."""
    tree: dict[str, Any] = {}
    for one in results:
        values = {name: one.value(name) for name in one.run.metrics}
        told = {name: None if math.isnan(value) else round(value, 6) for name, value in values.items()}
        tree.setdefault(one.run.suite, {})[one.model] = {
            **told,
            "peak_mb": one.run.peak_mb,
            "coverage": one.run.coverage,
        }
    paths = (folder / "metrics.json", folder / "samples.csv")
    with memory.replacing(paths[0]) as draft:
        draft.write_text(json.dumps(tree, indent=1, sort_keys=True) + "\n", "utf-8")
    rows = [{"suite": one.run.suite, **record} for one in results for record in one.records()]
    names = list(dict.fromkeys(name for row in rows for name in row))
    with memory.replacing(paths[1]) as draft, draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return paths


def to_mlflow(results: Sequence[Result], uri: str) -> list[str]:
    """A run for each result in MLflow at `uri` (a server, or sqlite:///file.db), in the experiment of its suite.

    Parameters are the model and what it is made of, metrics its figures and bounds. Returns the runs' ids. Raises
    Missing where MLflow is not installed.
    """
    try:
        from mlflow.tracking import MlflowClient
    except ImportError:
        raise Missing("MLflow is not installed: pip install 'dubbench[mlflow]'") from None
    client = MlflowClient(tracking_uri=uri)
    return [mlflows.log(client, logged(one)) for one in results]


def logged(one: Result) -> dict[str, Any]:
    """A result as a run of MLflow holds it: experiment, name, params, metrics."""
    run, metrics = one.run, {"peak_mb": one.run.peak_mb, "coverage": one.run.coverage}
    for name in run.metrics:
        figure = one.interval(name)
        metrics |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
    params = {
        "model": run.model, "suite": f"{run.suite}@{run.version}", "hash": run.hash, "licence": run.licence,
        "identity": json.dumps(run.identity, sort_keys=True)[:LONGEST],
    }  # fmt: skip
    return {"experiment": run.suite, "name": run.model, "params": params, "metrics": metrics}


__all__ = ["as_csv", "figures", "logged", "to_dvc", "to_mlflow"]
