"""The transcribe room: what it believes, what it refuses, what it remembers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dubbench import media, memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.types import Dub, Sound, Source, Tracks, Word


class Ear(Transcribe):
    """Hears what it is told to hear, and counts how often it was asked."""

    heard = Transcript(language="en")
    asked = 0

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        self.asked += 1
        return self.heard if language is None else self.heard.but(language=language, guesses=((language, 1.0),))


def hearing(guesses: tuple[tuple[str, float], ...], *words: tuple[str, float, float]) -> Ear:
    ear = Ear()
    spoken = tuple(Word(text=text, start=start, end=end) for text, start, end in words)
    ear.heard = Transcript(language=guesses[0][0], guesses=guesses, segments=(spoken,) if spoken else ())
    return ear


@pytest.fixture
def dub(tmp_path: Path) -> Dub:
    path = memory.Memory(tmp_path).path("probe", "k", ".wav")
    path.parent.mkdir(parents=True)
    media.write(path, Sound(np.full((2, 96_000), 0.1, np.float32), 48_000))
    source = Source(path="a.wav", sha256="0", duration=2.0)
    return Dub(id="d", source=source, target_language="pt", tracks=Tracks(original=media.describe(path, tmp_path))).at(
        tmp_path
    )


def test_a_doubtful_language_stops_with_the_likeliest_and_what_to_say(dub: Dub) -> None:
    ear = hearing((("el", 0.24), ("en", 0.2), ("cy", 0.1)), ("hello", 0.1, 0.5))
    with pytest.raises(BadInput, match=r"el \(0\.24\), en \(0\.20\), cy \(0\.10\).*--from el"):
        ear(dub)


def test_a_language_that_a_person_named_is_believed(dub: Dub) -> None:
    ear = hearing((("el", 0.24), ("en", 0.2)), ("hello", 0.1, 0.5))
    understood = ear(dub.but(source_language="en"))
    assert (understood.source_language, understood.language_confidence) == ("en", None)
    assert [line.text for line in understood.lines] == ["hello"]


def test_a_sure_guess_is_kept_with_its_confidence(dub: Dub) -> None:
    understood = hearing((("en", 0.93), ("cy", 0.02)), ("hello", 0.1, 0.5))(dub)
    assert (understood.source_language, understood.language_confidence) == ("en", 0.93)


def test_nothing_heard_needs_no_sure_language(dub: Dub) -> None:
    assert hearing((("el", 0.1), ("en", 0.1)))(dub).lines == ()


def test_what_was_heard_is_remembered_by_content(dub: Dub) -> None:
    first, second = (hearing((("en", 0.9),), ("hello", 0.1, 0.5)) for _ in range(2))
    once = first(dub)
    assert first(once) is once
    assert second(dub).lines == once.lines
    assert (first.asked, second.asked) == (1, 0)


def test_words_outside_the_sound_are_a_fault_of_the_model(dub: Dub) -> None:
    with pytest.raises(AdapterFailed, match="outside the sound"):
        hearing((("en", 0.9),), ("hello", 1.5, 7.0))(dub)


def test_a_dub_without_sound_says_what_comes_first(dub: Dub) -> None:
    with pytest.raises(BadInput, match="probe comes first"):
        hearing((("en", 0.9),))(dub.but(tracks=Tracks()))


def test_settings_are_strict() -> None:
    with pytest.raises(BadInput, match="setting 'volume'"):
        Ear(volume=3)


class Pieces(Ear):
    """An ear for five seconds at once: it hears how many tenths of a second it was given, and tells French apart."""

    piece = 5.0
    broken: float | None = None
    silent = False

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        self.asked += 1
        if self.broken is not None and self.asked > self.broken:
            raise AdapterFailed(self.name, "it broke")
        word = Word(text=f"{sound.duration:.1f}", start=0.0, end=sound.duration)
        quiet = self.silent and self.asked == 1
        return Transcript(language=language or "fr", segments=() if quiet else ((word,),))


@pytest.fixture
def long(dub: Dub) -> Dub:
    """A dub of 21 seconds whose rests are at 6, 11 and 16."""
    samples = np.full((2, 21 * 48_000), 0.1, np.float32)
    for rest in (6, 11, 16):
        samples[:, rest * 48_000 - 12_000 : rest * 48_000 + 12_000] = 0
    path = memory.Memory(dub.folder).path("probe", "long", ".wav")
    media.write(path, Sound(samples, 48_000))
    return dub.but(tracks=Tracks(original=media.describe(path, dub.folder)))


def texts(dub: Dub) -> list[str]:
    return [word.text for line in dub.lines for word in line.words]


def test_long_sound_is_cut_at_its_rests_and_each_piece_told(long: Dub) -> None:
    told = list[tuple[str, int, int, str]]()
    dub = Pieces()(long.but(source_language="fr"), lambda *news: told.append(news))
    assert [float(text) for text in texts(dub)] == pytest.approx([6, 5, 5, 5], abs=0.3)
    starts = [word.start for line in dub.lines for word in line.words]
    assert starts == pytest.approx([0, 6, 11, 16], abs=0.3)
    assert told[1:-1] == [("transcribe", done, 4, "listening") for done in (1, 2, 3, 4)]


def test_pieces_that_were_heard_before_it_broke_are_not_heard_again(long: Dub) -> None:
    broken = Pieces()
    broken.broken = 3
    with pytest.raises(AdapterFailed, match="broke"):
        broken(long.but(source_language="fr"))
    healed = Pieces()
    assert len(texts(healed(long.but(source_language="fr")))) == 4
    assert healed.asked == 1


def test_the_language_is_that_of_the_first_piece_in_which_anything_is_said(long: Dub) -> None:
    ear = Pieces()
    ear.silent = True
    dub = ear(long)
    assert dub.source_language == "fr"
    assert ear.asked == 4, "no piece is heard twice"


def test_a_doubtful_guess_is_made_again_of_more_sound(long: Dub) -> None:
    class Guessing(Pieces):
        def guess(self, sound: Sound) -> tuple[tuple[str, float], ...]:
            given.append(sound.duration)
            return (("de", 0.3 if len(given) == 1 else 0.9), ("nl", 0.05))

    given = list[float]()
    path = memory.Memory(long.folder).path("probe", "longer", ".wav")
    media.write(path, Sound(np.full((1, 100 * 8_000), 0.1, np.float32), 8_000))
    dub = Guessing()(long.but(tracks=Tracks(original=media.describe(path, long.folder))))
    assert given == pytest.approx([64, 100])
    assert (dub.source_language, dub.language_confidence) == ("de", 0.9)
