"""What changed between two JSON objects, as a merge patch (RFC 7386), and the patch applied. Knows no nouns.

A patch is an object with what is new; null stands for what went. A list is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Plain: TypeAlias = Mapping[str, Any]


def patch(before: Plain, after: Plain) -> dict[str, Any]:
    """What turns `before` into `after`; empty when they are equal. Neither may hold a null."""
    gone = {name: None for name in before if name not in after}
    return gone | {name: _of(before.get(name), new) for name, new in after.items() if before.get(name) != new}


def _of(before: Any, after: Any) -> Any:
    return patch(before, after) if isinstance(before, Mapping) and isinstance(after, Mapping) else after


def patched(before: Plain, change: Plain) -> dict[str, Any]:
    """`before` with a patch applied; what is new comes last."""
    after = dict(before)
    for name, new in change.items():
        if new is None:
            after.pop(name, None)
        elif isinstance(new, Mapping):
            old = after.get(name)
            after[name] = patched(old if isinstance(old, Mapping) else {}, new)
        else:
            after[name] = new
    return after
