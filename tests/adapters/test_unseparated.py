"""Nothing taken apart, to the sample."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

import dubbench
from dubbench import catalog, media
from dubbench.adapters.unseparated import Unseparated
from dubbench.stages.separate import Separate
from dubbench.testing import check_adapter
from tests.talks import make_talk
from tests.voices import said


def test_it_keeps_the_contract() -> None:
    check_adapter(catalog.load("unseparated"), sample=said(), interpreters=False)


def test_all_is_speech_and_the_background_is_silent_however_many_pieces(tmp_path: Path) -> None:
    stage = catalog.load("unseparated")
    assert isinstance(stage, Separate)
    rate = Unseparated.sample_rate
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (60 * rate, 2)).astype(np.float32)
    soundfile.write(tmp_path / "whole.wav", sound, rate, subtype="FLOAT")
    stage.write(tmp_path / "whole.wav", tmp_path / "speech.wav", tmp_path / "background.wav")
    speech, background = (
        soundfile.read(tmp_path / f"{stem}.wav", dtype="float32")[0] for stem in ("speech", "background")
    )
    np.testing.assert_allclose(speech, sound, atol=1e-6)
    assert not background.any()


def test_a_whole_dub_over_a_silent_background_is_as_loud_as_any(tmp_path: Path) -> None:
    film = make_talk(tmp_path / "talk.mp4")
    dub = dubbench.dub(
        film, to="pt", out=tmp_path / "out", cast="toy", source_language="en", models={"separate": "unseparated"}
    )
    assert dub.made_by["separate"].model == "unseparated"
    assert dub.tracks.background is not None
    assert not media.read(dub.open(dub.tracks.background)).samples.any()
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["loudness_lufs"] == pytest.approx(-16, abs=1)
    assert report["true_peak_dbtp"] <= -1
