"""Figures for other tools say what the results say."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from dubbench import bench
from dubbench.apart import environments
from dubbench.bench import exports, page, suites
from dubbench.errors import Missing
from tests.bench import toys

ROOT = Path(__file__).parents[2]


SCRIPT = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("mlflows", sys.argv[1])
mlflows = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mlflows)
from mlflow.tracking import MlflowClient
for told in json.load(open(sys.argv[2])):
    print(mlflows.log(MlflowClient(tracking_uri=sys.argv[3]), told))
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bench.Result]:
    monkeypatch.chdir(tmp_path)
    return bench.run(toys.suite(tmp_path), ["toy-transcribe"], apart=False)


def test_csv_has_a_row_a_metric_with_its_interval(found: list[bench.Result]) -> None:
    rows = list(csv.DictReader(io.StringIO(exports.as_csv(found))))
    assert [row["metric"] for row in rows] == ["wer", "cer", "rtf"]
    rtf = rows[2]
    assert float(rtf["value"]) == found[0].value("rtf")
    assert float(rtf["low"]) <= float(rtf["value"]) <= float(rtf["high"])
    assert (rows[0]["model"], rows[0]["id"], rows[0]["clusters"]) == ("toy-transcribe", "wer@1", "4")


def test_dvc_gets_figures_by_suite_and_model_and_samples_to_plot(found: list[bench.Result], tmp_path: Path) -> None:
    figures, samples = exports.to_dvc(found, tmp_path / "dvc")
    told = json.loads(figures.read_text("utf-8"))["toys"]["toy-transcribe"]
    assert told["wer"] == 0.0
    assert told["coverage"] == 1.0
    rows = list(csv.DictReader(samples.read_text("utf-8").splitlines()))
    assert [row["id"] for row in rows] == ["s0", "s1", "s2", "s3"]


def test_mlflow_is_asked_for_by_name_where_it_is_missing(
    found: list[bench.Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    with pytest.raises(Missing, match=r"pip install 'dubbench\[mlflow\]'"):
        exports.to_mlflow(found, "sqlite:///x.db")


def test_mlflow_holds_what_was_measured(found: list[bench.Result], tmp_path: Path) -> None:
    """In an environment of its own, for its pins are not ours; what it wrote is read from its database."""
    pins = dict(row.split("==") for row in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in row)
    try:
        python = environments.build([f"mlflow-skinny=={pins['mlflow-skinny']}", "sqlalchemy>=2", "alembic>=1.13"])
    except Missing as error:
        pytest.skip(f"MLflow cannot be had here: {error}")
    plain = tmp_path / "figures.json"
    plain.write_text(json.dumps([exports.logged(one) for one in found]), "utf-8")
    uri, module = f"sqlite:///{tmp_path}/runs.db", ROOT / "dubbench" / "bench" / "mlflows.py"
    done = subprocess.run(
        [str(python), "-c", SCRIPT, str(module), str(plain), uri], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "runs.db") as database:
        metrics = dict(database.execute("select key, value from latest_metrics").fetchall())
        params = dict(database.execute("select key, value from params").fetchall())
    assert metrics["wer"] == 0.0
    assert metrics["rtf"] == pytest.approx(found[0].value("rtf"))
    assert params["model"] == "toy-transcribe"
    assert params["suite"] == "toys@1"


def test_the_page_is_made_of_results_and_says_so(found: list[bench.Result], tmp_path: Path) -> None:
    suite = bench.suite(tmp_path / "toys.toml")
    path = tmp_path / "TABLE.md"
    page.write({"toys": (suite, found)}, path)
    told = path.read_text("utf-8")
    assert "nothing here is edited by hand" in told
    assert "| 1 | toy-transcribe ◆ | 0.0 % " in told


def test_dvcs_pipeline_names_every_suite_and_only_commands_that_there_are() -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
    assert params["suites"] == sorted(path.stem for path in (ROOT / "eval/suites").glob("*.toml"))
    assert params["try"]["suite"] in params["suites"]
    from dubbench.cli.bench import bench as command

    for stage in stages.values():
        words = stage.get("do", stage)["cmd"].split()
        assert words[:2] == ["dubbench", "bench"]
        known = {option for one in command.commands[words[2]].params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known
    assert set(suites.names()) >= set(params["suites"])
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["mlflow"]
