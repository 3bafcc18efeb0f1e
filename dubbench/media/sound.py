"""Samples out of files: WAV and FLAC by soundfile, rates by soxr, films' sound tracks by ffmpeg. No writing.

What is as long as the film and looked at here and there is `mapped`, next door.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import memory
from dubbench.errors import BadInput
from dubbench.media import engine, limits
from dubbench.media.looking import Inside, look, scanned
from dubbench.media.writing import writer
from dubbench.processes import wanted
from dubbench.types import Audio, Samples, Seconds, Sound

_LAYOUTS = {1: "mono", 2: "stereo"}
# Frames read at once while streaming: 1.4 s at 48 kHz, 0.5 MB of stereo.
_CHUNK = 1 << 16


def extract(path: Path, to: Path, *, sample_rate: int = 48_000, channels: int = 2) -> None:
    """Decode the default (else the first) sound track of a media file to a PCM-16 WAV on the film's clock.

    A late start and holes in the track become silence, so that a sample's place is its time. More channels than asked
    are mixed down with gains that cannot clip. Raises BadInput, with ffmpeg's words, and where the track goes on after
    the film is said to end: a hole of days would be filled with silence.
    """
    inside = look(path)
    latest = limits.end(inside.duration)
    if scanned(path, [inside.sound]) - inside.zero > latest:
        raise _goes_on(path, inside)
    # ffmpeg lowers mono by 3 dB when it doubles it, so that is said channel by channel.
    doubled = inside.channels == 1 and channels == 2
    layout = _LAYOUTS[1 if doubled else channels]
    # async=1 fills (or trims) where the track's times jump by over 0.1 s; rematrix_maxval keeps a downmix below 1.
    # The file's own times (copyts), for ffmpeg takes 0 from the streams it is asked for, and the picture may be first.
    sound = engine.source(path, copyts=None)[str(inside.sound)].filter(
        "aresample", sample_rate, **{"async": 1}, first_pts=round(inside.zero * sample_rate), rematrix_maxval=1.0,
        out_chlayout=layout,
    )  # fmt: skip
    sound = sound.filter("channelmap", map="0-FL|0-FR") if doubled else sound
    output = sound.output(
        engine.url(to),
        format="wav",
        acodec="pcm_s16le",
        map_metadata=-1,
        fflags="+bitexact",
        rf64="auto",
        fs=round(latest * sample_rate) * channels * 2,
    )
    engine.run(output, about=path, to=to)
    frames = describe_frames(to)
    if frames > (latest - limits.SLACK[0] / 2) * sample_rate:
        to.unlink()
        raise _goes_on(path, inside)
    if frames == 0:
        to.unlink()
        raise BadInput(f"{path}: its sound track (codec {inside.sound_codec}) gave no sound")


def beginning(path: Path, to: Path, *, duration: Seconds, sample_rate: int) -> None:
    """Decode the first seconds of a media file's sound to a WAV of one channel, to be listened to. Raises BadInput."""
    sound = engine.source(path, t=duration)[str(look(path).sound)]
    output = sound.output(engine.url(to), format="wav", acodec="pcm_s16le", ac=1, ar=sample_rate)
    engine.run(output, about=path, to=to)


def _goes_on(path: Path, inside: Inside) -> BadInput:
    return BadInput(
        f"{path} says that it lasts {inside.duration:.1f} s, but its sound goes on; write it anew: "
        "ffmpeg -i FILE -c copy NEW"
    )


def describe_frames(path: Path) -> int:
    """How many samples a channel of a sound file has."""
    with _opened(path) as file:
        return int(file.frames)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            yield file
    except soundfile.LibsndfileError as error:
        why = "there is no such file" if not path.exists() else error.error_string
        raise BadInput(f"cannot read the sound file {path}: {why}") from None


def read(
    path: Path,
    *,
    sample_rate: int | None = None,
    channels: int | None = None,
    start: Seconds = 0.0,
    duration: Seconds | None = None,
) -> Sound:
    """Read a piece of a sound file (WAV, FLAC), resampled and averaged or doubled to `channels` if asked.

    Where the file ends before the piece does, the piece ends with it. Raises BadInput for what is no sound file,
    ValueError for a channel count that is neither the file's nor 1 nor made from 1.
    """
    wanted.check()
    with _opened(path) as file:
        rate = int(file.samplerate)
        file.seek(min(round(start * rate), file.frames))
        samples = file.read(-1 if duration is None else round(duration * rate), dtype="float32", always_2d=True).T
    return resample(Sound(_channelled(samples, channels), rate), sample_rate or rate)


