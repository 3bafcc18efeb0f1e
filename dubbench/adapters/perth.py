"""Perth: Resemble AI's implicit watermark below 2 kHz, run as ONNX without torch.

The sound at 32 kHz becomes a spectrogram in decibels; a small network (1-D convolutions over time, 128 bins up to
2 kHz) answers with what to add to it where somebody speaks. Only that difference is turned back into sound and added,
so the length, everything above 2 kHz and all that is silent stay exactly as they were. The detector reads the same
bins at three speeds and weighs the three answers by its own attention.

Weights and architecture: resemble-perth 1.0.1, MIT. Its window, hop and level constants are repeated below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench import graphs, media, spectrum
from dubbench.stages.watermark import Watermark
from dubbench.types import Samples, Sound

RATE = 32_000
SIZE, HOP = 2048, 320
BINS = 128
FLOOR_DB = -180.0
HEADROOM_DB = 15.0
SPAN_DB = HEADROOM_DB - FLOOR_DB
LOUD = 0.05
"""A frame counts as speech when its levels sum to more than this share of the loudest frame's sum."""
CLEAR_DB = 15.0
SPEEDS = {"slow": 1.25, "normal": 1.0, "fast": 0.75}
CHECKPOINT = "perth_net_250000.pth.tar"


class Perth(Watermark):
    """The watermark room, by Perth. Both verbs are thread-safe."""

    licence = "MIT"

    def load(self) -> None:
        # One thread each: takes are marked from several threads, and the work is small.
        self._marker = graphs.session(self.weights.built("perth-mark.onnx", 1, self._write_marker), intra_op=1)
        self._finder = graphs.session(self.weights.built("perth-find.onnx", 1, self._write_finder), intra_op=1)

    def unload(self) -> None:
        del self._marker, self._finder

    def mark(self, sound: Sound) -> Sound:
        """The sound with the mark added to each channel; scaled down as a whole if the mark lifts a peak over 1."""
        self.ready()
        if not sound.samples.any():
            return sound
        at_rate = media.resample(sound, RATE).samples
        spectra = spectrum.stft(at_rate, size=SIZE, hop=HOP)
        levels, loud = _levels(spectra)
        (change,) = self._marker.run(None, {"levels": levels[..., :BINS].swapaxes(1, 2)}, graphs.lean())
        factor = 10.0 ** (change.swapaxes(1, 2) * loud[..., None] * (SPAN_DB / 20)) - 1.0
        added = spectrum.istft(
            (spectra[..., :BINS] * factor).astype(np.complex64), size=SIZE, hop=HOP, length=at_rate.shape[1]
        )
        mark = media.resample(Sound(added, RATE), sound.sample_rate).samples
        marked = sound.samples + _fitted(mark, sound.samples.shape[1])
        peak = float(np.abs(marked).max())
        return Sound((marked / max(peak, 1.0)).astype(np.float32), sound.sample_rate)

    def detect(self, sound: Sound) -> float:
        """The detector's figure over the frames that stand out, cut to [0, 1]; 0 for silence.

        Ask about speech: held notes of unmarked music read up to 0.77 (see `dubbench.provenance.marks`).
        """
        self.ready()
        if not sound.samples.any():
            return 0.0
        mono = Sound(sound.mono[None], sound.sample_rate)
        spectra = spectrum.stft(media.resample(mono, RATE).samples, size=SIZE, hop=HOP)
        levels, _ = _levels(spectra)
        clear = _clear(spectra[0])
        frames = {speed: max(1, int(levels.shape[1] * factor)) for speed, factor in SPEEDS.items()}
        answers = self._finder.run(
            list(SPEEDS), {f"{s}_levels": _stretched(levels[..., :BINS], n).swapaxes(1, 2) for s, n in frames.items()}
        )
        attention, found = np.array([_averaged(answer[0], clear) for answer in answers]).T
        weight = np.exp(attention - attention.max())
        return float(np.clip((found * weight).sum() / weight.sum(), 0.0, 1.0))

    def _write_marker(self, path: Path) -> None:
        from dubbench.weights import checkpoints

        net = graphs.Graph("perth-mark")
        weights = checkpoints.read_torch(self.weights.folder() / CHECKPOINT)["model"]
        _layers(net, weights, "encoder.layers", "levels", "change")
        net.write(path, {"levels": ["batch", BINS, "frames"]}, {"change": ["batch", BINS, "frames"]})

    def _write_finder(self, path: Path) -> None:
        from dubbench.weights import checkpoints

        net = graphs.Graph("perth-find")
        weights = checkpoints.read_torch(self.weights.folder() / CHECKPOINT)["model"]
        for speed in SPEEDS:
            _layers(net, weights, f"decoder.{speed}_layers", f"{speed}_levels", speed)
        net.write(
            path,
            {f"{speed}_levels": ["batch", BINS, f"{speed}_frames"] for speed in SPEEDS},
            {speed: ["batch", 2, f"{speed}_frames"] for speed in SPEEDS},
        )


