"""Dubs as files: dub.json read, migrated and written. Where its folder is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from dubbench import languages, media, records
from dubbench.errors import BadInput, Unsupported
from dubbench.memory import FOLDER
from dubbench.types import SCHEMA, Audio, Dub, Tracks

NAME = "dub.json"
FILM = "dub.mp4"
REPORT = "report.json"
MANIFEST = "manifest.json"
BEYOND = 0.5
"""Seconds by which a line may end after the film: what hears words rounds, and so do people."""

MOST_LINES = 100_000
"""Two a second for longer than any film."""

MIGRATIONS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
"""MIGRATIONS[n] turns a document of schema n + 1 into one of schema n + 2."""


def folder_of(path: Path) -> Path:
    """The folder that the sounds of a dub.json lie in: its own, or the one above when languages share their work."""
    home = path.resolve().parent
    return home.parent if not (home / FOLDER).is_dir() and (home.parent / FOLDER).is_dir() else home


def read(path: str | Path) -> Dub:
    """The dub in a dub.json, or in a folder that holds one, its lines in order of their start.

    Raises BadInput that names the place of a mistake.
    """
    path = Path(path)
    path = path / NAME if path.is_dir() else path
    if not path.exists():
        raise BadInput(f"there is no {NAME} in {path.parent}")
    raw = records.raw(path)
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if not isinstance(schema, int) or isinstance(schema, bool) or not 1 <= schema <= SCHEMA:
        raise BadInput(f"{path} has schema {schema!r}; this version reads 1 to {SCHEMA}: upgrade dubbench")
    for migrate in MIGRATIONS[schema - 1 :]:
        raw = migrate(raw)
    if isinstance(raw.get("lines"), list) and len(raw["lines"]) > MOST_LINES:
        raise BadInput(f"{path} has {len(raw['lines'])} lines, and {MOST_LINES} are the most; cut the film")
    dub = records.checked(Dub, raw, path)
    for name in ("target_language", "source_language"):
        _known(getattr(dub, name), f"{path}: {name}")
    within(dub, path)
    _check_places(dub, path)
    folder = folder_of(path)
    if (folder / FOLDER).is_symlink():
        raise BadInput(f"{folder / FOLDER} is a link, and leads out of the dub's folder; put a folder in its place")
    return dub.but(lines=tuple(sorted(dub.lines, key=lambda line: line.start))).at(folder)


def within(dub: Dub, path: Path) -> None:
    """Refuse lines that end after the film. `path` is for the message. Raises BadInput."""
    late = next((line for line in dub.lines if line.end > dub.source.duration + BEYOND), None)
    if late is not None:
        raise BadInput(f"{path}: line {late.id} ends at {late.end:.1f} s, but the film at {dub.source.duration:.1f} s")


def _check_places(dub: Dub, path: Path) -> None:
    """Refuse sounds that lie outside of the dub's folder: a stranger's dub could take any file of the machine."""
    found = [(f"tracks.{name}", audio) for name, audio in dub.tracks]
    found += [(f"voice {voice.id}", voice.reference) for voice in dub.voices]
    for line in dub.lines:
        found += [(f"line {line.id}", audio) for audio in (line.speech, *(take.speech for take in line.takes))]
    for where, audio in found:
        place = PurePosixPath(audio.path) if audio else PurePosixPath("work")
        if place.is_absolute() or ".." in place.parts or "\0" in str(place):
            raise BadInput(f"{path}: {where}: the sound at '{place}' is not inside the dub's folder; take it out")


def _known(language: str | None, where: str) -> None:
    """Refuse what is no language's code: it is part of the names of files."""
    if language is None or language in languages.LANGUAGES or language == languages.UNKNOWN:
        return
    try:
        code = languages.normalise(language)
    except Unsupported as error:
        raise BadInput(f"{where}: {error}") from None
    raise BadInput(f"{where}: write '{code}' for '{language}'")


def present(dub: Dub) -> Dub:
    """The dub without the results whose files are gone or hold another sound than is said of them: their rooms make
    them again."""

    def here(audio: Audio | None) -> Audio | None:
        return audio if audio is not None and media.holds(dub.open(audio), audio) else None

    tracks = {name: here(audio) for name, audio in dub.tracks}
    lines = (
        line.but(speech=here(line.speech), takes=tuple(take for take in line.takes if here(take.speech)))
        for line in dub.lines
    )
    return dub.but(
        tracks=Tracks(**tracks) if tracks["original"] else Tracks(),
        voices=tuple(voice.but(reference=here(voice.reference)) for voice in dub.voices),
        lines=tuple(lines),
    )


def write(dub: Dub, path: Path) -> None:
    """Write a dub.json whole or not at all; fields that say nothing are left out, so that people can read it."""
    records.write(dub, path)
