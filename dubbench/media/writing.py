"""Sound files written piece by piece: equal bytes for equal samples, and a disk that is full is said to be. No reading.

libsndfile does the writing, and has two habits that are mended here: into the header of a float WAV it puts the time of
day, and of a write that the system refused it does not say why, or that it was not whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dubbench.processes import wanted
from dubbench.types import Samples, Sound

# A 16-bit sample k is k / 32768, for libsndfile and ffmpeg alike, so +1.0 itself has no code: 32767 stands for it.
_FULL_SCALE = 32768

WAV_LIMIT = 4_000_000_000
"""Bytes of samples from which a WAV's 32-bit size field is too small, and RF64 is written instead."""

WIDTHS = {"PCM_16": 2, "FLOAT": 4}
"""Bytes of a sample in a WAV, by soundfile's name of its form."""

SYSTEM = 2
"""libsndfile's number for "the system refused" (SF_ERR_SYSTEM in sndfile.h)."""

HEAD = 4096
"""A WAV's chunks before its samples lie within so many bytes."""


def wav_form(size: int) -> Literal["WAV", "RF64"]:
    """The format, by soundfile's name, of a WAV that holds `size` bytes of samples."""
    return "RF64" if size > WAV_LIMIT else "WAV"


def pcm16(samples: Samples) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Samples in [-1, 1] as 16-bit codes; sound that was read from 16 bits gets its very codes back."""
    return np.minimum(np.rint(samples * _FULL_SCALE), _FULL_SCALE - 1).astype(np.int16)


def write(path: Path, sound: Sound) -> None:
    """Write a PCM-16 WAV (or FLAC, by the suffix).

    Samples outside [-1, 1] are an error (ValueError), never clipped in silence; so is what is no number. Raises OSError
    as `writer` does.
    """
    loudest = np.abs(sound.samples).max(initial=0.0)
    if not loudest <= 1.0:
        raise ValueError(f"the loudest sample is {loudest:.3f}; sound must lie in [-1, 1] before it is written")
    with writer(path, sound.sample_rate, sound.samples.shape[0]) as file:
        file.write(pcm16(sound.samples).T)


class Writer:
    """An open sound file; `write` takes (samples, channels), and goes on from where `seek` went."""

    def __init__(self, path: Path, file: Any) -> None:
        self._path, self._file, self.frames = path, file, 0

    def write(self, samples: Any) -> None:
        wanted.check()
        with _by_system(self._path):
            self._file.write(samples)
        self.frames += len(samples)

    def seek(self, frame: int) -> None:
        """Go to a sample of each channel."""
        self._file.seek(frame)

    def flush(self) -> None:
        """Hand what was written to the system: a process that is killed later has written it."""
        with _by_system(self._path):
            self._file.flush()

    def tell(self) -> int:
        """How many samples a channel were written; libsndfile itself does not know of a FLAC."""
        return self.frames


@contextlib.contextmanager
def writer(
    path: Path, sample_rate: int, channels: int, *, subtype: str = "PCM_16", frames: int | None = None
) -> Iterator[Writer]:
    """Write a WAV (RF64 where `frames` samples are too many for one), or a FLAC by the suffix and without `frames`.

    Raises OSError, as the system said it, when not everything could be written.
    """
    import soundfile

    form = None if frames is None else wav_form(frames * channels * WIDTHS[subtype])
    with path.open("wb"):
        pass  # What cannot be opened is told by Python, with its name.
    with _by_system(path):
        file = soundfile.SoundFile(path, "w", sample_rate, channels, subtype=subtype, format=form)
    own = Writer(path, file)
    try:
        yield own
    finally:
        with _by_system(path):
            file.close()
    if path.suffix.lower() == ".wav":
        if path.stat().st_size < own.frames * channels * WIDTHS[subtype]:
            raise refusal(path)
        _cleared(path)


def lengthened(path: Path, sample_rate: int, channels: int, *, frames: int) -> None:
    """Write a 32-bit float WAV of `frames` samples of silence, which take no room on the disk before others are put
    `within`: its header is right from the beginning."""
    import soundfile

    size = frames * channels * WIDTHS["FLOAT"]
    form = wav_form(size)
    with path.open("wb") as empty:
        empty.truncate(size)  # Python says why where no file may become so large; libsndfile does not.
    with _by_system(path), soundfile.SoundFile(path, "w", sample_rate, channels, "FLOAT", format=form) as file:
        file.truncate(frames)


@contextlib.contextmanager
def within(path: Path) -> Iterator[Writer]:
    """Write over parts of a 32-bit float WAV that is there. Raises OSError, as the system said it."""
    import soundfile

    with _by_system(path):
        file = soundfile.SoundFile(path, "r+")
    try:
        yield Writer(path, file)
    finally:
        with _by_system(path):
            file.close()


def settled(path: Path) -> None:
    """Take out of a float WAV what tells when and in how many sittings it was written `within`: the same samples are
    the same file then. Of the PEAK chunk in its header the time goes, and peaks, which are those of the last sitting.
    """
    _cleared(path, peaks=True)


@contextlib.contextmanager
def _by_system(path: Path) -> Iterator[None]:
    """What the system refused libsndfile, as the system says it; of a write that came out short it only asserts."""
    import soundfile

    try:
        yield
    except soundfile.LibsndfileError as error:
        if error.code != SYSTEM:
            raise
        raise refusal(path) from None
    except AssertionError:
        raise refusal(path) from None


def refusal(path: Path) -> OSError:
    """Why the system takes no more for `path`, by asking it: a little is written to the file's end, which is lost
    anyway."""
    try:
        with path.open("ab", buffering=0) as file:
            file.write(bytes(1 << 16))
            os.fsync(file.fileno())
    except OSError as error:
        return OSError(error.errno, error.strerror, str(path))
    return OSError(errno.EIO, os.strerror(errno.EIO), str(path))


def _cleared(path: Path, *, peaks: bool = False) -> None:
    """Set the time of day in the PEAK chunk of a float WAV (four bytes after its size and version) to zero, and the
    `peaks` that follow it, where wanted."""
    with path.open("rb+") as file:
        head = file.read(HEAD)
        at = head.find(b"PEAK")
        if at >= 0:
            size = int.from_bytes(head[at + 4 : at + 8], "little") - 4 if peaks else 4
            file.seek(at + 12)
            file.write(bytes(size))
