"""Kokoro's ONNX graph, cut and opened: its durations alone, and the whole with its melody in our hands.

    tokens, style ─▶ durations ─▶ x lengthened ─▶ frames ─▶ pitch ─▶ x raised ─┐
                                                    └─────▶ energy ─▶ + louder ─┴─▶ sound

Kokoro's own companion, no adapter. With ones, ones and zeros the opened graph gives the sound of the closed one, bit
for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.types import Samples

DURATIONS = "/encoder/predictor/ReduceSum_output_0"
"""Frames of each token before they are divided by the speed and rounded: a tensor inside the graph."""
DIVIDED, PITCH, ENERGY = "/encoder/Div_output_0", "/encoder/Reshape_output_0", "/encoder/Reshape_1_output_0"
"""The same divided by the speed; hertz and energy (a logarithm) at two places of each frame."""
OPENED = (("Mul", DIVIDED, "lengthened"), ("Mul", PITCH, "raised"), ("Add", ENERGY, "louder"))
"""What is done to which tensor with which new input."""

LENGTHENED = 1.15
"""A stressed word's length against its own. That, three semitones and two decibels are what speakers of English give a
word in focus (Breen et al. 2010), and what stays natural here."""
HURRIED = 1.2
"""The pace from which a stressed word is no longer than it is: others would have to make room for it, in a hurry."""
RAISED = 3.0
"""Semitones."""
LOUDER = 2.0
"""In the model's own measure, of which one is about a decibel."""
EDGE = 9
"""Places (12.5 ms each) over which melody and energy pass from a word to its neighbours."""


@dataclass(frozen=True)
class Melody:
    """How a reading departs from the model's own: which tokens are stressed and how much, at which pace, and semitones
    for all."""

    stressed: npt.NDArray[np.bool_]
    share: float = 1.0
    semitones: float = 0.0
    pace: float = 1.0

    @property
    def lengthened(self) -> Samples:
        """A factor for the length of each token."""
        time = min(max((HURRIED - self.pace) / (HURRIED - 1), 0.0), 1.0)
        return np.where(self.stressed, 1 + self.share * time * (LENGTHENED - 1), 1.0).astype(np.float32)

    def inputs(self, frames: npt.NDArray[np.int64]) -> dict[str, Samples]:
        """The opened graph's, for tokens that last so many frames."""
        stress = np.repeat(self.stressed, 2 * frames).astype(np.float64)
        if stress.any():
            edge = np.hanning(EDGE + 2)[1:-1]
            stress = np.convolve(np.pad(stress, EDGE // 2, mode="edge"), edge / edge.sum(), "valid")
        stress *= self.share
        return {
            "lengthened": self.lengthened,
            "raised": (2 ** ((self.semitones + RAISED * stress) / 12)).astype(np.float32),
            "louder": (LOUDER * stress).astype(np.float32),
        }


def cut(model: Path, to: Path) -> None:
    """Write the part of the ONNX `model` that ends in DURATIONS: 14 of its 92 MB."""
    import onnx
    from onnx import TensorProto, helper

    whole = onnx.load(str(model))
    graph, need, nodes = whole.graph, {DURATIONS}, []
    # The graph is sorted: whoever makes a tensor stands before who uses it.
    for node in reversed(graph.node):
        if need & set(node.output):
            nodes.append(node)
            need |= set(node.input)
    part = helper.make_graph(
        nodes[::-1], "lengths", [i for i in graph.input if i.name in need],
        [helper.make_tensor_value_info(DURATIONS, TensorProto.FLOAT, None)],
        [weight for weight in graph.initializer if weight.name in need],
    )  # fmt: skip
    onnx.save(helper.make_model(part, opset_imports=whole.opset_import, ir_version=whole.ir_version), str(to))


def opened(model: Path, to: Path) -> None:
    """Write the ONNX `model` with the inputs of `OPENED`, each of one dimension."""
    import onnx

    whole = onnx.load(str(model))
    for operation, tensor, name in OPENED:
        _tapped(whole.graph, operation, tensor, name)
    onnx.save(whole, str(to))


def _tapped(graph: Any, operation: str, tensor: str, name: str) -> None:
    """Put an operation with a new input between a tensor and all who use it."""
    from onnx import TensorProto, helper

    after = f"{tensor}/{name}"
    for node in graph.node:
        node.input[:] = [after if used == tensor else used for used in node.input]
    maker = next(i for i, node in enumerate(graph.node) if tensor in node.output)
    graph.node.insert(maker + 1, helper.make_node(operation, [tensor, name], [after], name=after))
    graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]))


__all__ = ["DURATIONS", "Melody", "cut", "opened"]
