"""Our own rooms, on numpy and ffmpeg instead of models: probe, mix, mux. Each takes a Dub and gives a Dub.

The sound lives in `mix`, ffmpeg in `media`; here they meet the Dub. The plan of its time is `fitting`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import languages, matching, media, memory, mix, slowing
from dubbench.catalog import ROOMS
from dubbench.media import SILENCE_LUFS
from dubbench.mix import acoustics, bed, levels, slower
from dubbench.mix.meter import Readings, integrated, metered
from dubbench.stages.base import Progress, quiet
from dubbench.text import subtitles
from dubbench.timeline.picture import on_film
from dubbench.timeline.spans import Span
from dubbench.types import Audio, Dub, Flag, Output, Seconds, Source, Tracks


def probe(source: Source, dub: Dub, progress: Progress = quiet) -> Dub:
    """Adds `tracks.original`: the film's sound as 48 kHz stereo on the film's clock."""
    store = memory.Memory(dub.folder)
    key = memory.key(source=source.sha256)
    path = store.path("probe", key, ".wav")
    if not path.is_file():
        progress("probe", 0, 1, "reading the sound")
        with memory.replacing(path) as draft:
            media.extract(Path(source.path), draft)
    made = dub.made_by.get("probe")
    if dub.tracks.original is None or made is None or made.key != key:
        original = media.describe(path, dub.folder)
        dub = dub.but(tracks=Tracks(original=original), made_by=dub.by("probe", "ffmpeg", key))
    return dub


def mixed(dub: Dub, progress: Progress = quiet) -> tuple[Path, dict[str, Any]]:
    """The dub's sound track as a WAV, and the facts of `mix.Mixed` with its sha256, from memory or made now. It is
    coded with it."""
    store, key = memory.Memory(dub.folder), mix_key(dub)
    path, facts = store.path("mix", key, ".wav"), store.recall("mix", key)
    if facts is None or not path.is_file():
        progress("mix", 0, 1, "laying the bed")
        floor, voices = laid(dub), matching.matched(dub)
        ups = [up for up, x in zip(levels.raised(spoken(dub)), dub.lines, strict=True) if x.speech is not None]
        lines = [
            mix.Speech(start, voice.path, voice.ringing, up, voice.lufs)
            for (start, _), voice, up in zip(_placed(dub), voices, ups, strict=True)
        ]
        with memory.replacing(coded_path(path)) as coded_draft:
            made = mix.mix(
                floor, lines, slowing.film_duration(dub), path, coded=coded_draft,
                energy=_energy(floor) if lines else None, speech_lufs=speech_lufs(dub),
                told=lambda done, total: progress("mix", done, total, "mixing"),
            )  # fmt: skip
        facts = {**asdict(made), "sha256": memory.file_sha256(path)}
        store.keep("mix", key, facts)
    progress("mix", 1, 1, "mixed")
    return path, dict(facts)


def ground(dub: Dub) -> None:
    """What a mix needs of the original alone, made and remembered: the bed and how loud it is, how loud the lines were
    and where their speakers were recorded."""
    _energy(laid(dub))
    spoken(dub)
    for who in dub.speakers:
        matching.original(dub, [line for line in dub.lines if line.speaker == who])


def laid(dub: Dub) -> Path:
    """The bed under the dub's speech, from memory or made now: other takes lie on the same."""
    path = bed_path(dub)
    if not path.is_file():
        with memory.replacing(path) as draft:
            slowing.lay_bed(dub, _spans(dub), draft)
    return path


def _energy(floor: Path) -> Readings:
    """How loud a bed of `laid` is, frame by frame, from memory or weighed now."""
    path = energy_path(floor)
    if not path.is_file():
        with memory.replacing(path) as draft:
            np.save(draft, mix.weighed(floor))
    energy: Readings = np.load(path)
    return energy


def energy_path(floor: Path) -> Path:
    """Where it lies how loud a bed is, once it was weighed."""
    return floor.with_suffix(".npy")


def bed_path(dub: Dub) -> Path:
    """Where the bed of a dub as it is lies, once it is laid."""
    store, tracks, spans = memory.Memory(dub.folder), dub.tracks, _spans(dub)
    key = memory.key(
        tracks=[audio.sha256 if audio else None for audio in (tracks.original, tracks.background)],
        spans=spans,
        version=mix.VERSION,
        **({"picture": dub.picture, "slower": slower.VERSION} if dub.picture else {}),
    )
    return store.path("mix", key, ".bed.wav")


