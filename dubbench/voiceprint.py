"""A speaker as a `Voice`: a clear piece of their sound, their pitch, their likely sex. Telling speakers apart is
diarization's work, choosing a preset the cast's.

    A        |------------|      |------|
    B              |----------|
    A alone  |----|               |----|       0.1 s are left away beside somebody else
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from dubbench import media, memory
from dubbench.pitch import STEP, pitches, track
from dubbench.timeline.spans import Span
from dubbench.types import Audio, Dub, Line, Samples, Seconds, Sound, Turn, Voice

VERSION = 1
"""Raised when the same input would give another reference."""
ROOM = "voices"
FOLDER = f"{memory.FOLDER}/{ROOM}/"
"""Where references lie that were cut from a film; those that a person brought lie elsewhere."""

ENOUGH: Seconds = 3.0
MOST: Seconds = 10.0
BRIEF: Seconds = 0.3
"""Spans shorter than this are not used."""
MARGIN: Seconds = 0.1
"""How far a diarizer's borders may be off."""
TRIED = 8
"""How many of the longest spans are listened to before one is chosen."""

FEMALE_HZ = 160.0
"""Median pitch above this is likely a woman. Two of 19 recordings were told wrong (`make people`): a president in full
voice at 255 Hz and a speaker of telephone prompts at 180. What the diarizer's embeddings have learnt of it, from the
preset voices or from these people, was wrong more often, so pitch decides and `--voice` mends."""

VOICED: Seconds = 0.4
"""With less voiced sound than this nothing is said about the pitch."""


def describe_voice(dub: Dub, label: str, turns: Sequence[Turn], lines: Sequence[Line]) -> Voice:
    """The voice of speaker `label`, with a reference of 3 to 10 s where they speak alone for so long.

    Spans come from the turns, else from the speaker's lines. The reference is a mono WAV under work/voices, named by
    its content. Pitch, sex and reference are None where the sound says too little.
    """
    source = dub.tracks.original
    voice = Voice(id=f"voice-{label}", name=f"Speaker {label}", speaker=label)
    if source is None:
        return voice
    spans = _inside(alone(label, turns) or alone(label, lines) or _own(label, lines), source.duration)
    spans = _chosen(dub, source, spans)
    if not spans:
        return voice
    reference = _reference(dub, source, spans)
    hertz = pitch(media.read(dub.open(reference)))
    return voice.but(reference=reference, pitch_hz=hertz, sex=likely_sex(hertz))


def cut_again(dub: Dub, lost: Mapping[str, Audio]) -> Dub:
    """The dub whose speakers have the reference again whose file was lost, where it was cut from the film."""

    def mended(voice: Voice) -> Voice:
        was = lost.get(voice.speaker)
        if was is None or voice.reference is not None or not was.path.startswith(FOLDER):
            return voice
        return voice.but(reference=describe_voice(dub, voice.speaker, dub.turns, dub.lines).reference)

    return dub.but(voices=tuple(mended(voice) for voice in dub.voices))


def likely_sex(pitch_hz: float | None) -> Literal["female", "male"] | None:
    """The likely sex of an adult by the median pitch; None when that is unknown."""
    if pitch_hz is None:
        return None
    return "female" if pitch_hz > FEMALE_HZ else "male"


def pitch(sound: Sound) -> float | None:
    """The median fundamental frequency in hertz over voiced frames; None under 0.4 s of voiced sound."""
    hertz = pitches(sound)
    return round(float(np.median(hertz)), 1) if len(hertz) * STEP >= VOICED else None


def alone(label: str, parts: Sequence[Turn] | Sequence[Line]) -> list[Span]:
    """Where `label` speaks and nobody else does, in order."""
    others = [(p.start - MARGIN, p.end + MARGIN) for p in parts if p.speaker != label]
    free = _own(label, parts)
    for start, end in others:
        free = [(a, b) for x, y in free for a, b in ((x, min(y, start)), (max(x, end), y)) if a < b]
    return [span for span in free if span[1] - span[0] >= BRIEF]


def _own(label: str, parts: Sequence[Turn] | Sequence[Line]) -> list[Span]:
    return sorted((p.start, p.end) for p in parts if p.speaker == label)


def _inside(spans: Sequence[Span], duration: Seconds) -> list[Span]:
    cut = [(max(0.0, start), min(end, duration)) for start, end in spans]
    return [span for span in cut if span[1] - span[0] >= BRIEF]


def _chosen(dub: Dub, source: Audio, spans: Sequence[Span]) -> list[Span]:
    """The clearest span of 3 to 10 s; without one so long, the longest ones together."""
    longest = sorted(spans, key=lambda span: span[0] - span[1])[:TRIED]
    whole = [(start, min(end, start + MOST)) for start, end in longest if end - start >= ENOUGH]
    if whole:
        return [max(whole, key=lambda span: clarity(_read(dub, source, span)))]
    taken: list[Span] = []
    for start, end in longest:
        room = MOST - sum(b - a for a, b in taken)
        if room >= BRIEF:
            taken.append((start, min(end, start + room)))
    return sorted(taken)


def clarity(sound: Sound) -> float:
    """The share of a sound that is clearly voiced, in [0, 1]: music under the voice, noise and rests lower it."""
    return float(np.mean(track(sound) > 0))


def _reference(dub: Dub, source: Audio, spans: Sequence[Span]) -> Audio:
    store = memory.Memory(dub.folder)
    key = memory.key(sound=source.sha256, spans=[[round(t, 3) for t in span] for span in spans], version=VERSION)
    path = store.path(ROOM, key, ".wav")
    if not path.is_file():
        parts = [_read(dub, source, span) for span in spans]
        samples = np.concatenate([_faded(part) for part in parts], axis=1)
        with memory.replacing(path) as draft:
            media.write(draft, Sound(samples, parts[0].sample_rate))
    return media.describe(path, dub.folder)


def _read(dub: Dub, source: Audio, span: Span) -> Sound:
    return media.read(dub.open(source), channels=1, start=span[0], duration=span[1] - span[0])


def _faded(sound: Sound) -> Samples:
    """Ten milliseconds in and out, so that joined pieces do not click."""
    n = min(sound.sample_rate // 100, sound.samples.shape[1] // 2)
    gain = np.ones(sound.samples.shape[1], np.float32)
    gain[:n] = np.linspace(0, 1, n, endpoint=False)
    gain[len(gain) - n :] = gain[:n][::-1]
    return sound.samples * gain
