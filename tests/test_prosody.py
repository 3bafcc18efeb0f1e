"""What a speaker stressed and how high a line was, and what becomes of both in the translation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dubbench import media, prosody
from dubbench.errors import AdapterFailed
from dubbench.prosody.prominence import Track, prominences, raised, stressed
from dubbench.testing import tiny_dub
from dubbench.types import Dub, Line, Samples, Sound, Take, Tracks, Word

WORDS = ["she", "never", "said", "that", "to", "anyone", "here"]
STEP = 0.02


def spoken(**changes: tuple[int, float]) -> tuple[list[Word], Track]:
    """Words of 0.3 s with the same pitch and level, but for changes by name: "hertz", "level" of a word."""
    frames = round(0.3 / STEP)
    hertz, level = np.full(frames * len(WORDS), 120.0), np.full(frames * len(WORDS), -25.0)
    for name, (place, value) in changes.items():
        (hertz if name == "hertz" else level)[place * frames : (place + 1) * frames] = value
    times = [0.3 * i for i in range(len(WORDS))]
    return [Word(text=w, start=t, end=t + 0.3) for w, t in zip(WORDS, times, strict=True)], Track(hertz, level, STEP)


def test_nobody_stresses_a_word_of_a_level_line() -> None:
    words, track = spoken()
    assert stressed(words, prominences(words, track)) == []


def test_a_word_that_is_higher_and_louder_is_stressed() -> None:
    words, track = spoken(hertz=(1, 160.0), level=(1, -18.0))
    assert stressed(words, prominences(words, track)) == [1]


def test_words_that_lean_on_others_and_neighbours_of_a_stronger_are_not() -> None:
    words, track = spoken(hertz=(4, 170.0), level=(4, -15.0))
    assert stressed(words, prominences(words, track)) == []
    assert stressed(words, np.array([0.0, 1.0, 1.5, 0.9, 0.0, 0.85, 0.0])) == [2, 5]


def test_unvoiced_words_and_octave_errors_do_not_pass_for_stress() -> None:
    words, track = spoken(hertz=(1, 0.0))
    assert stressed(words, prominences(words, track)) == []
    words, track = spoken(hertz=(1, 480.0), level=(1, -30.0))
    assert stressed(words, prominences(words, track)) == []


def test_lines_follow_half_of_their_speakers_pitch_within_limits() -> None:
    lines = [("A", 80.0), ("A", 82.0), ("A", 81.0), ("A", 99.0), ("A", None), ("B", 70.0), ("B", 75.0)]
    assert raised(lines) == [-0.75, 0.25, -0.25, 1.5, 0.0, 0.0, 0.0]


def tone(hertz: float, seconds: float, level: float) -> Samples:
    t = np.arange(round(seconds * 48_000)) / 48_000
    return (level * np.sign(np.sin(2 * np.pi * hertz * t)) * np.hanning(len(t))).astype(np.float32)


@pytest.fixture
def dub(tmp_path: Path) -> Dub:
    """One line of five words, of which the second is higher and louder."""
    quiet, loud = tone(110, 0.4, 0.1), tone(150, 0.4, 0.4)
    dub = tiny_dub(tmp_path)
    media.write(dub.folder / "sound.wav", Sound(np.concatenate([quiet, loud, quiet, quiet, quiet])[None], 48_000))
    said = "She never said that again"
    words = tuple(Word(text=w, start=0.4 * i, end=0.4 * i + 0.4) for i, w in enumerate(said.split()))
    line = Line(
        id="1", start=0.0, end=2.0, speaker="A", text=said, words=words, translation="Ela nunca mais disse isso"
    )
    return dub.but(lines=(line,), tracks=Tracks(original=media.describe(dub.folder / "sound.wav", dub.folder)))


def align(text: str, said: str) -> list[tuple[int, int]]:
    return [(0, 0), (1, 1), (2, 3), (3, 4), (4, 2)]


def test_what_is_heard_is_carried_to_the_words_that_say_it(dub: Dub) -> None:
    carried = prosody.carried(dub, align).lines[0]
    assert [(one.at, one.word) for one in carried.emphasis] == [(4, "nunca")]
    edited = dub.but(lines=(dub.lines[0].but(text="She said it never, ever again and again"),))
    assert prosody.carried(edited, align).lines[0].emphasis == ()


def test_a_line_that_was_read_keeps_its_stress_until_its_words_or_its_place_change(dub: Dub) -> None:
    carried = prosody.carried(dub, align)
    take = Take(speech=dub.tracks.original, text=dub.lines[0].translation or "", voice="v")
    read = carried.lines[0].but(takes=(take,), speech=take.speech)

    def again(line: Line) -> list[str]:
        return [one.word for one in prosody.carried(dub.but(lines=(line,)), lambda *_: [(1, 4)]).lines[0].emphasis]

    assert again(read) == ["nunca"]
    assert again(read.but(translation="Nunca mais disse ela isso")) == ["isso"]
    assert again(read.but(end=1.9)) == ["isso"]


def test_words_that_nobody_can_pair_are_flagged_and_end_nothing(dub: Dub) -> None:
    def broken(text: str, said: str) -> list[tuple[int, int]]:
        raise AdapterFailed("aligner", "it fell over")

    line = prosody.carried(dub, broken).lines[0]
    assert line.emphasis == ()
    assert [(flag.name, "it fell over" in flag.detail) for flag in line.flags] == [("stress-unknown", True)]
    assert prosody.carried(dub.but(lines=(line,)), align).lines[0].flags == ()


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_a_line_without_sound_has_neither(seconds: float) -> None:
    track = prosody.measured(Sound(np.zeros((1, round(seconds * 48_000) + 1), np.float32), 48_000))
    line = Line(id="1", start=0.0, end=seconds, text="hm", words=(Word(text="hm", start=0.0, end=seconds),))
    assert prosody.heard(line, track) == ([], None)
