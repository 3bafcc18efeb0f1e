"""Films and sounds: what is none, is cut or lies about itself. Bombs and pictures: `bombs`."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import numpy as np

from eval.hostile.case import WORKS, Case
from eval.hostile.making import DRY, box, bytes_of, film, patched, sound, wav, wave

BAD = "BadInput"


def cut(form: str, share: float, **how: str | None) -> bytes:
    """The beginning of a film."""
    whole = film(form, **how)  # type: ignore[arg-type]
    return whole[: round(len(whole) * share)]


def floats(*values: float) -> bytes:
    """A second of floating-point sound with some odd values in it."""
    samples = wave(1.0).astype(np.float32) / 32768
    samples[10_000 : 10_000 + 100 * len(values)] = np.repeat(np.float32(values), 100)
    return wav(samples, form=3, bits=32)


def other_times(form: str, shift: float) -> bytes:
    """A film whose second half lies `shift` seconds from where it should be; backwards if negative."""
    import av

    to = io.BytesIO()
    with (
        av.open(io.BytesIO(film(form))) as source,
        av.open(to, "w", format={"mkv": "matroska", "ts": "mpegts"}[form]) as made,
    ):
        streams = {s.index: made.add_stream_from_template(s) for s in source.streams}
        late = set[int]()
        for packet in source.demux():
            if packet.dts is None:
                continue
            if packet.dts * packet.time_base >= 1.0 or packet.stream_index in late:
                late.add(packet.stream_index)
                ticks = round(shift / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
            packet.stream = streams[packet.stream_index]
            made.mux(packet)
    return to.getvalue()


def reference(to: str) -> bytes:
    """A film whose sound is said to lie in another file: a data reference with an address."""
    whole = film("mov", audio="pcm_s16le", video=None)
    dref = whole.index(b"dref") - 4
    old = whole[dref : dref + int.from_bytes(whole[dref : dref + 4])]
    new = box(b"dref", struct.pack(">II", 0, 1) + box(b"url ", struct.pack(">I", 0) + to.encode() + b"\0"))
    whole = whole.replace(old, new)
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        at = whole.rindex(name, 0, dref) - 4
        length = int.from_bytes(whole[at : at + 4]) + len(new) - len(old)
        whole = whole[:at] + struct.pack(">I", length) + whole[at + 4 :]
    return whole


def nested(depth: int) -> bytes:
    """An MP4 whose boxes lie in each other, `depth` deep."""
    content = b""
    for _ in range(depth):
        content = box(b"moov", content)
    return box(b"ftyp", b"isom\0\0\2\0isom") + content


def fifo(here: Path) -> list[str]:
    os.mkfifo(here / "talk.mp4")
    return ["dub", "talk.mp4", *DRY]


M3U8 = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXT-X-ENDLIST\n"
MPD = b"""<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S">
<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>http://127.0.0.1:9/a.mp4
</BaseURL></Representation></AdaptationSet></Period></MPD>"""
SVG = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>"""
NOT_MEDIA = "is not a film or sound that can be read"

