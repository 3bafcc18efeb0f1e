"""Who speaks when, and who says what when, as people wrote it down: RTTM and STM, read strictly and written.

    RTTM    SPEAKER file channel start duration <NA> <NA> speaker <NA> <NA>        a `Turn`
    STM     file channel speaker start end <label> what is said                    a `Line`; the label may be missing

Both as NIST defined them for its evaluations. Empty rows, comments (";;") and other kinds of rows of RTTM are passed
over; whatever else is not as it should be is refused with the place of it. Times are seconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from dubbench import textfiles
from dubbench.errors import BadInput
from dubbench.types import LONGEST_TEXT, Line, Seconds, Turn

ROUNDED: Seconds = 0.01
"""By so much a time may lie behind the end of the sound: such files are often written to the hundredth of a second."""

_LABEL = re.compile(r"^<[^<>\s]*>(?:\s+|$)")

T = TypeVar("T")


def read_turns(path: Path, *, duration: Seconds | None = None) -> tuple[Turn, ...]:
    """The turns of an RTTM file in order of start; `duration` is the sound's, where it is known.

    Raises BadInput: no such file, a row that is malformed, a turn that takes no time or lies outside of the sound.
    """
    return turns(_text(path), str(path), duration=duration)


def read_lines(path: Path, *, duration: Seconds | None = None) -> tuple[Line, ...]:
    """The lines of an STM file in order of start, called "1", "2" and so on; errors as in `read_turns`."""
    return lines(_text(path), str(path), duration=duration)


def turns(text: str, where: str, *, duration: Seconds | None = None) -> tuple[Turn, ...]:
    """`read_turns` of a text; `where` it comes from begins a message."""

    def turn(row: str, place: str) -> Turn | None:
        fields = row.split()
        if fields[0] != "SPEAKER":
            return None
        if len(fields) < 8:
            _refuse(place, row, "SPEAKER file channel start duration <NA> <NA> speaker")
        start = _seconds(fields[3], place)
        end = round(start + _seconds(fields[4], place), 6)
        return Turn(speaker=fields[7], start=start, end=_checked(start, end, place, duration))

    return tuple(sorted(_rows(text, where, turn), key=lambda one: (one.start, one.end, one.speaker)))


def lines(text: str, where: str, *, duration: Seconds | None = None) -> tuple[Line, ...]:
    """`read_lines` of a text; `where` it comes from begins a message."""

    def line(row: str, place: str) -> Line:
        fields = row.split(maxsplit=5)
        said = _LABEL.sub("", fields[5], count=1).strip() if len(fields) == 6 else ""
        if not said or len(said) > LONGEST_TEXT:
            _refuse(place, row, f"file channel speaker start end text, the text of 1 to {LONGEST_TEXT} letters")
        start, end = _seconds(fields[3], place), _seconds(fields[4], place)
        return Line(id=place, speaker=fields[2], start=start, end=_checked(start, end, place, duration), text=said)

    found = sorted(_rows(text, where, line), key=lambda one: (one.start, one.end, one.speaker))
    return tuple(one.but(id=str(at)) for at, one in enumerate(found, 1))


def rttm(spoken: Iterable[Turn], name: str) -> str:
    """Turns as RTTM; `name` is the recording's. Times to the thousandth of a second."""
    rows = ((turn, turn.end - turn.start) for turn in spoken)
    return "".join(
        f"SPEAKER {_field(name)} 1 {turn.start:.3f} {lasts:.3f} <NA> <NA> {_field(turn.speaker)} <NA> <NA>\n"
        for turn, lasts in rows
    )


def stm(said: Iterable[Line], name: str) -> str:
    """Lines as STM; `name` is the recording's. Times to the thousandth of a second, texts on one row."""
    return "".join(
        f"{_field(name)} 1 {_field(line.speaker)} {line.start:.3f} {line.end:.3f} {' '.join(line.text.split())}\n"
        for line in said
    )


def words(said: Sequence[Line]) -> str:
    """All that is said, in order of start, a space between two words."""
    ordered = sorted(said, key=lambda line: (line.start, line.end))
    return " ".join(word for line in ordered for word in line.text.split())


def _text(path: Path) -> str:
    try:
        return textfiles.content(path).decode("utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; fill the corpus again or pull it") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is no text in UTF-8; save it as such") from None


def _rows(text: str, where: str, read: Callable[[str, str], T | None]) -> Iterator[T]:
    """What `read` makes of each row that says something. Raises BadInput where none does."""
    some = False
    for at, row in enumerate(text.splitlines(), 1):
        if row.strip() and not row.lstrip().startswith(";;") and (made := read(row, f"{where}, line {at}")) is not None:
            some = True
            yield made
    if not some:
        raise BadInput(f"{where} names nobody who speaks; a reference without any says nothing about a model")


def _seconds(text: str, place: str) -> Seconds:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise BadInput(f"{place}: '{text}' is no time; write seconds, for instance 12.34")
    return found


def _checked(start: Seconds, end: Seconds, place: str, duration: Seconds | None) -> Seconds:
    """The end, if the times can be."""
    if end <= start:
        raise BadInput(f"{place}: it ends at {end:g} s, not after its start at {start:g} s; write a later end")
    if start < 0 or (duration is not None and end > duration + ROUNDED):
        whole = "" if duration is None else f", which ends at {duration:g} s"
        raise BadInput(f"{place}: {start:g} to {end:g} s lies outside of the sound{whole}; mend the times")
    return end


def _refuse(place: str, row: str, form: str) -> NoReturn:
    raise BadInput(f"{place}: '{row.strip()[:80]}' is malformed; write {form}")


def _field(text: str) -> str:
    """`text` as one field of a row."""
    if not text or any(letter.isspace() for letter in text):
        raise BadInput(f"'{text}' cannot stand in RTTM or STM; use a name without spaces")
    return text


__all__ = ["lines", "read_lines", "read_turns", "rttm", "stm", "turns", "words"]
