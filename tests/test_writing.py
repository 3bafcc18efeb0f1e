"""Sound files that are written: equal bytes for equal sound, and a disk that is full is an error with its name."""

from __future__ import annotations

import errno
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dubbench import media
from dubbench.media.writing import writer
from tests.clips import noise


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Files may grow to so many bytes while the block runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def whole(path: Path, subtype: str = "FLOAT") -> int:
    """Writes a second of noise in pieces; gives the size of its file."""
    samples = noise(1.0).samples.T
    with writer(path, 48_000, 2, subtype=subtype, frames=len(samples)) as file:
        for piece in np.array_split(samples, 7):
            file.write(piece if subtype == "FLOAT" else media.pcm16(piece))
    return path.stat().st_size


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_16"])
def test_what_is_written_in_pieces_is_read_back_whole(subtype: str, tmp_path: Path) -> None:
    whole(tmp_path / "a.wav", subtype)
    read, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert np.abs(read - noise(1.0).samples.T).max() <= (0 if subtype == "FLOAT" else 1 / 32768)


def test_the_same_sound_is_the_same_file_at_another_time_of_day(tmp_path: Path) -> None:
    whole(tmp_path / "a.wav")
    time.sleep(1.1)  # The header counts seconds.
    whole(tmp_path / "b.wav")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_16"])
@pytest.mark.parametrize("share", [0.0, 1e-5, 1e-4, 0.1, 0.5, 0.9999])
def test_a_disk_that_runs_full_at_any_place_says_so(share: float, subtype: str, tmp_path: Path) -> None:
    size = whole(tmp_path / "whole.wav", subtype)
    with room_for(int(size * share)), pytest.raises(OSError, match="File too large") as refused:
        whole(tmp_path / "a.wav", subtype)
    assert refused.value.errno == errno.EFBIG
    assert refused.value.filename == str(tmp_path / "a.wav")


def test_a_flac_on_a_full_disk_says_so_too(tmp_path: Path) -> None:
    with room_for(20_000), pytest.raises(OSError, match="File too large"):
        media.write(tmp_path / "a.flac", noise(1.0))


def test_a_wish_that_is_none_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    with pytest.raises(soundfile.LibsndfileError), writer(tmp_path / "a.wav", 48_000, 5000):
        pass
