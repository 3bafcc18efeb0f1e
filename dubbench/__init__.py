"""dubbench: AI video dubbing from research to production.

    import dubbench

    dub = dubbench.dub("talk.mp4", to="pt")
    dub.lines[3].translation

Importing this is quick: models and ffmpeg come at their first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dubbench.catalog import load as load
    from dubbench.documents import read as read
    from dubbench.dubbing import dub as dub
    from dubbench.dubbing import redub as redub
    from dubbench.errors import AdapterFailed as AdapterFailed
    from dubbench.errors import BadInput as BadInput
    from dubbench.errors import DubError as DubError
    from dubbench.errors import Missing as Missing
    from dubbench.errors import Refused as Refused
    from dubbench.errors import Unsupported as Unsupported
    from dubbench.types import Audio as Audio
    from dubbench.types import Controls as Controls
    from dubbench.types import Dub as Dub
    from dubbench.types import Line as Line
    from dubbench.types import Sound as Sound
    from dubbench.types import Take as Take
    from dubbench.types import Turn as Turn
    from dubbench.types import Voice as Voice
    from dubbench.types import Word as Word
    from dubbench.walks import Walk as Walk
    from dubbench.walks import start as start

_HOMES = {
    "AdapterFailed": "errors", "Audio": "types", "BadInput": "errors", "Controls": "types", "Dub": "types",
    "DubError": "errors", "Line": "types", "Missing": "errors", "Refused": "errors", "Sound": "types", "Take": "types",
    "Turn": "types", "Unsupported": "errors", "Voice": "types", "Walk": "walks", "Word": "types", "dub": "dubbing",
    "load": "catalog", "read": "documents", "redub": "dubbing", "start": "walks",
}  # fmt: skip

__all__ = sorted(_HOMES)  # noqa: PLE0605

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"dubbench.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'dubbench' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
