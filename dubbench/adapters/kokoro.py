"""Kokoro-82M speaking through onnxruntime: voices, blends, stress, length planned and kept. How text is read:
kokoro_text; what was done to the model's graph: kokoro_graphs.

The model knows how long each phoneme will be before any sound is made (in frames of 600 samples at 24 kHz), so a
length is planned at any speed on a cut of the graph that costs 4 % of speaking, and the sound then has that length:

    tokens   | pad |  o  l  a  .  | pad |
    sound    .......ooo ll aaaa..........        each voice has its own silence at the edges (kokoro.json)
    taken        [--------------]                25 ms before what is heard, 60 ms after
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from dubbench import graphs
from dubbench.adapters import kokoro_graphs, kokoro_text
from dubbench.adapters.kokoro_graphs import Melody
from dubbench.adapters.kokoro_text import FACTS, TOKENS
from dubbench.adapters.kokoro_voices import PARTS, Worn, blend, worn
from dubbench.errors import BadInput
from dubbench.stages.speak import Speak, Spoken
from dubbench.text import emphasis, pronunciations
from dubbench.types import Controls, Phoneme, Samples, Seconds, Sound, Voice

RATE, FRAME = 24_000, 600
LEAD = 0.060
"""Seconds by which the sound leads its tokens."""

LEAD_BY_SPEED = 0.2
"""How the start of what is heard moves against its token as 1 / speed shrinks: five voices, speeds 0.6 to 1.8."""

BEFORE, AFTER = 0.025, 0.060
"""Seconds kept around what is heard, and how far they may give so that a length is met to the sample."""
BEFORE_LIMITS, AFTER_LIMITS = (0.010, 0.060), (0.020, 0.160)
OFF = 0.015
"""A length at a wished pace that is off by more than this share is asked for once more."""
SHORTEST = 0.1

FADE = 0.005
PEAK = 0.99
SLOWEST, FASTEST = 0.5, 2.0
PAUSES = {".": 0.30, "!": 0.30, "?": 0.30, "…": 0.30, ",": 0.15, ";": 0.20, ":": 0.20}
"""Seconds of silence between two passes of a text that is too long for one, by the mark it is cut at."""

_LETTERS = {"a": "en", "b": "en", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt", "z": "zh"}
_JOINS_NEXT, _JOINS_LAST = "ˈˌ", "ːʰʲ\u0303↓→↗↘"


@dataclass(frozen=True)
class _Piece:
    """What is said in one pass. `natural` are frames of each token at speed 1, pads included, not rounded."""

    symbols: str
    tokens: npt.NDArray[np.int64]
    style: Samples
    natural: Samples
    edges: dict[str, float]
    melody: Melody

    def frames(self, speed: float) -> npt.NDArray[np.int64]:
        """As the model rounds them: at least one each."""
        return np.maximum(np.round(self.natural / np.float32(speed) * self.melody.lengthened), 1).astype(np.int64)

    def seconds(self, speed: float) -> Seconds:
        """Length of what is taken, at `speed`: how the voice behaves at its edges is measured (kokoro.json)."""
        ends = np.cumsum(self.frames(speed)) * (FRAME / RATE)
        last = max(i for i, symbol in enumerate(self.symbols) if symbol.isalpha() and symbol not in _JOINS_LAST)
        first = ends[0] + self.edges["lead"] + LEAD_BY_SPEED * (1 - 1 / speed)
        heard = ends[last] + self.edges["after"] + self.edges["share"] * (ends[-1] - ends[last]) - first
        return max(float(heard), SHORTEST) + BEFORE + AFTER

    @property
    def pause(self) -> Seconds:
        """The silence that follows when another piece does, at speed 1."""
        return PAUSES.get(self.symbols[-1], 0.05)


def _fused(write: Callable[[Path, Path], None], model: Path, to: Path) -> None:
    """Write a graph of the model as it is loaded soonest."""
    write(model, to)
    graphs.fuse(to)


class Kokoro(Speak):
    """Kokoro-82M v1.0, ONNX int8, 54 voices in 9 languages; a style vector for each length of text.

    A preset is a voice's name or a blend of several by shares: "pf_dora:0.6+af_bella:0.4"; a fitted voice (`voices`) is
    a blend for its timbre and another for its prosody. Any voice can read any
    language; those that stay intelligible are the business of casting. Model and voices Apache-2.0; espeak-ng, which
    reads the text, GPL-3.0-or-later. Japanese and Chinese need misaki (Apache-2.0).
    """

    on_cpu = True
    licence = "Apache-2.0; espeak-ng GPL-3.0-or-later"
    languages = ("en", "es", "fr", "hi", "it", "ja", "pt", "zh")
    requires = ("onnxruntime>=1.20", "onnx>=1.17", "espeakng-loader==0.2.4")
    version = 4
    prosody: ClassVar[bool] = True
    reads_names: ClassVar[bool] = True
    blends: ClassVar[tuple[str, ...]] = tuple(PARTS)
    # One session on one thread each gives more sound a second than one on all (spikes: RTF 0.28 against 0.37).
    parallel: ClassVar[int] = graphs.threads()

    _model: Any
    _lengths: Any
    _styles: dict[str, Samples]
    _threads = 1

    def load(self) -> None:
        model = self.weights.folder() / "kokoro.onnx"
        lengths = self.weights.built("lengths.onnx", 2, lambda draft: _fused(kokoro_graphs.cut, model, draft))
        opened = self.weights.built("opened.onnx", 2, lambda draft: _fused(kokoro_graphs.opened, model, draft))
        # Without spinning, for other lines are spoken beside it after all, when one is taken again.
        self._model = graphs.session(opened, intra_op=self._threads, spin=self._threads == 1)
        self._lengths = graphs.session(lengths, intra_op=1)
        self._styles = {}
        kokoro_text.espeak()

    def expect(self, readings: int) -> None:
        """One line alone takes three quarters of the time on two threads, with the same samples; of two lines at once
        each takes a fifth more."""
        self._threads = self.parallel if readings < self.parallel else 1

    def unload(self) -> None:
        self._model = self._lengths = None
        self._styles = {}

    def check(self, source: str | None, target: str) -> None:
        """Raises Unsupported, or Missing where the reading rules of Japanese or Chinese are not installed."""
        super().check(source, target)
        kokoro_text.need(target)

    def presets(self, language: str) -> tuple[Voice, ...]:
        """Voices whose mother tongue is `language`, or blends of them where those are understood better, then guests
        of other tongues that were understood reading it."""
        natives = {name: facts["pitch_hz"] for name, facts in FACTS["voices"].items() if _LETTERS[name[0]] == language}
        own = FACTS["own"].get(language, natives)
        guests = FACTS["guests"].get(language, {})
        at_home = (_voice(preset, hertz, language).but(language=language) for preset, hertz in own.items())
        return (*at_home, *(_voice(preset, hertz, language) for preset, hertz in guests.items()))

    def reads(self, reading: str, language: str) -> bool:
        """IPA too, in the languages that espeak-ng reads, where the model has a symbol for each of its sounds."""
        readable = language in kokoro_text.ESPEAK and kokoro_text.from_ipa(reading) is not None
        return readable if pronunciations.ipa(reading) else True

    def styles(self) -> dict[str, dict[str, Samples]]:
        """For each half of a style, the mean over all lengths of text of every voice's: (128,)."""
        self.ready()
        names = tuple(FACTS["voices"])
        return {
            part: {name: np.asarray(self._style(name)[:, columns].mean(axis=0), np.float32) for name in names}
            for part, columns in PARTS.items()
        }

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """Seconds at pace 1, from the model's own durations."""
        return _seconds(self._pieces(text, voice, language), 1.0)

    def pace_for(self, text: str, voice: Voice, language: str, seconds: Seconds) -> float:
        """The pace at which `text` takes `seconds`. Raises BadInput when no pace in [0.5, 2] does."""
        return _possible(self.estimate(text, voice, language) / seconds)

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        """24 kHz; it takes `estimate` / pace seconds, to the sample where the silence at its edges allows.

        Also with words stressed: they are longer, but for hurried ones, and the others as much shorter.
        """
        bare = emphasis.bare(text)
        plain = self._pieces(bare, voice, language, controls)
        wanted = _seconds(plain, 1.0) / _possible(pace)
        pieces = plain if bare == text else self._pieces(text, voice, language, controls, pace)
        samples, phonemes = self._sounded(pieces, wanted)
        off = len(samples) / RATE - wanted
        if pace != 1 and abs(off) > OFF * wanted:
            again = self._sounded(pieces, wanted, planned=max(wanted - off, 0.5 * wanted))
            samples, phonemes = min((samples, phonemes), again, key=lambda said: abs(len(said[0]) / RATE - wanted))
        # The model overshoots full scale now and then (up to 1.24): the whole line is turned down, never clipped.
        samples *= min(1.0, PEAK / max(float(np.abs(samples).max()), 1e-9))
        return Spoken(Sound(samples[None], RATE), tuple(phonemes))

    def _sounded(
        self, pieces: list[_Piece], wanted: Seconds, planned: Seconds | None = None
    ) -> tuple[Samples, list[Phoneme]]:
        """The sound at the speed that should take `planned` seconds, its edges giving a little to take `wanted`."""
        speed = _speed(pieces, planned or wanted)
        exactly = wanted / _seconds(pieces, speed)
        parts: list[Samples] = []
        phonemes: list[Phoneme] = []
        for i, piece in enumerate(pieces):
            at = sum(map(len, parts)) / RATE
            sound, start = _taken(self._sound(piece, speed), round(piece.seconds(speed) * exactly * RATE))
            phonemes += [_moved(p, at - start, at, at + len(sound) / RATE) for p in _timed(piece, speed)]
            parts.append(sound)
            if i + 1 < len(pieces):
                parts.append(np.zeros(round(piece.pause / speed * RATE), np.float32))
        return np.concatenate(parts), phonemes

    def sounds(self, text: str, voice: Voice, language: str) -> int | None:
        """Read part by part its pitch falls at each pause as at a full stop (by 4 to 6 semitones; by 1 to 3 in one)."""
        said, _ = self._symbols(text, voice, language)
        return sum(s.isalpha() and s not in _JOINS_NEXT + _JOINS_LAST for s in said)

    def _symbols(self, text: str, voice: Voice, language: str) -> tuple[str, npt.NDArray[np.bool_]]:
        british = language == "en" and worn(voice).first.startswith("b")
        return kokoro_text.read(text, "en-gb" if british else language)

    def _pieces(
        self, text: str, voice: Voice, language: str, controls: Controls = Controls(), pace: float = 1.0
    ) -> list[_Piece]:
        self.ready()
        self._refuse(language)
        symbols, stressed = self._symbols(text, voice, language)
        share = 1.0 if controls.exaggeration is None else controls.exaggeration
        whole, pieces, at = Melody(stressed, share, controls.pitch_semitones or 0.0, pace), list[_Piece](), 0
        for part in kokoro_text.passes(symbols):
            at = symbols.index(part, at)
            pads = np.pad(stressed[at : at + len(part)], 1)
            pieces.append(self._piece(part, worn(voice), replace(whole, stressed=pads)))
            at += len(part)
        return pieces

    def _piece(self, symbols: str, wears: Worn, melody: Melody) -> _Piece:
        tokens = np.array([[0, *(TOKENS[s] for s in symbols), 0]], np.int64)
        row = len(symbols) - 1
        halves = (
            np.sum([share * self._style(name)[row, columns] for name, share in shares.items()], axis=0)
            for shares, columns in zip(wears, PARTS.values(), strict=True)
        )
        style = np.concatenate(list(halves)).astype(np.float32)[None]
        natural = self._lengths.run(None, {"tokens": tokens, "style": style})[0].ravel()
        return _Piece(symbols, tokens, style, natural, wears.edges(), melody)

    def _style(self, name: str) -> Samples:
        """(510, 256): one style vector for each number of phonemes."""
        if name not in self._styles:
            self._styles[name] = np.fromfile(self.weights.folder() / f"{name}.bin", "<f4").reshape(-1, 256)
        return self._styles[name]

    def _sound(self, piece: _Piece, speed: float) -> Samples:
        frames = piece.frames(speed)
        inputs = {"tokens": piece.tokens, "style": piece.style, "speed": np.array([speed], np.float32)}
        inputs |= piece.melody.inputs(frames)
        sound: Samples = self._model.run(None, inputs, graphs.lean())[0].ravel()
        if len(sound) != frames.sum() * FRAME:
            raise RuntimeError(f"{len(sound)} samples came instead of {frames.sum() * FRAME}")
        return sound


