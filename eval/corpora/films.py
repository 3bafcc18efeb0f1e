"""Little films without a picture: a topic's prompts one after another, in English and as they were said in Spanish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from dubbench.bench import references
from dubbench.types import Line
from eval.corpora import Corpus, Files, Made, Sample, pcm, speech

LANGUAGES = ("en", "es")
SPEAKER = "allison"
"""The same woman in both languages."""
BEFORE, BETWEEN = pcm.TELEPHONE // 2, pcm.TELEPHONE
"""Samples of silence before the first line and after the last, and between two."""
LEAST, MOST = 2, 8
"""Prompts of a film."""
LINE, LONGEST = 15 * pcm.TELEPHONE, 60 * pcm.TELEPHONE
"""Samples of a prompt and of a film, in either language."""


def films(packages: Mapping[str, Files]) -> Made:
    """One film a topic: its first prompts, in order of their names, that go into a minute in both languages."""
    texts = {language: speech.written(packages, language) for language in LANGUAGES}
    sounds = {language: speech.recorded(packages, language) for language in LANGUAGES}
    topics = defaultdict[str, list[str]](list)
    for name in sorted(set.intersection(*(texts[one].keys() & sounds[one].keys() for one in LANGUAGES))):
        topics[speech.topic(name)].append(name)
    for topic, names in sorted(topics.items()):
        read = {name: {one: pcm.read(sounds[one][name])[0] for one in LANGUAGES} for name in names}
        chosen = _fitting(read)
        if len(chosen) < LEAST:
            continue
        said = dict[str, str]()
        for one in LANGUAGES:
            film, lines = _film([read[name][one] for name in chosen], [texts[one][name] for name in chosen])
            said[one] = references.words(lines)
            yield f"{one}/{topic}.wav", pcm.wav(film, pcm.TELEPHONE)
            yield f"{one}/{topic}.stm", references.stm(lines, topic).encode()
        yield Sample(
            id=topic, cluster=topic, texts=said, audio={one: f"{one}/{topic}.wav" for one in LANGUAGES},
            said={one: f"{one}/{topic}.stm" for one in LANGUAGES},
        )  # fmt: skip


def _fitting(read: Mapping[str, Mapping[str, pcm.Pcm]]) -> list[str]:
    """The first prompts that together are not too long in any language; one too long by itself is passed over."""
    chosen, longest = list[str](), dict.fromkeys(LANGUAGES, 2 * BEFORE - BETWEEN)
    for name, sounds in read.items():
        then = {one: longest[one] + BETWEEN + len(sounds[one]) for one in LANGUAGES}
        short = max(map(len, sounds.values())) <= LINE
        if short and len(chosen) < MOST and max(then.values()) <= LONGEST:
            chosen.append(name)
            longest = then
    return chosen


def _film(sounds: Sequence[pcm.Pcm], texts: Sequence[str]) -> tuple[pcm.Pcm, list[Line]]:
    """The prompts as they are, and lines that begin and end where their sound does."""
    at, lines, parts = BEFORE, list[Line](), [np.zeros(BEFORE, np.int64)]
    for number, (sound, text) in enumerate(zip(sounds, texts, strict=True), 1):
        ((start, end),) = pcm.stretches(sound, pcm.TELEPHONE, pause=len(sound))
        times = {name: (at + edge) / pcm.TELEPHONE for name, edge in (("start", start), ("end", end))}
        lines.append(Line(id=str(number), speaker=SPEAKER, text=text, **times))
        parts += [sound, np.zeros(BETWEEN, np.int64)]
        at += len(sound) + BETWEEN
    return np.concatenate(parts)[: BEFORE - BETWEEN], lines


CORPORA = (
    Corpus(
        name="films",
        about="prompts by topic, one after another, in English and as they were recorded in Spanish, 8 kHz, with lines",
        licence="CC BY-SA 3.0: Allison Smith",
        packages=tuple(f"deb://{speech.SOUNDS.format(name)}" for one in LANGUAGES for name in (one, f"{one}-wav")),
        make=films,
        wanted=("usr/share/asterisk/sounds/", "usr/share/doc/asterisk-core-sounds-"),
    ),
)
