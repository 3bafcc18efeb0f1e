"""Whisper through faster-whisper (CTranslate2): any size, any language it knows, quantised, many pieces at once.

Speech is found first by Silero's voice activity detector, so silence and music are never heard as text; a segment that
Whisper itself calls "no speech" is dropped. On silence, noise and instrumental music together these two removed every
invented word and no real one (real speech stays under 0.36, inventions lie above 0.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from dubbench import graphs
from dubbench.graphs import threads
from dubbench.languages import LANGUAGES
from dubbench.stages.base import Settings as BaseSettings
from dubbench.stages.transcribe import Guesses, Transcribe, Transcript
from dubbench.types import Samples, Seconds, Sound, Word

REPEATS = 2.4
"""Compression ratio above which a segment may say the same over and over; Whisper's own bound. Where it does
(`looping`) it is heard once more with no three words twice. Hotter temperatures, the usual way out, draw at random: the
same sound must give the same text."""

LOOP = re.compile(r"(?:^| )(\S+(?: \S+){0,11}?)(?: \1){3}(?= |$)")
"""Up to twelve words four times in succession. A clear announcement that only asked for the same three times compressed
by 2.5; heard again without repeats it lost most of its sentences."""

HEARD = 0.4
"""Share of a segment in which Silero hears speech that makes it speech though Whisper doubts it: announcements over the
telephone, clear and whole, had 0.56 to 0.81 at a "no speech" of 0.69; what it invented on music had 0.05 and 0.21 at
0.73 and 0.78."""

UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "yue", "zh"})
"""Languages written without spaces, whose tokens say nothing about where words begin."""

WINDOW: Seconds = 30.0
"""What the model looks at at once. From window to window it finds its way by the times."""

LONG: Seconds = 600.0
"""What a GPU is given at once: there pieces of Whisper's own window are decoded in batches."""


