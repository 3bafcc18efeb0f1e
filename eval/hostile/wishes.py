"""What is typed on the command line: languages, numbers, voices and words that are none."""

from __future__ import annotations

from eval.hostile.case import USAGE, WORKS, Case
from eval.hostile.making import DRY, asked

BAD, NOT = "BadInput", "Unsupported"
NAMED = ("--from", "en", "--cast", "toy", "--out", "out", "--dry-run")
KNOWN = "is not a language known here"

CASES = (
    Case("no language", asked("--cast", "toy"), BAD, "--to pt"),
    Case("the language ''", asked("--to", "", *NAMED), NOT, KNOWN),
    Case("the language 'xx'", asked("--to", "xx", *NAMED), NOT, KNOWN),
    Case("the language 'Portugese'", asked("--to", "Portugese", *NAMED), NOT, "did you mean pt"),
    Case("the language 'PT_br'", asked("--to", "PT_br", *NAMED), WORKS, "into Portuguese"),
    Case("the language '../pt'", asked("--to", "../pt", *NAMED), NOT, KNOWN),
    Case("the language '/etc/passwd'", asked("--to", "/etc/passwd", *NAMED), NOT, KNOWN),
    Case("a language of flags", asked("--to", "🇧🇷", *NAMED), NOT, KNOWN),
    Case("a language of 100 000 letters", asked("--to", "a" * 100_000, *NAMED), NOT, KNOWN),
    Case("a language that clears the screen", asked("--to", "\x1b[2Jpt", *NAMED), NOT, KNOWN),
    Case("a language that is no UTF-8", lambda here: [*asked("--to")(here), b"\xff\xfe", *NAMED], NOT, KNOWN),
    Case("one language twice", asked("--to", "pt", "--to", "por", *NAMED), BAD, "each language to dub into once"),
    Case("the film's own language", asked("--to", "en", *NAMED), BAD, "already speaks English"),
    Case("a language 'from' that is none", asked(*DRY, "--from", "klingon"), NOT, KNOWN),
    Case("0 speakers", asked(*DRY, "--speakers", "0"), USAGE, "--speakers"),
    Case("-1 speakers", asked(*DRY, "--speakers", "-1"), USAGE, "--speakers"),
    Case("a thousand million speakers", asked(*DRY, "--speakers", "1000000000"), USAGE, "--speakers"),
    Case("two and a half speakers", asked(*DRY, "--speakers", "2.5"), USAGE, "--speakers"),
    Case("speakers of 5000 digits", asked(*DRY, "--speakers", "9" * 5000), USAGE, "--speakers"),
    Case("a voice without a speaker", asked(*DRY, "--voice", "toy-high"), BAD, "--voice wants NAME=VALUE"),
    Case("a voice nobody has", asked(*DRY, "--voice", "A=toy-hihg"), BAD, "did you mean 'toy-high'"),
    Case("a voice file that is not there", asked(*DRY, "--voice", "A=none.voice.json"), BAD, "cannot be read"),
    Case("a blend of nothing", asked(*DRY, "--voice", "A=toy-high:0+toy-low:0"), BAD, "has no voice"),
    Case("a voice of 100 000 letters", asked(*DRY, "--voice", "A=" + "x" * 100_000), BAD, "has no voice"),
    Case("a voice that is a path", asked(*DRY, "--voice", "A=../../etc/passwd"), BAD, "has no voice"),
    Case("a model without a room", asked(*DRY, "--model", "pico"), BAD, "--model wants NAME=VALUE"),
    Case("a model for a room that is not there", asked(*DRY, "--model", "sing=pico"), BAD, "there is no room 'sing'"),
    Case("a model in another's room", asked(*DRY, "--model", "speak=whisper-base"), BAD, "plays 'transcribe'"),
    Case("lips with nobody to move them", asked(*DRY, "--lipsync"), BAD, "moves no lips"),
    Case("people where nobody tells voices", asked(*DRY, "--people", "series.json"), BAD, "--people wants a model"),
    Case("an option that is none", asked(*DRY, "--colour", "red"), USAGE, "--colour"),
    Case("a command that is none", lambda here: ["dubb", "talk.mp4"], USAGE, "dubb"),
    Case("a span that is none", lambda here: ["voice", "fit", "a.wav", "--language", "pt", "--out", "out/a.voice.json",
         "--span", "5"], BAD, "seconds START-END"),
    Case("a voice to be fitted without consent", lambda here: ["voice", "fit", "a.wav", "--language", "pt", "--out",
         "out/a.voice.json"], "Refused", "--consent"),
    Case("a text to verify", lambda here: [asked()(here) and "verify", "none.mp4"], BAD, "no such file"),
)  # fmt: skip
