"""How well lips fit the voice, by SyncNet: LSE-D and LSE-C. Finding and cropping faces is others' work.

crops    |0 1 2 3 4|                 5 frames, 25 a second
           |1 2 3 4 5|  ...
cepstra  |20 steps|                  0.2 s, 100 a second
distance of each window to the sound 15 frames before to 15 after, mean over windows: 31 figures
         the least is LSE-D, their median less the least is LSE-C, its place tells the offset
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput
from dubbench.metrics.judges import checkpoints
from dubbench.metrics.judges.mfcc import RATE, mfcc
from dubbench.metrics.score import Counts, Metric, metric, ratio
from dubbench.types import Sound

Crops: TypeAlias = npt.NDArray[np.uint8]
"""A face in each frame: (frames, 224, 224, 3), blue green red, 25 frames a second."""
JUDGE, FILE = "syncnet", "syncnet_v2.model"
SIDE, FRAMES, STEPS, PER_FRAME, SHIFT = 224, 5, 20, 4, 15
"""Pixels; frames and steps of cepstra in a window; steps a frame; frames that sound and picture are shifted by."""
LEFT = 640
"""Samples of sound that one frame lasts."""
BATCH = 32
"""Windows at once: 0.2 GB for their first layer."""
EPSILON = 1e-6
"""Is added to each difference, as torch's pairwise distance does, with which all published figures were made."""


def lse_distance(weights: checkpoints.Place = None) -> Metric[[Crops, Sound]]:
    """LSE-D: how far lips are from the voice at the offset that fits best, mean over clips; lower is better.

    Given the crops of a face and its mono sound at 16 kHz. SyncNet (Chung and Zisserman 2016, "Out of time"), the
    measure of Prajwal et al. 2020 (arXiv 2008.10010). `weights`: the folder or the Hub's place of `syncnet_v2.model`.
    The count "offset" is by how many frames the sound is ahead of the picture (negative: behind), summed over clips.
    Never score a mouth by it that SyncNet has driven. Raises Missing; BadInput for another checkpoint, crops of another
    shape, another sound, or fewer than 6 frames of both.
    """
    return _metric("lse-d", "distance", "lower", weights)


def lse_confidence(weights: checkpoints.Place = None) -> Metric[[Crops, Sound]]:
    """LSE-C: by how much the best offset stands out from the median one, mean over clips; higher is better.

    All else as for `lse_distance`, with the same counts.
    """
    return _metric("lse-c", "confidence", "higher", weights)


def _metric(name: str, count: str, better: Any, weights: checkpoints.Place) -> Metric[[Crops, Sound]]:
    checkpoints.torch(JUDGE)
    path = checkpoints.found(JUDGE, weights, FILE)[FILE]
    by = checkpoints.identity(JUDGE, path)

    def judged(crops: Crops, sound: Sound) -> Counts:
        return _judged(_network(path, by), crops, sound)

    judged.__doc__ = (lse_distance if better == "lower" else lse_confidence).__doc__
    return metric(name, unit="distance", better=better, value=ratio(count, "clips"), by=by)(judged)


def _judged(network: Any, crops: Crops, sound: Sound) -> Counts:
    windows = _windows(crops, sound)
    lips = _lips(network, crops[: windows + FRAMES - 1])
    steps = mfcc(np.clip(np.round(sound.samples[0].astype(np.float64) * 32768), -32768, 32767))
    distances = by_offset(lips, _voice(network, steps, windows))
    return {**told(distances), "clips": 1}


