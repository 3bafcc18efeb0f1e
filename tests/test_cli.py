"""The command line: one clear line for a mistake, exit code 2, no traceback, nothing written, the source untouched."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dubbench import media
from dubbench.types import Sound
from tests.clips import make_film
from tests.talks import make_talk


def dubbench(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dubbench", *map(str, words)],
        cwd=cwd, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / 'it\'s a "talk" 漢字 50%.mp4')


def bad_files(folder: Path, talk: Path) -> dict[str, Path]:
    whole = talk.read_bytes()
    files = {
        "empty": b"", "text": b"this is no film\n" * 40, "truncated": whole[: len(whole) // 3],
        "noise": np.random.default_rng(0).bytes(20_000),
    }  # fmt: skip
    for name, content in files.items():
        (folder / f"{name}.mp4").write_bytes(content)
    make_film(folder / "mute.mp4", audio=None)
    media.write(folder / "blink.wav", Sound(np.full((1, 3200), 0.1, np.float32), 16_000))
    names = ["empty.mp4", "text.mp4", "truncated.mp4", "noise.mp4", "mute.mp4", "blink.wav", "missing.mp4"]
    return {name: folder / name for name in names}


def test_bad_input_is_one_line_and_leaves_nothing(talk: Path, tmp_path: Path) -> None:
    for name, path in bad_files(tmp_path, talk).items():
        before = path.read_bytes() if path.exists() else None
        done = dubbench("dub", path, "--to", "pt", "--out", "out", "--cast", "toy", cwd=tmp_path)
        assert done.returncode == 2, f"{name}: {done.returncode} {done.stderr}"
        assert done.stderr.startswith("dubbench: "), done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert path.name.split(".")[0] in done.stderr, done.stderr
        assert not (tmp_path / "out").exists(), name
        assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "tlh"], "tlh"),
        (["--to", "pt", "--cast", "nobody"], "default"),
        (["--to", "pt", "--model", "speak=nobody"], "kokoro"),
        (["--to", "pt", "--model", "speak"], "NAME=VALUE"),
        (["--to", "pt", "--out", "/proc/nowhere"], "--out"),
        ([], "--to pt"),
        (["--to", "pt", "--colour", "red"], "--colour"),
        (["--to", "pt", "--transcript", "no.srt"], "no.srt"),
    ],
)
def test_a_wrong_request_says_what_to_do(talk: Path, tmp_path: Path, words: Sequence[str], told: str) -> None:
    done = dubbench("dub", talk, *words, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dub", "x.mp4", "--colour", "red"], "--colour.*dub --help"),
        (["models", "list", "--room", "sing"], "'sing' is not one of.*models list --help"),
        (["models", "fetch"], "NAME.*models fetch --help"),
        (["sing"], "'sing'.*--help"),
    ],
)
def test_a_wrong_word_is_one_line_that_says_where_the_right_ones_are(
    tmp_path: Path, words: Sequence[str], told: str
) -> None:
    done = dubbench(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"dubbench: .*{told}.*\n", done.stderr), done.stderr


SHOUTER = """
from dubbench.adapters.toy import ToyTranslate
from dubbench.errors import AdapterFailed

class Shouter(ToyTranslate):
    def translate(self, lines, *rest, **more):
        raise AdapterFailed(self.name, "it\\nfell\\r\\nover", line=lines[0].id, stderr="first\\nlast words")
"""


def test_what_a_model_says_in_several_lines_is_told_in_one(talk: Path, tmp_path: Path) -> None:
    (tmp_path / "shouter.py").write_text(SHOUTER, "utf-8")
    (tmp_path / "own.toml").write_text('[shouter]\nroom = "translate"\nadapter = "shouter:Shouter"\n', "utf-8")
    words = ["--to", "pt", "--cast", "toy", "--from", "en", "--model", "translate=shouter"]
    done = dubbench("dub", talk, *words, cwd=tmp_path, DUBBENCH_CATALOG="own.toml")
    assert done.returncode == 2
    assert re.fullmatch(r"dubbench: model 'shouter' failed at line \S+: it fell over \(last words\)\n", done.stderr), (
        done.stderr
    )


def test_help_comes_where_nothing_was_asked(tmp_path: Path) -> None:
    for words in ([], ["models"]):
        done = dubbench(*words, cwd=tmp_path)
        assert "Usage:" in done.stdout + done.stderr
        assert "Commands:" in done.stdout + done.stderr


def test_an_unknown_voice_lists_the_known_ones(talk: Path, tmp_path: Path) -> None:
    done = dubbench("dub", talk, "--to", "pt", "--cast", "toy", "--from", "en", "--voice", "A=nobody", cwd=tmp_path)
    assert done.returncode == 2
    assert "toy-" in done.stderr
    assert not list(tmp_path.rglob("dub.mp4"))


def test_a_dub_says_where_it_is_and_is_quiet_off_a_terminal(talk: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(talk.read_bytes()).hexdigest()
    done = dubbench("dub", talk, "--to", "pt", "--out", "o", "--cast", "toy", "--from", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "o/dub.mp4"
    assert "real-time factor" in done.stdout
    assert hashlib.sha256(talk.read_bytes()).hexdigest() == before
    again = dubbench("dub", "o", cwd=tmp_path)
    assert "everything was remembered" in again.stdout, again.stdout + again.stderr


def test_a_dry_run_writes_nothing_and_says_what_would_be(talk: Path, tmp_path: Path) -> None:
    done = dubbench("dub", talk, "--to", "pt", "--dry-run", cwd=tmp_path, DUBBENCH_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert "kokoro" in done.stdout
    assert "would be fetched" in done.stdout
    assert [p.name for p in tmp_path.iterdir() if p.name != "cache"] == []


def test_a_preview_carries_a_visible_mark(talk: Path, tmp_path: Path) -> None:
    words = ["--to", "pt", "--cast", "toy", "--from", "en"]
    plain = dubbench("dub", talk, *words, "--out", "plain", cwd=tmp_path)
    marked = dubbench("dub", talk, *words, "--out", "marked", "--preview", cwd=tmp_path)
    assert plain.returncode == marked.returncode == 0, marked.stderr
    assert media.packets_md5(tmp_path / "plain" / "dub.mp4") == media.packets_md5(talk)
    assert media.frames_md5(tmp_path / "marked" / "dub.mp4") != media.frames_md5(talk)


def test_help_and_version_are_there(tmp_path: Path) -> None:
    done = dubbench("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("dub", "models", "verify"))


def test_what_models_there_are(tmp_path: Path) -> None:
    done = dubbench("models", "list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in ("whisper-base", "kokoro", "spleeter"))


def test_a_report_is_for_machines_and_for_eyes(talk: Path, tmp_path: Path) -> None:
    dubbench("dub", talk, "--to", "pt", "--out", "o", "--cast", "toy", "--from", "en", cwd=tmp_path)
    report = json.loads((tmp_path / "o" / "report.json").read_text("utf-8"))
    page = (tmp_path / "o" / "report.html").read_text("utf-8")
    assert report["target_language"] == "pt"
    assert "<svg" in page
    told = {name for name, value in report.items() if value not in ({}, []) and name != "flags"}
    assert all(name in page for name in told), "all figures are shown"
    assert all(voice in page for voice in report["voices"].values())
    assert page.count("<rect") >= 2 * report["lines"]
