"""Small ONNX graphs written from weights that ship in other formats, and sessions that run them.

Several models reach us as checkpoints of torch or TensorFlow, which would cost gigabytes to load. Their networks are
written once as ONNX with `Graph`, kept beside the weights, and run with `session`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.memory import replacing


def threads() -> int:
    """How many threads a model may use: the processors this process may run on."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


BLAS_THREADS = 2
"""How many threads numpy's matrix products get where words depend on them, however many processors there are: figures
in the docs are measured with two."""


@contextlib.contextmanager
def steady() -> Iterator[None]:
    """While the block runs, in however many threads, matrix products sum in one order on every number of processors.

    Each number of threads sums in another order. In the spectra that Whisper hears this is the last bit of a few
    samples, and yet on half a minute of telephone it was other words: one processor found 11 lines, two found 8.
    """
    from threadpoolctl import threadpool_limits

    with _steadying:
        _steady.append(threadpool_limits(BLAS_THREADS, user_api="blas") if not _steady else _steady[0])
    try:
        yield
    finally:
        with _steadying:
            limits = _steady.pop()
            if not _steady:
                limits.restore_original_limits()


_steady: list[Any] = []
_steadying = threading.Lock()


def session(path: Path, *, intra_op: int | None = None, spin: bool = True) -> Any:
    """An onnxruntime session on the CPU with `intra_op` threads (default: all of ours).

    They wait for each other's part by trying again and again, unless `spin` is false: then others may run meanwhile.
    """
    import onnxruntime

    options = _options(onnxruntime)
    options.intra_op_num_threads = intra_op or threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spin)))
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def fuse(path: Path) -> None:
    """Write a graph again as onnxruntime would make it when it is loaded, on any processor: it gives the same, and is
    loaded in half the time (Kokoro in 0.19 s against 0.40)."""
    import onnxruntime

    options = _options(onnxruntime)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    with replacing(path) as draft:
        options.optimized_model_filepath = str(draft)
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def lean() -> Any:
    """For `session.run`: what the run took goes back to the system after it, instead of waiting for the next.

    For inputs that differ in length: Kokoro kept 420 MB of its longest lines, and is as quick without.
    """
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


class Graph:
    """A network being written: `op` adds a node and returns the name of its output, `const` adds a weight."""

    def __init__(self, name: str, *, opset: int = 17) -> None:
        self.name, self.opset = name, opset
        self._nodes: list[Any] = []
        self._weights: dict[str, Any] = {}

    def const(self, array: npt.NDArray[Any] | list[int], name: str | None = None) -> str:
        """A constant: float arrays are kept as float32, lists of ints become int64. The same `name` is kept once."""
        from onnx import numpy_helper

        name = name or f"const{len(self._weights)}"
        if name not in self._weights:
            value = np.asarray(array)
            value = value.astype(np.float32 if value.dtype.kind == "f" else np.int64)
            self._weights[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def op(self, kind: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        out = name or f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def write(self, path: Path, inputs: dict[str, list[Any]], outputs: dict[str, list[Any]]) -> None:
        """Check the graph and write it; `inputs` and `outputs` name float32 tensors and their shapes."""
        import onnx
        from onnx import TensorProto, helper

        infos = [
            [helper.make_tensor_value_info(k, TensorProto.FLOAT, shape) for k, shape in part.items()]
            for part in (inputs, outputs)
        ]
        graph = helper.make_graph(self._nodes, self.name, infos[0], infos[1], list(self._weights.values()))
        # ir_version 9: read by every onnxruntime since 1.16.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=9)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))
