"""Apertium: rule-based translation between near languages, by process, alone or behind a Bergamot model as a pivot.

Apertium and its language data are GPL and run as Debian installs them: nothing of theirs is imported or shipped.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from dubbench.errors import AdapterFailed, BadInput, Missing
from dubbench.processes import bounded
from dubbench.stages.translate import Translate
from dubbench.text import glossary as terms_of
from dubbench.text import sentences
from dubbench.translation import alignment, phrases, residue, wordings
from dubbench.translation.alignment import Pairs
from dubbench.translation.marian import Marian, Models
from dubbench.translation.periphrases import condensed
from dubbench.types import Line

MODES = {
    "es-pt": ("es-pt_BR", "apertium-es-pt"),
    "pt-es": ("pt-es", "apertium-es-pt"),
    "pt-ca": ("por-cat", "apertium-por-cat"),
    "ca-pt": ("cat-por_BR", "apertium-por-cat"),
    "pt-gl": ("pt-gl", "apertium-pt-gl"),
    "gl-pt": ("gl-pt", "apertium-pt-gl"),
    "es-ca": ("spa-cat", "apertium-spa-cat"),
    "ca-es": ("cat-spa", "apertium-spa-cat"),
    "en-es": ("eng-spa", "apertium-eng-spa"),
    "es-en": ("spa-eng_US", "apertium-eng-spa"),
}
"""Pair -> Apertium's mode and the Debian package that brings it; Brazilian Portuguese and American English where there
is a choice."""

PATIENCE = 60.0
"""Seconds a call may take, and a tenth more for each sentence; one takes 0.1 s and a sentence 1 ms."""

_BETWEEN = "\n\n"
"""An empty line ends Apertium's sentence: nothing is reordered or joined across it."""

Step = Callable[[list[str]], list[str]]


LOST = 0.2
"""Share of letters that near languages do not differ by: Spanish out of Portuguese has 0.9 to 1.2 times as many."""


class Apertium(Translate):
    """Spanish, Portuguese, Catalan and Galician among themselves; English and Spanish too, to be compared with
    `ApertiumPivot`: an entry says which."""

    licence = "GPL-2.0-or-later (by process)"
    languages = tuple(MODES)
    version: ClassVar[int] = 4
    batch: ClassVar[int] = 64

    def check(self, source: str | None, target: str) -> None:
        """Raises Unsupported, or Missing with the packages to install."""
        super().check(source, target)
        if source is not None:
            self._installed(f"{source}-{target}")

    def _installed(self, pair: str) -> None:
        mode, package = MODES[pair]
        if mode not in modes():
            raise Missing(f"model '{self.name}' needs Apertium for {pair}: sudo apt-get install apertium {package}")

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
        """All lines in one call of the program. Raises AdapterFailed, Missing."""
        self.check(source, target)
        return settled(lines, glossary, self._step(f"{source}-{target}"), source, target)

    def _step(self, pair: str) -> Step:
        return lambda texts: through(texts, pair, name=self.name)


