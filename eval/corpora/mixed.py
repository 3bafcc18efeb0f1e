"""Speech under music with both known apart: prompts in English over pieces of music, at stated ratios."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath

import numpy as np

from eval.corpora import Corpus, Files, Made, Sample, pcm, speech

MUSIC = "deb://asterisk-moh-opsound-wav@2.03-1.1"
ENGLISH = tuple(f"deb://{speech.SOUNDS.format(name)}" for name in ("en", "en-wav"))
PROMPTS = 3
"""Under each of the five pieces."""
LEAST, MOST = 5.0, 9.0
"""Seconds of a prompt; half a second of music goes before it and another follows."""
AROUND = pcm.TELEPHONE // 2
LEVEL = 1600
"""RMS of the speech while there is some: -26 dB of full scale, so that no sum is too loud."""
RATIOS: Mapping[str, Fraction] = {"0": Fraction(1), "6": Fraction(3_981_072, 1_000_000)}
"""Power of speech over that of music while there is speech, by its decibels."""


def mixed(packages: Mapping[str, Files]) -> Made:
    """Each prompt lies at every ratio over the same passage of music, and each piece of music is a cluster."""
    texts, chosen = speech.written(packages, "en"), iter(_prompts(packages))
    for path, content in sorted(packages[MUSIC].items()):
        piece, (music, _) = PurePosixPath(path).stem, pcm.read(content)
        for at, (name, said) in zip(range(PROMPTS), chosen, strict=False):
            sound = np.pad(pcm.levelled(said, pcm.TELEPHONE, LEVEL), AROUND)
            start = len(music) * (at + 1) // (PROMPTS + 1)
            passage = music[start : start + len(sound)]
            yield from _clips(f"{piece}-{name.replace('/', '-')}", piece, texts[name], sound, passage)


def _clips(name: str, piece: str, text: str, sound: pcm.Pcm, passage: pcm.Pcm) -> Made:
    mask = pcm.sounding(sound, pcm.TELEPHONE)
    of_speech, of_music = (pcm.power(each, mask, pcm.TELEPHONE) for each in (sound, passage))
    yield f"speech/{name}.wav", pcm.wav(sound, pcm.TELEPHONE)
    for decibels, ratio in RATIOS.items():
        bed = pcm.scaled(passage, int(of_speech / ratio), of_music)
        yield f"background/{name}-{decibels}.wav", pcm.wav(bed, pcm.TELEPHONE)
        yield f"mix/{name}-{decibels}.wav", pcm.wav(sound + bed, pcm.TELEPHONE)
        yield Sample(
            id=f"{name}-{decibels}", cluster=piece, texts={"en": text}, audio={"en": f"mix/{name}-{decibels}.wav"},
            stems={"speech": f"speech/{name}.wav", "background": f"background/{name}-{decibels}.wav"},
            slices={"ratio": decibels},
        )  # fmt: skip


def _prompts(packages: Mapping[str, Files]) -> list[tuple[str, pcm.Pcm]]:
    """Prompts that are neither too short nor too long, in an order that mixes their topics."""
    recorded = speech.recorded(packages, "en")
    names = [name for name in speech.written(packages, "en") if name in recorded]
    names.sort(key=lambda name: hashlib.sha256(name.encode()).digest())
    sounds = ((name, pcm.read(recorded[name])[0]) for name in names)
    return [(name, sound) for name, sound in sounds if LEAST <= len(sound) / pcm.TELEPHONE <= MOST]


CORPORA = (
    Corpus(
        name="mixed",
        about="prompts in English over five pieces of music, speech 0 and 6 dB above it, stems apart, 8 kHz",
        licence="CC BY-SA 3.0: speech by Allison Smith, music by Paul Shuler, Manolo Camp and Reno Project",
        packages=(*ENGLISH, MUSIC),
        make=mixed,
        wanted=("usr/share/asterisk/sounds/", "usr/share/asterisk/moh/", "usr/share/doc/asterisk-core-sounds-"),
    ),
)
