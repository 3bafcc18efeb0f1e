"""What is inside a media file, by PyAV, which brings its own ffmpeg libraries: there may be no ffprobe here.

The film's clock starts where the earliest of its streams does, as every player and ffmpeg itself have it.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dubbench import memory
from dubbench.errors import BadInput
from dubbench.media import engine, limits, whole
from dubbench.types import Seconds, Source

SHORTEST = 0.3
"""Seconds; below this there is no word to dub, and loudness (0.4 s blocks) means nothing."""

_TRIES = 64
# Headers of these say how long each stream is; those of others guess from the bit rate, so their packets are read.
_TRUSTED = ("mov", "matroska", "wav")
# ffmpeg takes what such a header says without looking whether that much is there.
_BOASTING = "flac"


@dataclass(frozen=True)
class Picture:
    """A moving picture: its stream's index, its codec, size as displayed, after turning by `rotation` degrees."""

    index: int
    codec: str
    width: int
    height: int
    frame_rate: float
    rotation: int


@dataclass(frozen=True)
class Inside:
    """What counts in a media file: how long its longest stream is, its sound (stream `sound`), its picture.

    `zero` is where the film's clock starts, in the file's own times.
    """

    duration: Seconds
    zero: Seconds
    sound: int
    sound_codec: str
    sample_rate: int
    channels: int
    picture: Picture | None = None


def probe(path: Path) -> Source:
    """What a media file is. Its path becomes absolute; the file is only ever read.

    Raises BadInput: missing, a folder, unreadable, empty, not media, cut short, without sound, with sound that cannot
    be decoded, under 0.3 s, more than `limits` let through.
    """
    inside = look(path)
    seen = inside.picture or Picture(-1, "", 0, 0, 0.0, 0)
    return Source(
        path=os.path.abspath(path), sha256=memory.file_sha256(path), duration=inside.duration, width=seen.width,
        height=seen.height, frame_rate=seen.frame_rate, rotation=seen.rotation, channels=inside.channels,
        sample_rate=inside.sample_rate,
    )  # fmt: skip


def look(path: Path) -> Inside:
    """The streams of a media file. Raises BadInput like `probe`."""
    whole.check(path)
    with opened(path) as container:
        sound, moving = _sound(path, container), picture_of(container)
        seen = None if moving is None else _picture(path, moving)
        duration = _duration(path, container, [sound] if moving is None else [moving, sound])
        if duration < SHORTEST:
            raise BadInput(f"{path} lasts {duration:.2f} s; a film or sound of at least {SHORTEST} s is needed")
        limits.check_length(path, duration)
        codec = sound.codec_context
        return Inside(
            duration=duration, zero=(container.start_time or 0) / 1e6, sound=sound.index,
            sound_codec=codec.codec.canonical_name, sample_rate=codec.sample_rate, channels=codec.layout.nb_channels,
            picture=seen,
        )  # fmt: skip


def look_at_picture(path: Path) -> Picture:
    """The picture of a film that may be silent. Raises BadInput when it has none."""
    whole.check(path)
    with opened(path) as container:
        moving = picture_of(container)
        if moving is None:
            raise BadInput(f"{path} has no moving picture")
        return _picture(path, moving)


# Beyond what is let through, so that it can be said how many there are.
_CAREFUL = {**engine.SAFE, "max_streams": str(5 * limits.MOST_TRACKS)}
_WHY = {
    errno.EINVAL: "its form is not one that films or sounds come in",  # how ffmpeg refuses a form outside the list
    errno.ENOMEM: f"it has more than {5 * limits.MOST_TRACKS} tracks, or parts of impossible size; write it anew",
}
_NOTHING = f"no picture or sound was found in it within {limits.PATIENCE:.0f} s"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file as a PyAV container. Raises BadInput when it is no media or breaks while being read."""
    import av

    try:
        with av.open(
            engine.url(path), options=_CAREFUL, metadata_errors="replace", timeout=limits.PATIENCE
        ) as container:
            limits.check_tracks(path, len(container.streams))
            yield container
    except av.FFmpegError as error:
        why = _NOTHING if isinstance(error, av.error.ExitError) else _WHY.get(error.errno or 0, error.strerror)
        raise BadInput(f"{path} is not a film or sound that can be read: {why}") from None


def picture_of(container: Any) -> Any | None:
    """The first stream that moves: covers and thumbnails are no picture."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return next((s for s in container.streams.video if not s.disposition & still), None)


