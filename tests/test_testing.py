"""The contract catches whoever breaks it: for every clause an adapter that does, and is told which."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import media
from dubbench.adapters.toy import (
    ToyDiarize,
    ToyLipsync,
    ToySeparate,
    ToySpeak,
    ToyTranscribe,
    ToyTranslate,
    ToyWatermark,
)
from dubbench.errors import BadInput, Unsupported
from dubbench.stages.base import Stage
from dubbench.stages.speak import Speak, Spoken
from dubbench.stages.transcribe import Transcript
from dubbench.testing import Clause, ContractBroken, Report, check_adapter, tiny_dub, tiny_film
from dubbench.types import Line, Seconds, Sound, Turn, Voice, Word

SAMPLE = media.resample(ToySpeak().speak("hello you", Voice(id="v"), "en").sound, 16_000)


class Unlicensed(ToySpeak):
    licence = "unknown"


class Lax(ToySpeak):
    def __init__(self, *, name: str = "", **settings: Any) -> None:
        super().__init__(name=name)


class Unloadable(ToySpeak):
    def load(self) -> None:
        raise OSError("disk on fire")


class Heavy(ToySpeak):
    """Imports when it is made what only `load` may."""

    def __init__(self, **rest: Any) -> None:
        import scipy  # noqa: F401

        super().__init__(**rest)


HELD: list[Any] = []


class Hoarder(ToySpeak):
    """Keeps 300 MB for ever."""

    def load(self) -> None:
        block = ctypes.create_string_buffer(300 << 20)
        ctypes.memset(block, 1, len(block))
        HELD.append(block)


class OneTime(ToySpeak):
    """Cannot be loaded after it was released."""

    def unload(self) -> None:
        self.load = self._no  # type: ignore[method-assign]

    def _no(self) -> None:
        raise RuntimeError("once is enough")


class Says(ToySpeak):
    """A toy whose `speak` is bent by `bend(text, what the toy gives)`."""

    bend: Callable[[str, Spoken], Any]

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        return type(self).bend(text, super().speak(text, voice, language, **rest))  # type: ignore[no-any-return]


def bent(change: Callable[[str, Spoken], Any], **more: Any) -> type[Stage]:
    return type("Bent", (Says,), {"bend": staticmethod(change), **more})


def sounding(change: Callable[[np.ndarray[Any, Any]], Any], *, rate: int = 24_000) -> type[Stage]:
    """A speaker whose samples are changed."""
    return bent(lambda _, s: Spoken(Sound(np.asarray(change(s.sound.samples), np.float32), rate)))


class Apologetic(ToySpeak):
    """Speaks an apology where there is nothing to say."""

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        said = text if any(c.isalnum() for c in text) else "Sorry I could not read that"
        return super().speak(said, voice, language, **rest)


class Polyglot(ToySpeak):
    """Declares one language and takes all."""

    languages = ("en",)

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        return super().speak(text, voice, "en", **rest)


class Rude(ToySpeak):
    """Refuses a language with the wrong error."""

    languages = ("en",)

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        if language != "en":
            raise BadInput("no")
        return super().speak(text, voice, language, **rest)


class Boaster(ToySpeak):
    """Declares a language that it does not speak."""

    languages = ("en", "eo")

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        if language == "eo":
            raise Unsupported("not yet")
        return super().speak(text, voice, language, **rest)


class Steady(ToySpeak):
    """Does not care for pace."""

    def speak(self, text: str, voice: Voice, language: str, *, pace: float = 1.0, **rest: Any) -> Spoken:
        return super().speak(text, voice, language, **rest)


class Lying(ToySpeak):
    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        return 2 * super().estimate(text, voice, language)


class Moody(ToySpeak):
    """Another sound each time."""

    parallel = 1
    times = 0

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        type(self).times += 1
        spoken = super().speak(text, voice, language, **rest)
        return Spoken(Sound(spoken.sound.samples * np.float32(1 - type(self).times * 1e-4), 24_000))


class Tangled(Moody):
    """Two threads at once get different sounds."""

    parallel = 2


class Fragile(ToySpeak):
    """Falls over emoji."""

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        if "😀" in text and any(c.isalpha() for c in text):
            raise KeyError("😀")
        return super().speak(text, voice, language, **rest)


PAUSE = np.zeros((1, 5 * 24_000), np.float32)


def with_pause(spoken: Spoken) -> Spoken:
    samples = spoken.sound.samples
    return Spoken(Sound(np.concatenate([samples[:, :1440], PAUSE, samples[:, 1440:]], axis=1), 24_000))


def cut(spoken: Spoken, kept: str, text: str) -> Spoken:
    """Only the beginning of a reading."""
    share = len(kept) / len(text)
    return Spoken(Sound(spoken.sound.samples[:, : round(share * spoken.sound.samples.shape[1])].copy(), 24_000))


SECRET = object()


@dataclass(frozen=True)
class Fat(Spoken):
    """Carries what only Python understands."""

    vector: Any = None


def late(spoken: Spoken) -> Spoken:
    return Spoken(spoken.sound, tuple(p.but(end=p.end + 9) for p in spoken.phonemes))


SPEAKERS: list[tuple[type[Stage], str]] = [
    (Unlicensed, "it declares a room, a licence and languages"),
    (Lax, "an unknown setting is refused by name"),
    (Unloadable, "it loads; but it raised OSError: disk on fire"),
    (OneTime, "it lets go and loads again"),
    (Polyglot, "an undeclared language is refused with Unsupported; but 'qaa' was taken"),
    (Rude, "refused with BadInput"),
    (Boaster, "every declared language is spoken"),
    (sounding(lambda x: x * 0), "silence, or values that are no numbers"),
    (sounding(lambda x: x * np.nan), "silence, or values that are no numbers"),
    (sounding(lambda x: x * 5), "its loudest sample is 1.5"),
    (sounding(lambda x: np.concatenate([x, x])), r"float32 \(2, "),
    (sounding(lambda x: x, rate=16_000), "at the true sample rate; but it lasts 1.50 times the estimate"),
    (Lying, "at the true sample rate; but it lasts 0.50 times the estimate"),
    (sounding(lambda x: np.concatenate([x, PAUSE[:, :9_000]], 1)), "no silence at the edges; but .* 0.3. s after"),
    (Steady, "pace 1.25 takes less time"),
    (bent(lambda _, s: s, prosody=True), "a stressed word .* is heard; but .* sounds as it does without stress"),
    (bent(lambda t, s: with_pause(s) if "*" in t else s, prosody=True), "a stressed word takes no more time"),
    (bent(lambda _, s: late(s)), "phonemes lie in order inside the sound"),
    (Apologetic, "without a letter or digit is refused with BadInput; but speak.. took empty text"),
    (Fragile, "odd text is refused by name or spoken.*KeyError"),
    (bent(lambda t, s: with_pause(s) if "<" in t else s), "it obeyed markup"),
    (bent(lambda t, s: cut(s, t.splitlines()[0], t)), "newlines it spoke only the beginning"),
    (bent(lambda t, s: cut(s, t[:100], t)), "not all of them were spoken"),
    (Tangled, "readings asked for at once"),
    (Moody, r"give the same result; but speak.. gave something else the second time: .* samples, the first 1"),
    (bent(lambda _, s: {"sound": s.sound}), "AttributeError: 'dict'"),
    (bent(lambda _, s: Fat(s.sound, s.phonemes, SECRET)), "survives plain JSON; but speak.. gave something else"),
]


@pytest.mark.parametrize(("kind", "why"), SPEAKERS, ids=[why[:40] for _, why in SPEAKERS])
def test_a_speaker_that_breaks_a_clause_is_told_which(kind: type[Stage], why: str) -> None:
    with pytest.raises(ContractBroken, match=why) as told:
        check_adapter(kind, interpreters=False)
    assert told.value.clause in str(told.value)


class Mute(Speak):
    """Writes one of its room's two verbs."""

    licence = "MIT"

    def speak(self, text: str, voice: Voice, language: str, **rest: Any) -> Spoken:
        return ToySpeak().speak(text, voice, language, **rest)


