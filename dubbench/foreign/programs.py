"""Programs as models: run without a shell, within bounds, their last words in our errors.

What they are asked and what they answer is the business of the adapter that runs them.
"""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from dubbench.errors import AdapterFailed, BadInput, Missing
from dubbench.processes import bounded
from dubbench.stages.base import Settings, Stage
from dubbench.types import Seconds

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Command(Settings):
    """What every command has: `argv`, the seconds it may take, and the megabytes of memory with all it starts.

    Braces around anything but a word stay.
    """

    places: ClassVar[frozenset[str]] = frozenset()
    argv: tuple[str, ...] = Field(min_length=1)
    timeout: Seconds = Field(600.0, gt=0)
    memory_mb: int | None = Field(None, gt=0, exclude=True)
    """Left out of what a result is remembered by: it shapes none."""

    @field_validator("argv")
    @classmethod
    def _known(cls, argv: tuple[str, ...]) -> tuple[str, ...]:
        unknown = {name for part in argv for name in PLACEHOLDER.findall(part)} - cls.places
        if unknown:
            known = " ".join(sorted(f"{{{name}}}" for name in cls.places))
            raise ValueError(f"unknown placeholder {{{sorted(unknown)[0]}}}; there are {known}")
        return argv

    def uses(self, place: str) -> bool:
        return any(f"{{{place}}}" in part for part in self.argv)


def run(stage: Stage, stdin: bytes = b"", **values: object) -> bytes:
    """What the program of `stage` writes to stdout. Raises Missing when it is not here, AdapterFailed, BadInput."""
    settings: Command = stage.settings
    argv = [PLACEHOLDER.sub(lambda m: str(values[m[1]]), part) for part in settings.argv]
    if any("\0" in part for part in argv):
        raise BadInput(f"model '{stage.name}': no program takes a text with a NUL character in its command line")
    if shutil.which(argv[0]) is None:
        raise Missing(f"model '{stage.name}': there is no program '{argv[0]}' here; install it or change 'argv'")
    bounds = bounded.Bounds(
        seconds=settings.timeout, still=None, memory_mb=settings.memory_mb, written_mb=bounded.WRITTEN_MB
    )
    try:
        done = bounded.run(argv, stdin, bounds=bounds)
    except OSError as error:
        raise failed(stage, f"{argv[0]} could not be run: {error.strerror}") from None
    except bounded.Overrun as overrun:
        raise failed(stage, f"{argv[0]} {overrun}", overrun.said) from None
    if done.code != 0:
        raise failed(stage, f"{argv[0]} ended with {_how(done.code)}", done.said)
    return done.out


def _how(code: int) -> str:
    return f"exit code {code}" if code > 0 else signal.Signals(-code).name


def failed(stage: Stage, why: str, said: bytes = b"") -> AdapterFailed:
    return AdapterFailed(stage.name, why, stderr=said.decode("utf-8", "replace"))


def written(stage: Stage, output: Path, stdout: bytes) -> bytes:
    """What the program gave: the file {output} where its command line names one, else its stdout."""
    if not stage.settings.uses("output"):
        return stdout
    if not output.is_file():
        raise failed(stage, "it wrote no output")
    return output.read_bytes()


def text_of(stage: Stage, given: bytes) -> str:
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise failed(stage, "its answer is not UTF-8") from None
