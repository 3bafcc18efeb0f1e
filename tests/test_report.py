"""What the report says of a dub: true on the finished file, and a person is told where to look."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dubbench
from dubbench import media, memory, report, rooms
from dubbench.report import timing
from dubbench.report.page import page
from dubbench.types import Audio, Dub, Emphasis, Flag, Line, Sound, Source, Take, Turn, Voice, Word
from tests.clips import babble
from tests.talks import make_talk

Span = tuple[float, float]


def line(name: str, slot: Span, placed: Span | None = None, **more: Any) -> Line:
    start, end = placed or (None, None)
    more = {"text": "words", "translation": "palavras", "speaker": "A", "tempo": 1.0, **more}
    return Line(id=name, start=slot[0], end=slot[1], placed_start=start, placed_end=end, **more)


def made(*lines: Line, turns: tuple[Turn, ...] = (), seconds: float = 20.0) -> Dub:
    film = Source(path="film.mp4", sha256="0", duration=seconds)
    return Dub(id="d", source=film, source_language="en", target_language="pt", lines=lines, turns=turns)


def turn(start: float, end: float, speaker: str = "A") -> Turn:
    return Turn(speaker=speaker, start=start, end=end)


def noted(dub: Dub, beyond: float | None = None) -> list[tuple[str, str]]:
    return [(flag.name, flag.detail) for flag in report.noted(dub, beyond).flags if flag.room == "report"]


def test_a_dub_that_outlasts_its_film_says_by_how_much_and_what_to_shorten_first() -> None:
    dub = made(
        line("L001", (0, 2), (0, 6)),
        line("L002", (8, 10), (8, 10)),
        line("L003", (10, 13), (10, 17)),
        line("L004", (13, 17), (17, 21)),
        line("L005", (17, 20), (21, 32.5)),
    )
    assert timing.overrun(dub) == 12.5
    assert noted(dub) == [("beyond", "the dub runs 12.5 s beyond the film; shorten translations first in L005, L003")]
    assert noted(dub, 12.75)[0][1].startswith("the dub runs 12.8 s beyond the film")
    assert noted(made(line("L001", (0, 2), (0, 2)))) == []
    assert noted(made(line("L001", (18, 20), (18, 20.05)))) == [], "a frame is not worth a word"


def test_a_flag_is_taken_back_when_its_reason_is_gone() -> None:
    flagged = report.noted(made(line("L001", (18, 20), (18, 25))).flagged("mux", Flag(room="mux", name="kept")))
    assert [flag.name for flag in flagged.flags] == ["kept", "beyond"]
    assert [flag.name for flag in report.noted(flagged, 0.0).flags] == ["kept"]


def test_speech_that_nobody_understood_is_told_with_its_times() -> None:
    turns = (turn(0.0, 4.0), turn(5.0, 6.5, "B"), turn(6.0, 8.0), turn(10.0, 10.7), turn(12.0, 14.0))
    dub = made(line("L001", (0.1, 3.5), (0.1, 3.4)), line("L002", (12.0, 14.0), (12.0, 14.5)), turns=turns)
    assert timing.unheard(dub) == [(5.0, 8.0)]
    ((name, detail),) = noted(dub)
    assert name == "unheard-speech"
    assert detail.startswith("from 5.00 to 8.00 s A and B speak and no words were understood")
    ((_, alone),) = noted(made(turns=(turn(1.0, 2.0),)))
    assert "from 1.00 to 2.00 s A speaks" in alone


def test_dead_air_is_where_the_source_speaks_and_the_dub_does_not() -> None:
    """0.5 s before the first line, 0.3 after its dub, the second of L002, whose dub came early; not rests."""
    turns = (turn(0.0, 4.0), turn(5.0, 6.0, "B"))
    dub = made(line("L001", (0.5, 3.6), (0.5, 3.7)), line("L002", (8, 9), (5.0, 6.2)), turns=turns)
    assert timing.dead_air(dub) == [(0.0, 0.5), (3.7, 4.0), (8, 9)]
    assert timing.unheard(dub) == [(5.0, 6.0)], "what another line covers was not understood all the same"
    assert timing.dead_air(made(line("L001", (0, 9), (0, 9)))) == []
    words = tuple(Word(text="so", start=a, end=a + 1.0) for a in (0.0, 1.2, 6.0))
    brief = made(line("L001", (0, 7), (0, 3), words=words), turns=(turn(0.0, 7.0),))
    assert timing.dead_air(brief) == [(6.0, 7.0)], "from 3.0 to 6.0 its speaker rests"


def test_cues_that_are_gone_before_they_are_read_are_counted() -> None:
    slow, fast = "a" * 42, "a" * 43
    dub = made(line("L001", (0, 2), (0, 2), translation=slow), line("L002", (2, 4), (2, 4), translation=fast))
    assert timing.fast_cues(dub) == 1


class Ear:
    """An embedder that tells sounds apart by their spectrum; real ones take a second to load."""

    sample_rate = 16_000
    asked = 0

    def identity(self) -> str:
        return "spectrum"

    def ready(self) -> Ear:
        return self

    def embed(self, sound: Sound) -> Any:
        self.asked += 1
        bands = np.abs(np.fft.rfft(sound.mono, 16_000))[:8000].reshape(80, 100).sum(axis=1)
        return bands / np.linalg.norm(bands)


def tones(hertz: list[float], seconds: float) -> Sound:
    """A chord, 16 kHz mono."""
    t = np.arange(round(16_000 * seconds)) / 16_000
    return Sound(np.mean([0.3 * np.sin(2 * np.pi * f * t) for f in hertz], axis=0)[None].astype(np.float32), 16_000)


def test_similarity_stands_between_a_floor_and_a_ceiling(tmp_path: Path) -> None:
    def kept(name: str, sound: Sound) -> Any:
        media.write(tmp_path / name, sound)
        return media.describe(tmp_path / name, tmp_path)

    alike = tones([450.0], 4.0)
    voices = (
        Voice(id="a", speaker="A", reference=kept("a.wav", alike)),
        Voice(id="b", speaker="B", reference=kept("b.wav", tones([450.0, 2050.0], 2.9))),
        Voice(id="c", speaker="C", reference=kept("c.wav", babble(1.0))),
    )
    takes = (line("L1", (0, 1), speech=kept("x.wav", alike)), line("L2", (1, 2), speaker="B"))
    dub, ear = made(*takes).but(voices=voices).at(tmp_path), Ear()
    found = report.likeness(dub, ear)
    assert found is not None
    assert found.keys() == {"A"}, "without a take there is nothing to compare"
    assert found["A"]["cosine"] == pytest.approx(1.0, abs=0.01)
    assert found["A"]["ceiling"] == pytest.approx(1.0, abs=0.01)
    assert found["A"]["floor"] == pytest.approx(0.5**0.5, abs=0.02), "half of B's sound is A's; C has no line"
    asked = ear.asked
    assert report.likeness(dub, ear) == found
    assert ear.asked == asked, "remembered"
    alone = report.likeness(dub.but(voices=voices[:1]), ear)
    assert alone == {"A": {**found["A"], "floor": None}}
    both = report.likeness(dub.with_lines({"L2": takes[1].but(speech=takes[0].speech)}), ear)
    assert both is not None
    assert both["B"]["ceiling"] is None, "2.9 s have no halves that say whose they are"


def test_a_voice_that_strays_is_told(tmp_path: Path) -> None:
    def kept(name: str, hertz: list[float], seconds: float = 2.0) -> Any:
        media.write(tmp_path / name, tones(hertz, seconds))
        return media.describe(tmp_path / name, tmp_path)

    same, other, brief = kept("a.wav", [450.0]), kept("b.wav", [2050.0]), kept("c.wav", [2050.0], 1.4)
    mixed = kept("d.wav", [450.0, 2050.0])
    ear = Ear()

    def dub_of(*sounds: Any) -> Dub:
        return made(*(line(f"L{i}", (i, i + 1), speech=sound) for i, sound in enumerate(sounds))).at(tmp_path)

    steady = dub_of(same, same, same, brief)
    found = report.drift(steady, ear)
    assert found == {"A": {"lowest": 1.0, "mean": 1.0, "takes": 3, "nearest": None}}, "a brief take says too little"
    assert report.drifted(steady, found).flags == ()
    asked = ear.asked
    strays = dub_of(same, same, same, other)
    found = report.drift(strays, ear)
    assert found is not None
    assert ear.asked == asked + 1, "the others are remembered"
    assert found["A"]["lowest"] == pytest.approx(10**-0.5, abs=0.02)
    assert found["A"]["mean"] == pytest.approx((3 * 3 + 1) / (4 * 10**0.5), abs=0.02)
    assert [flag.name for flag in report.drifted(strays, found).flags] == ["voice-drift"]
    two = made(
        *(line(f"L{i}", (i, i + 1), speech=sound, speaker=who) for i, (sound, who) in enumerate(
            ((same, "A"), (same, "A"), (mixed, "B"), (mixed, "B"), (same, "C"))
        ))
    ).at(tmp_path)  # fmt: skip
    found = report.drift(two, ear)
    assert found is not None
    assert {who: figures["nearest"] for who, figures in found.items()} == {
        "A": pytest.approx(0.5**0.5, abs=0.02), "B": pytest.approx(0.5**0.5, abs=0.02),
    }, "half of B's sound is A's; one take of C says nothing"  # fmt: skip
    assert report.drift(dub_of(same, brief), ear) is None, "one take has nothing to stray from"


def test_without_a_model_that_knows_voices_nothing_is_said_of_them() -> None:
    assert report.likeness(made(), None) is None
    assert report.likeness(made(), dubbench.load("toy-diarize")) is None
    assert report.drift(made(), dubbench.load("toy-diarize")) is None


FIGURES: dict[str, Any] = {
    "duration": 20.0, "true_peak_dbtp": None, "seconds": {"probe": 0.125, "speak": 3.5}, "models": {"speak": "kokoro"},
    "redone": {"speak": 2, "retake": 1}, "voices": {"A": "pf_dora:0.6+af_heart:0.4"}, "late_ends": {"L001": 0.75},
    "speaker_similarity": {"A": {"cosine": 0.31, "floor": None, "ceiling": 0.62}}, "flags": [],
    "voice_drift": {"A": {"lowest": 0.81, "mean": 0.93, "takes": 4, "nearest": 0.42}},
    "of_tomorrow": {"some_thing": 17.25},
}  # fmt: skip


def shown(dub: Dub, figures: dict[str, Any] = FIGURES) -> str:
    """The words of the page, one space between them."""
    text = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", page(dub, figures), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def heard(name: str, words: str | None, score: float | None) -> Line:
    sound = Audio(path=f"{name}.wav", sample_rate=24_000, channels=1, duration=1.0, sha256="0")
    take = Take(speech=sound, text="Olá & adeus", voice="v", heard=words, score=score)
    return line(name, (0, 1.5), (0.25, 1.75), takes=(take,), speech=sound, translation="Olá & adeus")


def test_the_page_shows_every_figure() -> None:
    text = shown(made(heard("L001", None, None)))
    assert "duration 20.0" in text
    assert "true peak dBTP –" in text
    assert "probe 0.125" in text
    assert "speak 3.5 kokoro 2" in text
    assert "retake 1" in text
    assert "A pf_dora:0.6+af_heart:0.4 0.31 – 0.62 0.81 0.42" in text
    assert "Late ends L001 0.75" in text
    assert "Of tomorrow some_thing 17.25" in text, "what nobody arranged a place for"


def test_the_page_shows_what_was_heard_of_each_line_that_was_listened_to() -> None:
    dub = made(heard("L001", "ola <a> Deus", 0.25), heard("L002", "olá e adeus", 0.0), heard("L003", None, None))
    first, second, third = (shown(dub).split(name)[-1] for name in ("L001", "L002", "L003"))
    assert "heard “ola <a> Deus” · character errors 25%" in first
    assert "heard as it should be · character errors 0%" in second
    assert "heard" not in third
    assert "0.00–1.50 0.25–1.75 ×1.00 words Olá & adeus" in third


def test_the_page_sets_stressed_words_apart_and_tells_how_much_higher_a_line_is_read() -> None:
    stressed = heard("L001", None, None).but(emphasis=(Emphasis(at=6, word="adeus"),), pitch_semitones=-1.26)
    text = page(made(stressed), {})
    assert "<b>Olá &amp; <em>adeus</em></b>" in text
    assert "×1.00 -1.3 st" in text
    assert "<b>Olá &amp; adeus</b>" in page(made(stressed.but(emphasis=(Emphasis(at=5, word="adeus"),))), {})


def test_a_finished_dubs_page_has_all_of_its_report(tmp_path: Path) -> None:
    dubbench.dub(make_talk(tmp_path / "talk.mp4"), to="pt", out=tmp_path / "o", cast="toy", source_language="en")
    figures = json.loads((tmp_path / "o" / "report.json").read_text("utf-8"))
    text = " ".join(re.sub(r"<[^>]*>", " ", (tmp_path / "o" / "report.html").read_text("utf-8")).split())

    def leaves(value: Any) -> list[str]:
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return [leaf for part in inner for leaf in leaves(part)]
        return [] if value is None else [str(value)]

    assert [leaf for leaf in leaves(figures) if html.escape(leaf) not in text] == []


def test_the_films_loudness_is_measured_once_and_again_when_its_sound_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dub = dubbench.dub(make_talk(tmp_path / "a.mp4", bursts=2), to="pt", out=tmp_path / "o", cast="toy")
    assert dub.output is not None
    film = tmp_path / "o" / dub.output.film
    coded = rooms.coded_path(memory.Memory(dub.folder).path("mix", rooms.mix_key(dub), ".wav"))
    assert report.loudness(dub, film) == media.loudness(film) == media.loudness(coded)
    monkeypatch.setattr(media, "loudness", lambda film: (-23.0, -9.0))
    assert report.loudness(dub, film) != (-23.0, -9.0)
    first = dub.lines[0]
    moved = dub.with_lines({first.id: first.but(placed_start=(first.placed_start or 0.0) + 0.1)})
    assert report.loudness(moved, film) == (-23.0, -9.0)