def _windows(crops: Crops, sound: Sound) -> int:
    """How many windows there are. One fewer than would fit, as in SyncNet's own evaluation."""
    if crops.dtype != np.uint8 or crops.shape[1:] != (SIDE, SIDE, 3):
        raise BadInput(f"SyncNet looks at uint8 (frames, 224, 224, 3), not {crops.dtype} {crops.shape}: crop the face")
    if sound.sample_rate != RATE or len(sound.samples) != 1:
        given = f"{len(sound.samples)} channels at {sound.sample_rate} Hz"
        raise BadInput(f"SyncNet hears mono at {RATE} Hz, not {given}: use media.resample")
    frames = min(len(crops), sound.samples.shape[1] // LEFT)
    if frames <= FRAMES:
        raise BadInput(f"a clip of {frames} frames with sound is too short for SyncNet: give 6 or more (0.24 s)")
    return int(frames - FRAMES)


def by_offset(lips: npt.NDArray[Any], voice: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The mean distance of `lips` (windows, n) to `voice` 15 frames before, ..., as it is, ..., 15 after: 31 figures.

    Beyond the ends the voice is zeros, which is what the published figures were made with.
    """
    padded = np.pad(voice, ((SHIFT, SHIFT), (0, 0)))
    shifted = (padded[at : at + len(lips)] for at in range(2 * SHIFT + 1))
    return np.asarray([np.linalg.norm(lips - other + EPSILON, axis=1).mean() for other in shifted], np.float64)


def told(distances: npt.NDArray[np.float64]) -> dict[str, float]:
    """What the distances by offset come to: the least, how it stands out, and by how many frames the sound is ahead."""
    best = int(distances.argmin())
    confidence = float(np.median(distances) - distances[best])
    return {"distance": float(distances[best]), "confidence": confidence, "offset": SHIFT - best}


def _lips(network: Any, crops: Crops) -> npt.NDArray[Any]:
    """A vector a window. Only the first layer sees more than one frame, so windows share all that lies before it."""
    torch = checkpoints.torch(JUDGE)
    found = []
    with torch.inference_mode():
        for at in range(0, len(crops) - FRAMES + 1, BATCH):
            part = torch.from_numpy(crops[at : at + BATCH + FRAMES - 1].transpose(3, 0, 1, 2)[None].astype(np.float32))
            found.append(network.netfclip(network.netcnnlip(part)[0, :, :, 0, 0].T).numpy())
    return np.concatenate(found)


def _voice(network: Any, steps: npt.NDArray[Any], windows: int) -> npt.NDArray[Any]:
    torch = checkpoints.torch(JUDGE)
    looks = np.lib.stride_tricks.sliding_window_view(steps, STEPS, axis=0)[::PER_FRAME][:windows]
    with torch.inference_mode():
        seen = network.netcnnaud(torch.from_numpy(looks[:, None].astype(np.float32)))
        found: npt.NDArray[Any] = network.netfcaud(seen.flatten(1)).numpy()
    return found


@functools.lru_cache(maxsize=1)
def _network(path: Path, by: str) -> Any:
    """The network of a file; `by`, which its content gives, tells when it has become another."""
    # Checkpoints of torch before 0.4.1 do not count batches.
    state = checkpoints.tensors(JUDGE, path)
    return checkpoints.filled(JUDGE, network(), state, path, optional=("num_batches_tracked",))


def network() -> Any:
    """SyncNet with random weights: two networks for sound and two for lips, named as its checkpoint names them."""
    nn = checkpoints.torch(JUDGE).nn

    def layer(kind: Any, norm: Any, *of: Any, **how: Any) -> list[Any]:
        return [kind(*of, **how), norm(of[1]), nn.ReLU()]

    sound = functools.partial(layer, nn.Conv2d, nn.BatchNorm2d)
    lips = functools.partial(layer, nn.Conv3d, nn.BatchNorm3d)
    flat, near = (0, 1, 1), {"padding": (0, 1, 1)}
    hears = [
        *sound(1, 64, 3, padding=1), nn.MaxPool2d(1, 1),
        *sound(64, 192, 3, padding=1), nn.MaxPool2d(3, (1, 2)),
        *sound(192, 384, 3, padding=1), *sound(384, 256, 3, padding=1),
        *sound(256, 256, 3, padding=1), nn.MaxPool2d(3, 2),
        *sound(256, 512, (5, 4)),
    ]  # fmt: skip
    looks = [
        *lips(3, 96, (5, 7, 7), stride=(1, 2, 2)), nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
        *lips(96, 256, (1, 5, 5), stride=(1, 2, 2), **near), nn.MaxPool3d((1, 3, 3), (1, 2, 2), flat),
        *lips(256, 256, (1, 3, 3), **near), *lips(256, 256, (1, 3, 3), **near),
        *lips(256, 256, (1, 3, 3), **near), nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
        *lips(256, 512, (1, 6, 6)),
    ]  # fmt: skip
    heads = {
        name: nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, 1024))
        for name in ("netfcaud", "netfclip")
    }
    return nn.ModuleDict({"netcnnaud": nn.Sequential(*hears), "netcnnlip": nn.Sequential(*looks), **heads})


__all__ = ["Crops", "lse_confidence", "lse_distance"]
