"""Durations before synthesis: what is counted, what takes teach, and what the speak room remembers of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dubbench import durations
from dubbench.adapters.toy import ToySpeak
from dubbench.durations import Lesson, Sample, counts, learned, seconds, usual
from dubbench.stages.speak import CALIBRATING, Spoken
from dubbench.testing import tiny_dub
from dubbench.types import Controls, Dub, Seconds, Voice
from eval.sentences import LINES


@pytest.mark.parametrize(("language", "text", "syllables"), [
    ("pt", "Olá, mundo!", 4), ("es", "María tenía hambre", 8), ("es", "¿Qué quieres?", 3), ("en", "There he came.", 3),
    ("en", "the", 1), ("de", "Guten Morgen", 4), ("ja", "こんにちは", 5), ("pt", "20", 2), ("ru", "Привет", 2),
])  # fmt: skip
def test_syllables_are_counted_as_they_are_said(language: str, text: str, syllables: int) -> None:
    assert counts(text, language)[0] == syllables


def test_pauses_inside_are_counted_and_not_those_at_the_end() -> None:
    assert counts("Não, sim; talvez. Ou não!?", "pt")[-3:] == (2, 1, 1)
    assert counts("Não...", "pt")[-3:] == (0, 0, 1)
    assert counts("a" + "," * 50_000, "pt")[-3:] == (0, 0, 1)


def test_a_longer_text_takes_longer_and_none_takes_less_than_the_shortest() -> None:
    for language, lines in LINES.items():
        for text in lines:
            assert seconds(text + " " + text, language) > 1.7 * seconds(text, language)
    assert seconds("I", "xx") == durations.SHORTEST


def strange(text: str, language: str, pace: float = 1.0) -> Seconds:
    """A voice that is slow on consonants and does not pause at commas."""
    syllables, long, consonants, words, _, stops, _ = counts(text, language)
    return (0.09 * syllables + 0.05 * long + 0.08 * consonants + 0.03 * words + 0.5 * stops + 0.3) / pace


def worst(lines: tuple[str, ...], weights: tuple[float, ...]) -> float:
    return max(abs(seconds(text, "pt", weights) / strange(text, "pt") - 1) for text in lines)


def test_takes_teach_a_voice_and_more_teach_more() -> None:
    train, held = LINES["pt"][:12], LINES["pt"][12:]
    few, many = ([Sample(t, 1.0, strange(t, "pt")) for t in train[:n]] for n in (3, 12))
    assert learned([], "pt").weights == usual("pt")
    assert worst(held, learned(many, "pt").weights) < 0.05 < worst(held, usual("pt"))
    assert worst(held, learned(many, "pt").weights) < worst(held, learned(few, "pt").weights) < worst(held, usual("pt"))
    assert min(learned(many, "pt").weights) >= 0


@pytest.mark.parametrize("keeps", [True, False])
def test_whether_a_voice_keeps_its_pace_is_found_out(keeps: bool) -> None:
    paces = [1.0, 1.2, 0.9, 1.1] * 3
    samples = [
        Sample(text, pace, strange(text, "pt", pace if keeps else 1.0))
        for text, pace in zip(LINES["pt"][:12], paces, strict=True)
    ]
    lesson = learned(samples, "pt")
    assert lesson.keeps is keeps
    assert worst(LINES["pt"][12:], lesson.weights) < 0.05
    assert [lesson.seconds(text, "pt") for text in LINES["pt"][:12]] == pytest.approx(
        [strange(text, "pt") for text in LINES["pt"][:12]]
    ), "what was said before takes as long as it took"
    assert Lesson.of(json.loads(json.dumps(lesson.kept()))) == lesson


class Guessing(ToySpeak):
    """A speaker that knows nothing of its lengths, which are three times what is usual."""

    calibrated = True

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        return seconds(text, language)

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        natural = super().estimate(text, voice, language)
        return super().speak(text, voice, language, pace=pace * natural / (3 * seconds(text, language)))


@pytest.fixture
def dub(tmp_path: Path) -> Dub:
    tiny = tiny_dub(tmp_path)
    lines = [tiny.lines[0].but(id=str(i), translation=text) for i, text in enumerate(LINES["pt"])]
    return tiny.but(lines=tuple(lines), target_language="pt")


def test_a_voice_never_heard_speaks_a_few_lines_first(dub: Dub) -> None:
    speaker, line = Guessing(), dub.lines[1]
    text = line.translation or ""
    assert speaker.natural(dub, line, text) == pytest.approx(seconds(text, "pt"))
    speaker.calibrate(dub)
    assert speaker.made == CALIBRATING
    assert speaker.natural(dub, line, text) == pytest.approx(3 * seconds(text, "pt"), rel=0.03)
    speaker.calibrate(dub)
    assert speaker.made == CALIBRATING, "it is known now"
    assert Guessing().natural(dub, line, text) == speaker.natural(dub, line, text), "another process remembers"


def test_the_same_takes_teach_the_same(dub: Dub) -> None:
    speaker, line = Guessing(), dub.lines[2]
    once = speaker(dub)
    speaker.learn(once)
    first = speaker.natural(once, line, line.translation or "")
    again = Guessing()
    again.learn(again(once.but(lines=dub.lines)))
    assert again.made == 0
    assert again.natural(once, line, line.translation or "") == first


def test_a_speaker_that_knows_speaks_nothing_beforehand(dub: Dub) -> None:
    speaker = ToySpeak()
    speaker.calibrate(dub)
    assert speaker.made == 0
