"""UTMOS with small random weights under the public checkpoint's names, beside its network written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench.errors import BadInput
from dubbench.metrics.judges import checkpoints, utmos
from dubbench.types import Sound
from tests.packages import cache  # noqa: F401

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("cache")]

WIDTH, INNER, LAYERS, MEMORY, FIXED = 128, 32, 2, 24, 16
KERNELS, STRIDES = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)


@pytest.fixture(scope="module")
def state() -> dict[str, Any]:
    """Weights named as the public port names them, a sixth as wide and two layers deep."""
    import torch

    shapes: dict[str, tuple[int, ...]] = {"domain_emb": (1, FIXED), "judge_emb": (1, FIXED)}
    shapes["wav2vec2.mask_emb"] = (WIDTH,)
    for at, kernel in enumerate(KERNELS):
        shapes[f"wav2vec2.feature_extractor.conv_layers.{at}.0.weight"] = (INNER, INNER if at else 1, kernel)

    def weight(name: str, *shape: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = shape, shape[:1]

    weight("wav2vec2.feature_extractor.conv_layers.0.2", INNER)
    weight("wav2vec2.layer_norm", INNER)
    weight("wav2vec2.post_extract_proj", WIDTH, INNER)
    weight("wav2vec2.encoder.layer_norm", WIDTH)
    place = "wav2vec2.encoder.pos_conv.0"
    shapes |= {f"{place}.weight_g": (1, 1, 128), f"{place}.weight_v": (WIDTH, WIDTH // 16, 128)}
    shapes[f"{place}.bias"] = (WIDTH,)
    for at in range(LAYERS):
        layer = f"wav2vec2.encoder.layers.{at}"
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            weight(f"{layer}.self_attn.{part}", WIDTH, WIDTH)
        weight(f"{layer}.self_attn_layer_norm", WIDTH)
        weight(f"{layer}.final_layer_norm", WIDTH)
        weight(f"{layer}.fc1", 2 * WIDTH, WIDTH)
        weight(f"{layer}.fc2", WIDTH, 2 * WIDTH)
    for way in ("", "_reverse"):
        shapes |= {f"blstm.weight_ih_l0{way}": (4 * MEMORY, WIDTH + 2 * FIXED)}
        shapes |= {f"blstm.weight_hh_l0{way}": (4 * MEMORY, MEMORY)}
        shapes |= {f"blstm.bias_{which}_l0{way}": (4 * MEMORY,) for which in ("ih", "hh")}
    weight("projection.0", 40, 2 * MEMORY)
    weight("projection.2", 1, 40)
    torch.manual_seed(5)
    return {name: torch.randn(shape) * 0.3 for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def weights(state: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    path = tmp_path_factory.mktemp("utmos") / "utmos22_strong_step7459_v1.pt"
    torch.save(state, path)
    return path


@pytest.fixture(scope="module")
def sound() -> Sound:
    noise = np.random.default_rng(6).uniform(-0.5, 0.5, (1, 6000))
    return Sound(noise.astype(np.float32), 16_000)


def in_full(state: dict[str, Any], samples: Any) -> float:
    """The port's network, straight from its weights."""
    import torch
    from torch.nn import functional as f

    def linear(name: str, value: Any) -> Any:
        return value @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    def normed(name: str, value: Any) -> Any:
        return f.layer_norm(value, value.shape[-1:], state[f"{name}.weight"], state[f"{name}.bias"])

    value = torch.tensor(samples)[None]
    for at, stride in enumerate(STRIDES):
        name = f"wav2vec2.feature_extractor.conv_layers.{at}"
        value = f.conv1d(value, state[f"{name}.0.weight"], stride=stride)
        if at == 0:
            value = f.group_norm(value, INNER, state[f"{name}.2.weight"], state[f"{name}.2.bias"])
        value = f.gelu(value)
    value = linear("wav2vec2.post_extract_proj", normed("wav2vec2.layer_norm", value[0].T))
    place = "wav2vec2.encoder.pos_conv.0"
    direction = state[f"{place}.weight_v"]
    length = direction.pow(2).sum(dim=(0, 1), keepdim=True).sqrt()
    kernel = direction / length * state[f"{place}.weight_g"]
    near = f.conv1d(value.T[None], kernel, state[f"{place}.bias"], padding=64, groups=16)[0, :, :-1]
    value = normed("wav2vec2.encoder.layer_norm", value + f.gelu(near).T)
    for at in range(LAYERS):
        name = f"wav2vec2.encoder.layers.{at}"
        query, key, what = (
            linear(f"{name}.self_attn.{part}_proj", value).view(len(value), -1, 64).transpose(0, 1) for part in "qkv"
        )
        seen = ((query @ key.transpose(1, 2)) / 8).softmax(dim=-1) @ what
        value = value + linear(f"{name}.self_attn.out_proj", seen.transpose(0, 1).flatten(1))
        value = normed(f"{name}.self_attn_layer_norm", value)
        value = value + linear(f"{name}.fc2", f.gelu(linear(f"{name}.fc1", value)))
        value = normed(f"{name}.final_layer_norm", value)
    fixed = [state[name].expand(len(value), -1) for name in ("domain_emb", "judge_emb")]
    frames = torch.cat([value, *fixed], dim=1)
    both = torch.cat([remembered(state, frames, ""), remembered(state, frames.flip(0), "_reverse").flip(0)], dim=1)
    return float(linear("projection.2", linear("projection.0", both).clamp(min=0)).mean()) * 2 + 3


