"""Every notebook runs, on its smoke samples, and says what command and table say."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import dubbench.cli.notebook as command
from dubbench import bench, notebooks
from dubbench.bench import attribution, leaderboard
from dubbench.errors import BadInput, Missing, Unsupported
from eval import corpora
from tests import blocks
from tests.test_corpora import filled

pytestmark = pytest.mark.models

FOLDER = blocks.ROOT / "notebooks"
WANTED = (
    "00_tour", "10_transcribe", "11_diarize", "12_translate", "13_speak", "14_fit", "15_separate", "20_end_to_end",
    "21_attribution", "30_choose_a_cast",
)  # fmt: skip
APERTIUM = ("12_translate", "20_end_to_end", "21_attribution")
"""Those that ask for rules between English and Spanish, or Portuguese and Spanish."""
SOUNDS = {"00_tour": 6, "10_transcribe": 1, "11_diarize": 1, "13_speak": 2, "15_separate": 3, "20_end_to_end": 5}
"""How many players a page has at least."""
PICTURES = {
    "00_tour": 1, "10_transcribe": 2, "11_diarize": 4, "12_translate": 1, "13_speak": 1, "14_fit": 5, "15_separate": 2,
    "20_end_to_end": 2, "21_attribution": 2, "30_choose_a_cast": 2,
}  # fmt: skip
"""How many pictures."""
FEWER: dict[str, dict[str, Any]] = {
    "10_transcribe": {"models": ["whisper-base"]}, "11_diarize": {"models": ["powerset"]},
    "13_speak": {"models": ["pico", "human"]},
    "30_choose_a_cast": {"models": {"transcribe-prompts-en": ["whisper-base"], "speak-en": ["pico"]}},
}  # fmt: skip
"""Models enough to try the notebook."""
FILMS, BEGINNING = ("pbx", "priv"), 15
"""The shortest films; so many seconds of the call."""
PLAYED = re.compile(r'<audio controls[^>]* src="data:audio/mpeg;base64,([^"]+)"')
OWN = """\
# %% tags=["parameters"]
smoke = True
models = ["one"]
of = {"a": 1}
word = "w"
none = None

# %%
print([smoke, models, of, word, none])

# %%
if word == "bad":
    raise ValueError("a < b")

# %%
from dubbench.errors import AdapterFailed, Unsupported

if word == "tongue":
    raise Unsupported("no Klingon")
if word == "model":
    raise AdapterFailed("kokoro", "out of order")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with corpora, few and short films among them; answers are kept there, so that notebooks share them."""
    root = tmp_path_factory.mktemp("bench")
    for name in ("phone", "prompts", "talks", "films", "mixed"):
        filled(name, root / "data")
    films = root / "data" / "films" / corpora.SAMPLES
    rows = films.read_text("utf-8").splitlines(keepends=True)
    films.write_text("".join(row for row in rows if json.loads(row)["id"] in FILMS), "utf-8")
    call, rate = soundfile.read(root / "data" / "phone" / "call.wav")
    soundfile.write(root / "clip.wav", call[: BEGINNING * rate], rate)
    return root


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a small notebook."""
    (tmp_path / "01_own.py").write_text(OWN, "utf-8")
    return tmp_path


