"""`dubbench diff`: what changed from one dub to another, short and for eyes, or as JSON. Exit code 1 when it did."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dubbench.comparing.differences import Difference, LineChange

WIDE = 60
"""Longer values are cut, but for what is said."""
WHOLE = frozenset({"text", "translation"})


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def diff(a: Path, b: Path, as_json: bool) -> None:
    """Say what changed from dub A to dub B: lines, settings, models, sound, figures.

    A and B are folders of dubs of one film, or their dub.json. Exit code 0: nothing differs. 1: something does. 2: they
    cannot be compared.
    """
    from dubbench.comparing import differences

    found = differences.between(a, b)
    click.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1) if as_json else _shown(found))
    sys.exit(0 if found.same else 1)


def _shown(found: Difference) -> str:
    if found.same:
        return "the same"
    return "\n".join([*_languages(found), *_tables(found), *_lines(found), *_sound(found)])


def _languages(found: Difference) -> Iterator[str]:
    a, b = found.languages
    if a != b:
        yield f"in two languages, {a} and {b}: translations, voices and sound are not compared"


def _tables(found: Difference) -> Iterator[str]:
    """A table for each kind of difference: name, before, after."""
    for title in ("settings", "models", "machine", "report"):
        table: Mapping[str, Any] = getattr(found, title)
        if table:
            yield click.style(title, bold=True)
            width = max(map(len, table))
            yield from (f"  {name:<{width}}  {_pair(name, *pair)}" for name, pair in table.items())


def _lines(found: Difference) -> Iterator[str]:
    if found.lines or found.added or found.removed:
        yield click.style("lines", bold=True)
    yield from (click.style(f"  - {name}  {text}", fg="red") for name, text in found.removed.items())
    yield from (click.style(f"  + {name}  {text}", fg="green") for name, text in found.added.items())
    for line in found.lines:
        yield from _line(line)


def _line(line: LineChange) -> Iterator[str]:
    a, b = line.ids
    yield f"  {a if a == b else f'{a} → {b}'}{'' if not line.take else '  another take'}"
    width = max(map(len, line.fields), default=0)
    yield from (f"    {name:<{width}}  {_pair(name, *pair)}" for name, pair in line.fields.items())


def _sound(found: Difference) -> Iterator[str]:
    if found.takes is None:
        return
    yield click.style("sound", bold=True)
    yield f"  takes  {found.takes[0]} of {found.takes[1]} are others"
    mixes = found.mixes
    yield f"  mix    {'a film is gone' if mixes is None else 'the same' if mixes.same else mixes.told}"


def _pair(name: str, old: Any, new: Any) -> str:
    return f"{click.style(_value(name, old), fg='red')} → {click.style(_value(name, new), fg='green')}"


def _value(name: str, value: Any) -> str:
    if value is None or value == [] or value == {}:
        return "–"
    text = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else _plain(value)
    return text if name in WHOLE or len(text) <= WIDE else f"{text[: WIDE - 1]}…"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
