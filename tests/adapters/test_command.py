"""Any program as a model: here small Python programs, which are on every machine."""

from __future__ import annotations

import itertools
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import catalog
from dubbench.adapters.command import CommandDiarize, CommandSeparate, CommandSpeak, CommandTranscribe, CommandTranslate
from dubbench.errors import AdapterFailed, BadInput, Missing, Unsupported
from dubbench.testing import check_adapter
from dubbench.types import Line, Sound, Turn, Voice

VOICE = Voice(id="v", preset="tone")
SPEAKER = """
import sys, wave, math, array
text, pace, to = open(sys.argv[1], encoding="utf-8").read(), float(sys.argv[2]), sys.argv[3]
n = int(len(text.strip()) / 14 / pace * 8000)
body = [int(8000 * math.sin(i * 0.4)) for i in range(n)]
with wave.open(to, "wb") as f:
    f.setparams((1, 2, 8000, 0, "NONE", ""))
    f.writeframes(array.array("h", [0] * 2000 + body + [0] * 3000).tobytes())
"""
SOUND = Sound(np.zeros((1, 32_000), np.float32), 16_000)
LINES = [Line(id=str(i), start=0, end=1, text=text) for i, text in enumerate(["one", "two\nthree", "four"], 1)]


def python(code: str, *places: str) -> list[str]:
    return [sys.executable, "-c", code, *places]


def speaker(code: str = SPEAKER, **settings: Any) -> CommandSpeak:
    return CommandSpeak(name="prog", argv=python(code, "{input}", "{pace}", "{output}"), **settings)


def test_a_speaking_program_keeps_the_contract() -> None:
    program = speaker(voices={"tone": "female"})
    program.licence = "MIT"
    report = check_adapter(program, interpreters=False, long=600)
    assert "there is no silence at the edges" in report.held
    assert "pace 1.25 takes less time, and not much less than a quarter" in report.held


def test_text_reaches_the_program_as_it_is_and_no_shell_sees_it() -> None:
    hostile = "$(touch oops) `id` ; rm -rf / 'quoted' \"too\" {output} olá"
    code = SPEAKER.replace("n = int", "assert text == sys.argv[4], text\nn = int")
    program = CommandSpeak(argv=python(code, "{input}", "{pace}", "{output}", "{text}"))
    assert program.speak(hostile, VOICE, "pt").sound.duration > 1
    with pytest.raises(BadInput, match="option"):
        program.speak("--help 1", VOICE, "pt")
    with pytest.raises(BadInput, match="NUL"):
        program.speak("a\0b", VOICE, "pt")


def test_sound_may_come_on_stdout_and_text_on_stdin() -> None:
    code = "import sys, io\n" + SPEAKER.replace("open(sys.argv[1], encoding='utf-8')", "sys.stdin")
    code = code.replace('open(sys.argv[1], encoding="utf-8").read()', "sys.stdin.read()").replace(
        "float(sys.argv[2]), sys.argv[3]", "1.0, sys.stdout.buffer"
    )
    given = CommandSpeak(argv=python(code)).speak("hello out there", VOICE, "en").sound
    assert given.sample_rate == 8_000
    assert given.duration == pytest.approx(15 / 14, abs=0.01)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; print('no such voice', file=sys.stderr); sys.exit(3)", r"exit code 3 \(no such voice\)"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("pass", "wrote no output"),
        ("import sys; open(sys.argv[3], 'w').write('Error: quota')", "not sound"),
        (SPEAKER.replace("8000 * math.sin(i * 0.4)", "0"), "no sound"),
    ],
)
def test_a_program_that_fails_is_named_with_its_own_words(code: str, why: str) -> None:
    with pytest.raises(AdapterFailed, match=why) as failed:
        speaker(code).speak("hello", VOICE, "en")
    assert failed.value.model == "prog"


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import threading; threading.Event().wait()'])"
    )
    with pytest.raises(AdapterFailed, match=r"did not end within 0\.5 s"):
        speaker(code, timeout=0.5).speak("hello", VOICE, "en")


def test_a_program_that_takes_too_much_memory_or_prints_without_end_is_ended() -> None:
    hog = "kept = []\nimport time\nwhile True: kept.append(bytearray(b'x' * 2**22)); time.sleep(0.005)"
    with pytest.raises(AdapterFailed, match=r"used \d+ MB of memory, of 150 MB"):
        speaker(hog, memory_mb=150).speak("hello", VOICE, "en")
    flood = CommandTranslate(name="flood", argv=python("while True: print('x' * 100_000)"))
    with pytest.raises(AdapterFailed, match="printed more than 256 MB"):
        flood.translate(LINES, "en", "pt", {})


def test_what_a_program_may_take_is_no_part_of_what_its_results_are_remembered_by() -> None:
    assert speaker(memory_mb=150).identity() == speaker().identity()


def test_mistakes_in_the_command_line_are_refused_when_it_is_written() -> None:
    with pytest.raises(BadInput, match=r"\{txt\}.*\{text\}"):
        CommandSpeak(argv=["espeak", "{txt}"])
    with pytest.raises(BadInput, match="argv"):
        CommandSpeak()
    with pytest.raises(Missing, match="no-such-program"):
        CommandSpeak(argv=["no-such-program", "{text}"]).speak("hello", VOICE, "en")
    assert CommandTranslate(argv=["jq", '{"a": 1}', "{A}", "{source}"]).settings.argv[1] == '{"a": 1}'


