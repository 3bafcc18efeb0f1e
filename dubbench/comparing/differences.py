"""What changed from one dub of a film to another: lines, settings, models, sound, figures. How it is shown is the
command line's; whether rooms made the same twice is `comparing`'s.

A line is the same where it is most at one time, whatever its id: a film that was heard anew counts its lines anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from dubbench import comparing, documents, manifest
from dubbench.comparing import Mixes
from dubbench.errors import BadInput
from dubbench.manifest import machine
from dubbench.types import Controls, Dub, FrozenDict, Line, Noun, Seconds

Pair: TypeAlias = tuple[Any, Any]
"""Before, after."""

TOGETHER = 0.5
"""Share of the time of two lines together that they must have in common to be one line, understood twice."""
UNHEARD: Seconds = 0.001
"""Times and tempos that differ by less are the same."""

SAID = ("speaker", "text", "start", "end", "approved")
DUBBED = ("translation", "tempo", "placed_start", "placed_end", "pauses", "emphasis", "pitch_semitones", "flags")
OF_LANGUAGE = ("target_language", "voices", "intelligibility_wer", "fast_cues", "flags", "late_ends")
"""Figures that two languages differ in by their nature."""


class LineChange(Noun):
    """A line that both dubs have: its id in each, and what is not the same, by name. `take` is whether it is read
    otherwise, to the sample; None between two languages."""

    ids: tuple[str, str]
    fields: FrozenDict[str, Pair]
    take: bool | None = None


class Difference(Noun):
    """All that differs, (before, after) by name; what is the same is left out.

    `added` and `removed` are lines of one dub alone: their text by id. `takes` says of how many lines that both have
    the take is another. `mixes` is None where a film is gone, and between two languages, whose sound is not compared.
    """

    languages: Pair
    settings: FrozenDict[str, Pair]
    models: FrozenDict[str, Pair]
    machine: FrozenDict[str, Pair]
    added: FrozenDict[str, str]
    removed: FrozenDict[str, str]
    lines: tuple[LineChange, ...]
    takes: tuple[int, int] | None
    mixes: Mixes | None
    report: FrozenDict[str, Pair]

    @property
    def same(self) -> bool:
        """Whether nothing at all differs."""
        told = (self.settings, self.models, self.machine, self.added, self.removed, self.lines, self.report)
        return self.languages[0] == self.languages[1] and not any(told) and (self.mixes is None or self.mixes.same)


def between(a: str | Path, b: str | Path) -> Difference:
    """What changed from dub `a` to dub `b`, each a folder or its dub.json.

    Raises BadInput for what is no dub, and for dubs of two films.
    """
    (old, old_home), (new, new_home) = (_read(path) for path in (a, b))
    if old.source.sha256 != new.source.sha256:
        names = " and ".join(Path(dub.source.path).name for dub in (old, new))
        raise BadInput(f"{a} and {b} are not dubs of one film ({names}); nothing in them can be compared")
    own = old.target_language == new.target_language
    pairs, gone, come = matched(old.lines, new.lines)
    lines = [_line(old, new, x, y, own=own) for x, y in pairs]
    reports = [dict(_flat(comparing.figures(home))) for home in (old_home, new_home)]
    return Difference(
        languages=(old.target_language, new.target_language),
        settings=_changed(_settings(old, own=own), _settings(new, own=own)),
        **_made(old, new, old_home, new_home),
        added={x.id: x.text for x in come},
        removed={x.id: x.text for x in gone},
        lines=tuple(line for line in lines if line.fields or line.take),
        takes=(sum(bool(line.take) for line in lines), len(lines)) if own else None,
        mixes=_mixes(old_home, new_home) if own else None,
        report={name: pair for name, pair in _changed(*reports).items() if own or name.split()[0] not in OF_LANGUAGE},
    )


def _read(path: str | Path) -> tuple[Dub, Path]:
    """A dub and the folder it is at home in."""
    path = Path(path)
    return documents.read(path), path if path.is_dir() else path.parent


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Pair]:
    names = dict.fromkeys([*old, *new])
    return {name: (old.get(name), new.get(name)) for name in names if not _alike(old.get(name), new.get(name))}


def _flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Figures one by one: "speaker_similarity A cosine". Who played which part is told with the models."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name} ") if name != "models" else ()
        else:
            yield before + name, value


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) < UNHEARD
    return bool(a == b)


def _settings(dub: Dub, *, own: bool) -> dict[str, Any]:
    """What a person asked for: wishes, words and how they are said, voices, and how they are to sound."""
    wishes = {name: _plain(value) for name, value in dub.wishes}
    speakers = {f"controls of {who}": _told(asked) for who, asked in dub.controls.items()}
    own_words = {f"pronunciation of {word}": said for word, said in dub.pronunciations.items()}
    terms = {f"term {word}": said for word, said in dub.glossary.items()}
    voices = {f"voice of {v.speaker}": v.preset for v in dub.voices if v.speaker in dub.speakers}
    understood = {"source_language": dub.source_language, **wishes, **speakers}
    return {**understood, **own_words, **terms, **voices} if own else understood


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _told(controls: Controls) -> dict[str, Any]:
    return controls.model_dump(mode="json", exclude_none=True)


def _made(old: Dub, new: Dub, old_home: Path, new_home: Path) -> dict[str, dict[str, Pair]]:
    """Models and machine: as the manifests' last walks have them; without those, what dub.json says."""
    if not all((home / manifest.NAME).is_file() for home in (old_home, new_home)):
        names = [{room: made.model for room, made in dub.made_by.items()} for dub in (old, new)]
        return {"models": _changed(*names), "machine": {}}
    then, now = (manifest.read(home).walks[-1] for home in (old_home, new_home))
    models: dict[str, Pair] = {}
    for room in dict.fromkeys([*then.models, *now.models]):
        if room in then.models:
            models |= manifest.differences(room, then.models[room], now.models.get(room))
        else:
            models[room] = ("nobody", now.models[room].name)
    places: dict[str, Pair] = {}
    if then.machine is not None and now.machine is not None:
        places |= machine.differences(then.machine, now.machine)
    return {"models": models, "machine": places}


