"""COMET and CometKiwi with small random weights, beside their formulas in numpy over the encoder's layers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench.errors import BadInput, Missing
from dubbench.metrics import judges
from dubbench.metrics.judges import comet, cometkiwi
from tests.packages import cache  # noqa: F401

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("cache")]

WIDTH, LAYERS, SIZES = 32, 3, (20, 10)
WORDS = ["the", "cat", "sat", "on", "mat", "o", "gato", "sentou", "no", "tapete", "yes", "sim"]
SAMPLES = [
    ("o gato sentou no tapete", "the cat sat on the mat", "the cat sat the mat"),
    ("sim", "", "yes"),
    ("sim gato " * 30, "yes cat " * 30, "the yes cat " * 30),
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XLM-R's settings, for a small one of 38 tokens at most, and a tokenizer of a dozen words."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import XLMRobertaConfig

    folder = tmp_path_factory.mktemp("encoder")
    vocabulary = {word: at for at, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    XLMRobertaConfig(
        vocab_size=len(vocabulary), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=40, type_vocab_size=1,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def model(folder: Path, encoder: Path, kind: str, **settings: Any) -> dict[str, Any]:
    """Random weights and settings as unbabel-comet writes them into `folder`; gives the weights."""
    import torch
    import yaml
    from transformers import XLMRobertaConfig, XLMRobertaModel

    torch.manual_seed(8)
    inner = XLMRobertaModel(XLMRobertaConfig.from_pretrained(encoder), add_pooling_layer=False)
    state = {f"encoder.model.{name}": torch.randn(value.shape) * 0.3 for name, value in inner.state_dict().items()}
    state["layerwise_attention.gamma"] = torch.tensor([1.3])
    for at in range(LAYERS + 1):
        state[f"layerwise_attention.scalar_parameters.{at}"] = torch.tensor([0.4 * at - 0.7])
    state["layerwise_attention.dropout_mask"] = torch.zeros(LAYERS + 1)
    sizes = [WIDTH * (6 if kind == "regression_metric" else 1), *SIZES, 1]
    for at, (before, after) in enumerate(itertools.pairwise(sizes)):
        state[f"estimator.ff.{3 * at}.weight"] = torch.randn(after, before) * 0.3
        state[f"estimator.ff.{3 * at}.bias"] = torch.randn(after) * 0.3
    told = {
        "class_identifier": kind, "encoder_model": "XLM-RoBERTa", "hidden_sizes": list(SIZES), "activations": "Tanh",
        "layer": "mix", "sent_layer": "mix", "input_segments": ["mt", "src"], "pool": "avg", "layer_norm": False,
        "layer_transformation": "sparsemax", "final_activation": None, **settings,
    }  # fmt: skip
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    save(folder, state)
    (folder / "hparams.yaml").write_text(yaml.safe_dump(told), "utf-8")
    return state


def save(folder: Path, state: dict[str, Any]) -> None:
    import torch

    torch.save({"state_dict": state, "epoch": 1, "loops": None}, folder / "checkpoints" / "model.ckpt")


def layers(encoder: Path, state: dict[str, Any], text: str, other: str | None = None) -> np.ndarray:
    """What each layer of transformers' own XLM-R says of a text, or of two with the marks of XLM-R between them."""
    import torch
    from transformers import XLMRobertaConfig, XLMRobertaModel

    network = XLMRobertaModel(XLMRobertaConfig.from_pretrained(encoder), add_pooling_layer=False).eval()
    part = "encoder.model."
    network.load_state_dict({name[len(part) :]: value for name, value in state.items() if name.startswith(part)})

    def known(text: str) -> list[int]:
        return [4 + WORDS.index(word) if word in WORDS else 3 for word in text.split()][:34]

    tokens = [0, *known(text), 2] if other is None else [0, *known(text), 2, 2, *known(other), 2][:38]
    with torch.inference_mode():
        found = network(torch.tensor([tokens]), output_hidden_states=True).hidden_states
    return np.stack([layer[0].numpy().astype(np.float64) for layer in found])


def mixed(found: np.ndarray, *, sparse: bool, normed: bool = False) -> np.ndarray:
    scores = 0.4 * np.arange(LAYERS + 1) - 0.7
    if normed:
        found = np.stack([(layer - layer.mean()) / np.sqrt(layer.var() + 1e-12) for layer in found])
    if not sparse:
        weights = np.exp(scores) / np.exp(scores).sum()
    else:
        # The threshold under which the parts above it come to one, found by halving.
        low, high = scores.min() - 1, scores.max()
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if np.maximum(scores - middle, 0).sum() > 1 else (low, middle)
        weights = np.maximum(scores - low, 0)
        assert (weights == 0).any()
    return 1.3 * np.einsum("l,ltw->tw", weights, found)


