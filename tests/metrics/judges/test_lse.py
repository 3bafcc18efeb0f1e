"""Lips against the voice: the arithmetic of offsets by itself, and SyncNet with random weights, window by window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench.errors import BadInput
from dubbench.metrics.judges import checkpoints, lse, lse_confidence, lse_distance
from dubbench.metrics.judges.mfcc import mfcc
from dubbench.types import Sound
from tests.packages import cache  # noqa: F401

torch_wanted = pytest.mark.torch


@pytest.mark.parametrize("ahead", [-4, 0, 7])
def test_the_offset_is_by_how_much_the_sound_is_ahead(ahead: int) -> None:
    steps = np.random.default_rng(1).standard_normal((120, 8))
    lips, voice = steps[20:80], steps[20 + ahead : 80 + ahead]
    distances = lse.by_offset(lips, voice)
    told = lse.told(distances)
    assert told["offset"] == ahead
    # Where nothing fits, two normal vectors of 8 lie 4 apart or nearly; beyond the ends there is nothing to fit.
    assert told["confidence"] == pytest.approx(np.median(distances) - distances.min())
    assert told["distance"] < 0.4 < 2.5 < told["confidence"]


def test_distances_are_means_over_windows_with_zeros_beyond_the_ends() -> None:
    random = np.random.default_rng(2)
    lips, voice = random.standard_normal((2, 6, 5))
    found = lse.by_offset(lips, voice)
    assert len(found) == 31
    for place, shift in enumerate(range(-15, 16)):
        total = 0.0
        for window in range(6):
            other = voice[window + shift] if 0 <= window + shift < 6 else np.zeros(5)
            total += float(((lips[window] - other + 1e-6) ** 2).sum() ** 0.5)
        assert found[place] == pytest.approx(total / 6)


SHAPES = {
    "netcnnaud.0.weight": (64, 1, 3, 3), "netcnnaud.4.weight": (192, 64, 3, 3), "netcnnaud.8.weight": (384, 192, 3, 3),
    "netcnnaud.11.weight": (256, 384, 3, 3), "netcnnaud.14.weight": (256, 256, 3, 3),
    "netcnnaud.18.weight": (512, 256, 5, 4), "netcnnaud.19.running_var": (512,),
    "netcnnlip.0.weight": (96, 3, 5, 7, 7), "netcnnlip.4.weight": (256, 96, 1, 5, 5),
    "netcnnlip.8.weight": (256, 256, 1, 3, 3), "netcnnlip.11.weight": (256, 256, 1, 3, 3),
    "netcnnlip.14.weight": (256, 256, 1, 3, 3), "netcnnlip.18.weight": (512, 256, 1, 6, 6),
    "netcnnlip.19.running_mean": (512,), "netfcaud.0.weight": (512, 512), "netfcaud.1.running_mean": (512,),
    "netfcaud.3.weight": (1024, 512), "netfclip.0.weight": (512, 512), "netfclip.3.bias": (1024,),
}  # fmt: skip
"""Some of the public checkpoint's names, as its network's source gives them."""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SyncNet's own kind of checkpoint with random weights, as torch before 0.4.1 wrote it: without counted batches."""
    import torch

    torch.manual_seed(3)
    network = lse.network()
    state = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    for name, value in state.items():
        if name.endswith("running_mean"):
            value.normal_(0, 0.1)
        elif name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
    path = tmp_path_factory.mktemp("syncnet") / "syncnet_v2.model"
    torch.save(state, path, _use_new_zipfile_serialization=False)
    return path


@pytest.fixture(scope="module")
def clip() -> tuple[Any, Sound]:
    """Nine frames of noise and half a second of sound: four windows."""
    random = np.random.default_rng(4)
    crops = random.integers(0, 256, (9, 224, 224, 3)).astype(np.uint8)
    return crops, Sound(random.uniform(-0.5, 0.5, (1, 8000)).astype(np.float32), 16_000)


def convolved(state: dict[str, Any], net: str, value: Any, pools: dict[int, Any], plans: dict[int, Any]) -> Any:
    """A network of convolutions, straight from its weights: strides and padding by `plans`, pooling by `pools`."""
    from torch.nn import functional as f

    deep = net == "netcnnlip"
    for at in sorted({*pools, *plans}):
        if at in pools:
            value = (f.max_pool3d if deep else f.max_pool2d)(value, **pools[at])
            continue
        value = (f.conv3d if deep else f.conv2d)(
            value, state[f"{net}.{at}.weight"], state[f"{net}.{at}.bias"], **plans[at]
        )
        value = f.relu(normed(state, f"{net}.{at + 1}", value))
    return value.flatten(1)


