"""`make durations`: how far estimated lengths are from spoken ones, on lines that no voice was calibrated on.

    python eval/durations.py [--write] [ENGINE ...]

`guess` is a voice never heard; `after 6` and `after 12` are estimates that so many other takes taught. An engine that
knows its lengths is asked what it says at once. Error: mean of |estimate / spoken - 1|.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dubbench import catalog, durations
from dubbench.durations import Sample
from dubbench.errors import DubError
from dubbench.stages.speak import Speak
from dubbench.types import Seconds, Voice
from eval import pages
from eval.sentences import LINES

VOICES = (
    ("kokoro", "pt", "pm_alex"), ("kokoro", "en", "af_heart"), ("kokoro", "es", "em_alex"),
    ("pico", "de", "de-DE"), ("pico", "es", "es-ES"),
    ("espeak", "pt", "f2"), ("espeak", "es", "m3"), ("espeak", "de", "f2"), ("espeak", "en", "m3"),
)  # fmt: skip
PACE = 1.2
SPLITS = 8
"""Random halves of the lines; with one, a voice's error moves by a third."""


def error(estimates: Sequence[Seconds], spoken: Sequence[Seconds]) -> float:
    return float(np.mean([abs(guess / true - 1) for guess, true in zip(estimates, spoken, strict=True)]))


def taught(lines: Sequence[str], language: str, lengths: dict[float, list[Seconds]], number: int) -> list[float]:
    """Errors at pace 1 and at PACE of estimates that `number` takes taught, on the other half of the lines."""
    found = []
    for split in range(SPLITS):
        order = [int(i) for i in np.random.default_rng(split).permutation(len(lines))]
        half = sorted(order[: len(order) // 2], key=lambda i: len(lines[i]))
        chosen = [half[i] for i in np.unique(np.linspace(0, len(half) - 1, number).round().astype(int))]
        samples = [Sample(lines[i], 1.0, lengths[1.0][i]) for i in chosen]
        lesson, held = durations.learned(samples, language), order[len(order) // 2 :]
        guesses = [lesson.seconds(lines[i], language) for i in held]
        found.append([error([g / p for g in guesses], [lengths[p][i] for i in held]) for p in (1.0, PACE)])
    return [float(mean) for mean in np.mean(found, axis=0)]


def row(engine: str, language: str, preset: str) -> str:
    speaker, voice, lines = catalog.load(engine), Voice(id=preset, preset=preset), LINES[language]
    assert isinstance(speaker, Speak)
    speaker.ready()
    lengths = {
        pace: [speaker.speak(text, voice, language, pace=pace).sound.duration for text in lines] for pace in (1.0, PACE)
    }
    own = [speaker.estimate(text, voice, language) for text in lines]
    cells = [error([g / p for g in own], lengths[p]) for p in (1.0, PACE)]
    for number in (6, 12) if speaker.calibrated else ():
        cells += taught(lines, language, lengths, number)
    filled = [f"{cell:.2%}" for cell in cells] + ["–"] * (len(HEAD) - 3 - len(cells))
    return f"| {engine} | {language} | {preset} | {' | '.join(filled)} |"


HEAD = (
    "engine", "", "voice", "guess", f"at {PACE}", "after 6", f"at {PACE}", "after 12", f"at {PACE}",
)  # fmt: skip


def rows(engines: Sequence[str]) -> Iterator[str]:
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "---|" * len(HEAD)
    for engine, language, preset in VOICES:
        if not engines or engine in engines:
            try:
                yield row(engine, language, preset)
            except DubError as why:
                print(f"{engine} {language}: left out: {why}", file=sys.stderr)


def main(arguments: Sequence[str]) -> None:
    found = rows([name for name in arguments if name != "--write"])
    pages.shown(found, "speech.md", "make durations", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