JSON = """{"language": "en", "segments": [
 {"start": 0.1, "end": 1.0, "text": " Hello you", "words": [
  {"word": " Hello", "start": 0.1, "end": 0.5, "probability": 0.9}, {"word": " you", "start": 0.5, "end": 1.0}]},
 {"start": 1.0, "end": 1.9, "text": "no times"}]}"""
SRT = "1\n00:00:00,100 --> 00:00:01,000\nHello you\n\n2\n00:00:01,000 --> 00:00:01,900\nno times\n"


def hearing(answer: str, form: str, **settings: Any) -> CommandTranscribe:
    code = "import sys, wave; assert wave.open(sys.argv[1]).getframerate() == 16000; print(sys.argv[2])"
    return CommandTranscribe(name="ear", argv=python(code, "{input}", answer), format=form, **settings)


@pytest.mark.parametrize(("answer", "form"), [(JSON, "json"), (SRT, "srt"), ("Hello you no times", "text")])
def test_a_transcript_is_read_in_every_form(answer: str, form: str) -> None:
    heard = hearing(answer, form).transcribe(SOUND, "en")
    words = [word for segment in heard.segments for word in segment]
    assert heard.text == "Hello you no times"
    assert all(0 <= a.start < a.end <= b.start < b.end <= 2.0 for a, b in itertools.pairwise(words))
    if form != "text":
        assert words[1].end == pytest.approx(1.0)
        assert words[-1].end == pytest.approx(1.9)
        assert len(heard.segments) == 2


def test_silence_is_an_empty_transcript_and_nonsense_is_named() -> None:
    assert hearing("", "srt", language="en").transcribe(SOUND).segments == ()
    assert hearing("", "text", language="en").transcribe(SOUND).segments == ()
    for answer, form in (("Usage: ear FILE", "json"), ('{"text": "hi"}', "json"), ("1\n00:00 --> x\nhi", "srt")):
        with pytest.raises(AdapterFailed, match="no transcript"):
            hearing(answer, form).transcribe(SOUND, "en")
    with pytest.raises(BadInput, match="--from"):
        hearing("", "text").transcribe(SOUND)


def translating(code: str) -> CommandTranslate:
    return CommandTranslate(name="mt", argv=python("import sys\n" + code, "{source}", "{target}"))


def test_as_many_lines_come_out_as_went_in() -> None:
    good = translating("for x in sys.stdin: print(sys.argv[1], x.strip().upper(), sys.argv[2])")
    assert good.translate(LINES, "en", "pt", {}) == [["en ONE pt"], ["en TWO THREE pt"], ["en FOUR pt"]]
    with pytest.raises(AdapterFailed, match="3 lines in, 2 out"):
        translating("print(sys.stdin.readline()); ").translate(LINES, "en", "pt", {})
    with pytest.raises(AdapterFailed, match=r"line 2.*into nothing"):
        translating("print('a\\n \\nb')").translate(LINES, "en", "pt", {})
    with pytest.raises(AdapterFailed, match="UTF-8"):
        translating("sys.stdout.buffer.write(b'\\xff\\n' * 3)").translate(LINES, "en", "pt", {})


def test_declared_languages_are_honoured() -> None:
    program = translating("")
    program.languages = ("en-pt",)
    with pytest.raises(Unsupported, match="en-pt"):
        program.translate(LINES, "en", "de", {})


def test_parts_of_another_length_are_refused(tmp_path: Path) -> None:
    code = """
import sys, soundfile
samples, rate = soundfile.read(sys.argv[1], dtype="float32")
for part, gain in (("speech", 0.75), ("background", 0.25)):
    soundfile.write(sys.argv[2] + '/' + part + '.wav', samples[int(sys.argv[3]):] * gain, rate, subtype="FLOAT")
"""
    loud = Sound(np.random.default_rng(0).normal(0, 0.6, (2, 4_410)).astype(np.float32), 44_100)
    program = CommandSeparate(name="sep", argv=python(code, "{input}", "{output}", "0"))
    speech, background = program.separate(loud)
    assert np.array_equal(speech.samples + background.samples, loud.samples), "beyond full scale, too"
    with pytest.raises(AdapterFailed, match="not 0"):
        CommandSeparate(name="sep", argv=python(code, "{input}", "{output}", "10")).separate(loud)
    with pytest.raises(AdapterFailed, match=r"wrote no 'speech\.wav'"):
        CommandSeparate(name="sep", argv=python("", "{input}", "{output}")).separate(loud)


def test_turns_are_read_from_rttm_in_order() -> None:
    rttm = "SPEAKER x 1 1.0 0.5 <NA> <NA> bob <NA> <NA>\nSPEAKER x 1 0.0 1.0 <NA> <NA> ann <NA> <NA>\n"
    program = CommandDiarize(argv=python("import sys; print(sys.argv[1])", rttm))
    assert program.diarize(SOUND) == (
        Turn(speaker="A", start=0.0, end=1.0),
        Turn(speaker="B", start=1.0, end=1.5),
    )
    with pytest.raises(AdapterFailed, match="RTTM"):
        CommandDiarize(argv=python("print('SPEAKER x 1 zero')")).diarize(SOUND)


@pytest.mark.apt
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng: apt install espeak-ng")
def test_espeak_keeps_the_contract_as_a_catalogue_entry() -> None:
    check_adapter(catalog.load("espeak"), languages=("en", "pt", "de"), interpreters=False, long=1_000)
