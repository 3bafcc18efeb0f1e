"""Our own rooms, on numpy and ffmpeg instead of models: probe, fit, place, mix, mux. Each takes a Dub and gives a Dub.

The arithmetic of time lives in `timeline`, the sound in `mix`, ffmpeg in `media`; here they meet the Dub.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dubbench import languages, media, memory, mix
from dubbench.catalog import ROOMS
from dubbench.media import SILENCE_LUFS
from dubbench.mix import bed, levels
from dubbench.mix.meter import metered
from dubbench.stages.base import Progress, quiet
from dubbench.stages.speak import Speak
from dubbench.stages.watermark import Watermark
from dubbench.text import subtitles
from dubbench.timeline.fit import COMFORTABLE, EARLIEST, FASTEST, Piece, Place, plan
from dubbench.types import Dub, Flag, Line, Output, Samples, Seconds, Source, Tracks


def probe(source: Source, dub: Dub, progress: Progress = quiet) -> Dub:
    """Adds `tracks.original`: the film's sound as 48 kHz stereo on the film's clock."""
    store = memory.Memory(dub.folder)
    key = memory.key(source=source.sha256)
    path = store.path("probe", key, ".wav")
    if not path.is_file():
        progress("probe", 0, 1, "reading the sound")
        with memory.replacing(path) as draft:
            media.extract(Path(source.path), draft)
    if dub.tracks.original is None or dub.made_by["probe"].key != key:
        original = media.describe(path, dub.folder)
        dub = dub.but(tracks=Tracks(original=original), made_by=dub.by("probe", "ffmpeg", key))
    return dub


def fit(dub: Dub, speak: Speak, progress: Progress = quiet, *, mark: Watermark | None = None) -> Dub:
    """Adds to each line its `tempo` (the pace to read it at) and a planned place, from estimated durations.

    A line whose take still holds keeps it: editing one line of fifty makes one be spoken again, not its neighbours.
    A line that would end late, start too early or be hurried takes a shorter wording where a machine offered one.
    """
    lines = list(dub.lines)
    pieces = [_piece(dub, speak, line, mark) for line in lines]
    places = plan(pieces, dub.source.duration)
    for i, (line, piece, place) in enumerate(zip(lines, pieces, places, strict=True)):
        progress("fit", i, len(lines), line.id)
        if piece.shortest == piece.natural and line.speech is not None:
            continue
        shorter = _shorter_wording(dub, speak, line, piece, place)
        if shorter != line.translation:
            lines[i] = line.but(translation=shorter)
            pieces[i] = _piece(dub, speak, lines[i], mark)
    places = plan(pieces, dub.source.duration)
    planned = [
        line.but(
            tempo=_pace(dub, speak, line, place, mark),
            placed_start=place.start,
            placed_end=place.end,
            made_by=line.made("fit", _slot(line)),
        )
        for line, place in zip(lines, places, strict=True)
    ]
    progress("fit", len(lines), len(lines), "planned")
    key = memory.key(pieces=[[p.start, p.end, p.natural, p.shortest] for p in pieces], film=dub.source.duration)
    return dub.but(lines=tuple(planned), made_by=dub.by("fit", "dubbench", key))


def holds(dub: Dub, speak: Speak, line: Line, mark: Watermark | None) -> bool:
    """Whether the line's take is still what its text, voice, controls and times ask for."""
    take = line.take
    planned_for = line.made_by.get("fit", _slot(line))
    return take is not None and planned_for == _slot(line) and _said(dub, speak, line, take.pace, mark)


def _said(dub: Dub, speak: Speak, line: Line, pace: float, mark: Watermark | None) -> bool:
    return line.made_by.get(speak.room) == speak.key(dub, line, pace, mark)


def _slot(line: Line) -> str:
    return memory.key(start=line.start, end=line.end)


def _piece(dub: Dub, speak: Speak, line: Line, mark: Watermark | None) -> Piece:
    if line.speech is not None and holds(dub, speak, line, mark):
        return Piece.fixed(line.start, line.end, line.speech.duration)
    natural = speak.natural(dub, line, line.translation or "")
    wished = natural / (speak.controls(dub, line).pace or 1.0)
    return Piece(line.start, line.end, wished, min(wished, natural / FASTEST))


