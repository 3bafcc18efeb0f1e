"""The mix: everything in its place to the sample, nothing cut, as loud as it should be, also after AAC."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dubbench
from dubbench import media, mix, rooms
from dubbench.errors import BadInput
from dubbench.mix import compose, levels, limiter, meter
from dubbench.types import Sound
from tests.clips import RATE, babble, clicks, heard_clicks, make_film, noise, silence, tone
from tests.talks import make_talk

SHARED = Path(__file__).parents[1] / "../shared/data"


def saved(path: Path, sound: Sound) -> Path:
    media.write(path, sound)
    return path


def lines(folder: Path, *placed: tuple[float, float], rate: int = 24_000) -> list[mix.Speech]:
    """(start, seconds) pairs as babbling lines, each of another loudness."""
    return [
        mix.Speech(
            start, saved(folder / f"line{i}.wav", babble(length, level=0.1 + 0.2 * (i % 4), sample_rate=rate, seed=i))
        )
        for i, (start, length) in enumerate(placed)
    ]


def coded(folder: Path, sound: Path) -> tuple[float, float]:
    """Loudness and true peak, by ffmpeg, after the coding of the film."""
    film = make_film(folder / "film.mp4", seconds=1.0)
    media.mux(film, sound, folder / "dub.mp4", source_language="en", target_language="pt")
    return media.loudness(folder / "dub.mp4")


# --- loudness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.6, 1.5, 3.0, 8.0])
@pytest.mark.parametrize("bed", [None, 0.0, 0.005, 0.2])
def test_loudness_and_peak_whatever_the_length_and_the_bed(tmp_path: Path, seconds: float, bed: float | None) -> None:
    floor = None if bed is None else saved(tmp_path / "bed.wav", tone(seconds, hertz=200, level=bed))
    facts = mix.mix(floor, lines(tmp_path, (0.1, seconds - 0.2)), seconds, tmp_path / "mix.wav")
    assert facts.lufs == pytest.approx(-16, abs=0.5)
    assert media.loudness(tmp_path / "mix.wav") == pytest.approx((facts.lufs, facts.true_peak_dbtp), abs=0.2)
    lufs, peak = coded(tmp_path, tmp_path / "mix.wav")
    assert lufs == pytest.approx(-16, abs=1)
    assert peak <= -1
    assert (facts.cut_seconds, facts.overlap_seconds, facts.overrun_seconds) == (0, 0, 0)


def test_sharp_sounds_are_held(tmp_path: Path) -> None:
    floor = saved(tmp_path / "bed.wav", clicks([0.5, 1.0, 3.3, 4.0, 7.7], 8.0))
    facts = mix.mix(floor, lines(tmp_path, (1, 3), (5, 2)), 8.0, tmp_path / "mix.wav")
    assert facts.limited_db > 1
    assert facts.true_peak_dbtp <= -1.7
    assert facts.lufs == pytest.approx(-16, abs=0.5)
    assert coded(tmp_path, tmp_path / "mix.wav")[1] <= -1


@pytest.mark.parametrize("sound", [silence(2), noise(3, level=0.0005), tone(3, level=0.05), tone(3, level=0.999)])
def test_without_a_line_the_sound_is_the_beds_to_the_bit(tmp_path: Path, sound: Sound) -> None:
    facts = mix.mix(saved(tmp_path / "bed.wav", sound), [], sound.duration, tmp_path / "mix.wav")
    np.testing.assert_array_equal(media.read(tmp_path / "mix.wav").samples, media.read(tmp_path / "bed.wav").samples)
    assert (facts.gain_db, facts.limited_db) == (0, 0)
    assert facts.lufs == pytest.approx(mix.measure(tmp_path / "bed.wav").lufs, abs=0.01)


def test_silent_lines_stay_silent(tmp_path: Path) -> None:
    line = saved(tmp_path / "line.wav", silence(1))
    facts = mix.mix(saved(tmp_path / "bed.wav", silence(2)), [mix.Speech(0.5, line)], 2.0, tmp_path / "mix.wav")
    assert (facts.lufs, facts.true_peak_dbtp, facts.gain_db) == (meter.SILENCE_LUFS, meter.PEAK_FLOOR, 0)
    assert not media.read(tmp_path / "mix.wav").samples.any()


def test_lines_become_equally_loud(tmp_path: Path) -> None:
    placed = lines(tmp_path, (0.5, 3), (4.5, 3), (8.5, 3), (12.5, 3))
    mix.mix(None, placed, 16.0, tmp_path / "mix.wav")
    levels = []
    for i, (start, *_) in enumerate(placed):
        saved(tmp_path / f"part{i}.wav", media.read(tmp_path / "mix.wav", start=start, duration=3))
        levels.append(mix.measure(tmp_path / f"part{i}.wav").lufs)
    assert max(levels) - min(levels) < 1


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [48_000, 24_000, 22_050, 16_000])
def test_a_line_is_where_it_was_put_and_whole(tmp_path: Path, rate: int) -> None:
    starts = [0.0, 1.23456, 3.7]
    line = clicks([0.0, 0.998], 1.0, sample_rate=rate)
    placed = [mix.Speech(start, saved(tmp_path / f"{start}.wav", line)) for start in starts]
    facts = mix.mix(None, placed, 5.0, tmp_path / "mix.wav")
    heard = media.read(tmp_path / "mix.wav")
    assert heard.samples.shape == (2, 5 * RATE)
    found = heard_clicks(heard, threshold=0.1)
    assert found == pytest.approx([t for s in starts for t in (s, s + 0.998)], abs=0.0005)
    assert facts.cut_seconds == 0


def test_a_line_is_not_changed_but_in_level(tmp_path: Path) -> None:
    line = babble(2.0, level=0.3, sample_rate=RATE)
    placed = [mix.Speech(1.0, saved(tmp_path / "a.wav", line))]
    facts = mix.mix(None, placed, 4.0, tmp_path / "mix.wav", target_lufs=-30)
    assert facts.limited_db == 0
    heard = media.read(tmp_path / "mix.wav", start=1.0, duration=2.0).samples
    gain = np.abs(heard[0]).max() / np.abs(line.samples).max()
    assert np.abs(heard - gain * line.samples).max() < 2e-4
    # Outside it: silence but for the 5 ms in which the edges rise and fall.
    whole = media.read(tmp_path / "mix.wav").samples
    assert not whole[:, : RATE - 240].any()
    assert not whole[:, 3 * RATE + 240 :].any()


def test_edges_cut_close_do_not_click(tmp_path: Path) -> None:
    cosine = Sound(np.cos(2 * np.pi * 100 * np.arange(RATE) / RATE)[None].astype(np.float32) * 0.3, RATE)
    mix.mix(None, [mix.Speech(1.0, saved(tmp_path / "a.wav", cosine))], 3.0, tmp_path / "mix.wav")
    heard = media.read(tmp_path / "mix.wav").samples[0]
    assert np.abs(np.diff(heard)).max() < 0.03 * np.abs(heard).max()


def test_overlaps_and_overruns_are_told_and_not_cut(tmp_path: Path) -> None:
    facts = mix.mix(None, lines(tmp_path, (0.0, 2), (1.5, 2), (1.75, 0.5)), 3.0, tmp_path / "mix.wav")
    assert facts.overlap_seconds == pytest.approx(0.75)
    assert facts.overrun_seconds == pytest.approx(0.5)
    assert facts.cut_seconds == 0
    assert media.read(tmp_path / "mix.wav").duration == facts.seconds == 3.5


def test_a_rooms_ringing_is_heard_but_belongs_to_no_line(tmp_path: Path) -> None:
    """Two lines of 1 s with 0.5 s of ringing each, 0.2 s apart, the second to the film's end."""
    placed = [
        mix.Speech(t, saved(tmp_path / f"{t}.wav", tone(1.5, hertz=hertz)), ringing=0.5)
        for t, hertz in ((0.5, 440), (1.7, 880))
    ]
    facts = mix.mix(None, placed, 2.7, tmp_path / "mix.wav")
    assert (facts.cut_seconds, facts.overlap_seconds, facts.overrun_seconds) == (0, 0, 0)
    assert facts.seconds == pytest.approx(2.7)
    heard = media.read(tmp_path / "mix.wav", start=1.7, duration=0.25).samples[0]
    spectrum = np.abs(np.fft.rfft(heard))
    assert spectrum[110] > 0.1 * spectrum.max()
    assert spectrum[220] > 0.1 * spectrum.max()


