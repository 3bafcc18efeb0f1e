"""A picture and a sound played slower: flashes and clicks lie where the map says. Whole dubs are next door."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dubbench import media
from dubbench.errors import BadInput
from dubbench.media import slower as pictures
from dubbench.mix import slower as sounds
from dubbench.timeline import picture
from dubbench.timeline.picture import Stretch, on_film
from dubbench.types import Sound
from dubbench.voiceprint import pitch
from tests.clips import RATE, clicks, heard_clicks, make_film, noise, seen_flashes, tone

STRETCHES = [Stretch(1.0, 2.0, 0.25), Stretch(2.0, 3.6, 0.2), Stretch(4.4, 5.2, 0.1)]
KNOTS = picture.of(STRETCHES)
FLASHES = [0.4, 1.0, 1.52, 2.0, 2.6, 3.6, 4.0, 4.8, 5.2, 5.8]


def frames(path: Path) -> list[float]:
    """When each frame of the picture is shown."""
    import av

    with av.open(str(path)) as film:
        return [float(frame.time) for frame in film.decode(video=0)]


def slowed(source: Path, to: Path) -> Path:
    pictures.slow(source, STRETCHES, partial(on_film, KNOTS), to)
    return to


@pytest.mark.parametrize("rate", [25, 24000 / 1001, 50])
@pytest.mark.parametrize("late", [{}, {"sound_late": 0.4}])
def test_flashes_lie_where_the_map_says_at_a_constant_rate(tmp_path: Path, rate: float, late: dict[str, float]) -> None:
    source = make_film(tmp_path / "film.mp4", seconds=6.0, rate=rate, flash=FLASHES, **late)
    to = slowed(source, tmp_path / "slow.mp4")
    expected = [on_film(KNOTS, time) for time in seen_flashes(source)]
    assert len(expected) == len(FLASHES)
    assert seen_flashes(to) == pytest.approx(expected, abs=1 / rate)
    shown = frames(to)
    assert shown[0] == 0
    assert np.diff(shown) == pytest.approx(1 / rate, abs=1e-3)
    assert shown[-1] + 1 / rate == pytest.approx(on_film(KNOTS, 6.0), abs=1.01 / rate)


def test_a_picture_that_begins_late_is_slowed_on_the_film_s_clock(tmp_path: Path) -> None:
    source = make_film(tmp_path / "film.mkv", seconds=6.0, flash=FLASHES, picture_late=0.4)
    expected = [on_film(KNOTS, time) for time in seen_flashes(source)]
    assert seen_flashes(slowed(source, tmp_path / "slow.mp4")) == pytest.approx(expected, abs=0.04)


def test_frames_that_came_at_odd_times_come_at_a_constant_rate(tmp_path: Path) -> None:
    source = make_film(tmp_path / "film.mkv", seconds=6.0, flash=FLASHES, variable_rate=True)
    expected = [on_film(KNOTS, time) for time in seen_flashes(source)]
    assert len(expected) >= 3
    to = slowed(source, tmp_path / "slow.mp4")
    shown = np.diff(frames(to))
    assert shown == pytest.approx(np.median(shown), abs=1e-3)
    assert seen_flashes(to) == pytest.approx(expected, abs=float(np.median(shown)))


def test_a_long_film_may_have_hundreds_of_stretches(tmp_path: Path) -> None:
    many = [Stretch(0.2 * i, 0.2 * i + 0.1, 0.02) for i in range(300)]
    source = make_film(tmp_path / "film.mp4", seconds=60.0, size=(32, 32), flash=[9.96, 30.0, 59.04])
    knots, to = picture.of(many), tmp_path / "slow.mp4"
    pictures.slow(source, many, partial(on_film, knots), to)
    assert seen_flashes(to) == pytest.approx([on_film(knots, time) for time in seen_flashes(source)], abs=0.04)


def test_a_turned_film_is_shown_upright_and_a_sound_has_no_picture(tmp_path: Path) -> None:
    source = make_film(tmp_path / "film.mp4", seconds=6.0, size=(160, 120), rotation=90)
    made = media.looking.look_at_picture(slowed(source, tmp_path / "slow.mp4"))
    assert (made.width, made.height, made.rotation) == (120, 160, 0)
    bare = make_film(tmp_path / "sound.m4a", video=None)
    with pytest.raises(BadInput, match="no moving picture"):
        slowed(bare, tmp_path / "none.mp4")


def test_chapters_move_and_tags_stay(tmp_path: Path) -> None:
    import av

    plain = make_film(tmp_path / "film.mp4", seconds=6.0)
    tagged = tmp_path / "tagged.mkv"
    with av.open(str(plain)) as film, av.open(str(tagged), "w") as out:
        out.metadata["title"] = "A talk"
        base = Fraction(1, 1000)
        ends = [0, 2000, 6000]
        out.set_chapters([
            {"id": i, "start": a, "end": b, "time_base": base, "metadata": {"title": f"part {i}"}}
            for i, (a, b) in enumerate(pairwise(ends))
        ])  # fmt: skip
        streams = {s.index: out.add_stream_from_template(s) for s in film.streams}
        for packet in film.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    dub = tmp_path / "dub.wav"
    media.write(dub, tone(6.5))
    to = tmp_path / "dub.mp4"
    media.mux(tagged, dub, to, source_language="en", target_language="pt",
              picture=slowed(tagged, tmp_path / "slow.mp4"), original=dub)  # fmt: skip
    with av.open(str(to)) as container:
        assert container.metadata["title"] == "A talk"
        found = [float(chapter["end"] * chapter["time_base"]) for chapter in container.chapters()]
    assert found == pytest.approx([on_film(KNOTS, 2.0), on_film(KNOTS, 6.0)], abs=0.002)


def test_sound_is_longer_at_its_pitch_and_untouched_elsewhere(tmp_path: Path) -> None:
    mixed = Sound(tone(6.0, hertz=220.0).samples + noise(6.0, level=0.01).samples, RATE)
    media.write(tmp_path / "a.wav", mixed)
    sounds.slow(tmp_path / "a.wav", STRETCHES, tmp_path / "b.wav")
    before, after = media.read(tmp_path / "a.wav"), media.read(tmp_path / "b.wav")
    assert after.samples.shape[1] == round(on_film(KNOTS, 6.0) * RATE)
    for a, b in ((0.0, 1.0), (3.6, 4.4), (5.2, 6.0)):
        at = round(on_film(KNOTS, a) * RATE)
        own = before.samples[:, round(a * RATE) : round(b * RATE)]
        assert np.array_equal(after.samples[:, at : at + own.shape[1]], own)
    longer = Sound(after.samples[:, round(1.05 * RATE) : round(3.95 * RATE)], RATE)
    assert pitch(longer) == pytest.approx(220.0, abs=1.0)
    # No gap and no bump at the joints: every 10 ms is about as loud as the rest.
    loud = np.sqrt(np.square(after.mono[: len(after.mono) // 480 * 480]).reshape(-1, 480).mean(axis=1))
    assert loud.min() > 0.6 * np.median(loud)
    assert loud.max() < 1.3 * np.median(loud)


def test_clicks_inside_a_stretch_go_with_the_picture(tmp_path: Path) -> None:
    media.write(tmp_path / "a.wav", clicks(FLASHES, 6.0))
    sounds.slow(tmp_path / "a.wav", STRETCHES, tmp_path / "b.wav")
    heard = heard_clicks(media.read(tmp_path / "b.wav"), threshold=0.1)
    expected = [on_film(KNOTS, time) for time in FLASHES]
    for time, there in zip(FLASHES, expected, strict=True):
        # A click becomes softer where it is stretched; outside it lies exactly.
        inside = any(s.start <= time < s.end for s in STRETCHES)
        near = min(abs(there - x) for x in heard)
        assert near < (0.04 if inside else 0.0005), time


@pytest.mark.parametrize("adjacent", [400])
def test_no_rounding_adds_up_over_many_stretches(tmp_path: Path, adjacent: int) -> None:
    many = [Stretch(i * 0.0301, i * 0.0301 + 0.0301, 0.00301) for i in range(adjacent)]
    media.write(tmp_path / "a.wav", noise(13.0, channels=1))
    sounds.slow(tmp_path / "a.wav", many, tmp_path / "b.wav")
    after = media.read(tmp_path / "b.wav").samples
    own = media.read(tmp_path / "a.wav").samples[:, round(many[-1].end * RATE) :]
    assert after.shape[1] == round((13.0 + sum(s.added for s in many)) * RATE)
    assert np.array_equal(after[:, -own.shape[1] :], own)
