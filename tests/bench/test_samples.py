"""Samples: what they tell of a sound needs the sound, and what they name lies in the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dubbench.bench import samples
from dubbench.bench.samples import Sample
from dubbench.errors import BadInput


def written(folder: Path, row: str) -> Path:
    folder.mkdir()
    (folder / samples.SAMPLES).write_text(f"{row}\n", "utf-8")
    return folder


def test_a_sample_says_what_is_said_in_each_language(tmp_path: Path) -> None:
    made = Sample(
        id="1", cluster="a", audio={"en": "en.wav", "es": "es.wav"}, said={"en": "en.stm", "es": "es.stm"},
        turns="a.rttm", stems={"speech": "s.wav"},
    )  # fmt: skip
    (found,) = samples.read(written(tmp_path / "films", made.model_dump_json(exclude_defaults=True)))
    assert found == made
    assert list(found.files()) == ["en.wav", "es.wav", "en.stm", "es.stm", "s.wav", "a.rttm"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"said": {"es": "es.stm"}, "audio": {"en": "en.wav"}}, "what is said in es, but has no audio of that"),
        ({"turns": "a.rttm"}, "it has turns or stems, but no audio"),
        ({"stems": {"speech": "s.wav"}}, "it has turns or stems, but no audio"),
        ({"stems": {"drums": "s.wav"}, "audio": {"en": "a.wav"}}, "drums"),
        ({"audio": {"en": "../other/a.wav"}}, "'../other/a.wav' does not lie in the corpus"),
        ({"audio": {"en": "/a.wav"}}, "'/a.wav' does not lie in the corpus"),
        ({"audio": {"en": "a.wav"}, "turns": ""}, "'' does not lie in the corpus"),
        ({"says": {"en": "a"}}, "says"),
    ],
)
def test_what_cannot_be_is_refused(told: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=why):
        Sample.model_validate({"id": "1", "cluster": "a", **told})


def test_a_row_that_cannot_be_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = written(tmp_path / "old", '{"id": "1", "cluster": "a", "audio": {"en": "a.wav"}, "said": "a.stm"}')
    with pytest.raises(BadInput, match=r"samples\.jsonl, line 1: said: "):
        samples.read(folder)
