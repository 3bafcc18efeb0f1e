"""What lies beside the voice: where speech stands in the middle, the film's own difference of left and right is kept.

    original     left = middle + side      speech is in the middle alone, as nearly always
    background   left = middle′ + side     only the middle has to do without words

A separator knows nothing of this and wears both down. Whether it holds is measured: a side that goes up and down with
the speech has some of it (a voice at one side, or the room's answer to it), and then the separator's own side stays.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dubbench.types import Samples

Loudness = npt.NDArray[np.float32]
"""Power in each frame."""

# The correlation of both levels in decibels, in 33 s. Speech as loud in the side as what else is there gives 0.5 to
# 0.9, speech 6 dB below that 0.24 to 0.88; a side without speech at most 0.1 under rain, a drone and music, but up to
# 0.4 under birdsong and a train, of which Spleeter leaves some in the speech (beds 0 and 12 dB below it).
_APART, _TOGETHER = 0.15, 0.35
_HEARD = 1e-5


def free(side: Loudness, speech: Loudness) -> float:
    """How far the original's side may be kept, 0 to 1, told from how loud it and the speech are in the same frames."""
    heard = speech > speech.max(initial=0.0) * _HEARD
    if heard.sum() < 3 or not side[heard].any():
        return 0.0
    levels = np.log(side[heard] + 1e-12), np.log(speech[heard])
    if min(level.std() for level in levels) == 0:
        return 0.0
    together = float(np.corrcoef(*levels)[0, 1])
    return min(max((_TOGETHER - together) / (_TOGETHER - _APART), 0.0), 1.0)


def kept(original: Samples, background: Samples, share: Samples) -> Samples:
    """The background with `share` (n, 1) of the original's side instead of its own; both (n, 2)."""
    gone = original - background
    lost = gone[:, :1] - gone[:, 1:]
    return np.asarray(background + share * lost * np.array([0.5, -0.5], np.float32), np.float32)
