"""What of this machine can shape a dub: versions of what computes, the processor, how many threads. No dubs here.

Sums of floats come out otherwise in another order, and the order is the library's, for this processor and so many
threads.
"""

from __future__ import annotations

import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

from dubbench import graphs, media
from dubbench.types import FrozenDict, Noun

LIBRARIES = (
    "av", "ctranslate2", "espeakng-loader", "faster-whisper", "fxtranslate", "misaki", "numpy", "onnx", "onnxruntime",
    "py-nanotts", "python-stretch", "scipy", "sentencepiece", "soundfile", "soxr", "tokenizers", "unicode-rbnf",
)  # fmt: skip
"""Packages whose versions may change a word or a sample: they hear, read, translate, speak, resample or decode."""

FEATURES = frozenset({"asimd", "asimddp", "avx", "avx2", "avx512_bf16", "avx512_vnni", "avx512f", "avx_vnni",
                      "amx_int8", "fma", "i8mm", "sse4_1", "sve"})  # fmt: skip
"""What a processor can do by which libraries choose between kernels, by Linux's names."""


class Machine(Noun):
    """Where a dub was made. `features` is empty where the system does not tell them."""

    dubbench: str
    python: str
    system: str
    processor: str
    features: tuple[str, ...] = ()
    threads: int
    ffmpeg: str
    libraries: FrozenDict[str, str]


def here() -> Machine:
    """This machine, as it is now. Raises Missing where there is no ffmpeg."""
    from dubbench import __version__

    processor, features = _processor()
    return Machine(
        dubbench=__version__, python=platform.python_version(), system=f"{platform.system()} {platform.machine()}",
        processor=processor, features=features, threads=graphs.threads(), ffmpeg=_ffmpeg(),
        libraries={name: version for name in LIBRARIES if (version := _version(name)) is not None},
    )  # fmt: skip


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _ffmpeg() -> str:
    """The version in ffmpeg's first line: "ffmpeg version 7.1 Copyright ..."."""
    asked = subprocess.run([media.ffmpeg_exe(), "-version"], capture_output=True, text=True, check=False)
    found = re.match(r"ffmpeg version (\S+)", asked.stdout)
    return found[1] if found else "unknown"


def _processor() -> tuple[str, tuple[str, ...]]:
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return platform.processor() or platform.machine(), ()
    name = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", told, re.MULTILINE)
    known = sorted(FEATURES & set(flags[1].split())) if flags else ()
    return name[1].strip() if name else platform.machine(), tuple(known)


def differences(then: Machine, now: Machine) -> dict[str, tuple[str, str]]:
    """What is not the same, by name: as it was, as it is; "none" for what is not there."""
    old, new = _flat(then), _flat(now)
    names = [*old, *(name for name in new if name not in old)]
    pairs = {name: (old.get(name, "none"), new.get(name, "none")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _flat(machine: Machine) -> dict[str, str]:
    own = machine.model_dump(exclude={"libraries", "features"})
    return {**{k: str(v) for k, v in own.items()}, "features": " ".join(machine.features), **machine.libraries}
