"""What the guards of shorter wordings refuse and keep: mutilated translations and honest ones, half of them held out.

    python eval/guard.py            without and with the source read back, at several thresholds

Of each line of `eval/paraphrases.py`, and of the English ones of `eval/sentences.py`, the translation is mutilated: a
word of sense left out, put in another's place, in another form; "não" dropped or put in; and, fluently, by translating
the line with a word left out or changed. Each second line is held out: thresholds were chosen on the others.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench.translation import guard
from dubbench.translation.backward import CUT, FREE, Backward
from dubbench.translation.beam import Decoder
from dubbench.translation.ladder import CHANGED
from dubbench.translation.network import Network
from eval.paraphrases import PARAPHRASES
from eval.sentences import LINES

Case: TypeAlias = tuple[str, str, str, str]
"""Kind, source, best, wording."""

KINDS = ("honest", "left out", "replaced", "another form", "negation", "fluent")

SMALL = (
    "o a os as um uma uns umas de do da dos das em no na nos nas num numa ao à aos às por pelo pela para pra pro e que "
    "se eu nós você vocês eles elas é me te lhe the an of to in on at for by with and that it is are am be does did "
    "have has had"
)
"""Words of either language whose loss need not be a loss."""
FORMS = (
    ("amos", "aram"), ("emos", "em"), ("imos", "iram"), ("ou", "ei"), ("ei", "ou"), ("eu", "i"), ("ava", "ou"),
    ("ia", "e"), ("Ela", "Ele"), ("Ele", "Ela"), ("ela", "ele"), ("ele", "ela"),
)  # fmt: skip
"""Endings of other persons, tenses and genders."""


def bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word)


def heavy(words: Sequence[str]) -> list[int]:
    return [i for i, word in enumerate(words) if len(bare(word)) > 2 and bare(word).lower() not in SMALL.split()]


def without(words: Sequence[str], at: int) -> str:
    """A word left out, its mark kept on the one before it."""
    kept = [*words[:at], *words[at + 1 :]]
    mark = re.search(r"\W*$", words[at])
    if at and mark and mark[0]:
        kept[at - 1] = bare(kept[at - 1]) + mark[0]
    text = " ".join(kept)
    return text[:1].upper() + text[1:]


def with_(words: Sequence[str], at: int, word: str) -> str:
    return " ".join([*words[:at], words[at].replace(bare(words[at]), word), *words[at + 1 :]])


def mutilated(best: str, other: str) -> Iterator[tuple[str, str]]:
    """A translation with one thing wrong at a time; `other` is another line's, to take words from."""
    words, strange = best.split(), [bare(word).lower() for word in other.split() if len(bare(word)) > 3]
    for n, at in enumerate(heavy(words)):
        word = bare(words[at])
        if not guard.negations(word, "pt"):
            yield "left out", without(words, at)
            yield "replaced", with_(words, at, strange[n % len(strange)])
        for ending, instead in FORMS:
            if word == ending or (word.endswith(ending) and len(word) > len(ending) + 1):
                yield "another form", with_(words, at, word.removesuffix(ending) + instead)
                break
    for at in [i for i, word in enumerate(words) if bare(word).lower() == "não"]:
        yield "negation", without(words, at)
    if not guard.negations(best, "pt"):
        verbs = [i for i, word in enumerate(words) if re.search(r"(?:[aei]mos|ou|ava|ia|tem)$|^é$|á$", bare(word))]
        yield from [("negation", " ".join([*words[:at], "não", *words[at:]])) for at in verbs[:1]]


def fluent(source: str, other: str, said: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """What a model says of a source with a word of sense left out, or another line's in its place."""
    words = source.split()
    strange = [bare(other.split()[i]) for i in heavy(other.split())]
    for n, at in enumerate(heavy(words)[:4]):
        yield "fluent", said(without(words, at))
        yield "fluent", said(with_(words, at, strange[n % len(strange)]))


def cases(said: Callable[[str], str]) -> list[list[Case]]:
    """Cases of each line, the honest wording first."""
    lines = [*PARAPHRASES, *((text, said(text), "") for text in LINES["en"] if len(text.split()) > 3)]
    found = []
    for i, (source, best, good) in enumerate(lines):
        other = lines[i - 1]
        wrong = [*mutilated(best, other[1]), *fluent(source, other[0], said)]
        made = [("honest", source, best, good)] if good else []
        made += [(kind, source, best, text) for kind, text in dict.fromkeys(wrong) if text not in (best, good)]
        found.append(made)
    return found


def shares(title: str, kinds: Sequence[str], passed: Sequence[bool]) -> str:
    """A row: what part of the honest was kept, of the mutilated refused, and of each kind of them."""
    refused = {kind: [not ok for what, ok in zip(kinds, passed, strict=True) if what == kind] for kind in KINDS}
    wrong = [no for kind in KINDS[1:] for no in refused[kind]]
    cells = [f"{1 - np.mean(refused['honest']):.0%}", f"{np.mean(wrong):.1%}"]
    cells += [f"{np.mean(refused[kind]):.0%} of {len(refused[kind])}" for kind in KINDS[1:]]
    return f"{title:32}" + "".join(f"{cell:>13}" for cell in cells)


def likely(case: Case, forward: Decoder) -> float:
    """By how many nats a wording is less likely than the best translation, as the model that translates sees it."""
    _, source, best, text = case
    known, other = (sum(chance for _, chance in forward.chances(source, said)) for said in (best, text))
    return known - other


def curve(cases: Sequence[Case], forward: Decoder, backward: Backward) -> Iterator[str]:
    """Rows of the guards without and with the source read back, at several thresholds."""
    kinds = [kind for kind, *_ in cases]
    less = np.array([likely(case, forward) for case in cases])
    losses = np.array([backward.losses(source, best, [text])[0].nats for _, source, best, text in cases])
    rules, same, near = (
        np.array([judge(text, best, "pt") for *_, best, text in cases])
        for judge in (guard.faithful, guard.same, guard.near)
    )
    yield " " * 32 + "".join(f"{name:>13}" for name in ("kept", "refused", *KINDS[1:]))
    yield shares("numbers, names, negations", kinds, rules)
    yield shares("word for word", kinds, same)
    yield shares("... but for faint words", kinds, near)
    for limit in sorted({1.0, CUT, 3.0}):
        yield shares(f"    and read back, {limit:.1f} nats", kinds, near & (losses <= limit))
    for limit in sorted({3.0, FREE, 7.0}):
        yield shares(f"other words, read back, {limit:.1f} nats", kinds, rules & (losses <= limit))
    for limit in (1.0, CUT):
        as_likely = rules & (losses <= limit) & (less <= CHANGED)
        yield shares(f"    {limit:.1f} nats, and as likely", kinds, as_likely)


def main() -> None:
    folder = dubbench.load("bergamot").weights.folder()
    forward = Decoder(folder / "model.en-pt.bin", folder / "vocab.en-pt.spm")
    backward = Backward(Network(folder / "model.pt-en.bin", folder / "vocab.pt-en.spm"), "en")
    found = cases(forward.greedy)
    for name, half in (("thresholds chosen on", found[::2]), ("held out", found[1::2])):
        print(f"\n{name}: {len(half)} lines")
        print("\n".join(curve([case for line in half for case in line], forward, backward)))


if __name__ == "__main__":
    main()