def remembered(state: dict[str, Any], frames: Any, way: str) -> Any:
    """One direction of the LSTM, a frame at a time."""
    import torch

    told, cell, found = torch.zeros(MEMORY), torch.zeros(MEMORY), []
    for frame in frames:
        gates = state[f"blstm.weight_ih_l0{way}"] @ frame + state[f"blstm.bias_ih_l0{way}"]
        gates = gates + state[f"blstm.weight_hh_l0{way}"] @ told + state[f"blstm.bias_hh_l0{way}"]
        let, keep, new, out = gates.chunk(4)
        cell = keep.sigmoid() * cell + let.sigmoid() * new.tanh()
        told = out.sigmoid() * cell.tanh()
        found.append(told)
    return torch.stack(found)


@pytest.mark.parametrize("samples", [6000, 5700, 400])
def test_it_is_what_the_network_written_out_says(
    weights: Path, state: dict[str, Any], sound: Sound, samples: int
) -> None:
    clip = Sound(sound.samples[:, :samples], 16_000)
    judge = utmos(weights.parent)
    assert judge(clip).value == pytest.approx(in_full(state, clip.samples), abs=1e-4)
    assert judge(clip).counts == judge(clip).counts
    assert judge.id == f"utmos@1+{checkpoints.identity('utmos', weights)}"


def test_clips_add(weights: Path, sound: Sound) -> None:
    judge = utmos(weights)
    one, other = judge(sound), judge(Sound(sound.samples[:, ::-1], 16_000))
    assert (one + other).value == pytest.approx((one.value + other.value) / 2)
    assert abs(one.value - other.value) > 1e-4


def test_another_checkpoint_is_refused(state: dict[str, Any], tmp_path: Path, sound: Sound) -> None:
    import torch

    path = tmp_path / "it.pt"
    for lost in ("judge_emb", "projection.0.weight", "wav2vec2.encoder.layers.1.fc1.bias"):
        torch.save({name: value for name, value in state.items() if name != lost}, path)
        with pytest.raises(BadInput, match="it.pt is no checkpoint of utmos: it lacks"):
            utmos(path)(sound)
    torch.save({**state, "phonemes.weight": torch.zeros(1)}, path)
    with pytest.raises(BadInput, match="it also holds 'phonemes.weight'"):
        utmos(path)(sound)
    torch.save([1, 2], path)
    with pytest.raises(BadInput, match="holds no tensors by name"):
        utmos(path)(sound)


def test_another_sound_is_refused(weights: Path, sound: Sound) -> None:
    with pytest.raises(BadInput, match="hears mono at 16000 Hz, not 1 channels at 8000 Hz"):
        utmos(weights)(Sound(sound.samples, 8_000))
    with pytest.raises(BadInput, match="399 samples are too short"):
        utmos(weights)(Sound(sound.samples[:, :399], 16_000))
