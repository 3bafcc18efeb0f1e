"""Two networks that know voices, written as ONNX graphs from their torch checkpoints. They are run elsewhere.

`write_segmentation`: who of up to three speakers is active, frame by frame (pyannote segmentation-3.0, MIT).
`write_campplus`: what a voice sounds like, as a vector (CAM++ of 3D-Speaker, Apache-2.0), from what `fbank` gives.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.graphs import Graph
from dubbench.types import Samples
from dubbench.weights.checkpoints import read_torch

RATE = 16_000
HIDDEN = 128
CLASSES = 7
BINS = 80
SIZE = 192
FLOAT32 = 1
"""ONNX' number for the type."""


def write_segmentation(path: Path, checkpoint: Path) -> None:
    """PyanNet: learned band-pass filters, two convolutions, four bidirectional LSTMs, two dense layers.

    In: `sound` (batch, 1, samples). Out: `posteriors` (batch, frames, 7), one row a frame summing to 1.
    """
    state = read_torch(checkpoint)["state_dict"]
    graph = Graph("segmentation", opset=18)

    def const(key: str) -> str:
        return graph.const(state[key], key)

    def normal(x: str, key: str) -> str:
        return graph.op("InstanceNormalization", x, const(f"{key}.weight"), const(f"{key}.bias"), epsilon=1e-5)

    def dense(x: str, key: str) -> str:
        weight = graph.const(state[f"{key}.weight"].T, f"{key}.weight")
        return graph.op("Add", graph.op("MatMul", x, weight), const(f"{key}.bias"))

    filters = _sinc_filters({k.rpartition(".")[2]: v for k, v in state.items() if ".filterbank." in k})
    x = graph.op("Conv", normal("sound", "sincnet.wav_norm1d"), graph.const(filters), strides=[10])
    x = graph.op("Abs", x)
    for i in range(3):
        if i:
            x = graph.op("Conv", x, const(f"sincnet.conv1d.{i}.weight"), const(f"sincnet.conv1d.{i}.bias"))
        x = normal(graph.op("MaxPool", x, kernel_shape=[3], strides=[3]), f"sincnet.norm1d.{i}")
        x = graph.op("LeakyRelu", x, alpha=0.01)
    x = graph.op("Transpose", x, perm=[2, 0, 1])
    for layer in range(4):
        x = graph.op("LSTM", x, *_lstm(graph, state, layer), hidden_size=HIDDEN, direction="bidirectional")
        x = graph.op("Reshape", graph.op("Transpose", x, perm=[0, 2, 1, 3]), graph.const([0, 0, -1]))
    x = graph.op("Transpose", x, perm=[1, 0, 2])
    for i in range(2):
        x = graph.op("LeakyRelu", dense(x, f"linear.{i}"), alpha=0.01)
    graph.op("Softmax", dense(x, "classifier"), name="posteriors", axis=-1)
    graph.write(path, {"sound": ["batch", 1, "samples"]}, {"posteriors": ["batch", "frames", CLASSES]})


def _sinc_filters(bank: dict[str, npt.NDArray[Any]]) -> Samples:
    """SincNet's 80 band-pass filters (Ravanelli and Bengio 2018), even and odd, as a convolution (80, 1, 251).

    `low_hz_` and `band_hz_` are what was learned; `n_` is 2 pi t for the left half, `window_` its Hamming window.
    """
    low = 50 + np.abs(bank["low_hz_"].astype(np.float64))
    high = np.clip(low + 50 + np.abs(bank["band_hz_"].astype(np.float64)), 50, RATE / 2)
    width, n, window = high - low, bank["n_"].astype(np.float64), bank["window_"].astype(np.float64)
    even = (np.sin(high @ n) - np.sin(low @ n)) / (n / 2) * window
    odd = (np.cos(low @ n) - np.cos(high @ n)) / (n / 2) * window
    both = [[even, 2 * width, even[:, ::-1]], [odd, 0 * width, -odd[:, ::-1]]]
    filters = np.concatenate([np.concatenate(part, axis=1) / (2 * width) for part in both])
    return filters[:, None].astype(np.float32)


