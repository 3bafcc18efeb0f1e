"""Real ffmpeg on odd films: what they are, their sound, and the film that is made of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench import media, memory
from dubbench.errors import BadInput
from dubbench.media import engine, mark
from dubbench.types import Sound
from tests.clips import (
    RATE,
    babble,
    clicks,
    heard_clicks,
    make_film,
    noise,
    seen_flashes,
    silence,
    tone,
    track,
)

SHARED = Path(__file__).parents[1] / "../shared/data"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with a flash and a click at 1 s."""
    folder = tmp_path_factory.mktemp("film")
    return make_film(folder / "film.mp4", sound=clicks([1.0], 2.0), flash=1.0)


@pytest.fixture
def dub(tmp_path: Path) -> Path:
    """Two seconds of dub with clicks at 0.5 and 1.5 s."""
    media.write(tmp_path / "dub.wav", clicks([0.5, 1.5], 2.0))
    return tmp_path / "dub.wav"


def streams(path: Path) -> list[dict[str, Any]]:
    import av
    from av.stream import Disposition

    with av.open(str(path)) as container:
        return [
            {"type": s.type, "language": s.language, "default": bool(s.disposition & Disposition.default),
             "codec": s.codec_context.codec.canonical_name if s.codec_context else None, "name": s.metadata.get("name")}
            for s in container.streams
        ]  # fmt: skip


