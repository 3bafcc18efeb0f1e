"""Two adapters that can never share an environment: each needs another version of the same package, and says which."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any, ClassVar

from dubbench.adapters.toy import ToySpeak, ToyTranslate
from dubbench.errors import AdapterFailed
from dubbench.types import Line


def versions(*packages: str) -> str:
    """ "tomli 1.2.3 numpy 1.26.4": what is imported where this runs, and not only installed somewhere."""
    told = []
    for package in packages:
        __import__(package)
        told += [package, metadata.version(package)]
    return " ".join(told)


class Old(ToyTranslate):
    """Translates everything into the versions that it works with: tomli 1 and a numpy before 2."""

    isolated = True
    requires: ClassVar[tuple[str, ...]] = ("tomli==1.2.3", "numpy<2")

    def translate(self, lines: Sequence[Line], *rest: Any, **more: Any) -> list[list[str]]:
        return [[versions("tomli", "numpy")] for _ in lines]


class New(ToySpeak):
    """Speaks only where tomli is of version 2 and numpy, too, as here."""

    isolated = True
    requires: ClassVar[tuple[str, ...]] = ("tomli==2.0.1", "numpy>=2")

    def load(self) -> None:
        found = versions("tomli", "numpy")
        if not found.startswith("tomli 2.0.1 numpy 2."):
            raise AdapterFailed(self.name, f"it got {found}")
