"""`make faults`: a real dub killed at any moment, on full disks, with bad models, changed weights, and two at once.

    python -m eval.faults [KILLS] [SEED]

Ends with 1 if anything is not as it must be. With fewer kills than `WHOLE` it is a short run for every change: fewer
cases of each kind, and docs/faults.md stays.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dubbench.graphs import threads
from eval import pages
from eval.faults import fulldisk, kills, swapped, together, troubles, walks

WHOLE = 30
"""Kills from which a run counts as whole."""
FEW = 4
"""A short run takes every so-many-th case."""


class Faults:
    """All chapters on one film in one folder; what was wrong is gathered in `wrong`."""

    def __init__(self, folder: Path, asked: int, seed: int) -> None:
        self.folder, self.asked, self.seed = folder, asked, seed
        self.wrong: list[str] = []
        self.film = walks.film(folder)

    @property
    def whole(self) -> bool:
        return self.asked >= WHOLE

    def rows(self) -> Iterator[str]:
        self.known, self.lasts = kills.reference(self._room("kills"), self.film)
        for title, chapter in {
            "Kills": self.kills, "Full disks": self.disks, "Models that misbehave": self.models,
            "Weights that change": self.weights, "Two at once": self.two,
        }.items():  # fmt: skip
            yield from (f"**{title}**", "")
            for row in chapter():
                yield row.replace(str(self.folder), "…")
            yield ""
        yield f"{len(self.wrong)} things were not as they must be."

    def kills(self) -> Iterator[str]:
        folder = self.folder / "kills"
        done = kills.struck(
            folder, self.film, kills=self.asked, seed=self.seed, known=self.known, lasts=self.lasts
        )  # fmt: skip
        self.wrong += kills.wrong(done, threads())
        yield from kills.told(done, threads())

    def disks(self) -> Iterator[str]:
        try:
            found, different = fulldisk.walked(self._room("disks"), self.film, self.known)
            cached, others = fulldisk.cache(self.folder / "disks", self.film, self.known)
        except PermissionError as error:
            yield f"Not done: a small disk cannot be mounted here ({error}); be root, or let `sudo -n mount` work."
            return
        self.wrong += fulldisk.wrong(found, different) + fulldisk.wrong(cached, others)
        yield from fulldisk.told([*found, *cached], [*different, *others])

    def models(self) -> Iterator[str]:
        cases = troubles.CASES if self.whole else troubles.CASES[::FEW]
        found = troubles.met(self._room("models"), self.film, cases)
        self.wrong += troubles.wrong(found)
        yield from troubles.told(found)

    def weights(self) -> Iterator[str]:
        found = swapped.all_harms(self._room("weights"), self.film, swapped.HARMS if self.whole else swapped.HARMS[:1])
        self.wrong += swapped.wrong(found)
        yield from swapped.told(found)

    def two(self) -> Iterator[str]:
        found = together.pairs(self._room("two"), self.film)
        self.wrong += together.wrong(found)
        yield from together.told(found)

    def _room(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder


def main() -> None:
    asked, seed = (int(word) for word in (*sys.argv[1:], *("50", "1")[len(sys.argv) - 1 :]))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dubbench-faults-") as name:
        faults = Faults(Path(name).resolve(), asked, seed)
        pages.shown(faults.rows(), "faults.md", "make faults", kept=faults.whole)
    print(f"{time.monotonic() - began:.0f} s")
    for words in faults.wrong:
        print(f"WRONG: {words}", file=sys.stderr)
    sys.exit(bool(faults.wrong))


if __name__ == "__main__":
    main()
