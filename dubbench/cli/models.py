"""`dubbench models`: what there is, bring it, check it, where it lies. Words in, the library called; no logic."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence

import click

from dubbench import catalog
from dubbench.cli import rows
from dubbench.cli.progress import watched
from dubbench.errors import BadInput, DubError, Missing
from dubbench.weights import cache_folder


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def models() -> None:
    """List, fetch and check the models and their weights."""


@models.command("list")
@click.option("--room", type=click.Choice(catalog.ROOMS), help="Only the models of one room.")
def list_(room: str | None) -> None:
    """All models: room, licence, commercial use, languages, size of the weights, and whether they are here."""
    entries = [entry for entry in catalog.entries().values() if room in (None, entry.room)]
    ordered = sorted(entries, key=lambda e: (catalog.ROOMS.index(e.room), e.name))
    # Where nobody looks at a screen, nothing has to be short.
    for line in rows.table(ordered, shutil.get_terminal_size((rows.UNLIMITED, 24)).columns):
        click.echo(line)
    _warn()


@models.command()
@click.argument("name")
def show(name: str) -> None:
    """All that the catalogue says of a model: its licence and languages in full, its costs, where its weights are."""
    entry = catalog.entry(name)
    click.echo(entry.name)
    for label, text in _facts(entry):
        if text:
            click.echo(f"  {label:<10}  {text}")


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def fetch(names: Sequence[str]) -> None:
    """Bring the weights of models, whole and checked. Call it again after an interruption: it goes on."""
    entries = [catalog.entry(name) for name in names]
    failures: list[DubError] = []
    for entry in entries:
        try:
            with watched():
                folder = entry.open_weights().folder()
            click.echo(f"{entry.name}: {folder}" if entry.weights else f"{entry.name}: needs no weights")
        except DubError as error:
            failures.append(error)
    for failure in failures[:-1]:
        click.echo(f"dubbench: {failure}", err=True)
    if failures:
        raise failures[-1]


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
def check(names: Sequence[str]) -> None:
    """Read all weights on this machine again and compare them with their pins; exit code 2 when one is damaged."""
    bad: list[str] = []
    for entry in [catalog.entry(name) for name in names] or catalog.entries().values():
        if not entry.weights:
            continue
        weights = entry.open_weights()
        wrong = weights.check()
        bad += [f"{path}: {why} (dubbench models fetch {entry.name})" for path, why in wrong.items()]
        state = "damaged" if wrong else "whole" if weights.present() else "not here"
        click.echo(f"{entry.name}: {state}")
    if bad:
        raise BadInput("damaged weights: " + "; ".join(bad))


@models.command()
@click.argument("name", required=False)
def where(name: str | None) -> None:
    """The folder that holds a model's weights; without a name, the cache itself."""
    if name is None:
        click.echo(cache_folder())
        return
    entry = catalog.entry(name)
    if not entry.weights:
        click.echo(f"{name}: needs no weights")
        return
    folder = entry.open_weights().where()
    if folder is None:
        raise Missing(f"the weights of '{name}' are not here; run: dubbench models fetch {name}")
    click.echo(folder)


def _warn() -> None:
    """Say which installed packages are broken: their models are missing from what is shown."""
    for sentence in catalog.broken().values():
        click.echo(f"dubbench: {sentence}", err=True)


def _facts(entry: catalog.Entry) -> Iterable[tuple[str, str]]:
    yield from (("room", entry.room), ("about", entry.about), ("licence", entry.licence))
    yield "commercial", {True: "yes", False: "no", None: "nobody has checked"}[entry.commercial]
    yield from (("languages", " ".join(entry.languages)), ("adapter", entry.adapter))
    yield "requires", ", ".join(entry.requires)
    yield "work", f"{entry.rtf} s for a second of film, measured on two cores" if entry.rtf is not None else ""
    yield "memory", f"{entry.memory_mb} MB" if entry.memory_mb is not None else ""
    yield "weights", f"{rows.size(entry)}, {_place(entry)}" if entry.weights else "needs none"


def _place(entry: catalog.Entry) -> str:
    folder = entry.open_weights().where()
    return f"not here; run: dubbench models fetch {entry.name}" if folder is None else f"in {folder}"