def _layers(net: graphs.Graph, weights: dict[str, Any], prefix: str, x: str, out: str) -> None:
    """Seven convolutions over time with leaky rectifiers (slope 0.01) between: 1 wide, five of 7, 1 wide."""
    last = 6
    for i in range(last + 1):
        name = f"{prefix}.{i}.conv"
        kernel = weights[f"{name}.weight"]
        pad = (kernel.shape[2] - 1) // 2
        parts = (x, net.const(kernel, f"{name}.weight"), net.const(weights[f"{name}.bias"], f"{name}.bias"))
        if i == last:
            net.op("Conv", *parts, name=out, pads=[pad, pad])
        else:
            x = net.op("LeakyRelu", net.op("Conv", *parts, pads=[pad, pad]), alpha=0.01)


def _levels(spectra: spectrum.Spectrum) -> tuple[Samples, Samples]:
    """Normalised decibels (channels, frames, 1025) and which frames are loud, as 0 or 1 (channels, frames)."""
    decibels = 20 * np.log10(np.maximum(np.abs(spectra), 10 ** (FLOOR_DB / 20)))
    levels = ((decibels - FLOOR_DB) / SPAN_DB).astype(np.float32)
    sums = levels.sum(axis=2)
    return levels, (sums > LOUD * sums.max(axis=1, keepdims=True)).astype(np.float32)


def _clear(spectra: spectrum.Spectrum) -> Samples:
    """Which frames (frames, bins) stand out below 2 kHz, as 0 or 1: pauses, where only the background is heard, have
    no mark to read. From speech with music 12 dB below it 0.88 is read with these, 0.73 over all frames (the library's
    way), and from unmarked speech 0.17 at most."""
    power = (np.abs(spectra[:, :BINS]) ** 2).sum(axis=1)
    return np.asarray(power >= np.percentile(power, 95) * 10 ** (-CLEAR_DB / 10), np.float32)


def _stretched(levels: Samples, frames: int) -> Samples:
    """Linear interpolation of (1, n, bins) over time to `frames`, first and last frame kept."""
    place = np.linspace(0, levels.shape[1] - 1, frames)
    left = np.minimum(place.astype(int), max(levels.shape[1] - 2, 0))
    right = np.minimum(left + 1, levels.shape[1] - 1)
    share = (place - left).astype(np.float32)[None, :, None]
    stretched: Samples = levels[:, left] * (1 - share) + levels[:, right] * share
    return stretched


def _averaged(answer: Samples, kept: Samples) -> npt.NDArray[Any]:
    """(attention, mark) of a branch (2, n), averaged over the frames in `kept`, which are those of normal speed."""
    frames = answer.shape[1]
    mask = kept[np.arange(frames) * len(kept) // frames]
    mean: npt.NDArray[Any] = (answer * mask).sum(axis=1) / max(float(mask.sum()), 1.0)
    return mean


def _fitted(samples: Samples, length: int) -> Samples:
    """(channels, length): resampling there and back may be a sample off, where the mark has faded out anyway."""
    return np.pad(samples[:, :length], ((0, 0), (0, max(0, length - samples.shape[1]))))
