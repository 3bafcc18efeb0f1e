"""The project's own dvc.yaml, run by DVC on a suite of toys: answers, counts, the page, and an experiment."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from tests.bench import toys
from tests.test_remotes import ROOT, Repository, python

__all__ = ["python"]


@pytest.fixture
def project(tmp_path: Path, python: Path) -> Repository:
    """A repository with our pipeline, one suite of its own, and our command."""
    found = Repository(tmp_path / "project", python, PYTHONPATH=str(ROOT))
    found.environment["PATH"] = f"{Path(sys.executable).parent}:{found.environment['PATH']}"
    suites = found.folder / "eval" / "suites"
    suites.mkdir(parents=True)
    toys.suite(suites)
    shutil.copy(ROOT / "dvc.yaml", found.folder)
    params = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    params |= {"suites": ["toys"], "try": {"suite": "toys", "model": "toy-transcribe"}}
    (found.folder / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
    (found.folder / "data").mkdir()
    (found.folder / "data" / "note.txt").write_text("no corpus is needed", "utf-8")
    found.begin()
    found.run("git", "add", "--all")
    found.run("git", "commit", "--quiet", "--message", "a suite")
    return found


def test_the_pipeline_runs_from_answers_to_the_page_and_again_only_what_changed(project: Repository) -> None:
    project.dvc("repro", "table")
    page = (project.folder / "eval" / "TABLE.md").read_text("utf-8")
    assert "| toy-transcribe ◆ | 0.0 % " in page
    assert "Stage 'predict@toys' didn't change, skipping" in project.dvc("repro", "table")
    figures = json.loads(project.dvc("metrics", "show", "--json"))
    assert "toys" in json.dumps(figures)


def test_an_experiment_tries_another_model_by_one_parameter(project: Repository) -> None:
    project.dvc("repro", "try")
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "tried")
    project.dvc("exp", "run", "--set-param", "try.model='toy-transcribe:seed=1'", "try")
    told = json.loads((project.folder / "eval" / "try" / "metrics.json").read_text("utf-8"))
    assert list(told["toys"]) == ["toy-transcribe:seed=1"]
    assert told["toys"]["toy-transcribe:seed=1"]["wer"] == 0.0
