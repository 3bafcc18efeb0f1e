"""A small Marian model decoded by beam search in numpy: several translations of a sentence, the shorter ones sought.

The engine (fxtranslate) is greedy and knows one translation. Here the same weights (`network`) are decoded side by side
under several prices for a letter, so that one search finds what the model finds best and what it finds nearly as good
and shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from dubbench.translation.network import DECODERS, END, SCALE, Network, log_softmax, positions
from dubbench.types import Samples

WIDTH = 6
"""Hypotheses kept under each price."""
PRICES = (0.0, 0.08, 0.2)
"""What a letter costs, in nats. At 0.2 a translation four letters shorter may be half as likely."""
UNKNOWN = 1
EVEN = 0.8
"""Power of its length by which a hypothesis' worth is divided, so that short and long compare (Wu et al. 2016)."""
LIKELY = 60
"""Tokens that are looked at for each one of the known translation."""
LONGER = 2.0
"""No translation is sought that has more than this many tokens for each of the source's, and ten."""


@dataclass(frozen=True)
class Translation:
    """One translation; `total` is the model's log-probability of it, in nats, `score` its mean for a token."""

    text: str
    total: float
    score: float


class Decoder(Network):
    """A network that says what a sentence may become."""

    @cached_property
    def _letters(self) -> Samples:
        """How many letters each token has."""
        return np.array([_letters(self.pieces.id_to_piece(i)) for i in range(len(self.embeddings))], np.float32)

    def translations(self, sentence: str, known: str, *, width: int = WIDTH) -> list[Translation]:
        """What a sentence may become, each text once, the likeliest first.

        In tokens that are likely somewhere in a known translation: of others the model thinks little wherever they are.
        """
        tokens = self.tokens(known)
        with _one_thread():
            logits = self.forced(sentence, tokens)
        among = np.unique([END, *np.argpartition(-logits, LIKELY, axis=1)[:, :LIKELY].ravel(), *tokens])
        texts: dict[str, Translation] = {}
        for ids, total in self._found(sentence, width, PRICES, among[among != UNKNOWN]):
            text = str(self.pieces.decode(ids))
            texts.setdefault(text, Translation(text, total, total / (len(ids) + 1)))
        return sorted(texts.values(), key=lambda one: -one.score)

    def greedy(self, sentence: str) -> str:
        """The likeliest token, one after the other: what the engine does."""
        every = np.delete(np.arange(len(self.embeddings)), UNKNOWN)
        [(ids, _), *_] = self._found(sentence, 1, (0.0,), every)
        return str(self.pieces.decode(ids))

    def _found(
        self, sentence: str, width: int, prices: tuple[float, ...], among: npt.NDArray[np.int64]
    ) -> list[tuple[list[int], float]]:
        """(tokens, log-probability) of finished hypotheses: at most `width` to each price, the cheapest first.

        `among` are the tokens they are made of, the end the first of them.
        """
        longest = round(LONGER * len(self.tokens(sentence))) + 10
        beam = _Beam(width, np.array(prices, np.float32), self._letters[among])
        states = [np.zeros((len(prices) * width, self.embeddings.shape[1]), np.float32) for _ in range(DECODERS)]
        embedded = np.zeros_like(states[0])
        with _one_thread():
            memories, output = self.memories(sentence), self.output(among)
            for step in range(longest):
                logits, states = self.stepped(embedded + positions(step, 1), states, memories, output)
                order, tokens = beam.grown(log_softmax(logits))
                states = [state[order] for state in states]
                embedded = self.embeddings[among[tokens]] * SCALE
                if beam.finished:
                    break
        return [([int(among[token]) for token in said], chance) for said, chance in beam.best()]


class _Beam:
    """Hypotheses side by side: `width` rows for each price, all rows of a step in one batch."""

    def __init__(self, width: int, prices: Samples, letters: Samples) -> None:
        self.width, self._prices, self._letters = width, prices, letters
        groups = len(prices)
        self._priced = prices[:, None, None] * letters
        self._chance = np.full((groups, width), -np.inf, np.float32)
        self._chance[:, 0] = 0.0  # all rows are alike at first: one of them is enough
        self._spent = np.zeros((groups, width), np.float32)
        self._said: list[list[int]] = [[] for _ in range(groups * width)]
        self._done: list[list[tuple[float, list[int], float]]] = [[] for _ in range(groups)]

    @property
    def finished(self) -> bool:
        return all(len(done) >= self.width for done in self._done)

    def grown(self, chances: Samples) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Each hypothesis one token longer, by `chances` (rows, tokens), log-probabilities.

        Which row each goes on from, and with which token; what ends is put aside.
        """
        whole = self._chance[:, :, None] + chances.reshape(*self._chance.shape, -1)
        worth = whole - self._spent[:, :, None] - self._priced
        chosen = np.array([self._kept(group, worth[group], whole[group]) for group in range(len(self._prices))])
        parents, tokens = chosen[:, :, 0], chosen[:, :, 1]
        rank = np.arange(len(self._prices))[:, None]
        self._chance = whole[rank, parents, tokens]
        self._spent = self._spent[rank, parents] + self._prices[:, None] * self._letters[tokens]
        order = (rank * self.width + parents).ravel()
        self._said = [[*self._said[row], int(token)] for row, token in zip(order, tokens.ravel(), strict=True)]
        return order, tokens.ravel()

    def _kept(self, group: int, worth: Samples, whole: Samples) -> list[tuple[int, int]]:
        """(row, token) of what goes on in one group."""
        kept: list[tuple[int, int]] = []
        for at, token in _top(worth, 2 * self.width):
            if token == END:
                said = self._said[group * self.width + at]
                value = float(worth[at, token]) / (len(said) + 1) ** EVEN
                self._done[group].append((value, said, float(whole[at, token])))
            elif len(kept) < self.width:
                kept.append((at, token))
        return kept

    def best(self) -> list[tuple[list[int], float]]:
        """(tokens, log-probability) of what ended; of the likeliest that did not where nothing has."""
        ended = [(said, chance) for done in self._done for _, said, chance in sorted(done, key=_first)[: self.width]]
        return ended or [(self._said[0], float(self._chance[0, 0]))]


def _one_thread() -> threadpool_limits:
    """The matrices are small: threads that wait for one another cost more than they bring, twenty times as much where
    another process wants the processors too."""
    return threadpool_limits(1, user_api="blas")


def _first(one: tuple[float, list[int], float]) -> float:
    return -one[0]


def _letters(piece: str) -> int:
    return sum(char != "▁" or i > 0 for i, char in enumerate(piece)) + piece.startswith("▁")


def _top(worth: Samples, n: int) -> list[tuple[int, int]]:
    """(hypothesis, token) of the `n` largest, the largest first."""
    flat = worth.ravel()
    best = np.argpartition(-flat, n)[:n]
    best = best[np.argsort(-flat[best], kind="stable")]
    return [(int(at), int(token)) for at, token in zip(*np.divmod(best, worth.shape[1]), strict=True)]
