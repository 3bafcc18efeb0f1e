"""`dubbench reproduce`: a dub made again from its manifest; a row a room. Exit code 1 when one made another thing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dubbench.cli.progress import watched

if TYPE_CHECKING:
    from dubbench.comparing import Compared
    from dubbench.comparing.reproducing import Reproduced


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="FILM", help="Where the film is now, if it moved.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder to keep the second dub in (default: none).")
def reproduce(folder: Path, source: Path | None, out: Path | None) -> None:
    """Make the dub in DIR again from its manifest, edits and brought texts included, and compare room by room.

    Exit code 0: everything is the same. 1: something differs. 2: it cannot be made again (the film is gone or another,
    a model is unknown).
    """
    from dubbench.comparing import reproducing

    with watched() as meter:
        made = reproducing.reproduce(folder, source=source, out=out, progress=meter)
    click.echo("\n".join(_rows(made)))
    sys.exit(0 if made.same else 1)


def _rows(made: Reproduced) -> Iterator[str]:
    yield from (_row(room) for room in made.rooms)
    if made.differs:
        yield "here it is not as it was there:"
        yield from (f"  {name}: {then} there, {now} here" for name, (then, now) in made.differs.items())


def _row(room: Compared) -> str:
    told = "same" if room.same else room.what if room.same is None else f"DIFFERS  {room.what}"
    return f"{room.room:<11} {told}"
