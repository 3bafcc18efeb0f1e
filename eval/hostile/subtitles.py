"""Subtitles as a transcript or a translation: broken times, encodings, forms and sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval.hostile.case import WORKS, Case
from eval.hostile.making import beside

BAD = "BadInput"
CUE = "1\n00:00:01,000 --> 00:00:02,500\n{}\n\n"


def given(content: bytes | str, name: str = "own.srt") -> Callable[[Path], list[str]]:
    return beside(name, content, "--transcript", name)


def cue(start: str, end: str, text: str = "Hello there.") -> str:
    return f"1\n{start} --> {end}\n{text}\n"


def many(count: int) -> str:
    """Cues of a millisecond each, all within the film."""
    return "".join(f"{i}\n00:00:01,{i % 900:03d} --> 00:00:02,{i % 900:03d}\nLine {i}.\n\n" for i in range(count))


VTT = """WEBVTT - a title
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0

STYLE
::cue { color: red; background: url(http://127.0.0.1:9/a.png) }

REGION
id:a
width:40%

NOTE a note --> with an arrow

first
00:01.000 --> 00:02.500 region:a align:left
<v.loud Anna Lee>Hello &amp; <b>welcome</b><00:01.500> to <c.red>all</c>.
"""

CASES = (
    Case("subtitles of 0 bytes", given(""), BAD, "holds no subtitles"),
    Case("only empty rows", given("\n\n\r\n \n" * 100), BAD, "holds no subtitles"),
    Case("only numbers", given("1\n2\n3\n"), BAD, r"line 1: .* is no time"),
    Case("prose instead of subtitles", given("Once upon a time.\n\nThe end.\n"), BAD, r"line 1: .* is no time"),
    Case("a film as subtitles", given(bytes(range(256)) * 40), BAD,
         r"line \d+: not UTF-8; save the subtitles as UTF-8"),
    Case("subtitles in Latin-1", given(CUE.format("Olá, José").encode("latin-1")), BAD, "line 3: not UTF-8"),
    Case("subtitles in UTF-16 with a mark", given(CUE.format("Olá").encode("utf-16")), WORKS, "s into"),
    Case("subtitles in UTF-16 without a mark", given(CUE.format("Olá").encode("utf-16-le")), BAD, "save the subtitles"),
    Case("UTF-16 cut in a character", given(CUE.format("Olá").encode("utf-16")[:-1]), BAD, "not UTF-16; save the"),
    Case("UTF-16 with half of a pair", given(CUE.format("Olá").encode("utf-16") + b"\x00\xd8"), BAD, "not UTF-16"),
    Case("subtitles in UTF-8 with a mark", given(CUE.format("Olá").encode("utf-8-sig")), WORKS, "s into"),
    Case("line ends of every kind",
         given("1\r\n00:00:01,000 --> 00:00:02,500\rHello\r\n\n2\n00:00:03,000 --> 00:00:04,0\n"
         "Bye\r\r"), WORKS, "s into"),
    Case("no numbers above the times", given("00:00:01,000 --> 00:00:02,500\nHello\n"), WORKS, "s into"),
    Case("no empty row between cues", given(CUE.format("One").rstrip() + "\n2\n00:00:03,000 --> 00:00:04,000\nTwo"),
         WORKS, "s into"),
    Case("a point for the comma", given(cue("00:00:01.000", "00:00:02.500")), WORKS, "s into"),
    Case("no milliseconds", given(cue("00:00:01", "00:00:02")), BAD, "line 2: .* is no time"),
    Case("times in frames", given("{25}{60}Hello\n"), BAD, "line 1: .* is no time"),
    Case("times that go backwards", given(cue("00:00:03,000", "00:00:01,000")), BAD, "line 2: the subtitle ends"),
    Case("a cue of no length", given(cue("00:00:01,000", "00:00:01,000")), BAD, "line 2: the subtitle ends"),
    Case("a negative time", given(cue("-00:00:01,000", "00:00:02,000")), BAD, "line 2: .* is no time"),
    Case("minutes and seconds over 60", given(cue("00:00:01,000", "00:99:99,000")), BAD, "but the film at 6"),
    Case("hours over 99", given(cue("1234567:00:01,000", "1234567:00:02,000")), BAD, "but the film at 6"),
    Case("an hour of 400 digits", given(cue("0:00:01,000", "9" * 400 + ":00:02,000")), BAD, "line 2: .* is no time"),
    Case("an hour of 5000 digits", given(cue("0:00:01,000", "9" * 5000 + ":00:02,000")), BAD, "line 2: .* is no time"),
    Case("times in other digits", given(cue("٠٠:٠٠:٠١,٠٠٠", "٠٠:٠٠:٠٢,٠٠٠")), WORKS, "s into"),
    Case("times in raised digits", given(cue("00:00:0²,000", "00:00:03,000")), BAD, "line 2: .* is no time"),
    Case("a cue after the film", given(cue("00:10:00,000", "00:10:02,000")), BAD, "but the film at 6"),
    Case("cues that overlap", given(CUE.format("One") + cue("00:00:01,500", "00:00:03,000", "Two")), WORKS, "s into"),
    Case("cues in any order", given(cue("00:00:04,000", "00:00:05,000") + "\n" + CUE.format("One")), WORKS, "s into"),
    Case("empty cues", given(CUE.format("") + CUE.format("Hello")), WORKS, "s into"),
    Case("only sound notes", given(CUE.format("[door slams] (sighs)")), BAD, "only sound notes"),
    Case("tags of HTML and ASS", given(CUE.format(r"{\an8}<i><font color='red'>Hello</font></i>{\pos(1,2)}")), WORKS,
         "s into"),
    Case("only tags", given(CUE.format("<i></i>")), BAD, "holds no subtitles"),
    Case("a script in a cue", given(CUE.format("<script>alert(1)</script> & \"quotes\"")), WORKS, "s into"),
    Case("100 000 tags without an end", given(CUE.format("<i" * 100_000)), BAD, "letters, and 10000 are the most"),
    Case("NUL bytes in a cue", given(CUE.format("Hel\0lo \x1b[2J\x07")), WORKS, "s into"),
    Case("marks that turn the direction", given(CUE.format("\u202eolleH\u202c \u2066a\u2069")), WORKS, "s into"),
    Case("a cue of a million letters", given(CUE.format("ab " * 333_333)), BAD, "letters, and 10000 are the most"),
    Case("20 000 cues", given(many(20_000)), WORKS, "s into", whole=True),
    Case("10 MB of empty rows", given("\n" * 10_000_000 + CUE.format("Hello")), WORKS, "s into", whole=True),
    Case("10 MB in one row", given("x" * 10_000_000), BAD, "line 1: .* is no time"),
    Case("100 MB of subtitles", given(b"\n" * 100_000_000), BAD, "MB", whole=True),
    Case("VTT with styles, regions and notes", given(VTT, "own.vtt"), WORKS, "s into"),
    Case("VTT of a header alone", given("WEBVTT\n", "own.vtt"), BAD, "holds no subtitles"),
    Case("VTT whose voice has no name", given("WEBVTT\n\n00:01.000 --> 00:02.000\n<v >Hello\n", "own.vtt"), WORKS,
         "s into"),
    Case("VTT whose voice is a path", given("WEBVTT\n\n00:01.000 --> 00:02.000\n<v ../../x>Hello\n", "own.vtt"), WORKS,
         "s into"),
    Case("ASS named .srt", given("[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,Hi\n"),
         BAD, "line 1: .* is no time"),
    Case("subtitles in a folder's place", lambda here: [*given("")(here)[:-1], "."], BAD, "there is no file"),
    Case("subtitles that are not there", lambda here: [*given("")(here)[:-1], "none.srt"], BAD, "there is no file"),
    Case("/dev/zero as subtitles", lambda here: [*given("")(here)[:-1], "/dev/zero"], BAD, "there is no file"),
    Case("a translation with no line at its cue", beside("pt.srt", cue("00:00:04,000", "00:00:05,000", "Olá"),
         "--translation", "pt.srt", "--transcript", "pt.srt"), WORKS, "s into"),
    Case("a translation into two languages", beside("pt.srt", cue("00:00:01,000", "00:00:02,000"), "--translation",
         "pt.srt", "--to", "es"), BAD, "give one --to"),
)  # fmt: skip
