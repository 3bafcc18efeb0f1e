"""Who gets which voice: distinct, of the likely sex, near in pitch, the same for all lines, wishes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dubbench.adapters.kokoro import Kokoro
from dubbench.adapters.pico import Pico
from dubbench.adapters.toy import ToySpeak
from dubbench.casting import cast_voices, with_voices
from dubbench.errors import BadInput
from dubbench.stages.speak import Speak, Spoken
from dubbench.types import Controls, Dub, Line, Made, Seconds, Source, Voice

DORA = "pf_dora:0.6+af_heart:0.4"
"""What Kokoro offers first to a woman who is to speak Portuguese."""


class Cloner(Speak):
    """A model that speaks with the speaker's own voice."""

    clones = True

    def speak(
        self, text: str, voice: Voice, language: str, *, pace: float = 1.0, controls: Controls = Controls()
    ) -> Spoken:
        raise NotImplementedError

    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        raise NotImplementedError


def dub_of(*voices: Voice, language: str = "pt", seconds: dict[str, float] | None = None) -> Dub:
    """A dub in which each voice's speaker has one line."""
    lines = tuple(
        Line(id=str(i), start=10.0 * i, end=10.0 * i + (seconds or {}).get(v.speaker, 2.0), text="x", speaker=v.speaker)
        for i, v in enumerate(voices)
    )
    source = Source(path="film.mp4", sha256="0", duration=100.0)
    return Dub(id="d", source=source, source_language="en", target_language=language, voices=voices, lines=lines)


def person(label: str, sex: str | None = None, pitch: float | None = None, preset: str | None = None) -> Voice:
    return Voice.model_validate({"id": label, "speaker": label, "sex": sex, "pitch_hz": pitch, "preset": preset})


def presets(dub: Dub) -> dict[str, str | None]:
    return {voice.speaker: voice.preset for voice in dub.voices}


def flags(dub: Dub) -> list[str]:
    return [flag.name for flag in dub.flags]


def test_sex_and_pitch_choose() -> None:
    dub = cast_voices(dub_of(person("A", "male", 140.0), person("B", "female", 210.0)), Kokoro(), {})
    assert presets(dub) == {"A": "pm_alex", "B": DORA}
    assert flags(dub) == []


def test_who_speaks_most_chooses_first() -> None:
    people = person("A", "female", 180.0), person("B", "female", 180.0)
    dub = cast_voices(dub_of(*people, seconds={"A": 2.0, "B": 9.0}), Kokoro(), {})
    assert presets(dub)["B"] == DORA
    assert presets(dub)["A"] != DORA


def test_a_second_woman_borrows_and_it_is_flagged() -> None:
    dub = cast_voices(dub_of(person("A", "female", 180.0), person("B", "female", 200.0)), Kokoro(), {})
    chosen = presets(dub)
    assert chosen["A"] != chosen["B"]
    assert all(str(name)[1] == "f" for name in chosen.values())
    [flag] = dub.flags
    assert (flag.room, flag.name) == ("casting", "borrowed-voice")
    assert str(chosen["B"]) in flag.detail


def test_voices_of_one_timbre_are_not_lent_to_each_other() -> None:
    # Kokoro's Dora speaks Portuguese and Spanish; two women must not both be Dora.
    people = [person(label, "female") for label in "ABC"]
    assert "ef_dora" not in presets(cast_voices(dub_of(*people), Kokoro(), {})).values()


@settings(max_examples=40, deadline=None)
@given(
    people=st.lists(
        st.tuples(st.sampled_from(["female", "male", None]), st.one_of(st.none(), st.floats(70.0, 350.0))),
        min_size=1,
        max_size=6,
    ),
    language=st.sampled_from(["pt", "en", "es", "it", "fr"]),
)
def test_nobody_gets_the_other_sex_or_anothers_voice_unflagged(
    people: list[tuple[str | None, float | None]], language: str
) -> None:
    dub = dub_of(*(person(f"S{i}", sex, pitch) for i, (sex, pitch) in enumerate(people)), language=language)
    done = cast_voices(dub, Kokoro(), {})
    names = [str(name) for name in presets(done).values()]
    sexes = {voice.preset: voice.sex for voice in Kokoro().presets(language)}
    for voice, name in zip(dub.voices, names, strict=True):
        assert voice.sex is None or sexes[name] == voice.sex
    if len(set(names)) < len(names):
        assert "shared-voice" in flags(done)
    assert cast_voices(done, Kokoro(), {}) == done


def test_unknown_sex_and_pitch_gets_the_first_voice() -> None:
    first = Kokoro().presets("en")[0].preset
    assert presets(cast_voices(dub_of(person("A"), language="en"), Kokoro(), {})) == {"A": first}


