"""Cast memory: one person, one voice, across the films of a project. A JSON file that people may read and mend.

    film 1   A ──────────▶ P001 "Anna"   {"kokoro/pt": "pf_dora"}
    film 2   B ──cosine──▶ P001          is Anna again: her name, her voice
             A ──────────▶ P002          nobody known: added

Who speaks in one film is the diarizer's work, which voice suits somebody new the cast's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from dubbench import memory, records
from dubbench.casting import cast_voices, was_edited, with_voices
from dubbench.errors import BadInput
from dubbench.processes.locks import locked
from dubbench.stages.speak import Speak
from dubbench.types import Consent, Dub, FrozenDict, Noun, Voice
from dubbench.vectors import Vector, Vectors, whole

KNOWN = 0.56
"""Cosine from which two recordings are of one person. Of 19 people in 20 recordings no two had more than 0.52 (two
women recorded in one studio), and one woman in two languages had 0.63 (`make people`). Taking somebody for another is
worse than not knowing them, so it is higher than what parts pieces of one recording best, 0.41."""
NEW = 0.9
"""A voice is noted once more where it sounds less than this like what is noted already: another room, another day."""
MOST = 8
"""How many vectors of a person are kept."""


class Person(Noun):
    """Somebody who speaks in a project's films.

    `vectors` are unit vectors, one for each way they were recorded; `presets` their voice by "MODEL/LANGUAGE": a
    preset, or the path of a voice file.
    """

    id: str = Field(min_length=1)
    name: str = ""
    vectors: tuple[tuple[float, ...], ...] = ()
    presets: FrozenDict[str, str] = Field(default_factory=dict)
    consent: Consent | None = None
    licence: str | None = None

    @model_validator(mode="after")
    def _alike(self) -> Self:
        lengths = {len(vector) for vector in self.vectors}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError("its vectors must be of one length, as a model made them")
        return self


class People(Noun):
    """The file. `by` says which embedding model the vectors are of."""

    schema_: Literal[1] = Field(1, alias="schema")
    by: str = ""
    people: tuple[Person, ...] = ()


def read(path: Path) -> People:
    """The people in a file; nobody where there is none yet. Raises BadInput that names the place of a mistake."""
    if not path.exists():
        return People()
    hint = "; mend it, or give another file with --people"
    found = records.checked(People, records.raw(path, hint=hint), path, hint=hint)
    names = [person.id for person in found.people]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{path}: two people are called '{twice}'; give each an id of its own")
    return found


def write(found: People, path: Path) -> None:
    """Write the file whole or not at all; fields that say nothing are left out."""
    records.write(found, path)


def check(path: Path, embedder: Any) -> None:
    """Refuse at the door what cannot remember anybody. Raises BadInput."""
    if embedder is None or not hasattr(embedder, "embed"):
        raise BadInput("--people wants a model that tells voices: choose one with --model diarize=powerset")
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise BadInput(f"{path} cannot be a file of people; give a file in a folder that is there")
    _same_model(read(path), path, embedder)


def cast(dub: Dub, speak: Speak, wishes: Mapping[str, str], *, path: Path, embedder: Any) -> Dub:
    """`cast_voices`, with whoever is known in the file wearing their name and voice; who is not is added to it.

    First come wishes, then what a person wrote into dub.json, then the file. Two speakers of one film never are one
    person. The file is held from reading to writing, so films may be dubbed side by side.
    """
    with _held(path):
        found = read(path)
        _same_model(found, path, embedder)
        voices = _heard(dub, embedder)
        found, who = _met(found, dub, voices)
        dub = _introduced(with_voices(dub), found, who)
        slot = f"{speak.name}/{dub.target_language}"
        known = {person.id: person for person in found.people}
        before = {label: known[name].presets[slot] for label, name in who.items() if slot in known[name].presets}
        dub = cast_voices(dub, speak, wishes, remembered={} if was_edited(dub) else before)
        write(_updated(found, dub, who, voices, slot).but(by=_by(embedder)), path)
    return dub


def matched(voices: Mapping[str, Vector], people: Sequence[Person]) -> dict[str, str]:
    """Which speaker is which person: the pairs with the largest sum of cosines, none under KNOWN, nobody twice."""
    from scipy.optimize import linear_sum_assignment

    known = [person for person in people if person.vectors]
    if not voices or not known:
        return {}
    labels = list(voices)
    cosines = np.array([[likeness(voices[label], person) for person in known] for label in labels])
    # A pair that is nobody counts nothing, so it never takes a person from a speaker who is them.
    pairs = zip(*linear_sum_assignment(np.where(cosines >= KNOWN, cosines, 0.0), maximize=True), strict=True)
    return {labels[i]: known[j].id for i, j in pairs if cosines[i, j] >= KNOWN}


def likeness(voice: Vector, person: Person) -> float:
    """The cosine of a voice with the nearest of a person's recordings."""
    return float(max(np.asarray(person.vectors) @ voice))


