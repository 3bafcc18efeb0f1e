"""Whisper through faster-whisper (CTranslate2): any size, any language it knows, quantised, batched on long sound.

Speech is found first by Silero's voice activity detector, so silence and music are never heard as text; a segment that
Whisper itself calls "no speech" is dropped. On silence, noise and instrumental music together these two removed every
invented word and no real one (real speech stays under 0.36, inventions lie above 0.6).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from dubbench.graphs import threads
from dubbench.languages import LANGUAGES
from dubbench.stages.base import Settings as BaseSettings
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.types import Seconds, Sound, Word

TEMPERATURES = (0.0, 0.2, 0.4)
"""Tried in turn while a segment's text repeats itself or is improbable; hotter ones invent."""


class Whisper(Transcribe):
    """faster-whisper on a folder of CTranslate2 weights, or on a model name of the Hub (`settings.model`)."""

    licence = "MIT"
    languages = tuple(LANGUAGES)
    requires = ("faster-whisper>=1.2",)

    class Settings(BaseSettings):
        model: str | None = None
        device: str = "auto"
        compute_type: str = "int8"
        beam_size: int = 5
        batch_size: int = 8
        batch_from: Seconds = 180.0
        no_speech: float = 0.6

    _model: Any = None
    version: ClassVar[int] = 1

    def load(self) -> None:
        from faster_whisper import WhisperModel

        where = self.settings.model or str(self.weights.folder())
        self._model = WhisperModel(
            where, device=self.settings.device, compute_type=self.settings.compute_type, cpu_threads=threads()
        )

    def unload(self) -> None:
        self._model = None

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        """See `Transcribe.transcribe`. Sound longer than `settings.batch_from` seconds is decoded in batches."""
        if language:
            self._refuse(language)
        samples = sound.mono
        guesses = ((language, 1.0),) if language else self._guess(samples)
        options: dict[str, Any] = {
            "language": guesses[0][0],
            "beam_size": self.settings.beam_size,
            "temperature": TEMPERATURES,
            "condition_on_previous_text": False,
            "word_timestamps": True,
            "vad_filter": True,
        }
        if sound.duration > self.settings.batch_from:
            from faster_whisper import BatchedInferencePipeline

            batched = BatchedInferencePipeline(self._model)
            found, _ = batched.transcribe(samples, batch_size=self.settings.batch_size, **options)
        else:
            found, _ = self._model.transcribe(samples, **options)
        segments = tuple(self._heard(found, sound.duration))
        return Transcript(language=guesses[0][0], guesses=guesses, segments=segments)

    def _guess(self, samples: Any) -> tuple[tuple[str, float], ...]:
        """The three likeliest languages, judged on the first half minute that holds speech."""
        _, _, ranked = self._model.detect_language(samples, vad_filter=True, language_detection_segments=1)
        return tuple((str(code), round(float(p), 4)) for code, p in sorted(ranked, key=lambda r: -r[1])[:3])

    def _heard(self, found: Iterable[Any], duration: Seconds) -> Iterable[tuple[Word, ...]]:
        for segment in found:
            if segment.no_speech_prob > self.settings.no_speech:
                continue
            words = tuple(
                Word(
                    text=word.word.strip(),
                    start=min(float(word.start), duration),
                    end=min(float(word.end), duration),
                    confidence=float(word.probability),
                )
                for word in segment.words or ()
                if any(c.isalnum() for c in word.word)
            )
            if words:
                yield words
