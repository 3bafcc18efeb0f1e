"""Cast memory: one person keeps one voice from film to film, nobody is two, consent taken back is heeded."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dubbench
from dubbench import media, people
from dubbench.adapters.kokoro import Kokoro
from dubbench.casting import cast_voices
from dubbench.consents import given
from dubbench.errors import BadInput, Refused
from dubbench.people import Person
from dubbench.types import Consent, Dub, Sound, Voice
from tests.talks import make_talk
from tests.test_casting import Cloner, dub_of
from tests.test_report import Ear, tones

KOKORO = Kokoro(name="kokoro")
LOW, HIGH, OTHER = [450.0], [2050.0], [5050.0]


def film(folder: Path, **speakers: list[float]) -> Dub:
    """A dub in `folder` whose speakers, all women, sound like these chords."""
    folder.mkdir(exist_ok=True)
    voices = []
    for label, hertz in speakers.items():
        media.write(folder / f"{label}.wav", tones(hertz, 4.0))
        own = media.describe(folder / f"{label}.wav", folder)
        voices.append(Voice(id=label, speaker=label, sex="female", pitch_hz=200.0, reference=own))
    return dub_of(*voices).at(folder)


def cast(dub: Dub, path: Path, **wishes: str) -> Dub:
    return people.cast(dub, KOKORO, wishes, path=path, embedder=Ear())


def worn(dub: Dub) -> dict[str, tuple[str | None, str | None]]:
    return {voice.speaker: (voice.person, voice.preset) for voice in dub.voices}


def test_somebody_known_keeps_name_and_voice_under_another_label(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    first = cast(film(tmp_path / "1", A=LOW, B=HIGH), file, A="if_sara")
    assert worn(first)["A"] == ("P001", "if_sara")
    raw = json.loads(file.read_text("utf-8"))
    raw["people"][0]["name"] = "Anna"
    file.write_text(json.dumps(raw), "utf-8")
    second = cast(film(tmp_path / "2", A=OTHER, B=LOW), file)
    assert worn(second)["B"] == ("P001", "if_sara"), "a voice that casting would not choose"
    assert next(voice.name for voice in second.voices if voice.speaker == "B") == "Anna"
    assert worn(second)["A"][0] == "P003", "nobody known"
    assert [person.id for person in people.read(file).people] == ["P001", "P002", "P003"]


def test_walking_again_adds_nobody(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    once = cast(film(tmp_path / "1", A=LOW, B=HIGH), file)
    kept = file.read_text("utf-8")
    assert worn(cast(once, file)) == worn(once)
    assert worn(cast(film(tmp_path / "1", A=LOW, B=HIGH), file)) == worn(once)
    assert file.read_text("utf-8") == kept


def test_a_wish_and_an_edit_win_and_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    once = cast(film(tmp_path / "1", A=LOW), file)
    edited = once.but(voices=tuple(voice.but(preset="af_heart") for voice in once.voices))
    assert worn(cast(edited, file))["A"] == ("P001", "af_heart")
    assert worn(cast(film(tmp_path / "2", A=LOW), file))["A"] == ("P001", "af_heart")
    assert worn(cast(film(tmp_path / "3", A=LOW), file, A="if_sara"))["A"] == ("P001", "if_sara")
    assert people.read(file).people[0].presets == {"kokoro/pt": "if_sara"}


def test_two_speakers_of_a_film_are_never_one_person(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    cast(film(tmp_path / "1", A=LOW), file)
    both = cast(film(tmp_path / "2", A=LOW, B=LOW), file)
    assert {who for who, _ in worn(both).values()} == {"P001", "P002"}
    alike = both.but(voices=tuple(voice.but(person="P001") for voice in both.voices))
    with pytest.raises(BadInput, match="two speakers are person 'P001'"):
        cast(alike, file)


def test_the_likelier_speaker_is_the_person_and_the_unlike_are_nobody() -> None:
    x, y, z = np.eye(3)
    known = [Person(id="P001", vectors=(tuple(x),)), Person(id="P002")]
    near, nearer = (c * x + (1 - c * c) ** 0.5 * y for c in (people.KNOWN + 0.1, people.KNOWN + 0.2))
    assert people.matched({"A": near, "B": nearer, "C": z}, known) == {"B": "P001"}
    just_below = (people.KNOWN - 0.01) * x + (1 - (people.KNOWN - 0.01) ** 2) ** 0.5 * y
    assert people.matched({"A": just_below}, known) == {}


def test_a_voice_that_the_model_has_no_more_is_told(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    cast(film(tmp_path / "1", A=LOW), file)
    file.write_text(file.read_text("utf-8").replace("pf_dora", "pf_gone"), "utf-8")
    dub = cast(film(tmp_path / "2", A=LOW), file)
    assert [flag.name for flag in dub.flags] == ["lost-voice"]
    assert worn(dub)["A"][1] == "pf_dora:0.6+af_heart:0.4"


def test_nobody_is_cloned_who_took_their_consent_back(tmp_path: Path) -> None:
    consent = Consent(who="Anna P.", when="2026-01-02", purpose="dubbing", withdrawn="2026-03-04")
    dub = film(tmp_path / "1", A=LOW)
    taken_back = dub.but(voices=tuple(voice.but(consent=consent, name="Anna") for voice in dub.voices))
    with pytest.raises(Refused, match="Anna took back the consent .* on 2026-03-04.*speak=kokoro"):
        cast_voices(taken_back, Cloner(), {})
    given = taken_back.but(voices=tuple(v.but(consent=consent.but(withdrawn=None)) for v in taken_back.voices))
    assert cast_voices(given, Cloner(), {}) == given.flagged("casting")
    assert worn(cast_voices(taken_back, KOKORO, {}))["A"][1], "a preset needs no consent"
    file = tmp_path / "people.json"
    people.cast(taken_back, KOKORO, {}, path=file, embedder=Ear())
    with pytest.raises(Refused, match="took back"):
        people.cast(film(tmp_path / "2", A=LOW), Cloner(), {}, path=file, embedder=Ear())


def test_nobody_is_cloned_without_consent_which_a_person_can_give_by_name(tmp_path: Path) -> None:
    dub = film(tmp_path / "1", A=LOW, B=HIGH)
    with pytest.raises(Refused, match="would clone A, who has not consented.*--consent A="):
        cast_voices(dub, Cloner(), {})
    with pytest.raises(BadInput, match="nobody is called 'C' here"):
        given(dub, {"C": "Carla"})
    one = given(dub, {"A": "Anna P."})
    with pytest.raises(Refused, match="would clone B"):
        cast_voices(one, Cloner(), {})
    both = given(one, {"A": "somebody else", "B": "Berta"})
    cast_voices(both, Cloner(), {})
    consents = [voice.consent for voice in both.voices]
    assert [consent and consent.who for consent in consents] == ["Anna P.", "Berta"], "the first that was given stays"
    assert all(consent and consent.when == date.today().isoformat() for consent in consents)
    file = tmp_path / "people.json"
    people.cast(both, KOKORO, {}, path=file, embedder=Ear())
    people.cast(film(tmp_path / "2", A=HIGH), Cloner(), {}, path=file, embedder=Ear())


@pytest.mark.parametrize(("text", "word"), [
    ("{", "not valid JSON"), ('{"schema": 2}', "schema"), ('{"schema": 1, "folk": []}', "folk"),
    ('{"schema": 1, "people": [{"id": "P001"}, {"id": "P001"}]}', "two people are called 'P001'"),
])  # fmt: skip
def test_a_file_with_a_slip_is_refused_by_name(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "people.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=word):
        people.read(file)


def test_vectors_of_another_model_are_not_compared(tmp_path: Path) -> None:
    class Another(Ear):
        name = "another"

        def identity(self) -> str:
            return "another"

    file = tmp_path / "people.json"
    cast(film(tmp_path / "1", A=LOW), file)
    with pytest.raises(BadInput, match="another model of voices"):
        people.check(file, Another())


def test_a_film_is_refused_at_the_door_where_nobody_tells_voices(tmp_path: Path) -> None:
    talk = make_talk(tmp_path / "talk.mp4")
    how: dict[str, Any] = {"to": "pt", "cast": "toy", "source_language": "en", "out": tmp_path / "o"}
    with pytest.raises(BadInput, match="--model diarize=powerset"):
        dubbench.dub(talk, people=tmp_path / "people.json", **how)
    assert not (tmp_path / "o").exists()


@pytest.mark.models
def test_two_films_of_one_reader_have_one_person(tmp_path: Path) -> None:
    from examples import clips

    ear: Any = dubbench.load("powerset")
    where, file, found = clips.folder(clips.KENNEDY), tmp_path / "people.json", []
    half = clips.folder() / clips.PHONE.name
    sounds = [media.read(where / clips.KENNEDY.name, sample_rate=16_000, channels=1).samples]
    parts = [*np.array_split(sounds[0], 2, axis=1), media.read(half, channels=1).samples[:, 240_000:336_000]]
    for number, part in enumerate(parts):
        folder = tmp_path / str(number)
        folder.mkdir()
        media.write(folder / "a.wav", Sound(part, 16_000))
        voice = Voice(id="A", speaker="A", reference=media.describe(folder / "a.wav", folder))
        dub = people.cast(dub_of(voice).at(folder), KOKORO, {}, path=file, embedder=ear)
        found.append(dub.voices[0].person)
    assert found == ["P001", "P001", "P002"]
