"""The dub's sound as a film holds it: coded once it is made, or while it is. No film."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import RawIOBase
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.media import engine

RATE, CHANNELS = 48_000, 2

DUB_KBPS = 160
CODER = "fast"
"""Of ffmpeg's two ways to choose AAC's scale factors this one takes half the time of the other (0.5 s for a minute) and
at this rate is no worse: 37.1 against 38.6 dB SNR, 0.45 against 0.50 dB log-spectral distance."""
CODED = f".{DUB_KBPS}k-{CODER}.m4a"
"""The suffix of a dub coded as the film will hold it: another coding is another file."""


def options(codec: str) -> dict[str, Any]:
    """What ffmpeg is told about the first sound track of a file: coded by `codec` ("aac"), or "copy"."""
    if codec == "copy":
        return {"c:a:0": codec}
    return {"c:a:0": codec, "b:a:0": f"{DUB_KBPS}k", "ar:a:0": RATE, "aac_coder:a:0": CODER}


def code(sound: Path, to: Path) -> None:
    """Write a sound file as `mux` puts it into a film (AAC, 48 kHz), into an M4A that `mux` then copies.

    It is the longest part of writing a film, and needs nothing of it: it can be done ahead. Raises BadInput.
    """
    engine.run(engine.output([engine.source(sound)["a:0"]], to, options("aac")), about=sound, to=to)


@contextlib.contextmanager
def coder(to: Path) -> Iterator[Callable[[npt.NDArray[np.int16]], None]]:
    """Code sound while it is made, to the same bytes as `code` codes the file: gives what is to be called with its
    16-bit samples (n, 2) at 48 kHz, piece by piece. Raises BadInput, at the latest when the block ends.
    """
    import ffmpeg

    raw = ffmpeg.input("pipe:", format="s16le", ar=RATE, ac=CHANNELS)
    receiving, giving = os.pipe()

    def coded() -> None:
        try:
            engine.run(engine.output([raw["a:0"]], to, options("aac")), about=to, to=to, pipe=receiving)
        finally:
            # Whoever still writes is told that nobody reads any more, instead of waiting.
            os.close(receiving)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(coded)
        try:
            with os.fdopen(giving, "wb", buffering=0) as pipe:
                yield lambda samples: _given(pipe, samples)
        except BrokenPipeError:
            done.result()
            raise
        done.result()


def _given(pipe: RawIOBase, samples: npt.NDArray[np.int16]) -> None:
    rest = np.ascontiguousarray(samples, "<i2").data.cast("B")
    while rest:
        rest = rest[pipe.write(rest) or 0 :]
