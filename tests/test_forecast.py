"""The plan of a dub: everything that takes time is in it once, and it asks what the dub would ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import documents, forecast
from dubbench.errors import DubError
from tests.talks import make_talk
from tests.test_cli import dubbench as command

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}
TOY_WORDS = {"translate": "toy-translate"}
"""For languages whose own translator is a program that need not be on this machine."""


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "talk.mp4", bursts=2)


def rooms(plan: forecast.Forecast) -> list[str]:
    return [part.room for part in plan.parts]


def test_listening_and_writing_are_foreseen(talk: Path) -> None:
    plan = forecast.of(talk, "pt", source_language="en")
    parts = {part.room: part for part in plan.parts}
    assert {"listen", "mix", "mux", "start"} <= set(parts)
    assert parts["listen"].model == parts["transcribe"].model
    assert (parts["listen"].seconds or 0) > (parts["transcribe"].seconds or 0)
    assert plan.seconds == pytest.approx(sum(part.seconds or 0 for part in plan.parts))
    assert "in all about" in plan.table()


def test_an_ear_that_cannot_listen_to_the_dub_is_not_foreseen_to(talk: Path) -> None:
    plan = forecast.of(talk, "pt", source_language="en", models={"transcribe": "whisper-tiny-en"})
    assert "transcribe" in rooms(plan)
    assert "listen" not in rooms(plan)


def test_several_languages_are_understood_once(talk: Path) -> None:
    plans = (forecast.of(talk, to, source_language="en", models=TOY_WORDS) for to in (["pt", "es"], "pt", "es"))
    both, *each = plans
    counted = {room: rooms(both).count(room) for room in ("separate", "transcribe", "diarize", "speak", "mux")}
    assert counted == {"separate": 1, "transcribe": 1, "diarize": 1, "speak": 2, "mux": 2}
    shared = sum(part.seconds or 0 for part in both.parts if part.target is None)
    assert shared > 0
    assert both.seconds == pytest.approx(sum(plan.seconds for plan in each) - shared)
    assert both.memory_mb < sum(plan.memory_mb for plan in each)
    assert "Portuguese and Spanish" in both.table()
    assert "speak es" in both.table()


def test_a_model_is_fetched_once(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBBENCH_CACHE", str(tmp_path))
    plan = forecast.of(talk, ["pt", "es"], source_language="en", models=TOY_WORDS)
    fetched = [part.model for part in plan.parts if part.fetch_bytes]
    assert sorted(fetched) == sorted(set(fetched))
    assert {"whisper-base", "kokoro", "spleeter"} <= set(fetched)


def test_a_brought_transcript_needs_no_ear_but_for_listening(talk: Path, tmp_path: Path) -> None:
    (tmp_path / "en.srt").write_text("1\n00:00:01,000 --> 00:00:02,400\nHello.\n", "utf-8")
    plan = forecast.of(talk, "pt", source_language="en", transcript=tmp_path / "en.srt")
    assert "transcribe" not in rooms(plan)
    assert "listen" in rooms(plan)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"voices": {"A": "nobody"}}, "has no voice 'nobody'"),
        ({"transcript": "bad.srt"}, "bad.srt, line"),
        ({"translation": "bad.srt"}, "bad.srt, line"),
        ({"glossary": "bad.json"}, "bad.json"),
        ({"glossary": "none.csv"}, "there is no file none.csv"),
        ({"out": "bad.srt"}, "bad.srt is a file"),
        ({"speakers": 0}, "speakers"),
    ],
)
def test_a_dry_run_asks_what_the_dub_would(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wish: dict[str, Any], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.srt").write_text("1\n00:00:01,000 -> 00:00:02,000\nOlá.\n", "utf-8")
    Path("bad.json").write_text("{", "utf-8")
    with pytest.raises(DubError, match=told):
        forecast.of(talk, "pt", source_language="en", **wish)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.json", "bad.srt"]


def test_the_command_passes_on_where_to(talk: Path, tmp_path: Path) -> None:
    (tmp_path / "o").write_text("mine")
    words = ["--to", "pt", "--to", "es", "--from", "en", "--dry-run", "--model", "translate=toy-translate"]
    assert "choose another folder" in command("dub", talk, *words, "--out", "o", cwd=tmp_path).stderr
    done = command("dub", talk, *words, "--out", "p", cwd=tmp_path)
    assert done.stdout.count("in all about") == 1, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_lines_that_are_worded_already_are_timed_and_nothing_is_written(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    dub = dubbench.dub(talk, to="pt", out=out, **TOY)
    assert len(dub.lines) > 1
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    fits = forecast.again(out)
    assert (fits.target, fits.lines, fits.late) == ("pt", len(dub.lines), 0)
    assert forecast.of(talk, "pt", out=out, **TOY).timings == (fits,)
    lines = (dub.lines[0].but(translation="abbabaccabadda " * 20), *dub.lines[1:])
    documents.write(dub.but(lines=lines), out / documents.NAME)
    edited = forecast.again(out)
    assert edited.late >= 1
    assert edited.latest > 1
    assert edited.hurried >= 1
    assert 1.12 < edited.fastest <= 1.25
    done = command("dub", "o", "--dry-run", cwd=tmp_path)
    assert done.stdout.strip() == edited.row().strip(), done.stderr
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.name != documents.NAME}
    assert after == {path: when for path, when in before.items() if path.name != documents.NAME}


def test_lines_without_words_are_not_timed(talk: Path, tmp_path: Path) -> None:
    assert forecast.of(talk, "pt", out=tmp_path / "new", **TOY).timings == ()
    out = tmp_path / "o"
    dub = dubbench.dub(talk, to="pt", out=out, **TOY)
    documents.write(dub.but(lines=(dub.lines[0].but(translation=None), *dub.lines[1:])), out / documents.NAME)
    with pytest.raises(DubError, match="once every line has a translation"):
        forecast.again(out)
