"""The search for a voice: CMA-ES over blends of presets (`space`), towards the vector of a sample (`reference`).

CMA-ES (Hansen 2016, arXiv 1604.00772) needs no gradient, which int8 graphs do not have. What is asked of a candidate:
its cosine with the person on two short sentences, less for another pitch and for lying far from where the search began;
one that would become the best must be understood as well as the best preset is.
"""

from __future__ import annotations

import datetime
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dubbench import languages, memory, textfiles
from dubbench.errors import BadInput, Refused
from dubbench.stages.base import Progress, quiet
from dubbench.timeline.spans import Span
from dubbench.types import Consent, Voice
from dubbench.voiceprint import likely_sex
from dubbench.voices import file, judge, space
from dubbench.voices import reference as sample
from dubbench.voices.booth import Booth, Heard
from dubbench.voices.file import VoiceFile
from dubbench.voices.reference import Reference
from dubbench.voices.space import Floats, Space

ROOM = "voice"
EVALUATIONS = 240
"""Candidates heard. Of the 0.09 of cosine that 240 won for one reader, 60 had won 77 % and 120 91 %."""
GENERATION = 12
STEP = 0.5
"""The first deviation of the search, in deviations of presets along each axis."""
PITCH = 0.2
"""What an octave of difference in median pitch costs, in cosine: a semitone 0.017."""
FAR = 0.002
"""What distance from the start costs, in cosine for a squared deviation: where presets lie (5 deviations) 0.05."""
CHECKED = 3
"""How many of a generation are listened to before none of it becomes the best."""
MISHEARD = 0.2
"""What not being understood costs, in cosine: about the most that a search won, so it turns away from there."""
MIXED = 4
"""The best presets whose halves and halves are tried as starts too."""

FEWEST = 1 + MIXED * (MIXED - 1) // 2 + GENERATION
"""The starts, and one generation."""


@dataclass(eq=False)
class Search:
    """A search on its way: the best candidate so far that is understood, and how many were heard."""

    booth: Booth
    reference: Reference
    limit: float | None
    progress: Progress
    evaluations: int
    best: Voice = field(default_factory=lambda: Voice(id="none"))
    score: float = -float("inf")
    heard: int = 0

    def scores(self, voices: Sequence[Voice], points: Sequence[Floats]) -> list[float]:
        """What each candidate is worth; the best of them becomes the best of all if it is, and is understood."""
        heard = self.booth.each(voices, self.booth.search)
        scores = [self._score(*pair) for pair in zip(heard, points, strict=True)]
        self.heard += len(voices)
        for i in np.argsort(scores)[::-1][:CHECKED]:
            if scores[i] <= self.score:
                break
            if self._understood(voices[i]):
                self.best, self.score = voices[i], scores[i]
                break
            scores[i] -= MISHEARD
        self.progress(ROOM, self.heard, self.evaluations, f"best {self.score:.3f}")
        return scores

    def _score(self, heard: Heard, point: Floats) -> float:
        cosine = float(heard.vector @ self.reference.search)
        off = (
            abs(np.log2(heard.pitch_hz / self.reference.pitch_hz)) if heard.pitch_hz and self.reference.pitch_hz else 0
        )
        return cosine - PITCH * float(off) - FAR * float(point @ point)

    def _understood(self, voice: Voice) -> bool:
        wer = self.booth.misheard(voice)
        return wer is None or self.limit is None or wer <= self.limit


