"""docs/metrics.md tells of every metric, and its code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from dubbench import metrics

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")


def test_every_metric_is_in_the_table() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == {name for name in metrics.__all__ if name.islower() and name != "metric"}
    for row in rows:
        names, _, _, better, _ = (cell.strip() for cell in row.split("|", 1)[1].split("|"))
        for name, direction in zip(re.findall(r"`(\w+)`", names), (better.split(", ") * 3), strict=False):
            assert getattr(metrics, name).better == direction, name


def test_its_code_prints_what_it_says() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    said = []
    for block in blocks:
        done = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert len(said) == 2
    assert said[0].startswith("<wer@1 0.2 errors a word> {'errors': 1")
    assert said[1].splitlines()[-1] == "better"
