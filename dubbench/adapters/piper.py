"""Piper: VITS voices as ONNX, a voice a catalogue entry, read by espeak-ng, their lengths planned and kept.

Kim, Kong and Son 2021, "Conditional Variational Autoencoder with Adversarial Learning for End-to-End Text-to-Speech"
(arXiv 2106.06103). How its chance and its lengths come into our hands: piper_graphs. The same seed gives the same
sound, and how long a text will take is known from the model before there is any.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from dubbench import graphs
from dubbench.adapters import piper_graphs
from dubbench.adapters.piper_graphs import CHANNELS, FRAME
from dubbench.errors import BadInput
from dubbench.espeak import espeak
from dubbench.stages.base import Settings
from dubbench.stages.speak import Speak, Spoken
from dubbench.text import sentences
from dubbench.text.readings import spoken
from dubbench.types import Controls, Phoneme, Samples, Seconds, Sound, Voice

START, PAD, END = "^", "_", "$"
LIMIT = 400
"""Phonemes in one pass, about half a minute; a sentence is one, as the voices were trained."""

SLOWEST, FASTEST = 0.5, 2.0
BEFORE, AFTER = 0.025, 0.060
"""Seconds kept around what is heard."""
FADE: Seconds = 0.005
PEAK = 0.99
SHORTEST: Seconds = 0.1
DYING: Seconds = 0.025
"""How much longer than its last sound's frames what is heard goes on: the median of twenty sentences."""

_LETTERS = re.compile(r"[^\W\d_]")
_SILENT = re.compile("[\\x00-\\x1f\\x7f\\u200b-\\u200f\\u2028-\\u202e\\u2190-\\u2bff\\ufe0f\\U0001f000-\\U0001faff]+")
"""Control characters end a C string or mean nothing; of pictures and emoji espeak-ng would say the names."""
_MARKED = str.maketrans({"—": ",", "–": ",", "…": ".", "(": ",", ")": ",", "[": ",", "]": ",", "<": " ", ">": " "})
_MARKS = re.compile(r"((?:[;!?]|[.,:](?!\w))+)")
"""A point, comma or colon is a mark only where a word ends: "3.5" and "10:30" stay whole."""


@dataclass(frozen=True)
class _Piece:
    """What is said in one pass. `natural` are frames of each token at pace 1, not rounded."""

    symbols: tuple[str, ...]
    tokens: npt.NDArray[np.int64]
    natural: Samples

    def frames(self, speed: float) -> npt.NDArray[np.int64]:
        """At least one each, as the model rounds them."""
        return np.asarray(np.maximum(np.ceil(self.natural / np.float32(speed)), 1), np.int64)


