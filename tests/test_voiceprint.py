"""A speaker's reference, pitch and likely sex, on voices made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dubbench import media, memory
from dubbench.types import Dub, Line, Seconds, Sound, Source, Tracks, Turn
from dubbench.voiceprint import alone, clarity, describe_voice, likely_sex, pitch
from tests import clips

RATE = 16_000


def voice(seconds: Seconds, hertz: float, *, rate: int = RATE, lowest: float = 0.0) -> Sound:
    """A buzz like a voice's: harmonics that fall off, in a slow vibrato; nothing below `lowest` hertz."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(hertz * (1 + 0.03 * np.sin(2 * np.pi * 3 * t))) / rate
    wave = sum(np.sin(k * phase) / k for k in range(1, int(3400 / hertz)) if k * hertz >= lowest)
    return Sound((0.1 * np.asarray(wave))[None].astype(np.float32), rate)


def dub_of(folder: Path, *sounds: Sound) -> Dub:
    samples = np.concatenate([sound.samples for sound in sounds], axis=1)
    media.write(folder / "original.wav", Sound(np.repeat(samples, 2, axis=0), sounds[0].sample_rate))
    audio = media.describe(folder / "original.wav", folder)
    source = Source(path="film.mp4", sha256="0", duration=audio.duration)
    return Dub(id="d", source=source, target_language="pt", tracks=Tracks(original=audio)).at(folder)


def turn(speaker: str, start: Seconds, end: Seconds) -> Turn:
    return Turn(speaker=speaker, start=start, end=end)


@pytest.mark.parametrize("hertz", [75, 110, 165, 220, 330])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_pitch_is_right_within_a_hundredth(hertz: float, rate: int) -> None:
    assert pitch(voice(2, hertz, rate=rate)) == pytest.approx(hertz, rel=0.01)


def test_pitch_is_heard_without_its_fundamental() -> None:
    """A telephone lets nothing through under 300 Hz."""
    assert pitch(voice(2, 120, lowest=300)) == pytest.approx(120, rel=0.01)


def test_pitch_survives_rests_and_noise() -> None:
    rest = clips.noise(4, level=0.005, channels=1, sample_rate=RATE)
    spoken = voice(2, 140)
    noisy = Sound(spoken.samples + clips.noise(2, level=0.01, channels=1, sample_rate=RATE).samples, RATE)
    joined = Sound(np.concatenate([rest.samples, noisy.samples], axis=1), RATE)
    assert pitch(joined) == pytest.approx(140, rel=0.02)


@pytest.mark.parametrize(
    "sound",
    [
        clips.silence(2, channels=1, sample_rate=RATE),
        clips.noise(2, channels=1, sample_rate=RATE),
        voice(0.2, 120),
        voice(0.01, 120),
        Sound(np.zeros((1, 0), np.float32), RATE),
    ],
)
def test_too_little_voice_has_no_pitch(sound: Sound) -> None:
    assert pitch(sound) is None


def test_sex_by_pitch() -> None:
    assert [likely_sex(hertz) for hertz in (None, 110.0, 210.0)] == [None, "male", "female"]


def test_a_voice_is_clearer_than_a_voice_in_noise() -> None:
    muddy = Sound(voice(2, 120).samples + clips.noise(2, level=0.2, channels=1, sample_rate=RATE).samples, RATE)
    assert clarity(voice(2, 120)) > 0.9 > 0.5 > clarity(muddy)


def test_alone_is_what_others_leave() -> None:
    turns = [turn("A", 0, 4), turn("B", 1, 2), turn("B", 3.8, 6), turn("A", 8, 8.2), turn("A", 9, 10)]
    assert alone("A", turns) == [pytest.approx((0, 0.9)), pytest.approx((2.1, 3.7)), (9, 10)]
    assert alone("B", turns) == [pytest.approx((4.1, 6))]
    assert alone("C", turns) == []


def test_the_reference_is_this_speaker_alone(tmp_path: Path) -> None:
    dub = dub_of(tmp_path, voice(6, 110), voice(5, 220), voice(4, 110))
    turns = (turn("A", 0, 6), turn("B", 5, 11), turn("A", 11, 15))
    a, b = (describe_voice(dub, label, turns, ()) for label in "AB")
    assert (a.id, a.name, a.speaker, a.sex) == ("voice-A", "Speaker A", "A", "male")
    assert (b.sex, b.pitch_hz) == ("female", pytest.approx(220, rel=0.01))
    assert a.pitch_hz == pytest.approx(110, rel=0.01)
    assert a.reference is not None
    assert (a.reference.channels, a.reference.sample_rate) == (1, RATE)
    assert 3 <= a.reference.duration <= 5
    assert a.reference.path.startswith("work/voices/")
    assert clarity(media.read(dub.open(a.reference))) > 0.9


def test_the_clearest_span_wins_over_the_longest(tmp_path: Path) -> None:
    muddy = Sound(voice(8, 110).samples + clips.noise(8, level=0.15, channels=1, sample_rate=RATE).samples, RATE)
    dub = dub_of(tmp_path, muddy, clips.silence(1, channels=1, sample_rate=RATE), voice(4, 110))
    found = describe_voice(dub, "A", (turn("A", 0, 8), turn("A", 9, 13)), ())
    assert found.reference is not None
    assert found.reference.duration == pytest.approx(4)


def test_long_spans_are_cut_and_short_ones_joined(tmp_path: Path) -> None:
    dub = dub_of(tmp_path, voice(30, 110))
    long = describe_voice(dub, "A", (turn("A", 0, 30),), ()).reference
    short = describe_voice(dub, "A", tuple(turn("A", i, i + 0.8) for i in range(30)), ()).reference
    assert long is not None
    assert short is not None
    assert long.duration == pytest.approx(10)
    assert 3 <= short.duration <= 10


def test_lines_serve_where_turns_do_not(tmp_path: Path) -> None:
    dub = dub_of(tmp_path, voice(4, 110), voice(4, 220))
    lines = tuple(Line(id=f"L{i}", start=i * 4, end=i * 4 + 4, text="x", speaker="AB"[i]) for i in range(2))
    found = describe_voice(dub, "B", (), lines)
    assert found.sex == "female"
    assert describe_voice(dub, "B", (turn("A", 0, 8),), lines).reference == found.reference


def test_nothing_to_hear_says_nothing(tmp_path: Path) -> None:
    dub = dub_of(tmp_path, clips.silence(4, channels=1, sample_rate=RATE))
    nobody = describe_voice(dub, "A", (), ())
    assert (nobody.reference, nobody.pitch_hz, nobody.sex) == (None, None, None)
    silent = describe_voice(dub, "A", (turn("A", 0, 4),), ())
    assert (silent.pitch_hz, silent.sex) == (None, None)
    outside = describe_voice(dub, "A", (turn("A", 9, 12),), ())
    assert outside.reference is None


def test_the_same_sound_gives_the_same_file(tmp_path: Path) -> None:
    dub = dub_of(tmp_path, voice(5, 110))
    first = describe_voice(dub, "A", (turn("A", 0, 5),), ())
    assert first.reference is not None
    path = dub.open(first.reference)
    stamp = path.stat().st_mtime_ns
    assert describe_voice(dub, "A", (turn("A", 0, 5),), ()) == first
    assert path.stat().st_mtime_ns == stamp
    assert list(path.parent.iterdir()) == [path]
    assert memory.file_sha256(path) == first.reference.sha256
