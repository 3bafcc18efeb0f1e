"""Bergamot (Marian) models run by fxtranslate, made fit for speech: sentences, quotes, numbers, guards, glossary.

What the adapters that use such a model share; pairs, catalogue and what comes before or after are theirs.
The engine is fxtranslate (MPL-2.0, in process): greedy, deterministic, one sentence a call, no alternatives. What says
the same shorter is sought in the same weights by `beam`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

from dubbench.errors import AdapterFailed, BadInput
from dubbench.text import glossary, numerals, sentences
from dubbench.translation import guard, mending, phrases, wordings
from dubbench.translation.alignment import Pairs
from dubbench.translation.ladder import Ladder
from dubbench.translation.nonsense import foreign, nonsense
from dubbench.translation.periphrases import condensed
from dubbench.weights import Weights

_NAMED = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\S{40,}")
"""What is copied rather than translated: addresses and unbroken strings."""

_SHELL = re.compile(
    r"^((?:[-–—•*♪♫#>]|[^\w\s\"'(\[¿¡.,;:?!…$€£R-])*\s*)(.*?)(\s*(?:[♪♫]|[^\w\s\"').\]?!…,;:%€$£º-])*)$", re.DOTALL
)
_TRANSLATED = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|[A-Z]+$|\w+(?:ish|ese|ans?|ch)$"
)
"""Names that have a translation, so that their absence means nothing: days, months, languages, peoples, acronyms."""

SHARES = (0.94, 0.88, 0.82, 0.0)
"""Of a sentence's letters, those that its wordings in a line's are to have at most, line by line."""

_HERE = threading.local()
_LONG = 12


class Marian:
    """One model, one direction. `pair` is "en-pt"; files are model.<pair>.bin, lex.<pair>.bin, vocab.<pair>.spm.

    May be used from any thread, one sentence at a time.
    """

    def __init__(self, folder: Path, pair: str, *, name: str = "bergamot") -> None:
        self.name, self.pair, self._folder = name, pair, folder
        self.source, self.target = pair.split("-")
        # The engine panics when touched, or dropped, outside the thread that made it: it gets one of its own and is
        # known only there, by a local of the module, for one of this object would be dropped with the object.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"marian-{pair}")
        self._thread.submit(self._load, folder).result()

    def _load(self, folder: Path) -> None:
        from fxtranslate import Translator

        model, lex, vocab = (
            (folder / name).read_bytes()
            for name in (f"model.{self.pair}.bin", f"lex.{self.pair}.bin", f"vocab.{self.pair}.spm")
        )
        _HERE.engine = Translator(model=model, src_vocab=vocab, trg_vocab=vocab, shortlist=lex)

    @cached_property
    def _ladder(self) -> Ladder:
        """Read when wordings are first asked for: most of the memory is its."""
        return Ladder(self._folder, self.pair)

    def close(self) -> None:
        """Let go of the model."""
        self._thread.shutdown()

    def raw(self, sentence: str) -> str:
        """What the model says, nothing mended. Longer than its context: the rest is lost, so do not."""
        return self._thread.submit(lambda: str(_HERE.engine.translate(sentence))).result()

    def wordings(
        self, text: str, terms: Mapping[str, str], *, line: str | None = None, spoken: bool = True
    ) -> list[str]:
        """A line's translation and what says the same shorter, best first. Raises AdapterFailed naming the line.

        Without `spoken` in forms that can be written, and so be translated on ("para", not "pra").
        """
        terms = glossary.relevant(text, terms)
        best = self.obeying(text, terms, line=line)
        bare = wordings.without_fillers(text, self.source)
        others = [self.obeying(bare, terms, line=line)] if bare != text else []
        for said, whole in ((text, best), (bare, others[0])) if others else ((text, best),):
            others += self._briefer(said, whole, line, spoken)
        others = [brief for other in (best, *others) for brief in wordings.brief(other, self.target)]
        found = wordings.distinct(best, others, self.target)
        lost = glossary.missed(text, best, terms)
        return [wording for wording in found if glossary.missed(text, wording, terms) == lost]

    def _briefer(self, text: str, best: str, line: str | None, spoken: bool) -> list[str]:
        """A line with each of its sentences a little shorter, and ever shorter, as far as each can be."""
        pieces = sentences.split(text, self.source)
        whole = [self.sentence(piece, line=line) for piece in pieces]
        if " ".join(whole) != best:  # terms were put in, which the model would leave out
            return []
        return _joined([self._rungs(piece, one, line, spoken) for piece, one in zip(pieces, whole, strict=True)])

    def _rungs(self, sentence: str, best: str, line: str | None, spoken: bool) -> list[str]:
        """A sentence's ladder; by rules alone where it is no plain sentence."""
        before, core, after = _shell(mending.without_hesitation(mending.plain(sentence), self.source))
        asked = sentences.clauses(core)
        done = [self._clause(piece, line) for piece in asked] if any(map(str.isalpha, core)) else []
        if _protected(core, self.source)[1] or before + " ".join(done) + after != best:
            return [best, *condensed(best, self.target, spoken=spoken)]
        ladders = [
            self._ladder.of(
                piece,
                known,
                lambda text: self.sentence(text, line=line),
                partial(mending.mended, source_text=piece, source=self.source, target=self.target),
                spoken=spoken,
            )
            for piece, known in zip(asked, done, strict=True)
        ]
        return [best, *(before + text + after for text in _joined(ladders))]

    def _clause(self, piece: str, line: str | None) -> str:
        return mending.mended(self._guarded(piece, line), piece, self.source, self.target)

    def pairs(self, text: str, said: str) -> Pairs:
        """Which words of a line's translation say which of it: sentence by sentence, where there are as many."""
        asked, answers = sentences.split(text, self.source), sentences.split(said, self.target)
        if len(asked) != len(answers):
            asked, answers = [text], [said]
        pairs, before, after = list[tuple[int, int]](), 0, 0
        for sentence, answer in zip(asked, answers, strict=True):
            pairs += [(before + i, after + j) for i, j in self._ladder.pairs(sentence, answer)]
            before, after = before + len(sentence.split()), after + len(answer.split())
        return pairs

    def obeying(self, text: str, terms: Mapping[str, str], *, line: str | None = None) -> str:
        """`text` translated with its terms obeyed where the model can be made to; unprotected where it obeys anyway."""
        return glossary.obeyed(text, terms, lambda t: self.text(t, line=line), self.target)

    def text(self, text: str, *, line: str | None = None) -> str:
        """A line, sentence by sentence."""
        return " ".join(self.sentence(piece, line=line) for piece in sentences.split(text, self.source))

    def sentence(self, sentence: str, *, line: str | None = None) -> str:
        """One sentence: known phrases, addresses and signs aside, then the model, guarded. Raises AdapterFailed,
        and BadInput for another script."""
        sentence = mending.plain(sentence)
        known = phrases.known(sentence, self.pair)
        if known is not None:
            return known
        before, core, after = _shell(mending.without_hesitation(sentence, self.source))
        if not any(char.isalpha() for char in core):
            return before + numerals.agreed(core, core, self.source, self.target) + after
        if foreign(core):
            where = f"line {line}: " if line else ""
            raise BadInput(f"{where}{core[:80]!r} is not in '{self.source}'; edit the line's text in dub.json")
        kept, addresses = _protected(core, self.source)
        pieces = sentences.clauses(kept)
        done = [self._clause(piece, line) for piece in pieces]
        restored = glossary.restore(" ".join(done), addresses)
        return before + (restored if restored is not None else core) + after

    def _guarded(self, sentence: str, line: str | None) -> str:
        """The first sound attempt that keeps length, numbers, names and negation, else the first sound one."""
        fallback: str | None = None
        for asked in attempts(sentence, self.source):
            out = " ".join(self.raw(piece) for piece in asked)
            if nonsense(sentence, out):
                continue
            if not self._loses(sentence, out):
                return out
            fallback = fallback if fallback is not None else out
        if fallback is None:
            why = f"no sound translation of {sentence[:80]!r}; edit the line's text"
            raise AdapterFailed(self.name, why, line=line)
        return fallback

    def _loses(self, sentence: str, out: str) -> bool:
        said = {figure.digits for figure in numerals.figures(sentence, self.source)}
        kept = {figure.digits for figure in numerals.figures(out, self.target)}
        denied = [guard.negations(t, code) > 0 for t, code in ((sentence, self.source), (out, self.target))]
        gone = [name for name in guard.names(sentence) if name[:3] not in out and not _TRANSLATED.match(name)]
        if len(out.split()) < 0.6 * len(sentence.split()) and len(sentence.split()) >= _LONG:
            return True
        return bool(said - kept) or (denied[0] and not denied[1]) or bool(gone)