def _voice(preset: str, pitch_hz: float, language: str) -> Voice:
    """A preset that reads `language`, as a Voice: a guest, or a blend with one, has the guest's own language."""
    shares = blend(Voice(id=preset, preset=preset))
    most = max(shares, key=lambda name: shares[name])
    tongues = [_LETTERS[name[0]] for name in shares if _LETTERS[name[0]] != language] or [language]
    return Voice(
        id=preset, name=" + ".join(name[3:].capitalize() for name in shares), preset=preset, pitch_hz=pitch_hz,
        language=tongues[0], sex="female" if most[1] == "f" else "male", licence="Apache-2.0",
    )  # fmt: skip


def _possible(pace: float) -> float:
    if not SLOWEST <= pace <= FASTEST:
        raise BadInput(f"Kokoro speaks at paces from {SLOWEST} to {FASTEST}, not {pace:.2f}")
    return pace


def _seconds(pieces: list[_Piece], speed: float) -> Seconds:
    return sum(p.seconds(speed) for p in pieces) + sum(p.pause for p in pieces[:-1]) / speed


def _speed(pieces: list[_Piece], wanted: Seconds) -> float:
    """The model's speed at which `pieces` take `wanted` seconds: it is not their ratio, for frames are rounded."""
    low, high = SLOWEST / 2, FASTEST * 2
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if _seconds(pieces, middle) > wanted else (low, middle)
    return min((low, 1.0, high), key=lambda speed: abs(_seconds(pieces, speed) - wanted))


