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
from dubbench.bench.results import Result
from dubbench.errors import Missing

FIGURES = ("suite", "version", "hash", "model", "metric", "id", "value", "low", "high", "clusters", "samples", "asked",
           "failed", "seconds", "peak_mb")  # fmt: skip


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
    client, made = MlflowClient(tracking_uri=uri), []
    for one in results:
        made.append(_logged(client, one))
    return made


def _logged(client: Any, one: Result) -> str:
    run = one.run
    found = client.get_experiment_by_name(run.suite)
    experiment = found.experiment_id if found else client.create_experiment(run.suite)
    logged = client.create_run(experiment, run_name=run.model)
    name = logged.info.run_id
    params = {"model": run.model, "suite": f"{run.suite}@{run.version}", "hash": run.hash, "licence": run.licence,
              "identity": json.dumps(run.model_dump(mode="json")["identity"])[:500]}  # fmt: skip
    for key, value in params.items():
        client.log_param(name, key, value)
    for metric in run.metrics:
        figure = one.interval(metric)
        for suffix, bound in (("", figure.value), ("_low", figure.low), ("_high", figure.high)):
            if not math.isnan(bound):
                client.log_metric(name, f"{metric}{suffix}", bound)
    client.log_metric(name, "peak_mb", run.peak_mb)
    client.log_metric(name, "coverage", run.coverage)
    client.set_terminated(name)
    return str(name)


__all__ = ["as_csv", "figures", "to_dvc", "to_mlflow"]
