"""One text a line in, one or several wordings a line out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from dubbench import memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.text import glossary
from dubbench.translation import alignment, guard, leftovers
from dubbench.translation.alignment import Pairs
from dubbench.types import Dub, Line

CHOSEN = "wording"
"""In `Line.made_by`: the key of the wording that a machine chose, so that a person's own choice is known from it."""


class Translate(Stage):
    """The translate room."""

    room: ClassVar[str] = "translate"
    batch: ClassVar[int] = 1
    """How many lines the adapter is given at once; a killed process loses at most one batch."""
    context: ClassVar[int] = 0
    """How many neighbouring lines on each side the adapter looks at; they are part of what a result depends on."""
    pivot: ClassVar[str | None] = None
    """The language in between, where there is one: results are labelled with it."""

    @abstractmethod
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
        """For each line its wordings in `target`, best first, at least one. Reads `line.text`, speaker and times.

        `before` and `after` are up to `context` neighbours, to read only. `glossary` maps source terms to what they
        must become; an adapter that can obey does, one that cannot ignores it: the room checks afterwards.
        """

    def align(self, text: str, said: str, source: str, target: str) -> Pairs:
        """Which words of `text`, in the language `source`, are said by which of its translation: pairs of places among
        words parted by spaces, in order. Without a model that knows, by words that look alike.
        """
        return alignment.alike(text.split(), said.split())

    def aligned(self, text: str, said: str, source: str, target: str) -> Pairs:
        """`align`, checked; a model is loaded only where it is asked. Raises AdapterFailed."""
        knows = type(self).align is not Translate.align
        with self.blamed():
            pairs = [(int(i), int(j)) for i, j in (self.ready() if knows else self).align(text, said, source, target)]
        words, others = len(text.split()), len(said.split())
        if not all(0 <= i < words and 0 <= j < others for i, j in pairs):
            raise AdapterFailed(self.name, f"it paired words that are not there: {pairs!r:.60}")
        return pairs

    def check(self, source: str | None, target: str) -> None:
        """Refuse a pair this model cannot translate."""
        if source is not None:
            self._refuse(f"{source}-{target}")

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        """Adds `translation` and `wordings` to each line whose text changed; a person's own wording is kept."""
        if dub.source_language is None:
            raise BadInput("nothing to translate from: the source language is not known yet (transcribe comes first)")
        keys = [self._key(dub, i) for i in range(len(dub.lines))]
        store = memory.Memory(dub.folder)
        stale = [i for i, line in enumerate(dub.lines) if self._stale(store, line, keys[i])]
        found: dict[int, Any] = {i: store.recall(self.room, keys[i]) for i in stale}
        todo = [i for i in stale if found[i] is None]
        _worded([dub.lines[i] for i in todo])
        for first in range(0, len(todo), self.batch):
            part = todo[first : first + self.batch]
            progress(self.room, first, len(todo), dub.lines[part[0]].id)
            for i, wordings in zip(part, self._asked(dub, part), strict=True):
                store.keep(self.room, keys[i], wordings)
                found[i] = wordings
        progress(self.room, len(todo), len(todo), "translated")
        lines = list(dub.lines)
        for i in stale:
            made = {**lines[i].made_by, self.room: keys[i], CHOSEN: memory.key(text=found[i][0])}
            lines[i] = lines[i].but(translation=found[i][0], wordings=tuple(found[i]), made_by=made)
        return checked(dub.but(lines=tuple(lines), made_by=dub.by(self.room, self.name, memory.key(lines=keys))))

    def _asked(self, dub: Dub, part: Sequence[int]) -> list[list[str]]:
        lines = [dub.lines[i] for i in part]
        before = dub.lines[max(0, part[0] - self.context) : part[0]]
        after = dub.lines[part[-1] + 1 : part[-1] + 1 + self.context]
        assert dub.source_language is not None
        with self.blamed(lines[0].id):
            answers = self.ready().translate(
                lines, dub.source_language, dub.target_language, dub.glossary, before=before, after=after
            )
        if isinstance(answers, str) or not isinstance(answers, Sequence):
            raise AdapterFailed(self.name, f"wanted a list of lines, got {answers!r:.60}", line=lines[0].id)
        if len(answers) != len(lines):
            raise AdapterFailed(self.name, f"{len(lines)} lines in, {len(answers)} out", line=lines[0].id)
        return [self._wordings(line, answer, dub.target_language) for line, answer in zip(lines, answers, strict=True)]

    def _wordings(self, line: Line, answer: Any, language: str) -> list[str]:
        """An adapter's answer for one line, which is a stranger's word. A bare text would pass for its letters.

        Of further wordings those stay that lost no number, name or negation of the first (`translation.guard`).
        """
        if isinstance(answer, str) or not isinstance(answer, Sequence):
            raise AdapterFailed(self.name, f"wanted a list of wordings, got {answer!r:.60}", line=line.id)
        if not all(isinstance(text, str) for text in answer):
            raise AdapterFailed(self.name, f"not every wording is a text: {list(answer)!r:.60}", line=line.id)
        if not answer or not all(text.strip() for text in answer):
            raise AdapterFailed(self.name, "it translated a line into nothing", line=line.id)
        best, *others = answer
        return [best, *(other for other in others if guard.faithful(other, best, language))]

    def _key(self, dub: Dub, i: int) -> str:
        near = dub.lines[max(0, i - self.context) : i + self.context + 1] if self.context else ()
        return memory.key(
            text=dub.lines[i].text,
            near=[line.text for line in near],
            pair=f"{dub.source_language}-{dub.target_language}",
            glossary=glossary.relevant(dub.lines[i].text, dub.glossary),
            by=self.identity(),
        )

    def _stale(self, store: memory.Memory, line: Line, key: str) -> bool:
        """Whether the line must be translated (again): a wording that no machine gave is a person's and stays."""
        made = line.made_by.get(self.room)
        if line.translation is None:
            return True
        if made is None or made == key:
            return False
        return line.translation in (store.recall(self.room, made) or ())


def checked(dub: Dub) -> Dub:
    """The dub with flags on the lines whose translation misses a term or kept words of another language."""
    lines = (glossary.checked(line, dub.glossary) for line in dub.lines)
    return dub.but(lines=tuple(leftovers.checked(line, dub) for line in lines))


def _worded(lines: Sequence[Line]) -> None:
    """Refuse a line without text before any is translated: a model would answer with nothing, or make something up."""
    empty = next((line for line in lines if not line.text.strip()), None)
    if empty is not None:
        raise BadInput(f"line {empty.id} has no text to translate; write its 'text' or 'translation' in dub.json")
