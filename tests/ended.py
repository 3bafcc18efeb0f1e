"""Whether processes that tests started have ended."""

from __future__ import annotations

import time

from dubbench.processes import tree
from dubbench.types import Seconds


def gone(*pids: int, within: Seconds = 1.0) -> bool:
    """Whether all have ended, or do so `within` this time."""
    until = time.monotonic() + within
    while (left := [pid for pid in pids if pid in tree.snapshot()]) and time.monotonic() < until:
        time.sleep(0.01)
    return not left