CASES = (
    Case("a file of 0 bytes", bytes_of("talk.mp4", b""), BAD, r"talk\.mp4 is empty"),
    Case("a single byte", bytes_of("talk.mp4", b"\0"), BAD, NOT_MEDIA),
    Case("words, named .mp4", bytes_of("talk.mp4", b"no film at all\n" * 50), BAD, NOT_MEDIA),
    Case("a page of the web, named .mp4", bytes_of("talk.mp4", b"<!DOCTYPE html><title>404</title>"), BAD, NOT_MEDIA),
    Case("a ZIP archive, named .mkv", bytes_of("talk.mkv", b"PK\3\4" + bytes(400)), BAD, NOT_MEDIA),
    Case("a program, named .mp4", bytes_of("talk.mp4", b"\x7fELF\2\1\1" + bytes(4000)), BAD, NOT_MEDIA),
    Case("noise, named .mp4", bytes_of("talk.mp4", np.random.default_rng(0).bytes(200_000)), BAD, NOT_MEDIA),
    Case("a megabyte of zeros, named .wav", bytes_of("talk.wav", bytes(1 << 20)), BAD, NOT_MEDIA),
    Case("an MP4 cut in half", bytes_of("talk.mp4", lambda: cut("mp4", 0.5)), BAD, "is cut short"),
    Case("an MP4 cut after 40 bytes", bytes_of("talk.mp4", lambda: film()[:40]), BAD, "is cut short"),
    Case("an MP4 without its index", bytes_of("talk.mp4", lambda: patched("mp4", {b"moov": b"free"})), BAD,
         "its index is missing"),
    Case("an MKV cut in half", bytes_of("talk.mkv", lambda: cut("mkv", 0.5)), BAD, "is cut short"),
    Case("a WAV cut in half", bytes_of("talk.wav", lambda: wav(wave(2.0))[:96_000]), BAD, "is cut short"),
    Case("a WAV that says it has 4 GB and has a second", bytes_of("a.wav", lambda: wav(wave(1.0), size=4_000_000_000)),
         WORKS, r"1\.0 s"),
    Case("a WAV that was never finished (size 0)", bytes_of("a.wav", lambda: wav(wave(1.0), size=0)), WORKS, r"1\.0 s"),
    Case("a streamed WAV (size unknown)", bytes_of("a.wav", lambda: wav(wave(1.0), size=0xFFFFFFFF)), WORKS, r"1\.0 s"),
    Case("a WAV that is only a header", bytes_of("a.wav", lambda: wav(b"")), BAD, r"a\.wav"),
    Case("a FLAC cut in half", bytes_of("a.flac", lambda: sound(wave(2.0), 48_000, "FLAC")[:len(sound(wave(2.0),
         48_000, "FLAC")) // 2]), BAD, "is cut short"),
    Case("an Ogg cut in half", bytes_of("a.ogg", lambda: cut("ogg", 0.6, video=None, audio="libopus")), WORKS,
         "s into"),
    Case("an MP3 behind 64 kB of noise", bytes_of("a.mp3", lambda: np.random.default_rng(1).bytes(65_536)
         + film("mp3", video=None, audio="libmp3lame")), WORKS, "s into"),
    Case("a picture alone", bytes_of("talk.mp4", lambda: film(audio=None)), BAD, "has no sound track"),
    Case("a photograph", bytes_of("talk.jpg", lambda: film("mjpeg", audio=None, video="mjpeg")), BAD, NOT_MEDIA),
    Case("a photograph, named .mp4", bytes_of("talk.mp4", lambda: film("mjpeg", audio=None, video="mjpeg")), BAD,
         NOT_MEDIA),
    Case("a tenth of a second", bytes_of("a.wav", lambda: wav(wave(0.1))), BAD, r"at least 0\.3 s"),
    Case("a codec nobody has", bytes_of("a.mkv", lambda: patched("mkv", {b"A_AAC": b"A_XXX"})), BAD,
         "cannot be decoded"),
    Case("a picture in a codec nobody has", bytes_of("a.mkv", lambda: patched("mkv", {b"V_MPEG4/ISO/AVC":
         b"V_XXXXX/ISO/XXX"})), WORKS, "s into"),
    Case("an MP4 whose sound is noise", bytes_of("talk.mp4", lambda: patched("mp4", {film()[4000:9000]:
         np.random.default_rng(2).bytes(5000)})), WORKS, "s into"),
    Case("sound at 1 Hz", bytes_of("a.wav", lambda: wav(wave(1.0), rate=1)), BAD, "1 Hz"),
    Case("sound at 0 Hz", bytes_of("a.wav", lambda: wav(wave(1.0), rate=0)), BAD, r"a\.wav"),
    Case("sound at 10 MHz", bytes_of("a.wav", lambda: wav(wave(100.0), rate=10_000_000)), BAD, "10000000 Hz"),
    Case("sound at 4 GHz", bytes_of("a.wav", lambda: wav(wave(1.0), rate=4_000_000_000)), BAD, r"a\.wav"),
    Case("255 channels", bytes_of("a.wav", lambda: wav(wave(100.0), channels=255)), BAD, "255 channels"),
    Case("0 channels", bytes_of("a.wav", lambda: wav(wave(1.0), channels=0)), BAD, r"a\.wav"),
    Case("65535 channels", bytes_of("a.wav", lambda: wav(wave(100.0), channels=65_535)), BAD, "cannot be decoded"),
    Case("24 channels", bytes_of("a.wav", lambda: wav(wave(30.0), channels=24), *DRY[:-1]), WORKS, "dub.mp4"),
    Case("samples of 3 bits", bytes_of("a.wav", lambda: wav(wave(1.0), bits=3)), WORKS, "s into"),
    Case("samples that are no number (NaN)", bytes_of("a.wav", lambda: floats(np.nan), *DRY[:-1]), WORKS, "dub.mp4"),
    Case("infinite samples", bytes_of("a.wav", lambda: floats(np.inf, -np.inf), *DRY[:-1]), WORKS, "dub.mp4"),
    Case("samples of ±10³⁰", bytes_of("a.wav", lambda: floats(1e30, -1e30), *DRY[:-1]), WORKS, "dub.mp4"),
    Case("digital silence", bytes_of("a.wav", lambda: wav(bytes(96_000 * 2)), *DRY[:-1]), WORKS, "no speech was found"),
    Case("two recordings in one TS: times begin anew", bytes_of("a.ts", lambda: film("ts") + film("ts"), *DRY[:-1]),
         WORKS, "dub.mp4"),
    Case("times that jump ahead by 20 s", bytes_of("a.mkv", lambda: other_times("mkv", 20.0), *DRY[:-1]), WORKS,
         "dub.mp4"),
    Case("times before zero", bytes_of("a.ts", lambda: other_times("ts", -3.0), *DRY[:-1]), WORKS, "dub.mp4"),
    Case("a playlist of a file of the machine", bytes_of("a.m3u8", M3U8 % b"file:///etc/passwd"), BAD, NOT_MEDIA),
    Case("a playlist of an address", bytes_of("a.m3u8", M3U8 % b"http://127.0.0.1:9/a.ts"), BAD, NOT_MEDIA),
    Case("a playlist, named .mp4", bytes_of("a.mp4", M3U8 % b"http://127.0.0.1:9/a.ts"), BAD, NOT_MEDIA),
    Case("a DASH manifest of an address", bytes_of("a.mpd", MPD), BAD, NOT_MEDIA),
    Case("a script that joins files", bytes_of("a.mp4", b"ffconcat version 1.0\nfile '/etc/passwd'\n"), BAD, NOT_MEDIA),
    Case("an SVG with an external entity", bytes_of("a.svg", SVG), BAD, NOT_MEDIA),
    Case("subtitles as the film", bytes_of("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n"), BAD, NOT_MEDIA),
    Case("a MOV that says its sound lies in another file", bytes_of("a.mov", lambda: reference("file:///etc/passwd")),
         WORKS, r"2\.0 s"),
    Case("boxes 5000 deep", bytes_of("a.mp4", lambda: nested(5000)), BAD, r"a\.mp4"),
    Case("a box that is longer than the file", bytes_of("a.mp4", box(b"ftyp", b"isom", size=2**32 - 1)), BAD,
         "is cut short"),
    Case("a box of size 8 in a file without end of them", bytes_of("a.mp4", lambda: box(b"ftyp", b"isom\0\0\2\0isom")
         + box(b"free", b"") * 3_000_000), BAD, r"a\.mp4"),
    Case("a named pipe", fifo, BAD, "is not a regular file"),
    Case("/dev/zero", lambda here: ["dub", "/dev/zero", *DRY], BAD, "is not a regular file"),
    Case("/dev/stdin", lambda here: ["dub", "/dev/stdin", *DRY], BAD, "is not a regular file"),
    Case("a page of /proc", lambda here: ["dub", "/proc/self/environ", *DRY], BAD, "is empty"),
    Case("an address of the web", lambda here: ["dub", "https://example.org/talk.mp4", *DRY], BAD, "no such file"),
    Case("ffmpeg's own words for a source", lambda here: ["dub", "lavfi:sine", *DRY], BAD, "no such file"),
)  # fmt: skip