class Models:
    """The models of an adapter by pair ("en-pt"), each loaded when it is first asked for."""

    def __init__(self, weights: Weights, name: str) -> None:
        self._weights, self._name = weights, name
        self._loaded: dict[str, Marian] = {}

    def __getitem__(self, pair: str) -> Marian:
        if pair not in self._loaded:
            self._loaded[pair] = Marian(self._weights.folder(), pair, name=self._name)
        return self._loaded[pair]

    def close(self) -> None:
        """Let go of them all."""
        for model in self._loaded.values():
            model.close()
        self._loaded = {}


def attempts(sentence: str, language: str) -> Iterator[list[str]]:
    """The ways a sentence may be asked for, the plainest first; more pieces mean less memory of what came before."""
    yield [sentence]
    words = sentence.split()
    if len(words) > 2 * _LONG:
        yield sentences.clauses(sentence, longest=-(-len(words) // 2))
    bare = sentence.rstrip(".!?")
    yield [bare] if bare.strip() else [sentence]
    if language == "en":
        yield [re.sub(r"n't\b", " not", re.sub(r"\b([Ww])on't\b", r"\1ill not", sentence.replace("can't", "cannot")))]
        yield [re.sub(r"\bThank you(?: all)?\b", "Thanks", sentence)]
    yield [re.sub(r"^Obrigad[oa]\b", "Muito obrigado", sentence) if language == "pt" else sentence]
    yield [sentence[:1].swapcase() + sentence[1:]]
    for parts in (2, 4, 8):
        if len(words) >= 2 * parts:
            yield sentences.clauses(sentence, longest=-(-len(words) // parts))


def _joined(ladders: list[list[str]]) -> list[str]:
    """Parts after one another, ever shorter: each the longest of its wordings with at most a share of its letters."""

    def down(ladder: list[str], share: float) -> str:
        return next((text for text in ladder if len(text) <= share * len(ladder[0])), ladder[-1])

    return [" ".join(down(ladder, share) for ladder in ladders) for share in SHARES]


def _shell(sentence: str) -> tuple[str, str, str]:
    """A sentence's leading and trailing signs (dialogue dashes, notes, emoji) apart from its words."""
    match = _SHELL.match(sentence)
    return (match[1], match[2], match[3]) if match and match[2] else ("", sentence, "")


def _protected(text: str, source: str) -> tuple[str, dict[str, str]]:
    """Addresses, and in English names with foreign letters ("Zoë" came back as "Zoo"), behind stand-ins."""
    addresses = {found.rstrip(".,;:!?)\"'"): "" for found in _NAMED.findall(text)}
    if source == "en":
        addresses |= dict.fromkeys((name for name in re.findall(r"\b[^\W\d_a-z]\w*", text) if not name.isascii()), "")
    return glossary.protect(text, addresses, shape="XW{}") if addresses else (text, {})


__all__ = ["Marian", "Models", "attempts"]
