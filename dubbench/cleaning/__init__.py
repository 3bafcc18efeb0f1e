"""What the folder of a dub can do without: which results, how large, why it is safe, what it costs to have them again.

    kept always   dub.json and all that it speaks of: takes, voices' samples, what was heard, read and translated
    superseded    goes by itself when a dub is finished: mixes before the last, what they were made of, what ears were
                  given, dead drafts
    stale         `dubbench clean`: takes and tracks that no dub.json here speaks of any more
    made again    `dubbench clean --all`: the film's sound, its stems, bed and last mix; from the film, without a loss

Only files that this house names (a content key, in a room's folder) are ever removed. The cache is another room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dubbench import catalog, documents, memory, rooms, slowing
from dubbench.errors import BadInput
from dubbench.types import Audio, Dub, Noun, Seconds

SOUNDS = ("probe", "separate", "speak", "tempo", "voices", "mix", "match", "picture")
"""Rooms whose results are sounds and films, by their folders in `work`. The others keep a few kilobytes a line."""
MADE_AGAIN = ("probe", "separate", "mix", "picture", "lipsync")
PASSING = ("match", "mono")
"""Lines in their speaker's place, which a mix makes anew in 0.01 s each. And the film's sound as ears take it, once
they have heard it."""
KEYED = re.compile(r"(?P<key>[0-9a-f]{32})\.[\w.-]+")
DRAFT = re.compile(r"\.(?P<stem>.+)\.draft-\d+-\d+(?P<suffix>\.\w+)?")
"""Names of results, and of files on their way (`memory.replacing`)."""
OUTPUTS = re.compile(r"dub|manifest|report|subtitles\.\w+")

OWN_RTF = 0.02
"""Seconds that reading and mixing a second of film take, on two cores."""
START: Seconds = 3.0
"""What making a few seconds of them again takes."""


class Waste(Noun):
    """Files that can go, of one kind. `seconds` is about what it takes to make them again; None: nothing needs them."""

    what: str
    why: str
    paths: tuple[Path, ...]
    size: int
    seconds: Seconds | None = None


def waste(folder: str | Path, *, everything: bool = False) -> tuple[Waste, ...]:
    """What the folder of a dub, or of several that share their results, can do without; nothing is removed.

    `everything` adds what can be made again from the film. Raises BadInput: no dub, or a dub.json that cannot be read.
    """
    dubs = _dubs(Path(folder))
    found = [_drafts(dubs), _superseded(dubs), _stale(dubs), *([_again(dubs)] if everything else [])]
    return tuple(one for one in found if one.paths)


def settle(dub: Dub) -> int:
    """Remove what a dub that was just finished has superseded, and give the bytes. Its folder's lock is held.

    Where another language's dub.json cannot be read nobody knows what it needs: then nothing goes.
    """
    try:
        dubs = _dubs(dub.folder)
    except BadInput:
        return 0
    return remove((_drafts(dubs), _superseded(dubs)))


def remove(found: Iterable[Waste]) -> int:
    """Remove files and give how many bytes that freed; one that is gone already frees none."""
    freed = 0
    for path in (path for one in found for path in one.paths):
        try:
            size = path.stat().st_size
            path.unlink()
            freed += size
        except FileNotFoundError:
            continue
    return freed


def home_of(folder: Path) -> Path:
    """The folder whose lock guards the dub or dubs in `folder`."""
    return _dubs(folder)[0][0].folder


def _dubs(folder: Path) -> list[tuple[Dub, Path]]:
    """Every dub that shares its results with those in `folder`, and its home."""
    own = [path.parent for path in (folder / documents.NAME, *sorted(folder.glob(f"*/{documents.NAME}")))]
    homes = [home for home in own if (home / documents.NAME).is_file()]
    if not homes:
        raise BadInput(f"there is no {documents.NAME} in {folder} or in a folder of it; give the folder of a dub")
    root = documents.read(homes[0]).folder
    shared = [root, *sorted(path.parent for path in root.glob(f"*/{documents.NAME}"))]
    dubs = [(documents.read(home), home) for home in shared if (home / documents.NAME).is_file()]
    return [(dub, home) for dub, home in dubs if dub.folder == root]


def _files(root: Path, rooms_: Iterable[str]) -> Iterator[Path]:
    """Results in the folders of rooms, by their names; links and what lies deeper are nobody's of ours."""
    for room in rooms_:
        for path in sorted((root / memory.FOLDER / room).glob("*")):
            if KEYED.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                yield path