@pytest.mark.parametrize("language", ["en", "es", "fr", "hi", "it", "ja", "pt", "zh"])
def test_every_language_of_kokoro_has_a_woman_and_a_man(language: str) -> None:
    dub = dub_of(person("A", "female", 200.0), person("B", "male", 110.0), language=language)
    sexes = {voice.preset: voice.sex for voice in Kokoro().presets(language)}
    assert [sexes[name] for name in presets(cast_voices(dub, Kokoro(), {})).values()] == ["female", "male"]


def test_wishes_win_and_may_be_blends() -> None:
    people = person("A", "male", 105.0), person("B", "female", 210.0, preset="pf_dora")
    dub = cast_voices(dub_of(*people), Kokoro(), {"B": "pf_dora:0.6+af_bella:0.4", "A": "af_sky"})
    assert presets(dub) == {"A": "af_sky", "B": "pf_dora:0.6+af_bella:0.4"}


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"Z": "pm_alex"}, "nobody is called 'Z'.*A, B"),
        ({"A": "pm_alxe"}, "did you mean 'pm_alex'.*pf_dora"),
        ({"A": "pf_dora:0.6+nobody:0.4"}, "no voice"),
        ({"A": "pf_dora:0+pm_alex:0"}, "no voice"),
        ({"A": ""}, "no voice"),
    ],
)
def test_unknown_wishes_are_refused(wish: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        cast_voices(dub_of(person("A"), person("B")), Kokoro(), wish)


def test_earlier_voices_stay_unless_of_another_model_or_language() -> None:
    people = (
        person("A", "male", 105.0, preset="pm_santa"),
        person("B", "female", preset="gone"),
        person("C", "male", 141.0, preset="am_michael").but(language="en"),
    )
    before = dub_of(*people).but(made_by={"casting": Made(model="another", key="k")})
    dub = cast_voices(before, Kokoro(name="kokoro"), {})
    assert presets(dub) == {"A": "pm_santa", "B": DORA, "C": "pm_alex"}
    assert dub.made_by["casting"].model == "kokoro"


def test_an_unknown_voice_that_a_person_wrote_is_refused_not_replaced() -> None:
    once = cast_voices(dub_of(person("A", "male", 105.0)), Kokoro(), {})
    typed = once.but(voices=tuple(voice.but(preset="pm_alexx") for voice in once.voices))
    with pytest.raises(BadInput, match="no voice 'pm_alexx'.*did you mean 'pm_alex'"):
        cast_voices(typed, Kokoro(), {})


def test_casting_twice_changes_nothing() -> None:
    people = [person(label, "female", 190.0) for label in "ABC"]
    once = cast_voices(dub_of(*people), Kokoro(), {})
    assert cast_voices(once, Kokoro(), {}) == once


def test_what_is_known_of_the_person_stays() -> None:
    dub = cast_voices(dub_of(person("A", "male", 111.0).but(name="Anna's brother")), Kokoro(), {})
    [voice] = dub.voices
    assert (voice.pitch_hz, voice.sex, voice.name, voice.language) == (111.0, "male", "Anna's brother", "pt")


def test_speakers_without_a_voice_get_one() -> None:
    dub = dub_of(person("A"), person("B")).but(voices=())
    assert [v.speaker for v in with_voices(dub).voices] == ["A", "B"]
    assert len(set(presets(cast_voices(dub, Kokoro(), {})).values())) == 2


def test_pico_gives_each_german_a_voice_and_borrows_none() -> None:
    people = person("A", "male", 110.0), person("B", "female", 200.0), person("C", "male", 130.0)
    dub = cast_voices(dub_of(*people, language="de"), Pico(), {})
    assert len(set(presets(dub).values())) == 3
    assert flags(dub) == []
    with pytest.raises(BadInput, match="no voice 'it-IT'"):
        cast_voices(dub, Pico(), {"A": "it-IT"})


def test_when_voices_run_out_they_are_shared_and_flagged() -> None:
    dub = cast_voices(dub_of(*(person(label) for label in "ABC"), language="en"), ToySpeak(), {})
    assert set(presets(dub).values()) == {"toy-high", "toy-low"}
    assert flags(dub) == ["shared-voice"]


def test_a_model_that_clones_keeps_the_reference(tmp_path: Path) -> None:
    dub = dub_of(person("A", "male", 105.0)).at(tmp_path)
    assert cast_voices(dub, Cloner(), {}) == dub
    with pytest.raises(BadInput, match="no voices to choose from"):
        cast_voices(dub, Cloner(), {"A": "pf_dora"})


def test_a_voice_that_only_blends_are_offered_of_can_be_had_alone() -> None:
    dub = cast_voices(dub_of(person("A", "male", 105.0)), Kokoro(), {"A": "pm_santa"})
    assert presets(dub) == {"A": "pm_santa"}
    assert flags(dub) == []
