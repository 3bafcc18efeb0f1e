"""Who is compared: a catalogue's model with some settings, or a cast with some parts, written in one word.

whisper-base                    the model as the catalogue has it
whisper-base:beam_size=1        one setting is another; several are parted by commas
kokoro:voice=pm_alex            a preset of a model that speaks
default:speak=pico              a cast in which somebody else plays a part
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dubbench import catalog
from dubbench.errors import BadInput
from dubbench.stages.base import Stage


@dataclass(frozen=True)
class Candidate:
    """A name and what is asked of it otherwise than by default; `label` is how it was written."""

    name: str
    settings: tuple[tuple[str, Any], ...] = ()

    @property
    def label(self) -> str:
        settings = ",".join(f"{key}={_written(value)}" for key, value in self.settings)
        return f"{self.name}:{settings}" if settings else self.name

    def open(self, room: str, *, without: tuple[str, ...] = ()) -> Stage:
        """The model, not loaded yet. Raises BadInput for an unknown one, another room's, or a setting it lacks."""
        entry = catalog.entry(self.name)
        if entry.room != room:
            raise BadInput(f"model '{self.name}' plays '{entry.room}'; this suite asks for '{room}'")
        return entry.open(**{key: value for key, value in self.settings if key not in without})

    def setting(self, name: str) -> Any | None:
        return dict(self.settings).get(name)


def parsed(label: str) -> Candidate:
    """A candidate from its label. Raises BadInput that shows how one is written."""
    name, _, rest = label.partition(":")
    pairs = [pair.partition("=") for pair in rest.split(",") if pair]
    if not name or any(not key or not equals for key, equals, _ in pairs):
        raise BadInput(
            f"'{label}' is no model: write NAME or NAME:setting=value,setting=value (whisper-base:beam_size=1)"
        )
    return Candidate(name, tuple((key, _value(text)) for key, _, text in pairs))


def _value(text: str) -> Any:
    """Numbers, true, false and null as JSON has them; everything else is a text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(found, dict | list) else found


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


__all__ = ["Candidate", "parsed"]
