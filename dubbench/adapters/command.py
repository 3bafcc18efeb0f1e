"""Any program as a model: its command line is a list with placeholders, run without a shell, under a deadline.

    [espeak.settings]
    argv = ["espeak-ng", "-v", "{language}", "-s", "{rate}", "-f", "{input}", "-w", "{output}"]

Whatever the program is licensed under, it is only run, never linked. A program that exits with an error, hangs or
writes nothing is an `AdapterFailed` with its own last words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from dubbench import durations, media
from dubbench.errors import AdapterFailed, BadInput
from dubbench.foreign.fitness import sayable, spread, within, without_edges
from dubbench.foreign.programs import Command, failed, run, text_of, written
from dubbench.processes import passing
from dubbench.stages.base import Stage
from dubbench.stages.diarize import Diarize
from dubbench.stages.separate import Separate
from dubbench.stages.speak import Speak, Spoken
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.stages.translate import Translate
from dubbench.text import subtitles
from dubbench.types import Controls, Line, Seconds, Sound, Turn, Voice, Word


class CommandSpeak(Speak):
    """Text on {text}, in the file {input}, or on stdin; a WAV, FLAC, OGG or MP3 in {output} or on stdout.

    {pace} is 1.1 for a tenth faster, {rate} the same in words a minute (`rate` of them are natural). A program whose
    command line has neither reads at its own pace, and the fit finds out by measuring. Silence at the edges is taken
    off: there is always some.
    """

    calibrated = True

    class Settings(Command):
        places = frozenset({"text", "language", "voice", "pace", "rate", "input", "output", "seed"})
        rate: float = Field(175.0, gt=0)
        letters_per_second: float | None = Field(None, gt=0)
        voices: Mapping[str, Literal["female", "male"] | None] = Field(default_factory=dict)
        """Names that {voice} may become, and whose voice it is."""

    def presets(self, language: str) -> tuple[Voice, ...]:
        return tuple(Voice(id=name, preset=name, sex=sex) for name, sex in self.settings.voices.items())

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        self._refuse(language)
        sayable(text)
        if text.startswith("-") and "{text}" in self.settings.argv:
            raise BadInput(f"model '{self.name}' would take {text[:20]!r} for an option: use {{input}}, not {{text}}")
        with passing.folder("command") as folder:
            script, output = folder / "text.txt", folder / "speech.wav"
            script.write_text(text, "utf-8")
            stdin = b"" if self.settings.uses("text") or self.settings.uses("input") else text.encode()
            given = run(
                self, stdin, text=text, language=language, voice=voice.preset or voice.id, pace=f"{pace:g}",
                rate=round(self.settings.rate * pace), input=script, output=output, seed=self.seed,
            )  # fmt: skip
            output.write_bytes(written(self, output, given))
            return Spoken(_sound(self, output))

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """A guess by syllables, or by letters where somebody set how many a second; takes correct it (`calibrated`)."""
        sayable(text)
        if self.settings.letters_per_second is None:
            return durations.seconds(text, language)
        return max(durations.SHORTEST, len(text.strip()) / float(self.settings.letters_per_second))


def _sound(stage: Stage, path: Path) -> Sound:
    """The mono sound in a file, without the silence at its edges."""
    try:
        sound = media.read(path, channels=1)
    except Exception as error:
        raise failed(stage, f"what it gave is not sound: {error}") from None
    if not sound.samples.any():
        raise failed(stage, "it gave no sound")
    return without_edges(sound)


class CommandTranscribe(Transcribe):
    """A 16 kHz mono WAV at {input}; the transcript in {output} or on stdout, as `format` says.

    "json": {"language": "en", "segments": [{"start", "end", "text", "words": [{"word", "start", "end"}]}]}, as whisper
    programs write it. "srt": subtitles. "text": words alone. Where words carry no times, those of their segment (of
    the whole sound, for "text") are shared out by letters.
    """

    class Settings(Command):
        places = frozenset({"language", "input", "output"})
        format: Literal["json", "srt", "text"] = "json"
        language: str | None = None
        """What {language} becomes, and the transcript's language, when nobody said which it is."""

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        if language is not None:
            self._refuse(language)
        asked = language or self.settings.language
        with passing.folder("command") as folder:
            heard, output = folder / "sound.wav", folder / "transcript"
            media.write(heard, within(sound))
            given = run(self, language=asked or "auto", input=heard, output=output)
            text = text_of(self, written(self, output, given))
        try:
            found, segments = self._parsed(text, sound.duration)
        except (BadInput, ValueError, KeyError, TypeError, AttributeError) as error:
            raise failed(self, f"its {self.settings.format} is no transcript: {error!r}") from None
        known = asked or found
        if known is None:
            raise BadInput(f"model '{self.name}' does not tell languages apart; say which with --from")
        return Transcript(language=known, guesses=((known, 1.0),), segments=tuple(s for s in segments if s))

    def _parsed(self, text: str, duration: Seconds) -> tuple[str | None, list[tuple[Word, ...]]]:
        if self.settings.format == "json":
            whole = json.loads(text)
            return whole.get("language"), [_segment(part) for part in whole["segments"]]
        if self.settings.format == "srt":
            # No cue at all is what silence is in SRT; the reader takes it for a broken file.
            cues = subtitles.parse(text) if "-->" in text else ()
            return None, [spread(cue.text, cue.start, cue.end) for cue in cues]
        return None, [spread(text, 0.0, duration)]


