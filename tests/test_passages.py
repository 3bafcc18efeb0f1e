"""The dub in passages: together they are the whole film, and only those that changed are heard again."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench import media, passages
from dubbench.adapters.toy import ToySpeak, ToyTranscribe, ToyTranslate
from dubbench.stages.transcribe import Transcript
from dubbench.testing import tiny_dub
from dubbench.types import Dub, Line, Sound

LONGEST = 20.0


def line(number: int, start: float, end: float) -> Line:
    return Line(id=f"L{number}", start=start, end=end, text="a", placed_start=start, placed_end=end)


@st.composite
def placed(draw: Any) -> list[Line]:
    at, lines = 0.0, []
    for number in range(draw(st.integers(0, 12))):
        start = max(0.0, at + draw(st.floats(-1.0, 60.0)))
        end = start + draw(st.floats(0.3, 15.0))
        lines.append(line(number, start, end))
        at = max(at, end)
    return lines


@given(placed(), st.floats(0.0, 100.0))
def test_passages_cover_the_film_and_cut_no_line(lines: list[Line], after: float) -> None:
    duration = max([one.placed_end or 0.0 for one in lines], default=0.0) + after
    found = passages.cut(lines, duration, LONGEST)
    assert sorted(one.id for part in found for one in part.lines) == sorted(one.id for one in lines)
    if found:
        assert found[0].start == 0.0
        assert found[-1].end == math.inf
    for before, following in pairwise(found):
        assert before.end == following.start > before.start
    for part in found:
        assert all(
            part.start <= (one.placed_start or 0.0) and (one.placed_end or 0.0) <= part.end for one in part.lines
        )
        if not part.lines and part.end < math.inf:
            assert part.end - part.start <= LONGEST + 1e-6


def test_a_long_rest_is_a_passage_of_its_own() -> None:
    found = passages.cut([line(1, 40.0, 45.0), line(2, 47.0, 50.0), line(3, 90.0, 95.0)], 130.0, LONGEST)
    assert [[one.id for one in part.lines] for part in found] == [[], [], ["L1", "L2"], [], [], ["L3"], [], []]


class Counting(ToyTranscribe):
    """A toy ear that counts how often it was asked."""

    asked = 0
    piece = 3.0

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        self.asked += 1
        return super().transcribe(sound, language)


@pytest.fixture
def dub(tmp_path: Path) -> Dub:
    """A dub of three lines far apart, its film the takes in their places."""
    speak = ToySpeak()
    made = ToyTranslate()(tiny_dub(tmp_path))
    lines = tuple(
        made.lines[0].but(id=f"L{i}", start=6.0 * i, end=6.0 * i + 2, translation=text) for i, text in enumerate(TEXTS)
    )
    return placed_at(speak(made.but(lines=lines)))


TEXTS = ("one house", "two birds", "red apple")


def placed_at(dub: Dub) -> Dub:
    samples = np.zeros((1, 24_000 * 18), np.float32)
    lines = []
    for one in dub.lines:
        assert one.speech is not None
        said = media.read(dub.open(one.speech)).samples
        first = round(24_000 * (one.start + 0.5))
        samples[:, first : first + said.shape[1]] = said
        start = one.start + 0.5
        lines.append(one.but(placed_start=start, placed_end=start + one.speech.duration))
    media.write(dub.folder / "film.wav", Sound(samples, 24_000))
    return dub.but(lines=tuple(lines))


def heard(dub: Dub, ear: Counting) -> passages.Heard:
    return passages.heard(dub, ear, dub.folder / "film.wav")


def test_what_was_heard_goes_to_its_lines_and_errors_add_up(dub: Dub) -> None:
    found = heard(dub, Counting())
    assert found.by_line() == {f"L{i}": text for i, text in enumerate(TEXTS)}
    assert (found.errors.errors, found.errors.length) == (0, 6)


def test_only_a_passage_with_another_take_is_heard_again(dub: Dub) -> None:
    ear = Counting()
    heard(dub, ear)
    before = ear.asked
    heard(dub, ear)
    assert ear.asked == before
    other = dub.lines[1].but(translation="two cats")
    edited = placed_at(ToySpeak()(dub.but(lines=(dub.lines[0], other, dub.lines[2]))))
    assert heard(edited, ear).by_line()["L1"] == "two cats"
    assert ear.asked == before + 1


def test_words_where_no_line_is_count_as_errors(dub: Dub) -> None:
    without = dub.but(lines=dub.lines[:2])
    assert heard(without, Counting()).errors.errors == 2
