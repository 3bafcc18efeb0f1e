"""The dub listens to itself: what was heard of each line is judged, and a line that is not understood taken again.

What the ear hears of the whole is `passages`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dubbench import media, memory
from dubbench.stages.base import Progress, quiet
from dubbench.stages.speak import Speak, with_take
from dubbench.stages.transcribe import Transcribe
from dubbench.stages.watermark import Watermark
from dubbench.text import pronunciations, spelling
from dubbench.timeline import pauses
from dubbench.timeline.limits import FASTEST, SLOWEST
from dubbench.types import Dub, Flag, Line, Seconds, Sound, Take

ROOM = "listen"
BAD = 0.12
"""Character error rate above which a take is taken again: it found 24 of 24 lines whose last quarter was cut away and
raised no false alarm on 44 whole ones."""
RETAKES = 2
REST: Seconds = 0.8
"""Silence around takes that are heard apart; without it the ear loses first and last words."""
PACK: Seconds = 14.0
"""How much is heard at once. Whisper's window holds twice as much, but then one processor hears and the others wait."""


def score(line: Line, text: str, language: str, readings: Mapping[str, str] | None = None) -> float:
    """Character error rate of what was heard; 0 for a line of one or two words that at least sounds alike.

    Such lines fail in every voice ("Sim." is heard as "Si"), so they are judged by their sound. A word with a
    respelling among `readings` may be heard either way.
    """
    return min(_score(wanted, text, language) for wanted in _said(line.translation or "", readings or {}))


def _said(text: str, readings: Mapping[str, str]) -> tuple[str, ...]:
    """How a line may be heard: as it is written, and as it was respelled for the voice."""
    respelled = {word: said for word, said in readings.items() if not pronunciations.ipa(said)}
    return (text, pronunciations.applied(text, respelled)) if respelled else (text,)


def _score(wanted: str, text: str, language: str) -> float:
    if len(spelling.words(wanted, language)) <= 2 and spelling.same_sound(wanted, text, language):
        return 0.0
    return spelling.cer(wanted, text, language).rate


def judged(dub: Dub, ear: Transcribe, understood: Mapping[str, str], progress: Progress = quiet) -> Dub:
    """Each line's chosen take with what was heard of it; doubtful ones are heard once more, apart."""
    language = dub.target_language
    new = [line for line in dub.lines if line.take is not None and line.take.score is None]
    texts = {line.id: understood.get(line.id, "") for line in new}
    read = {line.id: pronunciations.of(dub, line) for line in new}
    doubtful = [line for line in new if score(line, texts[line.id], language, read[line.id]) > BAD]
    if doubtful:
        progress(ROOM, 0, len(doubtful), "listening again to what was not understood")
    again = apart(dub, ear, [line.take for line in doubtful if line.take is not None])
    for line, text in zip(doubtful, again, strict=True):
        texts[line.id] = min(texts[line.id], text, key=lambda t: score(line, t, language, read[line.id]))
    progress(ROOM, 1, 1, "listened")
    return dub.with_lines({line.id: _with_heard(line, texts[line.id], language, read[line.id]) for line in new})


def apart(dub: Dub, ear: Transcribe, takes: Sequence[Take]) -> list[str]:
    """What is understood of each take away from the film: several with rests between them in one sound.

    An ear's window costs as much for one word as for half a minute, so short takes share one.
    """
    packs: list[list[Take]] = []
    for take in takes:
        if not packs or sum(t.speech.duration + REST for t in packs[-1]) + take.speech.duration > PACK:
            packs.append([])
        packs[-1].append(take)
    with ThreadPoolExecutor(max(1, ear.parallel)) as pool:
        return [text for texts in pool.map(lambda pack: _pack_heard(dub, ear, pack), packs) for text in texts]


def _pack_heard(dub: Dub, ear: Transcribe, pack: Sequence[Take]) -> list[str]:
    store = memory.Memory(dub.folder)
    key = memory.key(sounds=[t.speech.sha256 for t in pack], language=dub.target_language, by=ear.identity(), text=True)
    kept = store.recall(ROOM, key)
    if kept is None:
        rest = np.zeros((1, round(REST * ear.sample_rate)), np.float32)
        parts = [rest]
        for take in pack:
            parts += [media.read(dub.open(take.speech), sample_rate=ear.sample_rate, channels=1).samples, rest]
        sound = Sound(np.concatenate(parts, axis=1), ear.sample_rate)
        kept = ear.ready().text(sound, dub.target_language)
        store.keep(ROOM, key, kept)
    texts = spelling.aligned(kept, {str(i): take.text for i, take in enumerate(pack)}, dub.target_language)
    return [texts.get(str(i), "") for i in range(len(pack))]