def estimated(state: dict[str, Any], value: np.ndarray) -> float:
    for at in range(len(SIZES) + 1):
        weight, bias = (
            state[f"estimator.ff.{3 * at}.{part}"].numpy().astype(np.float64) for part in ("weight", "bias")
        )
        value = weight @ value + bias
        value = np.tanh(value) if at < len(SIZES) else value
    return float(value[0])


@pytest.mark.parametrize(("sparse", "normed"), [(True, False), (False, True)])
def test_comet_is_what_its_formula_says(tmp_path: Path, encoder: Path, sparse: bool, normed: bool) -> None:
    how = {"layer_transformation": "sparsemax" if sparse else "softmax", "layer_norm": normed}
    state = model(tmp_path, encoder, "regression_metric", **how)
    judge = comet(tmp_path, encoder)
    for sample in SAMPLES:
        src, hyp, ref = (
            mixed(layers(encoder, state, text), sparse=sparse, normed=normed).mean(axis=0) for text in sample
        )
        features = np.concatenate([hyp, ref, hyp * ref, abs(hyp - ref), hyp * src, abs(hyp - src)])
        assert judge(*sample).value == pytest.approx(estimated(state, features), abs=1e-4)
    assert judge(*SAMPLES[0]).counts == judge(*SAMPLES[0]).counts
    assert len({round(judge(*sample).value, 3) for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("transformation", ["sparsemax", "softmax", "sparsemax_patch"])
def test_cometkiwi_is_what_its_formula_says(tmp_path: Path, encoder: Path, transformation: str) -> None:
    state = model(tmp_path, encoder, "unified_metric", layer_transformation=transformation)
    judge = cometkiwi(tmp_path, encoder)
    for source, translation, _ in SAMPLES:
        found = mixed(layers(encoder, state, translation, source), sparse=transformation == "sparsemax")
        assert judge(source, translation).value == pytest.approx(estimated(state, found[0]), abs=1e-4)


def test_sentences_add_and_the_name_says_by_what_they_were_judged(tmp_path: Path, encoder: Path) -> None:
    state = model(tmp_path, encoder, "regression_metric")
    judge = comet(tmp_path, encoder)
    one, two = (judge(*sample) for sample in SAMPLES[:2])
    assert (one + two).value == pytest.approx((one.value + two.value) / 2)
    save(tmp_path, {**state, "estimator.ff.6.bias": state["estimator.ff.6.bias"] + 1})
    other = comet(tmp_path, encoder)
    assert other.id != judge.id
    assert other(*SAMPLES[0]).value == pytest.approx(one.value + 1, abs=1e-4)


def test_another_checkpoint_is_refused(tmp_path: Path, encoder: Path) -> None:
    import torch

    state = model(tmp_path, encoder, "regression_metric")
    for name, value, why in (
        ("estimator.ff.3.weight", None, "it lacks 'estimator.ff.3.weight'"),
        ("encoder.model.encoder.layer.3.output.dense.bias", torch.zeros(WIDTH), "it also holds 'encoder.model.encoder"),
        ("layerwise_attention.gamma", torch.zeros(2), r"'layerwise_attention.gamma' is \(2,\) instead of \(1,\)"),
    ):
        changed = {**state, name: value}
        save(tmp_path, {name: value for name, value in changed.items() if value is not None})
        with pytest.raises(BadInput, match=f"no checkpoint of comet.*{why}"):
            comet(tmp_path, encoder)(*SAMPLES[0])
    save(tmp_path, {**state, "hidden2tag.weight": torch.zeros(3, WIDTH)})
    assert np.isfinite(comet(tmp_path, encoder)(*SAMPLES[0]).value)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("encoder_model", "BERT"), ("pool", "max"), ("layer", 3), ("class_identifier", "xcomet_metric")],
)
def test_another_kind_of_model_is_refused(tmp_path: Path, encoder: Path, setting: str, value: Any) -> None:
    model(tmp_path, encoder, "regression_metric", **{setting: value})
    with pytest.raises(BadInput, match=f"hparams.yaml: {setting} is {value!r}, comet wants"):
        comet(tmp_path, encoder)
    with pytest.raises(BadInput, match="class_identifier is .*, cometkiwi wants 'unified_metric'"):
        cometkiwi(tmp_path, encoder)


def test_without_its_encoder_it_says_what_to_do(tmp_path: Path, encoder: Path) -> None:
    model(tmp_path, encoder, "regression_metric")
    with pytest.raises(Missing, match=r"'config.json' of comet is not in .*; put the file at .*/comet/config.json"):
        judges.comet(tmp_path)
