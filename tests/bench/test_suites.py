"""Suites: what they choose, and every mistake refused by name before a second is spent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dubbench import bench
from dubbench.bench import measures, questions, suites, tongues
from dubbench.bench.samples import Sample
from dubbench.errors import BadInput, Missing
from tests.bench import toys


def test_samples_are_taken_one_of_each_cluster_in_turn() -> None:
    made = [Sample(id=f"{cluster}{at}", cluster=cluster, texts={"en": "x"}) for cluster in "ab" for at in range(3)]
    assert [one.id for one in suites.in_turn(made)] == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_most_and_slices_choose_and_change_the_hash(tmp_path: Path) -> None:
    made = [{**one, "slices": {"side": "ab"[at % 2]}} for at, one in enumerate(toys.samples(tmp_path))]
    whole = toys.suite(tmp_path, samples=made)
    part = toys.suite(tmp_path, samples=made, where={"side": "a"}, most=1)
    assert [one.id for one in part.chosen] == ["s0"]
    assert len(whole.chosen) == 4
    assert whole.hash != part.hash
    assert whole.hash == toys.suite(tmp_path, samples=made, about="Other words.", models=["deaf"]).hash


def test_another_sound_under_the_same_name_is_another_suite(tmp_path: Path) -> None:
    made = toys.samples(tmp_path)
    before = toys.suite(tmp_path, samples=made).hash
    toys.spelled("something else", tmp_path / "0.wav")
    assert toys.suite(tmp_path, samples=made).hash != before


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown metric": ({"primary": "wrr"}, "there is no metric 'wrr'; known: .*wer"),
    "a metric of another room": ({"primary": "der"}, "'der' says nothing about room 'transcribe'; these do: .*wer"),
    "an unknown field": ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    "an unknown room": ({"room": "dance"}, "room: Input should be 'transcribe'"),
    "pairs where none are": ({"languages": ["en-pt"]}, "wants languages as codes like en, not 'en-pt'"),
    "no samples": ({"samples": []}, "needs either 'data'.* or \\[\\[samples\\]\\]"),
    "nobody in the split": ({"split": "dev"}, "has no samples: none of 4 is in split 'dev'"),
    "an empty slice": ({"where": {"side": "z"}}, "none of 4 is in split 'test' with side = z"),
    "another language": ({"languages": ["fr"]}, "no sample is in fr; they are in en"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_suite_is_refused_by_name(name: str, tmp_path: Path) -> None:
    changed, said = MISTAKES[name]
    with pytest.raises(BadInput, match=said):
        questions.of(toys.suite(tmp_path, **changed))


def _without(field: str) -> Callable[[list[dict[str, Any]]], None]:
    return lambda made: made[1].pop(field)


SAMPLES: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "a missing text": (_without("texts"), "sample s1 has no text in en: there is nothing to compare with"),
    "an empty text": (lambda made: made[1].update(texts={"en": " "}), "sample s1 has an empty text in en"),
    "a missing sound": (lambda made: made[1].update(audio={"en": "gone.wav"}), "sample s1: .*gone.wav is not there"),
    "no sound at all": (_without("audio"), "sample s1 has no sound in en"),
    "two of one name": (lambda made: made[1].update(id="s0"), "two samples are called s0"),
    "a sound outside": (lambda made: made[1].update(audio={"en": "../x.wav"}), "'../x.wav' does not lie in the corpus"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mistake_in_a_sample_is_refused_by_name(name: str, tmp_path: Path) -> None:
    spoil, said = SAMPLES[name]
    made = toys.samples(tmp_path)
    spoil(made)
    with pytest.raises(BadInput, match=said):
        questions.of(toys.suite(tmp_path, samples=made))


def test_mixed_sample_rates_are_refused(tmp_path: Path) -> None:
    made = toys.samples(tmp_path)
    toys.spelled("thank you", tmp_path / "3.wav", rate=16_000)
    with pytest.raises(BadInput, match=r"mixes sample rates: 16000 Hz \(s3\), 24000 Hz"):
        questions.of(toys.suite(tmp_path, samples=made))


def test_stems_of_another_length_than_their_sum_are_refused(tmp_path: Path) -> None:
    toys.noise(tmp_path / "long.wav", 1.0)
    toys.noise(tmp_path / "short.wav", 0.8)
    one = {
        "id": "m",
        "cluster": "m",
        "audio": {"en": "long.wav"},
        "stems": {"speech": "long.wav", "background": "short.wav"},
    }
    with pytest.raises(BadInput, match="'background' has 0.800 s at 24000 Hz, its sum 1.000 s at 24000 Hz"):
        questions.of(toys.suite(tmp_path, room="separate", primary="background_si_sdr", metrics=[], samples=[one]))
    with pytest.raises(BadInput, match="has no background; give 'stems'"):
        alone = {**one, "stems": {"speech": "long.wav"}}
        questions.of(toys.suite(tmp_path, room="separate", primary="background_si_sdr", metrics=[], samples=[alone]))


def test_lines_that_are_misaligned_with_their_translation_are_refused(tmp_path: Path) -> None:
    toys.noise(tmp_path / "a.wav", 4.0)
    (tmp_path / "en.stm").write_text("f 1 A 0.1 1.0 one\nf 1 A 1.5 2.5 two\n", "utf-8")
    (tmp_path / "es.stm").write_text("f 1 A 0.1 1.0 uno\n", "utf-8")
    film = {
        "id": "f",
        "cluster": "f",
        "audio": {"en": "a.wav", "es": "a.wav"},
        "said": {"en": "en.stm", "es": "es.stm"},
    }
    asked = toys.suite(tmp_path, room="fit", languages=["en-es"], primary="adherence", metrics=[], samples=[film])
    with pytest.raises(BadInput, match="2 lines in the original and 1 in es: they are misaligned"):
        questions.of(asked)
    (tmp_path / "en.stm").write_text("f 1 A 0.1 9.0 one\n", "utf-8")
    with pytest.raises(BadInput, match="lies outside of the sound, which ends at 4 s"):
        questions.of(asked)


def test_a_missing_translation_is_refused(tmp_path: Path) -> None:
    made = [{"id": "a", "cluster": "a", "texts": {"en": "Good morning."}}]
    with pytest.raises(BadInput, match="sample a has no translation into pt"):
        questions.of(
            toys.suite(tmp_path, room="translate", languages=["en-pt"], primary="chrf", metrics=[], samples=made)
        )


def test_texts_in_another_language_than_the_suite_says_are_refused(tmp_path: Path) -> None:
    spanish = "Los niños están en el parque con una pelota, pero su madre lo ha visto y no es como para reír."
    made = [
        {"id": str(at), "cluster": str(at), "texts": {"en": "The man is at the door.", "pt": spanish}}
        for at in range(6)
    ]
    with pytest.raises(BadInput, match="its texts in Portuguese read like Spanish"):
        questions.of(
            toys.suite(tmp_path, room="translate", languages=["en-pt"], primary="chrf", metrics=[], samples=made)
        )


def test_a_few_words_are_no_ground_to_refuse_a_language() -> None:
    assert tongues.likelier(["the and of to"], "pt") is None
    assert tongues.likelier(["o gato e o cão não são do João"] * 20, "pt") is None
    assert tongues.likelier(["der Hund und die Katze sind nicht im Haus"] * 20, "en") == "de"
    assert tongues.likelier(["whatever this is"] * 50, "xx") is None


def test_every_suite_of_the_project_can_be_read_and_names_models_that_are_known() -> None:
    from dubbench.bench.asking import Model, asker
    from dubbench.bench.candidates import parsed

    found = sorted(Path("eval/suites").glob("*.toml"))
    assert len(found) >= 15
    for path in found:
        one = bench.suite(path)
        assert one.id == path.stem
        assert one.models, path
        if one.room != "dub":  # Casts are asked at the door, which wants their programs.
            for label in one.models:
                who = asker(parsed(label), one)
                assert who.identity()
                if isinstance(who, Model) and who.voice:
                    offered = {voice.preset for code in one.languages for voice in who.stage.presets(code)}
                    assert who.voice in offered, f"{one.id}: {label}"


def test_an_unknown_suite_lists_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"there is no suite 'nope'; known: .*transcribe-librivox"):
        bench.suite("nope")


JUDGES = {"comet", "cometkiwi", "utmos"}
"""Those whose weights no registry carries."""


def test_every_metric_has_a_room_and_a_docstring() -> None:
    for name, measure in measures.MEASURES.items():
        assert set(measure.rooms) <= set(measures.EVERY)
        if name not in JUDGES:
            assert "better" in (measure.made().__doc__ or ""), name


@pytest.mark.parametrize("name", sorted(JUDGES))
def test_a_judge_whose_weights_are_not_here_says_what_to_do(name: str) -> None:
    with pytest.raises(Missing):
        measures.MEASURES[name].made()
