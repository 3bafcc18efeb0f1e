"""What a dub hears of itself: a line that is not understood is read again, plainly first; few are heard alone."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import dubbench
from dubbench import documents, listen
from dubbench.adapters.toy import ToySpeak, ToyTranslate
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.testing import tiny_dub
from dubbench.types import Dub, Emphasis, Sound, Word
from tests.talks import make_talk


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


def unheard(tmp_path: Path) -> Dub:
    """One line that was spoken and that nobody listened to."""
    dub = ToyTranslate()(tiny_dub(tmp_path))
    return ToySpeak()(dub.but(lines=(dub.lines[0].but(translation="casa azul clara"),)))


def test_a_take_that_is_understood_alone_need_not_be_heard_in_the_film(tmp_path: Path) -> None:
    ear, dub = Ear(), unheard(tmp_path)
    ear.ready().hears = ["casa azul clara"]
    take = listen.alone(dub, ear).lines[0].take
    assert take is not None
    assert (take.heard, take.score) == ("casa azul clara", 0.0)


def test_one_that_is_not_is_judged_by_the_film(tmp_path: Path) -> None:
    ear, dub = Ear(), unheard(tmp_path)
    ear.ready().hears = ["nada"]
    after = listen.alone(dub, ear)
    assert [line.id for line in listen.unheard(after)] == [dub.lines[0].id]
    take = listen.judged(after, ear, {dub.lines[0].id: "casa azul clara"}).lines[0].take
    assert take is not None
    assert take.score == 0.0


def test_the_film_of_an_edited_line_is_there_before_it_is_heard(tmp_path: Path) -> None:
    film, home = make_talk(tmp_path / "a.mp4", bursts=9), tmp_path / "o"
    before = dubbench.dub(film, to="pt", out=home, cast="toy")
    edited = before.lines[4].but(translation="outra coisa")
    documents.write(before.with_lines({edited.id: edited}), home / documents.NAME)
    told = list[tuple[str, str]]()
    run = dubbench.redub(home, progress=lambda room, done, total, what: told.append((room, what)))
    listened = [i for i, (room, _) in enumerate(told) if room == "listen"]
    written = told.index(("mux", "written"))
    assert told[listened[0]] == ("listen", "listening to the new lines")
    assert told[listened[-1]] == ("listen", "listening to the dub")
    assert listened[0] < written < listened[-1]
    take = run.dub.lines[4].take
    assert take is not None
    assert (take.heard, run.redone["speak"]) == ("outra coisa", 1)
