"""`dubbench bench`: ask, score, compare, rank, attribute. Words in, the library called; no logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from dubbench.cli.progress import watched

F = TypeVar("F", bound=Callable[..., Any])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Compare models of any stage on the same samples, with intervals, time and memory.

    SUITE is a name from eval/suites or a file; MODEL is a name from the catalogue with settings, if any:
    whisper-base:beam_size=1. Where room is the whole dub it is a cast with parts: default:speak=pico.
    """


def _folders(command: F) -> F:
    command = click.option("--smoke", is_flag=True, help="Only the suite's first few samples.")(command)
    return click.option("--outputs", type=click.Path(path_type=Path), help="Where answers are kept [eval/outputs].")(
        command
    )


def _results(command: F) -> F:
    return click.option("--results", type=click.Path(path_type=Path), help="Where results lie [eval/results].")(command)


@bench.command("list")
def list_() -> None:
    """All suites: what they ask, of how many samples."""
    from dubbench.bench import suites

    for name in sorted(suites.names()):
        found = suites.read(name)
        click.echo(f"{name:<24}  {found.room:<10}  {' '.join(found.languages):<12}  {found.about}")


@bench.command()
@click.argument("suite")
@click.argument("models", nargs=-1)
@_folders
@click.option("--retry", is_flag=True, help="Ask again what failed.")
def predict(suite: str, models: Sequence[str], smoke: bool, outputs: Path | None, retry: bool) -> None:
    """Ask models all that they have not answered yet. Killed at any moment, it goes on where it was."""
    from dubbench import bench as library

    asked = library.suite(suite)
    for label in models or asked.models:
        with watched() as meter:
            found = library.predict(asked, label, outputs=outputs, smoke=smoke, retry=retry, progress=meter)
        failed = sum(answer.error is not None for answer in found)
        click.echo(f"{label}: {len(found)} answers, {failed} failures, {sum(answer.seconds for answer in found):.1f} s")


@bench.command()
@click.argument("suite")
@click.argument("models", nargs=-1)
@_folders
@_results
def score(suite: str, models: Sequence[str], smoke: bool, outputs: Path | None, results: Path | None) -> None:
    """Score answers that are kept; no model is asked but those that judge."""
    from dubbench import bench as library

    asked = library.suite(suite)
    for label in models or asked.models:
        click.echo(repr(library.score(asked, label, outputs=outputs, results=results, smoke=smoke)))


@bench.command()
@click.argument("suite")
@click.argument("models", nargs=-1)
@_folders
@_results
@click.option("--retry", is_flag=True, help="Ask again what failed.")
@click.option("--dvc", type=click.Path(path_type=Path), help="Write metrics.json and samples.csv for DVC there.")
def run(
    suite: str,
    models: Sequence[str],
    smoke: bool,
    outputs: Path | None,
    results: Path | None,
    retry: bool,
    dvc: Path | None,
) -> None:
    """Predict and score, each model in a process of its own; print where they stand."""
    from dubbench import bench as library
    from dubbench.bench import exports, leaderboard

    asked = library.suite(suite)
    found = library.run(asked, models, outputs=outputs, results_folder=results, smoke=smoke, retry=retry)
    click.echo(leaderboard.section(asked, found))
    if dvc:
        exports.to_dvc(found, dvc)


@bench.command()
@click.argument("suite")
@click.argument("one")
@click.argument("other")
@click.option("--metric", default="", help="Another metric than the suite's primary one.")
@click.option("--where", multiple=True, metavar="SLICE=VALUE", help="Only a slice: --where language=en.")
@_folders
@_results
def compare(
    suite: str, one: str, other: str, metric: str, where: Sequence[str], smoke: bool, outputs: Path | None,
    results: Path | None,
) -> None:  # fmt: skip
    """Say how much better ONE is than OTHER, with an interval, and whether that means anything."""
    from dubbench import bench as library
    from dubbench.bench import comparisons

    asked = library.suite(suite)
    pair = [library.score(asked, label, outputs=outputs, results=results, smoke=smoke) for label in (one, other)]
    slices = dict(entry.split("=", 1) for entry in where if "=" in entry)
    click.echo(comparisons.told(asked, *pair, metric=metric or asked.primary, where=slices))


@bench.command()
@click.argument("names", nargs=-1, metavar="[SUITE...]")
@click.option("--out", type=click.Path(path_type=Path), help="Write the page there, attributions included.")
@click.option("--csv", "as_csv", type=click.Path(path_type=Path), help="Write every figure with its interval as CSV.")
@click.option("--dvc", type=click.Path(path_type=Path), help="Write metrics.json and samples.csv for DVC there.")
@click.option("--mlflow", metavar="URI", help="Log a run for each result to this MLflow server or database.")
@click.option("--smoke", is_flag=True, help="Results of the first few samples.")
@_results
def leaderboard(
    names: Sequence[str], out: Path | None, as_csv: Path | None, dvc: Path | None, mlflow: str | None, smoke: bool,
    results: Path | None,
) -> None:  # fmt: skip
    """Show results as groups that cannot be told apart; write them for others."""
    from dubbench.bench import exports, page, suites
    from dubbench.bench import results as kept

    asked = [suites.read(name) for name in names or sorted(suites.names())]
    found = {one.id: (one, kept.of(one, results=results, smoke=smoke)) for one in asked}
    every = [result for _, of in found.values() for result in of]
    if as_csv:
        as_csv.write_text(exports.as_csv(every), "utf-8")
    if dvc:
        exports.to_dvc(every, dvc)
    if mlflow:
        exports.to_mlflow(every, mlflow)
    if out:
        page.write(found, out)
    elif not (as_csv or dvc or mlflow):
        click.echo(page.whole(found)[0])


@bench.command()
@click.argument("names", nargs=-1, metavar="[SUITE...]")
@click.option("--out", type=click.Path(path_type=Path), default=Path("eval/TABLE.md"), help="The page [eval/TABLE.md].")
@click.option("--dvc", type=click.Path(path_type=Path), help="Write metrics.json and samples.csv for DVC there.")
@_folders
@_results
def table(
    names: Sequence[str], out: Path, dvc: Path | None, smoke: bool, outputs: Path | None, results: Path | None
) -> None:
    """Run every suite with every model that it lists, and write the page of all results."""
    from dubbench import bench as library
    from dubbench.bench import exports, page, suites

    asked = [suites.read(name) for name in names or sorted(suites.names())]
    found = library.table(asked, outputs=outputs, results_folder=results, smoke=smoke, told=click.echo)
    page.write(found, out)
    if dvc:
        exports.to_dvc([result for _, of in found.values() for result in of], dvc)


@bench.command()
@click.argument("suite")
@click.argument("cast", default="default")
@click.option("--svg", type=click.Path(path_type=Path), help="Draw the shares there.")
@_folders
@_results
def attribute(suite: str, cast: str, svg: Path | None, smoke: bool, outputs: Path | None, results: Path | None) -> None:
    """Say what each stage costs the dubs of CAST, by giving its part to people."""
    from dubbench import bench as library
    from dubbench.bench import attribution

    found = library.attribute(library.suite(suite), cast, outputs=outputs, results_folder=results, smoke=smoke)
    click.echo(attribution.section(found))
    if svg:
        svg.write_text(attribution.chart(found), "utf-8")
