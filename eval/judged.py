"""One finished dub judged from outside: by its file, by an ear that hears it anew, by what was said in its original.

What the report says otherwise is told, too. Nothing is printed or written here.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dubbench
from dubbench import media, passages
from dubbench.text import spelling
from dubbench.types import Dub, Seconds
from eval import named


@dataclass(frozen=True)
class Job:
    """A film, the language to dub it into, its own where known, and names and numbers known to be said in it."""

    film: Path
    target: str
    source: str | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What was found of one dub. `lufs` and `peak` (dBTP) are the file's; `longer` is how much the film has grown."""

    name: str
    pair: str
    seconds: Seconds
    longer: Seconds
    lines: int
    errors: spelling.Errors
    items: int
    lost: tuple[named.Lost, ...]
    said: int
    misunderstood: tuple[str, ...]
    lufs: float
    peak: float
    report: Mapping[str, Any]

    @property
    def voices(self) -> Mapping[str, Any]:
        """Speaker to how like each other the takes of their voice are (cosines of embeddings to their mean)."""
        return self.report["voice_drift"] or {}

    @property
    def steady(self) -> float | None:
        """The least likeness of a take to its voice."""
        return min((found["lowest"] for found in self.voices.values()), default=None)

    @property
    def nearest(self) -> float | None:
        """The greatest likeness of two speakers' voices."""
        return max((found["nearest"] for found in self.voices.values() if found["nearest"] is not None), default=None)

    def notes(self) -> Iterator[str]:
        """What is lost by name, who speaks with what, and where the report and the file disagree."""
        if self.misunderstood:
            heard = self.said - len(self.misunderstood)
            yield f"understood in the original: {heard} of {self.said}, not {', '.join(self.misunderstood)}"
        if self.lost:
            yield f"lost in the dub: {', '.join(map(str, self.lost))}"
        used = self.report["voices"]
        if len(set(used.values())) < len(used):
            yield f"one voice for two speakers: {', '.join(used.values())}"
        for who, found in self.voices.items():
            apart = "" if found["nearest"] is None else f", the nearest other {found['nearest']:.2f}"
            takes = f"{found['takes']} takes at {found['lowest']:.2f} or more of their mean"
            yield f"{who} ({used.get(who)}): {takes}{apart}"
        told = {
            "intelligibility_wer": (self.errors.rate, 0.002), "loudness_lufs": (self.lufs, 0.05),
            "true_peak_dbtp": (self.peak, 0.05),
        }  # fmt: skip
        for key, (found_here, tolerance) in told.items():
            if abs(self.report[key] - found_here) > tolerance:
                yield f"the report says {key} {self.report[key]}, the file {found_here:.3f}"
        if abs(self.longer) > 0.1:
            yield f"the film is {self.longer:+.1f} s longer than its original"


def judged(job: Job, out: Path, ear: Any) -> Judgement:
    """The film of a job dubbed into the folder `out` by the default cast, and judged."""
    dub = dubbench.dub(job.film, to=job.target, source_language=job.source, out=out)
    film = out / "dub.mp4"
    heard = hearing(film, ear, job.target)
    understood = " ".join(line.text for line in dub.lines)
    items, lost = named.looked_for(dub, heard)
    lufs, peak = media.loudness(film)
    return Judgement(
        name=job.film.stem, pair=f"{dub.source_language}→{job.target}", seconds=dub.source.duration,
        longer=media.probe(film).duration - dub.source.duration, lines=len(dub.lines), errors=errors(dub, heard),
        items=len(items), lost=tuple(lost),
        said=len(job.said), misunderstood=tuple(misunderstood(understood, job.said)),
        lufs=lufs, peak=peak, report=json.loads((out / "report.json").read_text("utf-8")),
    )  # fmt: skip


def hearing(film: Path, ear: Any, language: str) -> str:
    """What an ear makes of a whole film, which knows nothing of its lines."""
    with tempfile.TemporaryDirectory() as folder:
        text: str = ear.ready().hear(passages.track(film, ear, Path(folder) / "track.wav"), language).text
    return text


def errors(dub: Dub, heard: str) -> spelling.Errors:
    """Word errors of what was heard of a whole dub."""
    return spelling.wer(" ".join(line.translation or "" for line in dub.lines), heard, dub.target_language)


def misunderstood(text: str, said: Iterable[str]) -> Iterator[str]:
    """What is said in an original and does not stand in the text of it, however that is parted ("1, 2, 3, 4")."""
    for one in said:
        parted = r"\W*".join(re.sub(r"\W", "", one))
        if not re.search(rf"(?<!\w)(?<!\d[.,]){parted}(?!\w|[.,]\d)", text, re.IGNORECASE):
            yield one
