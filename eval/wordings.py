"""How much shorter a translator's wordings are: ladders of lines like those of films, with their lengths.

    python eval/wordings.py [--write]         English lines into Portuguese; --write keeps the ladders for `make fit`

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
from eval.sentences import LINES

KEPT = Path(__file__).resolve().parent / "wordings.json"
VOICE = 0
"""Of Kokoro's Portuguese voices the first: ratios hardly depend on which."""


def ladders(texts: tuple[str, ...]) -> tuple[list[list[str]], list[list[float]], float]:
    """Each line's wordings, their lengths over the best one's, and the seconds that a line took to translate."""
    translate: Any = dubbench.load("bergamot").ready()
    speak: Any = dubbench.load("kokoro").ready()
    lines = [Line(id=str(i), start=0.0, end=1.0, text=text) for i, text in enumerate(texts)]
    translate.translate(lines[:1], "en", "pt", {})
    started = time.perf_counter()
    found = translate.translate(lines, "en", "pt", {})
    seconds = (time.perf_counter() - started) / len(lines)
    voice = speak.presets("pt")[VOICE]
    lengths = [[speak.estimate(text, voice, "pt") for text in wordings] for wordings in found]
    return found, [[round(length / one[0], 3) for length in one] for one in lengths], seconds


def main(arguments: list[str]) -> None:
    found, shares, seconds = ladders(LINES["en"])
    shortest = [min(ladder) for ladder in shares]
    for wordings, ladder in zip(found, shares, strict=True):
        print("\n".join(f"{share:6.3f}  {text}" for share, text in zip(ladder, wordings, strict=True)))
    some = [share for share in shortest if share < 1]
    print(f"\n{len(shares)} lines, {len(some) / len(shares):.0%} with a shorter wording; {seconds:.3f} s a line")
    print(f"shortest: median {np.median(shortest):.3f}, tenth {np.quantile(shortest, 0.1):.3f} of the best's length")
    if "--write" in arguments:
        KEPT.write_text(json.dumps(shares) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
