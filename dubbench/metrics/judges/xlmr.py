"""The network of COMET and CometKiwi: XLM-R, a mix of its layers, one vector a text, and an estimate of its quality.

    tokens -> embeddings and layers of XLM-R -> weighted mix -> mean over tokens (COMET), first token (CometKiwi)
    vectors -> linear, activation, ..., linear -> a number

Weights and settings are as unbabel-comet 2.2 writes them. What is asked for and how scores add is told elsewhere.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dubbench.errors import BadInput
from dubbench.metrics.judges import checkpoints

LEFT_OVER = (
    "dropout_mask",
    "dropout_fill",
    "position_ids",
    "token_type_ids",
    "pooler.dense.weight",
    "pooler.dense.bias",
)
"""What training or older libraries leave in a checkpoint, and nothing here uses."""
PARTS = ("encoder.model.", "layerwise_attention.", "estimator.ff.")
"""What is read of a checkpoint; losses and heads for words are beside it."""
SPECIAL = 2
"""Positions of XLM-R's table that no token takes."""
TINY = 1e-12


class Judge:
    """A model of one of the two kinds, ready to judge; texts go through it one at a time, so there is no padding."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        state: Mapping[str, Any],
        config: Path,
        tokenizer: Path,
        path: Path,
    ) -> None:
        """Raises BadInput where `state`, of the file `path`, is not what the settings say."""
        from tokenizers import Tokenizer

        self._torch = checkpoints.torch(name)
        self._first_token = settings["class_identifier"] == "unified_metric"
        self._normed = bool(settings.get("layer_norm"))
        # A revision of CometKiwi said "sparsemax" and was taught with softmax; "sparsemax_patch" tells that it is one.
        self._sparse = settings["layer_transformation"] == "sparsemax"
        own = {part: value for part, value in state.items() if part.startswith(PARTS)}
        network = self._built(settings, json.loads(config.read_text("utf-8")))
        network = checkpoints.filled(name, network, own, path, optional=LEFT_OVER)
        self._encoder, self._estimator = network["encoder"]["model"], network["estimator"]["ff"]
        self._weights, self._gain = self._mix(network["layerwise_attention"])
        self._longest = self._encoder.config.max_position_embeddings - SPECIAL
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        # Two fewer than fit, as unbabel-comet does.
        self._tokenizer.enable_truncation(self._longest - SPECIAL)
        most = max(self._tokenizer.get_vocab(with_added_tokens=True).values())
        if most >= self._encoder.config.vocab_size:
            raise BadInput(f"{tokenizer} has {most + 1} tokens, {path} knows {self._encoder.config.vocab_size}")

    def sentence(self, text: str) -> list[int]:
        """The tokens of a text, with the ones that begin and end it."""
        return list(self._tokenizer.encode(text).ids)

    def pair(self, first: str, second: str) -> list[int]:
        """The tokens of two texts read at once: <s> first </s></s> second </s>, cut where there is no more room."""
        one, other = self.sentence(first), self.sentence(second)
        return [*one, one[-1], *other[1:]][: self._longest]

    def vector(self, tokens: Sequence[int]) -> Any:
        """What a text comes to: (n,)."""
        torch = self._torch
        with torch.inference_mode():
            found = self._encoder(torch.tensor([tokens]), output_hidden_states=True).hidden_states
            layers = torch.cat(found)
            if self._normed:
                # Over all tokens and values of a layer at once, not of each token.
                spread, mean = torch.var_mean(layers, dim=(1, 2), correction=0, keepdim=True)
                layers = (layers - mean) / (spread + TINY).sqrt()
            mixed = self._gain * torch.tensordot(self._weights, layers, dims=1)
            return mixed[0] if self._first_token else mixed.mean(dim=0)

    def estimate(self, vectors: Sequence[Any]) -> float:
        """The quality that the estimator reads from these vectors, side by side."""
        with self._torch.inference_mode():
            return float(self._estimator(self._torch.cat(list(vectors)))[0])

    def _mix(self, attention: Any) -> tuple[Any, Any]:
        """How much each layer counts, and by what all are multiplied."""
        scores = self._torch.cat(list(attention["scalar_parameters"])).detach()
        return sparsemax(scores) if self._sparse else scores.softmax(dim=0), attention["gamma"].detach()

    def _built(self, settings: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
        """The network with random weights, named as in a checkpoint."""
        from transformers import XLMRobertaConfig, XLMRobertaModel

        nn, torch = self._torch.nn, self._torch
        encoder = XLMRobertaModel(XLMRobertaConfig(**config), add_pooling_layer=False)
        width, layers = encoder.config.hidden_size, encoder.config.num_hidden_layers + 1
        mix = nn.ParameterDict({"gamma": torch.ones(1)})
        mix["scalar_parameters"] = nn.ParameterList([torch.zeros(1) for _ in range(layers)])
        sizes = [width * (1 if self._first_token else 6), *settings["hidden_sizes"], 1]
        return nn.ModuleDict(
            {
                "encoder": nn.ModuleDict({"model": encoder}),
                "layerwise_attention": mix,
                "estimator": nn.ModuleDict({"ff": self._feed_forward(sizes, settings)}),
            }
        )

    def _feed_forward(self, sizes: Sequence[int], settings: Mapping[str, Any]) -> Any:
        nn, parts = self._torch.nn, []
        for size, following in itertools.pairwise(sizes[:-1]):
            # The place of the dropout is kept, for weights are named by their places.
            parts += [nn.Linear(size, following), self._activation(settings["activations"]), nn.Identity()]
        parts.append(nn.Linear(*sizes[-2:]))
        final = settings.get("final_activation")
        return nn.Sequential(*parts, *([self._activation(final)] if final else []))

    def _activation(self, name: str) -> Any:
        try:
            return getattr(self._torch.nn, str(name).title())()
        except (AttributeError, TypeError):
            raise BadInput(f"hparams.yaml names an activation '{name}' that torch does not have") from None


def sparsemax(scores: Any) -> Any:
    """The point nearest to `scores` (n,) whose parts are not negative and come to 1: Martins and Astudillo 2016
    (arXiv 1602.02068), algorithm 1."""
    ordered = scores.sort(descending=True).values
    excess = ordered.cumsum(0) - 1
    ranks = ordered.new_tensor(range(1, len(ordered) + 1))
    inside = int((ranks * ordered > excess).sum())
    return (scores - excess[inside - 1] / inside).clamp(min=0)


__all__ = ["Judge"]
