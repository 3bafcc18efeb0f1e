"""What cases are made of: small films, sounds and dubs, made once and given as bytes or as files. No case is here."""

from __future__ import annotations

import io
import json
import shutil
import struct
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import dubbench
from dubbench import documents
from dubbench.media import engine

TOY = ("--to", "pt", "--from", "en", "--cast", "toy", "--out", "out")
DRY = (*TOY, "--dry-run")
"""Every door is passed that a dub passes, and nothing is made."""


@cache
def _store() -> Path:
    return Path(tempfile.mkdtemp(prefix="hostile."))


def forget() -> None:
    """Remove what was made for cases."""
    shutil.rmtree(_store())
    for made in (_store, film, dub_folder):
        made.cache_clear()


@cache
def film(form: str = "mp4", *, seconds: float = 2.0, video: str | None = "libx264", audio: str | None = "aac") -> bytes:
    """A small film with a test picture and a tone that comes and goes."""
    import ffmpeg

    path = _store() / f"film.{form}"
    heard = f"aevalsrc=0.3*sin(1500*t)*gt(sin(2*t)\\,0):s=48000:d={seconds}"
    streams = [ffmpeg.input(heard, format="lavfi")] if audio else []
    coding: dict[str, Any] = {"c:a": audio} if audio else {}
    if video:
        streams.insert(0, ffmpeg.input(f"testsrc2=s=64x48:r=10:d={seconds}", format="lavfi"))
        coding |= {"c:v": video, "pix_fmt": "yuv420p"}
    engine.run(engine.output(streams, path, {**coding, "strict": -2}), about=path, to=path)
    return path.read_bytes()


@cache
def dub_folder() -> Path:
    """A finished dub of a film beside it, `talk.mp4`, by toy models; to be copied."""
    home = _store() / "dubbed"
    home.mkdir()
    (home / "talk.mp4").write_bytes(film(seconds=6.0))
    dubbench.dub(home / "talk.mp4", to="pt", out=home / "out", cast="toy", source_language="en")
    return home


def bytes_of(name: str, content: bytes | Callable[[], bytes], *words: str) -> Callable[[Path], list[str]]:
    """A case's maker: a file of that name and content, to be dubbed."""

    def made(here: Path) -> list[str]:
        (here / name).write_bytes(content() if callable(content) else content)
        return ["dub", name, *(words or DRY)]

    return made


def beside(name: str, content: bytes | str, *words: str) -> Callable[[Path], list[str]]:
    """A case's maker: a good film, and beside it a file that `words` name."""

    def made(here: Path) -> list[str]:
        (here / "talk.mp4").write_bytes(film(seconds=6.0))
        (here / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return ["dub", "talk.mp4", *DRY, *words]

    return made


def asked(*words: str) -> Callable[[Path], list[str]]:
    """A case's maker: a good film, and words that are odd."""

    def made(here: Path) -> list[str]:
        (here / "talk.mp4").write_bytes(film(seconds=6.0))
        return ["dub", "talk.mp4", *words]

    return made


def edited(change: Callable[[dict[str, Any]], Any], *words: str) -> Callable[[Path], list[str]]:
    """A case's maker: a finished dub whose dub.json somebody changed, gone on with."""
    return written(lambda raw: (change(raw), json.dumps(raw).encode("utf-8", "surrogatepass"))[1], *words)


def written(content: Callable[[dict[str, Any]], bytes], *words: str) -> Callable[[Path], list[str]]:
    """A case's maker: a finished dub whose dub.json holds other bytes, made from what it held."""

    def made(here: Path) -> list[str]:
        home = laid_dub(here)
        raw = json.loads((home / documents.NAME).read_text("utf-8"))
        raw["source"]["path"] = str(here / "talk.mp4")
        (home / documents.NAME).write_bytes(content(raw))
        return ["dub", "out", *(words or ("--dry-run",))]

    return made


def laid_dub(here: Path) -> Path:
    """A finished dub in `here`/out, its film beside it."""
    shutil.copytree(dub_folder(), here, dirs_exist_ok=True, symlinks=True)
    return here / "out"


def wav(
    samples: npt.NDArray[Any] | bytes, *, rate: int = 48_000, channels: int = 1, form: int = 1, bits: int = 16,
    size: int | None = None,
) -> bytes:  # fmt: skip
    """A WAV file whose header says what it is told, true or not (`form` 1 is whole numbers, 3 floats)."""
    data = samples if isinstance(samples, bytes) else samples.tobytes()
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", form, channels, rate % 2**32, rate * block % 2**32, block % 2**16, bits)
    told = len(data) if size is None else size
    riff = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", told % 2**32)
    return b"RIFF" + struct.pack("<I", (len(riff) + told) % 2**32) + riff + data


def sound(samples: npt.NDArray[Any], rate: int, form: str, subtype: str | None = None) -> bytes:
    """Samples (n,) or (n, channels) as soundfile writes them."""
    import soundfile

    made = io.BytesIO()
    soundfile.write(made, samples, rate, format=form, subtype=subtype)
    return made.getvalue()


def wave(seconds: float, rate: int = 48_000) -> npt.NDArray[np.int16]:
    return (3000 * np.sin(np.arange(round(seconds * rate)) * 0.05)).astype(np.int16)


def element(name: int, content: bytes, *, size: int | None = None) -> bytes:
    """An EBML element (RFC 8794), its size in eight bytes."""
    told = len(content) if size is None else size
    head = name.to_bytes((name.bit_length() + 7) // 8)
    return head + (told | 1 << 56).to_bytes(8) + content


def box(kind: bytes, content: bytes, *, size: int | None = None) -> bytes:
    """A box of MP4 (ISO/IEC 14496-12)."""
    return struct.pack(">I", (8 + len(content) if size is None else size) % 2**32) + kind + content


def patched(form: str, changes: Mapping[bytes, bytes], **film_options: Any) -> bytes:
    """A small film with bytes replaced wherever they stand. Raises ValueError where they do not."""
    content = film(form, **film_options)
    for old, new in changes.items():
        if old not in content:
            raise ValueError(f"no {old!r} in a film of {form}")
        content = content.replace(old, new)
    return content