# --- what a film is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "how", "shape"),
    [
        ("a.mp4", {}, (160, 120, 0)),
        ("b.mov", {"audio": "pcm_s16le"}, (160, 120, 0)),
        ("c.mkv", {"audio": "libopus"}, (160, 120, 0)),
        ("d.webm", {"video": "libvpx", "audio": "libvorbis"}, (160, 120, 0)),
        ("e.ts", {}, (160, 120, 0)),
        ("f.flv", {"video": "flv", "audio": "libmp3lame", "ar": 44_100}, (160, 120, 0)),
        ("g.m4a", {"video": None}, (0, 0, 0)),
        ("h.mp3", {"video": None, "audio": "libmp3lame"}, (0, 0, 0)),
        ("i.wav", {"video": None, "audio": "pcm_s16le"}, (0, 0, 0)),
        ("odd.mp4", {"size": (161, 121)}, (161, 121, 0)),
        ("turned.mp4", {"rotation": 90}, (120, 160, 90)),
        ("over.mov", {"rotation": 180}, (160, 120, 180)),
        ("jumpy.mp4", {"variable_rate": True}, (160, 120, 0)),
        ("-dash.mp4", {}, (160, 120, 0)),
        ("my 'film' \"漢字\" 50%d:x;&.mp4", {}, (160, 120, 0)),
    ],
)
def test_any_film_is_dubbed(tmp_path: Path, dub: Path, name: str, how: dict[str, Any], shape: tuple[int, ...]) -> None:
    path = make_film(tmp_path / name, **how)
    before = path.read_bytes()
    source = media.probe(path)
    assert (source.width, source.height, source.rotation) == shape
    assert (source.channels, source.has_picture) == (2, shape[0] > 0)
    assert source.duration == pytest.approx(2.0, abs=0.05)
    assert (source.path, source.sha256) == (str(path), memory.file_sha256(path))

    media.extract(path, tmp_path / "sound.wav")
    heard = media.read(tmp_path / "sound.wav")
    assert (heard.sample_rate, heard.samples.shape[0]) == (RATE, 2)
    assert heard.duration == pytest.approx(2.0, abs=0.05)
    assert np.abs(heard.samples[:, RATE // 2 : RATE]).max() == pytest.approx(0.2, abs=0.02)

    made = media.mux(source, dub, tmp_path / "dub.mp4", source_language="en", target_language="pt")
    result = media.probe(tmp_path / "dub.mp4")
    assert (result.width + result.width % 2, result.rotation) == (source.width + source.width % 2, source.rotation)
    assert result.duration == pytest.approx(source.duration, abs=0.1)
    if made.picture == "copied":
        assert media.frames_md5(path) == media.frames_md5(tmp_path / "dub.mp4") != []
    assert path.read_bytes() == before


def test_a_beginning_is_as_long_as_asked(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4")
    for asked, got in ((0.5, 0.5), (60.0, 2.0)):
        media.beginning(path, tmp_path / "sound.wav", duration=asked, sample_rate=24_000)
        heard = media.read(tmp_path / "sound.wav")
        assert (heard.sample_rate, heard.samples.shape[0]) == (24_000, 1)
        assert heard.duration == pytest.approx(got, abs=0.05)
    (tmp_path / "text.mp4").write_text("no film", "utf-8")
    with pytest.raises(BadInput, match=r"text\.mp4"):
        media.beginning(tmp_path / "text.mp4", tmp_path / "sound.wav", duration=1.0, sample_rate=24_000)


def test_bad_files_are_named_in_one_line(tmp_path: Path) -> None:
    whole = make_film(tmp_path / "whole.mp4").read_bytes()
    front = make_film(tmp_path / "front.mp4", movflags="+faststart").read_bytes()
    mkv = make_film(tmp_path / "whole.mkv").read_bytes()
    make_film(tmp_path / "silent.mp4", audio=None)
    make_film(tmp_path / "short.mp4", seconds=0.2)
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/etc/passwd\n#EXT-X-ENDLIST\n"
    contents = {
        "empty.mp4": b"", "text.mp4": b"just words\n" * 20, "cut.mp4": whole[: len(whole) // 2],
        "headless.mp4": whole[: whole.index(b"moov") - 4], "cutfront.mp4": front[:-5000], "cut.mkv": mkv[:-5000],
        "list.m3u8": playlist,
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    wanted = {
        "none.mp4": "there is no such file", ".": "is a folder", "empty.mp4": "is empty",
        "text.mp4": "is not a film or sound",
        "cut.mp4": "cut short", "headless.mp4": r"cut short \(its index is missing\)",
        "cutfront.mp4": r"cut short \(5000 bytes are missing\)", "cut.mkv": r"cut short \(5000 bytes are missing\)",
        "list.m3u8": "is not a film or sound", "silent.mp4": "has no sound track", "short.mp4": r"lasts 0\.2. s",
    }  # fmt: skip
    for name, message in wanted.items():
        with pytest.raises(BadInput, match=message) as error:
            media.probe(tmp_path / name)
        assert str(tmp_path / name) in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are otherwise there")
def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "locked.mp4").write_bytes(b"x")
    (tmp_path / "locked.mp4").chmod(0)
    tmp_path.chmod(0o755)
    # Root may read anything, so somebody else is asked, who must find the file's folders open.
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.getuid() and "pytest" in folder.name:
            folder.chmod(0o755)
    program = (
        "import os; from pathlib import Path; from dubbench import media; os.getuid() or os.setuid(65534);"
        f"media.probe(Path({str(tmp_path / 'locked.mp4')!r}))"
    )
    asked = [sys.executable, "-c", program]
    house = Path(__file__).parents[1]
    words = subprocess.run(asked, check=False, capture_output=True, text=True, cwd=house).stderr
    assert "BadInput" in words
    assert "cannot be read: Permission denied" in words


def test_sound_nobody_can_decode(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv")
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_XXX"))
    with pytest.raises(BadInput, match="sound cannot be decoded"):
        media.probe(path)


def test_a_cover_is_no_picture(tmp_path: Path, dub: Path) -> None:
    import ffmpeg

    cover = tmp_path / "cover.png"
    red = ffmpeg.input("color=red:s=32x32:d=0.04", format="lavfi")
    engine.run(red.output(engine.url(cover), vframes=1), about=cover)
    song = make_film(tmp_path / "song.m4a", video=None)
    covered = tmp_path / "covered.m4a"
    joined = [ffmpeg.input(engine.url(cover))["v"], engine.source(song)["a"]]
    options = {"c": "copy", "disposition:v:0": "attached_pic"}
    engine.run(engine.output(joined, covered, options), about=covered)
    assert len(streams(covered)) == 2
    assert not media.probe(covered).has_picture
    made = media.mux(covered, dub, tmp_path / "dub.mp4", source_language="en", target_language="pt")
    assert made.picture == "none"
    assert [s["type"] for s in streams(tmp_path / "dub.mp4")] == ["audio", "audio"]


# --- sound ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv", "late.ts"])
def test_a_late_track_keeps_its_place(tmp_path: Path, name: str) -> None:
    path = make_film(tmp_path / name, sound=clicks([0.5], 1.5), flash=1.0, sound_late=0.5)
    media.extract(path, tmp_path / "sound.wav")
    assert heard_clicks(media.read(tmp_path / "sound.wav")) == pytest.approx(seen_flashes(path), abs=0.02)


def test_a_late_picture_leaves_the_sound_at_0(tmp_path: Path) -> None:
    path = make_film(tmp_path / "late.mkv", sound=clicks([1.0], 2.0), flash=0.5, picture_late=0.5)
    media.extract(path, tmp_path / "sound.wav")
    assert heard_clicks(media.read(tmp_path / "sound.wav")) == pytest.approx([1.0], abs=0.03)
    assert media.probe(path).duration == pytest.approx(2.5, abs=0.05)


@pytest.mark.parametrize(("channels", "peak"), [(1, 0.9), (6, 0.9)])
def test_channels_become_two_without_clipping(tmp_path: Path, channels: int, peak: float) -> None:
    media.write(tmp_path / "in.wav", tone(1.0, level=0.9, channels=channels))
    media.extract(tmp_path / "in.wav", tmp_path / "out.wav")
    heard = media.read(tmp_path / "out.wav").samples
    assert heard.shape[0] == 2
    assert np.abs(heard[0] - heard[1]).max() < 1e-3
    # The sum of all six, weighted, reaches the level of one: nothing is cut flat.
    assert np.abs(heard).max() == pytest.approx(peak, abs=0.01)
    assert np.count_nonzero(np.abs(heard) > 0.999) == 0


def test_extracting_twice_gives_the_same_bytes(tmp_path: Path, film: Path) -> None:
    for name in ("a.wav", "b.wav"):
        media.extract(film, tmp_path / name, sample_rate=16_000, channels=1)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert media.describe(tmp_path / "a.wav", tmp_path).model_dump() == {
        "path": "a.wav", "sample_rate": 16_000, "channels": 1, "duration": pytest.approx(2.0, abs=0.03),
        "sha256": memory.file_sha256(tmp_path / "a.wav"),
    }  # fmt: skip


def test_16_bits_come_back_as_they_went(tmp_path: Path) -> None:
    codes = np.arange(-32768, 32768, dtype=np.float32)[None] / 32768
    media.write(tmp_path / "a.wav", Sound(codes, RATE))
    assert np.array_equal(media.read(tmp_path / "a.wav").samples, codes)
    media.write(tmp_path / "a.flac", media.read(tmp_path / "a.wav"))
    assert np.array_equal(media.read(tmp_path / "a.flac").samples, codes)


@pytest.mark.parametrize("bad", [1.01, -1.5, np.nan, np.inf])
def test_what_would_clip_is_refused(tmp_path: Path, bad: float) -> None:
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\]"):
        media.write(tmp_path / "a.wav", Sound(np.array([[0.0, bad]], np.float32), RATE))
    assert not (tmp_path / "a.wav").exists()


def test_pieces_channels_and_rates(tmp_path: Path) -> None:
    sound = noise(2.0)
    media.write(tmp_path / "a.wav", sound)
    piece = media.read(tmp_path / "a.wav", start=0.5, duration=1.0, channels=1)
    assert np.allclose(piece.samples, sound.samples[:, RATE // 2 : RATE * 3 // 2].mean(axis=0), atol=1 / 32768)
    assert media.read(tmp_path / "a.wav", start=1.9, duration=1.0).duration == pytest.approx(0.1)
    assert media.read(tmp_path / "a.wav", start=3.0).duration == 0
    assert media.read(tmp_path / "a.wav", sample_rate=16_000).samples.shape == (2, 32_000)
    with pytest.raises(ValueError, match="2 channels cannot become 6"):
        media.read(tmp_path / "a.wav", channels=6)
    with pytest.raises(BadInput, match="no such file"):
        media.read(tmp_path / "none.wav")


@pytest.mark.parametrize(("seconds", "overlap"), [(0.5, 0.0), (0.7, 0.2), (5.0, 1.0), (2.0, 0.5)])
@pytest.mark.parametrize("rate", [RATE, 16_000])
def test_blocks_are_the_whole_in_order(tmp_path: Path, seconds: float, overlap: float, rate: int) -> None:
    media.write(tmp_path / "a.wav", noise(2.0))
    whole = media.read(tmp_path / "a.wav", sample_rate=rate).samples
    flow = media.blocks(tmp_path / "a.wav", seconds=seconds, overlap=overlap, sample_rate=rate)
    pieces = [block.samples for block in flow]
    joined = np.concatenate([pieces[0], *[piece[:, round(overlap * rate) :] for piece in pieces[1:]]], axis=1)
    assert all(piece.shape[1] == round(seconds * rate) for piece in pieces[:-1])
    assert joined.shape == whole.shape
    assert np.abs(joined - whole).max() < 1e-4


def test_loudness_of_a_known_tone_and_of_silence(tmp_path: Path) -> None:
    # EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS.
    media.write(tmp_path / "tone.wav", tone(5.0, hertz=1000, level=10 ** (-23 / 20)))
    assert media.loudness(tmp_path / "tone.wav") == pytest.approx((-23.0, -23.0), abs=0.11)
    media.write(tmp_path / "silence.wav", silence(1.0))
    assert media.loudness(tmp_path / "silence.wav") == (media.SILENCE_LUFS, media.PEAK_FLOOR)
    with pytest.raises(BadInput, match=r"tone\.wav"):
        media.loudness(tmp_path / "tone.wav", track=3)


# --- the film -------------------------------------------------------------------------------------------------------


def test_the_dub_film_is_whole(tmp_path: Path, film: Path, dub: Path) -> None:
    (tmp_path / "pt.srt").write_text("1\n00:00:00,500 --> 00:00:01,000\nOlá — é isso\n", "utf-8")
    (tmp_path / "en.srt").write_text("", "utf-8")
    to = tmp_path / "dub.mp4"
    texts = {"en": tmp_path / "en.srt", "pt": tmp_path / "pt.srt"}
    made = media.mux(film, dub, to, source_language="en", target_language="pt", subtitles=texts, title="Dobrado")
    assert made == media.Muxed("copied", "copied")
    picture, first, second, text, other = streams(to)
    assert picture["codec"] == "h264"
    assert (first["codec"], first["language"], first["default"]) == ("aac", "por", True)
    assert (second["codec"], second["language"], second["default"]) == ("aac", "eng", False)
    assert (text["language"], text["default"], other["language"], other["default"]) == ("por", True, "eng", False)
    assert b"Dobrado" in to.read_bytes()
    assert to.read_bytes().index(b"moov") < to.read_bytes().index(b"mdat")
    assert media.packets_md5(to) == media.packets_md5(film) != []
    assert heard_clicks(track(to, 0)) == pytest.approx([0.5, 1.5], abs=0.002)
    assert heard_clicks(track(to, 1)) == pytest.approx(heard_clicks(track(film)), abs=0.002)
    assert seen_flashes(to) == seen_flashes(film)
    assert media.probe(to).duration == pytest.approx(media.probe(film).duration, abs=0.1)


@pytest.mark.parametrize("late", [{"sound_late": 0.5}, {"picture_late": 0.5}])
@pytest.mark.parametrize("form", ["mp4", "mkv"])
def test_the_clock_is_kept_when_a_stream_is_late(tmp_path: Path, dub: Path, late: dict[str, float], form: str) -> None:
    path = make_film(tmp_path / f"late.{form}", sound=clicks([0.5], 1.5), flash=0.5, seconds=1.5, **late)
    to = tmp_path / "dub.mp4"
    media.mux(path, dub, to, source_language="en", target_language="pt")
    assert heard_clicks(track(to, 0)) == pytest.approx([0.5, 1.5], abs=0.002)
    assert heard_clicks(track(to, 1)) == pytest.approx([1.0 if "sound_late" in late else 0.5], abs=0.03)
    assert seen_flashes(to) == pytest.approx([0.5 if "sound_late" in late else 1.0], abs=0.03)


@pytest.mark.parametrize("late", [{}, {"sound_late": 0.5}, {"picture_late": 0.5}])
def test_a_dub_coded_ahead_is_copied_to_the_sample(tmp_path: Path, dub: Path, late: dict[str, float]) -> None:
    path = make_film(tmp_path / "film.mp4", seconds=1.5, **late)
    media.code(dub, tmp_path / f"dub{media.CODED}")
    for name in ("dub.wav", f"dub{media.CODED}"):
        media.mux(path, tmp_path / name, tmp_path / f"{name}.mp4", source_language="en", target_language="pt")
    now, ahead = (track(tmp_path / f"{name}.mp4", 0) for name in ("dub.wav", f"dub{media.CODED}"))
    assert now.samples.any()
    assert np.array_equal(now.samples, ahead.samples)
    with pytest.raises(BadInput, match=r"nothing\.wav"):
        media.code(tmp_path / "nothing.wav", tmp_path / "nothing.m4a")


def test_coded_while_it_is_made_it_is_the_same(tmp_path: Path) -> None:
    sound = babble(7.3, level=0.3, sample_rate=48_000)
    codes = media.pcm16(np.repeat(sound.samples, 2, axis=0)).T
    with media.writer(tmp_path / "a.wav", 48_000, 2) as file, media.coder(tmp_path / "b.m4a") as code:
        for part in np.array_split(codes, 5):
            file.write(part)
            code(part)
    media.code(tmp_path / "a.wav", tmp_path / "a.m4a")
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()


def test_a_coder_that_cannot_write_ends_with_its_reason(tmp_path: Path) -> None:
    second = np.zeros((48_000, 2), np.int16)
    with pytest.raises(BadInput, match="No such file"), media.coder(tmp_path / "nowhere" / "b.m4a") as code:
        for _ in range(100):
            code(second)
    with pytest.raises(OSError, match="mine"), media.coder(tmp_path / "c.m4a") as code:
        raise OSError("mine")


def test_what_mp4_cannot_hold_is_encoded_and_said(tmp_path: Path, dub: Path) -> None:
    path = make_film(tmp_path / "a.mkv", video="mjpeg", audio="libvorbis", size=(161, 121), flash=1.0)
    made = media.mux(path, dub, tmp_path / "dub.mp4", source_language=None, target_language="pt")
    assert (made.picture, made.original) == ("encoded", "encoded")
    assert made.why == "MP4 cannot hold a picture in mjpeg; MP4 players cannot play sound in vorbis"
    result = media.probe(tmp_path / "dub.mp4")
    assert (result.width, result.height) == (162, 122)
    assert seen_flashes(tmp_path / "dub.mp4") == pytest.approx(seen_flashes(path), abs=0.03)
    assert streams(tmp_path / "dub.mp4")[2]["language"] == "und"


def test_a_preview_is_marked_and_still_turned(tmp_path: Path, dub: Path) -> None:
    import av

    path = make_film(tmp_path / "a.mp4", size=(320, 240), rotation=90, flash=9.0)
    made = media.mux(path, dub, tmp_path / "p.mp4", source_language="en", target_language="pt", preview=True)
    assert (made.picture, made.why) == ("encoded", "the preview's mark is part of the picture")
    with av.open(str(tmp_path / "p.mp4")) as container:
        gray = next(container.decode(video=0)).to_ndarray(format="gray")
    assert gray.shape == (320, 240)
    plate = mark.drawn(240, 320)
    assert gray[: 320 // 40 + plate.shape[0]].max() > 200
    assert gray[320 // 40 + plate.shape[0] + 2 :].max() < 40


def test_another_picture_takes_the_place(tmp_path: Path, film: Path, dub: Path) -> None:
    other = make_film(tmp_path / "other.mp4", audio=None)
    to = tmp_path / "dub.mp4"
    made = media.mux(film, dub, to, source_language="en", target_language="pt", picture=other)
    assert made.picture == "copied"
    assert media.packets_md5(to) == media.packets_md5(other) != media.packets_md5(film)
    assert [s["type"] for s in streams(to)] == ["video", "audio", "audio"]


def test_chapters_and_tags_stay(tmp_path: Path, film: Path, dub: Path) -> None:
    import av

    (tmp_path / "meta.txt").write_text(
        ";FFMETADATA1\ntitle=A talk\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n"
    )
    tagged = tmp_path / "tagged.mkv"
    command = [media.ffmpeg_exe(), "-v", "error", "-i", film, "-i", tmp_path / "meta.txt", "-map_metadata", "1",
               "-map_chapters", "1", "-c", "copy", tagged]  # fmt: skip
    subprocess.run(command, check=True)
    media.mux(tagged, dub, tmp_path / "dub.mp4", source_language="en", target_language="pt")
    with av.open(str(tmp_path / "dub.mp4")) as container:
        assert container.metadata["title"] == "A talk"
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["One", "Two"]


def test_the_source_is_never_the_target(film: Path, dub: Path) -> None:
    with pytest.raises(BadInput, match="is the source itself"):
        media.mux(film, dub, film, source_language="en", target_language="pt")


def test_a_failure_leaves_no_half_film_and_ffmpegs_words(tmp_path: Path, film: Path) -> None:
    (tmp_path / "dub.wav").write_bytes(b"RIFF no sound at all")
    with pytest.raises(BadInput, match=r"ffmpeg cannot use it: .*Invalid data"):
        media.mux(film, tmp_path / "dub.wav", tmp_path / "dub.mp4", source_language="en", target_language="pt")
    assert not (tmp_path / "dub.mp4").exists()
    with pytest.raises(BadInput, match="nowhere"):
        media.extract(film, tmp_path / "nowhere" / "a.wav")


# --- real recordings ------------------------------------------------------------------------------------------------


@pytest.fixture
def faces() -> Path:
    if not (SHARED / "grid").is_dir():
        pytest.skip("the GRID recordings are not here (../shared/data)")
    return next((SHARED / "grid").glob("bbaf2n.mpg"))


def test_a_real_face(tmp_path: Path, faces: Path) -> None:
    source = media.probe(faces)
    assert (source.width, source.height, source.frame_rate) == (360, 288, 25.0)
    media.extract(faces, tmp_path / "a.wav")
    made = media.mux(source, tmp_path / "a.wav", tmp_path / "dub.mp4", source_language="en", target_language="pt")
    assert made.picture == "copied"
    assert media.packets_md5(faces) == media.packets_md5(tmp_path / "dub.mp4")
    assert len(media.frames_md5(tmp_path / "dub.mp4")) == 75
    assert media.probe(tmp_path / "dub.mp4").duration == pytest.approx(source.duration, abs=0.1)
    assert os.stat(faces).st_size > 0
