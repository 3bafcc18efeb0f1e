"""A picture played slower: flashes and clicks lie where the map says, from the map alone to a whole dub."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import documents, dubbing, fitting, media
from dubbench.media import slower as pictures
from dubbench.mix import slower as sounds
from dubbench.run import Run
from dubbench.text import subtitles
from dubbench.timeline import picture
from dubbench.timeline.picture import Stretch, on_film
from dubbench.types import Dub, Line, Mouth, Sound, Source
from dubbench.voiceprint import pitch
from tests.clips import RATE, clicks, heard_clicks, make_film, noise, seen_flashes, tone, track

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


def test_a_turned_film_is_shown_upright_and_a_sound_has_no_picture(tmp_path: Path) -> None:
    source = make_film(tmp_path / "film.mp4", seconds=6.0, size=(160, 120), rotation=90)
    made = media.looking.look_at_picture(slowed(source, tmp_path / "slow.mp4"))
    assert (made.width, made.height, made.rotation) == (120, 160, 0)
    bare = make_film(tmp_path / "sound.m4a", video=None)
    with pytest.raises(media.engine.BadInput, match="no moving picture"):
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


LONG = "palavras muitas e mais palavras ditas aqui agora tudo sempre"
SLOTS = [(1.5, 3.5, LONG), (3.6, 5.0, "sim agora"), (7.0, 9.0, LONG), (10.0, 11.0, "fim")]
BEEPS = [0.5, 5.76, 6.32, 9.52, 11.6, 12.4]
"""Outside all lines and what is around them."""


def srt(path: Path, texts: list[str]) -> Path:
    cues = [subtitles.Cue(start=a, end=b, text=text) for (a, b, _), text in zip(SLOTS, texts, strict=True)]
    subtitles.write(path, cues)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    sound = clicks(BEEPS, 13.0)
    hum = tone(13.0, hertz=150.0, level=0.3).samples
    for a, b, _ in SLOTS:
        sound.samples[:, round(a * RATE) : round(b * RATE)] += hum[:, round(a * RATE) : round(b * RATE)]
    times = [0.4 + 0.6 * i for i in range(21)]
    return make_film(folder / "film.mp4", sound=sound, seconds=13.0, flash=times)


def walked(run: Run) -> Dub:
    """The walk without those who look for mouths or take the sound apart: what is heard is the film's own."""
    for room in ("faces", "diarize", "separate"):
        run.stages.pop(room)
    return run.walk()


def dubbed(film: Path, home: Path, **wishes: Any) -> Dub:
    texts = srt(home.with_suffix(".en.srt"), ["words"] * 4), srt(home.with_suffix(".pt.srt"), [x[2] for x in SLOTS])
    (run,) = dubbing.prepared(film, ["pt"], out=home, cast="toy", source_language="en", transcript=texts[0],
                              translation=texts[1], **wishes)  # fmt: skip
    return walked(run)


