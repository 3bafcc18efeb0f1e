"""How natural speech is, as listeners would say, by the strong learner of UTMOS22. Its ensemble is not here.

    samples -> wav2vec 2.0 -> frames of 768 (50 a second)
               + embeddings of the data and of the listener, the same for each frame
               -> LSTM in both directions -> two layers -> mean over frames, times 2, plus 3

The checkpoint is the public port's `utmos22_strong_step7459_v1.pt` (SpeechMOS), in which data and listener are fixed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dubbench.errors import BadInput
from dubbench.metrics.judges import checkpoints
from dubbench.metrics.score import Counts, Metric, metric, ratio
from dubbench.types import Sound

JUDGE, FILE = "utmos", "utmos22_strong_step7459_v1.pt"
RATE = 16_000
LEAST = 400
"""Samples of the first frame: wav2vec 2.0 makes none of less."""
HEAD = 64
"""Values of an attention head in wav2vec 2.0 base (768 in 12 heads); a checkpoint does not tell how many there are."""
ENCODER = (
    (r"feature_extractor\.conv_layers\.(\d+)\.0\.", r"feature_extractor.conv_layers.\1.conv."),
    (r"feature_extractor\.conv_layers\.0\.2\.", "feature_extractor.conv_layers.0.layer_norm."),
    (r"layer_norm\.", "feature_projection.layer_norm."),
    (r"post_extract_proj\.", "feature_projection.projection."),
    (r"mask_emb", "masked_spec_embed"),
    (r"encoder\.pos_conv\.0\.weight_g", "encoder.pos_conv_embed.conv.parametrizations.weight.original0"),
    (r"encoder\.pos_conv\.0\.weight_v", "encoder.pos_conv_embed.conv.parametrizations.weight.original1"),
    (r"encoder\.pos_conv\.0\.bias", "encoder.pos_conv_embed.conv.bias"),
    (r"(encoder\.layers\.\d+)\.self_attn\.", r"\1.attention."),
    (r"(encoder\.layers\.\d+)\.self_attn_layer_norm\.", r"\1.layer_norm."),
    (r"(encoder\.layers\.\d+)\.fc1\.", r"\1.feed_forward.intermediate_dense."),
    (r"(encoder\.layers\.\d+)\.fc2\.", r"\1.feed_forward.output_dense."),
)
"""How fairseq names wav2vec 2.0's weights, as the checkpoint does below "wav2vec2.", and how transformers does. Names
that are not here are alike. Read from the port's source; the checkpoint itself could not be seen."""


def utmos(weights: checkpoints.Place = None) -> Metric[[Sound]]:
    """How natural speech is, as listeners would say from 1 to 5, by UTMOS22's strong learner; higher is better.

    Saeki et al. 2022 (arXiv 2204.02152). Mean over clips, each heard by itself and whole. To be compared within one
    language only: it was taught on English and some Chinese. Mono at 16 kHz is wanted. `weights`: the folder or the
    Hub's place of `utmos22_strong_step7459_v1.pt` (MIT). Raises Missing; BadInput for another checkpoint, another
    sound, or one of less than 25 ms.
    """
    checkpoints.torch(JUDGE)
    path = checkpoints.found(JUDGE, weights, FILE)[FILE]
    by = checkpoints.identity(JUDGE, path)

    def judged(sound: Sound) -> Counts:
        return {"opinion": _opinion(_network(path, by), sound), "clips": 1}

    judged.__doc__ = utmos.__doc__
    return metric("utmos", unit="opinion of 5", better="higher", value=ratio("opinion", "clips"), by=by)(judged)


def _opinion(network: Any, sound: Sound) -> float:
    if sound.sample_rate != RATE or sound.samples.shape[0] != 1:
        given = f"{sound.samples.shape[0]} channels at {sound.sample_rate} Hz"
        raise BadInput(f"UTMOS hears mono at {RATE} Hz, not {given}: use media.resample")
    if sound.samples.shape[1] < LEAST:
        raise BadInput(f"{sound.samples.shape[1]} samples are too short for UTMOS: give 25 ms or more")
    torch = checkpoints.torch(JUDGE)
    with torch.inference_mode():
        heard = network["wav2vec2"](torch.from_numpy(np.ascontiguousarray(sound.samples))).last_hidden_state
        fixed = [network[name][None].expand(1, heard.shape[1], -1) for name in ("domain_emb", "judge_emb")]
        frames = network["projection"](network["blstm"](torch.cat([heard, *fixed], dim=2))[0])
        return float(frames.mean()) * 2 + 3


@functools.lru_cache(maxsize=1)
def _network(path: Path, by: str) -> dict[str, Any]:
    """The parts by the checkpoint's names for them; `by`, which its content gives, tells when it has become another."""
    state = checkpoints.tensors(JUDGE, path)
    fixed = {name: state.pop(name, None) for name in ("domain_emb", "judge_emb")}
    if any(value is None for value in fixed.values()):
        raise BadInput(f"{path} is no checkpoint of {JUDGE}: it lacks 'domain_emb' or 'judge_emb'; {FILE} is wanted")
    renamed = {_renamed(name): value for name, value in state.items()}
    network = checkpoints.filled(JUDGE, _built(renamed, path, sum(v.shape[1] for v in fixed.values())), renamed, path)
    return {**dict(network.items()), **fixed}


def _renamed(name: str) -> str:
    below = name.removeprefix("wav2vec2.")
    if below == name:
        return name
    for theirs, ours in ENCODER:
        if re.match(theirs, below):
            return "wav2vec2." + re.sub(theirs, ours, below, count=1)
    return name


def _built(state: Mapping[str, Any], path: Path, fixed: int) -> Any:
    """The network with random weights, as large as the checkpoint's; `fixed` values a frame are embeddings."""
    torch = checkpoints.torch(JUDGE)
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    try:
        inner, width = state["wav2vec2.feature_projection.projection.weight"].T.shape
        kernel = state["wav2vec2.encoder.pos_conv_embed.conv.parametrizations.weight.original1"].shape[2]
        between = state["wav2vec2.encoder.layers.0.feed_forward.intermediate_dense.weight"].shape[0]
        memory = state["blstm.weight_hh_l0"].shape[1]
        last = state["projection.0.weight"].shape[0]
    except KeyError as error:
        raise BadInput(f"{path} is no checkpoint of {JUDGE}: it lacks {error}; {FILE} is wanted") from None
    layers = {name.split(".")[3] for name in state if name.startswith("wav2vec2.encoder.layers.")}
    config = Wav2Vec2Config(
        hidden_size=width, num_hidden_layers=len(layers), num_attention_heads=max(1, width // HEAD),
        intermediate_size=between, conv_dim=[inner] * 7, num_conv_pos_embeddings=kernel, layerdrop=0.0,
    )  # fmt: skip
    return torch.nn.ModuleDict(
        {
            "wav2vec2": Wav2Vec2Model(config),
            "blstm": torch.nn.LSTM(width + fixed, memory, batch_first=True, bidirectional=True),
            "projection": torch.nn.Sequential(
                torch.nn.Linear(2 * memory, last), torch.nn.ReLU(), torch.nn.Linear(last, 1)
            ),
        }
    )


__all__ = ["utmos"]
