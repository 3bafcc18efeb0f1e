"""How clean speech is, by DNSMOS. The weights are fetched by pin; without them the metric is `Missing` and says so."""

from __future__ import annotations

import functools
from typing import Any, Literal, TypeAlias

import numpy as np

from dubbench import graphs
from dubbench.errors import BadInput
from dubbench.metrics.score import Counts, Metric, metric, ratio
from dubbench.types import Sound
from dubbench.weights import WeightFile, Weights

Part: TypeAlias = Literal["overall", "speech", "background"]

DNSMOS = WeightFile(
    name="sig_bak_ovr.onnx",
    sha256="269fbebdb513aa23cddfbb593542ecc540284a91849ac50516870e1ac78f6edd",
    size=1_157_965,
    sources=("pypi://speechmos@0.0.1.1/speechmos/dnsmos_models/sig_bak_ovr.onnx",),
)
"""MIT, Microsoft; the same file as in their repository DNS-Challenge."""
RATE, WINDOW, HOP = 16_000, 144_160, 16_000
"""Hz, and samples: it looks at 9.01 s, a second on each time."""
_PARTS: dict[Part, tuple[int, tuple[float, ...]]] = {
    "speech": (0, (-0.08397278, 1.22083953, 0.0052439)),
    "background": (1, (-0.13166888, 1.60915514, -0.39604546)),
    "overall": (2, (-0.06766283, 1.11546468, 0.04602535)),
}
"""Which of the network's answers it is, and the polynomial that takes it to what listeners said."""


def dnsmos(part: Part = "overall") -> Metric[[Sound]]:
    """How clean a sound's speech is, as listeners would say from 1 to 5, by DNSMOS P.835; higher is better.

    Of the `speech` itself, of its `background`, or `overall` (Reddy et al. 2022, arXiv 2110.01763). Mean over clips;
    a clip shorter than 9 s is repeated. It is made for noise: between clean voices it says little (it ends near 3.4).
    Mono at 16 kHz is wanted. PyPI's `speechmos` gives the same for one look, but leaves out two in three of half a
    minute, for its times are rounded. Raises Missing, and BadInput for another sound or none.
    """
    place, polynomial = _PARTS[part]

    def judged(sound: Sound) -> Counts:
        return {"opinion": float(np.mean(np.polyval(polynomial, _heard(sound)[:, place]))), "clips": 1}

    judged.__doc__ = dnsmos.__doc__
    by = DNSMOS.sha256[:12]
    return metric(f"dnsmos-{part}", unit="opinion of 5", better="higher", value=ratio("opinion", "clips"), by=by)(
        judged
    )


def _heard(sound: Sound) -> Any:
    """The network's three answers for each look at a sound."""
    if sound.sample_rate != RATE or sound.samples.shape[0] != 1:
        given = f"{sound.samples.shape[0]} channels at {sound.sample_rate} Hz"
        raise BadInput(f"DNSMOS hears mono at {RATE} Hz, not {given}: use media.resample")
    samples = np.clip(sound.samples[0], -1, 1)
    if not samples.any():
        raise BadInput("there is nothing to be heard: a silent sound has no quality")
    while len(samples) < WINDOW:
        samples = np.tile(samples, 2)
    looks = range(0, len(samples) - WINDOW + 1, HOP)
    return np.concatenate([_dnsmos().run(None, {"input_1": samples[None, at : at + WINDOW]})[0] for at in looks])


@functools.cache
def _dnsmos() -> Any:
    return graphs.session(Weights("dnsmos", (DNSMOS,)).folder() / DNSMOS.name, intra_op=1)


__all__ = ["DNSMOS", "dnsmos"]
