"""Clauses of the rooms that take sound or film: separate, transcribe, diarize, watermark, faces,
lipsync."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dubbench import media, memory
from dubbench.errors import BadInput
from dubbench.stages.transcribe import Transcript
from dubbench.testing.report import broken, left_out
from dubbench.testing.tiny import syllables, tiny_film
from dubbench.types import Line, Seconds, Sound, Turn, Word

if TYPE_CHECKING:
    from dubbench.testing.contract import Subject

SHIFT: Seconds = 2.0
NEAR: Seconds = 0.6
"""How far a time may be from where it belongs when the same sound begins later: models cut words differently."""


def silence(seconds: Seconds, rate: int, *, channels: int = 1) -> Sound:
    return Sound(np.zeros((channels, round(seconds * rate)), np.float32), rate)


def _asked(subject: Subject, verb: str, sound: Sound, *rest: Any) -> Any:
    """What the verb gives, after proof that it left the sound alone."""
    before = sound.samples.tobytes()
    result = getattr(subject.adapter, verb)(sound, *rest)
    if sound.samples.tobytes() != before:
        raise broken(f"{verb}() changed the samples that it was given")
    return result


def _remember(subject: Subject, verb: str, ask: Callable[[], Any]) -> Any:
    result = ask()
    subject.results[verb] = (ask, result)
    return result


def _sample(subject: Subject) -> Sound:
    if subject.sample is None:
        raise left_out("no sample of real speech was given")
    rate = subject.adapter.sample_rate
    return media.resample(Sound(subject.sample.mono[None], subject.sample.sample_rate), rate)


def in_language(subject: Subject, language: str) -> Transcript:
    """A second of silence, asked for in a language."""
    return subject.adapter.transcribe(silence(1.0, subject.adapter.sample_rate), language)  # type: ignore[no-any-return]


def transcribe(subject: Subject) -> None:
    """Clauses of the transcribe room."""
    clause, language = subject.report.clause, subject.language or (subject.languages or ("en",))[0]
    rate = subject.adapter.sample_rate
    with clause("its input is not modified and the words lie in order inside the sound"):
        sound = _sample(subject)
        heard = _remember(subject, "transcribe", lambda: _asked(subject, "transcribe", sound, language))
        words = _words(heard)
        if not words:
            raise broken("it heard no word in the sample")
        _inside([(word.start, word.end) for word in words], sound)
    with clause("times are seconds at the true sample rate: they move with the sound"):
        sound = _sample(subject)
        later = Sound(np.concatenate([silence(SHIFT, rate).samples, sound.samples], axis=1), rate)
        first = _words(subject.results["transcribe"][1])[0].start
        moved = _words(_asked(subject, "transcribe", later, language))
        if not moved or abs(moved[0].start - first - SHIFT) > NEAR:
            where = f"at {moved[0].start:.2f} s" if moved else "nowhere"
            raise broken(f"a first word at {first:.2f} s was found {where} when the sound began {SHIFT:g} s later")
    with clause("the language that was asked for is the transcript's"):
        if (given := in_language(subject, language).language) != language:
            raise broken(f"'{language}' was asked for and '{given}' came back")
    with clause("silence gives no words"):
        for seconds in (3.0, 0.05, 0.0):
            try:
                text = _asked(subject, "transcribe", silence(seconds, rate), language).text
            except BadInput:
                continue
            if text:
                raise broken(f"{seconds:g} s of it gave {text[:60]!r}")


def _words(transcript: Transcript) -> list[Word]:
    return [word for segment in transcript.segments for word in segment]


def _inside(spans: Sequence[tuple[Seconds, Seconds]], sound: Sound) -> None:
    for start, end in spans:
        if not 0 <= start <= end <= sound.duration + 0.05:
            raise broken(f"{start:.2f}–{end:.2f} s lies outside {sound.duration:.2f} s of sound")
    if any(later[0] < earlier[0] for earlier, later in pairwise(spans)):
        raise broken("they are not in order of their start")


def diarize(subject: Subject) -> None:
    """Clauses of the diarize room."""
    clause, rate = subject.report.clause, subject.adapter.sample_rate
    with clause("its input is not modified and the turns lie in order inside the sound"):
        sound = _sample(subject)
        turns = _remember(subject, "diarize", lambda: _asked(subject, "diarize", sound))
        if not turns:
            raise broken("it heard nobody in the sample")
        _inside([(turn.start, turn.end) for turn in turns], sound)
    with clause("speakers are A, B, … in order of appearance"):
        _sample(subject)
        labels = list(dict.fromkeys(turn.speaker for turn in subject.results["diarize"][1]))
        if labels != [chr(ord("A") + i) for i in range(len(labels))]:
            raise broken(f"it calls them {', '.join(labels)}")
    with clause("times are seconds at the true sample rate: they move with the sound"):
        sound = _sample(subject)
        later = Sound(np.concatenate([silence(SHIFT, rate).samples, sound.samples], axis=1), rate)
        first, moved = subject.results["diarize"][1][0].start, _asked(subject, "diarize", later)
        if not moved or abs(moved[0].start - first - SHIFT) > NEAR:
            raise broken(f"the first turn at {first:.2f} s did not move by {SHIFT:g} s with the sound")
    with clause("a number of speakers that a person gave is not exceeded"):
        found = {turn.speaker for turn in _asked(subject, "diarize", _sample(subject), 1)}
        if len(found) > 1:
            raise broken(f"1 speaker was asked for and {len(found)} came back")
    with clause("silence is nobody's turn"):
        for seconds in (3.0, 0.05):
            turns = _asked(subject, "diarize", silence(seconds, rate))
            if turns:
                raise broken(f"{seconds:g} s of it gave {len(turns)} turns")
    subject.results.setdefault("diarize", _noted(lambda: subject.adapter.diarize(silence(3.0, rate))))


def _noted(ask: Callable[[], Any]) -> tuple[Callable[[], Any], Any]:
    return ask, ask()


def separate(subject: Subject) -> None:
    """Clauses of the separate room."""
    clause, rate = subject.report.clause, subject.adapter.sample_rate
    sound = syllables(2.5, rate, channels=2)
    with clause("its input is not modified and both parts have its length, shape and rate, to the sample"):
        _remember(subject, "separate", lambda: _asked(subject, "separate", sound))
        for length in (sound.samples.shape[1], rate + 7, 100):
            piece = Sound(sound.samples[:, :length].copy(), rate)
            for part in _asked(subject, "separate", piece):
                if part.samples.shape != piece.samples.shape or part.sample_rate != rate:
                    raise broken(f"{piece.samples.shape} gave {part.samples.shape} at {part.sample_rate} Hz")
    with clause("the parts are finite and make up the whole"):
        whole = sum(part.samples.astype(np.float64) for part in subject.results["separate"][1])
        if not np.isfinite(whole).all():
            raise broken("there are values that are no numbers")
        if (left := _rms(whole - sound.samples)) > 0.5 * _rms(sound.samples):
            raise broken(f"{left / _rms(sound.samples):.0%} of the sound is missing from their sum, or was added")
    with clause("silence gives silence"):
        for part in _asked(subject, "separate", silence(1.0, rate, channels=2)):
            if np.max(np.abs(part.samples)) > 1e-3:
                raise broken("it made a sound of its own")


def _rms(samples: Any) -> float:
    return float(np.sqrt(np.mean(np.asarray(samples, np.float64) ** 2)))


def watermark(subject: Subject) -> None:
    """Clauses of the watermark room."""
    clause = subject.report.clause
    plain = subject.sample or syllables(4.0, 24_000)
    plain = Sound(plain.mono[None].copy(), plain.sample_rate)
    with clause("its input is not modified and the marked sound has its length, shape and rate, within [-1, 1]"):
        marked = _remember(subject, "mark", lambda: _asked(subject, "mark", plain))
        if marked.samples.shape != plain.samples.shape or marked.sample_rate != plain.sample_rate:
            raise broken(f"{plain.samples.shape} at {plain.sample_rate} Hz became {marked.samples.shape}")
        if not np.max(np.abs(marked.samples)) <= 1.0:
            raise broken(f"its loudest sample is {np.max(np.abs(marked.samples)):.2f}")
    with clause("the mark is found, and only where it is"):
        found = _remember(subject, "detect", lambda: _asked(subject, "detect", subject.results["mark"][1]))
        false = _asked(subject, "detect", plain)
        if not 0 <= false < 0.5 < found <= 1:
            raise broken(f"it is {found:.2f} sure of a marked sound and {false:.2f} of an unmarked one")
    with clause("the marked sound is as loud as before, within 1 dB, and the mark 10 dB or more under it"):
        marked = subject.results["mark"][1]
        under = 20 * np.log10(_rms(plain.samples) / max(_rms(marked.samples - plain.samples), 1e-9))
        louder = 20 * np.log10(_rms(marked.samples) / _rms(plain.samples))
        if under < 10 or abs(louder) > 1:
            raise broken(f"it lies {under:.0f} dB under the sound, which is {louder:+.1f} dB louder with it")
    with clause("very short sound and silence are taken"):
        for seconds in (0.05, 1.0):
            quiet = silence(seconds, plain.sample_rate)
            if _asked(subject, "mark", quiet).samples.shape != quiet.samples.shape:
                raise broken(f"{seconds:g} s of silence came back with another length")


def faces(subject: Subject) -> None:
    """Clauses of the faces room."""
    with tempfile.TemporaryDirectory() as folder:
        film = subject.film or tiny_film(Path(folder) / "film.mp4")
        before, length = memory.file_sha256(film), media.probe(film).duration
        turns = (Turn(speaker="A", start=0.2, end=min(1.5, length)),)
        with subject.report.clause("the film stays as it is and the mouths lie in order inside it"):
            mouths = subject.adapter.faces(film, turns)
            if memory.file_sha256(film) != before:
                raise broken("it wrote into the film")
            if any(not 0 <= m.start < m.end <= length for m in mouths):
                raise broken(f"a mouth shows outside the {length:.2f} s of the film")
            if any(a.start > b.start for a, b in pairwise(mouths)):
                raise broken("they are not in order of their start")
        with subject.report.clause("the same film and seed give the same mouths"):
            if subject.adapter.faces(film, turns) != mouths:
                raise broken("the second time they were others")


def lipsync(subject: Subject) -> None:
    """Clauses of the lipsync room."""
    with tempfile.TemporaryDirectory() as folder:
        film = subject.film or tiny_film(Path(folder) / "film.mp4")
        speech, to = Path(folder) / "speech.wav", Path(folder) / "synced.mp4"
        media.write(speech, syllables(2.0, 48_000))
        before = [memory.file_sha256(path) for path in (film, speech)]
        lines = (Line(id="1", start=0.2, end=1.8, text="Hello you", speaker="A"),)
        with subject.report.clause("it writes a film, and film and speech that it was given stay as they are"):
            subject.adapter.sync(film, speech, lines, to)
            if [memory.file_sha256(path) for path in (film, speech)] != before:
                raise broken("it wrote into its input")
        with subject.report.clause("the new film has the size, the frame rate and the length of the old one"):
            _alike(film, to)
        with subject.report.clause("the same film and seed give the same picture"):
            again = Path(folder) / "again.mp4"
            subject.adapter.sync(film, speech, lines, again)
            if media.frames_md5(to) != media.frames_md5(again):
                raise broken("the second picture is another")


def _alike(film: Path, to: Path) -> None:
    if not to.is_file():
        raise broken("it wrote no film")
    old, new = media.probe(film), media.probe(to)
    for what in ("width", "height", "frame_rate"):
        if getattr(old, what) != getattr(new, what):
            raise broken(f"{what} was {getattr(old, what)} and is {getattr(new, what)}")
    if abs(old.duration - new.duration) > 0.05:
        raise broken(f"the film lasted {old.duration:.2f} s and lasts {new.duration:.2f} s")
