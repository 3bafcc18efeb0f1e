"""The other side of `dubbench.walks`: `python -m dubbench.walker FD`. The wish is a line of JSON on stdin.

What happens is told as lines of JSON on the pipe FD: progress, and last the homes of the dubs or an error. When stdin
closes whoever wanted the walk is gone, and so are we, with all that we started. It is no part of `walks`, which imports
what the supervisor must not have: nouns, and with them libraries and their threads.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from typing import Any

from dubbench.processes import supervised
from dubbench.processes.bounded import Bounds


class Teller:
    """Tells events, a line each, from whatever thread."""

    def __init__(self, pipe: int) -> None:
        self.pipe, self.one = pipe, threading.Lock()

    def tell(self, **event: Any) -> None:
        rest = json.dumps(event).encode() + b"\n"
        with self.one:
            while rest:
                rest = rest[os.write(self.pipe, rest) :]

    def progress(self, room: str, done: int, total: int, what: str) -> None:
        supervised.note(room, what)
        self.tell(progress=[room, done, total, what])

    def ended(self, end: supervised.End) -> None:
        """From the supervisor, when the work is gone, perhaps in the middle of a line."""
        os.write(self.pipe, b"\n")
        kind = "Refused" if end.why in ("seconds", "memory_mb") else "AdapterFailed"
        why = f"the walk {end.sentence.removeprefix('it ')}" if kind == "Refused" else end.sentence
        self.tell(error=kind, why=why, model=end.at or "dubbench")


def walk(wish: dict[str, Any], teller: Teller) -> list[str]:
    """The homes of the dubs."""
    from dubbench import dubbing
    from dubbench.weights import listening

    with listening(teller.progress):
        if wish["to"] is None:
            dubbing.redub(wish["source"], teller.progress, **wish["options"])
            return [wish["source"]]
        given = dubbing.dub(wish["source"], wish["to"], progress=teller.progress, **wish["options"])
    homes = []
    for dub in given if isinstance(given, list) else [given]:
        assert dub.output is not None
        homes.append(str((dub.folder / dub.output.film).parent))
    return homes


def main(pipe: int) -> None:
    """Walk, and tell how it went."""
    os.set_inheritable(pipe, False)
    teller, wish = Teller(pipe), json.loads(_line(0))
    bounds = Bounds(seconds=wish["deadline"], memory_mb=wish["memory_mb"], still=supervised.patience())
    if supervised.possible():
        supervised.begin(teller.ended, bounds, lifeline=0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # Only now: the supervisor has nothing to do with what these import.
    from dubbench import errors

    try:
        teller.tell(result=walk(wish, teller))
    except errors.AdapterFailed as error:
        teller.tell(error="AdapterFailed", why=error.why, model=error.model, line=error.line, stderr=error.stderr)
    except errors.DubError as error:
        teller.tell(error=type(error).__name__, why=str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        traceback.print_exc()
        teller.tell(error="AdapterFailed", why=f"{type(error).__name__}: {error}", model="dubbench")


def _line(pipe: int) -> bytes:
    """A line, and not a byte more: what follows is for the supervisor to hear."""
    line = bytearray()
    while not line.endswith(b"\n") and (part := os.read(pipe, 1 << 16)):
        line += part
    return bytes(line)


if __name__ == "__main__":
    main(int(sys.argv[1]))