class Piper(Speak):
    """A Piper voice: weights `voice.onnx` and `voice.onnx.json`, which says how it is read. One speaker.

    Another voice of Piper's is another catalogue entry with its own weights, settings and languages.
    """

    on_cpu = True
    licence = "MIT; espeak-ng GPL-3.0-or-later"
    languages = ("en",)
    requires = ("onnxruntime>=1.20", "onnx>=1.17", "espeakng-loader==0.2.4")
    parallel: ClassVar[int] = graphs.threads()

    class Settings(Settings):
        """Who is heard (`voice`, `sex`, `pitch_hz`), and what the voice's own file says unless set: `noise` of the
        sound and `rhythm` noise of the lengths; 0 takes the chance out of either."""

        voice: str
        sex: Literal["female", "male"] | None = None
        pitch_hz: float | None = Field(None, gt=0)
        noise: float | None = Field(None, ge=0, le=1)
        rhythm: float | None = Field(None, ge=0, le=1)

    _facts: dict[str, Any]

    def load(self) -> None:
        self._facts = json.loads((self.weights.folder() / "voice.onnx.json").read_text("utf-8"))
        if self._facts["num_speakers"] != 1:
            raise BadInput(
                f"'{self.name}' holds {self._facts['num_speakers']} speakers; take a voice of Piper's with one"
            )
        model = self.weights.folder() / "voice.onnx"
        self._lengths = graphs.session(
            self.weights.built("lengths.onnx", 1, lambda to: piper_graphs.cut(model, to)), intra_op=1
        )
        self._model = graphs.session(
            self.weights.built("opened.onnx", 1, lambda to: piper_graphs.opened(model, to)), intra_op=1
        )
        espeak()

    def unload(self) -> None:
        del self._lengths, self._model, self._facts

    def presets(self, language: str) -> tuple[Voice, ...]:
        """The one that this entry is."""
        who = self.settings
        return (
            Voice(id=who.voice, name=who.voice, preset=who.voice, language=language, sex=who.sex, pitch_hz=who.pitch_hz,
                  licence=self.licence),
        )  # fmt: skip

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """From the model's own lengths, before there is sound; the silence at the edges is left out."""
        return self._seconds(self._pieces(text, voice, language), 1.0)

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        """It takes `estimate` / pace seconds but for what its edges differ from the plan: up to 0.07 s on one word."""
        if not SLOWEST <= pace <= FASTEST:
            raise BadInput(f"Piper speaks at paces from {SLOWEST} to {FASTEST}, not {pace:.2f}")
        pieces = self._pieces(text, voice, language)
        speed = self._speed(pieces, self._seconds(pieces, 1.0) / pace)
        samples = np.concatenate([self._sound(piece, speed) for piece in pieces])
        taken, start = _taken(samples, self._rate)
        return Spoken(Sound(taken[None], self._rate), self._phonemes(pieces, speed, start, len(taken) / self._rate))

    @property
    def _rate(self) -> int:
        return int(self._facts["audio"]["sample_rate"])

    def _seconds(self, pieces: list[_Piece], speed: float) -> Seconds:
        """How long pieces last without the silence that their first and last tokens make."""
        frames = np.concatenate([piece.frames(speed) for piece in pieces])
        last = len(frames) - 1 - next(i for i, s in enumerate(reversed(pieces[-1].symbols)) if s.isalpha())
        heard = frames[2:last].sum() + frames[last]
        return max(float(heard * FRAME / self._rate) + DYING, SHORTEST) + BEFORE + AFTER

    def _speed(self, pieces: list[_Piece], wanted: Seconds) -> float:
        """What divides the lengths so that pieces take `wanted` seconds: not the pace, for frames are rounded up."""
        low, high = SLOWEST / 2, FASTEST * 2
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if self._seconds(pieces, middle) > wanted else (low, middle)
        return min((low, 1.0, high), key=lambda speed: abs(self._seconds(pieces, speed) - wanted))

    def _pieces(self, text: str, voice: Voice, language: str) -> list[_Piece]:
        self._refuse(language)
        if voice.preset != self.settings.voice:
            raise BadInput(f"'{voice.preset}' is no voice of '{self.name}'; take {self.settings.voice}")
        ids: Mapping[str, list[int]] = self.ready()._facts["phoneme_id_map"]
        said = [part for one in sentences.split(readable(text, language), language) for part in self._said(one, ids)]
        if not said:
            raise BadInput(f"nothing in {text[:40]!r} can be said in '{language}': write it in that language's letters")
        return [self._piece(part, ids) for part in said]

    def _said(self, sentence: str, ids: Mapping[str, list[int]]) -> list[str]:
        """A sentence's phonemes with its marks, in symbols that the voice knows, each pass at most LIMIT of them."""
        out = ""
        for i, piece in enumerate(_MARKS.split(sentence)):
            said = espeak().say(piece, self._facts["espeak"]["voice"]) if i % 2 == 0 and _speaks(piece) else piece[:1]
            out += said if i % 2 or not out else f" {said}"
        known = "".join(c for c in unicodedata.normalize("NFD", out.replace("^", "")) if c in ids and c not in "^$_")
        return [part for part in _passes(" ".join(known.split())) if any(c.isalpha() for c in part)]

    def _piece(self, said: str, ids: Mapping[str, list[int]]) -> _Piece:
        # A pad after each, as in training.
        symbols = (START, PAD, *(s for c in said for s in (c, PAD)), END)
        tokens = np.array([[ids[s][0] for s in symbols]], np.int64)
        rhythm = np.random.default_rng(self.seed).standard_normal((1, 2, len(symbols)), np.float32)
        natural = self._lengths.run(None, {**self._given(tokens), "rhythm": rhythm})[0].ravel()
        return _Piece(symbols, tokens, natural)

    def _given(self, tokens: npt.NDArray[np.int64]) -> dict[str, Any]:
        """The model's own inputs: tokens, how many, and how strong the noises are around a length."""
        own, wished = self._facts["inference"], self.settings
        noise = own["noise_scale"] if wished.noise is None else wished.noise
        rhythm = own["noise_w"] if wished.rhythm is None else wished.rhythm
        scales = np.array([noise, own["length_scale"], rhythm], np.float32)
        return {"input": tokens, "input_lengths": np.array([tokens.shape[1]], np.int64), "scales": scales}

    def _sound(self, piece: _Piece, speed: float) -> Samples:
        frames = piece.frames(speed)
        noise = np.random.default_rng(self.seed + 1).standard_normal((int(frames.sum()), CHANNELS), np.float32)
        inputs = {**self._given(piece.tokens), "frames": frames[None, None].astype(np.float32), "noise": noise.T[None]}
        known = {i.name for i in self._model.get_inputs()}
        sound: Samples = self._model.run(None, {k: v for k, v in inputs.items() if k in known}, graphs.lean())[
            0
        ].ravel()
        if len(sound) != frames.sum() * FRAME:
            raise RuntimeError(f"{len(sound)} samples came instead of {frames.sum() * FRAME}")
        return sound

    def _phonemes(self, pieces: list[_Piece], speed: float, start: Seconds, end: Seconds) -> tuple[Phoneme, ...]:
        """Every sound with its pad, in what was taken from `start` on."""
        found, at = list[Phoneme](), -start
        for piece in pieces:
            ends = at + np.cumsum(piece.frames(speed)) * FRAME / self._rate
            for i, symbol in enumerate(piece.symbols):
                if symbol.isalpha() and symbol not in "ˈˌː":
                    first, last = (min(max(float(ends[j]), 0.0), end) for j in (i - 1, i + 1))
                    found.append(Phoneme(symbol=symbol, start=first, end=last))
            at = float(ends[-1])
        return tuple(found)


