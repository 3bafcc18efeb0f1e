"""Every notebook runs, on its smoke samples, and says what command and table say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dubbench import bench, notebooks
from dubbench.cli import COMMANDS
from dubbench.errors import AdapterFailed, BadInput
from dubbench.show import player, show, timeline
from dubbench.types import Dub, Line, Source
from tests.bench import toys
from tests.test_corpora import filled

pytestmark = pytest.mark.models

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
WANTED = (
    "00_tour", "10_transcribe", "11_diarize", "12_translate", "13_speak", "14_fit", "15_separate", "20_end_to_end",
    "21_attribution", "30_choose_a_cast",
)  # fmt: skip
SOUNDS = {"00_tour": 14, "10_transcribe": 1, "11_diarize": 1, "13_speak": 3, "15_separate": 3, "20_end_to_end": 3}
"""How many players a page has at least."""
DRAWN = {"14_fit": 6, "21_attribution": 2, "30_choose_a_cast": 2, "20_end_to_end": 2}
"""How many pictures."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpora; answers are kept there, too, so that notebooks share them."""
    root = tmp_path_factory.mktemp("bench")
    for name in ("phone", "prompts", "talks", "films", "mixed"):
        filled(name, root / "data")
    return root


def test_there_is_every_notebook_and_no_other() -> None:
    assert tuple(notebooks.names(FOLDER)) == WANTED
    assert "notebook" in COMMANDS


@pytest.mark.parametrize("name", WANTED)
def test_a_notebook_runs_and_leaves_a_page(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBBENCH_DATA", str(place / "data"))
    known = notebooks.parameters(name, FOLDER)
    given = {"outputs": str(place / "outputs"), "results_folder": str(place / "results")}
    if name == "00_tour":
        given = {"clip": str(place / "data" / "phone" / "call.wav"), "out": str(place / "tour")}
    assert set(given) <= set(known)
    page = notebooks.run(name, given, folder=FOLDER, out=place / "out", cwd=ROOT)
    told = page.read_text("utf-8")
    assert told.count("<audio") >= SOUNDS.get(name, 0)
    assert told.count("<svg") + told.count("data:image/svg+xml") >= DRAWN.get(name, 1 if name != "00_tour" else 0)
    assert "Traceback" not in told
    if "suite" in known:
        _agrees(told, str(known["suite"]).strip("'\""), place)


def _agrees(told: str, name: str, place: Path) -> None:
    """The figure on the page is the one that the library computes from what was kept."""
    suite = bench.suite(ROOT / "eval" / "suites" / f"{name}.toml")
    kept = [one.model for one in bench.results.of(suite, results=place / "results", smoke=True)]
    assert kept
    for label in kept:
        found = bench.score(suite, label, outputs=place / "outputs", results=place / "again", smoke=True)
        value = found.value(suite.primary)
        assert f"{value:.1f}" in told or f"{100 * value:.1f} %" in told or f"{value:.3g}" in told, label


def test_an_unknown_notebook_or_parameter_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no notebook '99_none'; known: 00_tour, 10_transcribe"):
        notebooks.run("99_none", folder=FOLDER, out=tmp_path)
    with pytest.raises(BadInput, match="notebook '14_fit' has no parameter 'colour'; it has: suite, models, smoke"):
        notebooks.run("14_fit", {"colour": "red"}, folder=FOLDER, out=tmp_path)


def test_what_goes_wrong_in_a_cell_is_told(tmp_path: Path) -> None:
    with pytest.raises(AdapterFailed, match="notebook 14_fit.*BadInput: there is no suite 'nope'"):
        notebooks.run("14_fit", {"suite": "nope"}, folder=FOLDER, out=tmp_path, cwd=ROOT)


def test_notebooks_compute_nothing_of_their_own() -> None:
    """They may call dubbench, show and draw; whatever adds, divides or reads samples belongs into the library."""
    for path in notebooks.names(FOLDER).values():
        modules = set(re.findall(r"^(?:from|import) ([\w.]+)", path.read_text("utf-8"), re.MULTILINE))
        assert {name.partition(".")[0] for name in modules} <= {"dubbench", "IPython", "pathlib", "json"}, path


def test_a_dub_is_shown_with_its_texts_escaped(tmp_path: Path) -> None:
    toys.spelled("hello", tmp_path / "a.wav")
    line = Line(id="1", start=0.0, end=1.0, text="<b>", speaker="A", translation="&", placed_start=0.1, placed_end=1.2)
    source = Source(path="x", sha256="0" * 64, duration=2.0)
    dub = Dub(id="d", source=source, target_language="pt", source_language="en", lines=(line,)).at(tmp_path)
    told = show(dub).page
    assert "&lt;b&gt;" in told
    assert "<b>" not in told
    assert timeline(dub).page.count("<rect") == 2
    assert 'src="data:audio/ogg;base64,' in player(tmp_path / "a.wav").page