def _pace(dub: Dub, speak: Speak, line: Line, place: Place, mark: Watermark | None) -> float:
    if line.take is not None and holds(dub, speak, line, mark):
        return line.take.pace
    natural = speak.natural(dub, line, line.translation or "")
    pace = natural / place.duration
    # Only a person may wish for more than the plan's own limit. Up to the next hundredth, so that the reading is not
    # longer than planned.
    fastest = max(FASTEST, speak.controls(dub, line).pace or 1.0)
    return min(fastest, math.ceil(round(pace * 100, 3)) / 100) if pace > 1 else round(pace, 2)


def _shorter_wording(dub: Dub, speak: Speak, line: Line, piece: Piece, place: Place) -> str | None:
    misfit = (
        place.end > piece.limit or place.start < piece.start - EARLIEST or place.duration * COMFORTABLE < piece.natural
    )
    if not misfit or line.approved or line.translation not in line.wordings:
        return line.translation
    return min(line.wordings, key=lambda text: (speak.natural(dub, line, text), line.wordings.index(text)))


def place(dub: Dub, speak: Speak) -> Dub:
    """Adds the true place of each line from the length of its speech, and flags what does not fit."""
    pieces = [Piece.fixed(x.start, x.end, x.speech.duration) for x in dub.lines if x.speech is not None]
    places = plan(pieces, dub.source.duration)
    lines = []
    for line, piece, spot in zip(dub.lines, pieces, places, strict=True):
        natural = speak.natural(dub, line, line.translation or "")
        flags = _misfits(piece, spot, dub.source.duration)
        lines.append(
            line.but(
                placed_start=round(spot.start, 4),
                placed_end=round(spot.start, 4) + piece.natural,
                tempo=round(natural / piece.natural, 4),
            ).flagged("place", *flags)
        )
    return dub.but(lines=tuple(lines), made_by=dub.by("place", "dubbench", memory.key(p=[x.start for x in places])))


def _misfits(piece: Piece, spot: Place, film: Seconds) -> tuple[Flag, ...]:
    flags = []
    if spot.end > piece.limit + 0.001:
        flags.append(
            Flag(room="place", name="unfit", detail=f"ends {spot.end - piece.end:.2f} s after its source line")
        )
    if spot.start < piece.start - EARLIEST - 0.001:
        flags.append(Flag(room="place", name="early", detail=f"starts {piece.start - spot.start:.2f} s early"))
    if spot.end > film + 0.1:
        flags.append(Flag(room="place", name="beyond", detail=f"ends {spot.end - film:.2f} s after the film"))
    return tuple(flags)


def mixed(dub: Dub, progress: Progress = quiet) -> tuple[Path, dict[str, Any]]:
    """The dub's sound track as a WAV, and the facts of `mix.Mixed` with its sha256, from memory or made now."""
    store, tracks = memory.Memory(dub.folder), dub.tracks
    assert tracks.original is not None
    placed = [(x.placed_start or 0.0, x.speech) for x in dub.lines if x.speech is not None]
    spans = [(t.start, t.end) for t in dub.turns] + [(x.start, x.end) for x in dub.lines]
    key = memory.key(
        placed=[(start, speech.sha256) for start, speech in placed],
        original=tracks.original.sha256,
        background=tracks.background.sha256 if tracks.background else None,
        speech=tracks.speech.sha256 if tracks.speech else None,
        spans=spans,
        speakers=[x.speaker for x in dub.lines],
        version=mix.VERSION,
    )
    path, facts = store.path("mix", key, ".wav"), store.recall("mix", key)
    if facts is None or not path.is_file():
        progress("mix", 0, 1, "laying the bed")
        lines = [(start, dub.open(speech)) for start, speech in placed]
        floor = store.path("mix", key, ".bed.wav")
        with memory.replacing(floor) as draft:
            bed.build(dub, spans, draft)
        made = mix.mix(
            floor, lines, dub.source.duration, path, speech_lufs=speech_lufs(dub),
            raised=[up for up, x in zip(levels.raised(spoken(dub)), dub.lines, strict=True) if x.speech is not None],
            told=lambda done, total: progress("mix", done, total, "mixing"),
        )  # fmt: skip
        floor.unlink()
        facts = {**asdict(made), "sha256": memory.file_sha256(path)}
        store.keep("mix", key, facts)
    progress("mix", 1, 1, "mixed")
    return path, dict(facts)


