"""`dubbench voice`: a voice fitted to a person, and their consent taken back. No logic."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dubbench.cli.progress import watched
from dubbench.errors import BadInput

if TYPE_CHECKING:
    from dubbench.voices.file import VoiceFile


def _span(_: click.Context, __: click.Parameter, value: str | None) -> tuple[float, float] | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", value)
    if not found:
        raise BadInput(f"--span wants seconds START-END, for instance 12.5-30, not '{value}'")
    return float(found[1]), float(found[2])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def voice() -> None:
    """Fit a voice to a person who agreed to it, or take a consent back."""


@voice.command()
@click.argument("reference", type=click.Path(path_type=Path))
@click.option("--language", required=True, metavar="LANG", help="Language the voice is to speak.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="NAME.voice.json", help="File to write.")
@click.option("--consent", metavar="WHO", help="Who agreed to be imitated: their name. Refused without.")
@click.option("--purpose", default="dubbing", show_default=True, help="What they agreed to.")
@click.option("--name", help="What the voice is called (default: who agreed).")
@click.option("--span", callback=_span, metavar="START-END", help="Use only these seconds of REFERENCE.")
@click.option("--speaker", metavar="LABEL", help="Whose voice, where several are heard (A is who speaks first).")
@click.option("--evaluations", type=int, help="Candidates heard: about 1 s each on two cores.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same voice.")
def fit(reference: Path, **options: Any) -> None:
    """Fit a voice to the person heard in REFERENCE, any media file with 3 s of speech or more.

    Wear it with: dubbench dub FILM --to LANG --voice SPEAKER=NAME.voice.json
    """
    from dubbench.voices.fit import EVALUATIONS
    from dubbench.voices.fit import fit as fitted

    options["evaluations"] = EVALUATIONS if options["evaluations"] is None else options["evaluations"]
    with watched() as meter:
        made = fitted(reference, progress=meter, **options)
    click.echo(options["out"])
    show(made)


@voice.command()
@click.argument("file", type=click.Path(path_type=Path))
def withdraw(file: Path) -> None:
    """Record in FILE that the consent was taken back: no dub is spoken with this voice any more."""
    from dubbench.voices import file as voice_file

    consent = voice_file.withdraw(file).consent
    click.echo(f"{file}: {consent.who} took the consent back on {consent.withdrawn}")


def show(made: VoiceFile) -> None:
    """What came out: preset and fitted voice side by side, floor and ceiling, one plain sentence."""
    from dubbench.voices import judge

    found = made.judged
    before, after = found.before, found.after
    rows = [
        ("", found.preset, "fitted"),
        ("cosine, held out", f"{before.cosine:.2f}", f"{after.cosine:.2f}"),
        ("words misheard", _percent(before.wer), _percent(after.wer)),
        ("pitch", _hertz(before.pitch_hz), _hertz(after.pitch_hz)),
    ]
    for label, left, right in rows:
        click.echo(f"  {label:<20} {left:>12} {right:>12}".rstrip())
    click.echo(f"  {'strangers':<20} {'–' if found.floor is None else format(found.floor, '.2f'):>12}")
    click.echo(f"  {'same person':<20} {found.ceiling:>12.2f}")
    click.echo(f"  {'their pitch':<20} {_hertz(found.pitch_hz):>12}")
    click.echo(f"  {found.evaluations} candidates in {found.seconds:.0f} s")
    click.echo(judge.said(found, made.kept))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _hertz(hertz: float | None) -> str:
    return "–" if hertz is None else f"{hertz:.0f} Hz"
