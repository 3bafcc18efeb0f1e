"""`dubbench verify`: what a file says about who made it, in words or as JSON. Exit code 1 when nothing says AI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dubbench.provenance import Verdict
    from dubbench.stages.watermark import Watermark

CREDENTIALS = {
    "intact": "intact: the file is as it was when it was signed",
    "tampered": "BROKEN: the file was changed after it was signed",
    "absent": "none",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.option("--mark", "name", metavar="NAME", help="Whose watermark to look for (default: the default cast's).")
@click.option("--no-watermark", is_flag=True, help="Read the credentials only.")
def verify(file: Path, as_json: bool, name: str | None, no_watermark: bool) -> None:
    """Say whether FILE carries intact content credentials and our inaudible mark.

    Exit code 0: credentials are intact or the mark is found. 1: nothing says that AI made it. 2: bad input.
    """
    from dubbench import provenance

    verdict = provenance.verify(file, None if no_watermark else _mark(name))
    click.echo(verdict.model_dump_json(indent=2) if as_json else "\n".join(_lines(verdict)))
    sys.exit(0 if verdict.credentials == "intact" or verdict.found else 1)


def _mark(name: str | None) -> Watermark | None:
    from dubbench import catalog
    from dubbench.errors import BadInput
    from dubbench.stages.watermark import Watermark

    stage = catalog.load(name) if name else catalog.cast().choose("watermark")
    if stage is not None and not isinstance(stage, Watermark):
        raise BadInput(f"model '{name}' plays '{stage.room}', not 'watermark'")
    return stage


def _lines(verdict: Verdict) -> list[str]:
    rows = [("credentials", CREDENTIALS[verdict.credentials])]
    if verdict.problems:
        rows.append(("what is wrong", ", ".join(verdict.problems)))
    if verdict.signer:
        rows.append(("signed by", f"{verdict.signer} ({_vouched(verdict)})"))
    if verdict.tool:
        rows.append(("made with", verdict.tool + ", ".join(["", *(f"{room} {name}" for room, name in verdict.models)])))
    if verdict.source_sha256:
        rows.append(("made from", f"{verdict.source or 'the source'} with sha256 {verdict.source_sha256}"))
    rows += [("watermark", _watermark(verdict)), ("verdict", _verdict(verdict))]
    return [verdict.path, *(f"  {name:<14} {text}" for name, text in rows)]


def _vouched(verdict: Verdict) -> str:
    return "an authority vouches for them" if verdict.trusted else "nobody vouches for this name"


def _watermark(verdict: Verdict) -> str:
    if verdict.watermark is None:
        return "not looked for: nobody speaks, the sound cannot be played, or it was left out"
    return f"{'found' if verdict.found else 'not found'} ({verdict.watermark:.2f} of 1, averaged over the speech)"


def _verdict(verdict: Verdict) -> str:
    if verdict.says_ai:
        return "made by AI, at least in part"
    if verdict.credentials == "tampered":
        return "its broken credentials prove nothing; no mark was found"
    if verdict.credentials == "intact":
        return "unchanged since it was signed, but it does not say that AI made it"
    return "nothing says that AI made it"