def normed(state: dict[str, Any], name: str, value: Any) -> Any:
    shape = (1, -1, *[1] * (value.ndim - 2))
    mean, spread, gain, shift = (
        state[f"{name}.{part}"].view(shape) for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (value - mean) / (spread + 1e-5).sqrt() * gain + shift


def headed(state: dict[str, Any], net: str, value: Any) -> Any:
    hidden = normed(state, f"{net}.1", value @ state[f"{net}.0.weight"].T + state[f"{net}.0.bias"]).clamp(min=0)
    return hidden @ state[f"{net}.3.weight"].T + state[f"{net}.3.bias"]


def in_full(path: Path, crops: Any, sound: Sound) -> list[float]:
    """The mean distances by offset, a window at a time, with torch's own distance."""
    import torch

    state = torch.load(path, weights_only=True)
    flat, second = {"padding": (0, 1, 1)}, {"stride": (1, 2, 2)}
    steps = mfcc(np.round(sound.samples[0].astype(float) * 32768)).T
    lips, voice = [], []
    for at in range(4):
        faces = torch.tensor(crops[at : at + 5].astype(np.float32)).permute(3, 0, 1, 2)[None]
        pools = {3: {"kernel_size": (1, 3, 3), **second}, 7: {"kernel_size": (1, 3, 3), **second, **flat},
                 17: {"kernel_size": (1, 3, 3), **second}}  # fmt: skip
        plans = {0: second, 4: {**second, **flat}, 8: flat, 11: flat, 14: flat, 18: {}}
        lips.append(headed(state, "netfclip", convolved(state, "netcnnlip", faces, pools, plans)))
        heard = torch.tensor(steps[None, None, :, 4 * at : 4 * at + 20].astype(np.float32))
        pools = {7: {"kernel_size": 3, "stride": (1, 2)}, 17: {"kernel_size": 3, "stride": 2}}
        plans = {
            0: {"padding": 1},
            4: {"padding": 1},
            8: {"padding": 1},
            11: {"padding": 1},
            14: {"padding": 1},
            18: {},
        }
        voice.append(headed(state, "netfcaud", convolved(state, "netcnnaud", heard, pools, plans)))
    ends = [torch.zeros(1, 1024)] * 15
    padded = [*ends, *voice, *ends]
    return [
        float(torch.stack([torch.nn.functional.pairwise_distance(lips[at], padded[at + s]) for at in range(4)]).mean())
        for s in range(31)
    ]


@torch_wanted
def test_the_network_has_the_names_of_the_public_checkpoint() -> None:
    state = lse.network().state_dict()
    assert {name: tuple(state[name].shape) for name in SHAPES} == SHAPES
    assert len([name for name in state if name.endswith("running_mean")]) == 6 + 6 + 2


@torch_wanted
@pytest.mark.usefixtures("cache")
def test_it_is_what_the_network_written_out_says(weights: Path, clip: tuple[Any, Sound]) -> None:
    distances = in_full(weights, *clip)
    far, clear = lse_distance(weights)(*clip), lse_confidence(weights.parent)(*clip)
    assert far.value == pytest.approx(min(distances), rel=1e-4)
    assert clear.value == pytest.approx(np.median(distances) - min(distances), rel=1e-3, abs=1e-4)
    assert far.counts["offset"] == 15 - int(np.argmin(distances))
    assert far.counts == clear.counts == lse_distance(weights)(*clip).counts


@torch_wanted
@pytest.mark.usefixtures("cache")
def test_clips_add_and_its_name_says_by_what_it_was_judged(weights: Path, clip: tuple[Any, Sound]) -> None:
    judge = lse_distance(weights)
    one, other = judge(*clip), judge(clip[0][::-1], clip[1])
    assert (one + other).value == pytest.approx((one.value + other.value) / 2)
    assert one.value != other.value
    assert judge.id == f"lse-d@1+{checkpoints.identity('syncnet', weights)}"


@torch_wanted
@pytest.mark.usefixtures("cache")
def test_another_checkpoint_is_refused(weights: Path, tmp_path: Path, clip: tuple[Any, Sound]) -> None:
    import torch

    state = torch.load(weights, weights_only=True)
    lost = tmp_path / "lost.model"
    torch.save({name: value for name, value in state.items() if name != "netfclip.3.bias"}, lost)
    with pytest.raises(BadInput, match=r"lost.model is no checkpoint of syncnet: it lacks 'netfclip.3.bias'"):
        lse_distance(lost)(*clip)
    torch.save({**state, "netfclip.3.bias": torch.zeros(256)}, lost)
    with pytest.raises(BadInput, match=r"'netfclip.3.bias' is \(256,\) instead of \(1024,\)"):
        lse_distance(lost)(*clip)
    torch.save(torch.nn.Linear(2, 2), lost)
    with pytest.raises(BadInput, match="no checkpoint of tensors that torch reads without running it"):
        lse_distance(lost)(*clip)


@torch_wanted
@pytest.mark.usefixtures("cache")
def test_other_crops_and_sounds_are_refused(weights: Path, clip: tuple[Any, Sound]) -> None:
    crops, sound = clip
    judge = lse_distance(weights)
    with pytest.raises(BadInput, match=r"looks at uint8 \(frames, 224, 224, 3\), not uint8 \(9, 200, 224, 3\)"):
        judge(crops[:, :200], sound)
    with pytest.raises(BadInput, match="hears mono at 16000 Hz, not 1 channels at 8000 Hz"):
        judge(crops, Sound(sound.samples, 8000))
    with pytest.raises(BadInput, match="a clip of 5 frames with sound is too short"):
        judge(crops, Sound(sound.samples[:, : 640 * 6 - 1], 16_000))
