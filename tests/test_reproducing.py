"""A dub is made again from its manifest and is the same; where it is not, the room and the reason are named."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dubbench
from dubbench import comparing, documents, manifest, memory
from dubbench.comparing import reproducing
from dubbench.errors import BadInput, Refused
from dubbench.manifest import changes
from dubbench.text import subtitles
from dubbench.types import Consent
from dubbench.voices import file as voice_file
from examples import clips
from tests.finished import TOY, edit
from tests.talks import make_talk
from tests.test_cli import dubbench as command


def differing(made: reproducing.Reproduced) -> dict[str, str]:
    return {room.room: room.what for room in made.rooms if not room.same}


def test_every_room_makes_the_same_again(home: Path, talk: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "lock"}
    done = command("reproduce", home, cwd=tmp_path)
    rows = dict(row.split(None, 1) for row in done.stdout.splitlines())
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(rows.values()) == {"same"}
    assert rows.keys() >= {"probe", "separate", "transcribe", "translate", "speak", "mix", "mux", "subtitles", "report"}
    assert {path: path.read_bytes() for path in before} == before, "the dub itself is only read"


def test_edits_are_made_again_in_their_order(home: Path) -> None:
    edit(home, lambda raw: raw["lines"][1].update(translation="outras palavras bem mais longas do que antes"))
    dubbench.redub(home)
    edit(home, lambda raw: (raw["lines"].pop(0), raw["lines"][1].update(start=raw["lines"][1]["start"] + 0.2)))
    dubbench.redub(home, voices={"A": "toy-low"}, preview=True)
    walks = manifest.read(home).walks
    assert [walk.whole for walk in walks] == [True, False, False]
    assert list(walks[1].began) == ["lines"]
    assert len(walks[1].began["lines"]) == 1, "an edited line is one entry"
    assert differing(reproducing.reproduce(home)) == {}


def test_brought_texts_and_words_are_in_the_manifest(talk: Path, tmp_path: Path) -> None:
    own = {"own.srt": "hello there", "own.pt.srt": "olá Jersey"}
    for name, text in own.items():
        cues = [subtitles.Cue(start=1.0 + 3 * i, end=2.5 + 3 * i, text=f"{text} {i}") for i in range(2)]
        subtitles.write(tmp_path / name, cues)
    (tmp_path / "terms.csv").write_text("hello,olá\n", "utf-8")
    (tmp_path / "said.csv").write_text("Jersey,pt,gérsei\n", "utf-8")
    dubbench.dub(
        talk, to="pt", out=tmp_path / "dub", transcript=tmp_path / "own.srt", translation=tmp_path / "own.pt.srt",
        glossary=tmp_path / "terms.csv", pronunciations=tmp_path / "said.csv", slow_picture=True, **TOY,
    )  # fmt: skip
    for path in tmp_path.glob("*.*v"):
        path.unlink()
    for name in own:
        (tmp_path / name).unlink()
    made = reproducing.reproduce(tmp_path / "dub")
    assert differing(made) == {}
    assert [line.translation for line in documents.read(tmp_path / "dub").lines] == ["olá Jersey 0", "olá Jersey 1"]


def killed_while_speaking(talk: Path, home: Path) -> None:
    code = (
        "import os, signal, sys, dubbench\n"
        "def kill(room, done, total, what):\n"
        "    if room == 'speak' and done == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "dubbench.dub(sys.argv[1], to='pt', out=sys.argv[2], cast='toy', source_language='en', progress=kill)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(talk), str(home)], check=False)
    assert killed.returncode == -signal.SIGKILL


def test_a_killed_dub_and_the_walk_that_went_on_are_one(talk: Path, tmp_path: Path) -> None:
    home = tmp_path / "dub"
    killed_while_speaking(talk, home)
    with pytest.raises(BadInput, match="not finished.*dubbench dub"):
        reproducing.reproduce(home)
    dubbench.redub(home)
    assert [(walk.finished, len(walk.began.get("lines", ()))) for walk in manifest.read(home).walks] == [(True, 0)]
    assert differing(reproducing.reproduce(home)) == {}


def test_a_killed_dub_that_was_edited_is_made_again_from_where_it_was(talk: Path, tmp_path: Path) -> None:
    home = tmp_path / "dub"
    killed_while_speaking(talk, home)
    edit(home, lambda raw: raw["lines"][0].update(translation="dito de outro modo"))
    dubbench.redub(home)
    assert documents.read(home).lines[0].translation == "dito de outro modo"
    assert [(walk.finished, walk.whole) for walk in manifest.read(home).walks] == [(True, True)]
    assert differing(reproducing.reproduce(home)) == {}


def test_several_languages_are_made_again_one_by_one(talk: Path, tmp_path: Path) -> None:
    dubbench.dub(talk, to=["pt", "es"], out=tmp_path / "dub", **TOY)
    for language in ("pt", "es"):
        assert differing(reproducing.reproduce(tmp_path / "dub" / language)) == {}


def test_an_edit_that_nobody_walked_through_differs(home: Path, tmp_path: Path) -> None:
    edit(home, lambda raw: raw["lines"][1].update(translation="outras palavras"))
    done = command("reproduce", home, cwd=tmp_path)
    assert done.returncode == 1
    rows = [row for row in done.stdout.splitlines() if not row.endswith(" same")]
    assert len(rows) == 1
    assert rows[0].split() == ["translate", "DIFFERS", documents.read(home).lines[1].id]


def test_a_take_that_is_another_is_told_by_samples(home: Path, tmp_path: Path) -> None:
    dub = documents.read(home)
    line = dub.lines[0]
    assert line.speech is not None
    longer = line.speech.but(sha256="0" * 64, duration=line.speech.duration + 5 / line.speech.sample_rate)
    documents.write(dub.with_lines({line.id: line.but(speech=longer)}), home / "dub.json")
    assert differing(reproducing.reproduce(home))["speak"] == f"{line.id} (-5 samples)"


def test_another_model_and_another_machine_are_named(home: Path, tmp_path: Path) -> None:
    edit(home, lambda raw: raw["walks"][0]["machine"]["libraries"].update(numpy="1.0"), "manifest.json")
    own = (
        '[toy-translate]\nroom = "translate"\nadapter = "dubbench.adapters.toy:ToyTranslate"\n'
        '[toy-translate.settings.dictionary]\nword1 = "um"\n'
    )
    (tmp_path / "own.toml").write_text(own, "utf-8")
    done = command("reproduce", home, cwd=tmp_path, DUBBENCH_CATALOG=str(tmp_path / "own.toml"))
    assert done.returncode == 1, done.stderr
    assert "translate   DIFFERS" in done.stdout
    assert "  numpy: 1.0 there, " in done.stdout
    assert "  translate settings: {'dictionary': {}} there, {'dictionary': {'word1': 'um'}} here" in (done.stdout)


def test_what_cannot_be_made_again_is_a_mistake(home: Path, talk: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copy(talk, tmp_path / "moved.mp4"))
    edit(home, lambda raw: raw["source"].update(path=str(tmp_path / "gone.mp4")))
    done = command("reproduce", home, cwd=tmp_path)
    assert done.returncode == 2
    assert "--source FILM" in done.stderr
    assert differing(reproducing.reproduce(home, source=moved)) == {}
    other = make_talk(tmp_path / "other.mp4", bursts=2, seed=9)
    with pytest.raises(BadInput, match=r"other\.mp4 is not the film"):
        reproducing.reproduce(home, source=other)
    with pytest.raises(BadInput, match="not empty"):
        reproducing.reproduce(home, source=moved, out=home)
    edit(home, lambda raw: raw["walks"][0]["began"]["wishes"].update(cast="nobody"), "manifest.json")
    with pytest.raises(BadInput, match="there is no cast 'nobody'"):
        reproducing.reproduce(home, source=moved)
    (home / "manifest.json").unlink()
    with pytest.raises(BadInput, match=r"no manifest\.json.*dubbench dub"):
        reproducing.reproduce(home, source=moved)


def test_where_results_are_gone_the_account_starts_anew(home: Path) -> None:
    shutil.rmtree(home / "work")
    edit(home, lambda raw: raw["lines"][1].update(translation="outras palavras"))
    dubbench.redub(home)
    walks = manifest.read(home).walks
    assert [walk.whole for walk in walks] == [True]
    assert len(walks[0].began["lines"]) == len(documents.read(home).lines)
    assert differing(reproducing.reproduce(home)) == {}


def test_the_second_dub_can_be_kept(home: Path, tmp_path: Path) -> None:
    reproducing.reproduce(home, out=tmp_path / "again")
    assert comparing.packets(tmp_path / "again" / "dub.mp4") == comparing.packets(home / "dub.mp4")


def test_a_patch_of_a_dub_reads_as_the_dub(home: Path) -> None:
    dub = documents.read(home)
    plain = manifest.plain(dub)
    assert changes.patched({}, plain) == plain
    raw = json.loads((home / "dub.json").read_text("utf-8"))
    assert manifest.document(plain) == raw
    store = memory.Memory(dub.folder)
    assert [store.recall("saved", path.stem) for path in (home / "work" / "saved").iterdir()] == [plain]


def test_a_program_is_known_by_its_bytes(talk: Path, tmp_path: Path) -> None:
    program = tmp_path / "say"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path / "say.py"} "$@"\n', "utf-8")
    program.chmod(0o755)
    (tmp_path / "say.py").write_text(
        "import sys, numpy, soundfile\n"
        "wave = 0.3 * numpy.sin(numpy.arange(2000 * len(sys.argv[1])) / 9)\n"
        "soundfile.write(sys.argv[2], wave, 24000)\n",
        "utf-8",
    )
    adapter = "dubbench.adapters.command:CommandSpeak"
    argv = f'["{program}", "{{text}}", "{{output}}"]'
    entry = f'[say]\nroom = "speak"\nadapter = "{adapter}"\n[say.settings]\nargv = {argv}\n'
    (tmp_path / "own.toml").write_text(entry, "utf-8")
    here = {"DUBBENCH_CATALOG": str(tmp_path / "own.toml")}
    words = ["--cast", "toy", "--from", "en", "--model", "speak=say"]
    assert command("dub", talk, "--to", "pt", "--out", "dub", *words, cwd=tmp_path, **here).returncode == 0
    assert command("reproduce", "dub", cwd=tmp_path, **here).returncode == 0
    program.write_text(program.read_text("utf-8") + "# another version\n", "utf-8")
    done = command("reproduce", "dub", cwd=tmp_path, **here)
    assert done.returncode == 0, "it is told, and says the same"
    assert "speak programs: " in done.stdout


@pytest.mark.models
def test_voices_of_files_and_of_people_are_made_again_when_those_are_gone(tmp_path: Path) -> None:
    film, people, anna = clips.kennedy(tmp_path / "film.mp4"), tmp_path / "people.json", tmp_path / "anna.voice.json"
    figures = voice_file.Figures(cosine=0.4)
    judged = voice_file.Judged(
        preset="pf_dora", before=figures, after=figures, ceiling=0.8, evaluations=1, seconds=1.0, seed=0
    )  # fmt: skip
    blend = {"timbre": "pf_dora:0.6+af_bella:0.4", "prosody": "pf_dora"}
    consent = Consent(who="Anna P.", when="2026-01-01", purpose="tests")
    file = voice_file.VoiceFile(
        name="Anna", model="kokoro", language="pt", blend=blend, kept="fitted", consent=consent, sample="0",
        judged=judged,
    )  # fmt: skip
    voice_file.write(file, anna)
    asked = {"models": {"speak": "kokoro", "diarize": "powerset"}, "people": people, **TOY}
    dubbench.dub(film, to="pt", out=tmp_path / "first", voices={"A": str(anna)}, **asked)
    dubbench.dub(film, to="pt", out=tmp_path / "second", **asked)
    home = tmp_path / "second"
    assert documents.read(home).voices[0].preset == file.preset, "known again by the file of people"
    assert "vectors" not in (home / "manifest.json").read_text("utf-8"), "how people sound is not copied"
    kept = anna.read_text("utf-8")
    anna.unlink()
    people.unlink()
    for folder in (tmp_path / "first", home):
        assert differing(reproducing.reproduce(folder)) == {}
    anna.write_text(kept, "utf-8")
    voice_file.withdraw(anna)
    with pytest.raises(Refused, match=r"Anna P\. took back"):
        reproducing.reproduce(home)
