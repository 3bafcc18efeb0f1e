"""Metrics by which a model judges: each is made by a function that names the model, and carries its hash in its id.

    dnsmos                          how clean speech is; its weights are fetched by pin like any model's
    utmos                           how natural speech is
    comet, cometkiwi                how good a translation is, with a reference and without one
    lse_distance, lse_confidence    how well lips fit the voice

Of all but the first the caller brings the weights, as a folder or as a place on the Hub (see `checkpoints`), and they
want the extra `judges`: torch and transformers. Whatever is not here is `Missing`, which says what to do.
"""

from __future__ import annotations

from dubbench.metrics.judges.comet import comet, cometkiwi
from dubbench.metrics.judges.dnsmos import DNSMOS, dnsmos
from dubbench.metrics.judges.lse import lse_confidence, lse_distance
from dubbench.metrics.judges.utmos import utmos

__all__ = ["DNSMOS", "comet", "cometkiwi", "dnsmos", "lse_confidence", "lse_distance", "utmos"]
