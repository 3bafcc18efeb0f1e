"""A small Marian model decoded by beam search in numpy: several translations of a sentence, the shorter ones sought.

The engine (fxtranslate) is greedy and knows one translation. Here the same weights are decoded side by side under
several prices for a letter, so that one search finds what the model finds best and what it finds nearly as good and
shorter. The model: 6 encoder layers, 2 decoder layers whose memory is a simple recurrent unit (SSRU, Kim et al. 2019,
"From Research to Production and Back"), 8 heads, 256 wide, post-norm, sinusoidal positions, one matrix for embeddings
and output. In float32, where the engine multiplies 8-bit integers: now and then the two differ in a word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.translation import checkpoint
from dubbench.types import Samples

WIDTH = 6
"""Hypotheses kept under each price."""
PRICES = (0.0, 0.08, 0.2)
"""What a letter costs, in nats. At 0.2 a translation four letters shorter may be half as likely."""
HEADS = 8
END, UNKNOWN = 0, 1
DECODERS = 2
EVEN = 0.8
"""Power of its length by which a hypothesis' worth is divided, so that short and long compare (Wu et al. 2016)."""
LONGER = 2.0
"""No translation is sought that has more than this many tokens for each of the source's, and ten."""


Memory: TypeAlias = tuple[Samples, Samples]
"""Keys and values that attention looks up, each (heads, tokens, width of a head)."""


@dataclass(frozen=True)
class Translation:
    """One translation; `score` is the model's mean log-probability of a token, in nats: 0 is certain."""

    text: str
    score: float