def _channelled(samples: Samples, channels: int | None) -> Samples:
    if channels in (None, samples.shape[0]):
        return np.ascontiguousarray(samples)
    if channels == 1:
        return np.asarray(samples.mean(axis=0, keepdims=True, dtype=np.float32))
    if samples.shape[0] == 1 and channels is not None:
        return np.repeat(samples, channels, axis=0)
    raise ValueError(f"{samples.shape[0]} channels cannot become {channels}: ask for 1, or for what the file has")


def resample(sound: Sound, sample_rate: int) -> Sound:
    """The same sound at another rate (soxr, high quality)."""
    if sample_rate == sound.sample_rate:
        return sound
    import soxr

    samples = soxr.resample(np.ascontiguousarray(sound.samples.T), sound.sample_rate, sample_rate, "HQ")
    return Sound(np.ascontiguousarray(samples.T), sample_rate)


def blocks(
    path: Path,
    *,
    seconds: Seconds,
    overlap: Seconds = 0.0,
    sample_rate: int | None = None,
    channels: int | None = None,
) -> Iterator[Sound]:
    """The sound of a file piece by piece, so that length never costs memory.

    file     |----------------------------|
    blocks   |---------|
                    |---------|               each begins `overlap` before the one before it ends
                           |--------|         the last holds what is left
    """
    rate = sample_rate or frame_rate(path)
    size, step = round(seconds * rate), round((seconds - overlap) * rate)
    if step <= 0:
        raise ValueError(f"an overlap of {overlap} s leaves nothing of blocks of {seconds} s")
    held: Samples | None = None
    fresh = False
    for chunk in stream(path, sample_rate=rate, channels=channels):
        held = chunk if held is None else np.concatenate([held, chunk], axis=1)
        fresh = fresh or chunk.shape[1] > 0
        while held.shape[1] >= size:
            yield Sound(np.ascontiguousarray(held[:, :size]), rate)
            held = held[:, step:]
            fresh = held.shape[1] > size - step
    if held is not None and fresh and held.shape[1]:
        yield Sound(np.ascontiguousarray(held), rate)


def frame_rate(path: Path) -> int:
    """The sample rate of a sound file, in hertz."""
    with _opened(path) as file:
        return int(file.samplerate)


def stream(path: Path, *, sample_rate: int | None = None, channels: int | None = None) -> Iterator[Samples]:
    """The samples of a file in pieces as they come, at another rate if asked: without seams between them."""
    import soxr

    with _opened(path) as file:
        rate, layers = int(file.samplerate), channels or int(file.channels)
        change = None if sample_rate in (None, rate) else soxr.ResampleStream(rate, sample_rate, layers, "float32")
        left = int(file.frames)
        while left > 0:
            wanted.check()
            piece = file.read(_CHUNK, dtype="float32", always_2d=True)
            left = left - len(piece) if len(piece) else 0
            samples = _channelled(piece.T, channels)
            if change is not None:
                flowing = change.resample_chunk(np.ascontiguousarray(samples.T), last=left == 0)
                samples = np.ascontiguousarray(flowing.T)
            yield samples


def write_mono(path: Path, to: Path, sample_rate: int) -> None:
    """Write a sound file's channels averaged at another rate, as a 32-bit float WAV, whatever its length."""
    frames = round(describe_frames(path) * sample_rate / frame_rate(path))
    with writer(to, sample_rate, 1, subtype="FLOAT", frames=frames) as file:
        for samples in stream(path, sample_rate=sample_rate, channels=1):
            file.write(samples.T)


def holds(path: Path, audio: Audio) -> bool:
    """Whether a sound file is there, and as long and of the form that is said of it. Its samples are not compared."""
    if not path.is_file():
        return False
    try:
        with _opened(path) as file:
            form = (int(file.samplerate), int(file.channels)) == (audio.sample_rate, audio.channels)
            return form and abs(file.frames / file.samplerate - audio.duration) < 0.01
    except BadInput:
        return False


def describe(path: Path, folder: Path) -> Audio:
    """The `Audio` noun of a sound file inside `folder`."""
    with _opened(path) as file:
        rate, channels, frames = int(file.samplerate), int(file.channels), int(file.frames)
    return Audio(
        path=path.resolve().relative_to(folder.resolve()).as_posix(), sample_rate=rate, channels=channels,
        duration=frames / rate, sha256=memory.file_sha256(path),
    )  # fmt: skip