def _met(found: People, dub: Dub, voices: Mapping[str, Vector]) -> tuple[People, dict[str, str]]:
    """The people with those added who are new and were heard, and who is who. What dub.json says of somebody stays."""
    here = {person.id for person in found.people}
    said = {v.speaker: v.person for v in dub.voices if v.speaker in dub.speakers and v.person in here}
    told: dict[str, str] = {}
    for label, name in said.items():
        if name in told.values():
            raise BadInput(f"dub.json says that two speakers are person '{name}'; give one of them another")
        told[label] = str(name)
    open_ = {label: voice for label, voice in voices.items() if label not in told}
    who = told | matched(open_, [person for person in found.people if person.id not in told.values()])
    for label in voices:
        if label not in who:
            person = Person(id=_fresh(found))
            found = found.but(people=(*found.people, person))
            who[label] = person.id
    return found, who


def _fresh(found: People) -> str:
    taken = {person.id for person in found.people}
    return next(name for n in range(1, len(taken) + 2) if (name := f"P{n:03}") not in taken)


def _introduced(dub: Dub, found: People, who: Mapping[str, str]) -> Dub:
    """The dub whose voices say which person they are: their name, consent and licence where the file has them."""
    known = {person.id: person for person in found.people}

    def told(voice: Voice) -> Voice:
        if voice.speaker not in who:
            return voice
        person = known[who[voice.speaker]]
        name, consent = person.name or voice.name, person.consent or voice.consent
        return voice.but(person=person.id, name=name, consent=consent, licence=person.licence or voice.licence)

    return dub.but(voices=tuple(told(voice) for voice in dub.voices))


def _updated(found: People, dub: Dub, who: Mapping[str, str], voices: Mapping[str, Vector], slot: str) -> People:
    """The people with what this film adds: voices given, and how they sounded."""
    by_person = {name: label for label, name in who.items()}

    def grown(person: Person) -> Person:
        label = by_person.get(person.id)
        worn = dub.voice_of(label) if label is not None else None
        if label is None or worn is None:
            return person
        voice = worn.file or worn.preset
        presets = {**person.presets, slot: voice} if voice else dict(person.presets)
        consent = person.consent or worn.consent
        return person.but(presets=presets, consent=consent, vectors=_noted(person, voices.get(label)))

    return found.but(people=tuple(grown(person) for person in found.people))


def _noted(person: Person, voice: Vector | None) -> tuple[tuple[float, ...], ...]:
    if voice is None or (person.vectors and likeness(voice, person) >= NEW):
        return person.vectors
    return (*person.vectors, tuple(round(float(x), 5) for x in voice))[-MOST:]


def _heard(dub: Dub, embedder: Any) -> dict[str, Vector]:
    """The voice of each speaker who has a reference."""
    ear = Vectors(dub, embedder)
    own = {x.speaker: x.reference for x in dub.voices if x.reference and x.speaker in dub.speakers}
    return {label: whole(ear.halves(reference)) for label, reference in own.items()}


def _by(embedder: Any) -> str:
    return memory.key(by=embedder.identity())


def _same_model(found: People, path: Path, embedder: Any) -> None:
    if found.people and found.by and found.by != _by(embedder):
        raise BadInput(
            f"{path} was made with another model of voices than '{embedder.name}'; choose that one with "
            "--model diarize=NAME, or give another file with --people"
        )


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    with locked(path.with_name(f".{path.name}.lock")):
        yield
