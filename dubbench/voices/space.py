"""Blends of presets as points of a small space. Plain linear algebra: no sound, no models.

A preset's style has two parts (what it sounds like, how it is spoken). For each part the presets' mean styles span a
space; its first principal axes are what presets differ most in. Moving along an axis adds shares of presets that sum to
0, so every row of a style, one for each length of text, stays an affine blend of the same row of presets:

    shares(z) = shares(start) + axes · z         z = 1 on one axis: as far as presets spread on it (one deviation)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

AXES = (16, 8)
"""Axes of each part: they hold 80 % of the variance of Kokoro's timbres and 69 % of its prosodies."""
LEAST = 5e-5
"""A smaller share is not written."""


@dataclass(frozen=True, eq=False)
class Space:
    """Blends around a start. `axes` (presets, k) and `start` (presets,) for each part."""

    names: tuple[str, ...]
    axes: Mapping[str, Floats]
    start: Mapping[str, Floats]

    @property
    def size(self) -> int:
        return sum(axes.shape[1] for axes in self.axes.values())

    def shares(self, point: Floats) -> dict[str, Floats]:
        """The shares of every preset (summing to 1) in each part at a point (size,)."""
        edges = np.cumsum([axes.shape[1] for axes in self.axes.values()])[:-1]
        parts = np.split(point, edges)
        return {part: self.start[part] + self.axes[part] @ z for part, z in zip(self.axes, parts, strict=True)}

    def blend(self, point: Floats) -> dict[str, str]:
        """The same as text: {"timbre": "pf_dora:0.9+af_bella:0.1", …}."""
        return {part: written(self.names, shares) for part, shares in self.shares(point).items()}


def around(
    styles: Mapping[str, Mapping[str, Floats]], start: Mapping[str, float], sizes: Sequence[int] = AXES
) -> Space:
    """The space of `styles` (part to preset to mean style) around a blend of presets by share."""
    names = tuple(next(iter(styles.values())))
    axes = {
        part: _axes(np.stack([of[x] for x in names]), k) for (part, of), k in zip(styles.items(), sizes, strict=True)
    }
    shares = np.array([start.get(name, 0.0) for name in names])
    return Space(names, axes, dict.fromkeys(styles, shares))


def _axes(styles: Floats, count: int) -> Floats:
    """(presets, count): shares that move a style by one deviation along each principal axis; columns sum to 0."""
    apart = styles.astype(np.float64) - styles.mean(axis=0)
    left, _, _ = np.linalg.svd(apart, full_matrices=False)
    shares = left[:, :count] / np.sqrt(len(styles))
    # The sign of an axis is the library's whim: it is fixed, so that a seed means the same everywhere.
    shares = shares * np.sign(shares[np.abs(shares).argmax(axis=0), np.arange(shares.shape[1])])
    return np.asarray(shares - shares.mean(axis=0))


def written(names: Sequence[str], shares: Floats) -> str:
    """Shares as a preset is written, the largest first."""
    order = [int(i) for i in np.argsort(-np.abs(shares), kind="stable") if abs(shares[i]) >= LEAST]
    return "+".join(f"{names[i]}:{shares[i]:.4f}" for i in order)
