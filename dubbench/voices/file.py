"""The voice file: a fitted voice as JSON that people may read, with whose voice it imitates and by what right.

How it was made is `fit`; who wears it in a dub is casting's.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from dubbench import memory, records, textfiles
from dubbench.errors import BadInput, Refused
from dubbench.types import Consent, FrozenDict, Noun, Seconds, Voice

SUFFIX = ".voice.json"


class Figures(Noun):
    """What a voice is like on sentences and sound that no search had: its cosine with the person, the share of words
    misheard (None where nobody listens to this language), its median pitch in hertz."""

    cosine: float
    wer: float | None = None
    pitch_hz: float | None = None


class Judged(Noun):
    """How like a fitted voice is: beside the `preset` it is to be better than, between strangers and the person.

    `floor` is the mean cosine of the person with other people (None where none were known to this embedding model),
    `ceiling` that of the sample's two halves, which one microphone recorded on one day: nothing real reaches it.
    """

    preset: str
    before: Figures
    after: Figures
    floor: float | None = None
    ceiling: float
    pitch_hz: float | None = None
    evaluations: int
    seconds: Seconds
    seed: int

    @property
    def share(self) -> float | None:
        """How far the voice is from a stranger (0) to the same person (1)."""
        if self.floor is None or self.ceiling <= self.floor:
            return None
        return (self.after.cosine - self.floor) / (self.ceiling - self.floor)


class VoiceFile(Noun):
    """A fitted voice. `blend` has a sum of presets for each part of a voice of `model`; it was fitted for `language`.

    Without gain over the best preset `blend` is that preset, and `kept` says so. `sample` is the sha256 of the file
    that the voice was fitted to.
    """

    schema_: Literal[1] = Field(1, alias="schema")
    name: str
    model: str
    language: str
    blend: FrozenDict[str, str]
    kept: Literal["fitted", "preset"]
    consent: Consent
    sample: str
    licence: str | None = None
    sex: Literal["female", "male"] | None = None
    judged: Judged

    @property
    def preset(self) -> str:
        """What the voice is called in a dub: its name, and what its blend hashes to."""
        return f"{self.name}@{_digest(self.blend, self.model)}"


def _digest(blend: Mapping[str, str], model: str) -> str:
    return memory.key(blend=dict(blend), model=model)[:8]


def is_fitted(voice: Voice, model: str) -> bool:
    """Whether a voice in a dub is a fitted one of `model`: its preset is still the name that its blend has."""
    return bool(voice.blend) and (voice.preset or "").endswith(f"@{_digest(voice.blend or {}, model)}")


def is_file(wish: str) -> bool:
    """Whether a wish for a voice names a voice file, or a folder that holds one, and no preset."""
    return wish.endswith(".json") or (os.sep in wish and Path(wish).is_dir())


def read(path: str | Path) -> VoiceFile:
    """The voice in a file, or in a folder that holds one. Raises BadInput that names the place of a mistake."""
    path, what = found(path), "the voice file "
    return records.checked(VoiceFile, records.raw(path, what=what), path, what=what)


def found(path: str | Path) -> Path:
    """The voice file itself. Raises BadInput for a folder that holds none or several."""
    path = Path(path)
    textfiles.nameable(path)
    if not path.is_dir():
        return path
    files = sorted(path.glob(f"*{SUFFIX}"))
    if len(files) != 1:
        raise BadInput(f"{path} holds {len(files)} files called *{SUFFIX}; name the one to use")
    return files[0]


def write(voice: VoiceFile, path: Path) -> None:
    """Write the file whole or not at all."""
    records.write(voice, path, defaults=True)


def opened(path: str | Path) -> Voice:
    """The voice of a file as a dub has it. Raises BadInput, Refused where the consent was taken back."""
    file = read(path)
    if file.consent.withdrawn:
        raise Refused(
            f"{file.consent.who} took back the consent to use the voice in {path} on {file.consent.withdrawn}; choose "
            "another voice for this speaker: --voice SPEAKER=NAME"
        )
    return Voice(
        id=file.preset, name=file.name, preset=file.preset, blend=file.blend, file=str(found(path).resolve()),
        language=file.language, sex=file.sex, pitch_hz=file.judged.after.pitch_hz, consent=file.consent,
        licence=file.licence,
    )  # fmt: skip


def again(voice: Voice) -> Voice:
    """A fitted voice that a dub has: as it is, with the consent that its file has now where that is still there.

    Raises BadInput where the file is no voice file any more.
    """
    if voice.file is None:
        return voice
    textfiles.nameable(Path(voice.file))
    if not Path(voice.file).is_file():
        return voice
    return voice.but(consent=read(voice.file).consent)


def withdraw(path: str | Path, when: str | None = None) -> VoiceFile:
    """Record in a voice file that the consent was taken back (`when`, else today): no dub speaks with it any more."""
    file = read(path)
    day = when or datetime.date.today().isoformat()
    file = file.but(consent=file.consent.but(withdrawn=file.consent.withdrawn or day))
    write(file, found(path))
    return file
