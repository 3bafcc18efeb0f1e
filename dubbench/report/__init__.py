"""report.json and report.html: what the dub is like, measured on the finished file, telling the truth.

figures    the figures, and where each comes from
timing     those that follow from where the lines lie
likeness   whether voices sound like their speakers
drift      whether a voice stays itself
notes      what to look at, as flags
page       the same for eyes; `chart` and `style` are its picture and its looks
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dubbench import memory
from dubbench.report.drift import drift, drifted
from dubbench.report.figures import loudness, measured
from dubbench.report.likeness import likeness
from dubbench.report.notes import noted
from dubbench.report.page import page
from dubbench.types import Dub

if TYPE_CHECKING:
    from dubbench.run import Run


def write(dub: Dub, run: Run) -> dict[str, Any]:
    """Measure the finished dub, write both reports into its home, and give the figures."""
    figures = measured(dub, run)
    with memory.replacing(run.home / "report.json") as draft:
        draft.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with memory.replacing(run.home / "report.html") as draft:
        draft.write_text(page(dub, figures), "utf-8")
    return figures


__all__ = ["drift", "drifted", "likeness", "loudness", "noted", "write"]