class ApertiumPivot(Translate):
    """English with Spanish, Catalan and Galician, by way of Portuguese: Bergamot on one side, Apertium on the other.

    BLEU/chrF on spoken sentences 34.5/64.0 en-es, where Apertium's own eng-spa has 20.8/51.0.
    """

    licence = "MIT and GPL-2.0-or-later (by process)"
    languages = ("en-es", "es-en", "en-ca", "ca-en", "en-gl", "gl-en")
    requires: ClassVar[tuple[str, ...]] = ("fxtranslate==0.5.0", "sentencepiece>=0.2")
    version: ClassVar[int] = 5
    batch: ClassVar[int] = 8
    """Apertium takes 0.1 s for few lines and many; but a killed process loses what Bergamot did of them, too."""
    pivot: ClassVar[str | None] = "pt"

    _models: Models

    def check(self, source: str | None, target: str) -> None:
        """Raises Unsupported, or Missing with the packages to install."""
        super().check(source, target)
        if source is None:
            return
        mode, package = MODES[_leg(source, target)]
        if mode not in modes():
            raise Missing(
                f"model '{self.name}' needs Apertium for {source}-{target}: sudo apt-get install apertium {package}"
            )

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
        """All lines through both. Raises AdapterFailed, Missing."""
        self.check(source, target)
        model = self._models["en-pt" if source == "en" else "pt-en"]
        leg = _leg(source, target)

        def out(texts: list[str]) -> list[str]:
            return through([model.text(text) for text in texts], leg, name=self.name)

        def back(texts: list[str]) -> list[str]:
            return [model.text(text) for text in through(texts, leg, name=self.name)]

        found = settled(lines, glossary, out if source == "en" else back, source, target)
        return found if source != "en" else self._with_briefer(lines, found, model, target, glossary)

    def align(self, text: str, said: str, source: str, target: str) -> Pairs:
        """By way of Portuguese: where the model looks on one side, words that look alike on the other."""
        self.check(source, target)
        if source == "en":
            between = self._models["en-pt"].text(text)
            near = alignment.alike(between.split(), said.split())
            return alignment.through(self._models["en-pt"].pairs(text, between), near)
        between = through([text], _leg(source, target), name=self.name)[0]
        near = alignment.alike(text.split(), between.split())
        return alignment.through(near, self._models["pt-en"].pairs(between, said))

    def _with_briefer(
        self, lines: Sequence[Line], found: list[list[str]], model: Marian, target: str, glossary: Mapping[str, str]
    ) -> list[list[str]]:
        """The wordings with what the Portuguese ones of each line become.

        Those are judged as Portuguese, beside their source. What comes after has no choice of words but in fixed
        phrases ("vamos lá", "vamos"), so there only letters are counted, with numbers, names and negations.
        """
        ladders = [model.wordings(line.text, {}, line=line.id, spoken=False)[1:] for line in lines]
        passed = iter(through([text for ladder in ladders for text in ladder], f"pt-{target}", name=self.name))
        briefer = [whole([(text, next(passed)) for text in ladder]) for ladder in ladders]
        return [
            obeying(line, wordings.distinct(ways[0], [*ways[1:], *told(more, target)], target), glossary)
            for line, ways, more in zip(lines, found, briefer, strict=True)
        ]


def _leg(source: str, target: str) -> str:
    """Apertium's part of the way."""
    return f"pt-{target}" if source == "en" else f"{source}-pt"


def settled(
    lines: Sequence[Line], glossary: Mapping[str, str], step: Step, source: str, target: str
) -> list[list[str]]:
    """Each line's wordings: all lines and their filler-free forms in one go, then those again that missed a term."""
    bare = [wordings.without_fillers(line.text, source) for line in lines]
    whole = named(step, lines, [line.text for line in lines])
    extra = [i for i, text in enumerate(bare) if text != lines[i].text]
    lighter = dict(zip(extra, named(step, [lines[i] for i in extra], [bare[i] for i in extra]), strict=True))
    found = []
    for i, line in enumerate(lines):
        terms = terms_of.relevant(line.text, glossary)

        def again(text: str, line: Line = line) -> str:
            return named(step, [line], [text])[0]

        best = whole[i]
        if terms_of.missed(line.text, best, terms):
            best = terms_of.obeyed(line.text, terms, again, target)
        others = [lighter[i]] if i in lighter else []
        if others and terms_of.missed(line.text, others[0], terms):
            others = [terms_of.obeyed(bare[i], terms, again, target)]
        others = told([best, *others], target)
        found.append(obeying(line, wordings.distinct(best, others, target), terms))
    return found


def whole(passed: Sequence[tuple[str, str]]) -> list[str]:
    """What wordings became on the second half of their way, without what lost a fifth of its letters or more there."""
    return [text for before, text in passed if len(text) > (1 - LOST) * len(before)]