def fit(
    reference: str | Path,
    language: str,
    *,
    consent: str | None,
    out: str | Path | None = None,
    name: str | None = None,
    purpose: str = "dubbing",
    span: Span | None = None,
    speaker: str | None = None,
    evaluations: int = EVALUATIONS,
    seed: int = 0,
    cast: str = "default",
    models: Mapping[str, str] | None = None,
    progress: Progress = quiet,
) -> VoiceFile:
    """Fit a voice of `language` to the person heard in the media file `reference`, and write it to `out` if given.

    `consent` says who agreed, by name; `span` and `speaker` choose among what is heard there. The same `seed`,
    reference and models give the same voice. Raises Refused without consent, BadInput for too little speech, several
    speakers, too few `evaluations`, or an `out` that is in the way, Unsupported, Missing.
    """
    given = _consent(consent, purpose)
    if evaluations < FEWEST:
        raise BadInput(f"{evaluations} evaluations are too few; give {FEWEST} or more")
    if out is not None:
        _writable(Path(out))
    booth, started = Booth(languages.normalise(language), cast=cast, models=models), time.monotonic()
    person = sample.read(Path(reference), booth.embedder, span=span, speaker=speaker)
    preset, best, heard = searched(booth, person, evaluations=evaluations, seed=seed, progress=progress)
    progress(ROOM, evaluations, evaluations, "listening to held-out sentences")
    before, after = (judge.figures(booth, voice, person) for voice in (preset, best))
    kept = judge.gained(before, after)
    parts = booth.speak.blends
    voice = VoiceFile(
        name=name or given.who, model=booth.speak.name, language=booth.language, consent=given,
        blend=best.blend or {} if kept else dict.fromkeys(parts, f"{preset.preset}:1.0"),
        kept="fitted" if kept else "preset", sample=memory.file_sha256(Path(reference)),
        licence=booth.speak.licence, sex=likely_sex(person.pitch_hz),
        judged=file.Judged(
            preset=preset.preset or "", before=before, after=after, floor=judge.floor(person, booth.embedder),
            ceiling=round(person.ceiling, 3), pitch_hz=person.pitch_hz, evaluations=heard, seed=seed,
            seconds=round(time.monotonic() - started, 1),
        ),
    )  # fmt: skip
    if out is not None:
        file.write(voice, Path(out))
    return voice


def searched(
    booth: Booth, person: Reference, *, evaluations: int, seed: int, progress: Progress = quiet
) -> tuple[Voice, Voice, int]:
    """The preset nearest to a person, the best voice found from there, and how many candidates were heard."""
    from cmaes import CMA

    near = _nearest(booth, person, progress)
    preset = Voice(id=near[0], preset=near[0])
    wer = booth.misheard(preset)
    limit = None if wer is None else wer + judge.WORSE
    search = Search(booth, person, limit, progress, evaluations)
    styles = booth.speak.styles()
    starts = [space.around(styles, start) for start in _starts(near)]
    origin = np.zeros(starts[0].size)
    worth = search.scores([candidate(x, origin) for x in starts], [origin] * len(starts))
    around = starts[int(np.argmax(worth))]
    cma = CMA(mean=origin, sigma=STEP, seed=seed, population_size=GENERATION)
    while search.heard + GENERATION <= evaluations:
        points = [cma.ask() for _ in range(GENERATION)]
        scores = search.scores([candidate(around, point) for point in points], points)
        cma.tell([(point, -score) for point, score in zip(points, scores, strict=True)])
    return preset, search.best if search.best.blend else candidate(starts[0], origin), search.heard


def candidate(around: Space, point: Floats) -> Voice:
    """The voice at a point, which speaks with just the shares that its file would have."""
    return Voice(id="candidate", preset="candidate", blend=around.blend(point))


def _nearest(booth: Booth, person: Reference, progress: Progress) -> list[str]:
    """The presets of the person's likely sex, most alike first."""
    known, sex = booth.presets(progress), likely_sex(person.pitch_hz)
    fitting = [name for name, (_, hertz) in known.items() if sex is None or likely_sex(hertz) in (None, sex)]
    return sorted(fitting or known, key=lambda name: -float(known[name][0] @ person.search))


def _starts(near: Sequence[str]) -> list[dict[str, float]]:
    """The best preset, and the best ones half and half."""
    return [{near[0]: 1.0}, *({a: 0.5, b: 0.5} for a, b in itertools.combinations(near[:MIXED], 2))]


def _writable(out: Path) -> None:
    """Refuse, before minutes are spent, a file that could not be written or would cover another."""
    if not out.name.endswith(file.SUFFIX):
        raise BadInput(f"a voice is written to a file called NAME{file.SUFFIX}, not {out}")
    textfiles.nameable(out)
    if out.exists() or not out.resolve().parent.is_dir():
        raise BadInput(f"{out} is there already or in no folder that is; choose another --out")


def _consent(who: str | None, purpose: str) -> Consent:
    if not (who or "").strip():
        raise Refused("a fitted voice imitates a person: say who agreed to it, for instance: --consent 'Anna P.'")
    return Consent(who=str(who).strip(), when=datetime.date.today().isoformat(), purpose=purpose)
