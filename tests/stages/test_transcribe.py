"""The transcribe room: what it believes, what it refuses, what it remembers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dubbench import listen, media, memory
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


def test_an_ear_that_hears_in_pieces_tells_of_each(dub: Dub) -> None:
    class Pieces(Ear):
        def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
            heard = super().transcribe(sound, language)
            return heard.but(segments=tuple(self.counted(heard.segments * 3, 3)))

    ear, told = Pieces(), list[tuple[str, int, int, str]]()
    ear.heard = hearing((("en", 1.0),), ("hello", 0.1, 0.5)).heard
    ear(dub, lambda *news: told.append(news))
    steps = [("transcribe", done, 3, "listening") for done in (1, 2, 3)]
    assert told[1:-1] == steps
    ear.transcribe(Sound(np.zeros((1, 16_000), np.float32), 16_000))
    assert told[1:-1] == steps
    listen.heard(dub, ear, lambda: Sound(np.zeros((1, 16_000), np.float32), 16_000), {}, lambda *x: told.append(x))
    assert told[-3:] == [("listen", done, 3, "listening to the dub") for done in (1, 2, 3)]
