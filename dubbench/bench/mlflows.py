"""Runs in MLflow, made of plain figures. Knows MLflow's client and nothing of the bench."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def log(client: Any, told: Mapping[str, Any]) -> str:
    """A finished run of `experiment` with `name`, `params` and `metrics`; figures that are none (NaN) are left out.

    `client` is an `mlflow.tracking.MlflowClient`. Returns the run's id.
    """
    known = client.get_experiment_by_name(told["experiment"])
    experiment = known.experiment_id if known else client.create_experiment(told["experiment"])
    run = client.create_run(experiment, run_name=told["name"]).info.run_id
    for key, value in told["params"].items():
        client.log_param(run, key, value)
    for key, value in told["metrics"].items():
        if not math.isnan(value):
            client.log_metric(run, key, value)
    client.set_terminated(run)
    return str(run)


__all__ = ["log"]