def _lstm(graph: Graph, state: dict[str, npt.NDArray[Any]], layer: int) -> list[str]:
    """One layer's weights, recurrences and biases; torch orders the gates i f g o, ONNX i o f c."""

    def both(key: str) -> npt.NDArray[Any]:
        parts = [state[f"lstm.{key}_l{layer}{way}"] for way in ("", "_reverse")]
        i, f, g, o = np.split(np.stack(parts), 4, axis=1)
        return np.concatenate([i, o, f, g], axis=1)

    bias = np.concatenate([both("bias_ih"), both("bias_hh")], axis=1)
    return [graph.const(a) for a in (both("weight_ih"), both("weight_hh"), bias)]


def write_campplus(path: Path, checkpoint: Path) -> None:
    """CAM++ from its state dict. In: `features` (batch, frames, 80), log mel energies at 16 kHz every 10 ms, each bin's
    mean removed. Out: `embedding` (batch, 192).
    """
    graph = _CamPlus(checkpoint)
    x = graph.conv(graph.pooled(graph.body(graph.head("features"))), "xvector.dense.linear")
    x = graph.normal(x, "xvector.dense.nonlinear.batchnorm")
    graph.op("Squeeze", x, graph.const([-1], "last"), name="embedding")
    graph.write(path, {"features": ["batch", "frames", BINS]}, {"embedding": ["batch", SIZE]})