def readable(text: str, language: str) -> str:
    """`text` as espeak-ng reads it whole: numbers in words, marks it knows. Raises BadInput for other scripts."""
    if not _speaks(text):
        raise BadInput(f"nothing to say in {text[:40]!r}: write a letter or a digit")
    strange = "".join(c for c in _LETTERS.findall(text) if not unicodedata.name(c, "").startswith(("LATIN", "MICRO")))
    if strange:
        raise BadInput(
            f"this voice reads Latin letters only, not {strange[:20]!r} in {text[:40]!r}: write how it sounds"
        )
    return _SILENT.sub(" ", spoken(_SILENT.sub(" ", text), language)).translate(_MARKED)


def _speaks(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _passes(said: str) -> list[str]:
    """Cut at a mark, else at a word, else anywhere, near the middle, until each pass is at most LIMIT long."""
    if len(said) <= LIMIT:
        return [said]
    middle = len(said) / 2
    for pattern in (r"[,;:]\s", r"\s", r""):
        cuts = [m.end() for m in re.finditer(pattern, said) if abs(m.end() - middle) < 0.35 * len(said)]
        if cuts:
            break
    at = min(cuts, key=lambda cut: abs(cut - middle))
    return _passes(said[:at].strip()) + _passes(said[at:].strip())


def _taken(sound: Samples, rate: int) -> tuple[Samples, Seconds]:
    """What is less than 45 dB below the loudest 10 ms with a little silence around, and where it starts."""
    level = np.sqrt(np.convolve(sound * sound, np.full(rate // 100, 100 / rate), "same"))
    loud = np.flatnonzero(level > 10 ** (-45 / 20) * level.max())
    first = max(0, int(loud[0]) - round(BEFORE * rate))
    taken = sound[first : int(loud[-1]) + 1 + round(AFTER * rate)].copy()
    ramp = np.linspace(0, 1, round(FADE * rate), dtype=np.float32)
    taken[: len(ramp)] *= ramp
    taken[-len(ramp) :] *= ramp[::-1]
    return taken * min(1.0, PEAK / max(float(np.abs(taken).max()), 1e-9)), first / rate


__all__ = ["Piper", "readable"]
