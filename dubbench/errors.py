"""The five ways a dub can fail, and nothing else.

DubError                 any failure that has a known cause; the command line prints it as one line, exit code 2
├── BadInput             the request or a file is wrong: fix it
├── Missing              a package, weights or a key is not here: the message holds the next command
├── Unsupported          a language or a length nobody in the cast can do: the message lists what is supported
├── AdapterFailed        a model crashed, hung or answered nonsense: which one, at which line, its own words
└── Refused              not allowed: consent, licence, quota
"""

from __future__ import annotations

import unicodedata

LONGEST = 1200
"""Characters of a message; what is left out is in the middle, for the end says what to do."""
_JOINERS = "\u200c\u200d"
"""Marks within words of some scripts, and within emoji: the only ones without a shape that stay."""


def one_line(text: str) -> str:
    """`text` on one line that a terminal can show: strangers' words may hold signs that move or turn what is shown."""
    joined = " ".join(part for line in text.splitlines() if (part := line.strip()))
    plain = "".join(_shown(char) for char in joined)
    if len(plain) <= LONGEST:
        return plain
    return f"{plain[: LONGEST // 2]} … {plain[-LONGEST // 2 :]}"


def _shown(char: str) -> str:
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _JOINERS
    return char.encode("unicode_escape").decode() if hidden else char


class DubError(Exception):
    """Any failure that has a known cause; `str(error)` is one sentence on one line for the person who asked."""

    exit_code = 2

    def __str__(self) -> str:
        """The message on one line, whatever strangers' words it was made of."""
        return one_line(super().__str__())


class BadInput(DubError):
    """The request or a file is wrong; the message says what to change."""


class Missing(DubError):
    """A package, weights or a key is not on this machine; the message holds the command that brings it."""


class Unsupported(DubError):
    """Nobody in the cast can do this language or length; the message lists what can be done."""


class Refused(DubError):
    """It could be done but must not be: consent, licence or quota."""


class AdapterFailed(DubError):
    """A model crashed, hung or answered nonsense.

    `model` is the catalogue's name of it, `line` the id of the line it was working on (None when it worked on the
    whole), `stderr` its own last words.
    """

    def __init__(self, model: str, why: str, *, line: str | None = None, stderr: str = "") -> None:
        where = f" at line {line}" if line else ""
        tail = stderr.strip().splitlines()[-1:] or [""]
        super().__init__(f"model '{model}' failed{where}: {why}" + (f" ({tail[0]})" if tail[0] else ""))
        self.model, self.why, self.line, self.stderr = model, why, line, stderr
