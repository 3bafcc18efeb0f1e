"""What a dub hears of itself: a line that is not understood is read again, plainly first."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from dubbench import listen
from dubbench.adapters.toy import ToySpeak, ToyTranslate
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.testing import tiny_dub
from dubbench.types import Dub, Emphasis, Sound, Word


class Expressive(ToySpeak):
    """A toy voice that is said to stress words."""

    prosody: ClassVar[bool] = True


class Ear(Transcribe):
    """Hears the same whatever is said, in order."""

    def load(self) -> None:
        self.hears = [""]

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        words = tuple(Word(text=word, start=0.0, end=0.1) for word in self.hears.pop(0).split())
        return Transcript(language="pt", segments=(words,))


def misheard(tmp_path: Path, speak: Expressive) -> Dub:
    """One line with stress, whose take was heard as nothing like it."""
    dub = ToyTranslate()(tiny_dub(tmp_path))
    line = dub.lines[0].but(translation="uma casa azul", pitch_semitones=1.0, emphasis=(Emphasis(at=4, word="casa"),))
    line = speak(dub.but(lines=(line,))).lines[0]
    assert line.take is not None
    return dub.but(lines=(line.but(takes=(line.take.but(heard="uma causa", score=0.4),)),))


def test_a_line_that_is_not_understood_is_read_without_stress_and_stays_so(tmp_path: Path) -> None:
    speak, ear = Expressive(), Ear()
    ear.ready().hears = ["uma casa azul"]
    dub, changed = listen.retaken(misheard(tmp_path, speak), ear, speak)
    line = dub.lines[0]
    assert changed == (line.id,)
    assert (line.emphasis, line.pitch_semitones) == ((), 0.0)
    assert line.take is not None
    assert line.take.score == 0.0
    before = speak.made
    assert speak(dub).lines[0].speech == line.speech
    assert speak.made == before, "it is not spoken again"


def test_where_that_is_no_better_the_stress_stays(tmp_path: Path) -> None:
    speak, ear = Expressive(), Ear()
    ear.ready().hears = ["nada", "nada"]
    dub, changed = listen.retaken(misheard(tmp_path, speak), ear, speak)
    assert dub.lines[0].emphasis == (Emphasis(at=4, word="casa"),)
    assert [flag.name for flag in dub.lines[0].flags if flag.room == "listen"] == ["not-understood"]
    assert changed == ()
