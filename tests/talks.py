"""A film in which "somebody" talks in bursts: enough for toy models, which hear energy and not words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dubbench.types import Sound
from tests.clips import RATE, babble, make_film


def make_talk(path: Path, *, bursts: int = 4, seed: int = 0, **film: Any) -> Path:
    """Bursts of one and a half seconds with a second of silence between them; `film` goes to `make_film`."""
    pause = np.zeros((1, RATE), np.float32)
    parts = [pause]
    for i in range(bursts):
        parts += [babble(1.5, level=0.4, seed=seed + i).samples, pause]
    sound = Sound(np.concatenate(parts, axis=1), RATE)
    return make_film(path, sound=sound, seconds=sound.duration, **film)
