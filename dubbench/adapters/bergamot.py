"""Bergamot: English and Portuguese (Brazilian) by the small Marian models of Firefox's translations project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dubbench.stages.translate import Translate
from dubbench.translation.alignment import Pairs
from dubbench.translation.marian import Models
from dubbench.types import Line


class Bergamot(Translate):
    """Two models of 17 MB, int8, on the processor: 0.1 to 0.2 s a line, most of it for shorter wordings; 240 MB.

    `licence` is that of the models; the engine (PyPI `fxtranslate`) is MPL-2.0. It writes "você" and "ônibus". Shorter
    wordings are sought by rules and in the same weights, and read back by the model of the other way.
    """

    licence = "MIT"
    languages = ("en-pt", "pt-en")
    requires: ClassVar[tuple[str, ...]] = ("fxtranslate==0.5.0", "sentencepiece>=0.2")
    version: ClassVar[int] = 4

    _models: Models

    def load(self) -> None:
        """The models themselves come with the first line of their direction."""
        self._models = Models(self.weights, self.name)

    def unload(self) -> None:
        self._models.close()
        del self._models

    def translate(
        self,
        lines: Sequence[Line],
        source: str,
        target: str,
        glossary: Mapping[str, str],
        *,
        before: Sequence[Line] = (),
        after: Sequence[Line] = (),
    ) -> list[list[str]]:
        """Each line by itself. Raises AdapterFailed naming a line that has no sound translation."""
        self.check(source, target)
        model = self._models[f"{source}-{target}"]
        return [model.wordings(line.text, glossary, line=line.id) for line in lines]

    def align(self, text: str, said: str, source: str, target: str) -> Pairs:
        """By where the model looks while it is made to say the translation."""
        self.check(source, target)
        return self._models[f"{source}-{target}"].pairs(text, said)