def outputs(executed: Path, mime: str) -> Iterator[str]:
    """What the cells of a notebook gave, of one kind."""
    for cell in json.loads(executed.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            found = output.get("text", "") if mime == output["output_type"] else output.get("data", {}).get(mime, "")
            yield "".join(found)


def printed(executed: Path) -> str:
    return "".join(outputs(executed, "stream"))


def test_there_is_every_notebook_and_no_other() -> None:
    assert tuple(notebooks.names(FOLDER)) == WANTED
    told = re.findall(r"^\| `(\d\d_\w+)` \|", (blocks.ROOT / "docs/notebooks.md").read_text("utf-8"), re.MULTILINE)
    assert tuple(told) == WANTED


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.apt) if name in APERTIUM else name for name in WANTED]
)
def test_a_notebook_runs_and_leaves_a_page(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in APERTIUM and not shutil.which("apertium"):
        pytest.skip("apertium is not installed")
    monkeypatch.setenv("DUBBENCH_DATA", str(place / "data"))
    monkeypatch.chdir(blocks.ROOT)
    known = notebooks.parameters(name, FOLDER)
    given = {"outputs": str(place / "outputs"), "results_folder": str(place / "results"), **FEWER.get(name, {})}
    if name == "00_tour":
        given = {"clip": str(place / "clip.wav"), "out": str(place / "tour")}
    page = notebooks.run(name, given, folder=FOLDER, out=place / "out").read_text("utf-8")
    executed = place / "out" / f"{name}.ipynb"
    heard = PLAYED.findall(page)
    assert len(heard) >= SOUNDS.get(name, 0)
    assert all(sounds(coded) for coded in heard)
    drawn = "".join(outputs(executed, "text/html")).count("<svg ") + sum(map(bool, outputs(executed, "image/svg+xml")))
    assert drawn >= PICTURES[name]
    assert not re.search(r"""(src|href)=["']https?:""", page)
    assert "Warning" not in printed(executed)
    assert "nan" not in "".join(outputs(executed, "text/markdown"))
    assert [text for text in outputs(executed, "text/markdown") if text] == sections({**known, **given}, place)


def sounds(coded: str) -> bool:
    """Whether it is a sound with something in it; a background without music may be silent nearly all the time."""
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(coded)))
    return len(samples) > rate / 4 and bool(np.abs(samples).max() > 0)


def sections(known: dict[str, Any], place: Path) -> list[str]:
    """What the library says of the notebook's suites, from the answers that were kept."""
    found = []
    for name in known.get("suites", [known["suite"]] if "suite" in known else []):
        suite = bench.suite(name)
        if "cast" in known:
            told = bench.attribute(suite, known["cast"], smoke=True, apart=False, outputs=place / "outputs",
                                   results_folder=place / "again")  # fmt: skip
            found.append(attribution.section(told))
        else:
            models = known["models"].get(name) if isinstance(known["models"], dict) else known["models"]
            kept = [bench.score(suite, label, outputs=place / "outputs", results=place / "again", smoke=True)
                    for label in models or suite.models]  # fmt: skip
            found.append(leaderboard.section(suite, kept))
    return found


@pytest.mark.apt
def test_none_was_left_out(place: Path) -> None:
    if not shutil.which("apertium"):
        pytest.skip("apertium is not installed")
    assert {page.stem for page in (place / "out").glob("*.html")} == set(notebooks.names(FOLDER))


def test_an_unknown_notebook_or_parameter_is_refused_by_name(own: Path) -> None:
    with pytest.raises(BadInput, match="there is no notebook '99_none'; known: 00_tour, 10_transcribe"):
        notebooks.run("99_none", folder=FOLDER, out=own)
    with pytest.raises(BadInput, match="notebook '14_fit' has no parameter 'colour'; it has: suite, models, smoke"):
        notebooks.run("14_fit", {"colour": "red"}, folder=FOLDER, out=own)
    with pytest.raises(BadInput, match="'smoke' of notebook '01_own' is true or false, not 'maybe'"):
        notebooks.run("01_own", {"smoke": "maybe"}, folder=own, out=own)
    with pytest.raises(BadInput, match=r"'of' of notebook '01_own' is a mapping like .*, not '\[1\]'"):
        notebooks.run("01_own", {"of": "[1]"}, folder=own, out=own)
    (own / "02_none.py").write_text("# %%\n1\n", "utf-8")
    with pytest.raises(BadInput, match="notebook '02_none' needs one cell that begins with"):
        notebooks.run("02_none", folder=own, out=own)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "[True, ['one'], {'a': 1}, 'w', None]"),
        ({"smoke": "False", "models": "m:a=1", "of": '{"b": 2}', "word": "3", "none": "x"},
         "[False, ['m:a=1'], {'b': 2}, '3', 'x']"),
        ({"smoke": "false", "models": '["a", "b"]'}, "[False, ['a', 'b'], {'a': 1}, 'w', None]"),
        ({"smoke": False, "models": []}, "[False, [], {'a': 1}, 'w', None]"),
    ],
)  # fmt: skip
def test_parameters_are_values_or_text(own: Path, given: dict[str, Any], told: str) -> None:
    notebooks.run("01_own", given, folder=own, out=own / "out")
    assert printed(own / "out" / "01_own.ipynb").strip() == told


