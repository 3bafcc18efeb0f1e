"""A take is played faster without another pitch, and only where a voice did not keep the length it was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import fitting, media, tempo
from dubbench.adapters.toy import ToySpeak
from dubbench.stages.speak import Spoken
from dubbench.timeline.fit import FASTEST
from dubbench.types import Dub, Line, Sound, Source, Voice
from dubbench.voiceprint import pitch

RATE = 24_000


def hum(seconds: float, hertz: float = 150.0) -> Sound:
    times = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * hertz * k * times) / k for k in range(1, 6))
    return Sound((0.1 * tone)[None].astype(np.float32), RATE)


@pytest.mark.parametrize("seconds", [1.7, 1.9, 2.2])
def test_length_is_met_to_the_sample_and_pitch_stays(seconds: float) -> None:
    made = tempo.stretched(hum(2.0), seconds)
    assert made.samples.shape == (1, round(seconds * RATE))
    assert pitch(made) == pytest.approx(150.0, abs=1.0)
    assert abs(float(np.std(made.samples[:, RATE // 4 : -RATE // 4]) / np.std(hum(2.0).samples)) - 1) < 0.1


def test_two_channels_and_silence_are_taken_too() -> None:
    assert tempo.stretched(Sound(np.zeros((2, RATE), np.float32), RATE), 0.9).samples.shape == (2, round(0.9 * RATE))


class Stubborn(ToySpeak):
    """Speaks at its own pace whatever it is asked."""

    def speak(self, text: str, voice: Voice, language: str, **asked: Any) -> Spoken:
        return super().speak(text, voice, language, **{**asked, "pace": 1.0})


def tight(folder: Path, speak: ToySpeak) -> Dub:
    text = "Eu nunca estive nesse lugar antes, de verdade"
    voice = Voice(id="A", speaker="A", preset="toy-low")
    source = Source(path="film.mp4", sha256="0", duration=60.0)
    line = Line(id="L1", start=1.0, end=9.0, text="I have never been there.", speaker="A", translation=text)
    dub = Dub(id="d", source=source, source_language="en", target_language="pt", voices=(voice,), lines=(line,))
    dub = dub.at(folder)
    return dub.with_lines({"L1": line.but(end=1.0 + speak.natural(dub, line, text) / 1.35)})


def test_a_voice_that_does_not_hurry_is_hurried(tmp_path: Path) -> None:
    speak = Stubborn(name="toy-speak")
    planned = fitting.fit(tight(tmp_path, speak), speak)
    asked = planned.lines[0].tempo or 0.0
    assert 1.1 < asked <= FASTEST
    spoken = speak(planned)
    line = fitting.place(spoken, speak).lines[0]
    assert line.tempo == pytest.approx(asked, abs=0.02)
    assert line.take is not None
    assert (
        media.read(spoken.open(line.take.speech)).duration
        < 0.95 * media.read(spoken.open(spoken.lines[0].takes[0].speech)).duration
    )
    assert not [flag for flag in line.flags if flag.name == "unfit"]
    again = fitting.place(fitting.place(spoken, speak), speak).lines[0]
    assert again.speech == line.speech


def test_a_voice_that_keeps_its_length_is_left_alone(tmp_path: Path) -> None:
    speak = ToySpeak(name="toy-speak")
    spoken = speak(fitting.fit(tight(tmp_path, speak), speak))
    assert fitting.place(spoken, speak).lines[0].speech == spoken.lines[0].speech
