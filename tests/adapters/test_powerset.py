"""Real voices told apart by the real networks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest

from dubbench import catalog, media, memory
from dubbench.adapters.powerset import ALIKE, Powerset, _bridged, _groups, _label, _one_at_a_time, _people, _starts
from dubbench.errors import BadInput
from dubbench.types import Seconds, Sound, Turn
from dubbench.voicenets import fbank
from dubbench.voiceprint import alone
from dubbench.voices import judge
from dubbench.weights import WeightFile, Weights
from tests import clips

pytestmark = pytest.mark.models

RATE = 16_000
SHARED = Path(__file__).parents[2] / "../shared/data"
WHEEL = "pypi://pyannote.audio@4.0.7/pyannote/audio/sample"
PHONE = Weights(
    "pyannote-sample",
    (
        WeightFile(
            name="sample.wav",
            sha256="c319b4abca767b124e41432d364fd7df006cb26bb79d09326c487d606a134e6e",
            size=960104,
            sources=(f"{WHEEL}/sample.wav",),
        ),
        WeightFile(
            name="sample.rttm",
            sha256="d78fe62c69d8e6dcbb42c26adfce83faccb374c5a1e6d987fe37f85f1c173c87",
            size=596,
            sources=(f"{WHEEL}/sample.rttm",),
        ),
    ),
)
"""Two people on the phone, 30 s, and who speaks when."""


@pytest.fixture(scope="module")
def model() -> Powerset:
    model = catalog.load("powerset")
    assert isinstance(model, Powerset)
    return model.ready()


@pytest.fixture(scope="module")
def phone() -> Sound:
    return media.read(PHONE.folder() / "sample.wav", sample_rate=RATE, channels=1)


def truth() -> list[Turn]:
    rows = [line.split() for line in (PHONE.folder() / "sample.rttm").read_text().splitlines()]
    return [Turn(speaker=row[7], start=float(row[3]), end=float(row[3]) + float(row[4])) for row in rows]


def error_rate(reference: Sequence[Turn], turns: Sequence[Turn], duration: Seconds) -> float:
    """DER without collar: time missed, invented or given to the wrong person, over all speech (overlap twice)."""
    real, found = drawn(reference, duration), drawn(turns, duration)
    wide = max(len(real), len(found))
    real, found = (np.pad(m, ((0, wide - len(m)), (0, 0))) for m in (real, found))
    right = max(int((real & found[list(order)]).sum()) for order in permutations(range(wide)))
    return float((np.maximum(real.sum(0), found.sum(0)).sum() - right) / real.sum())


def drawn(turns: Sequence[Turn], duration: Seconds) -> np.ndarray:
    """(speakers, milliseconds / 5), true where one speaks."""
    rows = {speaker: i for i, speaker in enumerate(dict.fromkeys(turn.speaker for turn in turns))}
    frames = np.zeros((len(rows), round(duration * 200)), bool)
    for turn in turns:
        frames[rows[turn.speaker], round(turn.start * 200) : round(turn.end * 200)] = True
    return frames


def people(turns: Sequence[Turn]) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in turns))


def test_two_people_on_the_phone(model: Powerset, phone: Sound) -> None:
    before = phone.samples.copy()
    turns = model.diarize(phone)
    assert people(turns) == ["A", "B"]
    assert error_rate(truth(), turns, phone.duration) <= 0.10
    assert [t.start for t in turns] == sorted(t.start for t in turns)
    assert all(0 <= t.start < t.end <= phone.duration for t in turns)
    np.testing.assert_array_equal(phone.samples, before)
    assert model.diarize(phone) == turns


def test_the_measure_can_fail(phone: Sound) -> None:
    assert error_rate(truth(), truth(), phone.duration) == 0
    one = [Turn(speaker="A", start=t.start, end=t.end) for t in truth()]
    assert error_rate(truth(), one, phone.duration) > 0.4


def test_a_number_of_speakers_is_kept(model: Powerset, phone: Sound) -> None:
    assert people(model.diarize(phone, 1)) == ["A"]
    assert people(model.diarize(phone, 2)) == ["A", "B"]
    assert people(model.diarize(phone, 3)) == ["A", "B", "C"]
    with pytest.raises(BadInput, match="1 or more"):
        model.diarize(phone, 0)


def test_its_settings_are_heard_and_their_defaults_are_its_own(model: Powerset, phone: Sound) -> None:
    usual = model.diarize(phone)
    assert any(a.end > b.start for a, b in pairwise(usual))
    given = {"threshold": 0.6, "clear": 1.0, "alike": 0.45, "gap": 0.1, "overlap": True}
    for settings, same in ((given, True), ({"overlap": False}, False), ({"gap": 0.5}, False)):
        other = catalog.load("powerset", **settings)
        assert isinstance(other, Powerset)
        turns = other.diarize(phone)
        assert (turns == usual) is same, settings
        assert (other.identity() == model.identity()) is same
        assert people(turns) == ["A", "B"]
        if settings == {"overlap": False}:
            assert all(a.end <= b.start for a, b in pairwise(turns))
            assert error_rate(truth(), turns, phone.duration) <= 0.15
        if "gap" in settings:
            assert all(turn.end - turn.start >= settings["gap"] - 0.01 for turn in turns)
    with pytest.raises(BadInput, match="clear"):
        catalog.load("powerset", clear=9.0)


def test_one_person_is_one_speaker(model: Powerset, phone: Sound) -> None:
    """Each side of the phone call by itself, its turns joined: no second voice appears."""
    for speaker in people(truth()):
        parts = [phone.samples[:, int(a * RATE) : int(b * RATE)] for a, b in alone(speaker, truth())]
        rest = np.zeros((1, RATE // 4), np.float32)
        joined = np.concatenate([piece for part in parts for piece in (part, rest)], axis=1)
        assert people(model.diarize(Sound(joined, RATE))) == ["A"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development recordings (../shared/data) are not on this machine")
def test_a_reader_is_one_speaker(model: Powerset) -> None:
    files = sorted((SHARED / "ljspeech").glob("*.wav"))
    parts = [media.read(f, sample_rate=RATE, channels=1).samples for f in files]
    assert people(model.diarize(Sound(np.concatenate(parts, axis=1), RATE))) == ["A"]


def test_what_is_no_speech_has_no_turns(model: Powerset) -> None:
    music = sum(clips.tone(12, hertz=f, channels=1, sample_rate=RATE).samples for f in (220, 277.2, 329.6))
    assert model.diarize(clips.silence(3, channels=1, sample_rate=RATE)) == ()
    assert model.diarize(Sound(np.asarray(music, np.float32), RATE)) == ()
    assert model.diarize(clips.noise(5, channels=1, sample_rate=RATE)) == ()


@pytest.mark.parametrize("seconds", [0, 0.01, 0.06, 0.3, 0.5, 1.0, 9.99, 10.0, 10.01])
def test_any_length_is_heard(model: Powerset, phone: Sound, seconds: Seconds) -> None:
    start = int(15 * RATE)
    part = Sound(phone.samples[:, start : start + round(seconds * RATE)], RATE)
    turns = model.diarize(part)
    assert all(0 <= t.start < t.end <= part.duration for t in turns)
    assert bool(turns) or seconds < 1


def test_each_window_is_told(model: Powerset, phone: Sound) -> None:
    told: list[tuple[str, int, int, str]] = []
    with model.telling(lambda *news: told.append(news), "diarize", "telling speakers apart"):
        model.diarize(phone)
    windows = len(_starts(phone.samples.shape[1], model._step))
    assert [(done, total) for _, done, total, _ in told] == [(i + 1, windows) for i in range(windows)]
    assert windows > 5


def test_a_voice_is_known_again(model: Powerset, phone: Sound) -> None:
    def voice(start: Seconds, end: Seconds) -> np.ndarray:
        return model.embed(Sound(phone.samples[:, int(start * RATE) : int(end * RATE)], RATE))

    a, again, b = voice(10.9, 14.4), voice(18.7, 21.4), voice(21.9, 28.4)
    assert a.shape == (192,)
    assert np.linalg.norm(a) == pytest.approx(1)
    assert a @ again > max(a @ b, again @ b) + 0.1
    with pytest.raises(BadInput, match="cannot tell a voice"):
        model.embed(Sound(phone.samples[:, :1000], RATE))
    with pytest.raises(BadInput, match="16000 Hz"):
        model.embed(Sound(phone.samples, 48_000))


def test_features_follow_the_pitch() -> None:
    """A tone's energy lies in the bin whose mel range holds it; more sound gives more frames."""
    low, high = (fbank(clips.tone(1, hertz=f, channels=1, sample_rate=RATE).samples[0]) for f in (300, 3000))
    assert low.shape == (98, 80)
    mel = [1127 * np.log(1 + f / 700) for f in (20, 300, 3000, 8000)]
    for frames, at in ((low, mel[1]), (high, mel[2])):
        assert frames.mean(axis=0).argmax() == round((at - mel[0]) / (mel[3] - mel[0]) * 81 - 1)


