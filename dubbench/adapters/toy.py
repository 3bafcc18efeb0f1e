"""A cast without models, one toy for every room: quick, deterministic and honest about what it hears and says.

`ToySpeak` spells: each letter or digit is a tone of its own, words are apart by a short gap. `ToyTranscribe` reads
those tones back, and calls any other burst of sound "word1", "word2", … So a dub made by toys alone can be checked:
what was to be said can be heard in it. Nothing here sounds like speech.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from dubbench.errors import BadInput
from dubbench.stages.base import Settings
from dubbench.stages.diarize import Diarize
from dubbench.stages.faces import Faces
from dubbench.stages.lipsync import Lipsync
from dubbench.stages.separate import Separate
from dubbench.stages.speak import Speak, Spoken
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.stages.translate import Translate
from dubbench.stages.watermark import Watermark
from dubbench.types import Controls, Line, Mouth, Phoneme, Samples, Seconds, Sound, Turn, Voice, Word

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
LOWEST, STEP = 400.0, 50.0
"""Hz of the first letter's tone, and from one to the next: z is at 1650, 9 at 2150, all below 8 kHz / 2."""
LETTER: Seconds = 0.06
GAP: Seconds = 0.05
RATE = 24_000
FRAME: Seconds = 0.005
QUIET = 0.003
"""RMS of a frame (-50 dBFS) up to which it counts as silence."""
PURE = 0.7
"""Share of a slot's energy that one tone must hold; speech and noise stay far below it in most slots of a word."""


class ToySeparate(Separate):
    """Speech is what both channels share, background is the rest; their sum is the input."""

    on_cpu = True
    licence = "Apache-2.0"

    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        speech = np.broadcast_to(sound.mono, sound.samples.shape).copy()
        return Sound(speech, sound.sample_rate), Sound(sound.samples - speech, sound.sample_rate)


class ToySpeak(Speak):
    """Spells `text` in tones, one a letter. Two voices: "toy-high", and "toy-low" with an overtone."""

    on_cpu = True
    licence = "Apache-2.0"
    parallel = 2

    def presets(self, language: str) -> tuple[Voice, ...]:
        return (
            Voice(id="toy-high", name="High", preset="toy-high", sex="female", pitch_hz=220.0, licence="Apache-2.0"),
            Voice(id="toy-low", name="Low", preset="toy-low", sex="male", pitch_hz=110.0, licence="Apache-2.0"),
        )

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        self._refuse(language)
        words = _spelled(text)
        samples, phonemes, at = [np.zeros(0, np.float32)], [], 0
        for word in words:
            if at:
                samples.append(np.zeros(round(GAP / pace * RATE), np.float32))
                at += len(samples[-1])
            for letter in word:
                samples.append(_tone(letter, LETTER / pace, rich=voice.preset == "toy-low"))
                end = at + len(samples[-1])
                phonemes.append(Phoneme(symbol=letter, start=at / RATE, end=end / RATE))
                at = end
        return Spoken(Sound(np.concatenate(samples)[None], RATE), tuple(phonemes))

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        words = _spelled(text)
        return sum(map(len, words)) * LETTER + (len(words) - 1) * GAP


def _spelled(text: str) -> list[str]:
    """The words of `text` as runs of letters and digits. Raises BadInput where there are none."""
    words = ["".join(c for c in word if c.isalnum()) for word in text.split()]
    words = [word for word in words if word]
    if not words:
        raise BadInput(f"nothing to say in {text[:40]!r}: write a letter or a digit")
    return words


def _frequency(letter: str) -> float:
    """Hz of a letter's tone: accents do not count ("á" is "a"), other scripts share the 36 tones."""
    plain = unicodedata.normalize("NFKD", letter.lower())[:1]
    place = LETTERS.find(plain) if plain else -1
    return LOWEST + STEP * (place if place >= 0 else ord(letter) % len(LETTERS))


def _tone(letter: str, seconds: Seconds, *, rich: bool) -> Samples:
    """A tone that swells and fades to nothing, so that letters can be told apart even when one repeats."""
    time = np.arange(round(seconds * RATE)) / RATE
    swell = np.sin(np.pi * np.linspace(0, 1, len(time))) ** 0.5
    wave = np.sin(2 * np.pi * _frequency(letter) * time)
    if rich:
        wave = 0.8 * wave + 0.2 * np.sin(4 * np.pi * _frequency(letter) * time)
    return np.asarray(0.3 * swell * wave, np.float32)


