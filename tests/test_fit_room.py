"""The fit room: what a line is planned with, and when a plan is made anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents, fitting
from dubbench.adapters.toy import ToySpeak
from dubbench.timeline.fit import FASTEST
from dubbench.types import Dub, Line, Source, Voice, Word
from tests.talks import make_talk

LONG, SHORT = "Eu nunca estive nesse lugar antes, de verdade", "Nunca estive nesse lugar antes"


def one_line(folder: Path, seconds: float) -> Dub:
    line = Line(
        id="L1", start=1.0, end=1.0 + seconds, text="I have never been there.", speaker="A", translation=LONG,
        wordings=(LONG, SHORT),
    )  # fmt: skip
    voice = Voice(id="A", speaker="A", preset="toy-low")
    source = Source(path="film.mp4", sha256="0", duration=60.0)
    dub = Dub(id="d", source=source, source_language="en", target_language="pt", voices=(voice,), lines=(line,))
    return dub.at(folder)


def natural(dub: Dub, text: str) -> float:
    return ToySpeak(name="toy-speak").natural(dub, dub.lines[0], text)


def test_a_line_that_would_be_hurried_takes_its_shorter_wording(tmp_path: Path) -> None:
    seconds = natural(one_line(tmp_path, 3.0), LONG)
    hurried = fitting.fit(one_line(tmp_path, seconds / 1.8), ToySpeak(name="toy-speak")).lines[0]
    easy = fitting.fit(one_line(tmp_path, seconds), ToySpeak(name="toy-speak")).lines[0]
    assert (easy.translation, easy.tempo) == (LONG, 1.0)
    assert hurried.translation == SHORT
    assert (hurried.tempo or 0) <= FASTEST


def test_a_person_s_own_wording_is_never_changed(tmp_path: Path) -> None:
    dub = one_line(tmp_path, 1.0)
    approved = dub.with_lines({"L1": dub.lines[0].but(approved=True)})
    assert fitting.fit(approved, ToySpeak(name="toy-speak")).lines[0].translation == LONG


def test_the_plan_s_choice_of_a_wording_is_the_plan_s_to_change_and_a_person_s_is_not(tmp_path: Path) -> None:
    seconds = natural(one_line(tmp_path, 3.0), LONG)
    short = fitting.fit(one_line(tmp_path, seconds / 1.8), ToySpeak(name="toy-speak"))
    assert short.lines[0].translation == SHORT
    roomy = short.with_lines({"L1": short.lines[0].but(end=9.0)})
    assert fitting.fit(roomy, ToySpeak(name="toy-speak")).lines[0].translation == LONG
    chosen = short.with_lines({"L1": short.lines[0].but(translation=LONG)})
    assert fitting.fit(chosen, ToySpeak(name="toy-speak")).lines[0].translation == LONG


@pytest.fixture
def home(tmp_path: Path) -> Path:
    talk = make_talk(tmp_path / "talk.mp4")
    dubbench.dub(talk, to="pt", out=tmp_path / "o", cast="toy", source_language="en")
    return tmp_path / "o"


def edit(home: Path, **changes: Any) -> None:
    raw = json.loads((home / "dub.json").read_text("utf-8"))
    raw["lines"][1].update(changes)
    (home / "dub.json").write_text(json.dumps(raw), "utf-8")


def test_a_line_whose_times_were_edited_is_planned_anew_and_its_neighbours_are_not(home: Path) -> None:
    line = documents.read(home).lines[1]
    edit(home, end=line.start + 0.1 * (line.end - line.start))
    run = dubbench.redub(home)
    assert run.redone["speak"] == 1
    assert (run.dub.lines[1].tempo or 0) > (line.tempo or 0)
    assert dubbench.redub(home).redone["speak"] == 0


def test_a_person_may_wish_for_more_than_the_plan_s_own_limit(home: Path) -> None:
    edit(home, controls={"pace": 1.5})
    run = dubbench.redub(home)
    assert run.dub.lines[1].tempo == pytest.approx(1.5, abs=0.05)
    assert run.dub.lines[2].tempo is not None
    assert run.dub.lines[2].tempo <= FASTEST
    assert json.loads((home / "report.json").read_text("utf-8"))["max_speedup"] > FASTEST


RESTED = "Olhei para dentro, mas estava muito escuro para ver"


def rested(folder: Path, seconds: float) -> Dub:
    """A line whose speaker rests for 0.8 s at the comma."""
    times = [(1.0, 1.4), (1.45, 1.9), (2.7, 2.9), (2.95, 3.4), (3.45, 3.9)]
    said = zip(("I", "looked,", "but", "it", "dark."), times, strict=True)
    words = tuple(Word(text=text, start=start, end=end) for text, (start, end) in said)
    dub = one_line(folder, seconds)
    line = dub.lines[0].but(text="I looked, but it dark.", words=words, translation=RESTED, wordings=(RESTED,))
    return dub.with_lines({"L1": line})


def test_a_line_rests_where_its_speaker_rested_while_there_is_room(tmp_path: Path) -> None:
    speak = ToySpeak(name="toy-speak")
    seconds = speak.natural(rested(tmp_path, 3.0), rested(tmp_path, 3.0).lines[0], RESTED)
    roomy, tight = (fitting.fit(rested(tmp_path, share * seconds), speak).lines[0] for share in (1.3, 0.8))
    assert [RESTED[pause.at :].strip()[:3] for pause in roomy.pauses] == ["mas"]
    assert 0.4 < roomy.pauses[0].duration <= 0.8
    assert tight.pauses == ()
    spoken = fitting.place(speak(fitting.fit(rested(tmp_path, 1.3 * seconds), speak)), speak).lines[0]
    assert spoken.tempo == pytest.approx(roomy.tempo, abs=0.02)
    assert spoken.speech is not None
    assert spoken.speech.duration > seconds
