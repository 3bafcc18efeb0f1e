"""What follows a picture that is played slower (`Dub.picture`): the picture itself, the bed, the original sound.

The map is the plan's (`fitting.place`); how a picture and a sound become longer is `media.slower`'s and `mix.slower`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from dubbench import media, memory
from dubbench.media import slower as pictures
from dubbench.mix import bed
from dubbench.mix import slower as sounds
from dubbench.stages.base import Progress, quiet
from dubbench.timeline.picture import on_film, stretches
from dubbench.timeline.spans import Span
from dubbench.types import Dub, Seconds

ROOM = "picture"


def film_duration(dub: Dub) -> Seconds:
    """How long the picture lasts on the film's clock."""
    return on_film(dub.picture, dub.source.duration)


def slow_picture(dub: Dub, progress: Progress = quiet) -> Path | None:
    """The slower picture as a film without sound, from memory or made now; None where it keeps its speed."""
    if not dub.picture:
        return None
    path = picture_path(dub)
    if not path.is_file():
        progress(ROOM, 0, 1, "slowing the picture")
        with memory.replacing(path) as draft:
            pictures.slow(Path(dub.source.path), stretches(dub.picture), partial(on_film, dub.picture), draft)
    progress(ROOM, 1, 1, "slowed")
    return path


def slow_original(dub: Dub) -> Path | None:
    """The original's sound to go with the slower picture, coded as the film will hold it; None where nothing is slower.

    Stereo, whatever the film has. From memory or made now.
    """
    if not dub.picture:
        return None
    assert dub.tracks.original is not None
    path = original_path(dub)
    if not path.is_file():
        with memory.passing(path.with_suffix(".wav")) as wav, memory.replacing(path) as draft:
            sounds.slow(dub.open(dub.tracks.original), stretches(dub.picture), wav)
            media.code(wav, draft)
    return path


def picture_path(dub: Dub) -> Path:
    """Where the slower picture of a dub as it is lies, made or not."""
    key = memory.key(source=dub.source.sha256, picture=dub.picture, version=pictures.VERSION)
    return memory.Memory(dub.folder).path(ROOM, key, ".mp4")


def original_path(dub: Dub) -> Path:
    """Where the original's sound that goes with the slower picture lies, made or not."""
    assert dub.tracks.original is not None
    key = memory.key(sound=dub.tracks.original.sha256, picture=dub.picture, version=sounds.VERSION)
    return memory.Memory(dub.folder).path(ROOM, key, media.CODED)


def lay_bed(dub: Dub, spans: Iterable[Span], to: Path) -> None:
    """Write the bed (`mix.bed`) on the film's clock; `spans` are on the source's."""
    if not dub.picture:
        bed.build(dub, spans, to)
        return
    with memory.passing(to) as own:
        bed.build(dub, spans, own)
        sounds.slow(own, stretches(dub.picture), to)
