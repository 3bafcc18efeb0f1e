"""The walk through the house with toy models: outputs, edits, several targets, own texts, bad input."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents, media, provenance
from dubbench.errors import BadInput, Unsupported
from dubbench.text import subtitles
from tests import clips
from tests.talks import make_talk

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}
FIGURES = {
    "source_language", "target_language", "duration", "film_duration", "overrun_seconds", "dead_air_seconds",
    "fast_cues", "lines", "speakers", "seconds", "models", "realtime_factor",
    "peak_rss_mb", "cut_seconds", "overlap_seconds", "max_speedup", "unfit_lines", "adherence", "loudness_lufs",
    "true_peak_dbtp", "intelligibility_wer", "speaker_similarity", "voice_drift", "flags",
}  # fmt: skip


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "a talk.mp4")


@pytest.fixture(scope="module")
def home(talk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dub") / "pt"
    dubbench.dub(talk, to="pt", out=folder, **TOY)
    return folder


def again(folder: Path, to: Path) -> Path:
    """A copy of a finished dub to change."""
    import shutil

    shutil.copytree(folder, to)
    return to


def test_a_dub_leaves_all_its_outputs(home: Path) -> None:
    names = {path.name for path in home.iterdir()}
    wanted = {"dub.mp4", "dub.json", "report.json", "report.html"}
    assert wanted | {f"subtitles.{x}.{y}" for x in ("en", "pt") for y in ("srt", "vtt")} <= names
    report = json.loads((home / "report.json").read_text("utf-8"))
    assert report.keys() >= FIGURES
    assert report["cut_seconds"] == 0
    assert report["overlap_seconds"] == report["overrun_seconds"] == 0
    assert report["film_duration"] == pytest.approx(report["duration"], abs=0.1)
    assert report["lines"] == len(documents.read(home).lines) > 2


def test_a_dub_that_outlasts_the_film_is_told_as_long_as_it_is(home: Path, tmp_path: Path) -> None:
    folder = again(home, tmp_path / "dub")
    raw = json.loads((folder / "dub.json").read_text("utf-8"))
    raw["lines"][-1]["translation"] = "muitas palavras " * 60
    (folder / "dub.json").write_text(json.dumps(raw), "utf-8")
    dub = dubbench.redub(folder).dub
    figures = json.loads((folder / "report.json").read_text("utf-8"))
    film = media.probe(folder / "dub.mp4").duration
    assert figures["duration"] == pytest.approx(dub.source.duration, abs=0.001)
    assert figures["film_duration"] == pytest.approx(film, abs=0.001)
    assert figures["overrun_seconds"] == pytest.approx((dub.lines[-1].placed_end or 0) - dub.source.duration, abs=0.01)
    assert figures["overrun_seconds"] == pytest.approx(film - dub.source.duration, abs=0.2)
    assert figures["overrun_seconds"] > 1
    (flag,) = (flag for flag in documents.read(folder).flags if flag.name == "beyond")
    assert flag.detail.endswith(f"s beyond the film; shorten translations first in {dub.lines[-1].id}")
    assert {"line": "", "flag": "beyond", "detail": flag.detail} in figures["flags"]


def test_speech_without_a_line_is_told(home: Path, tmp_path: Path) -> None:
    folder = again(home, tmp_path / "dub")
    raw = json.loads((folder / "dub.json").read_text("utf-8"))
    gone = raw["lines"].pop(1)
    (folder / "dub.json").write_text(json.dumps(raw), "utf-8")
    dubbench.redub(folder)
    figures = json.loads((folder / "report.json").read_text("utf-8"))
    assert figures["dead_air_seconds"] > 0.8
    (told,) = (flag["detail"] for flag in figures["flags"] if flag["flag"] == "unheard-speech")
    times = [float(word) for word in told.split() if word.replace(".", "").isdigit()]
    assert times == pytest.approx([gone["start"], gone["end"]], abs=0.3)
    # The flag says: write a line for it. Who does is heard.
    raw["lines"].insert(1, {key: gone[key] for key in ("id", "start", "end", "text", "speaker")})
    (folder / "dub.json").write_text(json.dumps(raw), "utf-8")
    again_said = dubbench.redub(folder).dub
    assert again_said.lines[1].speech is not None
    assert "unheard-speech" not in [flag.name for flag in again_said.flags]


def test_the_source_is_left_alone(talk: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(talk.read_bytes()).hexdigest()
    dubbench.dub(talk, to="pt", out=tmp_path / "out", **TOY)
    assert hashlib.sha256(talk.read_bytes()).hexdigest() == before


def test_walking_again_makes_nothing_anew(home: Path, tmp_path: Path) -> None:
    folder = again(home, tmp_path / "dub")
    run = dubbench.redub(folder)
    assert run.redone["translate"] == run.redone["speak"] == 0
    assert run.dub.lines == documents.read(home).lines


@pytest.mark.parametrize(
    ("field", "value", "redone"),
    [
        ("text", "other words here", {"translate": 1, "speak": 1}),
        ("translation", "outras palavras aqui", {"translate": 0, "speak": 1}),
        ("speaker", "B", {"translate": 0, "speak": 1}),
    ],
)
def test_editing_one_line_redoes_one_line(
    home: Path, tmp_path: Path, field: str, value: str, redone: dict[str, int]
) -> None:
    folder = again(home, tmp_path / "dub")
    raw = json.loads((folder / "dub.json").read_text("utf-8"))
    raw["lines"][1][field] = value
    if field == "speaker":
        other = "toy-low" if raw["voices"][0]["preset"] == "toy-high" else "toy-high"
        raw["voices"].append({**raw["voices"][0], "id": "voice-B", "speaker": "B", "preset": other})
    (folder / "dub.json").write_text(json.dumps(raw), "utf-8")
    run = dubbench.redub(folder)
    assert {room: run.redone[room] for room in redone} == redone
    assert getattr(run.dub.lines[1], field) == value


def test_changing_a_voice_speaks_all_its_lines_again(home: Path, tmp_path: Path) -> None:
    folder = again(home, tmp_path / "dub")
    other = {"toy-low": "toy-high", "toy-high": "toy-low"}[documents.read(home).voices[0].preset or ""]
    run = dubbench.redub(folder, voices={"A": other})
    assert run.redone["speak"] == len(run.dub.lines)
    assert run.redone["translate"] == 0
    back = {"toy-low": "toy-high", "toy-high": "toy-low"}[other]
    assert dubbench.redub(folder, voices={"A": back}).redone["speak"] == 0, "what was spoken before is remembered"


def test_a_translation_edited_by_hand_survives_a_second_walk(home: Path, tmp_path: Path) -> None:
    folder = again(home, tmp_path / "dub")
    raw = json.loads((folder / "dub.json").read_text("utf-8"))
    raw["lines"][0]["translation"] = "feito à mão"
    (folder / "dub.json").write_text(json.dumps(raw), "utf-8")
    dubbench.redub(folder)
    run = dubbench.redub(folder)
    assert run.dub.lines[0].translation == "feito à mão"
    assert run.redone["speak"] == 0


def test_several_targets_share_what_was_understood(talk: Path, tmp_path: Path) -> None:
    dubs = dubbench.dub(talk, to=["pt", "es"], out=tmp_path, **TOY)
    assert [dub.target_language for dub in dubs] == ["pt", "es"]
    assert (tmp_path / "pt" / "dub.mp4").is_file()
    assert (tmp_path / "es" / "report.json").is_file()
    assert len(list((tmp_path / "work" / "transcribe").glob("*.json"))) == 2, "the transcript, and its only piece"
    assert documents.read(tmp_path / "es").folder == tmp_path.resolve()
    assert dubbench.redub(tmp_path / "es").redone["speak"] == 0


def test_own_transcript_and_translation_are_spoken(talk: Path, tmp_path: Path) -> None:
    for name, texts in (("en.srt", ("Hello there.", "Good bye.")), ("pt.vtt", ("Olá a todos.", "Adeus."))):
        times = ((0.5, 2.0), (3.0, 5.0))
        cues = [subtitles.Cue(start=a, end=b, text=text) for (a, b), text in zip(times, texts, strict=True)]
        subtitles.write(tmp_path / name, cues)
    dub = dubbench.dub(
        talk, to="pt", out=tmp_path / "o", transcript=tmp_path / "en.srt", translation=tmp_path / "pt.vtt", **TOY
    )
    assert [(line.text, line.translation) for line in dub.lines] == [
        ("Hello there.", "Olá a todos."), ("Good bye.", "Adeus."),
    ]  # fmt: skip
    assert dub.made_by["transcribe"].model == "person"


def test_the_film_names_every_model_that_made_it_and_its_source(home: Path, tmp_path: Path) -> None:
    marked = provenance.verify(home / "dub.mp4")
    assert dict(marked.models) == {
        "diarize": "toy-diarize", "faces": "toy-faces", "separate": "toy-separate", "speak": "toy-speak",
        "transcribe": "toy-transcribe", "translate": "toy-translate", "watermark": "toy-watermark",
    }  # fmt: skip
    assert marked.source == "a talk.mp4"
    folder = again(home, tmp_path / "dub")
    dubbench.redub(folder, watermark=False)
    unmarked = provenance.verify(folder / "dub.mp4")
    assert unmarked.credentials == "intact"
    assert dict(unmarked.models).keys() == dict(marked.models).keys() - {"watermark"}


def test_a_stage_can_be_walked_alone(home: Path) -> None:
    dub = documents.read(home)
    bare = dub.but(lines=tuple(line.but(translation=None, wordings=(), made_by={}) for line in dub.lines))
    translated = dubbench.load("toy-translate")(bare)
    assert [line.translation for line in translated.lines] == [line.translation for line in dub.lines]
    assert [line.translation for line in bare.lines] == [None] * len(dub.lines)


def test_another_film_is_not_mixed_into_a_folder(home: Path, tmp_path: Path) -> None:
    other = make_talk(tmp_path / "other.mp4", seed=5)
    with pytest.raises(BadInput, match="holds another dub"):
        dubbench.dub(other, to="pt", out=home, **TOY)


def test_wrong_wishes_are_refused_before_anything_is_written(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"to": "xx"}, "xx"),
        ({"to": ["pt", "pt"]}, "once"),
        ({"to": "pt", "cast": "nobody"}, "no cast 'nobody'"),
        ({"to": "pt", "models": {"speak": "nobody"}}, "no model 'nobody'"),
        ({"to": "pt", "lipsync": True}, "--model lipsync="),
        ({"to": "pt", "transcript": tmp_path / "no.srt"}, "no file"),
    ]
    for wishes, message in wrong:
        with pytest.raises((BadInput, Unsupported), match=message):
            dubbench.dub(talk, out=out, **{**TOY, **wishes})
    assert not out.exists()


def test_the_same_language_is_refused(talk: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="already speaks Portuguese"):
        dubbench.dub(talk, to="pt", out=tmp_path / "o", cast="toy", source_language="pt")


def test_two_processes_do_not_share_a_folder(talk: Path, tmp_path: Path) -> None:
    from dubbench.door import busy

    with busy(tmp_path), pytest.raises(BadInput, match="another dubbench"):
        dubbench.dub(talk, to="pt", out=tmp_path, **TOY)


def test_lips_are_moved_by_a_model_that_can(talk: Path, tmp_path: Path) -> None:
    dub = dubbench.dub(talk, to="pt", out=tmp_path, lipsync=True, models={"lipsync": "toy-lipsync"}, **TOY)
    assert dub.output is not None
    assert list((tmp_path / "work" / "lipsync").glob("*.mp4"))


ODD: dict[str, dict[str, Any]] = {
    "surround.mkv": {"ac": 6},
    "variable rate.mp4": {"variable_rate": True},
    "turned.mov": {"rotation": 90},
    "odd size.mkv": {"size": (161, 121)},
    "late sound.mp4": {"sound_late": 0.7},
    "-dash: 100% 'quoted' \"漢字\".webm": {"video": "libvpx-vp9", "audio": "libopus"},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_films_come_out_as_long_as_they_went_in(name: str, tmp_path: Path) -> None:
    film = make_talk(tmp_path / name, bursts=2, **ODD[name])
    dub = dubbench.dub(film, to="pt", out=tmp_path / "o", **TOY)
    assert dub.lines
    after = media.probe(tmp_path / "o" / "dub.mp4")
    assert abs(after.duration - dub.source.duration) <= 0.1
    assert (after.width, after.height) == (dub.source.width, dub.source.height)
    assert media.packets_md5(tmp_path / "o" / "dub.mp4") == media.packets_md5(film)


def test_sound_alone_can_be_dubbed(tmp_path: Path) -> None:
    media.write(tmp_path / "voice.wav", clips.babble(2.5, level=0.4))
    dub = dubbench.dub(tmp_path / "voice.wav", to="pt", out=tmp_path / "o", **TOY)
    assert not dub.source.has_picture
    assert abs(media.probe(tmp_path / "o" / "dub.mp4").duration - 2.5) <= 0.1


def test_a_killed_dub_goes_on_where_it_was(talk: Path, tmp_path: Path) -> None:
    """Killed as soon as two lines are spoken; the second walk speaks the rest and ends like one that never was."""
    code = (
        "import os, signal, sys, dubbench\n"
        "def kill(room, done, total, what):\n"
        "    if room == 'speak' and done == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "dubbench.dub(sys.argv[1], to='pt', out=sys.argv[2], cast='toy', source_language='en', progress=kill)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(talk), str(tmp_path / "a")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "a" / "dub.mp4").exists()
    spoken = {path: path.stat().st_mtime_ns for path in (tmp_path / "a" / "work" / "speak").glob("*.json")}
    assert len(spoken) >= 2
    after = dubbench.dub(talk, to="pt", out=tmp_path / "a", **TOY)
    assert {path: path.stat().st_mtime_ns for path in spoken} == spoken
    whole = dubbench.dub(talk, to="pt", out=tmp_path / "b", **TOY)
    assert [line.speech for line in after.lines] == [line.speech for line in whole.lines]