def mix_key(dub: Dub) -> str:
    """The content key of the mix of a dub as it is."""
    tracks = dub.tracks
    assert tracks.original is not None
    return memory.key(
        placed=[(start, speech.sha256) for start, speech in _placed(dub)],
        original=tracks.original.sha256,
        background=tracks.background.sha256 if tracks.background else None,
        speech=tracks.speech.sha256 if tracks.speech else None,
        spans=_spans(dub),
        speakers=[x.speaker for x in dub.lines],
        version=(mix.VERSION, acoustics.VERSION),
        **({"picture": dub.picture, "slower": slower.VERSION} if dub.picture else {}),
    )


def _placed(dub: Dub) -> list[tuple[Seconds, Audio]]:
    return [(x.placed_start or 0.0, x.speech) for x in dub.lines if x.speech is not None]


def _spans(dub: Dub) -> list[Span]:
    """Where somebody speaks in the original."""
    return bed.spoken([(t.start, t.end) for t in dub.turns], [(x.start, x.end) for x in dub.lines])


def coded(sound: Path) -> Path:
    """The sound of `mixed` as the film will hold it: coded with it, or now."""
    path = coded_path(sound)
    if not path.is_file():
        with memory.replacing(path) as draft:
            media.code(sound, draft)
    return path


def coded_path(sound: Path) -> Path:
    """Where the sound of `mixed` lies as the film will hold it, made or not."""
    return sound.with_suffix(media.CODED)


def speech_lufs(dub: Dub) -> float | None:
    """How loud the original's speech is (LUFS, gated over all lines); None when it is silent or there is none."""
    lufs, _ = _original_levels(dub)
    return lufs if lufs > SILENCE_LUFS else None


def spoken(dub: Dub) -> list[levels.Spoken]:
    """How loud each line was in the original."""
    _, each = _original_levels(dub)
    return [levels.Spoken(x.speaker, lufs, x.end - x.start) for x, lufs in zip(dub.lines, each, strict=True)]


def _original_levels(dub: Dub) -> tuple[float, list[float]]:
    """LUFS of the original's lines together and of each, from memory or measured now: other takes change neither.

    Of its speech alone where that is known, or a loud background would count.
    """
    track = dub.tracks.speech or dub.tracks.original
    if track is None or not dub.lines:
        return SILENCE_LUFS, [SILENCE_LUFS] * len(dub.lines)
    store, spans = memory.Memory(dub.folder), [(line.start, line.end) for line in dub.lines]
    key = memory.key(sound=track.sha256, spans=spans, version=mix.VERSION)
    kept = store.recall("levels", key)
    if kept is None:
        path = dub.open(track)
        read = [metered([media.read(path, start=a, duration=b - a).samples], peaks=False) for a, b in spans]
        whole = integrated(np.concatenate([one.energy for one in read]), sum(one.samples for one in read))
        kept = [whole, [one.loudness.lufs for one in read]]
        store.keep("levels", key, kept)
    whole, each = kept
    return float(whole), [float(lufs) for lufs in each]


def muxed(dub: Dub, sound: Path, home: Path, *, picture: Path | None = None, progress: Progress = quiet) -> Dub:
    """Writes the film and its subtitles into `home` and adds `output`; `picture` is shown instead of the source's."""
    progress("mux", 0, 2, "writing the film")
    film, written = home / "dub.mp4", write_subtitles(dub, home)
    with memory.replacing(film) as draft:
        fate = media.mux(
            dub.source, coded(sound), draft, source_language=_source(dub), target_language=_target(dub),
            title=title(dub), subtitles=written, picture=picture, original=slowing.slow_original(dub),
            preview=dub.wishes.preview,
        )  # fmt: skip
        _sign(dub, draft)
    changed = fate.picture == "encoded" and not dub.wishes.preview
    flags = (Flag(room="mux", name="picture-encoded-again", detail=fate.why),) if changed else ()
    progress("mux", 1, 2, "hashing the film")
    relative = [p.relative_to(dub.folder).as_posix() for p in (film, *_all_subtitles(home, written))]
    output = Output(film=relative[0], sha256=memory.file_sha256(film), subtitles=tuple(relative[1:]))
    progress("mux", 2, 2, "written")
    return dub.but(output=output, made_by=dub.by("mux", "ffmpeg", output.sha256)).flagged("mux", *flags)


def _source(dub: Dub) -> str:
    return dub.source_language or languages.UNKNOWN


def _target(dub: Dub) -> str:
    """What the dub's track speaks: where nobody speaks it is the film's own sound."""
    return dub.target_language if dub.lines else _source(dub)


def write_subtitles(dub: Dub, home: Path) -> dict[str, Path]:
    """subtitles.<lang>.srt and .vtt for both languages; gives the SRT files by language. Without a line: none."""
    if not dub.lines:
        return {}
    cues = {
        _source(dub): [
            _cue(line.text, on_film(dub.picture, line.start), on_film(dub.picture, line.end), line.speaker)
            for line in dub.lines
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