def _sound(path: Path, container: Any) -> Any:
    """The default sound track, else the first; one that can be decoded."""
    from av.stream import Disposition

    tracks = sorted(container.streams.audio, key=lambda s: not s.disposition & Disposition.default)
    if not tracks:
        raise BadInput(f"{path} has no sound track; there is nothing to dub")
    sound = next((s for s in tracks if s.codec_context is not None), None)
    if sound is not None:
        limits.check_sound(path, sound.codec_context.sample_rate, sound.codec_context.layout.nb_channels)
    if sound is None or _first_frame(path, sound.index) is None:
        codec = sound.codec_context.name if sound is not None else "unknown"
        raise BadInput(f"{path}: its sound cannot be decoded (codec {codec}); convert it to AAC or WAV")
    return sound


def _first_frame(path: Path, index: int) -> Any | None:
    """A frame out of a stream's first packets; None when none of them can be decoded."""
    import av

    # Opened anew, for not every form can be rewound.
    with opened(path) as container:
        stream = container.streams[index]
        # Files are opened with some decoders and read with others.
        stream.codec_context.options = engine.SMALL
        for _, packet in zip(range(_TRIES), container.demux(stream), strict=False):
            with contextlib.suppress(av.FFmpegError):
                for frame in packet.decode():
                    return frame
    return None


def _picture(path: Path, stream: Any) -> Picture:
    # Only frames carry the display matrix in PyAV. A picture it cannot decode is copied all the same, unturned.
    codec = stream.codec_context
    if codec is not None:
        limits.check_picture(path, codec.width, codec.height)
    frame = _first_frame(path, stream.index) if codec is not None else None
    rotation = int(frame.rotation) % 360 if frame is not None else 0
    size = (codec.width, codec.height) if codec is not None else (0, 0)
    width, height = size[::-1] if rotation in (90, 270) else size
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return Picture(stream.index, codec.codec.canonical_name if codec else "", width, height, rate, rotation)


def _duration(path: Path, container: Any, streams: list[Any]) -> Seconds:
    """Until the longest stream ends, on the film's clock."""
    zero = (container.start_time or 0) / 1e6
    stated = [_stated(stream) for stream in streams]
    trusted = container.format.name.split(",")[0] in _TRUSTED
    if trusted and all(end is not None for end in stated):
        return max(end for end in stated if end is not None) - zero
    if trusted and container.duration:
        return float(container.duration / 1e6)
    end = scanned(path, [stream.index for stream in streams]) - zero
    if container.format.name == _BOASTING and stated[-1] is not None and stated[-1] - zero > end + SHORTEST:
        lost = stated[-1] - zero - end
        raise BadInput(f"{path} is cut short ({lost:.1f} s are missing); copy or download it again")
    return end


def _stated(stream: Any) -> Seconds | None:
    """When a stream ends, as the header has it; Matroska says it in a tag (hours:minutes:seconds)."""
    start = float((stream.start_time or 0) * stream.time_base)
    if stream.duration:
        return start + float(stream.duration * stream.time_base)
    parts = str(stream.metadata.get("DURATION", "")).split(":")
    with contextlib.suppress(ValueError):
        hours, minutes, seconds = map(float, parts)
        return hours * 3600 + minutes * 60 + seconds
    return None


def scanned(path: Path, indices: list[int]) -> Seconds:
    """When the last packet of some streams ends, in the file's own times. Costs reading the file, not decoding it."""
    ends: dict[int, int] = {}
    with opened(path) as container:
        for packet in container.demux([container.streams[index] for index in indices]):
            if packet.pts is not None:
                at = packet.stream.index
                ends[at] = max(ends.get(at, 0), packet.pts + (packet.duration or 0))
        # A film has hundreds of thousands of packets, and fractions are slow.
        return max((float(end * container.streams[at].time_base) for at, end in ends.items()), default=0.0)
