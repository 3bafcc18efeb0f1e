"""The speak room: what it refuses to read, when it reads again, and how it pauses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from dubbench import media
from dubbench.adapters.toy import ToySpeak, ToyTranslate, ToyWatermark
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages.speak import Spoken
from dubbench.testing import tiny_dub
from dubbench.text import emphasis
from dubbench.types import Controls, Dub, Emphasis, Pause, Sound, Voice


@pytest.fixture
def spoken(tmp_path: Path) -> Dub:
    return ToySpeak()(ToyTranslate()(tiny_dub(tmp_path)))


def sounds(dub: Dub) -> list[Path]:
    return [dub.open(line.speech) for line in dub.lines if line.speech is not None]


@pytest.mark.parametrize("text", ["", " \n", "?! …", "😀"])
def test_a_line_without_words_is_named_when_it_is_planned_and_when_it_is_read(text: str, tmp_path: Path) -> None:
    dub = ToyTranslate()(tiny_dub(tmp_path))
    line = dub.lines[1].but(translation=text)
    with pytest.raises(BadInput, match=r"line 2 has nothing to say.*dub\.json"):
        ToySpeak().natural(dub, line, text)
    with pytest.raises(BadInput, match=r"line 2 has nothing to say.*dub\.json"):
        ToySpeak()(dub.but(lines=(dub.lines[0], line)))


def test_a_line_whose_sound_is_gone_is_spoken_again(spoken: Dub) -> None:
    first, second, third = sounds(spoken)
    before = {path: path.read_bytes() for path in (first, second, third)}
    second.unlink()
    times = [path.stat().st_mtime_ns for path in (first, third)]
    again = ToySpeak()(spoken)
    assert {path: path.read_bytes() for path in sounds(again)} == before
    assert [path.stat().st_mtime_ns for path in (first, third)] == times, "and no other"


def test_a_line_whose_sound_lies_elsewhere_is_spoken_again(spoken: Dub) -> None:
    lines = list(spoken.lines)
    assert lines[0].speech is not None
    lines[0] = lines[0].but(speech=lines[0].speech.but(path="elsewhere/1.wav"))
    again = ToySpeak()(spoken.but(lines=tuple(lines)))
    assert all(path.is_file() for path in sounds(again))


def test_a_name_that_goes_on_with_its_speakers_sentence_is_given_to_the_voice_as_one(tmp_path: Path) -> None:
    class Reader(ToySpeak):
        reads_names: ClassVar[bool] = True
        heard: ClassVar[list[str]] = []

        def speak(self, text: str, *args: Any, **options: Any) -> Spoken:
            self.heard.append(text)
            return super().speak(text, *args, **options)

    dub = ToyTranslate()(tiny_dub(tmp_path))
    first, second, *_ = dub.lines
    lines = (
        first.but(text="I am using a", translation="Eu uso um", speaker=first.speaker),
        second.but(text="Kenwood and nothing else.", translation="Kenwood e nada mais.", speaker=first.speaker),
    )
    Reader()(dub.but(lines=lines, source_language="en", target_language="pt"))
    assert sorted(Reader.heard) == ["Eu uso um", "[Kenwood](en) e nada mais."]


def paused(dub: Dub, text: str, *pauses: Pause) -> Dub:
    return dub.but(lines=(dub.lines[0].but(translation=text, pauses=pauses), *dub.lines[1:]))


TEXT = "UMA CASA, DEPOIS NADA"
REST = Pause(at=TEXT.index("DEPOIS"), duration=0.7)


def test_a_line_with_a_pause_is_its_parts_with_silence_between_them(spoken: Dub) -> None:
    speak = ToySpeak()
    dub = speak(paused(spoken, TEXT, REST))
    line, voice = dub.lines[0], speak.voice(dub, dub.lines[0])
    assert line.speech is not None
    first, second = (speak.speak(part, voice, "pt", pace=line.tempo or 1.0) for part in ("UMA CASA,", "DEPOIS NADA"))
    silence = np.zeros((1, round(0.7 * first.sound.sample_rate)), np.float32)
    wanted = np.concatenate([first.sound.samples, silence, second.sound.samples], axis=1)
    assert media.read(dub.open(line.speech)).samples == pytest.approx(wanted, abs=1e-4)
    assert line.take is not None
    assert line.take.pauses == (REST,)
    moved = first.sound.duration + 0.7
    after = line.take.phonemes[len(first.phonemes) :]
    assert [p.start for p in after] == pytest.approx([p.start + moved for p in second.phonemes])


def test_a_pause_changes_the_key_and_a_stale_one_does_not(spoken: Dub) -> None:
    speak, plain = ToySpeak(), paused(spoken, TEXT).lines[0]
    keys = {
        name: speak.key(spoken, plain.but(pauses=pauses), 1.0)
        for name, pauses in {
            "without": (), "with": (REST,), "longer": (REST.but(duration=0.9),),
            "inside a word": (Pause(at=2, duration=1),),
        }.items()
    }  # fmt: skip
    assert keys["inside a word"] == keys["without"]
    assert len(set(keys.values())) == 3
    dub = speak(paused(spoken, TEXT, REST))
    assert speak(dub).lines[0] == dub.lines[0], "spoken once"


def test_pauses_last_as_long_at_every_pace(spoken: Dub) -> None:
    speak, line = ToySpeak(), spoken.lines[0]
    parts = speak.natural(spoken, line, "UMA CASA,") + speak.natural(spoken, line, "DEPOIS NADA")
    assert speak.natural(spoken, line, TEXT, (REST,)) == pytest.approx(parts + 0.7)
    assert speak.natural(spoken, line, TEXT, (REST,), pace=1.25) == pytest.approx(parts / 1.25 + 0.7)
    assert speak.natural(spoken, line, TEXT, (Pause(at=99, duration=2),)) == speak.natural(spoken, line, TEXT)


def test_the_mark_lies_on_the_joined_sound(spoken: Dub) -> None:
    class Counting(ToyWatermark):
        heard: ClassVar[list[float]] = []

        def mark(self, sound: Sound) -> Sound:
            self.heard.append(sound.duration)
            return super().mark(sound)

    dub = ToySpeak()(paused(spoken, TEXT, REST), mark=Counting())
    speech = dub.lines[0].speech
    assert speech is not None
    assert len(Counting.heard) == len(dub.lines)
    assert speech.duration in [pytest.approx(seconds) for seconds in Counting.heard]


def test_a_voice_whose_sample_rate_changes_is_named(spoken: Dub) -> None:
    class Wavering(ToySpeak):
        def speak(self, text: str, *args: Any, **more: Any) -> Spoken:
            said = super().speak(text, *args, **more)
            return Spoken(Sound(said.sound.samples, said.sound.sample_rate + len(text)))

    with pytest.raises(AdapterFailed, match="sample rate"):
        Wavering()(paused(spoken, TEXT, REST))


class Whole(ToySpeak):
    """A toy that says how many phonemes a text has, and so is asked for all of it at once."""

    asked: ClassVar[list[str]] = []

    def sounds(self, text: str, voice: Voice, language: str) -> int:
        return sum(c.isalnum() for c in text)

    def speak(self, text: str, *args: Any, **more: Any) -> Spoken:
        self.asked.append(text)
        return super().speak(text, *args, **more)


def test_a_voice_that_can_reads_a_line_with_pauses_in_one_breath(spoken: Dub) -> None:
    speak = Whole()
    Whole.asked.clear()
    dub = speak(paused(spoken, TEXT, REST))
    line = dub.lines[0]
    assert TEXT in Whole.asked
    assert line.take is not None
    whole = speak.speak(TEXT, speak.voice(dub, line), "pt", pace=line.tempo or 1.0)
    assert line.take.speech.duration == pytest.approx(whole.sound.duration + 0.7, abs=1e-4)
    last, first = line.take.phonemes[6], line.take.phonemes[7]
    assert "".join(p.symbol for p in line.take.phonemes) == "UMACASADEPOISNADA"
    assert 0.7 <= first.start - last.end < 0.9
    samples = media.read(dub.open(line.take.speech)).mono
    rate = line.take.speech.sample_rate
    assert not samples[round((last.end + 0.1) * rate) : round((first.start - 0.1) * rate)].any(), "digital silence"
    assert np.abs(np.diff(samples)).max() <= np.abs(np.diff(whole.sound.mono)).max() + 1e-3, "no click"
    assert speak.natural(dub, line, TEXT, (REST,)) == pytest.approx(speak.natural(dub, line, TEXT) + 0.7)


def test_parts_whose_phonemes_do_not_add_up_are_read_one_by_one(spoken: Dub) -> None:
    class Slurring(Whole):
        def sounds(self, text: str, voice: Voice, language: str) -> int:
            return len(text)

    Whole.asked.clear()
    Slurring()(paused(spoken, TEXT, REST))
    assert {"UMA CASA,", "DEPOIS NADA"} <= set(Whole.asked)


class Expressive(ToySpeak):
    """The toy voice, said to stress words; it keeps what it was given."""

    prosody: ClassVar[bool] = True
    given: list[tuple[str, float | None]]

    def load(self) -> None:
        self.given = []
        super().load()

    def speak(self, text: str, *args: Any, **more: Any) -> Spoken:
        self.given.append((text, more["controls"].pitch_semitones))
        return super().speak(emphasis.bare(text), *args, **more)


def given(dub: Dub, *changes: dict[str, Any]) -> list[tuple[str, float | None]]:
    """What a voice that can is given of the first line, read with each of the changes in turn."""
    speak = Expressive().ready()
    for change in changes:
        speak(dub.but(lines=(dub.lines[0].but(**change),)))
    return speak.given


def test_a_voice_that_can_is_told_which_words_to_stress_and_how_high_to_speak(spoken: Dub) -> None:
    line = {"translation": TEXT, "emphasis": (Emphasis(at=4, word="CASA"), Emphasis(at=4, word="CAS")),
            "pitch_semitones": 1.0, "pauses": (REST,)}  # fmt: skip
    assert given(spoken, line) == [("UMA *CASA*,", 1.0), ("DEPOIS NADA", 1.0)]


@pytest.mark.parametrize(("wish", "said"), [
    (Controls(emphasis="uma"), ("*UMA* CASA, DEPOIS NADA", 1.0)),
    (Controls(emphasis=""), (TEXT, 1.0)),
    (Controls(exaggeration=0.0), (TEXT, None)),
    (Controls(exaggeration=1.5), ("UMA *CASA*, DEPOIS NADA", 1.5)),
    (Controls(pitch_semitones=-2.0), ("UMA *CASA*, DEPOIS NADA", -2.0)),
])  # fmt: skip
def test_a_persons_wish_goes_before_the_original(spoken: Dub, wish: Controls, said: tuple[str, float | None]) -> None:
    line = {"translation": TEXT, "emphasis": (Emphasis(at=4, word="CASA"),), "pitch_semitones": 1.0, "controls": wish}
    assert given(spoken, line) == [said]


def test_stress_is_read_anew_by_a_voice_that_can_and_means_nothing_to_others(spoken: Dub) -> None:
    line = spoken.lines[0]
    other = line.but(emphasis=(Emphasis(at=0, word=(line.translation or "").split()[0]),), pitch_semitones=1.0)
    assert ToySpeak().key(spoken, other, 1.0) == ToySpeak().key(spoken, line, 1.0)
    assert Expressive().key(spoken, other, 1.0) != Expressive().key(spoken, line, 1.0)


def test_a_word_of_a_reading_of_several_words_is_read_and_not_stressed(spoken: Dub) -> None:
    told = spoken.but(pronunciations={"UMA CASA": "UMACASA"})
    line = {"translation": TEXT, "emphasis": (Emphasis(at=4, word="CASA"), Emphasis(at=10, word="DEPOIS"))}
    assert given(told, line) == [("UMACASA, *DEPOIS* NADA", None)]


@pytest.mark.parametrize(("speak", "why"), [
    (ToySpeak, r"'casa': '\S+' stresses no words"), (Expressive, "'nunca': the line does not say it"),
])  # fmt: skip
def test_a_wish_that_nothing_comes_of_is_flagged(spoken: Dub, speak: type[ToySpeak], why: str) -> None:
    line = spoken.lines[0].but(translation=TEXT, controls=Controls(emphasis="casa; nunca"))
    flags = speak()(spoken.but(lines=(line,))).lines[0].flags
    assert any(re.fullmatch(why, flag.detail) for flag in flags if flag.name == "emphasis-unused")
    assert len(flags) == (1 if speak is Expressive else 2)
