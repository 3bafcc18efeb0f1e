"""The nouns are frozen, refuse what they do not know, and survive JSON."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import dubbench
from dubbench import documents, types
from dubbench.errors import BadInput
from dubbench.types import Controls, Dub, Flag, Line, Made, Sound, Source, Voice


def a_dub() -> Dub:
    return Dub(
        id="d1", source=Source(path="/films/a.mp4", sha256="0" * 64, duration=4.0), target_language="pt",
        lines=(Line(id="L001", start=0, end=1, text="Hi", speaker="A", made_by={"translate": "k"}),),
        voices=(Voice(id="voice-A", speaker="A", preset="pf_dora"),), glossary={"cat": "gato"},
        made_by={"probe": Made(model="ffmpeg", key="x")},
    )  # fmt: skip


def test_a_dub_survives_json() -> None:
    dub = a_dub()
    assert Dub.model_validate(json.loads(dub.model_dump_json(by_alias=True))) == dub


def test_values_are_frozen_all_the_way_down() -> None:
    dub = a_dub()
    with pytest.raises(ValidationError):
        dub.id = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        dub.glossary["dog"] = "cão"  # type: ignore[index]


def test_unknown_fields_are_refused_in_json_and_in_changes() -> None:
    with pytest.raises(ValidationError):
        Line.model_validate({"id": "L1", "start": 0, "end": 1, "text": "x", "colour": "red"})
    with pytest.raises(ValidationError):
        a_dub().lines[0].but(colour="red")


def test_a_change_makes_a_new_value_that_lives_in_the_same_folder(tmp_path: Path) -> None:
    dub = a_dub().at(tmp_path)
    changed = dub.but(source_language="en")
    assert dub.source_language is None
    assert changed.folder == tmp_path.resolve()


def test_what_was_said_before_a_line_is_what_its_own_speaker_said(monkeypatch: pytest.MonkeyPatch) -> None:
    who = {"1": "A", "2": "A", "3": "B", "4": "A", "5": "A"}
    dub = a_dub().but(
        lines=tuple(Line(id=x, start=int(x), end=int(x) + 1, text=f"Said {x}.", speaker=who[x]) for x in who)
    )
    walks = []
    monkeypatch.setattr(types, "pairwise", lambda lines: walks.append(lines) or itertools.pairwise(lines))
    said = [dub.said_before(line) for _ in range(3) for line in dub.lines]
    assert said == ["", "Said 1.", "", "", "Said 4."] * 3
    assert walks == [dub.lines], "looked for once a dub, not once a line"
    changed = dub.with_lines({"1": dub.lines[0].but(text="Else.")})
    assert changed.said_before(changed.lines[1]) == "Else."
    assert dub == Dub.model_validate_json(dub.model_dump_json(by_alias=True)), "and it is no part of the value"


def test_a_room_takes_its_own_flags_back() -> None:
    line = (
        a_dub()
        .lines[0]
        .flagged("place", Flag(room="place", name="unfit"))
        .flagged("listen", Flag(room="listen", name="x"))
    )
    assert [flag.name for flag in line.flagged("place").flags] == ["x"]


def test_a_lines_wishes_go_before_its_speakers() -> None:
    assert Controls(pace=1.1).over(Controls(pace=0.9, style="calm")) == Controls(pace=1.1, style="calm")


def test_sound_refuses_other_shapes_and_types() -> None:
    with pytest.raises(ValueError, match="float32"):
        Sound(np.zeros(10, np.float32), 8000)
    with pytest.raises(ValueError, match="float32"):
        Sound(np.zeros((1, 10)), 8000)


def test_dub_json_is_read_back_and_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "dub.json"
    documents.write(a_dub(), path)
    assert documents.read(tmp_path) == a_dub().at(tmp_path)
    raw = json.loads(path.read_text("utf-8"))
    raw["lines"][0]["colour"] = "red"
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(BadInput, match=r"lines\.0\.colour"):
        documents.read(tmp_path)
    path.write_text("{", "utf-8")
    with pytest.raises(BadInput, match="not valid JSON"):
        documents.read(tmp_path)
    path.write_text('{"schema": 99}', "utf-8")
    with pytest.raises(BadInput, match="schema 99"):
        documents.read(tmp_path)
    with pytest.raises(BadInput, match=r"no dub\.json"):
        documents.read(tmp_path / "nowhere")


def test_public_names_are_sorted_and_all_there() -> None:
    assert dubbench.__all__ == sorted(dubbench.__all__)
    assert all(getattr(dubbench, name) is not None for name in dubbench.__all__)


def test_importing_loads_nothing_heavy() -> None:
    heavy = "torch gradio dbos sqlalchemy scipy onnxruntime faster_whisper ctranslate2 av onnx c2pa"
    code = f"import dubbench, sys; print([m for m in {heavy.split()!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_threads_must_not_load_is_there_before_them() -> None:
    loaded = "{'fft', 'ma', 'random'} <= {*vars(numpy)}, 'scipy' in sys.modules"
    for module, expected in {"types": ["True", "False"], "run": ["True", "True"]}.items():
        code = f"import sys, numpy, dubbench.{module}; print({loaded})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.split() == expected


def test_numpy_still_looks_its_late_parts_up_in_itself() -> None:
    """Once it does not, `dubbench.early` need not load them."""
    code = "import numpy, numpy.fft; del numpy.fft; numpy.fft"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "RecursionError" in done.stderr
