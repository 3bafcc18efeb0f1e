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
import pkgutil
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from dubbench.errors import BadInput, Missing, Unsupported
from dubbench.stages.base import Stage
from dubbench.types import FrozenDict, Noun
from dubbench.weights import WeightFile, Weights

ROOMS = ("separate", "transcribe", "diarize", "faces", "translate", "speak", "watermark", "lipsync")
OPTIONAL = ("faces", "lipsync", "watermark", "separate", "diarize")
"""Rooms that a cast may leave empty."""


class Entry(Noun):
    """What a model's name stands for.

    `commercial` None means: nobody has checked. `rtf` is seconds of work for a second of film on two cores and
    `memory_mb` what it needs while loaded, as measured; None: never measured.
    """

    name: str
    room: str
    adapter: str
    licence: str = "unknown"
    languages: tuple[str, ...] = ()
    commercial: bool | None = None
    about: str = ""
    rtf: float | None = None
    memory_mb: int | None = None
    isolated: bool = False
    requires: tuple[str, ...] = ()
    settings: FrozenDict[str, Any] = Field(default_factory=dict)
    weights: tuple[WeightFile, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of weights on disk."""
        return sum(file.size for file in self.weights)

    def open_weights(self) -> Weights:
        return Weights(self.name, self.weights)

    def open(self, **settings: Any) -> Stage:
        """The adapter, not loaded yet; `settings` go before the entry's own."""
        try:
            kind = pkgutil.resolve_name(self.adapter)
        except (ImportError, AttributeError) as error:
            raise Missing(f"model '{self.name}': cannot import {self.adapter} ({error}); install its package") from None
        mixed = {**self.settings, **settings}
        if self.isolated or kind.isolated:
            from dubbench import apart

            stage = apart.from_entry(self, kind, mixed)
        else:
            stage = kind(name=self.name, weights=self.open_weights(), **mixed)
        stage.licence = self.licence if self.licence != "unknown" else stage.licence
        stage.languages = self.languages or stage.languages
        return stage


class Cast(Noun):
    """Who plays which part: for each room the names to try, in order."""

    name: str
    parts: FrozenDict[str, tuple[str, ...]]

    def but(self, **parts: Any) -> Cast:  # type: ignore[override]
        """The same cast with some parts given to others; a name, or None to leave the room out."""
        changed = {room: _names(names) for room, names in parts.items()}
        for room, names in changed.items():
            if room not in ROOMS:
                raise BadInput(f"there is no room '{room}'; rooms: {', '.join(ROOMS)}")
            for name in names:
                if entry(name).room != room:
                    raise BadInput(f"model '{name}' plays '{entry(name).room}', not '{room}'")
        return Cast(name=self.name, parts={k: v for k, v in {**self.parts, **changed}.items() if v})

    def choose(self, room: str, *languages: str) -> Stage | None:
        """The first model of a room that knows one of `languages` ("pt", or the pair "en-pt"); None in an empty room.

        Raises Unsupported with what the room's models do know.
        """
        names = self.parts.get(room, ())
        if not names:
            if room in OPTIONAL:
                return None
            raise BadInput(f"cast '{self.name}' has nobody for '{room}'")
        stages = [load(name) for name in names]
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


def _files() -> Iterator[Path]:
    yield from sorted(Path(__file__).parent.glob("*.toml"))
    for point in metadata.entry_points(group="dubbench.catalog"):
        yield Path(str(point.load()))
    own = os.environ.get("DUBBENCH_CATALOG")
    if own:
        path = Path(own)
        if not path.exists():
            raise BadInput(f"DUBBENCH_CATALOG points at {path}, which does not exist")
        yield from sorted(path.glob("*.toml")) if path.is_dir() else (path,)


@cache
def _read(_environment: str) -> tuple[dict[str, Entry], dict[str, Cast]]:
    entries: dict[str, Entry] = {}
    casts: dict[str, Cast] = {}
    for path in _files():
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise BadInput(f"{path.name} is not valid TOML: {error}") from None
        for name, parts in tables.pop("cast", {}).items():
            older = casts[name].parts if name in casts else {}
            casts[name] = Cast(name=name, parts={**older, **{room: _names(part) for room, part in parts.items()}})
        for name, table in tables.items():
            entries[name] = _entry(path, name, table)
    return entries, casts


def _entry(path: Path, name: str, table: Mapping[str, Any]) -> Entry:
    try:
        entry = Entry.model_validate({"room": path.stem, **table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path.name}: model '{name}': {where}: {first['msg']}") from None
    if entry.room not in ROOMS:
        raise BadInput(f"{path.name}: model '{name}' needs room = one of {', '.join(ROOMS)}")
    return entry


def entries() -> dict[str, Entry]:
    """All models by name."""
    return dict(_read(os.environ.get("DUBBENCH_CATALOG", ""))[0])


def casts() -> dict[str, Cast]:
    """All casts by name."""
    return dict(_read(os.environ.get("DUBBENCH_CATALOG", ""))[1])


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> BadInput:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return BadInput(f"there is no {what} '{name}'; {hint}known: {', '.join(sorted(known))}")


def entry(name: str) -> Entry:
    """One model's entry. Raises BadInput that lists the known ones."""
    known = entries()
    if name not in known:
        raise _unknown("model", name, known)
    return known[name]


def load(name: str, **settings: Any) -> Stage:
    """The model behind a name, ready to walk through its room: `load("kokoro")(dub)`. Heavy parts come at first use."""
    return entry(name).open(**settings)


def cast(name: str = "default", **parts: Any) -> Cast:
    """A cast by name, with some parts given to others: `cast("default", speak="pico")`.

    `DUBBENCH_SPEAK_URL` in the environment gives the speaker's part to an OpenAI-style endpoint at that address.
    """
    known = casts()
    if name not in known:
        raise _unknown("cast", name, known)
    if os.environ.get("DUBBENCH_SPEAK_URL") and "speak" not in parts:
        parts["speak"] = "http-speak"
    return known[name].but(**parts)


def check(cast: Cast, source: str | None, target: str, *, without: Collection[str] = ("lipsync",)) -> dict[str, Stage]:
    """The chosen model of each room, every one asked at the door, before a second is spent.

    `source` None means: not known yet; then any pair into `target` will do for now. Rooms in `without` stay empty.
    Raises Unsupported, Missing, BadInput.
    """
    pairs = (f"{source}-{target}",) if source else _pairs_into(cast, target)
    wanted = {"translate": pairs, "speak": (target,), "transcribe": (source,) if source else ()}
    chosen = {room: cast.choose(room, *wanted.get(room, ())) for room in ROOMS if room not in without}
    stages = {room: stage for room, stage in chosen.items() if stage is not None}
    for stage in stages.values():
        stage.check(source, target)
    return stages


def _pairs_into(cast: Cast, target: str) -> tuple[str, ...]:
    known = [load(name).languages for name in cast.parts.get("translate", ())]
    pairs = [pair for languages in known for pair in languages if pair == "*" or pair.endswith(f"-{target}")]
    return tuple(pairs) or (f"any language-{target}",)
