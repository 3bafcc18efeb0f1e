"""A speaking model that nobody at dubbench knows: it says each word as one beep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dubbench.errors import BadInput
from dubbench.stages.base import Settings
from dubbench.stages.speak import Speak, Spoken
from dubbench.types import Seconds, Sound, Voice

CATALOG = Path(__file__).with_name("catalog.toml")
RATE = 16_000
BEEP: Seconds = 0.25


class Echo(Speak):
    """A beep a word, `hertz` high."""

    licence = "MIT"
    languages = ("en", "pt")

    class Settings(Settings):
        hertz: float = 440.0

    def presets(self, language: str) -> tuple[Voice, ...]:
        return (Voice(id="echo", preset="echo"),)

    def speak(self, text: str, voice: Voice, language: str, *, pace: float = 1.0, **rest: Any) -> Spoken:
        self._refuse(language)
        seconds = self.estimate(text, voice, language) / pace
        time = np.arange(round(seconds * RATE)) / RATE
        wave = 0.3 * np.cos(2 * np.pi * self.settings.hertz * time)
        return Spoken(Sound(wave.astype(np.float32)[None], RATE))

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        words = [word for word in text.split() if any(c.isalnum() for c in word)]
        if not words:
            raise BadInput(f"nothing to say in {text[:40]!r}")
        # Scripts without spaces have one word a sentence, so letters count as well.
        return BEEP * max(len(words), len(text.strip()) / 8)
