"""Credentials are written, read, and believed only while every byte is as it was signed; the mark is found."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dubbench import __version__, catalog, media, provenance
from dubbench.cli.verify import verify
from dubbench.errors import AdapterFailed, BadInput, Missing, Unsupported
from dubbench.provenance import marks, signing
from dubbench.types import Samples, Sound
from tests.clips import make_film, tone
from tests.voices import LINES, said

MODELS = {"speak": "kokoro", "watermark": "perth"}
SOURCE = "ab" * 32


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUBBENCH_CONFIG", str(tmp_path / "config"))
    for name in ("DUBBENCH_SIGN_CERT", "DUBBENCH_SIGN_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "config"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "plain.mp4", sound=tone(2.0), seconds=2.0)


def signed(path: Path) -> Path:
    provenance.sign(path, title="Talk (Portuguese)", models=MODELS, source="talk.mov", source_sha256=SOURCE)
    return path


@pytest.fixture
def film(plain: Path, tmp_path: Path) -> Path:
    return signed(Path(shutil.copy(plain, tmp_path / "dub.mp4")))


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    media.write(tmp_path / "dub.wav", tone(1.0))
    return signed(tmp_path / "dub.wav")


@pytest.fixture
def kept(plain: Path, tmp_path: Path) -> Path:
    """A film in which nothing was generated."""
    path = Path(shutil.copy(plain, tmp_path / "kept.mp4"))
    provenance.sign(path, title="Wind", models={}, source="wind.mp4", source_sha256=SOURCE, generated=False)
    return path


def test_a_film_in_which_nothing_was_generated_does_not_claim_ai(kept: Path) -> None:
    verdict = provenance.verify(kept)
    assert (verdict.credentials, verdict.ai, verdict.says_ai, verdict.models) == ("intact", False, False, ())
    assert (verdict.title, verdict.source_sha256, verdict.problems) == ("Wind", SOURCE, ())


WEIGHED = """
import resource, sys
from pathlib import Path
from dubbench import provenance
import c2pa
def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
film, before = Path(sys.argv[1]), most()
provenance.sign(film, title="Long", models={}, source="a.mp4", source_sha256="ab" * 32)
print(provenance.verify(film).credentials, most() - before)
"""


def long_film(plain: Path, to: Path, megabytes: int) -> Path:
    """A film with so much silence and darkness at the end of its media."""
    short = plain.read_bytes()
    at = short.index(b"mdat") - 4
    length = int.from_bytes(short[at : at + 4], "big")
    with to.open("wb") as file:
        file.write(short[:at] + (length + megabytes * 2**20).to_bytes(4, "big") + short[at + 4 : at + length])
        file.seek(megabytes * 2**20, os.SEEK_CUR)
        file.write(short[at + length :])
    return to


@pytest.mark.skipif(sys.platform != "linux", reason="what a process took at most is told in other units elsewhere")
def test_a_long_film_is_not_held_in_memory_to_be_signed(plain: Path, tmp_path: Path) -> None:
    path = long_film(plain, tmp_path / "long.mp4", 300)
    done = subprocess.run([sys.executable, "-c", WEIGHED, str(path)], capture_output=True, text=True, check=True)
    credentials, more = done.stdout.split()
    assert credentials == "intact"
    assert int(more) < 300 / 3
    with path.open("r+b") as file:
        file.seek(200 * 2**20)
        file.write(b"x")
    assert provenance.verify(path).credentials == "tampered"


def test_a_long_film_is_signed_where_temporary_files_have_no_room(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = long_film(plain, tmp_path / "long.mp4", 40)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "none"))
    with pytest.raises(AdapterFailed, match=r"long\.mp4 could not be signed"):
        signed(path)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=2**20))
    assert provenance.verify(signed(path)).credentials == "intact"


def test_what_was_signed_is_read_back(film: Path, wav: Path) -> None:
    for path in (film, wav):
        verdict = provenance.verify(path)
        assert (verdict.credentials, verdict.ai, verdict.says_ai, verdict.trusted) == ("intact", True, True, False)
        assert verdict.tool == f"dubbench {__version__}"
        assert verdict.title == "Talk (Portuguese)"
        assert dict(verdict.models) == MODELS
        assert (verdict.source, verdict.source_sha256) == ("talk.mov", SOURCE)
        assert signing.SELF_MADE in (verdict.signer or "")
        assert verdict.problems == ()


def test_the_source_is_opened_and_then_dubbed(film: Path, wav: Path) -> None:
    """C2PA 2.1, "Actions": what was made from something opens it first; "created" is for what was made from nothing."""
    import c2pa

    for path in (film, wav):
        with c2pa.Reader(path) as reader:
            store = json.loads(reader.json())
        manifest = store["manifests"][store["active_manifest"]]
        (parent,) = manifest["ingredients"]
        assert (parent["title"], parent["relationship"]) == ("talk.mov", "parentOf")
        assert parent["instance_id"] == f"sha256:{SOURCE}"
        assert "thumbnail" not in parent
        (told,) = (x["data"]["actions"] for x in manifest["assertions"] if x["label"].startswith("c2pa.actions"))
        assert [action["action"] for action in told] == ["c2pa.opened", "c2pa.dubbed"]
        assert told[0]["parameters"]["ingredients"][0]["url"].endswith("c2pa.ingredient.v3")
        assert told[1]["digitalSourceType"] == provenance.AI_MADE


def test_credentials_of_older_versions_are_read(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They said "created" and named no source file."""

    def older(*rest: object, **more: object) -> dict[str, object]:
        claims = newer(*rest, **more)  # type: ignore[arg-type]
        actions = claims["assertions"][0]["data"]["actions"]
        actions[0] = {**actions[1], "action": "c2pa.created"}
        return {name: said for name, said in claims.items() if name != "ingredients"}

    newer = provenance._claims
    monkeypatch.setattr(provenance, "_claims", older)
    film = signed(Path(shutil.copy(plain, tmp_path / "older.mp4")))
    verdict = provenance.verify(film)
    assert (verdict.credentials, verdict.says_ai, verdict.problems) == ("intact", True, ())
    assert (verdict.source, verdict.source_sha256) == (None, SOURCE)
    assert f"the source with sha256 {SOURCE}" in ask(str(film), "--no-watermark").output


