"""Nothing taken apart: all sound is speech, the background is silent. What a separator is worth is told against this.

The dub then stands in silence, or in room tone: nothing of the original is heard under it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from dubbench.stages.separate import Separate
from dubbench.types import Sound


class Unseparated(Separate):
    """The separate room left out."""

    on_cpu = True
    licence = "Apache-2.0"
    sample_rate: ClassVar[int] = 48_000
    """That of every original, so that nothing is lost in resampling and left in the background."""

    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        """(the whole, silence)."""
        return sound, Sound(np.zeros_like(sound.samples), sound.sample_rate)