@pytest.mark.parametrize(
    ("kind", "verbs"),
    [(Mute, r"estimate\(\)"), (Speak, r"estimate\(\), speak\(\)"), (Stage, r"__call__\(\)")],
)
def test_an_adapter_that_lacks_a_verb_is_told_which(kind: type[Stage], verbs: str) -> None:
    with pytest.raises(ContractBroken, match=f"writes the verbs of its room; but it does not write {verbs}$"):
        check_adapter(kind)


def test_heavy_imports_and_memory_that_stays_are_found_in_a_fresh_interpreter() -> None:
    with pytest.raises(ContractBroken, match="nothing heavy is imported before load; but scipy"):
        check_adapter(Heavy, long=200)
    with pytest.raises(ContractBroken, match=r"released after unload; but loading took 3\d\d MB and 3\d\d MB"):
        check_adapter(Hoarder, long=200)
    HELD.clear()


class Texts(ToyTranslate):
    """A toy whose answers are bent by `bend(lines, answers)`."""

    bend: Callable[[Sequence[Line], list[list[str]]], Any]

    def translate(self, lines: Sequence[Line], source: str, target: str, *rest: Any, **more: Any) -> Any:
        try:
            given = super().translate(lines, source, target, *rest, **more)
        except BadInput:
            given = [["Sorry, there is no text."]] if type(self).__name__ == "Sorry" else []
            if not given:
                raise
        return type(self).bend(lines, given)