def matched(old: Sequence[Line], new: Sequence[Line]) -> tuple[list[tuple[Line, Line]], list[Line], list[Line]]:
    """Lines that are in both, in order; those that went, and those that came.

    old   |---1---|  |---2---|      |--3--|
    new    |--1--|       |--2--|    |--3--|
          one line    went, came    one line
    """
    found: dict[int, int] = {}
    for _, i, j in sorted(_together(old, new), reverse=True):
        if i not in found and j not in found.values():
            found[i] = j
    by_id = {line.id: j for j, line in enumerate(new) if j not in found.values()}
    for i, line in enumerate(old):
        # A line that somebody moved to another time.
        if i not in found and line.id in by_id and new[by_id[line.id]].text == line.text:
            found[i] = by_id[line.id]
    pairs = [(old[i], new[j]) for i, j in sorted(found.items())]
    taken = set(found.values())
    gone = [line for i, line in enumerate(old) if i not in found]
    return pairs, gone, [line for j, line in enumerate(new) if j not in taken]


def _together(old: Sequence[Line], new: Sequence[Line]) -> Iterator[tuple[tuple[float, bool, bool], int, int]]:
    """Pairs of lines with enough time in common, by their places, and how much speaks for them."""
    for i, x in enumerate(old):
        for j, y in enumerate(new):
            if y.start >= x.end:
                break
            common = min(x.end, y.end) - max(x.start, y.start)
            if common > 0 and (share := common / (max(x.end, y.end) - min(x.start, y.start))) >= TOGETHER:
                yield (share, x.speaker == y.speaker, x.id == y.id), i, j


def _line(old: Dub, new: Dub, x: Line, y: Line, *, own: bool) -> LineChange:
    names = (*SAID, *DUBBED) if own else SAID
    before, after = (_fields(line, names) for line in (x, y))
    another = not comparing.same_sound(x.speech, y.speech) if own else None
    return LineChange(ids=(x.id, y.id), fields=_changed(before, after), take=another)


def _fields(line: Line, names: Sequence[str]) -> dict[str, Any]:
    """Fields of a line as JSON has them, and its own controls."""
    plain = line.model_dump(mode="json", include=set(names))
    return {**{name: plain[name] for name in names}, **({"controls": told} if (told := _told(line.controls)) else {})}


def _mixes(a: Path, b: Path) -> Mixes | None:
    films = [home / documents.FILM for home in (a, b)]
    if not all(film.is_file() for film in films):
        return None
    tracks = [comparing.packets(film).get(comparing.MIX) for film in films]
    return Mixes(same=True) if tracks[0] == tracks[1] else Mixes.of(*films)
