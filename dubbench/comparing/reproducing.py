"""A dub made again from its manifest, walk by walk, and compared with what is there. What is compared: `comparing`.

manifest   walk 1 ─▶ walk 2 ─▶ walk 3        what went into each
again      walk 1 ─▶ walk 2 ─▶ walk 3        in a folder of its own, from the film on
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dubbench import comparing, documents, dubbing, manifest, memory, people, records
from dubbench.comparing import Compared
from dubbench.errors import BadInput, Refused
from dubbench.manifest import Manifest, Walk, changes, machine
from dubbench.processes import passing
from dubbench.run import Run
from dubbench.stages.base import Progress, quiet
from dubbench.types import Dub, FrozenDict, Noun
from dubbench.voices import file as voice_file


class Reproduced(Noun):
    """A dub beside the same made again. `differs` says what is not here as it was there: (then, now) by name."""

    rooms: tuple[Compared, ...]
    differs: FrozenDict[str, tuple[str, str]]

    @property
    def same(self) -> bool:
        """Whether every room made the same; what cannot be compared, for it is gone, does not count."""
        return all(room.same is not False for room in self.rooms)


def reproduce(
    folder: str | Path, *, source: str | Path | None = None, out: str | Path | None = None, progress: Progress = quiet
) -> Reproduced:
    """Make the dub in `folder` again from its manifest, edits and brought texts included, and compare.

    `source` is where the film is now, if not where it was; `out` a new folder to keep the second dub in. Raises
    BadInput (no manifest; the film is gone or another; a model nobody knows any more) and what `dub` raises.
    """
    home = Path(folder).resolve()
    known, told = documents.read(home), manifest.read(home)
    film = _film(known, home, source)
    if not told.walks[-1].finished:
        raise BadInput(f"{home} is not finished; go on with it: dubbench dub {shlex.quote(str(home))}")
    _allowed(known)
    with _place(out) as place:
        again, run = _walked(told, film, place, progress)
        rooms = comparing.rooms(known, again, home, place)
    return Reproduced(rooms=rooms, differs=_differences(told, run))


def _film(known: Dub, home: Path, source: str | Path | None) -> Path:
    """The film that the dub was made from. Raises BadInput."""
    path = Path(source or known.source.path)
    again = f"dubbench reproduce {shlex.quote(str(home))} --source FILM"
    if not path.is_file():
        raise BadInput(f"the film is not at {path}; say where it is: {again}")
    if memory.file_sha256(path) != known.source.sha256:
        raise BadInput(f"{path} is not the film this dub was made from (sha256 {known.source.sha256}); give that one: "
                       f"{again}")  # fmt: skip
    return path.resolve()


def _allowed(dub: Dub) -> None:
    """Refuse to speak as somebody again who took their consent back since. Raises Refused."""
    files = [Path(voice.file) for voice in dub.voices if voice.blend and voice.file]
    for path in files:
        if path.is_file():
            voice_file.opened(path)
    if dub.wishes.people is None or not Path(dub.wishes.people).is_file():
        return
    withdrawn = {p.id: p.consent for p in people.read(Path(dub.wishes.people)).people if p.consent}
    for voice in dub.voices:
        consent = withdrawn.get(voice.person or "")
        if voice.blend and consent is not None and consent.withdrawn:
            raise Refused(f"{consent.who} took back the consent to use their voice on {consent.withdrawn}")


@contextmanager
def _place(out: str | Path | None) -> Iterator[Path]:
    """An empty folder to work in, gone afterwards unless it was named."""
    if out is None:
        with passing.folder("again") as folder:
            yield folder.resolve()
        return
    if Path(out).exists() and any(Path(out).iterdir()):
        raise BadInput(f"{out} is not empty; choose a new folder with --out")
    Path(out).mkdir(parents=True, exist_ok=True)
    yield Path(out).resolve()


def _walked(told: Manifest, film: Path, place: Path, progress: Progress) -> tuple[Dub, Run]:
    (place / memory.FOLDER).mkdir()
    for walk in told.walks:
        before = {} if walk.whole else manifest.plain(documents.read(place))
        began = changes.patched(before, walk.began)
        records.put(manifest.document(_here(began, film)), place / documents.NAME)
        run = dubbing.prepared_again(place, progress, **_asked(walk, place))
        dubbing.fetch(run)
        run.walk()
    return run.dub, run


def _here(began: Mapping[str, Any], film: Path) -> dict[str, Any]:
    """The document with the film where it is now, and without the file of people, whose voices are asked for."""
    wishes = {name: value for name, value in began.get("wishes", {}).items() if name != "people"}
    return {**began, "source": {**began["source"], "path": str(film)}, "wishes": wishes}


def _asked(walk: Walk, place: Path) -> dict[str, Any]:
    """What was asked for beside the document, brought files written out."""
    brought = place / memory.FOLDER / "brought"
    voices, translation = dict(walk.voices), None
    for i, (name, text) in enumerate(walk.files.items()):
        path = brought / (f"{i}.srt" if name == manifest.TRANSLATION else f"{i}{voice_file.SUFFIX}")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        if name == manifest.TRANSLATION:
            translation = path
        else:
            voices[name] = str(path)
    return {"voices": voices, "consents": dict(walk.consents), "translation": translation}


def _differences(told: Manifest, run: Run) -> dict[str, tuple[str, str]]:
    """What of models and machine is not here as it was at any of the walks; those where all is the same say nothing."""
    now, found = machine.here(), dict[str, tuple[str, str]]()
    for walk in told.walks:
        found |= machine.differences(walk.machine, now) if walk.machine else {}
        for room, model in walk.models.items():
            stage = run.stages.get(room)
            found |= manifest.differences(room, model, manifest.model(stage) if stage else None)
    return found
