"""A real synthetic voice for tests of models that need speech: Pico, which its Python package brings whole."""

from __future__ import annotations

from functools import cache

import numpy as np

from dubbench.types import Sound

LINES = (
    "The train to the coast leaves at nine, so we should be at the station a little earlier than that.",
    "After some months of work the team has finished the project that everybody was waiting for.",
    "I am not sure whether this is going to work, but we can try it again tomorrow morning.",
    "The report shows that production has grown by twelve percent over the last year.",
    "Yes, of course, thank you very much.",
)


@cache
def said(text: str = LINES[0], *, voice: str = "en-GB") -> Sound:
    """`text` read by Pico: mono at 16 kHz, with peaks up to about 0.5."""
    import py_nanotts

    codes = np.frombuffer(py_nanotts.NanoTTS().speak(text, voice=voice), np.int16)
    return Sound((codes / 65536).astype(np.float32)[None], 16_000)