def _segment(part: Mapping[str, Any]) -> tuple[Word, ...]:
    """A segment of whisper's JSON as words."""
    if not part.get("words"):
        return spread(part["text"], float(part["start"]), float(part["end"]))
    return tuple(
        Word(
            text=str(word.get("word", word.get("text"))).strip(), start=word["start"], end=word["end"],
            confidence=word.get("probability", word.get("confidence", 1.0)),
        )
        for word in part["words"]
    )  # fmt: skip


class CommandTranslate(Translate):
    """A line of text a line, on stdin or in {input}; as many lines on stdout or in {output}. Line breaks inside a
    line become spaces on the way in, as the program could not tell them from its own."""

    batch = 32

    class Settings(Command):
        places = frozenset({"source", "target", "input", "output"})

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
        texts = [" ".join(line.text.split()) for line in lines]
        if not all(texts):
            raise BadInput(f"line {lines[texts.index('')].id} has no text to translate")
        with passing.folder("command") as folder:
            asked, output = folder / "source.txt", folder / "target.txt"
            asked.write_text("\n".join(texts) + "\n", "utf-8")
            stdin = b"" if self.settings.uses("input") else asked.read_bytes()
            given = run(self, stdin, source=source, target=target, input=asked, output=output)
            answers = text_of(self, written(self, output, given)).removesuffix("\n").split("\n")
        if len(answers) != len(lines):
            raise AdapterFailed(self.name, f"{len(lines)} lines in, {len(answers)} out", line=lines[0].id)
        for line, answer in zip(lines, answers, strict=True):
            if not answer.strip():
                raise AdapterFailed(self.name, "it translated a line into nothing", line=line.id)
        return [[answer.strip()] for answer in answers]


class CommandSeparate(Separate):
    """A stereo WAV of floats at {input}; {output} is a folder for the files named in `speech` and `background`."""

    class Settings(Command):
        places = frozenset({"input", "output"})
        speech: str = "speech.wav"
        background: str = "background.wav"

    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        import soundfile

        with passing.folder("command") as folder:
            mixed, output = folder / "mixed.wav", folder / "out"
            output.mkdir()
            soundfile.write(mixed, sound.samples.T, sound.sample_rate, subtype="FLOAT")
            run(self, input=mixed, output=output)
            names = (self.settings.speech, self.settings.background)
            speech, background = (self._part(output / name, sound) for name in names)
        return speech, background

    def _part(self, path: Path, whole: Sound) -> Sound:
        if not path.is_file():
            raise failed(self, f"it wrote no '{path.name}' into {{output}}")
        part = media.read(path, sample_rate=whole.sample_rate, channels=whole.samples.shape[0])
        if part.samples.shape != whole.samples.shape:
            raise failed(self, f"'{path.name}' lasts {part.duration:.3f} s, not {whole.duration:.3f} s")
        return part


class CommandDiarize(Diarize):
    """A 16 kHz mono WAV at {input}; RTTM in {output} or on stdout. {speakers} is their number, 0 when not known."""

    class Settings(Command):
        places = frozenset({"input", "output", "speakers"})

    def diarize(self, sound: Sound, speakers: int | None = None) -> tuple[Turn, ...]:
        with passing.folder("command") as folder:
            heard, output = folder / "sound.wav", folder / "turns.rttm"
            media.write(heard, within(sound))
            given = run(self, input=heard, output=output, speakers=speakers or 0)
            said = text_of(self, written(self, output, given))
        try:
            found = rttm(said)
        except (ValueError, IndexError) as error:
            raise failed(self, f"its answer is not RTTM: {error}") from None
        names = {label: _letters(i) for i, label in enumerate(dict.fromkeys(turn.speaker for turn in found))}
        return tuple(turn.but(speaker=names[turn.speaker]) for turn in found)


def rttm(text: str) -> list[Turn]:
    """The turns of a text in RTTM, in order of their start. Raises ValueError or IndexError for what is none."""
    # SPEAKER file channel start duration <NA> <NA> label <NA> <NA>
    rows = (row.split() for row in text.splitlines())
    found = sorted((float(r[3]), float(r[3]) + float(r[4]), r[7]) for r in rows if r and r[0] == "SPEAKER")
    return [Turn(speaker=label, start=start, end=end) for start, end, label in found]


def _letters(place: int) -> str:
    """0 is "A", 25 is "Z", 26 is "AA"."""
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
