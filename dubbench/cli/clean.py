"""`dubbench clean`: what dubs and the cache can do without, how large, why it is safe; removed with --yes."""

from __future__ import annotations

from pathlib import Path

import click

from dubbench.cli.rows import MB
from dubbench.errors import BadInput


@click.command()
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--weights", is_flag=True, help="Look for weights that no entry of the catalogue needs, and downloads.")
@click.option("--environments", is_flag=True, help="Look for environments that no entry of the catalogue requires.")
@click.option("--all", "everything", is_flag=True,
              help="Of a DIR also what can be made again from its film; without a DIR both of the above.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Remove it.")
def clean(folders: tuple[Path, ...], weights: bool, environments: bool, everything: bool, yes: bool) -> None:
    """Say what could be removed from the folders of dubs and from the cache, how much that frees and why it is safe.

    Nothing is removed without --yes, nothing that is in use, and nothing that a finished dub needs to be opened, edited
    and played: with --all its sound is taken apart again at the next edit.
    """
    both = everything and not folders
    if not (folders or weights or environments or both):
        raise BadInput("say what to look at: the folder of a dub, --weights or --environments")
    sizes = [_dub(folder, everything=everything, yes=yes) for folder in folders]
    if weights or environments or both:
        sizes.append(_cache(weights=weights or both, environs=environments or both, yes=yes))
    total = _mb(sum(sizes))
    click.echo(f"{total} freed" if yes else f"{total} in all; remove it with --yes" if sum(sizes) else "nothing to do")


def _dub(folder: Path, *, everything: bool, yes: bool) -> int:
    from dubbench import cleaning
    from dubbench.door import busy

    with busy(cleaning.home_of(folder)):
        found = cleaning.waste(folder, everything=everything)
        click.echo(folder)
        for one in found:
            again = "" if one.seconds is None else f"; about {one.seconds:.0f} s to make again"
            click.echo(f"  {_mb(one.size):>9}  {one.what} ({len(one.paths)} files): {one.why}{again}")
        return cleaning.remove(found) if yes else sum(one.size for one in found)


def _cache(*, weights: bool, environs: bool, yes: bool) -> int:
    from dubbench.cleaning import cache
    from dubbench.weights import cache_folder

    found = cache.unneeded(weights=weights, environs=environs)
    click.echo(cache_folder())
    freed = 0
    for item in found:
        gone = cache.remove(item) if yes else item.size
        freed += gone
        click.echo(f"  {_mb(item.size):>9}  {item.kind} {item.name}: {item.why if gone else 'in use, so it stays'}")
    return freed


def _mb(size: int) -> str:
    return f"{size / MB:.1f} MB"
