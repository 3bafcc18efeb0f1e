"""manifest.json: how a dub was made, walk by walk, so that it can be made again. What a dub is stands in dub.json.

Each walk through the rooms is noted with everything that went in: the document it began with, what was asked for
beside it, who played which part with which weights and settings, and on what machine.

    walk 1   began: the whole document      the film, wishes, a transcript that was brought
    walk 2   began: a patch of it           what a person edited after walk 1

The patch is taken against a copy of dub.json as it was last saved, kept with the dub's other results. Where that copy
is gone nobody knows what was edited, and the account starts anew with the whole document; so it does where somebody
edited a dub whose walk was stopped in the middle.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from dubbench import documents, memory, records
from dubbench.errors import BadInput
from dubbench.manifest import changes, machine
from dubbench.manifest.machine import Machine
from dubbench.stages.base import Stage
from dubbench.text import subtitles
from dubbench.types import Dub, FrozenDict, Noun
from dubbench.voices import file as voice_file

NAME = documents.MANIFEST
ROOM = "saved"
NAMED = ("lines", "voices")
"""Lists of a dub that stand in a patch as objects by id: one edited line of fifty is one entry."""
TRANSLATION = "translation"
WIDE = 40
"""Longer values are told by their hash."""


class Model(Noun):
    """Who played a part: all that makes its results its own. `weights` are sha256 by file, `programs` by name: what
    the adapter runs by its settings' `argv`; not the libraries and data that those load."""

    name: str
    adapter: str
    version: int
    seed: int = 0
    settings: FrozenDict[str, Any] = Field(default_factory=dict)
    weights: FrozenDict[str, str] = Field(default_factory=dict)
    programs: FrozenDict[str, str] = Field(default_factory=dict)


class Walk(Noun):
    """One walk. `began` is a whole document, or a merge patch (`changes`) on what the walk before it left.

    `voices` and `consents` are what was asked for by speaker, and the voices that a file of people gave: that file
    itself is not copied, for it holds how people sound. `files` are texts that were brought: the "translation", and
    the voice file of a speaker by their label. A walk that is not `finished` was stopped; the next one goes on with it.
    """

    whole: bool
    began: FrozenDict[str, Any]
    voices: FrozenDict[str, str] = Field(default_factory=dict)
    consents: FrozenDict[str, str] = Field(default_factory=dict)
    files: FrozenDict[str, str] = Field(default_factory=dict)
    models: FrozenDict[str, Model] = Field(default_factory=dict)
    machine: Machine | None = None
    finished: bool = False


class Manifest(Noun):
    """The file."""

    schema_: int = Field(1, alias="schema")
    walks: tuple[Walk, ...] = ()


def read(home: Path) -> Manifest:
    """The manifest of the dub in `home`. Raises BadInput that names the place of a mistake, or how to get one."""
    path = home / NAME
    if not path.is_file():
        raise BadInput(f"{home} has no {NAME}, so nobody knows how it was made; walk again to get one: "
                       f"dubbench dub {home}")  # fmt: skip
    hint = f"; without {NAME} a new account begins with the next walk"
    found = records.checked(Manifest, records.raw(path, hint=hint), path, hint=hint)
    if found.schema_ != 1:
        raise BadInput(f"{path} has schema {found.schema_}; this version reads 1: upgrade dubbench")
    return found


def saved(dub: Dub, home: Path) -> None:
    """Keep a copy of a document that was just written, to find what a person changes in it."""
    memory.Memory(dub.folder).keep(ROOM, _key(dub, home), plain(dub))


