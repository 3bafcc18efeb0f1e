"""dub.json edited by hand in hostile ways: forms, numbers, times, names, paths that lead out of the dub's folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval.hostile.case import WORKS, Case
from eval.hostile.making import edited, laid_dub, written

BAD = "BadInput"
Raw = dict[str, Any]


def raw_number(field: str, number: str) -> Callable[[Raw], bytes]:
    """dub.json with a number written as it stands, at a path like "lines.0.end"."""

    def content(raw: Raw) -> bytes:
        put(raw, field, "@@")
        return json.dumps(raw).replace('"@@"', number).encode()

    return content


def put(raw: Any, field: str, value: Any) -> None:
    *way, last = [int(part) if part.isdigit() else part for part in field.split(".")]
    for part in way:
        raw = raw[part] if isinstance(part, int) else raw.setdefault(part, {})
    raw[last] = value


def line(**fields: Any) -> Callable[[Raw], Any]:
    return lambda raw: raw["lines"][0].update(fields)


def field(name: str, value: Any) -> Callable[[Raw], Any]:
    return lambda raw: put(raw, name, value)


def grown(count: int) -> Callable[[Raw], Any]:
    """Lines enough to fill the film, many at a time."""
    return lambda raw: raw.update(
        lines=[
            {"id": f"X{i}", "start": 1 + i % 4, "end": 2 + i % 4, "text": "Hello", "speaker": "A"} for i in range(count)
        ]
    )


def spoken(raw: Raw, audio: dict[str, Any]) -> None:
    """A line whose speech lies elsewhere."""
    first = raw["lines"][0]
    first["speech"] = {**first["speech"], **audio}
    first["takes"] = [{**take, "speech": first["speech"]} for take in first["takes"]]


def elsewhere(path: str) -> Callable[[Raw], Any]:
    return lambda raw: spoken(raw, {"path": path})


def linked(here: Path) -> list[str]:
    """A dub whose folder of work is a link out of it."""
    words = edited(lambda raw: None, "--preview")(here)
    home = here / "out"
    (home / "work").rename(here.parent / "elsewhere" / "work")
    (home / "work").symlink_to(here.parent / "elsewhere" / "work")
    return words


def piped(here: Path) -> list[str]:
    home = laid_dub(here)
    (home / "dub.json").unlink()
    os.mkfifo(home / "dub.json")
    return ["dub", "out", "--dry-run"]


def folder(here: Path) -> list[str]:
    home = laid_dub(here)
    (home / "dub.json").unlink()
    (home / "dub.json").mkdir()
    return ["dub", "out", "--dry-run"]


AGAIN = ("--preview",)
ODD = "\u202eabc\u202c \x1b[31m\0 <script>alert(1)</script> 'quo\"tes' {braces} %s \\n ../.. \u200b\ufeff"

CASES = (
    Case("dub.json of 0 bytes", written(lambda raw: b""), BAD, "is not valid JSON"),
    Case("dub.json that is prose", written(lambda raw: b"Dear dub,"), BAD, "is not valid JSON"),
    Case("dub.json cut in half", written(lambda raw: json.dumps(raw).encode()[:900]), BAD, "is not valid JSON"),
    Case("dub.json with a comma too much", written(lambda raw: json.dumps(raw).encode()[:-1] + b",}"), BAD,
         "is not valid JSON"),
    Case("dub.json in UTF-16", written(lambda raw: json.dumps(raw).encode("utf-16")), BAD, "is not valid JSON"),
    Case("dub.json in Latin-1", written(lambda raw: json.dumps({**raw, "id": "é"},
         ensure_ascii=False).encode("latin-1")),
         BAD, "is not valid JSON"),
    Case("dub.json that is a list", written(lambda raw: b"[1, 2]"), BAD, "schema None"),
    Case("dub.json that is a number", written(lambda raw: b"1"), BAD, "schema None"),
    Case("dub.json that is empty braces", written(lambda raw: b"{}"), BAD, "schema None"),
    Case("dub.json 100 000 deep", written(lambda raw: b"[" * 100_000), BAD, "lie too deep"),
    Case("a field 100 000 deep", written(lambda raw: b'{"schema": 1, "id": ' + b'{"a":' * 100_000), BAD,
         "lie too deep"),
    Case("a field 900 deep", written(lambda raw: json.dumps(raw).encode()[:-1] + b', "x": ' + b"[" * 900 + b"]" * 900
         + b"}"), BAD, r"x: Extra inputs"),
    Case("dub.json as a pipe", piped, BAD, "is not a regular file"),
    Case("dub.json as a folder", folder, BAD, r"dub\.json"),
    Case("schema 999", edited(field("schema", 999)), BAD, "upgrade dubbench"),
    Case("schema 0", edited(field("schema", 0)), BAD, "upgrade dubbench"),
    Case("schema true", edited(field("schema", True)), BAD, "schema True"),
    Case("schema of 5000 digits", written(raw_number("schema", "9" * 5000)), BAD, "is not valid JSON"),
    Case("an unknown field", edited(field("colour", "red")), BAD, "colour: Extra inputs are not permitted"),
    Case("an unknown field in a line", edited(line(colour="red")), BAD, r"lines\.0\.colour"),
    Case("a line's time NaN", written(raw_number("lines.0.start", "NaN")), BAD,
         r"lines\.0\.start: .* finite number"),
    Case("a line's time Infinity", written(raw_number("lines.0.end", "Infinity")), BAD,
         r"lines\.0\.end: .* finite number"),
    Case("a line's time 1e999", written(raw_number("lines.0.end", "1e999")), BAD, r"lines\.0\.end"),
    Case("the film's length 1e999", written(raw_number("source.duration", "1e999")), BAD, r"source\.duration"),
    Case("a placed time of 1e999", written(raw_number("lines.0.placed_start", "-1e999")), BAD, r"placed_start"),
    Case("a turn at 1e999", written(raw_number("turns.0.end", "1e999")), BAD, r"turns\.0\.end"),
    Case("a time of 5000 digits", written(raw_number("lines.0.end", "9" * 5000)), BAD, "is not valid JSON"),
    Case("a time of 400 digits", written(raw_number("lines.0.end", "9" * 400)), BAD, r"lines\.0\.end"),
    Case("a time that is a text", edited(line(start="soon")), BAD, r"lines\.0\.start"),
    Case("a negative time", edited(line(start=-5)), BAD, r"lines\.0\.start"),
    Case("a line that ends before it starts", edited(line(start=3.0, end=1.0)), BAD, "before it starts"),
    Case("a line after the film", edited(line(end=10_000)), BAD, "but the film at 6"),
    Case("a film said to be 10 000 s long, and a line at its end", edited(lambda raw: (put(raw, "source.duration",
         10_000),
         raw["lines"][0].update(start=9000, end=9002))), BAD, "but the film at 6"),
    Case("a film of -1 s", edited(field("source.duration", -1)), BAD, r"source\.duration"),
    Case("a line of no length", edited(line(start=1.0, end=1.0), *AGAIN), WORKS, "dub.mp4"),
    Case("lines that overlap", edited(lambda raw: raw["lines"][1].update(start=1.0), *AGAIN), WORKS, "dub.mp4"),
    Case("two lines of one name", edited(lambda raw: raw["lines"].append(raw["lines"][0])), BAD,
         "two lines are called"),
    Case("a line without a name", edited(line(id="")), BAD, r"lines\.0\.id"),
    Case("a line named ../../x", edited(line(id="../../x", translation="Outro."), *AGAIN), WORKS, "dub.mp4"),
    Case("a line named with 100 000 letters", edited(line(id="x" * 100_000, translation="Outro."), *AGAIN), WORKS,
         "dub.mp4"),
    Case("a line without a text", edited(line(text="", translation=None), *AGAIN), BAD, "no text to translate"),
    Case("a translation of signs alone", edited(line(translation="… — !"), *AGAIN), BAD, "write one with a letter"),
    Case("control signs and marks in a translation", edited(line(translation=ODD), *AGAIN), WORKS, "dub.mp4"),
    Case("control signs and marks in a speaker's name", edited(lambda raw: (raw["lines"][0].update(speaker=ODD),
         raw["voices"].append({"id": "x", "speaker": ODD, "name": ODD})), *AGAIN), WORKS, "dub.mp4"),
    Case("half of a character in a text", edited(line(translation="Ol\ud83d"), *AGAIN), BAD, "lone surrogate"),
    Case("a translation of 100 000 letters", edited(line(translation="palavra " * 12_500), *AGAIN), BAD,
         r"lines\.0\.translation: .* 10000 characters"),
    Case("a translation of 400 letters", edited(line(translation="palavra " * 50), *AGAIN), WORKS, "dub.mp4",
         whole=True),
    Case("no lines", edited(field("lines", []), *AGAIN), WORKS, "dub.mp4"),
    Case("lines that are nothing", edited(field("lines", None)), BAD, "lines: Input should be"),
    Case("10 000 lines", edited(grown(10_000)), BAD, "once every line has a translation", whole=True),
    Case("a million lines", edited(grown(1_000_000)), BAD, "100000 are the most", whole=True),
    Case("a speaker without a voice", edited(line(speaker="Z"), *AGAIN), WORKS, "dub.mp4"),
    Case("20 speakers of no line", edited(lambda raw: raw["voices"].extend({"id": f"v{i}", "speaker": f"S{i}"}
         for i in range(20)), *AGAIN), WORKS, "dub.mp4"),
    Case("a voice nobody has", edited(lambda raw: raw["voices"][0].update(preset="toy-hihg")), BAD, "did you mean"),
    Case("a blend of a stranger's", edited(lambda raw: raw["voices"][0].update(preset="x@12345678", blend={"a": "b"})),
         BAD, "has no voice"),
    Case("a voice's file elsewhere", edited(lambda raw: raw["voices"][0].update(file="/etc/passwd"), *AGAIN), WORKS,
         "dub.mp4"),
    Case("a speech at ../../", edited(elsewhere("../../elsewhere/secret.wav"), *AGAIN), BAD,
         "is not inside the dub's folder"),
    Case("a speech at /etc/passwd", edited(elsewhere("/etc/passwd"), *AGAIN), BAD,
         "is not inside the dub's folder"),
    Case("a speech at a path with NUL", edited(elsewhere("work/\0.wav"), *AGAIN), BAD, "is not inside"),
    Case("a speech that is a folder", edited(elsewhere("work"), *AGAIN), WORKS, "dub.mp4"),
    Case("a speech that is no sound", edited(elsewhere("dub.json"), *AGAIN), WORKS, "dub.mp4"),
    Case("the original at ../talk.mp4", edited(field("tracks.original.path", "../talk.mp4"), *AGAIN), BAD,
         "is not inside the dub's folder"),
    Case("a reference at ../../", edited(lambda raw: raw["voices"][0]["reference"].update(path="../../x.wav")), BAD,
         "is not inside the dub's folder"),
    Case("a folder of work that is a link", linked, BAD, "leads out of"),
    Case("a target language of ../../x", edited(field("target_language", "../../x")), BAD, "not a language known here"),
    Case("a source language of ../../x", edited(field("source_language", "../../x")), BAD, "not a language known here"),
    Case("an empty target language", edited(field("target_language", "")), BAD, "not a language known here"),
    Case("a film that is gone", edited(field("source.path", "/none.mp4")), BAD, "is not at /none.mp4 any more"),
    Case("another film", edited(field("source.path", "/etc/passwd")), BAD, "is not a film or sound"),
    Case("a film at an address", edited(field("source.path", "http://127.0.0.1:9/a.mp4")), BAD, "any more"),
    Case("a film at a path with NUL", edited(field("source.path", "a\0.mp4")), BAD, "embedded null byte"),
    Case("a film of another hash", edited(field("source.sha256", "0" * 64)), BAD, "is not the film this dub was made"),
    Case("a finished film elsewhere", edited(field("output.film", "../../elsewhere/dub.mp4"), *AGAIN), WORKS,
         "dub.mp4"),
    Case("people in a file elsewhere", edited(field("wishes.people", "/etc/hostname")), BAD, "--people"),
    Case("a cast that is not there", edited(field("wishes.cast", "nobody")), BAD, "there is no cast 'nobody'"),
    Case("a model that is not there", edited(field("wishes.models", {"speak": "os:system"})), BAD, "there is no model"),
    Case("0 speakers wished for", edited(field("wishes.speakers", 0)), BAD, r"wishes\.speakers"),
    Case("a pace of 100", edited(line(controls={"pace": 100})), BAD, r"controls\.pace"),
    Case("a pronunciation that is none", edited(line(controls={"pronunciation": "=;=;///"}, translation="Oi."), *AGAIN),
         BAD, "write word=reading"),
    Case("pronunciations of signs of patterns", edited(lambda raw: (put(raw, "pronunciations", {"(((": "a", "a*": "b"}),
         raw["lines"][0].update(translation="Outro ((( a*")), *AGAIN), WORKS, "dub.mp4"),
    Case("a glossary of signs of patterns", edited(field("glossary", {"(?P<": "[", "": "x", "\\": "\\1"}), *AGAIN),
         WORKS,
         "dub.mp4"),
    Case("a stress on a word of patterns", edited(line(controls={"emphasis": "(;[;*;\\"}, translation="Um ( dois."),
         *AGAIN),
         WORKS, "dub.mp4"),
    Case("a pause at -1", edited(line(pauses=[{"at": -1, "duration": 1}])), BAD, r"pauses\.0\.at"),
    Case("a pause of 10⁹ s", edited(line(pauses=[{"at": 2, "duration": 1e9}], translation="Um dois."), *AGAIN), WORKS,
         "dub.mp4"),
    Case("a picture map that goes back", edited(field("picture", [[0, 0], [2, 2], [1, 3]])), BAD,
         "picture map must go on"),
    Case("a picture map of 10⁹ s", edited(field("picture", [[0, 0], [6, 1e9]]), *AGAIN), WORKS, "dub.mp4"),
    Case("a tempo of 0", edited(line(tempo=0, translation="Um."), *AGAIN), WORKS, "dub.mp4"),
    Case("a placed start of 10⁹ s", edited(line(placed_start=1e9, placed_end=1e9 + 1), *AGAIN), WORKS, "dub.mp4"),
    Case("a sample rate of 0", edited(lambda raw: spoken(raw, {"sample_rate": 0})), BAD, "sample_rate"),
    Case("a duration of 10⁹ s of a take", edited(lambda raw: spoken(raw, {"duration": 1e9}), *AGAIN), WORKS,
         "dub.mp4"),
    Case("made by nobody", edited(field("made_by", {"probe": {"model": "x", "key": "y"}}), *AGAIN), WORKS, "dub.mp4"),
    Case("made by nothing", edited(field("made_by", {}), *AGAIN), WORKS, "dub.mp4"),
    Case("a voice called by a script", edited(lambda raw: raw["voices"][0].update(name="<img src=x onerror=alert(1)>"),
         *AGAIN), WORKS, "dub.mp4"),
)  # fmt: skip
