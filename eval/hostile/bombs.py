"""Small files that want much: hours of silence, huge pictures, thousands of streams, chains without end."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from eval.hostile.case import WORKS, Case
from eval.hostile.making import DRY, box, bytes_of, element, film, patched, sound, wav, wave
from eval.hostile.media import other_times

BAD = "BadInput"
TOO_LONG = "hours at most"


def silence(hours: float, rate: int = 8000) -> bytes:
    """Hours of digital silence as FLAC: about 60 kB an hour."""
    import soundfile

    made = io.BytesIO()
    with soundfile.SoundFile(made, "w", rate, 1, format="FLAC", subtype="PCM_16") as file:
        for _ in range(round(hours * 60)):
            file.write(np.zeros(rate * 60, np.int16))
    return made.getvalue()


def lying_flac(hours: int) -> bytes:
    """A second of FLAC whose header says it has hours."""
    whole = bytearray(sound(wave(1.0), 48_000, "FLAC"))
    told = int.from_bytes(whole[18:26])
    whole[18:26] = (told >> 36 << 36 | hours * 3600 * 48_000).to_bytes(8)
    return bytes(whole)


def slow_clock(form: str = "mp4") -> bytes:
    """An MP4 whose clocks tick 48 000 times slower than they did; its edit list, of 2 s, has lost its name."""
    content = film(form, video=None).replace(b"edts", b"free")
    for name, at in ((b"mvhd", 16), (b"mdhd", 16)):
        place = content.index(name) + at
        content = content[:place] + struct.pack(">I", 1) + content[place + 4 :]
    return content


def matroska(tracks: bytes, clusters: bytes = b"", *, size: int | None = None) -> bytes:
    head = element(0x1A45DFA3, element(0x4282, b"matroska") + element(0x4287, b"\4") + element(0x4285, b"\2"))
    info = element(0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3)) + element(0x4489, struct.pack(">d", 1000.0)))
    return head + element(0x18538067, info + element(0x1654AE6B, tracks) + clusters, size=size)


def track(number: int) -> bytes:
    """A track of PCM sound."""
    sound = element(0xE1, element(0xB5, struct.pack(">d", 48_000.0)) + element(0x9F, b"\1") + element(0x6264, b"\x10"))
    parts = element(0xD7, struct.pack(">I", number)) + element(0x73C5, struct.pack(">I", number))
    return element(0xAE, parts + element(0x83, b"\2") + element(0x86, b"A_PCM/INT/LIT") + sound)


def tracks(count: int) -> bytes:
    """An MKV with that many tracks, a second of sound in the first."""
    block = element(0xA3, b"\x81\0\0\x80" + wave(1.0).tobytes())
    cluster = element(0x1F43B675, element(0xE7, b"\0") + block)
    return matroska(b"".join(track(i + 1) for i in range(count)), cluster)


def many_traks(count: int) -> bytes:
    """An MP4 with its sound track listed that many times."""
    whole = film(video=None)
    at = whole.index(b"trak") - 4
    trak = whole[at : at + int.from_bytes(whole[at : at + 4])]
    moov = whole.index(b"moov") - 4
    length = int.from_bytes(whole[moov : moov + 4]) + len(trak) * (count - 1)
    return whole[:moov] + struct.pack(">I", length) + whole[moov + 4 : at] + trak * count + whole[at + len(trak) :]


def lying_matroska(hours: float) -> bytes:
    """An MKV that says it lasts 2 s, and whose second half comes hours later."""
    whole = other_times("mkv", hours * 3600)
    at = whole.index(b"DURATION\x44\x87")
    while at >= 0:
        text = whole.index(b":", at) - 2
        whole = whole[:text] + b"00:00:02" + whole[text + 8 :]
        at = whole.find(b"DURATION\x44\x87", text)
    return whole


def big_png(side: int, *, said: bool = False) -> bytes:
    """A film in PNG whose pictures say they are `side` on each; so does the film's header, if it is `said`."""
    changes = {b"IHDR" + struct.pack(">II", 64, 48): b"IHDR" + struct.pack(">II", side, side)}
    if said:
        at = b"png " + bytes(6) + struct.pack(">H", 1) + bytes(4) + b"FFMP" + struct.pack(">II", 512, 512)
        changes[at + struct.pack(">HH", 64, 48)] = at + struct.pack(">HH", side, side)
    return patched("mov", changes, video="png")


def big_jpeg(side: int) -> bytes:
    """A film in JPEG whose pictures say they are `side` on each."""
    old, new = b"\x08" + struct.pack(">HH", 48, 64), b"\x08" + struct.pack(">HH", side, side)
    return patched("avi", {b"\xff\xc0\0\x11" + old: b"\xff\xc0\0\x11" + new}, video="mjpeg")