def test_the_facts_of_a_dub_tell_overlap_and_overrun(tmp_path: Path) -> None:
    dub = dubbench.dub(make_talk(tmp_path / "a.mp4", bursts=2), to="pt", out=tmp_path / "o", cast="toy")
    first, second = dub.lines
    assert first.speech is not None
    assert second.speech is not None
    pushed = dub.with_lines({
        first.id: first.but(placed_start=dub.source.duration - first.speech.duration + 0.5),
        second.id: second.but(placed_start=dub.source.duration - second.speech.duration + 0.25),
    })  # fmt: skip
    _, facts = rooms.mixed(pushed)
    assert facts["overrun_seconds"] == pytest.approx(0.5, abs=0.001)
    shared = min(first.speech.duration, second.speech.duration + 0.25) - 0.25
    assert facts["overlap_seconds"] == pytest.approx(shared, abs=0.001)


def test_the_originals_levels_are_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dub = dubbench.dub(make_talk(tmp_path / "a.mp4", bursts=2), to="pt", out=tmp_path / "o", cast="toy")
    track = dub.tracks.speech or dub.tracks.original
    assert track is not None
    each = [media.read(dub.open(track), start=x.start, duration=x.end - x.start) for x in dub.lines]
    assert [x.lufs for x in rooms.spoken(dub)] == [meter.metered([x.samples], peaks=False).loudness.lufs for x in each]
    joined = meter.metered([x.samples for x in each], peaks=False).loudness.lufs
    assert rooms.speech_lufs(dub) == pytest.approx(joined, abs=0.05)
    before = rooms.speech_lufs(dub), rooms.spoken(dub)
    monkeypatch.setattr(media, "read", None)
    other = dub.with_lines({x.id: x.but(takes=()) for x in dub.lines})
    assert (rooms.speech_lufs(other), rooms.spoken(other)) == before


