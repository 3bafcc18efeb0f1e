"""What each rule of a table does to real text: how often it is met, the letters it saves, and examples to be read.

    python eval/rules.py pt FILE... [--examples 3]

A file has a sentence a line. A rule stays in a table when every example reads as a native would say it and means the
same, and when it is met, or is known to be frequent in speech that the files have none of.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dubbench.translation.periphrases import rules, steps


def met(lines: Sequence[str], language: str, examples: int) -> Iterator[str]:
    """For each rule how often it is met, the mean letters it saves, its line; and sentences before and after it."""
    found: dict[str, list[tuple[str, str]]] = {rule.line: [] for rule in rules(language)}
    for line in lines:
        before = line
        for rule, after in steps(line, language):
            found[rule.line].append((before, after))
            before = after
    for rule, pairs in found.items():
        saved = sum(len(before) - len(after) for before, after in pairs) / max(1, len(pairs))
        yield f"{len(pairs):6} {saved:6.1f}  {rule}"
        for before, after in random.Random(0).sample(pairs, min(examples, len(pairs))):
            yield f"{'':15}{before}\n{'':15}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--examples", type=int, default=3)
    asked = parser.parse_args()
    lines = [line for file in asked.files for line in file.read_text("utf-8").splitlines() if line]
    print("\n".join(met(lines, asked.language, asked.examples)))


if __name__ == "__main__":
    main()