class ToyTranscribe(Transcribe):
    """Reads `ToySpeak`'s tones; calls other bursts "word1", "word2", … A pause over `pause` seconds ends a segment."""

    on_cpu = True
    licence = "Apache-2.0"

    class Settings(Settings):
        language: str = "en"
        pause: Seconds = Field(0.4, gt=0)

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        if language is not None:
            self._refuse(language)
        segments: list[list[Word]] = []
        unread = 0
        for start, end in _bursts(sound, gap=0.03):
            text = _read(sound, start, end)
            unread += not text
            word = Word(text=text or f"word{unread}", start=start, end=end, confidence=0.9 if text else 0.5)
            if segments and start - segments[-1][-1].end <= self.settings.pause:
                segments[-1].append(word)
            else:
                segments.append([word])
        known = language or self.settings.language
        return Transcript(language=known, guesses=((known, 1.0),), segments=tuple(tuple(s) for s in segments))


def _loud(sound: Sound) -> npt.NDArray[np.bool_]:
    """For each whole frame whether it is louder than silence."""
    size = max(1, round(FRAME * sound.sample_rate))
    mono = sound.mono[: sound.samples.shape[1] // size * size].reshape(-1, size)
    return np.asarray(np.sqrt(np.mean(mono.astype(np.float64) ** 2, axis=1)) > QUIET)


def _bursts(sound: Sound, *, gap: Seconds) -> list[tuple[Seconds, Seconds]]:
    """Stretches of sound with no silence longer than `gap` in them: (start, end) in seconds."""
    size = max(1, round(FRAME * sound.sample_rate)) / sound.sample_rate
    edges = np.flatnonzero(np.diff(np.concatenate([[False], _loud(sound), [False]]).astype(np.int8))).reshape(-1, 2)
    bursts: list[tuple[Seconds, Seconds]] = []
    for first, last in edges:
        start, end = float(first * size), float(last * size)
        if bursts and start - bursts[-1][1] <= gap:
            bursts[-1] = (bursts[-1][0], end)
        else:
            bursts.append((start, end))
    return bursts


def _read(sound: Sound, start: Seconds, end: Seconds) -> str:
    """The letters that a burst of tones spells, or "" where it is anything else: slots unlike in length, or impure."""
    mono = sound.mono[round(start * sound.sample_rate) : round(end * sound.sample_rate)]
    cuts = [0, *_dips(mono, sound.sample_rate), len(mono)]
    lengths = np.diff(cuts) / sound.sample_rate
    if not LETTER / 2.2 < np.median(lengths) < LETTER * 2.2 or np.ptp(lengths) > 0.4 * np.median(lengths):
        return ""
    letters = [_letter(mono[first:last], sound.sample_rate) for first, last in pairwise(cuts)]
    return "".join(letters) if all(letters) else ""


def _dips(mono: Samples, rate: int) -> list[int]:
    """Where, between two letters, the tone has faded to nothing."""
    size = max(1, round(1.6 * FRAME * rate))
    power = np.convolve(mono.astype(np.float64) ** 2, np.ones(size) / size, "same")[: len(mono)]
    near = round(LETTER / 4 * rate)
    dips = np.flatnonzero(power < 0.25 * np.median(power))
    dips = dips[(dips > near) & (dips < len(mono) - near)]
    groups = np.split(dips, np.flatnonzero(np.diff(dips) > near) + 1)
    return [int(group[np.argmin(power[group])]) for group in groups if len(group)]


def _letter(slot: Samples, rate: int) -> str:
    """The letter whose tone holds most of a slot's energy, "" where none does."""
    window = np.hanning(len(slot))
    time = np.arange(len(slot)) / rate
    pitches = LOWEST + STEP * np.arange(len(LETTERS))
    found = np.abs(np.exp(-2j * np.pi * pitches[:, None] * time) @ (slot * window)) ** 2
    # |correlation|^2 of a sine of amplitude a with a window w is (a sum(w) / 2)^2, its energy under w a^2 sum(w^2) / 2.
    share = 2 * np.max(found) / np.sum(window) ** 2 * np.sum(window**2) / (np.sum((slot * window) ** 2) + 1e-12)
    return LETTERS[int(np.argmax(found))] if share > PURE else ""


class ToyDiarize(Diarize):
    """Gives each stretch of sound to the speaker with the nearest loudest pitch."""

    on_cpu = True
    licence = "Apache-2.0"

    def diarize(self, sound: Sound, speakers: int | None = None) -> tuple[Turn, ...]:
        turns: list[Turn] = []
        pitches: list[float] = []
        for start, end in _bursts(sound, gap=0.4):
            pitch = _pitch(sound, start, end)
            near = [abs(np.log2(pitch / known)) for known in pitches]
            if not near or (min(near) > 1 / 3 and len(pitches) < (speakers or len(LETTERS))):
                pitches.append(pitch)
                near.append(0.0)
            label = chr(ord("A") + int(np.argmin(near)) % 26)
            turns.append(Turn(speaker=label, start=start, end=end))
        return tuple(turns)


def _pitch(sound: Sound, start: Seconds, end: Seconds) -> float:
    """Hz around which a piece of sound has its energy."""
    piece = sound.mono[round(start * sound.sample_rate) : round(end * sound.sample_rate)]
    power = np.abs(np.fft.rfft(piece)) ** 2
    frequencies = np.fft.rfftfreq(len(piece), 1 / sound.sample_rate)
    return max(20.0, float(np.sum(frequencies * power) / (np.sum(power) + 1e-12)))


class ToyTranslate(Translate):
    """Takes whole lines and words from its `dictionary` and the glossary, and shouts the rest."""

    licence = "Apache-2.0"
    batch = 16

    class Settings(Settings):
        dictionary: Mapping[str, str] = Field(default_factory=dict)

    def translate(
        self,
        lines: Sequence[Line],
        source: str,
        target: str,
        glossary: Mapping[str, str],
        *,
        before: Sequence[Line] = (),
        after: Sequence[Line] = (),
    ) -> list[list[str]]:
        self._refuse(f"{source}-{target}")
        known = {key.lower(): value for key, value in {**self.settings.dictionary, **glossary}.items()}
        return [[self._line(line.text, known)] for line in lines]

    def _line(self, text: str, known: Mapping[str, str]) -> str:
        if not text.strip():
            raise BadInput("nothing to translate: the line has no text")
        whole = known.get(text.strip().lower())
        return whole or " ".join(known.get(word.lower(), word.upper()) for word in text.split())


class ToyWatermark(Watermark):
    """Adds noise that follows the sound's loudness 26 dB below it, and finds it by correlation with that noise."""

    licence = "Apache-2.0"
    LEVEL: ClassVar[float] = 0.05
    SURE: ClassVar[float] = 8.0
    """Peak over standard deviation of the correlation that counts as found; unmarked sound stays below 6."""

    def mark(self, sound: Sound) -> Sound:
        size = max(1, round(0.02 * sound.sample_rate))
        power = np.convolve(sound.mono.astype(np.float64) ** 2, np.ones(size) / size, "same")[: sound.samples.shape[1]]
        room = 1 - np.abs(sound.samples)
        level = np.clip(self.LEVEL * np.sqrt(np.maximum(power, 0)), 0, np.maximum(room, 0))
        marked = sound.samples + level * _noise(sound.samples.shape[1], self.seed)
        return Sound(marked.astype(np.float32), sound.sample_rate)

    def detect(self, sound: Sound) -> float:
        mono = sound.mono[: 60 * sound.sample_rate]
        if len(mono) == 0 or not mono.any():
            return 0.0
        size = 2 * len(mono)
        heard, wanted = np.fft.rfft(mono, size), np.fft.rfft(_noise(len(mono), self.seed), size)
        # Only phases count, or the loudest tone would drown the noise (the phase transform of Knapp and Carter, 1976).
        match = np.fft.irfft(heard / (np.abs(heard) + 1e-9) * np.conj(wanted), size)
        sure = float(np.max(match) / (np.std(match) + 1e-12))
        return float(1 / (1 + np.exp(self.SURE - sure)))


def _noise(length: int, seed: int) -> npt.NDArray[np.float64]:
    """The same ±1 sequence for a seed, whatever its length."""
    return np.where(np.random.default_rng(seed).random(length) < 0.5, -1.0, 1.0)


class ToyFaces(Faces):
    """Believes that whoever speaks is seen speaking."""

    licence = "Apache-2.0"

    def faces(self, video: Path, turns: Sequence[Turn]) -> tuple[Mouth, ...]:
        return tuple(Mouth(start=turn.start, end=turn.end, speaker=turn.speaker) for turn in turns)


class ToyLipsync(Lipsync):
    """Copies the film: lips stay as they are."""

    licence = "Apache-2.0"

    def sync(self, video: Path, speech: Path, lines: Sequence[Line], to: Path) -> None:
        shutil.copyfile(video, to)
