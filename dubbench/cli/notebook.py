"""`dubbench notebook`: list them, run one with parameters, open them. Words in, the library called; no logic."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from dubbench.errors import BadInput, Missing


@click.command()
@click.argument("name")
@click.option("-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="A parameter of the notebook.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the page is left [notebooks/out].")
def notebook(name: str, given: Sequence[str], out: Path | None) -> None:
    """Run the notebook NAME and leave it as a page; NAME `list` tells them all, `lab` opens them in JupyterLab.

    A list has one word, or is written as JSON: -p models=pico, -p 'models=["pico", "human"]'.
    """
    from dubbench import notebooks

    if name == "list":
        for known in notebooks.names():
            told = "  ".join(f"{key}={value!r}" for key, value in notebooks.parameters(known).items())
            click.echo(f"{known:<18}  {told}")
    elif name == "lab":
        _lab(notebooks.FOLDER)
    else:
        click.echo(notebooks.run(name, dict(map(_pair, given)), out=out or notebooks.OUT))


def _pair(entry: str) -> tuple[str, str]:
    key, equals, value = entry.partition("=")
    if not key or not equals:
        raise BadInput(f"'{entry}' is no parameter: write -p smoke=true")
    return key, value


def _lab(folder: Path) -> None:
    from dubbench import notebooks

    if importlib.util.find_spec("jupyterlab") is None:
        raise Missing("JupyterLab is not installed: pip install jupyterlab, or: make lab")
    notebooks.paired(folder)
    subprocess.run([sys.executable, "-m", "jupyterlab", str(folder)], check=False)
