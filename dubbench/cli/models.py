"""`dubbench models`: what there is, bring it, check it, where it lies. Words in, the library called; no logic."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence

import click

from dubbench import catalog
from dubbench.cli.progress import MB, watched
from dubbench.errors import BadInput, DubError, Missing
from dubbench.weights import cache_folder

FEW = 8
"""So many languages are listed by code, the rest counted."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def models() -> None:
    """List, fetch and check the models and their weights."""


@models.command("list")
@click.option("--room", type=click.Choice(catalog.ROOMS), help="Only the models of one room.")
def list_(room: str | None) -> None:
    """All models: room, licence, commercial use, languages, size of the weights, and whether they are here."""
    entries = [entry for entry in catalog.entries().values() if room in (None, entry.room)]
    rows = [_row(entry) for entry in sorted(entries, key=lambda e: (catalog.ROOMS.index(e.room), e.name))]
    for line in _table([("NAME", "ROOM", "LICENCE", "COMMERCIAL", "LANGUAGES", "SIZE", "HERE"), *rows]):
        click.echo(line)


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
    folder = entry.open_weights().where()
    if folder is None:
        raise Missing(f"the weights of '{name}' are not here; run: dubbench models fetch {name}")
    click.echo(folder)


def _row(entry: catalog.Entry) -> tuple[str, ...]:
    commercial = {True: "yes", False: "no", None: "?"}[entry.commercial]
    here = "-" if not entry.weights else "yes" if entry.open_weights().present() else "no"
    size = f"{max(1, round(entry.size / MB))} MB" if entry.weights else "-"
    return entry.name, entry.room, entry.licence, commercial, _few(entry.languages), size, here


def _few(languages: Sequence[str]) -> str:
    shown, more = " ".join(languages[:FEW]) or "*", len(languages) - FEW
    return f"{shown} +{more}" if more > 0 else shown


def _table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    width = max(80, shutil.get_terminal_size((200, 24)).columns)
    for row in rows:
        yield "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()[:width]
