"""What a person changed in a dub, found by comparing it with what machines gave, and the refusal to lose it.

Nothing is stored about edits themselves: machines' lines are noted once, and whatever differs from them is a person's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dubbench import memory
from dubbench.errors import BadInput
from dubbench.timeline.lines import text_of
from dubbench.types import Dub, Line

ROOM = "understood"
SHOWN = 4


def note(dub: Dub) -> None:
    """Remember the lines of a dub as machines understood them. To be called when they just did."""
    store, key, known = memory.Memory(dub.folder), _key(dub), {line.id: _known(line) for line in dub.lines}
    if store.recall(ROOM, key) != known:
        store.keep(ROOM, key, known)


def of(dub: Dub) -> tuple[str, ...]:
    """The ids of lines that a person changed, added or took away."""
    noted = memory.Memory(dub.folder).recall(ROOM, _key(dub))
    changed = [line.id for line in dub.lines if _touched(line, noted)]
    here = {line.id for line in dub.lines}
    return (*changed, *(name for name in noted or () if name not in here))


def guard(before: Dub, after: Dub, home: Path) -> None:
    """Refuse lines that were understood anew where a person had changed the old ones. Raises BadInput naming them."""
    lost = of(before) if before.lines and _key(before) != _key(after) else ()
    if lost:
        names = ", ".join(lost[:SHOWN]) + (" …" if len(lost) > SHOWN else "")
        raise BadInput(
            f"understanding the film anew would lose what was edited in {home / 'dub.json'} ({names}); go on with it "
            f"as it was asked for: dubbench dub {home}, or choose another folder with --out"
        )


def _key(dub: Dub) -> str:
    made = {room: dub.made_by[room].key for room in ("transcribe", "diarize") if room in dub.made_by}
    return memory.key(understood=made)


def _known(line: Line) -> list[Any]:
    return [line.start, line.end, line.text, line.speaker]


def _touched(line: Line, noted: dict[str, Any] | None) -> bool:
    if line.approved or line.edited_by:
        return True
    if noted is not None and noted.get(line.id) != _known(line):
        return True
    if noted is None and line.words and line.text != text_of(line.words):
        return True
    return line.translation is not None and line.translation not in line.wordings
