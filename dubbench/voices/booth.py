"""Where candidates are heard: a speaking model, a model of voices and an ear, for one language. No search here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from dubbench import catalog, languages, media, memory
from dubbench.errors import Unsupported
from dubbench.stages.base import Progress, quiet
from dubbench.stages.speak import Speak
from dubbench.text import spelling
from dubbench.types import Samples, Sound, Voice
from dubbench.vectors import Vector
from dubbench.voiceprint import pitch
from dubbench.weights.pins import cache_folder

RATE = 16_000
REST = 0.8
"""Seconds of silence between sentences for the ear, which loses first and last words without it (`listen`)."""


@dataclass(frozen=True, eq=False)
class Heard:
    """How a voice sounded: its unit vector, its median pitch in hertz, and each sentence (n,) at 16 kHz."""

    vector: Vector
    pitch_hz: float | None
    parts: tuple[Samples, ...]


class Booth:
    """The models of a cast that a voice of `language` is fitted with. Raises Unsupported, Missing."""

    def __init__(self, language: str, *, cast: str = "default", models: Mapping[str, str] | None = None) -> None:
        chosen = catalog.cast(cast, **(models or {}))
        speak: Any = chosen.choose("speak", language)
        ear = chosen.choose("transcribe")
        embedder: Any = chosen.choose("diarize")
        if language not in sentences() or not speak.blends:
            raise Unsupported(f"model '{speak.name}' wears no voice fitted for {languages.name(language)}; "
                              f"kokoro does, for: {', '.join(sentences())}")  # fmt: skip
        if not hasattr(embedder, "embed"):
            raise Unsupported(f"model '{getattr(embedder, 'name', None)}' tells no voices apart; choose powerset with "
                              "--model diarize=powerset")  # fmt: skip
        speak.check(None, language)
        self.language, self.speak, self.embedder = language, speak, embedder
        self.ear: Any = ear if ear is not None and ear.speaks(language) else None
        self.search, self.check, self.held = (sentences()[language][part] for part in ("search", "check", "held"))

    def hear(self, voice: Voice, texts: Sequence[str]) -> Heard:
        """What a voice sounds like, reading some sentences."""
        speak: Speak = self.speak
        said = [speak.ready().speak(text, voice, self.language).sound for text in texts]
        parts = tuple(media.resample(sound, RATE).samples[0] for sound in said)
        whole = Sound(np.concatenate(parts)[None], RATE)
        return Heard(np.asarray(self.embedder.ready().embed(whole)), pitch(whole), parts)

    def each(self, voices: Sequence[Voice], texts: Sequence[str]) -> list[Heard]:
        """`hear` for several, as many at once as the model allows."""
        with ThreadPoolExecutor(max(1, self.speak.parallel)) as pool:
            return list(pool.map(lambda voice: self.hear(voice, texts), voices))

    def misheard(self, voice: Voice) -> float | None:
        """The share of words misheard in the sentences for checking; None where the ear does not know the language."""
        return None if self.ear is None else self.wer(self.hear(voice, self.check), self.check)

    def wer(self, heard: Heard, texts: Sequence[str]) -> float | None:
        """The share of words that the ear misheard; None where it does not know the language."""
        if self.ear is None:
            return None
        rest = np.zeros(round(REST * RATE), np.float32)
        sound = np.concatenate([rest, *(piece for part in heard.parts for piece in (part, rest))])
        text = self.ear.ready().text(Sound(sound[None], RATE), self.language)
        return spelling.wer(" ".join(texts), text, self.language).rate

    def presets(self, progress: Progress = quiet) -> dict[str, tuple[Vector, float | None]]:
        """The vector and pitch of every preset that fitted voices are made of, remembered from voice to voice."""
        names = list(next(iter(self.speak.styles().values())))
        found = {}
        with ThreadPoolExecutor(max(1, self.speak.parallel)) as pool:
            for name, (vector, hertz) in zip(names, pool.map(self._preset, names), strict=True):
                found[name] = np.asarray(vector, np.float64), hertz
                progress("presets", len(found), len(names), name)
        return found

    def _preset(self, name: str) -> tuple[list[float], float | None]:
        store = memory.Memory(cache_folder() / "voices")
        key = memory.key(
            preset=name, texts=self.search, language=self.language, by=[self.speak.identity(), self.embedder.identity()]
        )
        kept = store.recall("presets", key)
        if kept is None:
            heard = self.hear(Voice(id=name, preset=name), self.search)
            kept = [[round(float(x), 6) for x in heard.vector], heard.pitch_hz]
            store.keep("presets", key, kept)
        return kept[0], kept[1]


@cache
def sentences() -> dict[str, dict[str, list[str]]]:
    """Short sentences by language: what the search hears, checks its best by, and what is held out from it."""
    text = resources.files("dubbench.voices").joinpath("sentences.json").read_text("utf-8")
    found: dict[str, dict[str, list[str]]] = json.loads(text)
    return found