def test_what_goes_wrong_in_a_cell_is_told_as_what_it_is(own: Path) -> None:
    with pytest.raises(BadInput, match=r"notebook '01_own', cell \d: ValueError: a < b; the page up to there is"):
        notebooks.run("01_own", {"word": "bad"}, folder=own, out=own / "out")
    assert "[True, [" in (own / "out" / "01_own.html").read_text("utf-8")
    with pytest.raises(Unsupported, match=r"notebook '01_own', cell \d: no Klingon"):
        notebooks.run("01_own", {"word": "tongue"}, folder=own, out=own / "out")
    with pytest.raises(notebooks.DubError, match=r"cell \d: model 'kokoro' failed: out of order$"):
        notebooks.run("01_own", {"word": "model"}, folder=own, out=own / "out")


def test_without_their_packages_it_says_how_to_get_them(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "papermill", None)
    for asked in (notebooks.run, notebooks.parameters):
        with pytest.raises(Missing, match=r"pip install 'dubbench\[bench,notebooks\]'"):
            asked("01_own", folder=own)
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    monkeypatch.chdir(own)
    found = CliRunner().invoke(command.notebook, ["lab"])
    assert isinstance(found.exception, Missing)
    assert "pip install jupyterlab" in str(found.exception)


def test_the_command_lists_runs_and_says_a_mistake_in_one_line(own: Path) -> None:
    (own / "notebooks").mkdir()
    (own / "01_own.py").rename(own / "notebooks" / "01_own.py")

    def dubbench(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "dubbench", "notebook", *words]
        here = {**os.environ, "PYTHONPATH": str(blocks.ROOT)}
        return subprocess.run(line, cwd=own, env=here, capture_output=True, text=True, check=False)

    assert "01_own              smoke=True  models=['one']" in dubbench("list").stdout
    done = dubbench("01_own", "-p", "models=two", "-p", "smoke=false")
    assert (done.returncode, done.stdout, done.stderr) == (0, "notebooks/out/01_own.html\n", "")
    assert printed(own / "notebooks/out/01_own.ipynb").startswith("[False, ['two']")
    for words, told in ((["01_own", "-p", "x"], "write -p smoke=true"), (["02"], "known: 01_own")):
        done = dubbench(*words)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert told in done.stderr


def test_every_command_of_the_page_names_what_there_is() -> None:
    told = (blocks.ROOT / "docs/notebooks.md").read_text("utf-8") + (blocks.ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"dubbench notebook (\d\w+)([^\n#`]*)", told)
    assert len(commands) >= 5
    for name, options in commands:
        assert set(re.findall(r"-p '?(\w+)=", options)) <= set(notebooks.parameters(name, FOLDER))


def test_pairs_are_kept_in_step_and_the_newer_one_wins(own: Path) -> None:
    for name in ("14_fit.py", "jupytext.toml"):
        shutil.copy(FOLDER / name, own)
    (pair,) = (path for path in notebooks.paired(own) if path.stem == "14_fit")
    told = json.loads(pair.read_text("utf-8"))
    assert not any(cell.get("outputs") for cell in told["cells"])
    assert (own / "14_fit.py").read_text("utf-8") == (FOLDER / "14_fit.py").read_text("utf-8")
    told["cells"][0]["source"] = ["# Mine"]
    pair.write_text(json.dumps(told), "utf-8")
    notebooks.paired(own)
    assert "# # Mine" in (own / "14_fit.py").read_text("utf-8")
    (own / "empty").mkdir()
    with pytest.raises(BadInput, match="there are no notebooks in"):
        notebooks.paired(own / "empty")


def test_a_notebook_finds_the_checkout_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert notebooks.home() == Path.cwd() == blocks.ROOT
    monkeypatch.chdir(tmp_path)
    assert notebooks.home() == Path.cwd() == tmp_path


def test_notebooks_compute_nothing_of_their_own() -> None:
    """They may call dubbench, show and draw; whatever adds, divides or reads samples belongs into the library."""
    for path in notebooks.names(FOLDER).values():
        text = path.read_text("utf-8")
        modules = set(re.findall(r"^(?:from|import) ([\w.]+)", text, re.MULTILINE))
        assert {name.partition(".")[0] for name in modules} <= {"dubbench", "IPython", "pathlib", "json"}, path
        assert "notebooks.home()" in text
