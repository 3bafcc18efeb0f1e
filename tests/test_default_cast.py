"""Real clips through the real default cast: understood, on time, uncut, at a human pace, in voices of their own."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dubbench
from dubbench import documents, media
from dubbench.comparing import differences, reproducing
from dubbench.text import spelling
from dubbench.types import Dub, Sound
from examples import clips

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.phone_call(tmp_path_factory.mktemp("films") / "two on the phone.mp4")


@pytest.fixture(scope="module")
def home(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dub") / "pt"
    dubbench.dub(film, to="pt", out=folder)
    return folder


@pytest.fixture(scope="module")
def dub(home: Path) -> Dub:
    return documents.read(home)


@pytest.fixture(scope="module")
def report(home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "report.json").read_text("utf-8")))


def test_both_speakers_are_heard_and_get_voices_of_their_own(dub: Dub) -> None:
    assert dub.source_language == "en"
    assert len(dub.speakers) == 2
    presets = [voice.preset for voice in dub.voices]
    assert None not in presets
    assert len(set(presets)) == 2


def test_what_was_said_is_in_the_lines(dub: Dub) -> None:
    text = " ".join(line.text for line in dub.lines).lower()
    assert all(word in text for word in ("hello", "new jersey", "chicago", "yankee"))
    assert all(line.words and line.end > line.start for line in dub.lines)


def test_lines_keep_the_limits(dub: Dub) -> None:
    placed = sorted((line.placed_start, line.placed_end) for line in dub.lines)
    for (_, end), (start, _) in itertools.pairwise(placed):
        assert start is not None
        assert end is not None
        assert start >= end - 1e-6
    for line in dub.lines:
        assert line.tempo is not None
        assert line.tempo <= 1.255
        assert line.speech is not None


def test_every_sample_of_every_line_is_in_the_film(dub: Dub, report: dict[str, Any]) -> None:
    assert report["cut_seconds"] == 0
    for line in dub.lines:
        assert line.speech is not None
        assert line.placed_end == pytest.approx((line.placed_start or 0) + line.speech.duration, abs=1e-3)


def test_the_words_are_understood_in_the_finished_file(home: Path, dub: Dub, report: dict[str, Any]) -> None:
    ear: Any = dubbench.load("whisper-base")
    media.extract(home / "dub.mp4", home / "outside.wav", sample_rate=16_000, channels=1)
    heard = ear.ready().hear(media.read(home / "outside.wav"), "pt").text
    errors = spelling.wer(" ".join(line.translation or "" for line in dub.lines), heard, "pt")
    # Measured 0.11: a dozen short replies full of names, misheard by this ear in other voices too ("Yankee", "Sheila").
    # Short replies on the phone: 8 to 16 % of 75 words, by which ffmpeg read the call; half are names and "olá".
    assert errors.rate <= 0.2
    # Heard whole here and in passages there: where sound is cut other words are taken for others.
    assert report["intelligibility_wer"] == pytest.approx(errors.rate, abs=0.06)


def test_the_film_is_as_an_outsider_measures_it(home: Path, film: Path, report: dict[str, Any]) -> None:
    lufs, peak = media.loudness(home / "dub.mp4")
    assert abs(lufs + 16) <= 1
    assert peak <= -1
    assert report["loudness_lufs"] == pytest.approx(lufs, abs=0.1)
    assert abs(media.probe(home / "dub.mp4").duration - media.probe(film).duration) <= 0.1
    assert media.packets_md5(home / "dub.mp4") == media.packets_md5(film)


def test_the_mark_and_the_credentials_are_found(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dubbench", "verify", "--json", str(home / "dub.mp4")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["watermark"] > 0.5


def test_it_is_made_again_the_same_to_the_sample(home: Path) -> None:
    made = reproducing.reproduce(home)
    assert [room for room in made.rooms if not room.same] == []
    assert made.differs == {}


def test_editing_one_line_speaks_one_line_again(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "dub"
    shutil.copytree(home, folder)
    raw = json.loads((folder / "dub.json").read_text("utf-8"))
    raw["lines"][2]["translation"] = "Aqui é a Diana, de Nova Jersey."
    (folder / "dub.json").write_text(json.dumps(raw), "utf-8")
    run = dubbench.redub(folder)
    assert run.redone["translate"] == 0
    assert run.redone["speak"] == 1
    assert run.dub.lines[2].take is not None
    assert run.dub.lines[2].take.text.startswith("Aqui é a Diana")
    found = differences.between(home, folder)
    assert "translation" in next(line for line in found.lines if line.ids[0] == run.dub.lines[2].id).fields
    assert not found.settings
    assert not found.models
    assert [room for room in reproducing.reproduce(folder).rooms if not room.same] == []


@pytest.mark.parametrize("kind", ["silence", "noise", "music"])
def test_without_speech_nothing_is_invented(kind: str, tmp_path: Path) -> None:
    media.write(tmp_path / "in.wav", no_speech(kind))
    dub = dubbench.dub(tmp_path / "in.wav", to="pt", out=tmp_path / "out")
    assert dub.lines == ()
    assert [flag.name for flag in dub.flags] == ["no-speech"]
    assert (tmp_path / "out" / "dub.mp4").is_file()


def no_speech(kind: str) -> Sound:
    """Ten seconds without a voice: silence, brown noise, or chords with drums."""
    rate, rng = 16_000, np.random.default_rng(0)
    time = np.arange(10 * rate) / rate
    if kind == "silence":
        wave = np.zeros_like(time)
    elif kind == "noise":
        wave = np.cumsum(rng.standard_normal(time.size)) / 3000
    else:
        beat = time % 0.5
        chords = sum(np.sin(2 * np.pi * f * time) * np.exp(-3 * beat) for f in (110.0, 138.6, 164.8, 220.0, 277.2))
        wave = chords + rng.standard_normal(time.size) * np.exp(-30 * beat) * 0.5
    return Sound((0.4 * wave / max(1e-9, np.abs(wave).max()))[None].astype(np.float32), rate)


SPANISH = Path("/usr/share/asterisk/sounds")


@pytest.mark.apt
@pytest.mark.parametrize("target", ["pt", "en"])
def test_spanish_prompts_by_professional_speakers(target: str, tmp_path: Path) -> None:
    sounds = [path for path in sorted(SPANISH.glob("es*/vm-*.wav")) if media.read(path).duration > 2][:8]
    if shutil.which("apertium") is None or not sounds:
        pytest.skip("needs: apt-get install apertium apertium-es-pt asterisk-core-sounds-es-wav")
    gap = np.zeros((1, 9600), np.float32)
    pieces = [np.concatenate([media.read(p, sample_rate=16_000, channels=1).samples, gap], axis=1) for p in sounds]
    media.write(tmp_path / "es.wav", Sound(np.concatenate(pieces, axis=1), 16_000))
    dub = dubbench.dub(tmp_path / "es.wav", to=target, source_language="es", out=tmp_path / target)
    report = json.loads((tmp_path / target / "report.json").read_text("utf-8"))
    assert len(dub.lines) >= 4
    assert "pivot" in report["models"]["translate"] or target == "pt"
    assert report["cut_seconds"] == report["overlap_seconds"] == 0
    assert report["intelligibility_wer"] <= 0.15
