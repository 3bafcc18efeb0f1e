"""The plot of the report: lines, pauses, silence, order and flags stand where they are on the film's time."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dubbench.report import chart
from dubbench.types import Audio, Dub, Flag, Line, Phoneme, Source, Take, Word

SECOND = chart.SCALE


def line(name: str, start: float, end: float, **more: Any) -> Line:
    told = {"text": "some words", "translation": "palavras", "speaker": "A", "placed_start": start, "placed_end": end}
    return Line(id=name, start=start, end=end, **{**told, **more})


def drawn(*lines: Line, seconds: float = 20.0) -> str:
    film = Source(path="film.mp4", sha256="0", duration=seconds)
    return chart.chart(Dub(id="d", source=film, source_language="en", target_language="pt", lines=lines))


def bars(svg: str, look: str) -> list[tuple[float, float]]:
    """(start, seconds) of bars with a class, in seconds from the row's begin."""
    found = re.findall(rf'<rect class="{look}" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    return [(round((float(x) - chart.LEFT) / SECOND, 2), round(float(w) / SECOND, 2)) for x, w in found]


def test_source_and_dub_stand_where_they_sound() -> None:
    svg = drawn(line("L1", 2.0, 5.0, placed_start=2.5, placed_end=6.0))
    assert bars(svg, "src c0") == [(2.0, 3.0)]
    assert bars(svg, "c0") == [(2.5, 3.5)]


def test_a_rest_between_words_is_a_gap_and_a_short_one_is_not() -> None:
    words = [Word(text="a", start=s, end=e) for s, e in ((2.0, 2.5), (2.6, 3.0), (4.0, 5.0))]
    assert bars(drawn(line("L1", 2.0, 5.0, words=tuple(words))), "src c0") == [(2.0, 1.0), (4.0, 1.0)]


def test_a_pause_of_the_dub_is_a_gap_too() -> None:
    speech = Audio(path="a.wav", sample_rate=24_000, channels=1, duration=3.0, sha256="0")
    sounds = tuple(Phoneme(symbol="a", start=s, end=e) for s, e in ((0.0, 1.0), (1.6, 3.0)))
    take = Take(speech=speech, text="palavras", voice="v", phonemes=sounds)
    assert bars(drawn(line("L1", 2.0, 5.0, speech=speech, takes=(take,))), "c0") == [(2.0, 1.0), (3.6, 1.4)]


def test_silence_where_the_source_speaks_is_marked() -> None:
    assert bars(drawn(line("L1", 2.0, 5.0, placed_end=4.0)), "dead") == [(4.0, 1.0)]
    assert bars(drawn(line("L1", 2.0, 5.0)), "dead") == []


def test_lines_are_numbered_in_the_order_they_are_heard() -> None:
    svg = drawn(line("L1", 2.0, 5.0), line("L2", 6.0, 9.0))
    assert re.findall(r'class="no"[^>]*>(\d+)<', svg) == ["1", "2"]
    assert svg.count('class="way"') == 2


@pytest.mark.parametrize(
    ("name", "letter"), [("unfit", "t"), ("not-understood", "w"), ("missed-term", "x"), ("anything", "o")]
)
def test_a_flag_has_the_colour_and_the_letter_of_its_kind(name: str, letter: str) -> None:
    svg = drawn(line("L1", 2.0, 5.0, flags=(Flag(room="r", name=name, detail="<so>"),)))
    assert f'<path class="f{letter}"' in svg
    assert f"<title>{name}: &lt;so&gt;</title>" in svg
    assert f'<b class="m f{letter}">{letter}</b>' in svg


def test_a_line_across_two_rows_is_drawn_in_both() -> None:
    assert bars(drawn(line("L1", 28.0, 33.0), seconds=40.0), "c0") == [(28.0, 2.0), (0.0, 3.0)]


def test_an_hour_stays_light() -> None:
    lines = (line(f"L{i}", 4.0 * i, 4.0 * i + 3.5, text="word " * 20, translation="palavra " * 20) for i in range(900))
    assert len(drawn(*lines, seconds=3600.0)) < 700_000
