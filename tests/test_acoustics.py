"""A room is told from the speech in it, a dry voice stays dry, and a voice is coloured as it should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from dubbench import matching, media, memory, mix
from dubbench.mix import acoustics
from dubbench.mix.acoustics import BANDS, Decay
from dubbench.mix.meter import RATE
from dubbench.testing import tiny_dub
from dubbench.types import Dub, Samples, Sound, Take


def speech(seconds: float = 12.0, *, seed: int = 0) -> Samples:
    """Noise in syllables that fade within 30 ms, of many levels, with rests: as abrupt as voices can be."""
    rng = np.random.default_rng(seed)
    sound, at = np.zeros(round(seconds * RATE), np.float32), 0.0
    while at < seconds - 1.5:
        length = rng.uniform(0.1, 0.35)
        n = round(length * RATE)
        swell = np.minimum(1, np.minimum(np.arange(n), np.arange(n)[::-1]) / (0.03 * RATE))
        burst = rng.normal(size=n) * swell * rng.uniform(0.05, 0.2)
        sound[round(at * RATE) :][:n] += burst.astype(np.float32)
        at += length + rng.choice([0.05, 0.15, 0.9])
    return sound + rng.normal(scale=1e-5, size=len(sound)).astype(np.float32)


def hall(rt60: float, below_db: float) -> Samples:
    """Exponentially fading noise, another than `acoustics` makes, after the direct sound."""
    time = np.arange(round(1.2 * rt60 * RATE)) / RATE
    tail = np.random.default_rng(5).normal(size=len(time)) * 10 ** (-3 * time / rt60)
    tail[: round(0.004 * RATE)] = 0
    tail *= np.sqrt(10 ** (-below_db / 10) / np.square(tail).sum())
    tail[0] = 1
    return tail.astype(np.float32)


@pytest.mark.parametrize("rt60", [0.6, 1.0])
@pytest.mark.parametrize("below_db", [3.0, 9.0])
def test_a_rooms_decay_is_told(rt60: float, below_db: float) -> None:
    found = acoustics.decay([acoustics.heard(speech()[None], hall(rt60, below_db))[0]])
    assert found is not None
    assert found.rt60 == pytest.approx(rt60, rel=0.3)
    assert found.below_db == pytest.approx(below_db, abs=4)


def test_dry_speech_has_no_room() -> None:
    assert acoustics.decay([speech()]) is None


def test_noise_hides_a_room_and_nothing_is_guessed() -> None:
    wet = acoustics.heard(speech()[None], hall(0.6, 6.0))[0]
    noise = np.random.default_rng(2).normal(scale=np.sqrt(np.square(wet).mean()), size=len(wet))
    assert acoustics.decay([(wet + noise).astype(np.float32)]) is None


@pytest.mark.parametrize("sounds", [[], [np.zeros(100, np.float32)], [np.zeros(RATE, np.float32)]])
def test_nothing_to_hear_has_no_room_and_no_colour(sounds: list[Samples]) -> None:
    assert acoustics.decay(sounds) is None
    assert np.isfinite(acoustics.levels(sounds)).all()


def test_the_room_given_is_the_room_found() -> None:
    found = acoustics.decay(
        [acoustics.heard(speech()[None], acoustics.response(np.zeros(len(BANDS)), Decay(0.8, 9)))[0]]
    )
    assert found is not None
    assert found.rt60 == pytest.approx(0.8, rel=0.3)
    assert found.below_db == pytest.approx(9, abs=4)


def test_a_room_is_never_wetter_or_longer_than_words_bear() -> None:
    through = acoustics.response(np.zeros(len(BANDS)), Decay(3.0, -6.0))
    spectra = (np.square(np.abs(np.fft.rfft(part, RATE * 2))) for part in (through[100:], through[:100]))
    tail_db = 10 * np.log10(np.divide(*(spectrum[800:8000].mean() for spectrum in spectra)))
    assert tail_db == pytest.approx(-acoustics.WETTEST_DB, abs=0.5)
    assert len(through) / RATE < acoustics.LONGEST + 0.05


def test_a_response_begins_at_once_and_colours_as_asked() -> None:
    gains = np.interp(np.log(BANDS), np.log([100, 1000, 10_000]), [-6, 0, 6])
    through = acoustics.response(gains, None)
    assert np.argmax(np.abs(through)) < 0.001 * RATE
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(through, RATE)))
    inner = BANDS[2:-2]
    assert spectrum[np.round(inner).astype(int)] == pytest.approx(gains[2:-2], abs=0.7)


def test_a_telephones_colour_is_found_and_the_rest_is_bounded() -> None:
    voice = speech(seed=1)
    wire = sosfilt(butter(8, (300, 3400), "band", fs=RATE, output="sos"), speech(seed=2)).astype(np.float32)
    gains = acoustics.colour(acoustics.levels([wire]), acoustics.levels([]), acoustics.levels([voice]))
    assert gains[BANDS > 6000].max() < -15
    assert gains[BANDS < 130].max() < -15
    assert np.abs(gains[(BANDS > 500) & (BANDS < 2500)]).max() < 3
    bass = sosfilt(butter(2, 300, fs=RATE, output="sos"), voice).astype(np.float32) * 10 + voice
    assert np.abs(acoustics.colour(*(acoustics.levels(x) for x in ([bass], [], [voice])))).max() <= acoustics.MOST_DB


def test_where_speech_does_not_stand_out_nothing_is_done() -> None:
    voice = acoustics.levels([speech()])
    tilted = voice + np.linspace(-8, 8, len(BANDS))
    assert not acoustics.colour(tilted, tilted, voice).any()
    assert acoustics.distance(tilted, voice) > 3
    assert acoustics.distance(voice + 5, voice) == pytest.approx(0, abs=1e-5)


def in_a_hall(folder: Path) -> Dub:
    """Three lines of two people, of whom only the first speaks long enough to be matched, recorded in a hall."""
    dub = tiny_dub(folder)
    wet = acoustics.heard(speech(14.0)[None], hall(0.8, 6.0))[:, : 14 * RATE]
    track = folder / memory.FOLDER / "hall.wav"
    media.write(track, Sound(wet / np.abs(wet).max(), RATE))
    original = media.describe(track, folder)
    lines = []
    for line, (start, end) in zip(dub.lines, [(0.0, 5.5), (6.0, 7.0), (7.5, 13.0)], strict=True):
        path = folder / memory.FOLDER / f"take-{line.id}.wav"
        noise = np.random.default_rng(int(line.id)).uniform(-0.2, 0.2, (1, 2 * RATE))
        media.write(path, Sound(noise.astype(np.float32), RATE))
        take = Take(speech=media.describe(path, folder), text="x", voice="v", pace=1.0, seed=0)
        lines.append(line.but(start=start, end=end, words=(), takes=(take,), speech=take.speech))
    return dub.but(lines=tuple(lines), tracks=dub.tracks.but(original=original))


def test_every_line_gets_its_speakers_room_once_and_who_said_little_stays_dry(tmp_path: Path) -> None:
    dub = in_a_hall(tmp_path)
    first, second, third = matching.matched(dub)
    assert second[:2] == (dub.open(dub.lines[1].takes[0].speech), 0.0)
    assert second.lufs == pytest.approx(mix.measure(second.path).lufs, abs=0.01)
    for matched, line in ((first, dub.lines[0]), (third, dub.lines[2])):
        heard = media.read(matched.path)
        assert heard.duration == pytest.approx(2.0 + matched.ringing, abs=1e-4)
        assert 0.5 < matched.ringing < 1.2
        assert np.abs(heard.samples[0, round(2.02 * RATE) :]).max() > 0.001, line.id
    stamps = [path.stat().st_mtime_ns for path in (first.path, third.path)]
    assert matching.matched(dub) == [first, second, third]
    assert [path.stat().st_mtime_ns for path in (first.path, third.path)] == stamps


def test_an_edit_of_a_late_line_leaves_the_others_where_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dub = in_a_hall(tmp_path)
    first, _, third = matching.matched(dub)
    other = dub.lines[2].but(speech=dub.lines[1].speech)
    # Of the first line's two seconds the new voice is told; the original is not measured anew whatever changes.
    monkeypatch.setattr(matching, "TOLD", 1.0)
    told = matching.matched(dub)
    monkeypatch.setattr(acoustics, "decay", None)
    edited = matching.matched(dub.with_lines({other.id: other}))
    assert edited[0] == told[0]
    assert edited[2].path not in (told[2].path, third.path)
    assert first.path != told[0].path
