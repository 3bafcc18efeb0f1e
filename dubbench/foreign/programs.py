"""Programs as models: run without a shell, under a deadline, their last words in our errors.

What they are asked and what they answer is the business of the adapter that runs them.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from dubbench.errors import AdapterFailed, BadInput, Missing
from dubbench.stages.base import Settings, Stage
from dubbench.types import Seconds

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Command(Settings):
    """What every command has: `argv`, and the seconds it may take. Braces around anything but a word stay."""

    places: ClassVar[frozenset[str]] = frozenset()
    argv: tuple[str, ...] = Field(min_length=1)
    timeout: Seconds = Field(600.0, gt=0)

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
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        raise failed(stage, f"{argv[0]} could not be run: {error.strerror}") from None
    with process:
        try:
            out, said = process.communicate(stdin, timeout=settings.timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            said = process.communicate()[1]
            raise failed(stage, f"{argv[0]} did not end within {settings.timeout:g} s", said) from None
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        raise failed(stage, f"{argv[0]} ended with {_how(process.returncode)}", said)
    return out


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


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