def test_small_groups_do_not_make_speakers() -> None:
    voices = np.eye(3)[[0] * 6 + [1] * 3 + [2]]
    seconds = np.ones(10)
    assert [len(g) for g in _groups(voices, seconds, 2.0, 0.6)] == [6, 3]
    assert [len(g) for g in _groups(voices, seconds, 0.5, 0.6)] == [6, 3, 1]
    assert [len(g) for g in _groups(voices, seconds, 2.0, 2)] == [6, 3]
    assert len(_groups(voices[:1], seconds[:1], 2.0, 2)) == 1


def test_windows_reach_the_end() -> None:
    assert list(_starts(5 * RATE, 148)) == [0]
    last = _starts(33 * RATE, 148)[-1]
    assert last * 270 + 10 * RATE >= 33 * RATE > last * 270


def test_rests_are_closed_and_blips_dropped() -> None:
    active = np.zeros(100, bool)
    active[10:30] = active[33:40] = active[60:64] = True
    assert _bridged(active) == [(10, 40)]


def test_one_at_a_time_gives_a_contested_stretch_whole_to_the_likelier() -> None:
    active = np.zeros((200, 2), bool)
    active[20:120, 0] = active[100:180, 1] = active[60:80, 1] = True
    votes = np.where(active, [0.6, 0.9], 0.0)
    votes[60:80] = [0.9, 0.6]
    kept = _one_at_a_time(active, votes, 0.1)
    assert kept.sum(axis=1).max() == 1
    assert [_bridged(kept[:, who]) for who in (0, 1)] == [[(20, 100)], [(100, 180)]]