class Whisper(Transcribe):
    """faster-whisper on a folder of CTranslate2 weights, or on a model name of the Hub (`settings.model`).

    On the CPU every processor hears a piece of its own, one thread each: a minute took 2.4 s on two cores, where two
    threads on one piece after the other took 7.0 s. On a GPU long pieces are decoded in batches.
    """

    licence = "MIT"
    languages = tuple(LANGUAGES)
    requires = ("faster-whisper>=1.2",)
    parallel: ClassVar[int] = threads()
    version: ClassVar[int] = 6
    added: ClassVar[tuple[str, ...]] = ("vad", "context")

    class Settings(BaseSettings):
        """Silero's filter is `vad`; with `context` each window is heard as going on from the text before it; a segment
        less likely to be speech than `no_speech` allows is dropped."""

        model: str | None = None
        device: str = "auto"
        compute_type: str = "int8"
        beam_size: int = 5
        batch_size: int = 8
        no_speech: float = 0.6
        vad: bool = True
        context: bool = False

    _model: Any = None
    _batched: Any = None

    def load(self) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        self._model = WhisperModel(
            self.settings.model or str(self.weights.folder()),
            device=self.settings.device,
            compute_type=self.settings.compute_type,
            cpu_threads=1,
            num_workers=threads(),
        )
        self._batched = BatchedInferencePipeline(self._model) if self.on_gpu else None
        self.piece = LONG if self.on_gpu else type(self).piece

    def unload(self) -> None:
        self._model = self._batched = None

    @property
    def on_cpu(self) -> bool:
        if self.settings.device != "auto":
            return bool(self.settings.device == "cpu")
        import ctranslate2

        return bool(ctranslate2.get_cuda_device_count() == 0)

    @property
    def on_gpu(self) -> bool:
        return self._model is not None and self._model.model.device == "cuda"

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        """See `Transcribe.transcribe`."""
        if language:
            self._refuse(language)
        guesses = ((language, 1.0),) if language else self.guess(sound)
        with graphs.steady():
            found = self._found(sound, guesses[0][0], word_timestamps=True)
            segments = tuple(self._worded(self._spoken(found, sound), sound.duration, guesses[0][0]))
        return Transcript(language=guesses[0][0], guesses=guesses, segments=segments)

    def text(self, sound: Sound, language: str) -> str:
        """See `Transcribe.text`: without looking for times, which took a fifth of it, where one window holds it all."""
        self._refuse(language)
        times = {"without_timestamps": True} if sound.duration <= WINDOW else {}
        with graphs.steady():
            found = self._spoken(self._found(sound, language, **times), sound)
        return " ".join(part.text.strip() for part in found)

    def _spoken(self, found: Iterable[Any], sound: Sound) -> list[Any]:
        """The segments that are speech: as Whisper says, or else as Silero does."""
        kept, heard = list[Any](), None
        for segment in found:
            doubted = segment.no_speech_prob > self.settings.no_speech
            if doubted and heard is None:
                heard = _heard(sound) if self.settings.vad else np.zeros(1, bool)
            if not doubted or (heard is not None and _share(heard, segment.start, segment.end) >= HEARD):
                kept.append(segment)
        return kept

    def _found(self, sound: Sound, language: str, **more: Any) -> list[Any]:
        options: dict[str, Any] = {
            "language": language,
            "beam_size": self.settings.beam_size,
            "temperature": 0.0,
            "condition_on_previous_text": self.settings.context,
            "vad_filter": self.settings.vad,
            **more,
        }
        found = self._segments(sound.mono, options)
        said = " ".join(segment.text.strip() for segment in found)
        loops = language in UNSPACED or looping(said)
        if loops and any(segment.compression_ratio > REPEATS for segment in found):
            return self._segments(sound.mono, {**options, "no_repeat_ngram_size": 3})
        return found

    def guess(self, sound: Sound) -> Guesses:
        """The three likeliest languages, judged on the first half minute that holds speech."""
        if not self.ready()._model.model.is_multilingual:
            return (("en", 1.0),)
        with graphs.steady():
            _, _, ranked = self._model.detect_language(
                sound.mono, vad_filter=self.settings.vad, language_detection_segments=1
            )
        return tuple((str(code), round(float(p), 4)) for code, p in sorted(ranked, key=lambda r: -r[1])[:3])

    def _segments(self, samples: Samples, options: dict[str, Any]) -> list[Any]:
        # The batches are made of what the filter found, and know no text before them.
        if self._batched is not None and self.settings.vad and not self.settings.context:
            return list(self._batched.transcribe(samples, batch_size=self.settings.batch_size, **options)[0])
        return list(self._model.transcribe(samples, **options)[0])

    def _worded(self, found: Iterable[Any], duration: Seconds, language: str) -> Iterable[tuple[Word, ...]]:
        for segment in found:
            words = tuple(
                Word(
                    text="".join(part.word for part in parts).strip(),
                    start=min(float(parts[0].start), duration),
                    end=min(float(parts[-1].end), duration),
                    confidence=min(float(part.probability) for part in parts),
                )
                for parts in whole_words(segment.words or (), spaced=language not in UNSPACED)
                if any(c.isalnum() for part in parts for c in part.word)
            )
            if words:
                yield words


def looping(text: str) -> bool:
    """Whether a few words follow upon themselves again and again."""
    return LOOP.search(" ".join(re.sub(r"[^\w' ]+", " ", text.lower()).split())) is not None


FRAME = 512
"""Samples at 16 kHz that Silero looks at."""


def _heard(sound: Sound) -> Any:
    """Frame by frame, whether Silero hears speech."""
    from faster_whisper.vad import get_vad_model

    samples = sound.mono
    return np.ravel(get_vad_model()(np.pad(samples, (0, -len(samples) % FRAME)))) > 0.5


def _share(heard: Any, start: Seconds, end: Seconds) -> float:
    """The share of a segment's frames in which there is speech."""
    first = int(start * Whisper.sample_rate / FRAME)
    frames = heard[first : max(first + 1, int(end * Whisper.sample_rate / FRAME))]
    return float(frames.mean()) if len(frames) else 0.0


def whole_words(parts: Iterable[Any], *, spaced: bool) -> list[list[Any]]:
    """What Whisper calls words, put together where no space begins the next: "1" ",250" ",000" is one word, and so are
    "25" "%", "example" ".com" and "well" "-known"; apart they are translated and spoken as something else."""
    words: list[list[Any]] = []
    for part in parts:
        if words and spaced and not part.word.startswith(" "):
            words[-1].append(part)
        else:
            words.append([part])
    return words