def retaken(
    dub: Dub, ear: Transcribe, speak: Speak, progress: Progress = quiet, *, mark: Watermark | None = None
) -> tuple[Dub, tuple[str, ...]]:
    """Bad lines taken again, at most `RETAKES` times, the best kept; and the ids of those that got another take.

    A line whose best take stays bad is flagged.
    """
    bad = {line.id: line for line in dub.lines if _is_bad(line.take)}
    best = dict(bad)
    for turn in range(RETAKES):
        readings = {i: _others(line, _first(line).pace) for i, line in bad.items() if _is_bad(best[i].take)}
        jobs = [(i, *others[turn]) for i, others in readings.items() if turn < len(others)]
        if not jobs:
            break
        progress(ROOM, turn, RETAKES, f"taking {len(jobs)} lines again")
        takes = speak.takes(dub, [(line, pace) for _, line, pace in jobs], mark=mark)
        for (i, line, pace), take, text in zip(jobs, takes, apart(dub, ear, takes), strict=True):
            rate = score(line, text, dub.target_language, pronunciations.of(dub, line))
            heard = take.but(heard=text, score=round(rate, 4))
            best[i] = _better(best[i], line, heard, speak.key(dub, line, pace, mark))
    progress(ROOM, 1, 1, "listened")
    changed = tuple(i for i, line in best.items() if line.speech != bad[i].speech)
    return dub.but(lines=tuple(_flagged(best.get(line.id, line)) for line in dub.lines)), changed


def _is_bad(take: Take | None) -> bool:
    return take is not None and take.score is not None and take.score > BAD


def _first(line: Line) -> Take:
    assert line.take is not None
    return line.take


def _better(line: Line, reading: Line, take: Take, key: str) -> Line:
    """The line with one more take, which was made of `reading`, chosen if it was understood better than the one chosen
    so far."""
    now = _first(line)
    if take.speech.path in {t.speech.path for t in line.takes}:
        return line
    if (take.score or 0.0) < (now.score if now.score is not None else 1.0):
        said = {"emphasis": reading.emphasis, "pitch_semitones": reading.pitch_semitones}
        return with_take(line.but(translation=take.text, pauses=take.pauses, **said), take, key)
    return line.but(takes=(take, *line.takes))


def _others(line: Line, pace: float) -> list[tuple[Line, float]]:
    """Other readings to try: without stress, a little slower, another wording of a machine's, a little faster.

    Paces are near enough to keep the plan and within what the fit allows, and no wording is longer than the plan's. A
    person's wording is never changed.
    """
    own, now = line.approved or line.translation not in line.wordings, line.translation or ""
    wordings = [] if own else [text for text in line.wordings if text != now and len(text) <= len(now)]
    slower, faster = round(pace - 0.06, 2), round(pace + 0.06, 2)
    plain = line.but(emphasis=(), pitch_semitones=0.0)
    expressive = plain != line
    readings = [(plain, pace)] * expressive + [
        (plain, slower), *((_worded(plain, text), pace) for text in wordings), (plain, faster)
    ]  # fmt: skip
    return [(reading, at) for reading, at in readings if SLOWEST <= at <= FASTEST]


def _worded(line: Line, text: str) -> Line:
    """The line in other words, with its pauses where these may rest; without any where it had none."""
    return line.but(translation=text, pauses=pauses.placed(line, text) if line.pauses else ())


def _with_heard(line: Line, text: str, language: str, readings: Mapping[str, str]) -> Line:
    take = line.take
    if take is None:
        return line
    judged = take.but(heard=text, score=round(score(line, text, language, readings), 4))
    return line.but(takes=tuple(judged if t is take else t for t in line.takes))


def _flagged(line: Line) -> Line:
    if not _is_bad(line.take):
        return line.flagged(ROOM)
    take = _first(line)
    detail = f"heard {take.heard!r}, character error rate {take.score:.2f}"
    return line.flagged(ROOM, Flag(room=ROOM, name="not-understood", detail=detail))


__all__: Sequence[str] = ("apart", "judged", "retaken", "score")
