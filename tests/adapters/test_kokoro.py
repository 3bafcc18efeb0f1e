"""Kokoro: every word, exact in length at every pace, the same every time; blends; text as it is read."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dubbench import catalog, graphs, media, pitch, prosody
from dubbench.adapters import kokoro_text
from dubbench.adapters.kokoro import BEFORE_LIMITS, Kokoro
from dubbench.adapters.kokoro_voices import blend
from dubbench.errors import BadInput, Missing, Unsupported
from dubbench.testing import check_adapter, tiny_dub
from dubbench.types import Controls, Pause, Voice

pytestmark = pytest.mark.models

NEVER = "Ela nunca disse isso para ninguém."
PT = "Ela trabalha no hospital desde o começo do ano passado."
DORA, ALEX = Voice(id="dora", preset="pf_dora"), Voice(id="alex", preset="pm_alex")


def read(text: str, language: str) -> str:
    """The phonemes of a text."""
    return kokoro_text.read(text, language)[0]


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    model = catalog.load("kokoro")
    assert isinstance(model, Kokoro)
    return model.ready()


def test_it_keeps_the_contract() -> None:
    check_adapter(catalog.load("kokoro"), languages=["pt"], long=300, interpreters=False)


@pytest.mark.parametrize("pace", [0.85, 1.25])
@pytest.mark.parametrize(("preset", "language", "text"), [
    ("pf_dora", "pt", PT), ("am_michael", "en", "Wait, what?"), ("if_sara", "it", "Se tutto va bene, partiamo domani."),
])  # fmt: skip
def test_pace_is_kept_within_two_hundredths(kokoro: Kokoro, preset: str, language: str, text: str, pace: float) -> None:
    voice = Voice(id=preset, preset=preset)
    natural = kokoro.estimate(text, voice, language)
    assert kokoro.speak(text, voice, language, pace=pace).sound.duration * pace == pytest.approx(natural, rel=0.02)


def test_pace_for_a_length(kokoro: Kokoro) -> None:
    pace = kokoro.pace_for(PT, DORA, "pt", 2.5)
    assert kokoro.speak(PT, DORA, "pt", pace=pace).sound.duration == pytest.approx(2.5, rel=0.02)
    with pytest.raises(BadInput, match="paces from"):
        kokoro.pace_for(PT, DORA, "pt", 0.5)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "Where are you?"), ("es", "¿Dónde estás?"), ("fr", "Où es-tu ?"), ("hi", "तुम कहाँ हो?"), ("it", "Dove sei?"),
])  # fmt: skip
def test_its_languages_are_spoken_about_as_long_as_estimated(kokoro: Kokoro, language: str, text: str) -> None:
    voice = kokoro.presets(language)[0]
    spoken = kokoro.speak(text, voice, language).sound
    assert spoken.duration == pytest.approx(kokoro.estimate(text, voice, language), rel=0.15)
    assert 0.05 < np.abs(spoken.samples).max() <= 0.99


def test_edges_hold_silence_only_and_do_not_click(kokoro: Kokoro) -> None:
    samples = kokoro.speak(PT, DORA, "pt").sound.samples[0]
    edge = round(BEFORE_LIMITS[0] * 24_000)
    assert np.abs(np.concatenate([samples[:edge], samples[-edge:]])).max() < 0.02 * np.abs(samples).max()
    assert samples[0] == samples[-1] == 0


def test_phonemes_are_timed_in_order(kokoro: Kokoro) -> None:
    spoken = kokoro.speak("Bom dia, mundo.", DORA, "pt")
    said = "".join(phoneme.symbol for phoneme in spoken.phonemes)
    assert said == re.sub(r"[ ,.]", "", read("Bom dia, mundo.", "pt"))
    starts = [phoneme.start for phoneme in spoken.phonemes]
    assert starts == sorted(starts)
    assert 0 <= starts[0] < 0.2 < spoken.phonemes[-1].end <= spoken.sound.duration


def test_the_sound_is_the_same_from_several_threads(kokoro: Kokoro) -> None:
    texts = ["O trem atrasou.", "Sim.", "Bom dia."]
    alone = [kokoro.speak(text, ALEX, "pt").sound.samples for text in texts]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda text: kokoro.speak(text, ALEX, "pt").sound.samples, texts))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_one_line_alone_is_spoken_on_all_threads_and_sounds_the_same(kokoro: Kokoro) -> None:
    alone, voice = catalog.load("kokoro"), kokoro.presets("pt")[0]
    assert isinstance(alone, Kokoro)
    alone.expect(1)
    alone.ready()
    threads = [model._model.get_session_options().intra_op_num_threads for model in (kokoro, alone)]
    assert threads == [1, graphs.threads()]
    for pace in (0.9, 1.1):
        one, other = (model.speak("A porta se abriu de repente.", voice, "pt", pace=pace) for model in (kokoro, alone))
        assert np.array_equal(one.sound.samples, other.sound.samples)


def test_the_opened_graph_gives_the_sound_of_the_closed_one(kokoro: Kokoro) -> None:
    import onnxruntime

    [piece] = kokoro._pieces(PT, DORA, "pt")
    closed = onnxruntime.InferenceSession(str(kokoro.weights.folder() / "kokoro.onnx"))
    inputs = {"tokens": piece.tokens, "style": piece.style, "speed": np.ones(1, np.float32)}
    assert np.array_equal(closed.run(None, inputs)[0].ravel(), kokoro._sound(piece, 1.0))


# A hurried word is not lengthened: it keeps its length to a frame of 25 ms.
@pytest.mark.parametrize(("pace", "longer"), [(1.0, 1.05), (1.2, 0.9)])
def test_a_stressed_word_is_higher_louder_and_longer_in_the_same_time(
    kokoro: Kokoro, pace: float, longer: float
) -> None:
    plain, stressed = (kokoro.speak(text, ALEX, "pt", pace=pace) for text in (NEVER, NEVER.replace("nunca", "*nunca*")))
    assert stressed.sound.duration == pytest.approx(plain.sound.duration, abs=0.03)
    assert len(stressed.phonemes) == len(plain.phonemes)
    first, last = (kokoro.sounds(text, ALEX, "pt") or 0 for text in ("Ela", "Ela nunca"))
    heard = [prosody.measured(spoken.sound) for spoken in (plain, stressed)]
    word = [(spoken.phonemes[first].start, spoken.phonemes[last - 1].end) for spoken in (plain, stressed)]
    (low, quiet), (high, loud) = (track.between(*times) for track, times in zip(heard, word, strict=True))
    assert np.median(high) - np.median(low) == pytest.approx(3.0, abs=1.0)
    assert np.percentile(loud, 90) - np.percentile(quiet, 90) > 0.7
    assert (word[1][1] - word[1][0]) / (word[0][1] - word[0][0]) > longer


def test_a_voice_is_raised_by_semitones_and_stress_goes_with_exaggeration(kokoro: Kokoro) -> None:
    # Frame by frame: which frames are voiced, and so the middle of them, depends on the processor's arithmetic.
    readings = (kokoro.speak(NEVER, ALEX, "pt", controls=Controls(pitch_semitones=up)) for up in (None, 2.0))
    plain, raised = (pitch.track(spoken.sound) for spoken in readings)
    voiced = (plain > 0) & (raised > 0)
    assert 12 * np.median(np.log2(raised[voiced] / plain[voiced])) == pytest.approx(2.0, abs=0.5)
    marked = NEVER.replace("nunca", "*nunca*")
    none, much = (kokoro.speak(marked, ALEX, "pt", controls=Controls(exaggeration=x)).sound for x in (0.0, 2.0))
    assert prosody.measured(much).hertz.max() > 1.1 * prosody.measured(none).hertz.max()


def test_what_is_stressed_is_the_marked_word_alone() -> None:
    said, stressed = kokoro_text.read("Por *você*, pergunte.", "pt")
    assert "".join(symbol for symbol, mark in zip(said, stressed, strict=True) if mark) == "vosˈe"
    assert said == read("Por você, pergunte.", "pt")
    assert not kokoro_text.read("*3,50* reais", "pt")[1].any()


@pytest.mark.parametrize("text", ["Sim.", "Não.", "Ok!"])
def test_one_word_is_spoken(kokoro: Kokoro, text: str) -> None:
    spoken = kokoro.speak(text, DORA, "pt")
    assert 0.3 < spoken.sound.duration < 1.2
    assert np.sqrt((spoken.sound.samples**2).mean()) > 0.02


def test_a_blend_lies_between_its_voices(kokoro: Kokoro) -> None:
    both = Voice(id="b", preset="pf_dora:0.5+pm_alex:0.5")
    one, two, mixed = (kokoro.speak("Bom dia.", voice, "pt").sound.samples for voice in (DORA, ALEX, both))
    assert not any(mixed.shape == x.shape and np.array_equal(mixed, x) for x in (one, two))
    same = Voice(id="s", preset="pf_dora:3+pf_dora:1")
    assert np.array_equal(kokoro.speak("Bom dia.", same, "pt").sound.samples, one)


def test_long_text_is_spoken_in_passes(kokoro: Kokoro) -> None:
    long = f"{PT} O trem atrasou quarenta minutos por causa da neve. " * 6
    parts = kokoro_text.passes(read(long, "pt"))
    assert len(parts) > 1
    one = kokoro.estimate(long[: len(long) // 6], DORA, "pt")
    assert 5 * one < kokoro.estimate(long, DORA, "pt") < 7.5 * one


def test_shares_of_a_blend() -> None:
    assert blend(Voice(id="x", preset="pf_dora:3 + af_bella")) == {"pf_dora": 0.75, "af_bella": 0.25}


@pytest.mark.parametrize("preset", ["nobody", "pf_dora+", "pf_dora:-1", "pf_dora:0", "", None, "pf_dora:0.5:1"])
def test_unknown_voices_are_refused_with_the_known(preset: str | None) -> None:
    with pytest.raises(BadInput, match="pm_alex"):
        blend(Voice(id="x", preset=preset))


def test_presets_are_told_by_language() -> None:
    voices = Kokoro().presets("pt")
    assert [v.preset for v in voices if v.language == "pt"] == [
        "pf_dora:0.6+af_heart:0.4", "pm_alex", "pm_santa:0.5+am_michael:0.5",
    ]  # fmt: skip
    assert len({v.preset for v in voices}) == len(voices) > 3
    assert all(v.sex and v.pitch_hz and 60 < v.pitch_hz < 350 for v in voices)
    assert Kokoro().presets("de") == ()


def test_every_voice_has_its_weights_pinned() -> None:
    names = {file.name for file in catalog.entry("kokoro").weights}
    assert names == {"kokoro.onnx", *(f"{name}.bin" for name in kokoro_text.FACTS["voices"])}


@pytest.mark.parametrize(("language", "text", "written"), [
    ("pt", "A Dra. Ana mora na av. Paulista, nº 10.", "A doutora Ana mora na avenida Paulista, número dez."),
    ("pt", "Em 1/3/2024: 20 km/h...", "Em primeiro de março de dois mil e vinte e quatro: vinte quilômetros por hora…"),
    ("es", "¿El Sr. López vive en EE. UU.?", "El señor López vive en Estados Unidos?"),
    ("fr", "M. Dupont et Mme Petit", "Monsieur Dupont et Madame Petit"),
    ("it", "la sig.ra Bianchi e il sig. Rossi", "la signora Bianchi e il signor Rossi"),
    ("en", "Mr. J. K. Smith of the U.S.A. said 3.5", "Mister J K Smith of the USA said three point five"),
    ("en", "A 😀 day \x00 off", "A day off"),
])  # fmt: skip
def test_text_is_written_out(language: str, text: str, written: str) -> None:
    assert kokoro_text.written_out(text, language) == written


@pytest.mark.parametrize(("language", "text", "phonemes"), [
    ("pt", "Olá, mundo!", "olˈa, mˈũŋdʊ!"), ("en", "Hello?", "həlˈoʊ?"), ("it", "Ciao.", "ʧˈao."),
])  # fmt: skip
def test_phonemes_keep_the_marks(language: str, text: str, phonemes: str) -> None:
    assert read(text, language) == unicodedata.normalize("NFD", phonemes)


def test_marked_names_are_words_of_their_own_in_their_own_language() -> None:
    said = read("Moro com [Victor](en) [Echo](en) agora.", "pt")
    words = [read(*one) for one in (("Moro com", "pt"), ("Victor", "en"), ("Echo", "en"))]
    assert said.startswith(" ".join(words) + " ")
    assert read("[Yelp](en)", "pt") == read("Yelp", "en")
    assert read("[Yelp](en), sim", "pt").startswith(read("Yelp", "en") + ", ")


@pytest.mark.parametrize("count", [1, 30, 200])
def test_passes_lose_nothing(count: int) -> None:
    whole = " ".join(f"{'ab' * (i % 9 + 1)}{',.  '[i % 4]}".strip() for i in range(count * 4))
    parts = kokoro_text.passes(whole)
    assert " ".join(parts) == whole
    assert max(map(len, parts)) <= kokoro_text.LIMIT
    assert "".join(kokoro_text.passes("a" * 1200)) == "a" * 1200


@pytest.mark.parametrize("text", ["", " … ", "漢字", "😀"])
def test_what_cannot_be_said_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text, "pt")


def test_languages_it_does_not_speak() -> None:
    with pytest.raises(Unsupported, match="pt"):
        Kokoro().check(None, "de")


@pytest.mark.skipif(importlib.util.find_spec("misaki") is not None, reason="misaki is installed here")
@pytest.mark.parametrize("language", ["ja", "zh"])
def test_what_japanese_and_chinese_need_is_said(language: str) -> None:
    with pytest.raises(Missing, match="pip install .*misaki"):
        Kokoro().check(None, language)


PAUSED = "Quando cheguei em casa, a porta estava aberta e não havia ninguém."


@pytest.mark.parametrize(
    ("at", "part"),
    [("a porta", "Quando cheguei em casa,"), ("e não", "Quando cheguei em casa, a porta estava aberta,")],
)
def test_a_line_with_a_pause_is_read_in_one_breath(kokoro: Kokoro, tmp_path: Path, at: str, part: str) -> None:
    """Its pitch goes on at the pause; silence is all that is added, and each phoneme stays on its side of it."""
    dub = tiny_dub(tmp_path).but(voices=(DORA.but(speaker="A"),), target_language="pt")
    pause = Pause(at=PAUSED.index(at), duration=0.6)
    line = dub.lines[0].but(translation=PAUSED, pauses=(pause,), speaker="A")
    take = kokoro(dub.but(lines=(line,))).lines[0].take
    assert take is not None
    read = f"{part} {PAUSED[pause.at :]}"
    assert take.speech.duration == pytest.approx(kokoro.speak(read, DORA, "pt").sound.duration + 0.6, abs=1e-3)
    assert kokoro.natural(dub, line, PAUSED, line.pauses) == pytest.approx(kokoro.estimate(read, DORA, "pt") + 0.6)
    count = kokoro.sounds(part, DORA, "pt")
    assert count is not None
    last, first = take.phonemes[count - 1], take.phonemes[count]
    assert 0.6 <= first.start - last.end < 0.85
    edges = slice(round((last.end + 0.1) * 24_000), round((first.start - 0.1) * 24_000))
    silent = media.read(tmp_path / take.speech.path).mono[edges]
    assert len(silent) > 0.3 * 24_000
    assert not silent.any()


@pytest.mark.parametrize("language", ["en", "es", "fr", "it", "pt"])
def test_a_text_has_as_many_sounds_as_its_reading(kokoro: Kokoro, language: str) -> None:
    for text in ("Anna, Marco: 12!", "Ça va, no — à demain?"):
        assert kokoro.sounds(text, DORA, language) == len(kokoro.speak(text, DORA, language).phonemes)
