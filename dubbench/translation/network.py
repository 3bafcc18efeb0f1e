"""A small Marian model's network in numpy: what it thinks of the next token, and of a translation it is shown.

The model: 6 encoder layers, 2 decoder layers whose memory is a simple recurrent unit (SSRU, Kim et al. 2019, "From
Research to Production and Back"), 8 heads, 256 wide, post-norm, sinusoidal positions, one matrix for embeddings and
output. In float32, where the engine multiplies 8-bit integers: now and then the two differ in a word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from dubbench.translation import checkpoint
from dubbench.types import Samples

HEADS = 8
END = 0
DECODERS = 2
SCALE = 16
"""What embeddings are multiplied by: the root of their width."""

Memory: TypeAlias = tuple[Samples, Samples]
"""Keys and values that attention looks up, each (heads, tokens, width of a head)."""

Output: TypeAlias = tuple[Samples, Samples]
"""Weights (width, tokens) and bias of the last matrix."""


class Network:
    """One model, one direction, on one thread; loading takes 0.2 s and 70 MB."""

    def __init__(self, model: Path, vocabulary: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._weights = checkpoint.read(model)
        self.pieces = SentencePieceProcessor(str(vocabulary))
        self.embeddings = self._weights[checkpoint.EMBEDDINGS]
        self._whole: Output = self.embeddings.T, self._weights["decoder_ff_logit_out_b"]
        self._last: tuple[str, list[Memory]] = ("", [])  # several translations of one sentence are looked at in a row
        self._encoders = max(int(key.split("_")[1][1:]) for key in self._weights if key.startswith("encoder_l"))

    def tokens(self, sentence: str) -> list[int]:
        """A sentence's tokens, the end among them."""
        return [*self.pieces.encode(sentence), END]

    def memories(self, source: str) -> list[Memory]:
        """What the layers of the decoder look up of a source; kept until another is asked for."""
        if self._last[0] != source:
            self._last = source, self._encoded(self.tokens(source))
        return self._last[1]

    def _encoded(self, tokens: Sequence[int]) -> list[Memory]:
        x = self.embeddings[list(tokens)] * SCALE + positions(0, len(tokens))
        for layer in range(1, self._encoders + 1):
            name = f"encoder_l{layer}"
            x = self._normed(x + self._attended(x, self._memory(x, f"{name}_self"), f"{name}_self"), f"{name}_self_Wo")
            x = self._fed(x, f"{name}_ffn")
        return [self._memory(x, f"decoder_l{i}_context") for i in range(1, DECODERS + 1)]

    def stepped(
        self, x: Samples, states: list[Samples], memories: list[Memory], output: Output
    ) -> tuple[Samples, list[Samples]]:
        """Logits (rows, tokens of `output`) of what follows `x` (rows, width), a step of as many hypotheses; and their
        states."""
        after = []
        for i, (state, memory) in enumerate(zip(states, memories, strict=True), start=1):
            forget, new = self._gates(x, i)
            state = forget * state + new
            after.append(state)
            x = self._answered(x, state, memory, i)
        return self._logits(x, output), after

    def output(self, tokens: npt.NDArray[np.int64]) -> Output:
        """The last matrix for some of the vocabulary alone: it is most of the work."""
        weights, bias = self._whole
        return np.ascontiguousarray(weights[:, tokens]), bias[..., tokens]

    def chances(self, source: str, said: str) -> list[tuple[str, float]]:
        """Each piece of a given translation and its log-probability after those before it; the end is the last."""
        tokens = self.tokens(said)
        with threadpool_limits(1, user_api="blas"):
            logits = self.forced(source, tokens)
        found = log_softmax(logits)[np.arange(len(tokens)), tokens]
        return [(str(self.pieces.id_to_piece(t)), float(chance)) for t, chance in zip(tokens, found, strict=True)]

    def forced(self, source: str, tokens: Sequence[int]) -> Samples:
        """Logits (tokens, vocabulary) where each step is given the true token before it: all steps at once, but for the
        memory, which is a sum along them."""
        x = self._begun(tokens)
        for i, memory in enumerate(self.memories(source), start=1):
            x = self._answered(x, self._remembered(x, i), memory, i)
        return self._logits(x, self._whole)

    def _looked(self, source: str, tokens: Sequence[int]) -> Samples:
        """Where the last layer looks while it says `tokens`: (heads, tokens, tokens of the source)."""
        memories = self.memories(source)
        x = self._begun(tokens)
        for i, memory in enumerate(memories[:-1], start=1):
            x = self._answered(x, self._remembered(x, i), memory, i)
        last = len(memories)
        x = self._recalled(x, self._remembered(x, last), last)
        return self._weighed(x, memories[-1][0], f"decoder_l{last}_context")

    def _begun(self, tokens: Sequence[int]) -> Samples:
        """What the first layer is given when each step knows the true token before it."""
        before = np.vstack([np.zeros((1, self.embeddings.shape[1]), np.float32), self.embeddings[list(tokens[:-1])]])
        return before * SCALE + positions(0, len(tokens))

    def _remembered(self, x: Samples, layer: int) -> Samples:
        """The memory of a layer after each step."""
        forget, new = self._gates(x, layer)
        states = np.empty_like(new)
        state = np.zeros_like(new[0])
        for step in range(len(new)):
            state = forget[step] * state + new[step]
            states[step] = state
        return states

    def attention(self, source: str, said: str) -> tuple[list[str], list[str], Samples]:
        """Pieces of a source and of its translation, and where each of the latter looked among the former: (said,
        source), ends left out.

        It is the first head of the last layer, which these models were taught to align words with ("guided alignment",
        Chen et al. 2016).
        """
        tokens, asked = self.tokens(said), self.tokens(source)
        with threadpool_limits(1, user_api="blas"):
            weights = self._looked(source, tokens)[0]
        pieces = ([str(self.pieces.id_to_piece(t)) for t in of[:-1]] for of in (asked, tokens))
        return (*pieces, weights[:-1, :-1])

    def _gates(self, x: Samples, layer: int) -> tuple[Samples, Samples]:
        """What is kept of the memory, and what is added to it."""
        name = f"decoder_l{layer}_rnn"
        forget = sigmoid(self._linear(x, f"{name}_Wf", f"{name}_bf"))
        return forget, (1 - forget) * self._linear(x, f"{name}_W")

    def _answered(self, x: Samples, state: Samples, memory: Memory, layer: int) -> Samples:
        name = f"decoder_l{layer}"
        x = self._recalled(x, state, layer)
        x = self._normed(x + self._attended(x, memory, f"{name}_context"), f"{name}_context_Wo")
        return self._fed(x, f"{name}_ffn")

    def _recalled(self, x: Samples, state: Samples, layer: int) -> Samples:
        return self._normed(x + np.maximum(state, 0), f"decoder_l{layer}_rnn_ffn")

    def _logits(self, x: Samples, output: Output) -> Samples:
        weights, bias = output
        return np.asarray(x @ weights + bias)

    def _memory(self, x: Samples, name: str) -> Memory:
        keys, values = (self._linear(x, f"{name}_W{which}", f"{name}_b{which}") for which in "kv")
        return _heads(keys), _heads(values)

    def _attended(self, x: Samples, memory: Memory, name: str) -> Samples:
        keys, values = memory
        mixed = self._weighed(x, keys, name) @ values
        return self._linear(mixed.transpose(1, 0, 2).reshape(len(x), -1), f"{name}_Wo", f"{name}_bo")

    def _weighed(self, x: Samples, keys: Samples, name: str) -> Samples:
        """How much each step looks at each key: (heads, steps, keys)."""
        asked = _heads(self._linear(x, f"{name}_Wq", f"{name}_bq"))
        return np.asarray(np.exp(log_softmax(asked @ keys.transpose(0, 2, 1) / math.sqrt(keys.shape[-1]))))

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


def positions(first: int, count: int, width: int = 256) -> Samples:
    """Sinusoids, sines first (Vaswani et al. 2017 as Marian lays them out)."""
    half = width // 2
    rates = np.exp(np.arange(half) * -(math.log(10_000.0) / (half - 1)))
    angles = np.arange(first, first + count)[:, None] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def sigmoid(x: Samples) -> Samples:
    return np.asarray(1 / (1 + np.exp(-x)))


def log_softmax(x: Samples) -> Samples:
    shifted = x - x.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _heads(x: Samples) -> Samples:
    return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)


__all__ = ["DECODERS", "END", "SCALE", "Memory", "Network", "Output", "log_softmax", "positions"]
