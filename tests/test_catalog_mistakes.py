"""Catalogue files, adapters and packages with mistakes in them: one line that names the file and the entry."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dubbench import catalog
from dubbench.catalog import tables
from dubbench.errors import BadInput, DubError, Missing


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "own.toml"
    monkeypatch.setenv("DUBBENCH_CATALOG", str(path))
    return path


GOOD = '[loud]\nroom = "speak"\nadapter = "dubbench.adapters.toy:ToySpeak"\nlicence = "MIT"\n'
FILES = {
    "no UTF-8": (GOOD.encode() + b'about = "\xe9"\n', "own.toml is not valid TOML: line 5 is no UTF-8"),
    "no TOML": (b"[loud\n", "own.toml is not valid TOML"),
    "a value": (b"shout = 3\n", r"own.toml: 'shout' is 3, no table; a model begins with \[shout\]"),
    "no room": (b'[loud]\nadapter = "x:Y"\n', "own.toml: model 'loud' needs room = one of separate, .*not 'own'"),
    "unknown room": (b'[loud]\nroom = "sing"\nadapter = "x:Y"\n', "own.toml: model 'loud' needs room.*not 'sing'"),
    "a text for a cast": (b'[cast]\nloud = "x"\n', r"own.toml: cast 'loud' is no table; write \[cast.loud\]"),
    "a model called cast": (b"cast = 3\n", r"own.toml: 'cast' is no model; write \[cast.NAME\]"),
    "a number in a cast": (b"[cast.mine]\ntranslate = 5\n", "own.toml: cast 'mine': translate = 5 must be a model's"),
    "numbers in a cast": (b"[cast.mine]\nspeak = [1]\n", r"own.toml: cast 'mine': speak = \[1\] must be a model's"),
}


@pytest.mark.parametrize(("content", "told"), FILES.values(), ids=FILES)
def test_a_mistake_in_a_file_names_the_file_and_the_entry(own: Path, content: bytes, told: str) -> None:
    own.write_bytes(content)
    with pytest.raises(BadInput, match=told):
        catalog.entries()


def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").mkdir()
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path))
    with pytest.raises(BadInput, match=r"cannot read .*own\.toml"):
        catalog.entries()


MODULES = {
    "own_broken_syntax": "def speak(:\n",
    "own_broken_import": "import no_such_module_of_anybody\n",
    "own_broken_start": "raise RuntimeError('two\\nlines')\n",
    "own_broken_value": "int('three')\n",
}
ADAPTERS: dict[str, tuple[str, type[DubError], str]] = {
    "SyntaxError": ("own_broken_syntax:Y", BadInput, "SyntaxError: .*line 1.*python -c 'import own_broken_syntax'"),
    "ImportError": ("own_broken_import:Y", Missing, "no_such_module_of_anybody.*install its package"),
    "RuntimeError": ("own_broken_start:Y", BadInput, "RuntimeError: two lines.*python -c 'import own_broken_start'"),
    "ValueError": ("own_broken_value.Y", BadInput, "ValueError: .*python -c 'import own_broken_value'"),
    "no such name": ("dubbench.adapters.toy:Nobody", BadInput, "AttributeError: .*Nobody"),
    "no dotted path": ("sh out!", BadInput, "'sh out!' is no dotted path"),
    "a path of nothing": ("", BadInput, "'' is no dotted path"),
    "no class": ("dubbench.adapters.toy:LETTERS", BadInput, "subclasses dubbench.stages.speak:Speak"),
    "a module": ("dubbench.adapters.toy", BadInput, "is no adapter"),
    "no adapter": ("pathlib:Path", BadInput, "is no adapter"),
    "a room": ("dubbench.stages.speak:Speak", BadInput, r"until it writes estimate\(\) and speak\(\)"),
    "all rooms": ("dubbench.stages.base:Stage", BadInput, "plays 'None', not 'speak'"),
    "another room": ("dubbench.adapters.toy:ToyTranslate", BadInput, "plays 'translate', not 'speak'"),
}


@pytest.mark.parametrize(("adapter", "error", "told"), ADAPTERS.values(), ids=ADAPTERS)
def test_a_mistake_in_an_adapter_names_the_file_and_the_entry(
    own: Path, monkeypatch: pytest.MonkeyPatch, adapter: str, error: type[DubError], told: str
) -> None:
    for name, code in MODULES.items():
        (own.parent / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(str(own.parent))
    own.write_text(f'[shout]\nroom = "speak"\nadapter = "{adapter}"\n', "utf-8")
    with pytest.raises(error, match=f"^own.toml: model 'shout': .*{told}") as raised:
        catalog.load("shout")
    assert "\n" not in str(raised.value)
    assert catalog.load("toy-speak").name == "toy-speak", "nobody else is touched by it"


@pytest.mark.parametrize("setting", ['name = "x"', "weights = 3", "requires = []", "progress = 1", 'seed = "x"'])
def test_a_setting_that_is_ours_is_refused_by_name(own: Path, setting: str) -> None:
    own.write_text(f"{GOOD}[loud.settings]\n{setting}\n", "utf-8")
    with pytest.raises(BadInput, match=f"^own.toml: model 'loud': .*'{setting.partition(' ')[0]}'"):
        catalog.load("loud")


CASTS = {
    "another room's model": ('translate = "kokoro"', "model 'kokoro' plays 'speak', not 'translate'"),
    "an unknown room": ('sing = "kokoro"', "there is no room 'sing'; rooms: separate"),
    "an unknown model": ('speak = ["kokorro"]', "there is no model 'kokorro'; did you mean 'kokoro'"),
}


@pytest.mark.parametrize(("part", "told"), CASTS.values(), ids=CASTS)
def test_a_mistake_in_a_cast_is_told_when_the_cast_is_used(own: Path, part: str, told: str) -> None:
    own.write_text(f"{GOOD}[cast.mine]\n{part}\n[cast.toy]\nspeak = 'loud'\n", "utf-8")
    assert catalog.cast("toy").parts["speak"] == ("loud",), "the others can be used"
    with pytest.raises(BadInput, match=f"^own.toml: cast 'mine': {told}"):
        catalog.cast("mine")


PACKAGES = {
    "crash": ("raise RuntimeError('out of order')", "RuntimeError: out of order"),
    "syntax": ("def (", "SyntaxError"),
    "needs": ("import no_such_module_of_anybody", "no_such_module_of_anybody"),
    "nothing": ("", "AttributeError.*CATALOG"),
    "astray": ("CATALOG = '/nowhere/catalog.toml'", "cannot read /nowhere/catalog.toml"),
    "garbled": ("from pathlib import Path\nCATALOG = Path(__file__)", "not valid TOML"),
}


def installed(site: Path, code: str) -> None:
    """What pip leaves behind of a package `odd-voices` whose one module is `code`."""
    info = site / "odd_voices-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-voices\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[dubbench.catalog]\nodd = odd_voices:CATALOG\n", "utf-8")
    (site / "odd_voices.py").write_text(code, "utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that Python imports from, and the catalogue read anew before and after."""
    monkeypatch.syspath_prepend(str(tmp_path))
    tables.forget()
    yield tmp_path
    tables.forget()
    sys.modules.pop("odd_voices", None)


@pytest.mark.parametrize(("code", "why"), PACKAGES.values(), ids=PACKAGES)
def test_a_broken_package_takes_only_its_own_models_away(site: Path, code: str, why: str) -> None:
    installed(site, code)
    importlib.invalidate_caches()
    assert catalog.load("toy-speak").name == "toy-speak"
    with pytest.raises(BadInput, match=f"no model 'odd-voice'.*package 'odd-voices' is broken.*{why}.*pip uninstall"):
        catalog.load("odd-voice")
    with pytest.raises(BadInput, match="no cast 'odd'.*package 'odd-voices' is broken"):
        catalog.cast("odd")


def test_a_list_of_models_says_which_package_is_broken(site: Path) -> None:
    installed(site, "raise RuntimeError('out\\nof order')")
    done = subprocess.run(
        [sys.executable, "-m", "dubbench", "models", "list"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(site)])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "kokoro" in done.stdout
    assert done.stderr.startswith("dubbench: package 'odd-voices' is broken"), done.stderr
    assert done.stderr.count("\n") == 1