class Decoder:
    """One model, one direction, on one thread; loading takes 0.2 s and 70 MB."""

    def __init__(self, model: Path, vocabulary: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._weights = checkpoint.read(model)
        self._pieces = SentencePieceProcessor(str(vocabulary))
        self._embeddings = self._weights[checkpoint.EMBEDDINGS]
        self._output = np.ascontiguousarray(self._embeddings.T)
        self._letters = np.array(
            [_letters(self._pieces.id_to_piece(i)) for i in range(len(self._embeddings))], np.float32
        )
        names = {int(key.split("_")[1][1:]) for key in self._weights if key.startswith("encoder_l")}
        self._encoders = max(names)

    def translations(self, sentence: str, *, width: int = WIDTH) -> list[Translation]:
        """What a sentence may become, each text once, the likeliest first."""
        texts: dict[str, Translation] = {}
        for ids, total in self._found(sentence, width, PRICES):
            text = str(self._pieces.decode(ids))
            texts.setdefault(text, Translation(text, total / (len(ids) + 1)))
        return sorted(texts.values(), key=lambda one: -one.score)

    def greedy(self, sentence: str) -> str:
        """The likeliest token, one after the other: what the engine does."""
        [(ids, _), *_] = self._found(sentence, 1, (0.0,))
        return str(self._pieces.decode(ids))

    def _found(self, sentence: str, width: int, prices: tuple[float, ...]) -> list[tuple[list[int], float]]:
        from threadpoolctl import threadpool_limits

        tokens = [*self._pieces.encode(sentence), END]
        # The matrices are small: threads that wait for one another cost more than they bring, twenty times as much
        # where another process wants the processors too.
        with threadpool_limits(1, user_api="blas"):
            longest = round(LONGER * len(tokens)) + 10
            return self._search(self._encoded(tokens), longest, width, np.array(prices, np.float32))

    def _encoded(self, tokens: list[int]) -> Samples:
        x = self._embeddings[tokens] * 16 + _positions(0, len(tokens))
        for layer in range(1, self._encoders + 1):
            name = f"encoder_l{layer}"
            x = self._normed(x + self._attended(x, self._memory(x, f"{name}_self"), f"{name}_self"), f"{name}_self_Wo")
            x = self._fed(x, f"{name}_ffn")
        return x

    def _search(self, source: Samples, longest: int, width: int, prices: Samples) -> list[tuple[list[int], float]]:
        """(tokens, log-probability) of finished hypotheses: at most `width` to each price, the cheapest first."""
        memories = [self._memory(source, f"decoder_l{i}_context") for i in range(1, DECODERS + 1)]
        beam = _Beam(width, prices, self._letters)
        states = [np.zeros((len(prices) * width, source.shape[1]), np.float32) for _ in range(DECODERS)]
        embedded = np.zeros_like(states[0])
        for step in range(longest):
            logits, states = self._stepped(embedded + _positions(step, 1), states, memories)
            logits[:, UNKNOWN] = -np.inf
            order, tokens = beam.grown(_log_softmax(logits))
            states = [state[order] for state in states]
            embedded = self._embeddings[tokens] * 16
            if beam.finished:
                break
        return beam.best()

    def _stepped(self, x: Samples, states: list[Samples], memories: list[Memory]) -> tuple[Samples, list[Samples]]:
        after = []
        for i, (state, memory) in enumerate(zip(states, memories, strict=True), start=1):
            name = f"decoder_l{i}"
            forget = _sigmoid(self._linear(x, f"{name}_rnn_Wf", f"{name}_rnn_bf"))
            state = forget * state + (1 - forget) * self._linear(x, f"{name}_rnn_W")
            after.append(state)
            x = self._normed(x + np.maximum(state, 0), f"{name}_rnn_ffn")
            x = self._normed(x + self._attended(x, memory, f"{name}_context"), f"{name}_context_Wo")
            x = self._fed(x, f"{name}_ffn")
        return x @ self._output + self._weights["decoder_ff_logit_out_b"], after

    def _memory(self, x: Samples, name: str) -> Memory:
        keys, values = (self._linear(x, f"{name}_W{which}", f"{name}_b{which}") for which in "kv")
        return _heads(keys), _heads(values)

    def _attended(self, x: Samples, memory: Memory, name: str) -> Samples:
        keys, values = memory
        asked = _heads(self._linear(x, f"{name}_Wq", f"{name}_bq"))
        scores = asked @ keys.transpose(0, 2, 1) / math.sqrt(keys.shape[-1])
        mixed = np.exp(_log_softmax(scores)) @ values
        return self._linear(mixed.transpose(1, 0, 2).reshape(len(x), -1), f"{name}_Wo", f"{name}_bo")

    def _fed(self, x: Samples, name: str) -> Samples:
        inner = np.maximum(self._linear(x, f"{name}_W1", f"{name}_b1"), 0)
        return self._normed(x + self._linear(inner, f"{name}_W2", f"{name}_b2"), f"{name}_ffn")

    def _linear(self, x: Samples, weight: str, bias: str | None = None) -> Samples:
        product = x @ self._weights[weight]
        return np.asarray(product + self._weights[bias] if bias else product)

    def _normed(self, x: Samples, name: str) -> Samples:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-9)
        return np.asarray(scaled * self._weights[f"{name}_ln_scale"] + self._weights[f"{name}_ln_bias"])


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


def _first(one: tuple[float, list[int], float]) -> float:
    return -one[0]


def _letters(piece: str) -> int:
    return sum(char != "▁" or i > 0 for i, char in enumerate(piece)) + piece.startswith("▁")


def _heads(x: Samples) -> Samples:
    return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)


def _positions(first: int, count: int, width: int = 256) -> Samples:
    """Sinusoids, sines first (Vaswani et al. 2017 as Marian lays them out)."""
    half = width // 2
    rates = np.exp(np.arange(half) * -(math.log(10_000.0) / (half - 1)))
    angles = np.arange(first, first + count)[:, None] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def _sigmoid(x: Samples) -> Samples:
    return np.asarray(1 / (1 + np.exp(-x)))


def _log_softmax(x: Samples) -> Samples:
    shifted = x - x.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _top(worth: Samples, n: int) -> list[tuple[int, int]]:
    """(hypothesis, token) of the `n` largest, the largest first."""
    flat = worth.ravel()
    best = np.argpartition(-flat, n)[:n]
    best = best[np.argsort(-flat[best], kind="stable")]
    return [(int(at), int(token)) for at, token in zip(*np.divmod(best, worth.shape[1]), strict=True)]
