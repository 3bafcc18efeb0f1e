"""Pages of docs whose figures a command writes: what stands between its marks is replaced, the words around stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"


def shown(rows: Iterable[str], page: str, command: str, *, kept: bool) -> None:
    """Print rows as they come, and with `kept` put them into docs/`page` (`write`)."""
    told = []
    for row in rows:
        print(row, flush=True)
        told.append(row)
    if kept:
        write(page, command, told)


def write(page: str, command: str, rows: Iterable[str]) -> None:
    """Put `rows` (Markdown) into docs/`page` where the figures of `command` stand. Raises ValueError where they have no
    place."""
    path, begin, end = DOCS / page, f"<!-- figures by `{command}` -->", "<!-- end -->"
    text = path.read_text("utf-8")
    block = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not block.search(text):
        raise ValueError(f"{path} has no place for the figures of {command}: {begin} … {end}")
    body = "\n".join(rows).strip()
    path.write_text(block.sub(lambda _: f"{begin}\n\n{body}\n\n{end}", text), "utf-8")
