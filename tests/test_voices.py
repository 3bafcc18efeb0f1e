"""Fitted voices: blends move as far as presets differ, a file's consent is heeded, a fit is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dubbench import catalog, media, people
from dubbench.adapters.kokoro import Kokoro
from dubbench.adapters.kokoro_voices import worn
from dubbench.adapters.pico import Pico
from dubbench.casting import cast_voices
from dubbench.cli.voice import voice as command
from dubbench.errors import BadInput, Refused
from dubbench.testing import tiny_dub
from dubbench.types import Consent, Dub, Sound, Voice
from dubbench.voices import file, fit, judge, space
from dubbench.voices.file import Figures, Judged, VoiceFile
from tests import voices
from tests.test_casting import dub_of, person
from tests.test_people import LOW, film
from tests.test_report import Ear

KOKORO = Kokoro(name="kokoro")
BLEND = {"timbre": "pf_dora:1.2+af_bella:-0.2", "prosody": "pf_dora:0.9+bf_emma:0.1"}


def made(path: Path, **changes: object) -> Path:
    """A voice file of somebody called Anna."""
    figures = Figures(cosine=0.2, wer=0.0, pitch_hz=200.0)
    judged = Judged(
        preset="pf_dora", before=figures, after=figures.but(cosine=0.3), floor=0.1, ceiling=0.9, evaluations=19,
        seconds=20.0, seed=0,
    )  # fmt: skip
    consent = Consent(who="Anna P.", when="2026-01-02", purpose="dubbing")
    voice = VoiceFile(
        name="Anna", model="kokoro", language="pt", blend=BLEND, kept="fitted", consent=consent, sample="0",
        sex="female", judged=judged,
    )  # fmt: skip
    file.write(voice.but(**changes), path)
    return path


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    return made(tmp_path / "anna.voice.json")


def cast(dub: Dub, **wishes: object) -> Dub:
    return cast_voices(dub, KOKORO, {label: str(wish) for label, wish in wishes.items()})


def test_an_axis_moves_a_style_by_one_deviation_of_the_presets() -> None:
    rng = np.random.default_rng(0)
    styles = {"timbre": dict(zip("abcdef", rng.normal(size=(6, 9)), strict=True))}
    around = space.around(styles, {"a": 0.5, "b": 0.5}, sizes=(3,))
    table = np.stack(list(styles["timbre"].values()))
    first, last = (around.shares(np.eye(3)[0] * step)["timbre"] for step in (0.0, 1.0))
    assert first == pytest.approx([0.5, 0.5, 0, 0, 0, 0])
    assert last.sum() == pytest.approx(1.0)
    moved = (last - first) @ table
    along = moved / np.linalg.norm(moved)
    assert np.linalg.norm(moved) == pytest.approx((table @ along).std())


def test_a_blend_is_read_as_it_was_written() -> None:
    shares = np.array([1.25, -0.3, 0.05, 0.00001])
    text = space.written(["pf_dora", "af_bella", "bf_emma", "am_puck"], shares)
    assert text == "pf_dora:1.2500+af_bella:-0.3000+bf_emma:0.0500"
    wears = worn(Voice(id="x", preset="x", blend={"timbre": text, "prosody": "am_puck"}))
    assert wears.timbre == pytest.approx({"pf_dora": 1.25, "af_bella": -0.3, "bf_emma": 0.05})
    assert wears.first == "am_puck"


@pytest.mark.parametrize("blend", [
    {"timbre": "pf_dora"}, {"timbre": "nobody:1", "prosody": "pf_dora"},
    {"timbre": "pf_dora:1+af_bella:-1", "prosody": "pf_dora"},
])  # fmt: skip
def test_a_blend_that_is_none_is_refused(blend: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="voice 'x' cannot be read.*dubbench voice fit"):
        worn(Voice(id="x", preset="x", blend=blend))


def test_a_share_below_zero_leaves_the_edges_within_what_was_measured() -> None:
    wears = worn(Voice(id="x", preset="x", blend={"timbre": "pf_dora", "prosody": "af_heart:3+af_bella:-2"}))
    assert wears.edges() == worn(Voice(id="h", preset="af_heart")).edges()


def test_a_speaker_wears_the_voice_of_a_file_with_its_consent(anna: Path) -> None:
    dub = cast(dub_of(person("A", "female"), person("B", "female")), A=anna)
    a, b = dub.voices
    assert a.preset == file.read(anna).preset
    assert dict(a.blend or {}) == BLEND
    assert a.consent is not None
    assert (a.consent.who, a.file, b.blend) == ("Anna P.", str(anna), None)
    assert cast(dub) == dub
    assert cast(dub_of(person("A")), A=anna.parent).voices[0].preset == a.preset
    plain = cast(dub, A="pf_dora").voices[0]
    assert (plain.preset, plain.blend, plain.file) == ("pf_dora", None, None)


def test_a_preset_that_a_person_wrote_over_a_fitted_voice_is_worn(anna: Path) -> None:
    dub = cast(dub_of(person("A")), A=anna)
    edited = dub.but(voices=tuple(voice.but(preset="pm_alex") for voice in dub.voices))
    assert (cast(edited).voices[0].preset, cast(edited).voices[0].blend) == ("pm_alex", None)
    typed = dub_of(person("A")).but(voices=(Voice(id="A", speaker="A", preset=str(anna)),))
    assert cast(typed).voices[0].preset == dub.voices[0].preset
    mended = dub.but(voices=tuple(voice.but(blend={**BLEND, "timbre": "pf_dora"}) for voice in dub.voices))
    with pytest.raises(BadInput, match="no voice 'Anna@"):
        cast(mended)


def test_nobody_is_imitated_who_took_the_consent_back(anna: Path) -> None:
    dub = cast(dub_of(person("A")), A=anna)
    assert file.withdraw(anna, "2026-03-04").consent.withdrawn == "2026-03-04"
    for walk in (lambda: cast(dub), lambda: cast(dub_of(person("A")), A=anna)):
        with pytest.raises(Refused, match="Anna P. took back the consent .* 2026-03-04.*--voice"):
            walk()
    assert cast(dub, A="pf_dora").voices[0].preset == "pf_dora"
    anna.unlink()
    assert cast(dub) == dub, "a dub needs the file no more, but for its consent"
    told = dub.but(voices=tuple(v.but(consent=v.consent and v.consent.but(withdrawn="2026-05-06")) for v in dub.voices))
    with pytest.raises(Refused, match="2026-05-06"):
        cast(told)


def test_another_model_does_not_wear_it_and_another_language_is_told(anna: Path) -> None:
    with pytest.raises(BadInput, match="wears no fitted voices"):
        cast_voices(dub_of(person("A"), language="es"), Pico(name="pico"), {"A": str(anna)})
    dub = cast(dub_of(person("A")), A=anna)
    assert cast_voices(dub.but(target_language="de"), Pico(name="pico"), {}).voices[0].blend is None
    assert [flag.name for flag in cast(dub_of(person("A"), language="es"), A=anna).flags] == ["borrowed-voice"]


def test_people_keep_a_fitted_voice_from_film_to_film(anna: Path, tmp_path: Path) -> None:
    known = tmp_path / "people.json"
    for name, wishes in (("1", {"A": str(anna)}), ("2", {})):
        dub = people.cast(film(tmp_path / name, A=LOW), KOKORO, wishes, path=known, embedder=Ear())
        assert dub.voices[0].preset == file.read(anna).preset
    anna.unlink()
    lost = people.cast(film(tmp_path / "3", A=LOW), KOKORO, {}, path=known, embedder=Ear())
    assert [flag.name for flag in lost.flags] == ["lost-voice"]


@pytest.mark.parametrize(("text", "told"), [("{", "not valid JSON"), ("{}", "name"), (None, "cannot be read")])
def test_a_file_that_is_no_voice_is_named(tmp_path: Path, text: str | None, told: str) -> None:
    path = tmp_path / "x.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=f"x.json.*{told}"):
        cast(dub_of(person("A")), A=path)


def test_what_came_out_is_said_plainly() -> None:
    before = Figures(cosine=0.2, wer=0.02)
    judged = Judged(preset="p", before=before, after=before.but(cosine=0.3), floor=0.1, ceiling=0.9, evaluations=19,
                    seconds=1.0, seed=0)  # fmt: skip
    assert judge.said(judged, "fitted").endswith("0.25 of the way from a stranger to the same person")
    assert judge.said(judged.but(after=judged.after.but(wer=0.13)), "preset") == (
        "no gain: on held-out sentences the fit is nearer but 13% of its words are misheard; 'p' is kept"
    )
    assert "no nearer to the person" in judge.said(judged.but(after=before), "preset")
    assert judge.said(judged.but(floor=0.4), "fitted").endswith("no nearer to the person than strangers are")
    assert "stranger" not in judge.said(judged.but(floor=None), "fitted")
    assert judge.gained(before, before.but(cosine=0.21, wer=0.06))
    assert not judge.gained(before, before.but(cosine=0.5, wer=0.08))
    assert not judge.gained(before, before)


@pytest.mark.parametrize(("words", "told"), [
    ([], "--consent"), (["--consent", "Anna", "--evaluations", "3"], "too few"),
    (["--consent", "Anna", "--span", "x"], "START-END"),
])  # fmt: skip
def test_a_fit_without_consent_or_with_a_slip_is_refused(tmp_path: Path, words: list[str], told: str) -> None:
    out = tmp_path / "x.voice.json"
    done = CliRunner().invoke(command, ["fit", "x.wav", "--language", "pt", "--out", str(out), *words])
    assert isinstance(done.exception, BadInput | Refused)
    assert told in str(done.exception)
    assert not out.exists()


@pytest.mark.models
def test_too_little_speech_is_refused(tmp_path: Path) -> None:
    media.write(tmp_path / "short.wav", voices.said(voices.LINES[4]))
    with pytest.raises(BadInput, match=r"short.wav holds [\d.]+ s of speech"):
        fit.fit(tmp_path / "short.wav", "pt", consent="Anna")
    with pytest.raises(BadInput, match="nothing from 40 to 50 s"):
        fit.fit(tmp_path / "short.wav", "pt", consent="Anna", span=(40.0, 50.0))


@pytest.mark.models
def test_a_voice_is_fitted_judged_and_spoken_with(tmp_path: Path) -> None:
    """The fewest candidates: a whole fit, and the same one for the same seed."""
    long = Sound(np.concatenate([voices.said(text).samples for text in voices.LINES[:2]], axis=1), 16_000)
    media.write(tmp_path / "anna.wav", long)
    outs = [tmp_path / f"{name}.voice.json" for name in ("anna", "again")]
    told: list[tuple[int, int]] = []
    one, two = (
        fit.fit(tmp_path / "anna.wav", "pt", consent="Anna P.", out=out, evaluations=fit.FEWEST,
                progress=lambda room, done, total, what: told.append((done, total)))
        for out in outs
    )  # fmt: skip
    assert one.blend == two.blend
    assert (one.judged.evaluations, told[-1]) == (fit.FEWEST, (fit.FEWEST, fit.FEWEST))
    found = one.judged
    assert found.floor is not None
    assert found.floor < found.after.cosine < found.ceiling
    assert one.kept == ("fitted" if judge.gained(found.before, found.after) else "preset")
    assert file.read(outs[0]).consent.who == "Anna P."
    with pytest.raises(BadInput, match="is there already"):
        fit.fit(tmp_path / "anna.wav", "pt", consent="Anna P.", out=outs[0])


@pytest.mark.models
def test_kokoro_speaks_with_a_fitted_voice_as_long_as_it_estimates(anna: Path, tmp_path: Path) -> None:
    kokoro = catalog.load("kokoro")
    assert isinstance(kokoro, Kokoro)
    dub = cast(tiny_dub(tmp_path / "dub").but(target_language="pt", voices=()), A=anna)
    line = dub.lines[0].but(translation="Ela trabalha no hospital desde o começo do ano passado.", speaker="A")
    take = kokoro(dub.but(lines=(line,))).lines[0].take
    assert take is not None
    assert take.voice == file.read(anna).preset
    assert take.speech.duration == pytest.approx(kokoro.natural(dub, line, line.translation or ""), rel=0.02)
    changed = Voice(id="B", speaker="A", preset=take.voice, blend={**BLEND, "timbre": "pf_dora"})
    assert kokoro.key(dub, line, 1.0) != kokoro.key(dub.but(voices=(changed,)), line, 1.0)