def holes(name: str, size: int, head: Callable[[], bytes]) -> Callable[[Path], list[str]]:
    """A case's maker: a file of holes, which takes no space on the disk, behind some bytes."""

    def made(here: Path) -> list[str]:
        with (here / name).open("wb") as file:
            file.write(head())
            file.truncate(size)
        return ["dub", name, *DRY]

    return made


def rate_of_pictures(per_second: int) -> bytes:
    """An MP4 whose header says that many pictures a second."""
    content = film()
    place = content.index(b"mdhd") + 16
    return content[:place] + struct.pack(">I", per_second) + content[place + 4 :]


CASES = (
    Case("24 hours of silence in 2 MB of FLAC", bytes_of("a.flac", lambda: silence(24)), BAD, TOO_LONG, whole=True),
    Case("a second of FLAC that says it has 300 hours", bytes_of("a.flac", lambda: lying_flac(300)), BAD,
         "is cut short"),
    Case("an MP4 whose clock makes a day of 2 s", bytes_of("a.mp4", slow_clock), BAD, TOO_LONG),
    Case("an MKV with a hole of 300 hours in its sound", bytes_of("a.mkv", lambda: other_times("mkv", 1.08e6)),
         BAD, TOO_LONG),
    Case("an MKV that says 2 s and goes on 300 hours later", bytes_of("a.mkv", lambda: lying_matroska(300), *DRY[:-1]),
         BAD, TOO_LONG),
    Case("an MKV that says 2 s and goes on 10 minutes later", bytes_of("a.mkv", lambda: lying_matroska(1 / 6),
         *DRY[:-1]), BAD, "goes on"),
    Case("a WAV of 1 TB of holes", holes("a.wav", 10**12, lambda: wav(b"", size=2**32 - 1)), BAD, TOO_LONG),
    Case("an MP4 with 1 TB of holes behind it", holes("a.mp4", 10**12, lambda: film() + struct.pack(">I", 1)
         + b"free" + (10**12 - len(film())).to_bytes(8)), BAD, "most of it"),
    Case("an MP3 of 20 GB of holes", holes("a.mp3", 2 * 10**10, lambda: film("mp3", video=None,
         audio="libmp3lame")), BAD, "found in it within 5 s", whole=True),
    Case("a picture of 60000 × 60000 in PNG", bytes_of("a.mov", lambda: big_png(60_000)), WORKS, "s into"),
    Case("a picture of 16000 × 16000 in PNG", bytes_of("a.mov", lambda: big_png(16_000)), BAD, "8192 × 8192 at most"),
    Case("a picture of 65500 × 65500 in JPEG", bytes_of("a.avi", lambda: big_jpeg(65_500)), WORKS, "s into"),
    Case("a picture of 16000 × 16000 in JPEG", bytes_of("a.avi", lambda: big_jpeg(16_000)), WORKS, "s into"),
    Case("a header of 60000 × 60000", bytes_of("a.mov", lambda: big_png(60_000, said=True)), BAD,
         "8192 × 8192 at most"),
    Case("a header of 16000 × 16000", bytes_of("a.mov", lambda: big_png(16_000, said=True)), BAD,
         "8192 × 8192 at most"),
    Case("a picture of 8000 × 8000", bytes_of("a.mov", lambda: big_png(8000, said=True)), WORKS, "s into"),
    Case("a thousand million pictures a second", bytes_of("a.mp4", lambda: rate_of_pictures(4_000_000_000)), WORKS,
         "s into"),
    Case("an MKV with 100 tracks", bytes_of("a.mkv", lambda: tracks(100)), WORKS, "s into"),
    Case("an MKV with 5000 tracks", bytes_of("a.mkv", lambda: tracks(5000)), BAD, "tracks"),
    Case("an MP4 with 5000 tracks", bytes_of("a.mp4", lambda: many_traks(5000)), BAD, "tracks"),
    Case("an MKV whose elements are of unknown size, without end", bytes_of("a.mkv", lambda: matroska(track(1),
         element(0x1F43B675, b"", size=2**56 - 1) * 200_000, size=2**56 - 1)), BAD, r"a\.mkv"),
    Case("an MKV of 200 000 empty elements", bytes_of("a.mkv", lambda: matroska(track(1), element(0xEC, b"")
         * 200_000)), BAD, r"a\.mkv"),
    Case("a tag of 30 MB", bytes_of("a.mp4", lambda: film() + box(b"free", bytes(30_000_000))), WORKS, "s into"),
)  # fmt: skip