def coded(sound: Path) -> Path:
    """The sound of `mixed` as the film will hold it, from memory or made now, by a process of its own."""
    path = sound.with_suffix(media.CODED)
    if not path.is_file():
        with memory.replacing(path) as draft:
            media.code(sound, draft)
    return path


def speech_lufs(dub: Dub) -> float | None:
    """How loud the original's speech is (LUFS, gated over all lines); None when it is silent or there is none."""
    lufs = metered(_originals(dub), peaks=False).loudness.lufs
    return lufs if lufs > SILENCE_LUFS else None


def spoken(dub: Dub) -> list[levels.Spoken]:
    """How loud each line was in the original."""
    return [
        levels.Spoken(line.speaker, metered([samples], peaks=False).loudness.lufs, line.end - line.start)
        for line, samples in zip(dub.lines, _originals(dub), strict=True)
    ]


def _originals(dub: Dub) -> Iterator[Samples]:
    """The original's sound of each line; of its speech alone where that is known, or a loud background would count."""
    track = dub.tracks.speech or dub.tracks.original
    if track is None:
        return
    for line in dub.lines:
        yield media.read(dub.open(track), start=line.start, duration=line.end - line.start).samples


def muxed(dub: Dub, sound: Path, home: Path, *, picture: Path | None = None, progress: Progress = quiet) -> Dub:
    """Writes the film and its subtitles into `home` and adds `output`."""
    progress("mux", 0, 3, "coding the sound")
    track = coded(sound)
    source = dub.source_language or languages.UNKNOWN
    # Where nobody speaks the dub's track is the film's own sound.
    target = dub.target_language if dub.lines else source
    written = write_subtitles(dub, home)
    film = home / "dub.mp4"
    with memory.replacing(film) as draft:
        progress("mux", 1, 3, "writing the film")
        fate = media.mux(
            dub.source, track, draft, source_language=source, target_language=target, title=title(dub),
            subtitles=written, picture=picture, preview=dub.wishes.preview,
        )  # fmt: skip
        progress("mux", 2, 3, "signing the film")
        _sign(dub, draft)
    changed = fate.picture == "encoded" and not dub.wishes.preview
    flags = (Flag(room="mux", name="picture-encoded-again", detail=fate.why),) if changed else ()
    relative = [p.relative_to(dub.folder).as_posix() for p in (film, *_all_subtitles(home, written))]
    output = Output(film=relative[0], sha256=memory.file_sha256(film), subtitles=tuple(relative[1:]))
    progress("mux", 3, 3, "written")
    return dub.but(output=output, made_by=dub.by("mux", "ffmpeg", output.sha256)).flagged("mux", *flags)


def write_subtitles(dub: Dub, home: Path) -> dict[str, Path]:
    """subtitles.<lang>.srt and .vtt for both languages; gives the SRT files by language. Without a line: none."""
    if not dub.lines:
        return {}
    cues = {
        dub.source_language or languages.UNKNOWN: [
            _cue(line.text, line.start, line.end, line.speaker) for line in dub.lines
        ],
        dub.target_language: [
            _cue(line.translation or "", line.placed_start or 0.0, line.placed_end or 0.0, line.speaker)
            for line in dub.lines
        ],
    }
    for language, of in cues.items():
        for suffix in (".srt", ".vtt"):
            with memory.replacing(home / f"subtitles.{language}{suffix}") as draft:
                subtitles.write(draft, of)
    return {language: home / f"subtitles.{language}.srt" for language in cues}


def _cue(text: str, start: Seconds, end: Seconds, speaker: str) -> subtitles.Cue:
    return subtitles.Cue(start=start, end=end, text=text, speaker=speaker)


def _all_subtitles(home: Path, written: dict[str, Path]) -> list[Path]:
    return [path.with_suffix(suffix) for path in written.values() for suffix in (".srt", ".vtt")]


def title(dub: Dub) -> str:
    """What players show for the dub's sound track."""
    return f"{languages.name(dub.target_language)} (AI dub)" if dub.lines else "Original (no speech found)"


def _sign(dub: Dub, film: Path) -> None:
    from dubbench import provenance

    provenance.sign(
        film,
        title=Path(dub.source.path).stem,
        models={room: made.model for room, made in dub.made_by.items() if room in ROOMS} if dub.lines else {},
        source=Path(dub.source.path).name,
        source_sha256=dub.source.sha256,
        generated=bool(dub.lines),
    )
