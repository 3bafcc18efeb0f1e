"""`dub`: from a film and a wish to a finished dub. What people bring (texts, voices, terms) enters here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, overload

from pydantic import ValidationError

from dubbench import brought, casting, catalog, documents, door, edits, languages, media, memory, textfiles
from dubbench import people as cast_memory
from dubbench.brought import with_transcript
from dubbench.cleaning import cache
from dubbench.errors import BadInput
from dubbench.run import Run
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.text.glossary import read as read_glossary
from dubbench.text.pronunciations import read as read_pronunciations
from dubbench.types import Dub, Line, Source, Wishes


@overload
def dub(source: str | Path, to: str, **options: object) -> Dub: ...
@overload
def dub(source: str | Path, to: list[str] | tuple[str, ...], **options: object) -> list[Dub]: ...
def dub(  # type: ignore[misc]
    source: str | Path,
    to: str | list[str] | tuple[str, ...],
    *,
    out: str | Path | None = None,
    source_language: str | None = None,
    cast: str = "default",
    models: Mapping[str, str] | None = None,
    transcript: str | Path | None = None,
    translation: str | Path | None = None,
    voices: Mapping[str, str] | None = None,
    consents: Mapping[str, str] | None = None,
    speakers: int | None = None,
    people: str | Path | None = None,
    glossary: str | Path | None = None,
    pronunciations: str | Path | None = None,
    preview: bool = False,
    lipsync: bool = False,
    slow_picture: bool = False,
    watermark: bool = True,
    progress: Progress = quiet,
) -> Dub | list[Dub]:
    """Dub a film into one language, or into several that share what was understood of it.

    `out` is the folder to write (default: the film's name with the language, beside you); with several languages each
    gets a folder inside. `source_language` is guessed unless given. `cast` and `models` ({"speak": "pico"}) choose who
    plays which part. `transcript` and `translation` are SRT or VTT files, `glossary` a table of terms, `pronunciations`
    one of words and how they are said; `voices` maps a speaker to a voice's name, `consents` to who allowed theirs to
    be cloned, `speakers` says how many there are. `people` is a file that remembers who speaks in a project's films and
    with which voice: it is made, read and added to (`dubbench.people`). `slow_picture` plays the picture slower where a
    line would not fit otherwise. If `out` already holds this film's dub, only what changed is done again.

    Raises BadInput, Missing, Unsupported, AdapterFailed, Refused; the source is never written to.
    """
    runs = prepared(
        source, to, out=out, source_language=source_language, cast=cast, models=models, transcript=transcript,
        translation=translation, voices=voices, consents=consents, speakers=speakers, people=people,
        glossary=glossary, pronunciations=pronunciations, preview=preview, lipsync=lipsync, slow_picture=slow_picture,
        watermark=watermark,
        progress=progress,
    )  # fmt: skip
    for run in runs:
        fetch(run)
    dubs = [run.walk() for run in runs]
    return dubs[0] if isinstance(to, str) else dubs


def prepared(
    source: str | Path,
    to: str | list[str] | tuple[str, ...],
    *,
    out: str | Path | None = None,
    source_language: str | None = None,
    cast: str = "default",
    models: Mapping[str, str] | None = None,
    transcript: str | Path | None = None,
    translation: str | Path | None = None,
    voices: Mapping[str, str] | None = None,
    consents: Mapping[str, str] | None = None,
    speakers: int | None = None,
    people: str | Path | None = None,
    glossary: str | Path | None = None,
    pronunciations: str | Path | None = None,
    preview: bool = False,
    lipsync: bool = False,
    slow_picture: bool = False,
    watermark: bool = True,
    progress: Progress = quiet,
) -> list[Run]:
    """The walks that `dub` would make with the same arguments, one a language, everything asked for checked.

    Nothing is written, fetched or loaded. Raises BadInput, Missing, Unsupported.
    """
    targets = [languages.normalise(code) for code in ([to] if isinstance(to, str) else to)]
    if not targets or len(set(targets)) != len(targets):
        raise BadInput("say each language to dub into once, for instance: --to pt --to es")
    spoken = languages.normalise(source_language) if source_language else None
    if spoken in targets:
        raise BadInput(f"the film already speaks {languages.name(spoken)}; choose another language with --to")
    wishes = wished(
        cast=cast, models=models or {}, speakers=speakers, preview=preview, lipsync=lipsync, slow_picture=slow_picture,
        watermark=watermark, people=_whole(people),
    )  # fmt: skip
    own_lines, own_translation, terms = _path(transcript), _path(translation), _path(glossary)
    readings = _path(pronunciations)
    if own_translation and len(targets) > 1:
        raise BadInput("a translation file is in one language: give one --to with --translation")
    film = media.probe(Path(source))
    worded = own_lines is not None and own_translation is not None
    stages = {target: stages_for(wishes, spoken, target, worded=worded, progress=progress) for target in targets}
    folder = Path(out) if out else Path(f"{Path(source).stem}.{'-'.join(targets)}")
    homes = {target: folder if len(targets) == 1 else folder / target for target in targets}
    for home in homes.values():
        own = (Path(source), own_lines, own_translation, terms, readings, Path(people) if people else None)
        door.check(home, own)
    door.check_space(folder, film.duration, size=Path(film.path).stat().st_size, languages=len(targets))
    runs = []
    for target, home in homes.items():
        started = begin(film, target, home, folder, source_language=spoken, wishes=wishes)
        if terms:
            started = started.but(glossary=read_glossary(terms))
        if readings:
            started = started.but(pronunciations=read_pronunciations(readings, target))
        if own_lines:
            brought_lines = with_transcript(started, own_lines)
            edits.guard(started, brought_lines, home)
            started = brought_lines
        if own_translation:
            brought.check(started, own_translation)
        check_voices(started, stages[target], named(voices))
        check_people(wishes, stages[target])
        run = Run(
            started, home, cast_of(wishes), stages[target], progress, voices=named(voices), consents=named(consents)
        )
        run.translation = own_translation
        runs.append(run)
    return runs


def check_voices(dub: Dub, stages: Mapping[str, Stage], voices: Mapping[str, str]) -> None:
    """Refuse voices that the speaking model does not have; who speaks is not known yet. Raises BadInput.

    A model that runs apart is not asked: its environment would have to be built first.
    """
    from dubbench.apart import Apart

    speak: Any = stages["speak"]
    if voices and not isinstance(speak, Apart):
        asked = tuple(Line(id=f"L{i}", start=0.0, end=0.0, text="", speaker=who) for i, who in enumerate(voices))
        casting.cast_voices(dub.but(lines=asked, voices=()), speak, voices)


def check_people(wishes: Wishes, stages: Mapping[str, Stage]) -> None:
    """Refuse a file of people that cannot be used. A model that runs apart is not asked here. Raises BadInput."""
    from dubbench.apart import Apart

    diarize = stages.get("diarize")
    if wishes.people is not None and not isinstance(diarize, Apart):
        cast_memory.check(Path(wishes.people), diarize)


def fetch(run: Run) -> None:
    """Bring the weights that a walk wants, before any work is done, and keep the cache under its limit.

    A room whose part of the dub is its model's already wants none until something is edited; then they come late.
    Raises Missing, BadInput.
    """
    for room, stage in run.stages.items():
        if stage.weights.files and not _played(run.dub, room, stage.name):
            stage.weights.folder()
    cache.trim(keep=_cast(tuple(run.stages.values())))


def _cast(stages: Sequence[Stage]) -> set[str]:
    """Names in the cache of what a walk needs: weights by their model, environments by their hash."""
    from dubbench.apart import Apart, environments

    places = {environments.folder(stage.needs).name for stage in stages if isinstance(stage, Apart) and stage.needs}
    return places | {stage.name for stage in stages}


def _played(dub: Dub, room: str, model: str) -> bool:
    """Whether a room's part of the dub is the model's already, or nobody's. Takes are marked as they are spoken."""
    if room == "watermark":
        return "speak" in dub.made_by or not dub.wishes.watermark
    made = dub.made_by.get(room)
    return made is not None and made.model == model


def redub(folder: str | Path, progress: Progress = quiet, **asked: Any) -> Run:
    """Walk again through the dub in `folder` after its dub.json was edited: only what changed is done again.

    `asked` is what `prepared_again` takes. Raises what `dub` raises.
    """
    run = prepared_again(folder, progress, **asked)
    fetch(run)
    run.walk()
    return run


def prepared_again(
    folder: str | Path,
    progress: Progress = quiet,
    *,
    source: str | Path | None = None,
    voices: Mapping[str, str] | None = None,
    consents: Mapping[str, str] | None = None,
    translation: str | Path | None = None,
    glossary: str | Path | None = None,
    pronunciations: str | Path | None = None,
    **wishes: Any,
) -> Run:
    """The walk that `redub` would make with the same arguments, everything asked for checked; nothing is written.

    It is asked for as it was before, but for what is given: `source` is where the film is now; `wishes` are `cast`,
    `models`, `speakers`, `preview`, `lipsync`, `slow_picture`, `watermark` and `people` of `dub`.
    """
    home = Path(folder)
    if "people" in wishes:
        wishes["people"] = _whole(wishes["people"])
    known = documents.read(home)
    if source is not None:
        known = known.but(source=known.source.but(path=str(Path(source).absolute())))
    own_translation, terms, readings = _path(translation), _path(glossary), _path(pronunciations)
    known = known.but(source=door.same_film(known, home))
    documents.within(known, home / documents.NAME)
    known = known.but(wishes=wished(**{**dict(known.wishes), **wishes}))
    if terms:
        known = known.but(glossary=read_glossary(terms))
    if readings:
        known = known.but(pronunciations=read_pronunciations(readings, known.target_language))
    told = known.source_language if known.language_confidence is None else None
    worded = _all_worded(known) or (own_translation is not None and _own_lines(known))
    stages = stages_for(known.wishes, told, known.target_language, worded=worded, progress=progress)
    if own_translation:
        brought.check(known, own_translation)
    check_voices(known, stages, named(voices))
    check_people(known.wishes, stages)
    run = Run(known, home, cast_of(known.wishes), stages, progress, voices=named(voices), consents=named(consents))
    run.translation = own_translation
    return run


def _all_worded(dub: Dub) -> bool:
    """Whether every line's translation is a person's, so that no model has to know the pair of languages."""
    return bool(dub.lines) and all(line.translation and "translate" not in line.made_by for line in dub.lines)


def _own_lines(dub: Dub) -> bool:
    """Whether a person brought the lines."""
    made = dub.made_by.get("transcribe")
    return made is not None and made.model == brought.PERSON


def wished(**fields: Any) -> Wishes:
    """`Wishes`, checked. Raises BadInput naming what is wrong."""
    try:
        return Wishes(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{where}: {first['msg']}, not {first['input']!r}") from None


def named(voices: Mapping[str, str] | None) -> Mapping[str, str]:
    """What was asked for by speaker. Raises BadInput for what is no such table."""
    if voices is not None and not isinstance(voices, Mapping):
        raise BadInput(
            f"voices and consents are tables of names by speaker, for instance {{'A': 'pm_alex'}}, not {voices!r}"
        )
    return voices or {}


def cast_of(wishes: Wishes) -> catalog.Cast:
    """The cast a person asked for, with the parts given to others."""
    return catalog.cast(wishes.cast, **wishes.models)


def stages_for(
    wishes: Wishes, source: str | None, target: str, *, worded: bool = False, progress: Progress = quiet
) -> dict[str, Stage]:
    """Every model that will be needed, asked at the door; no translator where a person worded every line (`worded`).

    Raises Unsupported, Missing, BadInput.
    """
    cast = cast_of(wishes)
    without = ("lipsync", "translate") if worded else ("lipsync",)
    stages = catalog.check(cast, source, target, without=without, progress=progress)
    if wishes.lipsync:
        lipsync = cast.choose("lipsync", progress=progress)
        if lipsync is None:
            names = [name for name, entry in catalog.entries().items() if entry.room == "lipsync"]
            raise BadInput(f"cast '{wishes.cast}' moves no lips; choose who does: --model lipsync={'|'.join(names)}")
        stages["lipsync"] = lipsync
    return stages


def begin(film: Source, target: str, home: Path, folder: Path, *, source_language: str | None, wishes: Wishes) -> Dub:
    """The dub to go on with: the one in `home` if it is of this film and language, else a new one."""
    if (home / documents.NAME).is_file():
        known = documents.read(home)
        if known.source.sha256 != film.sha256 or known.target_language != target:
            raise BadInput(f"{home} holds another dub; choose another folder with --out")
        known = known.but(source=film, wishes=wishes)
        if source_language in (None, known.source_language):
            return known
        return known.but(source_language=source_language, language_confidence=None)
    fresh = Dub(
        id=memory.key(source=film.sha256, target=target)[:12],
        source=film,
        target_language=target,
        source_language=source_language,
        wishes=wishes,
    )
    return fresh.at(folder)


def _whole(people: str | Path | None) -> str | None:
    """The path as it is remembered in the dub: from the root, since the next walk may start elsewhere."""
    if people is None:
        return None
    textfiles.nameable(Path(people))
    return str(Path(people).resolve())


def _path(value: str | Path | None) -> Path | None:
    if value is None:
        return None
    textfiles.nameable(Path(value))
    if not Path(value).is_file():
        raise BadInput(f"there is no file {value}")
    return Path(value)