def _taken(sound: Samples, wanted: int) -> tuple[Samples, Seconds]:
    """What is heard with a little silence around, `wanted` samples if those limits allow; and where it starts.

    Heard is what is less than 45 dB below the loudest 10 ms; the model's own silence lies 60 to 130 dB below.
    """
    level = np.sqrt(np.convolve(sound * sound, np.full(RATE // 100, 100 / RATE), "same"))
    loud = np.flatnonzero(level > 10 ** (-45 / 20) * level.max())
    first, last = int(loud[0]), int(loud[-1]) + 1
    spare = wanted - (last - first)
    after = int(np.clip(spare - BEFORE * RATE, AFTER_LIMITS[0] * RATE, AFTER_LIMITS[1] * RATE))
    before = int(np.clip(spare - after, BEFORE_LIMITS[0] * RATE, BEFORE_LIMITS[1] * RATE))
    start = max(0, first - before)
    taken = sound[start : last + after].copy()
    ramp = np.linspace(0, 1, round(FADE * RATE), dtype=np.float32)
    taken[: len(ramp)] *= ramp
    taken[-len(ramp) :] *= ramp[::-1]
    return taken, start / RATE


def _timed(piece: _Piece, speed: float) -> list[Phoneme]:
    """Sounds with times in the whole sound of a piece; a stress mark belongs to the next one, a length to the last."""
    edges = np.concatenate([[0], np.cumsum(piece.frames(speed))]) * (FRAME / RATE) - LEAD
    found: list[Phoneme] = []
    stress: tuple[str, Seconds] | None = None
    for symbol, start, end in zip(piece.symbols, edges[1:-2], edges[2:-1], strict=True):
        if symbol in _JOINS_NEXT:
            stress = (symbol, float(start))
        elif symbol in _JOINS_LAST and found:
            found[-1] = found[-1].but(symbol=found[-1].symbol + symbol, end=float(end))
        elif symbol.isalpha():
            mark, since = stress or ("", float(start))
            found.append(Phoneme(symbol=mark + symbol, start=since, end=float(end)))
            stress = None
    return found


def _moved(phoneme: Phoneme, by: Seconds, first: Seconds, last: Seconds) -> Phoneme:
    """The phoneme `by` seconds later, inside [first, last]."""
    start, end = (min(max(t + by, first), last) for t in (phoneme.start, phoneme.end))
    return phoneme.but(start=start, end=end)


__all__ = ["Kokoro"]