def answering(change: Callable[[Sequence[Line], list[list[str]]], Any], name: str = "Bent", **more: Any) -> type[Stage]:
    return type(name, (Texts,), {"bend": staticmethod(change), **more})


NUMBER = itertools.count()


class Careless(ToyTranslate):
    def translate(self, lines: Any, source: str, target: str, glossary: Any, **more: Any) -> list[list[str]]:
        answers = super().translate(lines, source, target, glossary, **more)
        if isinstance(lines, list):
            lines.sort(key=lambda line: line.text)
        return answers


TRANSLATORS: list[tuple[type[Stage], str]] = [
    (answering(lambda _, a: a[:1]), "as many lines come out as went in.*4 lines went in and 1 came out"),
    (answering(lambda _, a: [x[0] for x in a]), "wanted a list of wordings"),
    (answering(lambda _, a: [[" "]] * len(a)), "wanted a list of wordings"),
    (answering(lambda _, a: [[] for x in a]), "wanted a list of wordings"),
    (
        answering(lambda x, a: [[line.text.upper()] for line in x]),
        r"odd text .* translated in one line; but a wording has a line break in it: 'GOOD\\nMORNING",
    ),
    (answering(lambda _, a: a, "Sorry"), "gets no words; but empty text became 'Sorry"),
    (answering(lambda _, a: [[x[0][:300]] for x in a]), "long text is refused by name or translated to its end"),
    (answering(lambda _, a: a, languages=("en-pt", "xx")), "every declared pair is translated"),
    (
        answering(lambda _, a: a, align=lambda *_: [(0, 99)]),
        "pairs of words lie in both texts; but it pairs words 0 and 99",
    ),
    (Careless, "its input is not modified"),
    (
        answering(lambda x, a: [[*y, str(next(NUMBER))] if y[0][0].isalpha() else y for y in a]),
        "the same input and seed give the same result",
    ),
]


@pytest.mark.parametrize(("kind", "why"), TRANSLATORS, ids=[why[:40] for _, why in TRANSLATORS])
def test_a_translator_that_breaks_a_clause_is_told_which(kind: type[Stage], why: str) -> None:
    with pytest.raises(ContractBroken, match=why):
        check_adapter(kind, interpreters=False)


