"""hibari: an English voice distilled from Kokoro's af_heart into 8 MB, by its own package, weights inside.

The package reads text by itself, without espeak-ng. Its catalogue entry runs it apart (`isolated`): the package is
small and clashes with nothing, but everybody who installs dubbench would carry it for a model outside the default cast.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np

from dubbench.errors import BadInput
from dubbench.stages.speak import Speak, Spoken
from dubbench.text.readings import spoken
from dubbench.types import Controls, Samples, Seconds, Sound, Voice

RATE = 24_000
VOICE = "heart"
"""The one voice inside the package; it would fetch its others from the net as it runs, without a pin of ours."""
SLOWEST, FASTEST = 0.5, 2.0

BEFORE, AFTER = 0.025, 0.060
"""Seconds kept around what is heard."""
FADE: Seconds = 0.005
PEAK = 0.99
TRIES = 7
"""Readings at other speeds to find a length; the last two differ by a hundredth in speed."""

_LETTERS = re.compile(r"[^\W\d_]")
# Control characters mean nothing, pictures have no sound; angles are read out as "less than", and "[a](/b/)" is a
# command to hibari.
_SILENT = re.compile(
    "[\\x00-\\x1f\\x7f\\u200b-\\u200f\\u2028-\\u202e\\u2190-\\u2bff\\ufe0f\\U0001f000-\\U0001faff<>\\[\\]]+"
)


class Hibari(Speak):
    """hibari's American woman, 24 kHz."""

    licence = "Apache-2.0"
    languages = ("en",)
    requires = ("hibari-tts==0.2.1", "scipy>=1.14")
    on_cpu = True

    _engine: Any

    def load(self) -> None:
        from hibari import Hibari as Engine

        self._engine = Engine(voice=VOICE)

    def unload(self) -> None:
        del self._engine

    def presets(self, language: str) -> tuple[Voice, ...]:
        """One woman."""
        return (
            Voice(id=VOICE, name="Heart", preset=VOICE, language="en", sex="female", pitch_hz=195.0,
                  licence="Apache-2.0"),
        )  # fmt: skip

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """Exact: speaking takes a hundredth of the time, so it is spoken and measured."""
        return len(self._heard(text, voice, language, 1.0)) / RATE

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        """24 kHz, in the length nearest to natural time / `pace` that hibari has.

        It rounds each sound to 12.5 ms by itself, many of them the same way, so its lengths lie apart: of one sentence
        4.1, 3.7 and 2.7 s were to be had, and nothing between the last two.
        """
        if not SLOWEST <= pace <= FASTEST:
            raise BadInput(f"hibari speaks at paces from {SLOWEST} to {FASTEST}, not {pace:.2f}")
        heard = self._heard(text, voice, language, 1.0)
        if pace != 1:
            heard = self._nearest(lambda speed: self._heard(text, voice, language, speed), round(len(heard) / pace))
        return Spoken(Sound(heard[None], RATE))

    def _nearest(self, said: Callable[[float], Samples], wanted: int) -> Samples:
        """Of readings at ever closer speeds the one whose length is nearest to `wanted` samples."""
        low, high, tries = SLOWEST, FASTEST, list[Samples]()
        for _ in range(TRIES):
            middle = (low * high) ** 0.5
            tries.append(said(middle))
            low, high = (middle, high) if len(tries[-1]) > wanted else (low, middle)
        return min(tries, key=lambda sound: abs(len(sound) - wanted))

    def _heard(self, text: str, voice: Voice, language: str, speed: float) -> Samples:
        """What is less than 45 dB below the loudest 10 ms, with a little silence around."""
        self._refuse(language)
        if voice.preset != VOICE:
            raise BadInput(f"'{voice.preset}' is no voice of hibari; take {VOICE}")
        sound: Samples = self.ready()._engine(readable(text, language), speed=speed, seed=self.seed)
        if len(sound) == 0 or np.abs(sound).max() < 0.005:
            raise BadInput(f"hibari has no sound for {text[:40]!r}: write it in English words")
        level = np.sqrt(np.convolve(sound * sound, np.full(RATE // 100, 100 / RATE), "same"))
        loud = np.flatnonzero(level > 10 ** (-45 / 20) * level.max())
        taken = sound[max(0, loud[0] - round(BEFORE * RATE)) : loud[-1] + 1 + round(AFTER * RATE)].copy()
        ramp = np.linspace(0, 1, round(FADE * RATE), dtype=np.float32)
        taken[: len(ramp)] *= ramp
        taken[-len(ramp) :] *= ramp[::-1]
        return taken * np.float32(min(1.0, PEAK / np.abs(taken).max()))


def readable(text: str, language: str) -> str:
    """`text` as hibari reads it whole: numbers in words, none of its commands. Raises BadInput for other scripts."""
    if not any(c.isalnum() for c in text):
        raise BadInput(f"nothing to say in {text[:40]!r}: write a letter or a digit")
    strange = "".join(c for c in _LETTERS.findall(text) if not unicodedata.name(c, "").startswith(("LATIN", "MICRO")))
    if strange:
        raise BadInput(f"hibari reads Latin letters only, not {strange[:20]!r} in {text[:40]!r}: write how it sounds")
    # A line break would end a sentence for it.
    return " ".join(_SILENT.sub(" ", spoken(_SILENT.sub(" ", text), language)).split())


__all__ = ["Hibari", "readable"]
