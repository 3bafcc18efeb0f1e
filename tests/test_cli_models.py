"""`dubbench models`: what a person sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from dubbench import cli
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
            cli.main()
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
