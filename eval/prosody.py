"""`make prosody`: stressed words and raised lines, in readings and in dubs of real clips; figures of docs/prosody.md.

    python eval/prosody.py [--write]

Readings: a word of each of 24 sentences is stressed, and the sound measured with the same eyes as originals are
(`dubbench.prosody`): how much the word stands out, how often it stands out most, and whether all is still understood.
Dubs: clips with real speakers are dubbed with and without; how the lines' pitch follows the original's.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import media, pitch, prosody
from dubbench.prosody.prominence import prominences
from dubbench.stages.spoken import Spoken
from dubbench.text import emphasis
from dubbench.timeline.lines import leans
from dubbench.types import Controls, Dub, Sound, Voice, Word
from eval import pages
from eval.presets import misheard
from eval.sentences import LINES
from examples import clips

VOICES = {"pt": ("pm_alex", "pf_dora"), "es": ("em_alex", "ef_dora"), "en": ("am_michael", "af_heart")}
FEWEST = 4
"""Words of a sentence from which one is stressed, and lines of a film from which pitch can follow pitch."""


def words(speak: Any, text: str, voice: Voice, language: str, spoken: Spoken) -> list[Word] | None:
    """The words of a reading with their times; None where they are not read one by one."""
    said = text.split()
    counts = [speak.sounds(word, voice, language) for word in said]
    if sum(counts) != len(spoken.phonemes) or 0 in counts:
        return None
    edges = pairwise([0, *accumulate(counts)])
    return [
        Word(text=word, start=spoken.phonemes[a].start, end=spoken.phonemes[b - 1].end)
        for word, (a, b) in zip(said, edges, strict=True)
    ]


def readings(speak: Any, ear: Any) -> Iterator[str]:
    yield "| | voice | sentences | stands out | stressed | first in its sentence | stressed | misheard | stressed |"
    yield "|" + "---|" * 9
    for language, names in VOICES.items():
        for name in names:
            yield _row(speak, ear, language, Voice(id=name, preset=name))


def _row(speak: Any, ear: Any, language: str, voice: Voice) -> str:
    found: dict[bool, list[tuple[float, bool]]] = {False: [], True: []}
    sounds: dict[bool, list[Spoken]] = {False: [], True: []}
    texts = [text for text in LINES[language] if len(text.split()) >= FEWEST]
    for i, text in enumerate(texts):
        places = [j for j, word in enumerate(text.split()) if not leans(word.strip(".,?!"))]
        place = places[i % len(places)]
        one = emphasis.word(text, place)
        assert one is not None
        for stress, given in ((False, text), (True, emphasis.marked(text, [one])[0])):
            spoken = speak.speak(given, voice, language)
            sounds[stress].append(spoken)
            timed = words(speak, text, voice, language, spoken)
            if timed is not None:
                out = prominences(timed, prosody.measured(spoken.sound))
                found[stress].append((float(out[place]), int(out.argmax()) == place))
    cells = [
        *(f"{np.median([x for x, _ in found[stress]]):.2f}" for stress in (False, True)),
        *(f"{np.mean([first for _, first in found[stress]]):.0%}" for stress in (False, True)),
        *(f"{misheard(ear, texts, sounds[stress], language).rate:.1%}" for stress in (False, True)),
    ]
    return f"| {language} | {voice.preset} | {len(found[True])} of {len(texts)} | " + " | ".join(cells) + " |"


def dubs(speak: Any) -> Iterator[str]:
    yield "| film | lines | words | stressed in the original | in the dub | pitch follows, r without | r with |"
    yield "|---|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as name:
        for number, (title, make, source, targets) in enumerate(clips.FILMS):
            film = make(Path(name) / f"{number}.mp4")
            dub = dubbench.dub(film, to=targets[0], source_language=source, out=Path(name) / str(number))
            yield _followed(title, dub, speak)


def _followed(title: str, dub: Dub, speak: Any) -> str:
    """How much of the original's prosody is in a dub; `without` its lines are read again, by nobody's wish."""
    track = dub.tracks.speech or dub.tracks.original
    assert track is not None
    stressed, rows = 0, list[tuple[str, float, float, float]]()
    for line in dub.lines:
        original = media.read(dub.open(track), start=line.start, duration=line.end - line.start)
        heard = prosody.heard(line, prosody.measured(original))
        stressed += len(heard.stressed)
        assert line.take is not None
        plain, *_ = speak.takes(dub, [(line.but(controls=Controls(exaggeration=0.0)), line.take.pace)])
        both = [semitones(media.read(dub.open(take.speech))) for take in (plain, line.take)]
        if heard.pitch is not None and np.isfinite(both).all():
            rows.append((line.speaker, heard.pitch, *both))
    count, carried = sum(len(line.words) for line in dub.lines), sum(len(line.emphasis) for line in dub.lines)
    without, with_ = (f"{_correlation(rows, which):.2f}" if len(rows) >= FEWEST else "–" for which in (2, 3))
    return f"| {title} | {len(dub.lines)} | {count} | {stressed} | {carried} | {without} | {with_} |"


def semitones(sound: Sound) -> float:
    """The median pitch of a sound in semitones above 1 Hz; nan where it has none."""
    hertz = pitch.pitches(sound)
    return float(12 * np.log2(np.median(hertz))) if len(hertz) else float("nan")


def _correlation(rows: Sequence[tuple[Any, ...]], which: int) -> float:
    """Pearson's between the original's pitch and the dub's (column `which`), each against its speaker's median."""
    centred = [
        (row[1] - np.median([x[1] for x in rows if x[0] == row[0]]),
         row[which] - np.median([x[which] for x in rows if x[0] == row[0]])) for row in rows
    ]  # fmt: skip
    return float(np.corrcoef(np.array(centred).T)[0, 1])


def main(arguments: Sequence[str]) -> None:
    speak: Any = dubbench.load("kokoro").ready()
    ear: Any = dubbench.load("whisper-base").ready()
    rows = chain(readings(speak, ear), [""], dubs(speak))
    pages.shown(rows, "prosody.md", "make prosody", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
