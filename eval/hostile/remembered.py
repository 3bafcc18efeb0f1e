"""Files of people and voice files, mended by hand until they no longer fit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval.hostile.case import Case
from eval.hostile.making import beside

BAD = "BadInput"
NAMED = (
    "--to",
    "pt",
    "--from",
    "en",
    "--cast",
    "default",
    "--model",
    "translate=bergamot",
    "--out",
    "out",
    "--dry-run",
)
ANNA: dict[str, Any] = {"id": "P001", "name": "Anna", "vectors": [[0.6, 0.8]]}


def people(content: bytes | str) -> Callable[[Path], list[str]]:
    made = beside("series.json", content)
    return lambda here: [*made(here)[:2], *NAMED, "--people", "series.json"]


def persons(*found: dict[str, Any], **fields: Any) -> Callable[[Path], list[str]]:
    return people(json.dumps({"schema": 1, "people": found, **fields}))


def piped(here: Path) -> list[str]:
    words = people("")(here)
    (here / "series.json").unlink()
    os.mkfifo(here / "series.json")
    return words


def voice(**fields: Any) -> Callable[[Path], list[str]]:
    figures = {"cosine": 0.5}
    judged = {
        "preset": "a",
        "before": figures,
        "after": figures,
        "ceiling": 0.9,
        "evaluations": 1,
        "seconds": 1,
        "seed": 0,
    }
    whole = {
        "schema": 1, "name": "anna", "model": "kokoro", "language": "pt", "blend": {"style": "pf_dora"},
        "kept": "fitted",
        "consent": {"who": "Anna", "when": "2026-01-01", "purpose": "dubbing"}, "sample": "0" * 64, "judged": judged,
    }  # fmt: skip
    return worn(json.dumps({**whole, **fields}))


def worn(content: bytes | str) -> Callable[[Path], list[str]]:
    return beside("anna.voice.json", content, "--voice", "A=anna.voice.json")


def several(here: Path) -> list[str]:
    (here / "voices").mkdir()
    for name in ("a", "b"):
        (here / "voices" / f"{name}.voice.json").write_text("{}", "utf-8")
    return [*beside("x", "")(here), "--voice", "A=./voices"]


CASES = (
    Case("people in a file of 0 bytes", people(""), BAD, r"series\.json is not valid JSON.*--people"),
    Case("people in a film", people(bytes(range(256))), BAD, r"series\.json is not valid JSON"),
    Case("people in a list", people("[]"), BAD, r"series\.json: Input should be.*--people"),
    Case("people 100 000 deep", people('{"a":' * 100_000), BAD, "lie too deep"),
    Case("people of another schema", persons(schema=2), BAD, "schema: Input should be 1"),
    Case("people with an unknown field", persons({**ANNA, "age": 3}), BAD, r"people\.0\.age"),
    Case("two people of one name", persons(ANNA, ANNA), BAD, "two people are called 'P001'"),
    Case("a person whose vector holds NaN", people('{"schema": 1, "people": [{"id": "a", "vectors": [[NaN]]}]}'), BAD,
         r"people\.0\.vectors\.0\.0: .* finite number"),
    Case("a person whose vector holds 1e999", people('{"schema": 1, "people": [{"id": "a", "vectors": [[1e999]]}]}'),
         BAD,
         r"people\.0\.vectors\.0\.0"),
    Case("a person whose vectors are of two lengths", persons({**ANNA, "vectors": [[0.6, 0.8], [1.0]]}), BAD,
         r"people\.0.*one length"),
    Case("a person whose vector is empty", persons({**ANNA, "vectors": [[]]}), BAD, r"people\.0.*one length"),
    Case("a person whose id is empty", persons({**ANNA, "id": ""}), BAD, r"people\.0\.id"),
    Case("a person with half of a character", people('{"schema": 1, "people": [{"id": "\\ud800"}]}'), BAD, "surrogate"),
    Case("people of another model of voices", persons(ANNA, by="0" * 32), BAD, "made with another model of voices"),
    Case("people in a folder", lambda here: [*people("")(here)[:-1], "."], BAD, "give a file in a folder"),
    Case("people in a folder that is not there", lambda here: [*people("")(here)[:-1], "no/series.json"], BAD,
         "give a file in a folder"),
    Case("people in a pipe", piped, BAD, "is not a regular file"),
    Case("people in /dev/zero", lambda here: [*people("")(here)[:-1], "/dev/zero"], BAD, "/dev/zero"),
    Case("people in a file of a name too long", lambda here: [*people("")(here)[:-1], "x" * 300], BAD,
         "File name too long"),
    Case("a voice file of 0 bytes", worn(""), BAD, r"anna\.voice\.json is not valid JSON"),
    Case("a voice file of another schema", voice(schema=2), BAD, "schema: Input should be 1"),
    Case("a voice file without consent", voice(consent=None), BAD, "consent: Input should be"),
    Case("a voice file whose consent was taken back", voice(consent={"who": "Anna", "when": "2026-01-01", "purpose":
         "dubbing", "withdrawn": "2026-02-01"}), "Refused", "took back the consent"),
    Case("a voice file for a model that wears none", voice(), BAD, "wears no fitted voices"),
    Case("a voice file whose blend is a list", voice(blend=["a"]), BAD, "blend: Input should be"),
    Case("a voice file 100 000 deep", worn('{"a":' * 100_000), BAD, "lie too deep"),
    Case("a folder of several voice files", several, BAD, "holds 2 files"),
    Case("a voice file that is a folder", lambda here: [*beside("x", "")(here), "--voice", "A=./x.json"], BAD,
         "cannot be read"),
)  # fmt: skip
