"""OpenAI-style endpoints as models: speech, transcription, chat (for translation). No company's library is needed.

`url` is the address up to and with its version ("http://127.0.0.1:8000/v1"). `key_env` is the name of the environment
variable that holds the key: the key itself is never a setting, so it is in no file, no content key and no error.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from dubbench import durations
from dubbench.errors import AdapterFailed, BadInput, Missing
from dubbench.foreign.endpoints import ADDRESS, Endpoint, Reply, form, post, post_json
from dubbench.foreign.fitness import sayable, spread, within, without_edges
from dubbench.media.writing import pcm16
from dubbench.stages.base import Stage
from dubbench.stages.speak import Speak, Spoken
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.stages.translate import Translate
from dubbench.translation import chat
from dubbench.translation.backward import Backward
from dubbench.translation.network import Network
from dubbench.types import Controls, Line, Seconds, Sound, Voice, Word
from dubbench.weights import Weights


class HttpSpeak(Speak):
    """`POST {url}/audio/speech`, answered with a WAV. `voices` are the names that the endpoint knows.

    DUBBENCH_SPEAK_URL, DUBBENCH_SPEAK_MODEL and DUBBENCH_SPEAK_KEY are what its settings are where nobody wrote them.
    """

    parallel = 4
    calibrated = True

    class Settings(Endpoint):
        model: str = "tts-1"
        voices: Mapping[str, Literal["female", "male"] | None] = Field(
            default_factory=lambda: dict.fromkeys(("alloy", "echo", "fable", "nova", "onyx", "shimmer"))
        )
        letters_per_second: float | None = Field(None, gt=0)

        @model_validator(mode="before")
        @classmethod
        def _from_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
            return given if "url" in given else {**(speak_from_environment() or {}), **given}

    def presets(self, language: str) -> tuple[Voice, ...]:
        return tuple(Voice(id=name, preset=name, sex=sex) for name, sex in self.settings.voices.items())

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        self._refuse(language)
        sayable(text)
        style = {"instructions": controls.style} if controls.style else {}
        answer = post_json(
            self, "/audio/speech", model=self.settings.model, input=text, voice=voice.preset or voice.id,
            speed=round(pace, 3), response_format="wav", **style,
        )  # fmt: skip
        return Spoken(_sound(self, answer))

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """A guess by syllables, or by letters where somebody set how many a second; takes correct it (`calibrated`)."""
        sayable(text)
        if self.settings.letters_per_second is None:
            return durations.seconds(text, language)
        return max(durations.SHORTEST, len(text.strip()) / float(self.settings.letters_per_second))


def _sound(stage: Stage, answer: Reply) -> Sound:
    """The mono sound in an answer, without the silence at its edges."""
    import soundfile

    try:
        samples, rate = soundfile.read(io.BytesIO(answer.body), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        what, said = f"{len(answer.body)} bytes of {answer.kind}", answer.body[:200].decode("utf-8", "replace")
        raise AdapterFailed(stage.name, f"what it answered is no sound but {what}", stderr=said) from None
    if not samples.any():
        raise AdapterFailed(stage.name, "it answered with silence")
    return without_edges(Sound(samples.T, int(rate)))


def speak_from_environment() -> dict[str, Any] | None:
    """Settings of the speaker that DUBBENCH_SPEAK_URL names, None where it does not.

    DUBBENCH_SPEAK_MODEL is the endpoint's model; a key in DUBBENCH_SPEAK_KEY is used by that name.
    """
    url = os.environ.get("DUBBENCH_SPEAK_URL")
    if not url:
        return None
    if not re.match(ADDRESS, url):
        raise BadInput(f"DUBBENCH_SPEAK_URL is '{url}'; give an address like http://127.0.0.1:8000/v1, or unset it")
    model = os.environ.get("DUBBENCH_SPEAK_MODEL")
    key = "DUBBENCH_SPEAK_KEY" if os.environ.get("DUBBENCH_SPEAK_KEY") else None
    return {"url": url, **({"model": model} if model else {}), **({"key_env": key} if key else {})}


LANGUAGES = {
    "arabic": "ar", "catalan": "ca", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en",
    "finnish": "fi", "french": "fr", "galician": "gl", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi",
    "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko", "norwegian": "no",
    "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "spanish": "es", "swedish": "sv",
    "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip
"""Endpoints name the language that they heard in English words; ours are codes."""


class HttpTranscribe(Transcribe):
    """`POST {url}/audio/transcriptions` with times of words."""

    class Settings(Endpoint):
        model: str = "whisper-1"
        piece: Seconds = Field(500.0, ge=10)
        """About how much is sent at once, half as much again at most: 750 s of PCM are 24 MB, endpoints take 25."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.piece = self.settings.piece

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        if language is not None:
            self._refuse(language)
        answer = self._asked(sound, language)
        try:
            known = language or _code(answer)
            segments = _segments(answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AdapterFailed(self.name, f"what it answered is no transcript: {error!r}") from None
        if known is None:
            raise AdapterFailed(self.name, "it does not say which language it heard; say which with --from")
        return Transcript(language=known, guesses=((known, 1.0),), segments=tuple(s for s in segments if s))

    def _asked(self, sound: Sound, language: str | None) -> Any:
        import soundfile

        wave = io.BytesIO()
        pcm = pcm16(within(sound).samples)
        soundfile.write(wave, pcm.T, sound.sample_rate, format="WAV", subtype="PCM_16")
        fields = [
            ("model", self.settings.model), ("response_format", "verbose_json"), ("temperature", "0"),
            ("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment"),
        ]  # fmt: skip
        body, kind = form([*fields, *([("language", language)] if language else [])], wave.getvalue())
        answer = post(self, "/audio/transcriptions", body, kind).body
        try:
            return json.loads(answer)
        except ValueError:
            said = answer[:200].decode("utf-8", "replace")
            raise AdapterFailed(self.name, "what it answered is no JSON", stderr=said) from None


def _code(answer: Mapping[str, Any]) -> str | None:
    heard = answer.get("language")
    if heard is None:
        return None
    code = LANGUAGES.get(str(heard).lower(), str(heard).lower())
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", code):
        raise ValueError(f"unknown language {heard!r}")
    return code


def _segments(answer: Mapping[str, Any]) -> list[tuple[Word, ...]]:
    """verbose_json as words; without times of words, a segment's time is shared by letters."""
    words = [_word(w) for w in answer.get("words") or ()]
    segments = answer.get("segments") or ()
    if not words:
        return [spread(str(s["text"]), s["start"], s["end"]) for s in segments]
    ends = [float(s["end"]) for s in segments[:-1]]
    places = [sum(1 for end in ends if word.start >= end - 1e-3) for word in words]
    return [tuple(w for w, p in zip(words, places, strict=True) if p == i) for i in range(len(ends) + 1)]


def _word(word: Mapping[str, Any]) -> Word:
    return Word(
        text=str(word["word"]).strip(), start=float(word["start"]), end=float(word["end"]),
        confidence=float(word.get("probability", 1.0)),
    )  # fmt: skip


class HttpTranslate(Translate):
    """`POST {url}/chat/completions`; the answer is JSON that must hold each line once, or is asked for again.

    Lines that there is no time for in any wording that lost nothing are asked for once more. `read_back` names a model
    whose weights read lines back from their wordings ("bergamot" does between English and Portuguese); without it only
    numbers, names and negations are looked at.
    """

    batch = 16
    context = 4
    version = 2

    class Settings(Endpoint):
        model: str = "gpt-4o-mini"
        wordings: int = Field(3, ge=1, le=5)
        temperature: float = Field(0.0, ge=0)
        read_back: str | None = None

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
        empty = next((line for line in lines if not line.text.strip()), None)
        if empty is not None:
            raise BadInput(f"line {empty.id} has no text to translate")
        back = self._way_back(source, target)
        system = chat.SYSTEM.format(source=source, target=target, wordings=self.settings.wordings)
        question = json.dumps(chat.asked(lines, glossary, before, after), ensure_ascii=False)
        talk = [_turn("system", system), _turn("user", question)]
        why = ""
        for _ in range(self.settings.tries):
            said = self._said(talk)
            try:
                given = chat.answered(said, lines)
            except ValueError as error:
                why = " ".join(str(error).split())[:300]
                complaint = f"That answer cannot be used: {why}. Answer again, with JSON alone, all lines in it."
                talk = [*talk[:2], _turn("assistant", said), _turn("user", complaint)]
            else:
                return self._shortened([*talk, _turn("assistant", said)], lines, given, target, back)
        raise AdapterFailed(self.name, f"no usable answer in {self.settings.tries} tries: {why}", line=lines[0].id)

    def _shortened(
        self, talk: list[dict[str, str]], lines: Sequence[Line], given: list[list[str]], target: str,
        back: Backward | None,
    ) -> list[list[str]]:  # fmt: skip
        """What was given without what lost something; asked for once more where nothing is left that fits."""
        found = [chat.kept(line, wordings, target, back) for line, wordings in zip(lines, given, strict=True)]
        poor = [i for i, line in enumerate(lines) if chat.wanting(line, found[i], target)]
        if not poor or self.settings.wordings == 1:
            return found
        some = [lines[i] for i in poor]
        again = [*talk, _turn("user", chat.shorter(some, [given[i] for i in poor], target))]
        try:
            better = chat.answered(self._said(again), some)
        except ValueError:
            return found
        for i, wordings in zip(poor, better, strict=True):
            ways = sorted({*found[i][1:], *wordings}, key=lambda text: (-len(text), text))
            found[i] = chat.kept(lines[i], [found[i][0], *ways], target, back)
        return found

    def _way_back(self, source: str, target: str) -> Backward | None:
        """Read anew for each batch, in 0.2 s. Raises Missing where the weights are not here, or of other pairs."""
        name = self.settings.read_back
        if name is None:
            return None
        folder, pair = Weights(name).where(), f"{target}-{source}"
        files = [folder / f"model.{pair}.bin", folder / f"vocab.{pair}.spm"] if folder else []
        if not files or not all(file.is_file() for file in files):
            raise Missing(f"'{name}' reads no {source} back from {target} here; run: dubbench models fetch {name}")
        return Backward(Network(*files), source)

    def _said(self, talk: Sequence[Mapping[str, str]]) -> str:
        answer = post_json(
            self, "/chat/completions", model=self.settings.model, messages=talk, seed=self.seed,
            temperature=self.settings.temperature, response_format={"type": "json_object"},
        ).body  # fmt: skip
        try:
            return str(json.loads(answer)["choices"][0]["message"]["content"] or "")
        except (ValueError, KeyError, IndexError, TypeError):
            said = answer[:200].decode("utf-8", "replace")
            raise AdapterFailed(self.name, "what it answered is no chat completion", stderr=said) from None


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
