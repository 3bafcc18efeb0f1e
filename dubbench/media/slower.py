"""A picture played slower in places: a film without sound, on the new clock, its chapters moved, its tags kept.

frames of the source    | | | | | | | |
their new times         | | |   |   |  | |        each where the map has it
frames written          | | | | | | | | | |       at the source's rate, some of them twice
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from dubbench.errors import BadInput
from dubbench.media import engine
from dubbench.media.looking import look, opened, picture_of
from dubbench.types import Seconds

VERSION = 1
"""Raised when the same input would give another film."""
CODING = {"c:v": "libx264", "crf": 18, "preset": "veryfast"}
"""18 cannot be told from the source by eye."""
MOST = Fraction(120)
"""Frames a second beyond which a rate is a guess from odd times, not a film's."""


def slow(
    source: Path,
    stretches: Sequence[tuple[Seconds, Seconds, Seconds]],
    moved: Callable[[Seconds], Seconds],
    to: Path,
) -> None:
    """Write the picture of `source` to `to`, an MP4 without sound at a constant rate.

    `stretches` say from when to when on the source's clock the picture lasts how many seconds longer; `moved` gives the
    new time of each of the source's. A picture that begins late shows its first frame until then. Raises BadInput.
    """
    inside = look(source)
    if inside.picture is None:
        raise BadInput(f"{source} has no moving picture to play slower")
    bare = to.with_name(f"{to.stem}.bare{to.suffix}")
    # The file's own times (copyts), for ffmpeg takes 0 from the streams it is asked for, and the sound may be first.
    seen = engine.source(source, copyts=None, fflags="+genpts")[str(inside.picture.index)]
    seen = seen.filter("setpts", _times(stretches, inside.zero))
    seen = seen.filter("fps", fps=str(_rate(source, inside.picture.frame_rate)), start_time=0)
    # yuv420p, the only form that every player shows, wants even sizes: a row or column is added, none is lost.
    seen = seen.filter("pad", "ceil(iw/2)*2", "ceil(ih/2)*2").filter("format", "yuv420p")
    try:
        engine.run(engine.output([seen], bare, {**CODING, "map_chapters": -1}), about=source, to=bare)
        _chaptered(bare, source, inside.zero, moved, to)
    finally:
        bare.unlink(missing_ok=True)


def _times(stretches: Sequence[tuple[Seconds, Seconds, Seconds]], zero: Seconds) -> str:
    """The new time of a frame as ffmpeg's expression: its own, and what each stretch has added until then."""
    added = [f"{more / (end - start):.7g}*clip(T-{zero + start:.4f},0,{end - start:.4f})"
             for start, end, more in stretches]  # fmt: skip
    return f"(T-{zero:.6f}+{_sum(added)})/TB"


def _sum(terms: Sequence[str]) -> str:
    """Halves in brackets: ffmpeg refuses expressions over a hundred deep, and a plain sum is as deep as it is long."""
    if len(terms) < 2:
        return "".join(terms) or "0"
    half = len(terms) // 2
    return f"({_sum(terms[:half])}+{_sum(terms[half:])})"


def _rate(source: Path, average: float) -> Fraction:
    """Frames a second: the rate at which the frames come, or on average where their times are odd."""
    with opened(source) as container:
        stream = picture_of(container)
        guessed = stream.guessed_rate if stream is not None else None
    return guessed if guessed and guessed <= MOST else Fraction(average).limit_denominator(1001)


def _chaptered(bare: Path, source: Path, zero: Seconds, moved: Callable[[Seconds], Seconds], to: Path) -> None:
    """The same packets with the source's chapters at their new times."""
    import av

    with opened(source) as film:
        chapters = [_moved(chapter, zero, moved) for chapter in film.chapters()]
    with opened(bare) as made, av.open(engine.url(to), "w", options={"movflags": "+faststart"}) as out:
        out.metadata.update(made.metadata)
        out.set_chapters(chapters)
        stream = out.add_stream_from_template(made.streams.video[0])
        for packet in made.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)


def _moved(chapter: Any, zero: Seconds, moved: Callable[[Seconds], Seconds]) -> Any:
    base = chapter["time_base"]
    start, end = (round(moved(float(chapter[edge] * base) - zero) / base) for edge in ("start", "end"))
    return {**chapter, "start": start, "end": end}
