"""The command line: words in, the library called, one clear line for a person's mistake. No logic of its own.

Commands are imported when they are called for, so `dubbench --help` stays quick.
"""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

from dubbench.errors import DubError, one_line
from dubbench.processes import supervised

COMMANDS = {
    "bench": ("dubbench.cli.bench:bench", "Compare models of any stage on the same samples."),
    "dub": ("dubbench.cli.dub:dub", "Dub a film, or walk again through a dub that was edited."),
    "clean": (
        "dubbench.cli.clean:clean",
        "Say what could be removed, how much that frees and why it is safe; remove it.",
    ),
    "diff": ("dubbench.cli.diff:diff", "Say what changed from one dub of a film to another."),
    "models": ("dubbench.cli.models:models", "List, fetch and check the models and their weights."),
    "notebook": ("dubbench.cli.notebook:notebook", "Run a notebook of the bench, or open them."),
    "reproduce": ("dubbench.cli.reproduce:reproduce", "Make a dub again from its manifest and compare."),
    "voice": ("dubbench.cli.voice:voice", "Fit a voice to a person who agreed to it."),
    "verify": ("dubbench.cli.verify:verify", "Say whether a file carries our mark and intact credentials."),
}


class Commands(click.Group):
    """A group whose commands are imported by name at their first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in sorted(COMMANDS.items())])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dubbench")
def cli() -> None:
    """Dub films and talks with self-hosted models: every word said, at a human pace, on its own time."""


def main() -> None:
    """The program `dubbench`. A known mistake is one line on stderr and exit code 2, never a traceback.

    The work is done in a process of its own where the system has such a thing: stopped by Ctrl-C or SIGTERM it ends
    within two seconds whatever it is doing, and a model that hangs or crashes is one line, too.
    """
    if supervised.possible():
        supervised.begin(_ended)
    work()


def work() -> None:
    """What the program does, in this very process. Leaves it with an exit code where it is not 0."""
    try:
        cli(standalone_mode=False)
    except DubError as error:
        _fail(str(error), error.exit_code)
    except getattr(click.exceptions, "NoArgsIsHelpError", ()) as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _fail(_one_line(error), 2)
    except (click.Abort, KeyboardInterrupt):
        _fail(supervised.STOPPED, 130)
    except BrokenPipeError:
        sys.exit(1)


def _fail(sentence: str, code: int) -> NoReturn:
    """Once we were asked to stop, what went wrong for it is nobody's business: the supervisor says so."""
    if not supervised.stopping():
        click.echo(f"dubbench: {sentence}", err=True)
    sys.exit(code)


def _ended(end: supervised.End) -> None:
    where = f"{end.at}: " if end.at and end.why != "stopped" else ""
    # The work was perhaps drawing its progress on this line.
    cleared = "\r\x1b[K" if sys.stderr.isatty() else ""
    click.echo(f"{cleared}dubbench: {where}{end.sentence}", err=True)


def _one_line(error: click.ClickException) -> str:
    """What click says of a wrong word or option, and where all the right ones stand."""
    said = one_line(error.format_message())
    context = getattr(error, "ctx", None)
    return f"{said} (see: {context.command_path} --help)" if context else said