def begin(
    dub: Dub, home: Path, *, voices: Mapping[str, str], consents: Mapping[str, str], translation: Path | None
) -> None:
    """Note that a walk begins with `dub`, and what is asked for beside it."""
    own = plain(dub)
    known = memory.Memory(dub.folder).recall(ROOM, _key(dub, home)) if (home / NAME).is_file() else None
    change = changes.patch(known or {}, own)
    told = read(home).walks if known else ()
    stopped = told[-1] if told and not told[-1].finished else None
    files = {TRANSLATION: subtitles.decoded(translation)} if translation is not None else {}
    now = Walk(whole=not told, began=change, voices=voices, consents=consents, files=files)
    if stopped is not None and change:
        # What was edited in the middle of a walk has no place in an account of whole ones.
        told, now = (), now.but(whole=True, began=own)
    elif stopped is not None:
        told, now = told[:-1], _continued(stopped, now)
    _write(told, now, home)


def _continued(stopped: Walk, now: Walk) -> Walk:
    """A stopped walk and the one that goes on with it, as one: what was done already does not count twice."""
    return stopped.but(
        voices={**stopped.voices, **now.voices},
        consents={**stopped.consents, **now.consents},
        files={**stopped.files, **now.files},
    )


def finish(dub: Dub, home: Path, stages: Mapping[str, Stage]) -> None:
    """Note that the walk which began last is done, by whom and where."""
    *walks, last = read(home).walks
    remembered = {v.speaker: v.preset for v in dub.voices if v.person and v.preset and v.speaker in dub.speakers}
    fitted = {v.speaker: v.file for v in dub.voices if v.blend and v.file and Path(v.file).is_file()}
    asked = {**(remembered if dub.wishes.people else {}), **last.voices}
    texts = {who: voice_file.found(path).read_text("utf-8") for who, path in fitted.items() if who in asked}
    done = last.but(
        voices={**asked, **{who: str(fitted[who]) for who in texts}}, files={**last.files, **texts},
        models={room: model(stage) for room, stage in stages.items() if _played(dub, room)},
        machine=machine.here(), finished=True,
    )  # fmt: skip
    _write(tuple(walks), done, home)


def _played(dub: Dub, room: str) -> bool:
    """Whether somebody had to play a room: a person's words need no translator."""
    return dub.wishes.watermark if room == "watermark" else room != "translate" or room in dub.made_by


def _write(walks: tuple[Walk, ...], last: Walk, home: Path) -> None:
    records.write(Manifest(walks=(*walks, last)), home / NAME)


def model(stage: Stage) -> Model:
    """What makes a stage's results its own."""
    own = stage.identity()
    return Model(
        name=stage.name, adapter=own["adapter"], version=own["version"], seed=own["seed"], settings=own["settings"],
        weights={file.name: file.sha256 for file in stage.weights.files}, programs=_programs(stage),
    )  # fmt: skip


def _programs(stage: Stage) -> dict[str, str]:
    names = getattr(stage.settings, "argv", ())[:1]
    found = {name: shutil.which(name) for name in names}
    return {name: memory.file_sha256(Path(path)) for name, path in found.items() if path is not None}


def differences(room: str, then: Model, now: Model | None) -> dict[str, tuple[str, str]]:
    """What about a room's model is not as it was, by name: as it was, as it is."""
    if now is None or then.name != now.name:
        return {room: (then.name, now.name if now else "nobody")}
    old, new = then.model_dump(), now.model_dump()
    return {f"{room} {field}": (_short(old[field]), _short(new[field])) for field in old if old[field] != new[field]}


def _short(value: Any) -> str:
    """A value in a few characters; of many weights their hash."""
    text = str(value)
    return text if len(text) <= WIDE else f"sha256 {memory.key(value=value)[:12]}"


def plain(dub: Dub) -> dict[str, Any]:
    """A dub as the JSON that patches are taken of: as dub.json has it, its `NAMED` lists as objects by id."""
    own = dub.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"schema": dub.schema_}
    return own | {name: {one["id"]: one for one in own[name]} for name in NAMED if name in own}


def document(own: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in dub.json for what `plain` gave."""
    return {**own, **{name: list(own[name].values()) for name in NAMED if name in own}}


def _key(dub: Dub, home: Path) -> str:
    """Languages that share a folder for their results have a copy each."""
    return memory.key(saved=home.resolve().relative_to(dub.folder).as_posix())
