"""`dubbench dub`: a film and a language in; where the dub is, and a short table of its report, out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from dubbench.cli.progress import watched
from dubbench.errors import BadInput


def _pairs(what: str) -> Any:
    def parse(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
        for value in values:
            if not all(value.partition("=")[::2]):
                raise BadInput(f"{what} wants NAME=VALUE, not '{value}'")
        return {name: value for name, _, value in (v.partition("=") for v in values)}

    return parse


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--to", "targets", multiple=True, metavar="LANG", help="Language to dub into; may be given several times."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default: the film's name, beside you).")
@click.option("--from", "source_language", metavar="LANG", help="Language of the film (default: guessed).")
@click.option("--cast", default="default", show_default=True, help="Who plays which part.")
@click.option("--model", "models", multiple=True, callback=_pairs("--model"), metavar="ROOM=NAME",
              help="Give one part to another model, for instance speak=pico.")  # fmt: skip
@click.option("--transcript", type=click.Path(path_type=Path), help="Your own transcript (SRT or VTT).")
@click.option("--translation", type=click.Path(path_type=Path), help="Your own translation (SRT or VTT).")
@click.option("--speakers", type=click.IntRange(1, 20), help="How many people speak (default: found out).")
@click.option("--voice", "voices", multiple=True, callback=_pairs("--voice"), metavar="SPEAKER=NAME",
              help="Choose a speaker's voice, for instance A=pm_alex.")  # fmt: skip
@click.option("--consent", "consents", multiple=True, callback=_pairs("--consent"), metavar="SPEAKER=WHO",
              help="Say who allows their own voice to be cloned, for models that do: A='Anna P.'.")  # fmt: skip
@click.option("--people", type=click.Path(path_type=Path), metavar="FILE",
              help="Remember who speaks, and their voices, from film to film (made if not there).")  # fmt: skip
@click.option(
    "--glossary", type=click.Path(path_type=Path), help="Terms and their translations (CSV, TSV, JSON, TOML)."
)
@click.option("--pronunciations", type=click.Path(path_type=Path),
              help="Words and how they are said, respelled or in /IPA/ (CSV, TSV, JSON, TOML).")  # fmt: skip
@click.option("--source", "film", type=click.Path(path_type=Path), metavar="FILM",
              help="Where the film of a finished dub is now, if it moved.")  # fmt: skip
@click.option("--preview/--no-preview", help="Put a visible mark on the picture.")
@click.option("--lipsync/--no-lipsync", help="Move the lips (needs a model: --model lipsync=NAME).")
@click.option("--slow-picture/--no-slow-picture",
              help="Play the picture slower where a line would not fit otherwise, at 0.8 of its speed at the slowest; "
                   "it is encoded again, and lips may be seen to move slower.")  # fmt: skip
@click.option("--watermark/--no-watermark", default=True, help="The inaudible mark (content credentials stay).")
@click.option("--dry-run", is_flag=True, help="Say what would be done, how long it takes, what would be fetched.")
def dub(
    source: Path, targets: tuple[str, ...], out: Path | None, film: Path | None, dry_run: bool, **options: Any
) -> None:  # fmt: skip
    """Dub SOURCE, a film, talk or sound file, into another language.

    SOURCE may also be the folder of a finished dub: edit its dub.json (a text, a translation, a voice, a speaker) and
    only what changed is done again. It stays as it was asked for, but for the options given.
    """
    from dubbench import textfiles

    textfiles.nameable(source)
    if source.is_dir():
        _again(source, _given(click.get_current_context()))
    elif film is not None:
        raise BadInput(f"--source is for a finished dub, and {source} is no folder; leave it out")
    elif not targets:
        raise BadInput("say which language to dub into, for instance: --to pt")
    elif dry_run:
        _forecast(source, targets, out, options)
    else:
        _dub(source, targets, out, options)


def _dub(source: Path, targets: tuple[str, ...], out: Path | None, options: dict[str, Any]) -> None:
    from dubbench import dubbing

    with watched() as meter:
        dubs = dubbing.dub(source, list(targets), out=out, progress=meter, **options)
    for done in dubs:
        assert done.output is not None
        show((done.folder / done.output.film).parent)


NEW = {"targets": "--to", "out": "--out", "source_language": "--from", "transcript": "--transcript"}  # fmt: skip
"""Options that only a new dub takes."""


def _given(context: click.Context) -> dict[str, Any]:
    """The options that stand on the command line, which is not those with a default."""
    typed = click.core.ParameterSource.COMMANDLINE
    names = (name for name in context.params if name != "source")
    return {name: context.params[name] for name in names if context.get_parameter_source(name) == typed}


def _again(folder: Path, given: dict[str, Any]) -> None:
    from dubbench import documents, dubbing, forecast

    if not (folder / documents.NAME).exists():
        inside = sorted(path.parent for path in folder.glob(f"*/{documents.NAME}"))
        hint = f"; its dubs are {', '.join(map(str, inside))}" if inside else "; give a film, or the folder of a dub"
        raise BadInput(f"{folder} is a folder without {documents.NAME}{hint}")
    new = [flag for name, flag in NEW.items() if name in given]
    if new:
        raise BadInput(f"{folder} is a dub already: {' and '.join(new)} cannot change it; leave out or give a film")
    if "film" in given:
        given["source"] = given.pop("film")
    if given.pop("dry_run", False):
        click.echo(forecast.again(folder, **given).row())
        return
    with watched() as meter:
        dubbing.redub(folder, meter, **given)
    show(folder)


def _forecast(source: Path, targets: tuple[str, ...], out: Path | None, options: dict[str, Any]) -> None:
    from dubbench import forecast

    click.echo(forecast.of(source, list(targets), out=out, **options).table())


ROWS = (
    ("lines", "lines", ""), ("speakers", "speakers", ""), ("adherence", "lines on their time", "%"),
    ("max_speedup", "fastest line", "×"), ("cut_seconds", "speech cut", " s"), ("overlap_seconds", "overlap", " s"),
    ("intelligibility_wer", "words misheard", "%"), ("loudness_lufs", "loudness", " LUFS"),
    ("true_peak_dbtp", "true peak", " dBTP"), ("realtime_factor", "real-time factor", ""),
    ("peak_rss_mb", "peak memory", " MB"),
)  # fmt: skip


def show(home: Path) -> None:
    """Where the dub is, and a short table of its report."""
    report = json.loads((home / "report.json").read_text("utf-8"))
    film = home.resolve() / "dub.mp4"
    click.echo(film.relative_to(Path.cwd()) if film.is_relative_to(Path.cwd()) else film)
    if report["lines"] == 0:
        click.echo("  no speech was found: zero lines, the original sound is kept")
    for key, label, unit in ROWS:
        value = report[key]
        text = "–" if value is None else f"{value * 100:.1f} %" if unit == "%" else f"{value}{unit}"
        click.echo(f"  {label:<20} {text}")
    again = ", ".join(f"{room} {count}" for room, count in report["redone"].items() if count)
    nothing = "none: everything was remembered" if report["lines"] else "none"
    click.echo(f"  {'lines made now':<20} {again or nothing}")
    for flag in report["flags"]:
        click.echo(f"  look at {flag['line'] or 'the dub'}: {flag['flag']}: {flag['detail']}")