def test_signing_leaves_picture_and_sound_alone(plain: Path, film: Path) -> None:
    assert media.packets_md5(film) == media.packets_md5(plain)
    assert [p.name for p in film.parent.iterdir() if p.name.startswith(".")] == []


def test_an_unsigned_file_says_nothing(plain: Path) -> None:
    verdict = provenance.verify(plain)
    assert (verdict.credentials, verdict.says_ai, verdict.problems) == ("absent", False, ())


@pytest.mark.parametrize("kind", ["film", "kept", "wav"])
def test_any_flipped_bit_is_found_and_named(kind: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(kind)
    whole, rng = path.read_bytes(), random.Random(0)
    # Credentials stand at the start of an MP4 and at the end of a WAV; the rest is sampled.
    places = {*range(0, 4000, 11), *range(len(whole) - 4000, len(whole), 11), *rng.sample(range(len(whole)), 100)}
    assert len(places) > 700
    unseen = []
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        verdict = provenance.verify(path)
        if verdict.credentials != "tampered" or not verdict.problems:
            unseen.append(place)
    assert unseen == []


def test_added_and_cut_bytes_are_found(film: Path) -> None:
    whole = film.read_bytes()
    film.write_bytes(whole + b"\0\0\0\x10free12345678")
    assert provenance.verify(film).credentials == "tampered"
    film.write_bytes(whole[:-100])
    assert provenance.verify(film).credentials == "tampered"


def test_the_identity_is_made_once_and_private(film: Path, own_config: Path) -> None:
    path = own_config / "signing" / "identity.pem"
    before = path.read_bytes()
    assert signing.identity() == signing.identity()
    assert path.read_bytes() == before
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(signing.identity())


def test_a_damaged_identity_is_made_anew(film: Path, own_config: Path) -> None:
    path = own_config / "signing" / "identity.pem"
    path.write_text("nonsense")
    assert signing.identity().algorithm == "es256"


def test_a_brought_identity_signs(
    film: Path, own_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.pem"
    mine.write_bytes((own_config / "signing" / "identity.pem").read_bytes())
    monkeypatch.setenv("DUBBENCH_CONFIG", str(tmp_path / "other"))
    monkeypatch.setenv("DUBBENCH_SIGN_CERT", str(mine))
    with pytest.raises(BadInput, match="both"):
        signing.identity()
    monkeypatch.setenv("DUBBENCH_SIGN_KEY", str(mine))
    assert provenance.verify(signed(film)).credentials == "intact"
    assert not (tmp_path / "other").exists()
    other = tmp_path / "key.pem"
    other.write_bytes(signing._made())
    monkeypatch.setenv("DUBBENCH_SIGN_KEY", str(other))
    with pytest.raises(BadInput, match="does not belong"):
        signing.identity()
    monkeypatch.setenv("DUBBENCH_SIGN_KEY", str(tmp_path / "nowhere.pem"))
    with pytest.raises(BadInput, match=r"nowhere\.pem"):
        signing.identity()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DUBBENCH_CONFIG", str(tmp_path / "file"))
    with pytest.raises(Missing, match="DUBBENCH_CONFIG"):
        signing.identity()


def test_a_format_that_cannot_carry_credentials_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match=r"\.mp4"):
        signed(tmp_path / "dub.txt")


def ask(*words: str) -> Result:
    return CliRunner().invoke(verify, words)


def test_the_command_says_it_in_words_and_by_its_exit_code(film: Path, plain: Path) -> None:
    good = ask(str(film), "--no-watermark")
    assert good.exit_code == 0
    assert "intact" in good.output
    assert "made by AI" in good.output
    assert "nobody vouches" in good.output
    assert f"talk.mov with sha256 {SOURCE}" in good.output
    bad = bytearray(film.read_bytes())
    bad[len(bad) // 2] ^= 1
    film.write_bytes(bad)
    broken = ask(str(film), "--no-watermark")
    assert broken.exit_code == 1
    assert "BROKEN" in broken.output
    assert "assertion.bmffHash.mismatch" in broken.output
    nothing = ask(str(plain), "--mark", "toy-watermark")
    assert nothing.exit_code == 1
    assert "nothing says that AI made it" in nothing.output


def test_the_command_speaks_json(film: Path) -> None:
    told = json.loads(ask(str(film), "--json", "--no-watermark").output)
    assert told["credentials"] == "intact"
    assert told["watermark"] is None


def test_bad_input_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("not a film")
    for name in ("empty.mp4", "text.mp4", "missing.mp4"):
        answer = ask(str(tmp_path / name), "--mark", "toy-watermark")
        assert isinstance(answer.exception, BadInput), answer.output
        assert name in str(answer.exception)


@pytest.mark.models
def test_music_without_speech_is_not_taken_for_marked(tmp_path: Path) -> None:
    notes = np.repeat(220 * 2 ** (np.random.default_rng(0).integers(0, 12, 40) / 12), 12_000)
    phase = 2 * np.pi * np.cumsum(notes) / 48_000
    media.write(
        tmp_path / "melody.wav", Sound((0.3 * np.sin(phase) + 0.1 * np.sin(3 * phase))[None].astype(np.float32), 48_000)
    )
    assert marks.look(tmp_path / "melody.wav", catalog.load("perth")) == ()  # type: ignore[arg-type]
    answer = ask(str(tmp_path / "melody.wav"))
    assert answer.exit_code == 1
    assert "nobody speaks" in answer.output


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [((), False), ((0.59, 0.2), False), ((0.6, 0.5), True), ((0.9, *[0.1] * 9), True), ((0.9, *[0.1] * 19), False)],
)
def test_a_mean_or_enough_sure_stretches_decide(scores: tuple[float, ...], wanted: bool) -> None:
    assert marks.found(scores) is wanted


@pytest.mark.models
def test_the_mark_is_found_in_a_film_whose_credentials_were_stripped(tmp_path: Path) -> None:
    perth = catalog.load("perth")
    for wanted in (True, False):
        lines = [media.resample(said(text), 24_000) for text in LINES[:3]]
        lines = [perth.ready().mark(line) for line in lines] if wanted else lines  # type: ignore[attr-defined]
        sound = media.resample(Sound(join(lines), 24_000), 48_000)
        path = make_film(tmp_path / f"{wanted}.mp4", sound=sound, seconds=sound.duration)
        answer = ask(str(path))
        assert answer.exit_code == (0 if wanted else 1), answer.output
        assert ("watermark      found" in answer.output) is wanted


def join(lines: list[Sound]) -> Samples:
    pause = np.zeros((1, 12_000), np.float32)
    return np.concatenate([part for line in lines for part in (line.samples, pause)], axis=1)