def test_labels_do_not_run_out() -> None:
    assert [_label(i) for i in (0, 1, 25, 26, 27, 52)] == ["A", "B", "Z", "AA", "AB", "BA"]


def test_who_says_little_and_sounds_like_another_is_that_one() -> None:
    alike, other = np.array([ALIKE + 0.05, 0.0]), np.array([0.0, 1.0])
    alike[1] = np.sqrt(1 - alike[0] ** 2)
    centres = np.stack([np.array([1.0, 0.0]), alike, other])
    assert _people(centres, np.array([60.0, 1.5, 1.5]), 3.0) == [0, 2]
    assert _people(centres[[0, 2]], np.array([60.0, 1.5]), 3.0) == [0, 1]
    assert _people(centres, np.array([60.0, 8.0, 1.5]), 3.0) == [0, 1]


def test_settings_that_came_later_make_nobody_a_stranger() -> None:
    """By this key people and strangers are known to the model, in files that are older than the settings."""
    plain = catalog.load("powerset").identity()
    assert plain == catalog.load("powerset", overlap=True, gap=0.1).identity()
    assert memory.key(by=plain) == judge.strangers()["by"]
    assert plain != catalog.load("powerset", overlap=False).identity()
    assert plain != catalog.load("powerset", step=5.0).identity()