def test_a_cut_would_be_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed = lines(tmp_path, (0.5, 1))
    whole = compose.load
    monkeypatch.setattr(compose, "load", lambda path: whole(path)[:, :-4800])
    assert mix.mix(None, placed, 2.0, tmp_path / "mix.wav").cut_seconds == pytest.approx(0.1)


def test_before_the_film_there_is_no_place(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="before the film"):
        mix.mix(None, [mix.Speech(-0.1, saved(tmp_path / "a.wav", tone(1)))], 3.0, tmp_path / "mix.wav")
    assert not (tmp_path / "mix.wav").exists()


def test_the_same_again_is_the_same(tmp_path: Path) -> None:
    floor, placed = saved(tmp_path / "bed.wav", noise(5, level=0.02)), lines(tmp_path, (0.5, 2), (3, 1.5))
    assert mix.mix(floor, placed, 5.0, tmp_path / "a.wav") == mix.mix(floor, placed, 5.0, tmp_path / "b.wav")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


# --- background -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ratio", "depth"), [(25, 0), (15, 0), (9, 6), (3, 12)])
def test_the_bed_is_ducked_gently_as_far_as_it_must_be_and_comes_back(
    tmp_path: Path, ratio: float, depth: float
) -> None:
    floor = saved(tmp_path / "bed.wav", tone(10, hertz=5000, level=0.01))
    level = mix.measure(floor).lufs + ratio
    # Lines of silence: what is heard is the bed alone.
    placed = [
        mix.Speech(start, saved(tmp_path / f"{start}.wav", silence(seconds))) for start, seconds in ((2.0, 2), (4.5, 1))
    ]
    facts = mix.mix(floor, placed, 10.0, tmp_path / "mix.wav", speech_lufs=level)
    assert facts.bed_gain_db == 0
    heard = np.abs(media.read(tmp_path / "mix.wav").samples[0])
    level = 20 * np.log10(heard.reshape(-1, RATE // 50)[:, : RATE // 100].max(axis=1))
    away = level[0]
    assert level[: round(1.78 / 0.02)] == pytest.approx(away, abs=0.2)
    assert level[round(2.0 / 0.02) : round(5.5 / 0.02)] == pytest.approx(away - depth, abs=0.2)
    assert level[round(6.12 / 0.02) :] == pytest.approx(away, abs=0.2)
    # A raised cosine is steepest in its middle, pi / 2 of the mean slope, and nowhere has a corner.
    assert np.abs(np.diff(level)).max() < np.pi / 2 * depth * 0.02 / 0.2 + 0.2
    assert np.abs(np.diff(level, 2)).max() < depth * np.pi**2 / 2 * (0.02 / 0.2) ** 2 + 0.2


def test_a_bed_that_would_drown_words_is_turned_down(tmp_path: Path) -> None:
    placed = lines(tmp_path, (1, 3), (6, 3))
    calm = saved(tmp_path / "a.wav", noise(10, level=0.01))
    assert mix.mix(calm, placed, 10.0, tmp_path / "x.wav").bed_gain_db == 0
    loud = saved(tmp_path / "b.wav", noise(10, level=0.3))
    # The deepest ducking takes 12 dB first; what 10 LU still lack is taken everywhere.
    lacking = mix.measure(loud).lufs + 10 - mix.Ducking().deepest_db - mix.measure(placed[0].path).lufs
    facts = mix.mix(loud, placed, 10.0, tmp_path / "y.wav", speech_lufs=mix.measure(placed[0].path).lufs)
    assert facts.bed_gain_db == pytest.approx(-lacking, abs=0.5)
    assert facts.bed_gain_db < -5


def test_the_bed_keeps_its_level_beside_the_speech_of_a_quiet_film(tmp_path: Path) -> None:
    floor, placed = saved(tmp_path / "bed.wav", tone(12, level=0.002)), lines(tmp_path, (3, 4))
    facts = mix.mix(floor, placed, 12.0, tmp_path / "mix.wav", speech_lufs=-30)
    assert facts.gain_db == pytest.approx(14, abs=1.5)
    before = media.read(tmp_path / "mix.wav", start=0.5, duration=1).samples
    assert 20 * np.log10(np.abs(before).max() / 0.002) == pytest.approx(facts.gain_db, abs=0.1)


# --- the parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sound", [noise(7.3, level=0.1), tone(4.0, hertz=997), babble(6.0), clicks([0.3, 2.0], 3.0)])
def test_the_meter_agrees_with_ffmpeg_and_with_others(tmp_path: Path, sound: Sound) -> None:
    path = saved(tmp_path / "a.wav", Sound(np.broadcast_to(sound.samples, (2, sound.samples.shape[1])).copy(), RATE))
    own = mix.measure(path)
    assert tuple(own) == pytest.approx(media.loudness(path), abs=0.15)
    pyloudnorm = pytest.importorskip("pyloudnorm")
    assert own.lufs == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(media.read(path).samples.T), abs=0.1)


def test_the_meter_reads_pieces_as_it_reads_the_whole() -> None:
    sound = noise(3.3).samples
    pieces = np.array_split(sound, 17, axis=1)
    whole, parts = meter.metered([sound]), meter.metered(pieces)
    assert np.allclose(whole.energy, parts.energy, rtol=1e-3, atol=1e-6)
    assert np.allclose(whole.peak, parts.peak, atol=1e-5)
    assert len(whole.energy) == len(whole.peak) == -(-whole.samples // meter.FRAME)


@pytest.mark.parametrize("frames", [0, 3, 63, 64, 65, 69, 1000])
def test_what_is_worked_on_at_once_is_not_heard(frames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(frames)
    peak, energy = ((2 * rng.random(frames) ** 6).astype(np.float32) for _ in range(2))
    whole, loud = limiter.envelope(peak, 0.8), meter.integrated(energy, frames * meter.FRAME)
    monkeypatch.setattr(limiter, "MINUTE", 64)
    monkeypatch.setattr(meter, "_STEPS", 1)
    assert limiter.envelope(peak, 0.8).tolist() == whole.tolist()
    assert meter.integrated(energy, frames * meter.FRAME) == loud


def test_the_limiter_keeps_every_peak_and_bends_slowly() -> None:
    rng = np.random.default_rng(1)
    peak = (rng.random(5000) ** 8 * 4).astype(np.float32)
    edges = limiter.envelope(peak, 0.8)
    assert len(edges) == len(peak) + 1
    assert (np.maximum(edges[:-1], edges[1:]) * peak).max() <= 0.8 * 1.0001
    assert limiter.envelope(np.full(9, 0.5, np.float32), 0.8) == pytest.approx(1.0)
    alone = np.zeros(2000, np.float32)
    alone[1000] = 1.6
    edges = limiter.envelope(alone, 0.8)
    assert (edges[:995] == 1).all()
    assert (edges[1110:] == 1).all()
    assert np.abs(np.diff(20 * np.log10(edges))).max() < 1.6


def test_knots_bridge_short_gaps() -> None:
    spans = [(1.0, 2.0), (2.5, 3.0), (5.0, 6.0)]
    placed = [compose.Placed(Path("x"), round(a * RATE), round((b - a) * RATE)) for a, b in spans]
    joined = compose.spans(placed, mix.Ducking())
    places, gains = compose.knots(joined, [6, 3], mix.Ducking())
    assert places[1:-1] / RATE == pytest.approx([0.8, 1.0, 3.0, 3.6, 4.8, 5.0, 6.0, 6.6])
    assert gains[1:-1].tolist() == [0, -6, -6, 0, 0, -3, -3, 0]


def test_only_the_scene_that_is_loud_makes_way(tmp_path: Path) -> None:
    """A bed of three scenes, faint, loud, faint: what is far enough below speech stays as it is."""
    scenes = np.concatenate([tone(5, level=x).samples for x in (0.003, 0.1, 0.003)], axis=1)
    floor = saved(tmp_path / "bed.wav", Sound(scenes, RATE))
    placed = [mix.Speech(t, saved(tmp_path / f"{t}.wav", silence(2))) for t in (1.5, 6.5, 11.5)]
    saved(tmp_path / "loud.wav", tone(5, level=0.1))
    level = mix.measure(tmp_path / "loud.wav").lufs + 3
    facts = mix.mix(floor, placed, 15.0, tmp_path / "mix.wav", speech_lufs=level)
    assert facts.bed_gain_db == 0
    heard = media.read(tmp_path / "mix.wav").samples[0]

    def ducked(time: float) -> float:
        return 20 * np.log10(np.std(heard[round(time * RATE) : round((time + 0.5) * RATE)]) / np.std(
            scenes[0, round(time * RATE) : round((time + 0.5) * RATE)]))  # fmt: skip

    assert [ducked(t) - ducked(0.2) for t in (2.0, 7.0, 12.0)] == pytest.approx([0, -12, 0], abs=0.5)
    assert [ducked(t) - ducked(0.2) for t in (4.3, 5.5, 9.3, 10.3)] == pytest.approx([0, 0, 0, 0], abs=0.5)


def test_a_bed_that_was_weighed_before_makes_way_as_far(tmp_path: Path) -> None:
    """Also one that ends before the lines do."""
    floor, placed = saved(tmp_path / "bed.wav", noise(5, level=0.1)), lines(tmp_path, (0.5, 2), (3, 1.5), (4.7, 2))
    now = mix.mix(floor, placed, 8.0, tmp_path / "a.wav", speech_lufs=-25)
    before = mix.mix(floor, placed, 8.0, tmp_path / "b.wav", speech_lufs=-25, energy=mix.weighed(floor))
    assert now == before
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert now.bed_gain_db < 0


def test_lines_differ_as_their_originals_did_and_speakers_do_not() -> None:
    said = [("A", -30.0), ("A", -20.0), ("A", -19.0), ("A", -18.0), ("B", -40.0), ("B", -41.0), ("C", -70.0)]
    ups = levels.raised([levels.Spoken(who, lufs, 2.0) for who, lufs in said])
    assert all(abs(up) <= 3 for up in ups)
    assert ups[0] < ups[1] < ups[2] < ups[3]
    assert ups[6] == pytest.approx(0)
    for part in (ups[:4], ups[4:6]):
        assert 10 * np.log10(np.mean(10 ** (np.array(part) / 10))) == pytest.approx(0, abs=1)


def test_a_raised_line_is_louder_by_as_much(tmp_path: Path) -> None:
    first, second = lines(tmp_path, (0.5, 3), (4.5, 3))
    mix.mix(None, [first._replace(raised=2.0), second._replace(raised=-1.0)], 8.0, tmp_path / "mix.wav")
    heard = []
    for start, path, *_ in (first, second):
        saved(path, media.read(tmp_path / "mix.wav", start=start, duration=3))
        heard.append(mix.measure(path).lufs)
    assert heard[0] - heard[1] == pytest.approx(3, abs=0.2)


def test_real_speech(tmp_path: Path) -> None:
    if not (SHARED / "ljspeech").is_dir():
        pytest.skip("the LJ Speech recordings are not here (../shared/data)")
    at, placed = 0.3, []
    for path in sorted((SHARED / "ljspeech").glob("*.wav"))[:3]:
        placed.append(mix.Speech(at, path))
        at += media.read(path).duration + 0.4
    facts = mix.mix(saved(tmp_path / "bed.wav", noise(at, level=0.005)), placed, at, tmp_path / "mix.wav")
    assert facts.cut_seconds == 0
    lufs, peak = coded(tmp_path, tmp_path / "mix.wav")
    assert lufs == pytest.approx(-16, abs=0.5)
    assert peak <= -1


@pytest.mark.parametrize(("hours", "form"), [(5, "WAV"), (7, "RF64")])
def test_what_is_too_long_for_a_wav_is_told_by_its_format(hours: int, form: str) -> None:
    """A WAV's size field holds 4 GiB: six hours of 16 bits in stereo at 48 kHz."""
    assert media.wav_form(hours * 3600 * RATE * 4) == form
