"""A dub fetches what its models want before any work, shows it, and fetches nothing for what is done already."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench import cli
from dubbench.errors import Missing
from dubbench.weights import cache_folder, listening
from tests.packages import cache, pin
from tests.talks import make_talk

__all__ = ["cache"]

TOY: dict[str, Any] = {"cast": "toy", "source_language": "en"}
SMALL: dict[str, Any] = {**TOY, "models": {"speak": "small"}}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_talk(tmp_path_factory.mktemp("talk") / "talk.mp4", bursts=2)


@pytest.fixture(autouse=True)
def voices(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two toys with weights: those of "small" can be fetched, those of "gone" cannot."""
    (tmp_path / "it").write_bytes(b"weights")
    tables = []
    for name, source in (("small", (tmp_path / "it").as_uri()), ("gone", "file:///nowhere")):
        file = pin("it.bin", b"weights", source)
        tables.append(
            f'[{name}]\nroom = "speak"\nadapter = "dubbench.adapters.toy:ToySpeak"\n[[{name}.weights]]\n'
            f'name = "it.bin"\nsha256 = "{file.sha256}"\nsize = 7\nsources = ["{source}"]\n'
        )
    (tmp_path / "own.toml").write_text("\n".join(tables))
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))


def test_a_voice_that_cannot_be_had_is_missed_before_anything_is_written(talk: Path, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="dubbench models fetch gone"):
        dubbench.dub(talk, to=["pt", "es"], out=tmp_path / "o", **TOY, models={"speak": "gone"})
    assert not (tmp_path / "o").exists()


def test_weights_are_here_before_the_first_room(talk: Path, tmp_path: Path) -> None:
    told: list[str] = []
    with listening(lambda model, *_: told.append(model)):
        dubbench.dub(talk, to="pt", out=tmp_path / "o", progress=lambda room, *_: told.append(room), **SMALL)
    assert told[0] == "small"
    assert "small" not in told[told.index("probe") :]


def test_a_finished_dub_asks_for_another_voice_before_it_works(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to="pt", out=tmp_path / "o", **SMALL)
    before = (tmp_path / "o" / "dub.json").read_bytes()
    with pytest.raises(Missing, match="dubbench models fetch gone"):
        dubbench.redub(tmp_path / "o", models={"speak": "gone"})
    assert (tmp_path / "o" / "dub.json").read_bytes() == before


def test_what_is_remembered_fetches_nothing(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to="pt", out=tmp_path / "o", **SMALL)
    shutil.rmtree(cache_folder())
    with listening(lambda *news: pytest.fail(f"fetched {news}")):
        assert dubbench.redub(tmp_path / "o").redone["speak"] == 0


@pytest.mark.parametrize("terminal", [True, False])
def test_megabytes_move_on_a_terminal_and_nowhere_else(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stderr", screen)
    words = ["--cast", "toy", "--from", "en", "--model", "speak=small", "--out", str(tmp_path / "o")]
    monkeypatch.setattr("sys.argv", ["dubbench", "dub", str(talk), "--to", "pt", *words])
    cli.work()
    assert ("small       MB  it.bin is here" in screen.getvalue()) is terminal
    assert bool(screen.getvalue()) is terminal
