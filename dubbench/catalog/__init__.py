"""Names for models: the adapter, weights, settings, licence and languages a word stands for, and who plays which part.

The tables are the TOML files beside this one, a file a room, then those that installed packages offer (entry points in
the group "dubbench.catalog"), then the user's own (`DUBBENCH_CATALOG`, a file or a folder). Later ones win.

    [kokoro]                                      a model; its room is the file's name, or `room = "speak"`
    adapter = "dubbench.adapters.kokoro:Kokoro"
    [cast.default]                                a cast; a list means: the first that knows the languages
    speak = ["kokoro", "pico"]
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dubbench.catalog import tables
from dubbench.catalog.models import ROOMS, Entry
from dubbench.errors import BadInput, Unsupported
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import FrozenDict, Noun

__all__ = ["OPTIONAL", "ROOMS", "Cast", "Entry", "broken", "cast", "casts", "check", "entries", "entry", "load"]

OPTIONAL = ("faces", "lipsync", "watermark", "separate", "diarize")
"""Rooms that a cast may leave empty."""


class Cast(Noun):
    """Who plays which part: for each room the names to try, in order."""

    name: str
    parts: FrozenDict[str, tuple[str, ...]]

    def but(self, **parts: Any) -> Cast:  # type: ignore[override]
        """The same cast with some parts given to others; a name, or None to leave the room out."""
        changed = {room: _names(names) for room, names in parts.items()}
        for room, names in changed.items():
            _plays(room, names)
        return Cast(name=self.name, parts={k: v for k, v in {**self.parts, **changed}.items() if v})

    def choose(self, room: str, *languages: str, progress: Progress = quiet) -> Stage | None:
        """The first model of a room that knows one of `languages` ("pt", or the pair "en-pt"); None in an empty room.

        `progress` is for what `load` does with it. Raises Unsupported with what the room's models do know.
        """
        names = self.parts.get(room, ())
        if not names:
            if room in OPTIONAL:
                return None
            raise BadInput(f"cast '{self.name}' has nobody for '{room}'")
        stages = [load(name, progress=progress) for name in names]
        for stage in stages:
            if not languages or any(stage.speaks(language) for language in languages):
                return stage
        known = sorted({language for stage in stages for language in stage.languages})
        raise Unsupported(
            f"nobody in cast '{self.name}' can {room} {' or '.join(languages)}; it knows: {', '.join(known)}"
        )


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def entries() -> dict[str, Entry]:
    """All models by name."""
    return dict(tables.read().entries)


def casts() -> dict[str, Cast]:
    """All casts by name."""
    known = tables.read().casts
    return {name: Cast(name=name, parts={room: part.names for room, part in known[name].items()}) for name in known}


def broken() -> dict[str, str]:
    """Installed packages whose catalogue cannot be read, and a sentence about each that says what to do."""
    advice = "install it again, or remove it: python -m pip uninstall"
    found = tables.read().broken
    return {x: f"package '{x}' is broken, its models are not here ({found[x]}); {advice} {x}" for x in found}


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> BadInput:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    answer = f"there is no {what} '{name}'; {hint}known: {', '.join(sorted(known))}"
    return BadInput("; ".join([answer, *broken().values()]))


def entry(name: str) -> Entry:
    """One model's entry. Raises BadInput that lists the known ones."""
    known = entries()
    if name not in known:
        raise _unknown("model", name, known)
    return known[name]


def load(name: str, *, progress: Progress = quiet, **settings: Any) -> Stage:
    """The model behind a name, ready to walk through its room: `load("kokoro")(dub)`. Heavy parts come at first use.

    `progress` shows the environment of an isolated adapter being built then.
    """
    return entry(name).open(progress=progress, **settings)


def cast(name: str = "default", **parts: Any) -> Cast:
    """A cast by name, with some parts given to others: `cast("default", speak="pico")`.

    `DUBBENCH_SPEAK_URL` in the environment gives the speaker's part to an OpenAI-style endpoint at that address.
    Raises BadInput for an unknown name, and for a cast whose file gives a part to a model that does not play it.
    """
    known = casts()
    if name not in known:
        raise _unknown("cast", name, known)
    if os.environ.get("DUBBENCH_SPEAK_URL") and "speak" not in parts:
        parts["speak"] = "http-speak"
    _playable(name)
    return known[name].but(**parts)


def _playable(name: str) -> None:
    """Refuse a cast whose file gives a part to somebody who does not play it."""
    for room, part in tables.read().casts[name].items():
        try:
            _plays(room, part.names)
        except BadInput as error:
            raise BadInput(f"{part.file}: cast '{name}': {error}") from None


def _plays(room: str, names: Iterable[str]) -> None:
    if room not in ROOMS:
        raise BadInput(f"there is no room '{room}'; rooms: {', '.join(ROOMS)}")
    for name in names:
        if entry(name).room != room:
            raise BadInput(f"model '{name}' plays '{entry(name).room}', not '{room}'")


def check(
    cast: Cast,
    source: str | None,
    target: str,
    *,
    without: Collection[str] = ("lipsync",),
    progress: Progress = quiet,
) -> dict[str, Stage]:
    """The chosen model of each room, every one asked at the door, before a second is spent.

    `source` None means: not known yet; then any pair into `target` will do for now. Rooms in `without` stay empty.
    `progress` is for what `load` does with it. Raises Unsupported, Missing, BadInput.
    """
    pairs = (f"{source}-{target}",) if source else _pairs_into(cast, target)
    wanted = {"translate": pairs, "speak": (target,), "transcribe": (source,) if source else ()}
    asked = [room for room in ROOMS if room not in without]
    chosen = {room: cast.choose(room, *wanted.get(room, ()), progress=progress) for room in asked}
    stages = {room: stage for room, stage in chosen.items() if stage is not None}
    for stage in stages.values():
        stage.check(source, target)
    return stages


def _pairs_into(cast: Cast, target: str) -> tuple[str, ...]:
    known = [load(name).languages for name in cast.parts.get("translate", ())]
    pairs = [pair for languages in known for pair in languages if pair == "*" or pair.endswith(f"-{target}")]
    return tuple(pairs) or (f"any language-{target}",)
