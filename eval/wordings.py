"""How much shorter a translator's wordings are: ladders of lines like those of films, with their lengths.

    python eval/wordings.py [--write]         English lines into Portuguese; --write keeps those of `eval/unseen.py`
                                              for `make fit`, and writes the table of docs/wordings.md

A ladder is the natural duration of each wording over that of the best; a line without another has [1.0].
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench.types import Line
from eval import pages
from eval.sentences import LINES
from eval.unseen import FRESH, UNSEEN

KEPT = Path(__file__).resolve().parent / "wordings.json"
VOICE = 0
"""Of Kokoro's Portuguese voices the first: ratios hardly depend on which."""
SETS = {
    "rules were chosen by them among others": LINES["en"],
    "of conversation, seen while later rules were written": UNSEEN,
    "of conversation, drawn after the last rule": FRESH[:48],
    "of speeches, drawn after the last rule": FRESH[48:],
}
HEAD = ("lines", "with a shorter wording", "shortest, median", "shortest, tenth", "s a line")


def ladders(texts: tuple[str, ...]) -> tuple[list[list[str]], list[list[float]], float]:
    """Each line's wordings, their lengths over the best one's, and the processor seconds that a line took."""
    translate: Any = dubbench.load("bergamot").ready()
    speak: Any = dubbench.load("kokoro").ready()
    lines = [Line(id=str(i), start=0.0, end=1.0, text=text) for i, text in enumerate(texts)]
    translate.translate(lines[:1], "en", "pt", {})
    started = time.process_time()
    found = translate.translate(lines, "en", "pt", {})
    seconds = (time.process_time() - started) / len(lines)
    voice = speak.presets("pt")[VOICE]
    lengths = [[speak.estimate(text, voice, "pt") for text in wordings] for wordings in found]
    return found, [[round(length / one[0], 3) for length in one] for one in lengths], seconds


def row(name: str, shares: list[list[float]], seconds: float) -> str:
    """A row of the table: how many lines have a shorter wording, and how long the shortest are."""
    shortest = [min(ladder) for ladder in shares]
    some = sum(share < 1 for share in shortest) / len(shares)
    cells = (f"{len(shares)}, {name}", f"{some:.0%}", f"{np.median(shortest):.3f}", f"{np.quantile(shortest, 0.1):.3f}")
    return "| " + " | ".join((*cells, f"{seconds:.2f}")) + " |"


def main(arguments: list[str]) -> None:
    rows, unseen = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)], list[list[float]]()
    for name, texts in SETS.items():
        found, shares, seconds = ladders(texts)
        for wordings, ladder in zip(found, shares, strict=True):
            print("\n".join(f"{share:6.3f}  {text}" for share, text in zip(ladder, wordings, strict=True)))
        rows.append(row(name, shares, seconds))
        unseen += shares if texts is not LINES["en"] else []
    print("\n".join(rows))
    if "--write" in arguments:
        KEPT.write_text(json.dumps(unseen) + "\n", "utf-8")
        pages.write("wordings.md", "python eval/wordings.py", rows)


if __name__ == "__main__":
    main(sys.argv[1:])