def _of(what: str, why: str, paths: Iterable[Path], seconds: Seconds | None = None) -> Waste:
    found = tuple(paths)
    return Waste(what=what, why=why, paths=found, size=sum(path.stat().st_size for path in found), seconds=seconds)


def _drafts(dubs: list[tuple[Dub, Path]]) -> Waste:
    """Files on their way when their process was killed: whoever writes here holds the folder's lock."""
    root = dubs[0][0].folder
    inside = (p for p in sorted((root / memory.FOLDER).glob("*/.*")) if _draft(p, KEYED.fullmatch))
    outside = (p for _, home in dubs for p in sorted(home.glob(".*")) if _draft(p, OUTPUTS.match))
    return _of("drafts", "their process was killed; nothing reads them", [*inside, *outside])


def _draft(path: Path, ours: Callable[[str], object]) -> bool:
    found = DRAFT.fullmatch(path.name)
    return bool(found and ours(found["stem"] + (found["suffix"] or "")) and path.is_file() and not path.is_symlink())


def _superseded(dubs: list[tuple[Dub, Path]]) -> Waste:
    root, kept = dubs[0][0].folder, {path for dub, _ in dubs for path in _last(dub)}
    mixes = [path for path in _files(root, ("mix", "picture")) if path not in kept and path.suffix != ".json"]
    return _of("mixes before the last", "another edit or another mix took their place",
               [*mixes, *(path for path in _files(root, PASSING) if path.suffix != ".json")])  # fmt: skip


def _last(dub: Dub) -> Iterator[Path]:
    """The mix and the slower picture of a dub as it is."""
    if dub.tracks.original is None:
        return
    path = memory.Memory(dub.folder).path("mix", rooms.mix_key(dub), ".wav")
    floor = rooms.bed_path(dub)
    yield from (path, rooms.coded_path(path), floor, rooms.energy_path(floor))
    if dub.picture:
        yield from (slowing.picture_path(dub), slowing.original_path(dub))


def _stale(dubs: list[tuple[Dub, Path]]) -> Waste:
    """Sounds that no dub speaks of, each with what was noted about it."""
    root = dubs[0][0].folder
    kept = {dub.folder / audio.path for dub, _ in dubs for audio in _spoken_of(dub)}
    kept |= {path for dub, _ in dubs for path in _last(dub)}
    rooms_ = [room for room in SOUNDS if room not in ("mix", "picture", *PASSING)]
    files = list(_files(root, rooms_))
    alive = {(path.parent, _key(path)) for path in kept}
    gone = [path for path in files if path not in kept and (path.parent, _key(path)) not in alive]
    return _of("takes and tracks", f"no {documents.NAME} here speaks of them any more", gone)


def _key(path: Path) -> str:
    return path.name.partition(".")[0]


def _spoken_of(dub: Dub) -> Iterator[Audio]:
    """Every sound that a dub speaks of."""
    takes = (take.speech for line in dub.lines for take in line.takes)
    chosen = (line.speech for line in dub.lines)
    tracks = (audio for _, audio in dub.tracks)
    voices = (voice.reference for voice in dub.voices)
    yield from (audio for part in (takes, chosen, tracks, voices) for audio in part if audio is not None)


def _again(dubs: list[tuple[Dub, Path]]) -> Waste:
    root = dubs[0][0].folder
    paths = [path for path in _files(root, MADE_AGAIN) if path.suffix != ".json"]
    return _of("the film's sound, its stems, bed and mix", "they are made again from the film, the same to the sample",
               [path for path in paths if path not in set(_superseded(dubs).paths + _stale(dubs).paths)],
               sum(_costs(dub) for dub, _ in dubs[:1]))  # fmt: skip


def _costs(dub: Dub) -> Seconds:
    made = dub.made_by.get("separate")
    known = catalog.entries()
    rtf = known[made.model].rtf if made is not None and made.model in known else None
    return round(START + (OWN_RTF + (rtf or 0.0)) * dub.source.duration, 1)
