"""The finished film: picture, dub, original and subtitles in one MP4; and hashes that prove a copied picture."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from dubbench import languages
from dubbench.errors import BadInput
from dubbench.media import coding, engine, mark, slower
from dubbench.media.looking import Inside, Picture, look, look_at_picture, opened, picture_of
from dubbench.types import Source

Fate = Literal["copied", "encoded", "none"]

# What MP4 holds by its standards and players show; the rest (VP8, Theora, MJPEG, ProRes ...) must be encoded anew.
_PICTURES = {"h264", "hevc", "vvc", "av1", "vp9", "mpeg4", "mpeg1video", "mpeg2video"}
_SOUNDS = {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"}

_MOST_CODED = 8
"""Channels that AAC has a layout for; more become two."""
# "strict": older versions call FLAC in MP4 an experiment. The queue: subtitles are far apart.
_CONTAINER = {"movflags": "+faststart", "strict": -2, "max_muxing_queue_size": 9999}


@dataclass(frozen=True)
class Muxed:
    """What became of the picture and of the original sound; `why` when either had to be encoded."""

    picture: Fate
    original: Fate
    why: str = ""


def mux(
    source: Source | Path,
    dub: Path,
    to: Path,
    *,
    source_language: str | None,
    target_language: str,
    subtitles: Mapping[str, Path] | None = None,
    title: str | None = None,
    picture: Path | None = None,
    original: Path | None = None,
    preview: bool = False,
) -> Muxed:
    """Write the dubbed film to `to`, an MP4.

        video   0  the source's, copied bit for bit (or that of `picture`, a film that takes its place)
        audio   0  `dub` as AAC (copied if `code` made it), the default, tagged `target_language`, called `title`
                1  the original, copied where MP4 can hold it, not default (or `original`, a file that takes its place)
        text    0… `subtitles` (language: SRT file), the target language's first and default

    A picture that MP4 cannot hold is encoded by libx264, as is one with the mark of a `preview`. Everything keeps its
    place on the film's clock; chapters and tags are kept. Raises BadInput.
    """
    path = Path(source.path) if isinstance(source, Source) else source
    if to.exists() and to.samefile(path):
        raise BadInput(f"{to} is the source itself; write the dub elsewhere")
    inside = look(path)
    shown = inside.picture if picture is None else look_at_picture(picture)
    texts = sorted((subtitles or {}).items(), key=lambda item: item[0] != target_language)
    tags = _tags(source_language, target_language, title, [language for language, _ in texts])
    job = _Job(path, inside, dub, [path for _, path in texts], tags, picture, original, shown, preview)
    return job.done(to)


def copies(source: Source, *, preview: bool = False) -> bool:
    """Whether `mux` takes over the picture of a film as it is (or there is none), which takes next to no time."""
    return not _unfit(look(Path(source.path)).picture, preview)


def _unfit(shown: Picture | None, preview: bool) -> str:
    """Why a picture must be encoded; nothing where it need not be."""
    if shown is not None and preview:
        return "the preview's mark is part of the picture"
    if shown is not None and shown.codec not in _PICTURES:
        return f"MP4 cannot hold a picture in {shown.codec or 'an unknown codec'}"
    return ""


@dataclass(frozen=True)
class _Job:
    """What goes into a film; `shown` is the picture to be seen, in `replacement` or else in the source.

    `original` is a file to be taken for the source's own sound.
    """

    path: Path
    inside: Inside
    dub: Path
    subtitles: list[Path]
    tags: dict[str, Any]
    replacement: Path | None
    original: Path | None
    shown: Picture | None
    preview: bool

    def done(self, to: Path) -> Muxed:
        """Copy what can be. Some old films (packed B-frames, no times) cannot be although MP4 knows their codec."""
        plan = self.plan()
        for retry in ({"sound": True}, {"sound": True, "picture": True}):
            try:
                self.run(plan, to)
                return plan
            except BadInput as error:
                if "copied" not in (plan.picture, plan.original) or str(error).startswith("cannot write"):
                    raise
                plan = replace(self.plan(**retry), why=f"could not be copied: {error}")
        self.run(plan, to)
        return plan

    def plan(self, *, picture: bool = False, sound: bool = False) -> Muxed:
        """What is copied; `picture`, `sound` say what must be encoded whatever its codec."""
        unfit = _unfit(self.shown, self.preview)
        why = [unfit] if unfit else []
        encode_picture = picture or bool(why)
        if self.original is None and self.inside.sound_codec not in _SOUNDS:
            why.append(f"MP4 players cannot play sound in {self.inside.sound_codec}")
            sound = True
        seen: Fate = "none" if self.shown is None else "encoded" if encode_picture else "copied"
        return Muxed(seen, "encoded" if sound else "copied", "; ".join(why))

    def run(self, plan: Muxed, to: Path) -> None:
        film = engine.source(self.path, fflags="+genpts")
        texts = [engine.subtitles(path) for path in self.subtitles]
        own = film[str(self.inside.sound)] if self.original is None else engine.source(self.original)["a:0"]
        own = self._whole_numbers(own) if plan.original == "encoded" else own
        streams = [*self._picture(film, plan), engine.source(self.dub)["a:0"], own, *texts]
        options = {**self._coding(plan), **self.tags, **_CONTAINER}
        stamp = self._stamp()
        pipe = None if stamp is None else stamp.tobytes()
        engine.run(engine.output(streams, to, options), about=self.path, to=to, pipe=pipe)

    def _whole_numbers(self, sound: Any) -> Any:
        """Sound as a coder takes it: infinite samples, and what is no number, would stop it."""
        layout = {"out_chlayout": "stereo", "rematrix_maxval": 1.0} if self.inside.channels > _MOST_CODED else {}
        return sound.filter("aresample", **layout).filter("aformat", sample_fmts="s16")

    def _stamp(self) -> Any | None:
        return mark.drawn(self.shown.width, self.shown.height) if self.preview and self.shown else None

    def _picture(self, film: Any, plan: Muxed) -> list[Any]:
        if self.shown is None:
            return []
        stream = (film if self.replacement is None else engine.source(self.replacement))[str(self.shown.index)]
        if plan.picture == "copied":
            return [stream]
        stamp = self._stamp()
        if stamp is not None:
            stream = engine.stamped(stream, stamp.shape[1], stamp.shape[0])
        # yuv420p, the only form that every player shows, wants even sizes: a row or column is added, none is lost.
        return [stream.filter("pad", "ceil(iw/2)*2", "ceil(ih/2)*2").filter("format", "yuv420p")]

    def _coding(self, plan: Muxed) -> dict[str, Any]:
        coded = self.dub.suffix == ".m4a"
        options: dict[str, Any] = {**coding.options("copy" if coded else "aac"), "c:s": "mov_text"}
        if plan.picture == "copied":
            options["c:v"] = "copy"
            # Apple's players know HEVC in MP4 by this name only.
            options |= {"tag:v": "hvc1"} if self.shown and self.shown.codec == "hevc" else {}
        elif plan.picture == "encoded":
            # A preview is for a look, and soon.
            options |= {**slower.CODING, "crf": 24, "preset": "ultrafast"} if self.preview else slower.CODING
        if plan.original == "copied":
            return {**options, "c:a:1": "copy"}
        channels = self.inside.channels if self.inside.channels <= _MOST_CODED else 2
        return {**options, "c:a:1": "aac", "b:a:1": f"{max(coding.DUB_KBPS, 64 * channels)}k"}


def _tags(source: str | None, target: str, title: str | None, texts: list[str]) -> dict[str, Any]:
    own = "und" if source is None else languages.iso639_2(source)
    tags: dict[str, Any] = {"map_metadata": 0, "map_chapters": 0, "disposition:a:0": "default", "disposition:a:1": 0}
    tags |= _tag("a", 0, languages.iso639_2(target), title or languages.name(target))
    tags |= _tag("a", 1, own, "Original")
    for i, language in enumerate(texts):
        tags |= _tag("s", i, languages.iso639_2(language), languages.name(language))
        tags[f"disposition:s:{i}"] = "default" if language == target else 0
    return tags


def _tag(kind: str, i: int, language: str, title: str) -> dict[str, str]:
    # ffmpeg-python takes each option once, and both of these are called -metadata: two ways to write the same number.
    return {f"metadata:s:{kind}:{i}": f"language={language}", f"metadata:s:{kind}:0{i}": f"title={title}"}


def packets_md5(path: Path) -> list[str]:
    """The MD5 of each packet of the picture as it lies in the file: equal lists prove a copy, bit for bit."""
    with opened(path) as container:
        picture = picture_of(container)
        packets = () if picture is None else container.demux(picture)
        return [hashlib.md5(bytes(packet)).hexdigest() for packet in packets if packet.size]


def frames_md5(path: Path) -> list[str]:
    """The MD5 of each decoded frame of the picture: equal lists prove that nothing of it was lost."""
    with opened(path) as container:
        picture = picture_of(container)
        frames = () if picture is None else container.decode(picture)
        return [hashlib.md5(frame.to_ndarray().tobytes()).hexdigest() for frame in frames]
