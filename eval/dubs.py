"""`make dubs`: real clips dubbed by the default cast, each judged from outside, by the finished file alone.

    python eval/dubs.py [FILM:TARGET[:SOURCE] ...]      your own films; without any, the clips that packages ship

Words misheard: the finished film's sound is transcribed and compared with the dub's own text, numbers spelled out.
Loudness, peak and length are the file's; what the report says otherwise is printed beside it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import listen, media
from dubbench.errors import DubError
from dubbench.text import numerals, spelling
from dubbench.translation import guard
from dubbench.types import Dub
from examples import clips

SHORT = 15.0
"""Seconds below which a clip may have 15 % of its words misheard; all together 8 %."""
WIDTH = 26


@dataclass(frozen=True)
class Job:
    film: Path
    target: str
    source: str | None = None

    @property
    def name(self) -> str:
        return f"{self.film.stem[: WIDTH - 4]} {self.target}"


def shipped(folder: Path) -> Iterator[Job]:
    """What the registries have of the kinds people dub. A clip that cannot be had here is named and left out."""
    for name, make, source, targets in clips.FILMS:
        try:
            film = make(folder / f"{name}.mp4")
        except DubError as error:
            print(f"{name}: not here ({error})")
            continue
        for target in targets:
            yield Job(film, target, source)


def given(text: str) -> Job:
    film, target, *source = text.rsplit(":", 2) if text.count(":") > 1 else text.rsplit(":", 1)
    return Job(Path(film), target, *source)


def judged(job: Job, out: Path, ear: Any) -> tuple[spelling.Errors, list[str]]:
    """The word errors of one dub, and its row; what the file and its report disagree on follows as further lines."""
    dub = dubbench.dub(job.film, to=job.target, source_language=job.source, out=out)
    report = json.loads((out / "report.json").read_text("utf-8"))
    film = out / "dub.mp4"
    heard = ear.ready().transcribe(listen.track(film, ear), job.target).text
    errors = listen.wer(dub, heard)
    lufs, peak = media.loudness(film)
    seconds = media.probe(film).duration
    row = (
        f"{job.name:<{WIDTH}}{dub.source.duration:>6.1f}{len(dub.lines):>6}{errors.length:>7}{errors.rate:>8.1%}"
        f"{report['cut_seconds']:>6}{report['overlap_seconds']:>8}{report['max_speedup'] or 0:>9.2f}"
        f"{report['adherence'] or 0:>9.0%}{lufs:>7.1f}{peak:>6.1f}{seconds - dub.source.duration:>+8.3f}"
    )
    told = {
        "intelligibility_wer": (errors.rate, 0.002), "loudness_lufs": (lufs, 0.05), "true_peak_dbtp": (peak, 0.05),
    }  # fmt: skip
    off = [f"  the report says {key} {report[key]}" for key, (is_, by) in told.items() if abs(report[key] - is_) > by]
    used = list(report["voices"].values())
    shared = [f"  one voice for two speakers: {used}"] if len(set(used)) < len(used) else []
    return errors, [row, *off, *shared, names_and_numbers(dub, heard), *voices(report)]


def names_and_numbers(dub: Dub, heard: str) -> str:
    """How many of the names and numbers of the dub's text an ear finds in the film; which it does not."""
    language = dub.target_language
    text = " ".join(line.translation or "" for line in dub.lines)
    found = Counter(spelling.words(heard, language))
    lost, all_ = [], [*guard.names(text).elements(), *(figure.text for figure in numerals.figures(text, language))]
    for one in all_:
        words = Counter(spelling.words(one, language))
        lost += [] if words <= found else [one]
        found -= words
    missing = f", not {', '.join(lost)}" if lost else ""
    return f"  names and numbers: {len(all_) - len(lost)} of {len(all_)} heard{missing}"


def voices(report: Mapping[str, Any]) -> Iterator[str]:
    """How steady each voice is, and how near the nearest other speaker's: cosines of the takes' embeddings."""
    for who, found in (report["voice_drift"] or {}).items():
        apart = "" if found["nearest"] is None else f", the nearest other {found['nearest']:.2f}"
        takes = f"{found['takes']} takes at {found['lowest']:.2f} or more of their mean"
        yield f"  {who} ({report['voices'].get(who)}): {takes}{apart}"


def main() -> None:
    ear: Any = dubbench.load("whisper-base")
    pooled, worst = spelling.Errors(), 0.0
    print(
        f"{'film':<{WIDTH}}{'s':>6}{'lines':>6}{'words':>7}{'misheard':>9}{'cut':>5}{'overlap':>8}{'fastest':>9}"
        f"{'on time':>9}{'LUFS':>7}{'dBTP':>6}{'longer':>8}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for i, job in enumerate(map(given, sys.argv[1:]) if sys.argv[1:] else shipped(folder)):
            errors, rows = judged(job, folder / str(i), ear)
            print("\n".join(rows), flush=True)
            pooled += errors
            worst = max(worst, errors.rate if media.probe(job.film).duration < SHORT else 0.0)
    print(f"\n{pooled.errors} of {pooled.length} words misheard: {pooled.rate:.1%} (goal: 8 % at most)")
    print(f"worst clip under {SHORT:.0f} s: {worst:.1%} (goal: 15 % at most)")


if __name__ == "__main__":
    main()