def hearing(change: Callable[[Sound, Transcript], Any], **more: Any) -> type[Stage]:
    def transcribe(self: Any, sound: Sound, language: str | None = None) -> Any:
        return change(sound, ToyTranscribe.transcribe(self, sound, language))

    return type("Ear", (ToyTranscribe,), {"transcribe": transcribe, **more})


def moved(transcript: Transcript, by: Callable[[Seconds], Seconds]) -> Transcript:
    return transcript.but(
        segments=[[w.but(start=by(w.start), end=by(w.end)) for w in segment] for segment in transcript.segments]
    )


def scribble(sound: Sound, transcript: Transcript) -> Transcript:
    sound.samples[0, :5] = 0.5
    return transcript


GHOST = Transcript(language="en", segments=((Word(text="Thanks for watching!", start=0, end=0),),))

LISTENERS: list[tuple[type[Stage], str]] = [
    (hearing(scribble), r"transcribe\(\) changed the samples"),
    (hearing(lambda _, t: moved(t, lambda s: s + 60)), "lies outside"),
    (hearing(lambda _, t: moved(t, lambda s: 0.7 - s)), "lies outside|not in order"),
    (hearing(lambda _, t: moved(t, lambda s: s / 2)), "they move with the sound"),
    (hearing(lambda _, t: t.but(language="xx")), "the language that was asked for"),
    (hearing(lambda s, t: t if s.samples.any() else GHOST), "silence gives no words; but 3 s of it gave 'Thanks"),
    (hearing(lambda _, t: t.but(segments=())), "it heard no word in the sample"),
    (hearing(lambda _, t: t, languages=("en",), _refuse=lambda self, language: None), "'qaa' was taken"),
    (hearing(lambda _, t: t.model_dump()), "AttributeError: 'dict'"),
]


@pytest.mark.parametrize(("kind", "why"), LISTENERS, ids=[why[:40] for _, why in LISTENERS])
def test_a_listener_that_breaks_a_clause_is_told_which(kind: type[Stage], why: str) -> None:
    with pytest.raises(ContractBroken, match=why):
        check_adapter(kind, sample=SAMPLE, language="en", interpreters=False)


def parting(change: Callable[[Sound, tuple[Sound, Sound]], Any]) -> type[Stage]:
    return type(
        "Part", (ToySeparate,), {"separate": lambda self, sound: change(sound, ToySeparate.separate(self, sound))}
    )


def taking_turns(change: Callable[[Sound, tuple[Turn, ...]], Any]) -> type[Stage]:
    def diarize(self: Any, sound: Sound, speakers: int | None = None) -> Any:
        return change(sound, ToyDiarize.diarize(self, sound, speakers))

    return type("Turns", (ToyDiarize,), {"diarize": diarize})


def shorter(sound: Sound) -> Sound:
    return Sound(sound.samples[:, :-1].copy(), sound.sample_rate)


def louder(sound: Sound, by: float) -> Sound:
    return Sound(np.asarray(sound.samples * by + (by > 3) * 0.01, np.float32), sound.sample_rate)


OTHERS: list[tuple[type[Stage], str]] = [
    (parting(lambda _, p: (shorter(p[0]), p[1])), "its length, shape and rate, to the sample"),
    (parting(lambda _, p: (Sound(p[0].samples, 16_000), p[1])), "at 16000 Hz"),
    (parting(lambda _, p: (louder(p[0], 0.2), p[1])), "make up the whole; but .*% of the sound is missing"),
    (parting(lambda s, p: p if s.samples.any() else (louder(p[0], 4), p[1])), "silence gives silence"),
    (taking_turns(lambda s, t: [x.but(end=x.end + 9) for x in t]), "lies outside"),
    (taking_turns(lambda s, t: tuple(x.but(speaker="SPEAKER_00") for x in t)), "it calls them SPEAKER_00"),
    (taking_turns(lambda s, t: tuple(x.but(start=x.start / 2, end=x.end / 2) for x in t)), "did not move by 2 s"),
    (taking_turns(lambda s, t: t or (Turn(speaker="A", start=0, end=0.01),)), "silence is nobody's turn"),
    (taking_turns(lambda s, t: ()), "it heard nobody"),
    (type("W", (ToyWatermark,), {"detect": lambda self, sound: 1.0}), "found, and only where it is"),
    (type("W", (ToyWatermark,), {"mark": lambda self, sound: sound}), "found, and only where it is"),
    (type("W", (ToyWatermark,), {"LEVEL": 0.5}), "10 dB or more under it; but it lies 6 dB"),
    (type("W", (ToyWatermark,), {"mark": lambda self, s: shorter(ToyWatermark.mark(self, s))}), "its length, shape"),
]


