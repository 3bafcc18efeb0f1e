"""Subtitles read from the forms people have, and written without a word changed."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.errors import BadInput
from dubbench.text import subtitles
from dubbench.text.subtitles import Cue

SRT = """1
00:00:01,000 --> 00:00:02,500
Hello <i>there</i>,
friend.

7
00:01:02,5 --> 00:01:03,25
{\\an8}<font color="red">a < b</font> & c

"""

VTT = """WEBVTT - a title
Kind: captions

STYLE
::cue { color: red }

NOTE nobody
reads this

intro
00:01.000 --> 00:02.500 align:start position:10%
<v.loud Mary Ann>Hello <c.x>there</c> &amp; you</v>

01:00:03.000 --> 01:00:04.000
<v A>Yes?</v>
<v B>No.
"""


def test_srt_is_read_without_tags_and_numbers() -> None:
    first, second = subtitles.parse(SRT)
    assert first == Cue(start=1.0, end=2.5, text="Hello there, friend.")
    assert second == Cue(start=62.5, end=63.25, text="a < b & c")


def test_vtt_is_read_with_speakers() -> None:
    first, yes, no = subtitles.parse(VTT)
    assert first == Cue(start=1.0, end=2.5, text="Hello there & you", speaker="Mary Ann")
    assert (yes.speaker, yes.text, yes.start) == ("A", "Yes?", 3603.0)
    assert (no.speaker, no.text, no.end) == ("B", "No.", 3604.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_line_ends_and_marks_at_the_start(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT.replace("friend", "漢字").replace("\n", newline).encode(encoding))
    assert [cue.text for cue in subtitles.read(path)] == ["Hello there, 漢字.", "a < b & c"]


def test_odd_but_clear_files_are_read() -> None:
    text = (
        "\n\n3\n00:00:05.000-->00:00:06.000\nlater, overlapping\n"
        "4\n00:00:01,000 --> 00:00:05,500\nno empty line above\n"
        "00:00:07,000 --> 00:00:08,000\nno number\n\n9\n00:00:09,000 --> 00:00:10,000\n\n"
    )
    assert [cue.text for cue in subtitles.parse(text)] == ["no empty line above", "later, overlapping", "no number"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nhi\n\nnonsense\n", r"x\.srt, line 5: 'nonsense' is no time"),
        ("1\n00:00:01,000 -> 00:00:02,000\nhi\n", r"x\.srt, line 1: '1' is no time"),
        ("1\n00:00:0a,000 --> 00:00:02,000\nhi\n", r"x\.srt, line 2: '00:00:0a,000 --> 00:00:02,000' is no time"),
        ("1\n00:00:03,000 --> 00:00:02,000\nhi\n", r"line 2: the subtitle ends \(2 s\) before it has begun \(3 s\)"),
        ("1\n00:00:01,000 --> 00:00:02,000\nhi\n2\n00:0 --> x\nhi", r"x\.srt, line 5"),
        ("", "holds no subtitles"),
        ("WEBVTT\n", "holds no subtitles"),
    ],
)
def test_nonsense_is_named_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.srt"
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        subtitles.read(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\nolá\n".encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.srt, line 3: not UTF-8; save"):
        subtitles.read(tmp_path / "latin.srt")
    with pytest.raises(BadInput, match="No such file"):
        subtitles.read(tmp_path / "none.srt")
    with pytest.raises(BadInput, match=r"\.srt and \.vtt are supported"):
        subtitles.write(tmp_path / "a.ass", [])


@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_written_is_read_again(tmp_path: Path, suffix: str) -> None:
    cues = (
        Cue(start=0.0, end=1.2, text="Olá — <b> & você --> aqui?", speaker="Zoë" if suffix == ".vtt" else None),
        Cue(start=3599.9996, end=3601.0, text="2"),
    )
    path = tmp_path / f"a{suffix}"
    subtitles.write(path, cues)
    again = subtitles.read(path)
    if suffix == ".vtt":
        assert again == (cues[0], cues[1].but(start=3600.0))
    else:
        assert again[1] == cues[1].but(start=3600.0)
        assert "<b> & você --> aqui?" in path.read_text("utf-8")


def test_long_cues_become_several_at_their_pauses() -> None:
    text = (
        "This is a rather long line of speech, which was said by somebody in one go; it does not fit. "
        "It goes on and on for a while, until nobody listens any more."
    )
    pieces = subtitles.split(Cue(start=10, end=20, text=text, speaker="A"))
    assert " ".join(piece.text for piece in pieces) == text
    assert pieces[0].start == 10
    assert pieces[-1].end == 20
    assert all(a.end == b.start for a, b in pairwise(pieces))
    assert all(a.text[-1] in ".,;" for a in pieces)


def test_two_even_lines_break_at_the_clause() -> None:
    text = "When it rains in the city, nobody walks to work."
    assert subtitles.wrap(text) == ["When it rains in the city,", "nobody walks to work."]


@pytest.mark.parametrize(
    "rows",
    [
        ["Nós puxamos todas", "as alavancas que havia na sala."],
        ["Ela estudou na Universidade", "de Nottingham por quatro anos."],
        ["Eu só queria saber", "se você pode vir amanhã à festa."],
        ["And then they moved", "into a bigger house near the sea."],
        ["Nous avons ouvert toutes", "les portes de la vieille maison."],
        ["Wir haben gestern Abend", "die alten Fotos wiedergefunden."],
    ],
)
def test_no_row_ends_with_a_word_that_leans_on_the_next(rows: list[str]) -> None:
    assert subtitles.wrap(" ".join(rows)) == rows


def test_reading_speed_counts_characters_and_full_width_ones_twice() -> None:
    assert subtitles.speed(Cue(start=1, end=3, text="a" * 42)) == subtitles.FASTEST
    assert subtitles.speed(Cue(start=1, end=3, text="漢" * 21)) == subtitles.FASTEST


def test_scripts_without_spaces_are_wrapped_by_width() -> None:
    text = "日本語の字幕はとても長いことがありますので、「括弧」やちょっとした句読点に気をつけます。"
    lines = [line for piece in subtitles.split(Cue(start=0, end=9, text=text)) for line in subtitles.wrap(piece.text)]
    assert "".join(lines) == text
    assert all(len(line) <= subtitles.WIDTH / 2 for line in lines)
    assert not any(line[0] in "、。」っ" or line[-1] == "「" for line in lines)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=300))
def test_no_word_is_ever_changed(text: str) -> None:
    plain = " ".join(text.split())
    cue = Cue(start=1, end=5, text=plain)
    pieces = subtitles.split(cue)
    lines = [line for piece in pieces for line in subtitles.wrap(piece.text)]
    assert "".join(lines).replace(" ", "") == plain.replace(" ", "")
    assert all(a.end == b.start for a, b in pairwise(pieces))
    assert all(len(subtitles.wrap(piece.text)) <= 2 for piece in pieces)
