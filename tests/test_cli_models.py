"""`dubbench models`: what a person sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dubbench import cli
from dubbench.catalog import ROOMS, Entry
from dubbench.cli import rows
from dubbench.weights import cache_folder
from tests.packages import cache, pin

__all__ = ["cache"]


@pytest.fixture
def dubbench(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The program, with two more models in its catalogue: "small" can be fetched, "gone" cannot."""
    (tmp_path / "it").write_bytes(b"weights")
    tables = []
    for name, source in (("small", (tmp_path / "it").as_uri()), ("gone", "file:///nowhere")):
        file = pin("it.bin", b"weights", source)
        tables.append(
            f'[{name}]\nroom = "speak"\nadapter = "x:Y"\nlicence = "CC-BY-NC-4.0"\ncommercial = false\n'
            f'languages = ["pt"]\n[[{name}.weights]]\nname = "it.bin"\nsha256 = "{file.sha256}"\nsize = 7\n'
            f'sources = ["{source}"]\n'
        )
    (tmp_path / "own.toml").write_text("\n".join(tables))
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))
    return Call(monkeypatch, capsys)


class Call:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of `dubbench models WORDS`."""
        self.monkeypatch.setattr("sys.argv", ["dubbench", "models", *words])
        code = 0
        try:
            cli.work()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = self.capsys.readouterr()
        return code, said.out, said.err


def test_list_fetch_where(dubbench: Call) -> None:
    code, out, _ = dubbench("list", "--room", "speak")
    row = next(line for line in out.splitlines() if line.startswith("small "))
    assert row.split() == ["small", "speak", "CC-BY-NC-4.0", "no", "pt", "1", "MB", "no"]
    assert code == 0
    assert dubbench("where", "small")[0] == 2
    code, out, err = dubbench("fetch", "small")
    folder = cache_folder() / "weights" / "small"
    assert (code, out, err) == (0, f"small: {folder}\n", "")
    assert dubbench("where", "small") == (0, f"{folder}\n", "")
    assert dubbench("where") == (0, f"{cache_folder()}\n", "")
    row = next(line for line in dubbench("list")[1].splitlines() if line.startswith("small "))
    assert row.endswith("yes")


def test_fetch_goes_on_after_one_that_fails(dubbench: Call) -> None:
    code, out, err = dubbench("fetch", "gone", "small")
    assert code == 2
    assert out.startswith("small: ")
    assert "dubbench models fetch gone" in err
    assert "Traceback" not in err


def test_check_names_the_damaged_file(dubbench: Call) -> None:
    dubbench("fetch", "small")
    assert dubbench("check", "small", "gone") == (0, "small: whole\ngone: not here\n", "")
    path = cache_folder() / "weights" / "small" / "it.bin"
    path.write_bytes(b"Weights")
    code, out, err = dubbench("check")
    assert code == 2
    assert "small: damaged" in out
    assert str(path) in err
    assert "dubbench models fetch small" in err
    assert dubbench("fetch", "small")[0] == 0
    assert dubbench("check", "small")[0] == 0


@pytest.mark.parametrize("words", [("fetch", "nothing"), ("where", "nothing"), ("check", "nothing"), ("fetch",)])
def test_mistakes_are_one_line(dubbench: Call, words: tuple[str, ...]) -> None:
    code, out, err = dubbench(*words)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err


def cells(line: str) -> list[str]:
    """A row's cells: they stand two spaces apart or more."""
    return re.split(r" {2,}", line)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_list_fits_the_screen_and_keeps_every_column(
    width: int, dubbench: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    head, *lines = dubbench("list")[1].splitlines()
    assert cells(head) == ["NAME", "ROOM", "LICENCE", "COMMERCIAL", "LANGUAGES", "SIZE", "HERE"]
    assert max(len(row) for row in [head, *lines]) <= width
    for row in lines:
        name, room, licence, commercial, languages, size, here = cells(row)
        assert room in ROOMS
        assert commercial in ("yes", "no", "?")
        assert languages == "*" or re.fullmatch(r"[a-z -]+( \+\d+)?", languages), name
        assert size == "-" or size.endswith(" MB")
        assert here in ("yes", "no", "-")
        assert licence[:3] in ("MIT", "Apa", "GPL", "CC-", "tha")
    kokoro = cells(next(row for row in lines if row.startswith("kokoro ")))
    assert kokoro[2] == ("Apache-2.…" if width == 80 else "Apache-2.0; GPL-3.0+")
    assert kokoro[4].startswith("en es ")


def test_a_list_without_a_screen_holds_everything(dubbench: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    kokoro = cells(next(row for row in dubbench("list")[1].splitlines() if row.startswith("kokoro ")))
    assert kokoro[2] == "Apache-2.0 (model, voices); GPL-3.0-or-later (espeak-ng, which reads the text)"
    assert kokoro[4:6] == ["en es fr hi it ja pt zh", "121 MB"]


def test_languages_that_do_not_fit_are_counted() -> None:
    entry = Entry(name="m", room="speak", adapter="x:Y", languages=tuple("abcdefghijkl"), licence="MIT")
    for width, shown in ((200, "a b c d e f g h +4"), (60, "a b c d e f +6"), (10, "a b c +9")):
        assert cells(rows.table([entry], width)[1])[4] == shown


def test_one_model_is_shown_in_full(dubbench: Call) -> None:
    code, out, err = dubbench("show", "kokoro")
    assert (code, err) == (0, "")
    assert "GPL-3.0-or-later (espeak-ng, which reads the text)" in out
    assert "dubbench.adapters.kokoro:Kokoro" in out
    assert "not here; run: dubbench models fetch small" in dubbench("show", "small")[1]
    assert "needs none" in dubbench("show", "http-speak")[1]
    assert dubbench("show", "nothing")[0] == 2


def test_where_says_that_a_model_needs_no_weights(dubbench: Call) -> None:
    assert dubbench("where", "http-speak") == (0, "http-speak: needs no weights\n", "")
