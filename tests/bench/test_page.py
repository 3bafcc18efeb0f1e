"""docs/bench.md works as it stands: a clip by one suite file, a model by one catalogue entry."""

from __future__ import annotations

import json
from pathlib import Path

from tests import blocks


def test_every_block_of_the_page_runs(tmp_path: Path) -> None:
    found = blocks.of("docs/bench.md")
    assert [kind for kind, _ in found].count("sh") == 2
    blocks.run(found, tmp_path)
    runs = {
        path.parents[1].name: json.loads(path.read_text("utf-8"))
        for path in tmp_path.glob("eval/results/mine/*/*/run.json")
    }
    assert set(runs) == {"toy-transcribe", "deaf"}
    assert all(run["asked"] == 2 and run["failed"] == 0 for run in runs.values())
