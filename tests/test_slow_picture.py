"""A dub with a slower picture, whole: in step throughout, on request only, and told in the report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import documents, dubbing, fitting, forecast, media
from dubbench.errors import BadInput
from dubbench.report import chart, timing
from dubbench.run import Run
from dubbench.text import subtitles
from dubbench.timeline import picture, spans
from dubbench.timeline.picture import on_film
from dubbench.types import Dub, Line, Mouth, Sound, Source, Turn
from tests.clips import RATE, clicks, heard_clicks, make_film, seen_flashes, tone, track

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


def test_the_report_lays_source_and_dub_on_the_film_s_clock(slow: Dub) -> None:
    last = slow.lines[-1]
    assert timing.seen(slow, (last.start, last.end))[0] > last.start + 0.5
    assert timing.offset(slow, last) == pytest.approx((last.placed_start or 0) - on_film(slow.picture, last.start))
    assert all(timing.late(slow, line) <= 0.1 * (line.end - line.start) + 0.001 for line in slow.lines)
    assert timing.overrun(slow) == 0
    # Of turns as the lines have them, seen on the same clock, only what the dub does not fill is left.
    spoken = slow.but(turns=tuple(Turn(speaker="A", start=x.start, end=x.end) for x in slow.lines))
    slots = [timing.seen(slow, (line.start, line.end)) for line in slow.lines]
    sounding = [(line.placed_start or 0, line.placed_end or 0) for line in slow.lines]
    assert timing.dead_air(spoken) == spans.without(slots, sounding)
    x = chart.LEFT + timing.seen(slow, (last.start, last.end))[0] * chart.SCALE
    assert f'class="src c0" x="{x:.1f}"' in chart.chart(slow)


def test_subtitles_of_both_languages_are_on_the_film_s_clock(slow: Dub) -> None:
    own = subtitles.read(slow.folder / "subtitles.en.srt")
    assert [cue.start for cue in own] == pytest.approx([on_film(slow.picture, x.start) for x in slow.lines], abs=0.002)
    spoken = subtitles.read(slow.folder / "subtitles.pt.srt")
    starts = {round(cue.start, 2) for cue in spoken}
    assert {round(line.placed_start or 0.0, 2) for line in slow.lines} <= starts


def test_without_the_wish_the_picture_is_copied_and_taking_it_back_gives_the_same_film(
    film: Path, slow: Dub, plain: Dub, tmp_path: Path
) -> None:
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
    shutil.copytree(slow.folder, tmp_path / "o")
    marked = walked(dubbing.prepared_again(tmp_path / "o", preview=True))
    assert seen_flashes(tmp_path / "o" / "dub.mp4") == pytest.approx(seen_flashes(slow.folder / "dub.mp4"), abs=0.001)
    assert marked.picture == slow.picture


def test_lips_are_moved_on_the_slower_picture(slow: Dub, tmp_path: Path) -> None:
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
    with pytest.raises(BadInput, match="picture map must go on"):
        documents.read(tmp_path)


def test_a_dry_run_counts_the_picture_in(slow: Dub, plain: Dub) -> None:
    counted, left = (forecast.timing_of(dubbing.prepared_again(dub.folder)) for dub in (slow, plain))
    assert counted
    assert left
    assert (counted.late, left.slowed) == (0, 0)
    assert left.late > 0
    assert f"the picture would last {counted.slowed:.1f} s longer" in counted.row()
