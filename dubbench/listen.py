"""The dub listens to itself: what is heard in it, line by line, and another take where a line is not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dubbench import media, memory
from dubbench.stages.base import Progress, quiet
from dubbench.stages.speak import Speak, with_take
from dubbench.stages.transcribe import Transcribe
from dubbench.stages.watermark import Watermark
from dubbench.text import spelling
from dubbench.types import Dub, Flag, Line, Seconds, Sound, Take

ROOM = "listen"
BAD = 0.12
"""Character error rate above which a take is taken again: it found 24 of 24 lines whose last quarter was cut away and
raised no false alarm on 44 whole ones."""
RETAKES = 2
EDGE: Seconds = 0.3
"""Silence put around a line that is heard alone; without it the ear loses first and last words."""


def heard(dub: Dub, ear: Transcribe, film_sound: Sound, sha256: str) -> str:
    """What the ear understands of the whole dub; `film_sound` is its mixed track, `sha256` that of its file."""
    store = memory.Memory(dub.folder)
    key = memory.key(sound=sha256, language=dub.target_language, by=ear.identity())
    kept = store.recall(ROOM, key)
    if kept is None:
        mono = media.resample(Sound(film_sound.mono[None], film_sound.sample_rate), ear.sample_rate)
        kept = ear.ready().transcribe(mono, dub.target_language).text
        store.keep(ROOM, key, kept)
    return str(kept)


def by_line(dub: Dub, text: str) -> dict[str, str]:
    """The words of `text`, heard in the whole dub, given to the lines they align with (least edits)."""
    return spelling.aligned(text, {line.id: line.translation or "" for line in dub.lines}, dub.target_language)


def score(line: Line, text: str, language: str) -> float:
    """Character error rate of what was heard; 0 for a line of one or two words that at least sounds alike.

    Such lines fail in every voice ("Sim." is heard as "Si"), so they are judged by their sound.
    """
    wanted = line.translation or ""
    if len(spelling.words(wanted, language)) <= 2 and spelling.same_sound(wanted, text, language):
        return 0.0
    return spelling.cer(wanted, text, language).rate


def judged(dub: Dub, ear: Transcribe, understood: Mapping[str, str], progress: Progress = quiet) -> Dub:
    """Each line's chosen take with what was heard of it; doubtful ones are heard once more, alone."""
    lines = {}
    for line in dub.lines:
        text = understood.get(line.id, "")
        if line.take is not None and line.take.heard is not None and line.take.score is not None:
            continue
        if score(line, text, dub.target_language) > BAD and line.take is not None:
            alone = heard_alone(dub, ear, line.take)
            text = min(text, alone, key=lambda t: score(line, t, dub.target_language))
        lines[line.id] = _with_heard(line, text, dub.target_language)
    progress(ROOM, len(dub.lines), len(dub.lines), "listened")
    return dub.with_lines(lines)


def heard_alone(dub: Dub, ear: Transcribe, take: Take) -> str:
    """What is understood of one take by itself."""
    store = memory.Memory(dub.folder)
    key = memory.key(sound=take.speech.sha256, language=dub.target_language, by=ear.identity())
    kept = store.recall(ROOM, key)
    if kept is None:
        sound = media.read(dub.open(take.speech), sample_rate=ear.sample_rate, channels=1)
        edge = np.zeros((1, round(EDGE * ear.sample_rate)), np.float32)
        padded = Sound(np.concatenate([edge, sound.samples, edge], axis=1), ear.sample_rate)
        kept = ear.ready().transcribe(padded, dub.target_language).text
        store.keep(ROOM, key, kept)
    return str(kept)


def retaken(
    dub: Dub, ear: Transcribe, speak: Speak, progress: Progress = quiet, *, mark: Watermark | None = None
) -> tuple[Dub, tuple[str, ...]]:
    """Bad lines taken again at another pace, at most `RETAKES` times, the best kept; and the ids that changed.

    A line whose best take stays bad is flagged.
    """
    changed: dict[str, Line] = {}
    bad = [line for line in dub.lines if line.take and line.take.score is not None and line.take.score > BAD]
    for done, line in enumerate(bad):
        progress(ROOM, done, len(bad), f"taking {line.id} again")
        changed[line.id] = _best(dub, ear, speak, line, mark)
    lines = tuple(_flagged(changed.get(line.id, line)) for line in dub.lines)
    other = tuple(i for i, line in changed.items() if line.speech != next(x for x in bad if x.id == i).speech)
    return dub.but(lines=lines), other


def _best(dub: Dub, ear: Transcribe, speak: Speak, line: Line, mark: Watermark | None) -> Line:
    first = line.take
    assert first is not None
    takes = [first]
    for reading, pace in _others(line, first.pace)[:RETAKES]:
        take = speak.takes(dub, [(reading, pace)], mark=mark)[0]
        text = heard_alone(dub, ear, take)
        takes.append(take.but(heard=text, score=round(score(reading, text, dub.target_language), 4)))
        if takes[-1].score is not None and takes[-1].score <= BAD:
            break
    best = min(takes, key=lambda take: take.score if take.score is not None else 1.0)
    line = line.but(translation=best.text)
    others = tuple(t for t in line.takes if t.speech.path not in {take.speech.path for take in takes})
    line = line.but(takes=(*others, *(t for t in takes if t is not best)))
    return with_take(line, best, speak.key(dub, line, best.pace, mark))


def _others(line: Line, pace: float) -> list[tuple[Line, float]]:
    """Other readings to try: a little slower, then another wording of a machine's, then a little faster.

    Paces are near enough to keep the plan and within what the fit allows. A person's wording is never changed.
    """
    own = line.approved or line.translation not in line.wordings
    wordings = [] if own else [text for text in line.wordings if text != line.translation]
    slower, faster = round(pace - 0.06, 2), round(pace + 0.06, 2)
    readings = [(line, slower), *((line.but(translation=text), pace) for text in wordings), (line, faster)]
    return [(reading, at) for reading, at in readings if 0.85 <= at <= 1.25]


def _with_heard(line: Line, text: str, language: str) -> Line:
    take = line.take
    if take is None:
        return line
    judged = take.but(heard=text, score=round(score(line, text, language), 4))
    return line.but(takes=tuple(judged if t is take else t for t in line.takes))


def _flagged(line: Line) -> Line:
    take = line.take
    if take is None or take.score is None or take.score <= BAD:
        return line.flagged(ROOM)
    detail = f"heard {take.heard!r}, character error rate {take.score:.2f}"
    return line.flagged(ROOM, Flag(room=ROOM, name="not-understood", detail=detail))


def wer(dub: Dub, text: str) -> spelling.Errors:
    """Word errors of `text`, heard in the whole dub, against what was to be said, numbers spelled out."""
    return spelling.wer(" ".join(line.translation or "" for line in dub.lines), text, dub.target_language)


__all__: Sequence[str] = ("by_line", "heard", "heard_alone", "judged", "retaken", "score", "wer")