@pytest.mark.parametrize(("kind", "why"), OTHERS, ids=[why[:40] for _, why in OTHERS])
def test_an_adapter_of_sound_that_breaks_a_clause_is_told_which(kind: type[Stage], why: str) -> None:
    with pytest.raises(ContractBroken, match=why):
        check_adapter(kind, sample=SAMPLE, interpreters=False)


class ManyVoices(ToyDiarize):
    """Gives every burst a speaker of its own, whatever was asked."""

    def diarize(self, sound: Sound, speakers: int | None = None) -> tuple[Turn, ...]:
        turns = super().diarize(sound, None)
        return tuple(turn.but(speaker="AB"[i % 2]) for i, turn in enumerate(turns))


def test_more_speakers_than_a_person_said_are_refused() -> None:
    gap = np.zeros((1, 16_000), np.float32)
    twice = Sound(np.concatenate([SAMPLE.samples, gap, SAMPLE.samples], axis=1), 16_000)
    with pytest.raises(ContractBroken, match="1 speaker was asked for and 2 came back"):
        check_adapter(ManyVoices, sample=twice, interpreters=False)


def test_a_lipsync_that_changes_the_film_is_told(tmp_path: Path) -> None:
    film = tiny_film(tmp_path / "film.mp4")

    class Small(ToyLipsync):
        def sync(self, video: Path, speech: Path, lines: Sequence[Line], to: Path) -> None:
            tiny_film(to, size=(48, 32))

    class Vandal(ToyLipsync):
        def sync(self, video: Path, speech: Path, lines: Sequence[Line], to: Path) -> None:
            video.rename(to)
            video.write_bytes(b"gone")

    for kind, why in ((Small, "width was 96 and is 48"), (Vandal, "it wrote into its input")):
        with pytest.raises(ContractBroken, match=why):
            check_adapter(kind, film=tiny_film(film), interpreters=False)


def test_what_cannot_be_checked_is_said_with_the_reason() -> None:
    report = check_adapter(ToyTranscribe, interpreters=False)
    assert report.skipped["times are seconds at the true sample rate: they move with the sound"] == (
        "no sample of real speech was given"
    )
    assert "silence gives no words" in report.held
    assert "skipped times are seconds" in str(report)


def test_a_report_tells_held_from_left_out() -> None:
    report = Report("m", "speak", [Clause("one"), Clause("two", "no film")])
    assert report.held == ("one",)
    assert str(report).splitlines()[1:] == ["  ok      one", "  skipped two (no film)"]


def test_the_tiny_things_are_always_the_same(tmp_path: Path) -> None:
    one, two = tiny_dub(tmp_path / "a"), tiny_dub(tmp_path / "b")
    assert one.tracks == two.tracks
    assert one.speakers == ("A", "B")
    assert all(line.start <= word.start < word.end <= line.end + 1e-9 for line in one.lines for word in line.words)
    film = media.probe(tiny_film(tmp_path / "film.mp4"))
    assert (film.width, film.height, film.frame_rate) == (96, 64, 25.0)
    assert film.duration == pytest.approx(2.0, abs=0.1)


def test_importing_it_brings_no_test_tools() -> None:
    assert "pytest" not in vars(sys.modules["dubbench.testing.contract"])
