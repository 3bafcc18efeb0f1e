"""A take played a little faster than it was spoken, pitch kept: for voices that do not keep the length they were asked.

Stretched by Signalsmith Stretch (PyPI python-stretch, MIT), in process: 10 ms for a line, exact to the sample.
"""

from __future__ import annotations

import numpy as np

from dubbench import media, memory
from dubbench.types import Dub, Samples, Seconds, Sound, Take

ROOM = "tempo"
VERSION = 1
FADE: Seconds = 0.005


def hastened(dub: Dub, take: Take, seconds: Seconds) -> Take:
    """The same take in `seconds`, from memory or made now; its phonemes' times with it. It was not heard yet."""
    store = memory.Memory(dub.folder)
    key = memory.key(speech=take.speech.sha256, seconds=round(seconds, 4), version=VERSION)
    path = store.path(ROOM, key, ".wav")
    if not path.is_file():
        with memory.replacing(path) as draft:
            media.write(draft, stretched(media.read(dub.open(take.speech)), seconds))
    share = seconds / take.speech.duration
    phonemes = tuple(p.but(start=p.start * share, end=p.end * share) for p in take.phonemes)
    return take.but(speech=media.describe(path, dub.folder), phonemes=phonemes, heard=None, score=None)


def stretched(sound: Sound, seconds: Seconds) -> Sound:
    """`sound` in `seconds`, at the same pitch. Its edges fade over 5 ms: what was silent there may not be now."""
    from python_stretch import Signalsmith

    wanted = round(seconds * sound.sample_rate)
    stretch = Signalsmith.Stretch()
    stretch.preset(sound.samples.shape[0], sound.sample_rate)
    stretch.setTimeFactor(sound.samples.shape[1] / wanted)
    made = np.asarray(stretch.process(np.ascontiguousarray(sound.samples)), np.float32)
    return Sound(_faded(_exactly(made, wanted), round(FADE * sound.sample_rate)), sound.sample_rate)


def _exactly(samples: Samples, wanted: int) -> Samples:
    """So many samples: the library rounds, by a sample or two."""
    return np.pad(samples[:, :wanted], ((0, 0), (0, max(0, wanted - samples.shape[1]))))


def _faded(samples: Samples, n: int) -> Samples:
    n = min(n, samples.shape[1] // 2)
    gain = np.ones(samples.shape[1], np.float32)
    gain[:n] = np.arange(n) / max(n, 1)
    gain[-n:] = gain[:n][::-1]
    return samples * gain
