"""A Piper voice's ONNX graph, parted and opened: its lengths alone, and the whole with lengths and noise as inputs.

Such a graph draws noise twice as it runs, for the rhythm and for the sound, each time another:

    phonemes, rhythm ─▶ lengths.onnx ─▶ frames of each phoneme ─▶ divided by the speed, rounded up by us
    phonemes, those frames, noise ─▶ opened.onnx ─▶ sound of exactly that length

Piper's own companion, no adapter. Given the noise that it drew, the opened graph gives the sound of the closed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

FRAME = 256
"""Samples of one frame, at every quality of Piper's."""
CHANNELS = 192
"""Numbers that make a frame before it is sound, in voices of medium and high quality."""


def cut(model: Path, to: Path) -> None:
    """Write the part of a voice that ends in the length of each token, its noise an input."""
    whole, rhythm, frames, _ = _places(model)
    _written(whole, to, {rhythm.output[0]: ("rhythm", ["batch", 2, "tokens"])}, frames.input[0])


def opened(model: Path, to: Path) -> None:
    """Write a voice that is told the length of each token, its noise an input."""
    whole, _, frames, noise = _places(model)
    given = {
        frames.output[0]: ("frames", ["batch", 1, "tokens"]), noise.output[0]: ("noise", ["batch", CHANNELS, "frames"]),
    }  # fmt: skip
    _written(whole, to, given, whole.graph.output[0].name)


def _places(model: Path) -> tuple[Any, Any, Any, Any]:
    """A voice, and in it the nodes that draw for the rhythm, round lengths up, draw for the sound."""
    import onnx

    whole = onnx.load(str(model))
    found = [node for node in whole.graph.node if node.op_type in ("RandomNormalLike", "Ceil")]
    if [node.op_type for node in found] != ["RandomNormalLike", "Ceil", "RandomNormalLike"]:
        raise RuntimeError(f"{model.name} is no voice of Piper's: it has {[node.op_type for node in found]}")
    return whole, *found


def _written(whole: Any, to: Path, given: Mapping[str, tuple[str, list[Any]]], wanted: str) -> None:
    """Write what of a model leads to the tensor `wanted`, with the tensors `given` as inputs under new names."""
    import onnx
    from onnx import TensorProto, helper

    graph, need, nodes = whole.graph, {wanted}, list[Any]()
    # The graph is sorted: whoever makes a tensor stands before who uses it.
    for node in reversed(graph.node):
        if need & set(node.output):
            node.input[:] = [given[name][0] if name in given else name for name in node.input]
            nodes.insert(0, node)
            need |= set(node.input)
    inputs = [i for i in graph.input if i.name in need]
    inputs += [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in given.values() if n in need]
    outputs = [helper.make_tensor_value_info(wanted, TensorProto.FLOAT, None)]
    weights = [weight for weight in graph.initializer if weight.name in need]
    part = helper.make_graph(nodes, graph.name, inputs, outputs, weights)
    onnx.save(helper.make_model(part, opset_imports=whole.opset_import, ir_version=whole.ir_version), str(to))