class _CamPlus(Graph):
    """CAM++ (Wang et al. 2023, arXiv 2303.00332): a 2-D convolutional head, a densely connected TDNN whose layers
    their channels by what is around them, and pooling over time. A method adds a part and names its output.
    """

    BLOCKS = ((12, 1), (24, 2), (16, 2))
    """Layers and dilation of the three dense blocks."""
    SEGMENT = 100
    """Frames (after the halving) that a layer's local context is averaged over."""

    def __init__(self, checkpoint: Path) -> None:
        super().__init__("campplus", opset=18)
        self.state = read_torch(checkpoint)

    def weight(self, key: str) -> str:
        return self.const(self.state[key], key)

    def conv(self, x: str, key: str, **how: Any) -> str:
        bias = [self.weight(f"{key}.bias")] if f"{key}.bias" in self.state else []
        return self.op("Conv", x, self.weight(f"{key}.weight"), *bias, **how)

    def normal(self, x: str, key: str) -> str:
        """Batch normalisation; the last one has no learned scale and shift."""
        mean = self.state[f"{key}.running_mean"]
        plain = {"weight": np.ones_like(mean), "bias": np.zeros_like(mean)}
        scale, shift = (self.const(self.state.get(f"{key}.{part}", plain[part]), f"{key}.{part}") for part in plain)
        stats = self.weight(f"{key}.running_mean"), self.weight(f"{key}.running_var")
        return self.op("BatchNormalization", x, scale, shift, *stats, epsilon=1e-5)

    def active(self, x: str, key: str) -> str:
        return self.op("Relu", self.normal(x, key))

    def residual(self, x: str, key: str, stride: int) -> str:
        y = self.active(self.conv(x, f"{key}.conv1", strides=[stride, 1], pads=[1] * 4), f"{key}.bn1")
        y = self.normal(self.conv(y, f"{key}.conv2", pads=[1] * 4), f"{key}.bn2")
        if f"{key}.shortcut.0.weight" in self.state:
            x = self.normal(self.conv(x, f"{key}.shortcut.0", strides=[stride, 1]), f"{key}.shortcut.1")
        return self.op("Relu", self.op("Add", y, x))

    def head(self, x: str) -> str:
        x = self.op("Unsqueeze", self.op("Transpose", x, perm=[0, 2, 1]), self.const([1], "axis1"))
        x = self.active(self.conv(x, "head.conv1", pads=[1] * 4), "head.bn1")
        for layer in ("layer1", "layer2"):
            x = self.residual(self.residual(x, f"head.{layer}.0", 2), f"head.{layer}.1", 1)
        x = self.active(self.conv(x, "head.conv2", strides=[2, 1], pads=[1] * 4), "head.bn2")
        return self.op("Reshape", x, self.const([0, 320, -1]))

    def measure(self, x: str) -> None:
        """What `context` needs to average by segments: the frame count, the padding to whole segments, their sizes."""
        self.frames = self.op("Shape", x, start=2, end=3)
        whole = self.op("Div", self.op("Add", self.frames, self.const([self.SEGMENT - 1])), self.const([self.SEGMENT]))
        missing = self.op("Sub", self.op("Mul", whole, self.const([self.SEGMENT])), self.frames)
        self.padding = self.op("Concat", self.const([0] * 5), missing, axis=0)
        one = self.const([1], "one")
        ones = self.op("Expand", self.const(np.ones((1, 1, 1))), self.op("Concat", one, one, self.frames, axis=0))
        self.sizes = self.segment_sums(ones)
        self.spread = self.op("Concat", one, one, one, self.const([self.SEGMENT]), axis=0)

    def segment_sums(self, x: str) -> str:
        parts = self.op("Reshape", self.op("Pad", x, self.padding), self.const([0, 0, -1, self.SEGMENT]))
        return self.op("ReduceSum", parts, self.const([3], "axis3"), keepdims=1)

    def context(self, x: str) -> str:
        """The mean over the whole plus the mean over each frame's segment."""
        means = self.op("Expand", self.op("Div", self.segment_sums(x), self.sizes), self.spread)
        flat = self.op("Reshape", means, self.const([0, 0, -1]))
        local = self.op("Slice", flat, self.const([0], "zero"), self.frames, self.const([2], "axis2"))
        return self.op("Add", self.mean(x), local)

    def mean(self, x: str) -> str:
        return self.op("ReduceMean", x, self.const([-1], "last"), keepdims=1)

    def masked(self, x: str, key: str, dilation: int) -> str:
        """Context-aware masking: a local convolution weighed by its context."""
        y = self.conv(x, f"{key}.linear_local", pads=[dilation] * 2, dilations=[dilation])
        z = self.op("Relu", self.conv(self.context(x), f"{key}.linear1"))
        return self.op("Mul", y, self.op("Sigmoid", self.conv(z, f"{key}.linear2")))

    def body(self, x: str) -> str:
        x = self.conv(x, "xvector.tdnn.linear", strides=[2], pads=[2, 2])
        x = self.active(x, "xvector.tdnn.nonlinear.batchnorm")
        self.measure(x)
        for block, (layers, dilation) in enumerate(self.BLOCKS, 1):
            for layer in range(1, layers + 1):
                key = f"xvector.block{block}.tdnnd{layer}"
                y = self.conv(self.active(x, f"{key}.nonlinear1.batchnorm"), f"{key}.linear1")
                y = self.masked(self.active(y, f"{key}.nonlinear2.batchnorm"), f"{key}.cam_layer", dilation)
                x = self.op("Concat", x, y, axis=1)
            key = f"xvector.transit{block}"
            x = self.conv(self.active(x, f"{key}.nonlinear.batchnorm"), f"{key}.linear")
        return self.active(x, "xvector.out_nonlinear.batchnorm")

    def pooled(self, x: str) -> str:
        """Mean and standard deviation over time (n - 1 in the denominator, as torch has it)."""
        mean = self.mean(x)
        apart = self.op("Sub", x, mean)
        total = self.op("ReduceSum", self.op("Mul", apart, apart), self.const([-1], "last"), keepdims=1)
        count = self.op("Cast", self.op("Sub", self.frames, self.const([1], "one")), to=FLOAT32)
        return self.op("Concat", mean, self.op("Sqrt", self.op("Div", total, count)), axis=1)


def fbank(samples: Samples) -> Samples:
    """Log mel energies as Kaldi has them (80 bins from 20 Hz, 25 ms every 10 ms, Povey window): (frames, 80)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 400)[::160]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    power = np.abs(np.fft.rfft((frames - 0.97 * before) * np.hanning(400) ** 0.85, 512)[:, :256]) ** 2
    return np.log(np.maximum(power @ _mel(), np.finfo(np.float32).eps)).astype(np.float32)


@cache
def _mel() -> npt.NDArray[np.float64]:
    """Kaldi's mel filters: (256, 80), triangles on the mel scale 1127 ln(1 + f / 700)."""

    def mel(hertz: Any) -> Any:
        return 1127 * np.log(1 + hertz / 700)

    edges = np.linspace(mel(20), mel(RATE / 2), BINS + 2)[:, None]
    bins = mel(np.arange(256) * RATE / 512)
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rise, fall)).T)