def told(texts: Sequence[str], language: str) -> list[str]:
    """Texts, and what rules make of them, ever shorter."""
    ways = [way for text in texts for way in (text, *condensed(text, language))]
    return [short for way in ways for short in wordings.brief(way, language)]


def obeying(line: Line, ways: Sequence[str], terms: Mapping[str, str]) -> list[str]:
    """The wordings that miss no other term than the first does."""
    lost = terms_of.missed(line.text, ways[0], terms)
    return [way for way in ways if terms_of.missed(line.text, way, terms) == lost]


def named(step: Step, lines: Sequence[Line], texts: list[str]) -> list[str]:
    """`step` on all texts; when it fails, line by line, so that the failure names its line."""
    try:
        return step(texts)
    except (AdapterFailed, BadInput):
        for line, text in zip(lines, texts, strict=True):
            try:
                step([text])
            except AdapterFailed as error:
                raise AdapterFailed(error.model, error.why, line=line.id, stderr=error.stderr) from None
            except BadInput as error:
                raise BadInput(f"line {line.id}: {error}") from None
        raise


def through(texts: Sequence[str], pair: str, *, name: str = "apertium") -> list[str]:
    """Texts through Apertium, sentence by sentence, in one call; usual phrases by the phrase book, residue mended."""
    source = pair.split("-")[0]
    pieces = [sentences.split(text, source) for text in texts]
    asked = [piece for part in pieces for piece in part if phrases.known(piece, pair) is None and _speaks(piece)]
    answers = iter(run([residue.before(piece, pair) for piece in asked], MODES[pair][0], name=name))

    def said(piece: str) -> str:
        known = phrases.known(piece, pair)
        return known if known is not None else residue.after(next(answers), pair) if _speaks(piece) else piece

    return [" ".join(said(piece) for piece in part) for part in pieces]


def run(texts: Sequence[str], mode: str, *, name: str = "apertium") -> list[str]:
    """One call of the program, a paragraph a text; should it not give as many back, a call a text.

    Raises AdapterFailed, Missing.
    """
    if not texts:
        return []
    clean = [_clean(text) for text in texts]
    given = _called(_BETWEEN.join(clean), mode, name, len(clean)).split(_BETWEEN)
    if len(given) != len(clean) or any(_speaks(text) != _speaks(back) for text, back in zip(clean, given, strict=True)):
        given = [_called(text, mode, name, 1) for text in clean]
    for text, back in zip(clean, given, strict=True):
        if _speaks(text) and not _speaks(back):
            raise AdapterFailed(name, f"Apertium made nothing of {text[:80]!r}")
    return [" ".join(text.split()) for text in given]


def _clean(text: str) -> str:
    """One paragraph: control characters and line ends would break the text apart."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())


def _speaks(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _called(text: str, mode: str, name: str, count: int) -> str:
    # -u: no "*" before unknown words. The locale decides the encoding, so it is not left to the caller's.
    bounds = bounded.Bounds(seconds=PATIENCE + 0.1 * count)
    try:
        done = bounded.run(
            ["apertium", "-u", mode], f"{text}\n".encode(), bounds=bounds, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
    except FileNotFoundError:
        raise Missing("Apertium is not installed: sudo apt-get install apertium") from None
    except bounded.Overrun as overrun:
        raise AdapterFailed(name, f"Apertium in mode {mode} {overrun}") from None
    if done.code:
        said = done.said.decode("utf-8", "replace")
        raise AdapterFailed(name, f"Apertium ended with {done.code} in mode {mode}", stderr=said)
    return done.out.decode("utf-8").removesuffix("\n")


def modes() -> set[str]:
    """The modes Apertium has on this machine; none when it is not there."""
    program = shutil.which("apertium")
    if program is None:
        return set()
    try:
        listed = bounded.run([program, "-l"], bounds=bounded.Bounds(seconds=PATIENCE))
    except bounded.Overrun as overrun:
        raise AdapterFailed("apertium", f"asked for its modes, Apertium {overrun}") from None
    return set(listed.out.decode("utf-8").split())
