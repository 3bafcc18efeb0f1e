"""The film's sound as models listen to it: mono, at their rate, on the disk. They see it as if it were in memory."""

from __future__ import annotations

import threading

from dubbench import media, memory
from dubbench.types import Dub, Sound

ROOM = "mono"
_MAKING = threading.Lock()


def original(dub: Dub, sample_rate: int) -> Sound:
    """The original's sound, made once for all rooms that ask for the same rate; its samples cannot be written to.

    Two hours at 16 kHz are 460 MB, which the system reads from the file where they are looked at and may drop again.
    """
    track = dub.tracks.original
    assert track is not None
    store = memory.Memory(dub.folder)
    path = store.path(ROOM, memory.key(sound=track.sha256, sample_rate=sample_rate), ".wav")
    with _MAKING:
        if not path.is_file():
            with memory.replacing(path) as draft:
                media.write_mono(dub.open(track), draft, sample_rate)
    return media.mapped(path)