@pytest.fixture(scope="module")
def slow(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Dub:
    return dubbed(film, tmp_path_factory.mktemp("slow") / "o", slow_picture=True)


@pytest.fixture(scope="module")
def plain(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Dub:
    return dubbed(film, tmp_path_factory.mktemp("plain") / "o")


def figures(dub: Dub) -> Any:
    return json.loads((dub.folder / "report.json").read_text("utf-8"))


def beeps(sound: Sound, dub: Dub) -> list[float]:
    """When clicks sound outside the dub's lines; the toy voice has nothing above 2.5 kHz but its edges."""
    spectrum = np.fft.rfft(sound.mono)
    spectrum[: round(2500 * len(sound.mono) / RATE)] = 0
    high = np.fft.irfft(spectrum, len(sound.mono)).astype(np.float32)
    found = heard_clicks(Sound(high[None], RATE), threshold=0.2 * float(np.abs(high).max()))
    spans = [(x.placed_start or 0.0, x.placed_end or 0.0) for x in dub.lines]
    return [time for time in found if not any(a - 0.05 < time < b + 0.05 for a, b in spans)]


def test_a_dub_with_a_slower_picture_is_in_step_throughout(film: Path, slow: Dub) -> None:
    path, knots = slow.folder / "dub.mp4", slow.picture
    assert len(picture.stretches(knots)) >= 2
    expected = [on_film(knots, time) for time in seen_flashes(film)]
    assert seen_flashes(path) == pytest.approx(expected, abs=0.04)
    beeped = [on_film(knots, time) for time in BEEPS]
    assert beeped[-1] > BEEPS[-1] + 0.5
    assert beeps(track(path, 0), slow) == pytest.approx(beeped, abs=0.003)
    assert heard_clicks(track(path, 1), threshold=0.4) == pytest.approx(beeped, abs=0.003)
    for number in (0, 1):
        assert track(path, number).duration == pytest.approx(on_film(knots, 13.0), abs=0.03)
    assert media.probe(path).duration == pytest.approx(on_film(knots, 13.0), abs=0.04)


def test_lines_are_kept_that_were_not_and_the_report_says_at_what_price(slow: Dub, plain: Dub) -> None:
    with_it, without = figures(slow), figures(plain)
    assert (with_it["adherence"], with_it["unfit_lines"]) == (1.0, 0)
    assert without["adherence"] < 1.0
    added = sum(stretch.added for stretch in picture.stretches(slow.picture))
    assert with_it["slowed_seconds"] == pytest.approx(added, abs=0.001)
    assert 0.8 <= with_it["slowest_picture"] < 1.0
    assert with_it["film_duration"] == pytest.approx(13.0 + added, abs=0.05)
    assert (with_it["overrun_seconds"], with_it["overlap_seconds"], with_it["cut_seconds"]) == (0, 0, 0)
    assert {flag["flag"] for flag in with_it["flags"]} == {"slowed"}
    assert (without["slowed_seconds"], without["slowest_picture"], plain.picture) == (0, 1.0, ())


def test_subtitles_of_both_languages_are_on_the_film_s_clock(slow: Dub) -> None:
    own = subtitles.read(slow.folder / "subtitles.en.srt")
    assert [cue.start for cue in own] == pytest.approx([on_film(slow.picture, x.start) for x in slow.lines], abs=0.002)
    spoken = subtitles.read(slow.folder / "subtitles.pt.srt")
    starts = {round(cue.start, 2) for cue in spoken}
    assert {round(line.placed_start or 0.0, 2) for line in slow.lines} <= starts


def test_without_the_wish_the_picture_is_copied_and_taking_it_back_gives_the_same_film(
    film: Path, slow: Dub, plain: Dub, tmp_path: Path
) -> None:
    import shutil

    assert media.packets_md5(plain.folder / "dub.mp4") == media.packets_md5(film)
    shutil.copytree(slow.folder, tmp_path / "o")
    again = walked(dubbing.prepared_again(tmp_path / "o", slow_picture=False))
    assert again.picture == ()
    places = [[(x.placed_start, x.placed_end) for x in dub.lines] for dub in (again, plain)]
    assert places[0] == places[1]
    assert media.packets_md5(tmp_path / "o" / "dub.mp4") == media.packets_md5(film)
    once_more = walked(dubbing.prepared_again(tmp_path / "o", slow_picture=True))
    assert once_more.picture == slow.picture
    assert media.packets_md5(tmp_path / "o" / "dub.mp4") == media.packets_md5(slow.folder / "dub.mp4")


def test_a_preview_is_marked_on_the_slower_picture(slow: Dub, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(slow.folder, tmp_path / "o")
    marked = walked(dubbing.prepared_again(tmp_path / "o", preview=True))
    assert seen_flashes(tmp_path / "o" / "dub.mp4") == pytest.approx(seen_flashes(slow.folder / "dub.mp4"), abs=0.001)
    assert marked.picture == slow.picture


def test_lips_are_moved_on_the_slower_picture(slow: Dub, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(slow.folder, tmp_path / "o")
    walked(dubbing.prepared_again(tmp_path / "o", lipsync=True, models={"lipsync": "toy-lipsync"}))
    assert media.packets_md5(tmp_path / "o" / "dub.mp4") == media.packets_md5(slow.folder / "dub.mp4")


def test_the_picture_is_free_only_where_it_is_asked_for_and_no_mouth_is_known_to_show(tmp_path: Path) -> None:
    lines = tuple(Line(id=f"L{i}", start=2.0 * i, end=2.0 * i + 1.5, text="x", speaker="A") for i in range(3))
    dub = Dub(id="d", source=Source(path="f", sha256="0", duration=9.0, width=4, height=4), target_language="pt",
              lines=lines)  # fmt: skip
    wished = dub.but(wishes=dub.wishes.but(slow_picture=True))
    seen = wished.but(mouths=(Mouth(start=2.2, end=2.4),))
    heard = wished.but(source=dub.source.but(width=0))
    assert [[fitting.still(x, line) > 0 for line in lines] for x in (dub, wished, seen, heard)] == [
        [False] * 3, [True] * 3, [True, False, True], [False] * 3,
    ]  # fmt: skip


@pytest.mark.parametrize("knots", [[[1.0, 1.0], [1.0, 2.0]], [[1.0, 1.0], [2.0, 0.5]]])
def test_a_map_that_does_not_go_on_is_refused(slow: Dub, tmp_path: Path, knots: list[list[float]]) -> None:
    raw = json.loads((slow.folder / "dub.json").read_text("utf-8"))
    (tmp_path / "dub.json").write_text(json.dumps({**raw, "picture": knots}), "utf-8")
    with pytest.raises(media.engine.BadInput, match="picture map must go on"):
        documents.read(tmp_path)


def test_a_dry_run_counts_the_picture_in(slow: Dub, plain: Dub) -> None:
    from dubbench import forecast

    counted, left = (forecast.timing_of(dubbing.prepared_again(dub.folder)) for dub in (slow, plain))
    assert counted
    assert left
    assert (counted.late, left.slowed) == (0, 0)
    assert left.late > 0
    assert f"the picture would last {counted.slowed:.1f} s longer" in counted.row()
