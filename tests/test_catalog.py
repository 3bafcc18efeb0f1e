"""One word stands for a model; a wrong word is answered with the right ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dubbench import catalog
from dubbench.errors import BadInput, Missing, Unsupported


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "own.toml"
    monkeypatch.setenv("DUBBENCH_CATALOG", str(path))
    return path


def test_every_entry_names_a_class_of_its_room() -> None:
    for name, entry in catalog.entries().items():
        stage = catalog.load(name)
        assert stage.room == entry.room
        assert stage.licence != "unknown", f"{name} states no licence"


def test_every_cast_names_known_models_of_the_right_rooms() -> None:
    for name, cast in catalog.casts().items():
        for room, names in cast.parts.items():
            for model in names:
                assert catalog.entry(model).room == room, f"cast {name}: {model} does not play {room}"


def test_a_users_file_adds_models_and_casts(own: Path) -> None:
    own.write_text(
        '[loud]\nroom = "speak"\nadapter = "dubbench.adapters.toy:ToySpeak"\nlicence = "MIT"\n'
        '[cast.mine]\ntranscribe = "toy-transcribe"\nspeak = "loud"\ntranslate = "toy-translate"\n',
        "utf-8",
    )
    assert catalog.cast("mine").parts["speak"] == ("loud",)
    assert catalog.load("loud").name == "loud"


def test_unknown_names_are_answered_with_known_ones() -> None:
    with pytest.raises(BadInput, match="did you mean 'kokoro'"):
        catalog.load("kokorro")
    with pytest.raises(BadInput, match="default"):
        catalog.cast("nobody")
    with pytest.raises(BadInput, match="no room 'sing'"):
        catalog.cast("toy", sing="kokoro")
    with pytest.raises(BadInput, match="plays 'speak', not 'translate'"):
        catalog.cast("toy", translate="kokoro")


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="loudness"):
        catalog.load("kokoro", loudness=3)


def test_mistakes_in_a_users_file_are_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own.write_text('[m]\nroom = "speak"\nadapter = "x:Y"\nlanguagez = ["en"]\n', "utf-8")
    with pytest.raises(BadInput, match="languagez"):
        catalog.entries()
    monkeypatch.setenv("DUBBENCH_CATALOG", str(own.parent / "missing.toml"))
    with pytest.raises(BadInput, match="does not exist"):
        catalog.entries()


def test_an_adapter_that_cannot_be_imported_says_so(own: Path) -> None:
    own.write_text('[m]\nroom = "speak"\nadapter = "nowhere.at_all:Y"\n', "utf-8")
    with pytest.raises(Missing, match="nowhere"):
        catalog.load("m")


def test_languages_nobody_knows_are_refused_at_the_door() -> None:
    cast = catalog.cast("default")
    with pytest.raises(Unsupported, match="it knows: .*pt"):
        catalog.check(cast, "en", "sw")
    with pytest.raises(Unsupported, match="en-pt"):
        catalog.check(cast, "zh", "pt")


def test_a_list_means_the_first_that_knows_the_language() -> None:
    cast = catalog.cast("default")
    chosen = {language: cast.choose("speak", language) for language in ("pt", "de")}
    assert {k: v.name for k, v in chosen.items() if v} == {"pt": "kokoro", "de": "pico"}


def test_the_speaker_can_be_replaced_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBBENCH_SPEAK_URL", "http://127.0.0.1:9")
    assert catalog.cast("default").parts["speak"] == ("http-speak",)
