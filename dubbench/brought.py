"""Texts that a person brings instead of a model's: SRT or VTT files as lines, or as translations of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dubbench import memory
from dubbench.documents import BEYOND
from dubbench.errors import BadInput
from dubbench.text import subtitles
from dubbench.text.subtitles import Cue
from dubbench.types import LONGEST_TEXT, Dub, Flag, Line, Made, Seconds

PERSON = "person"
"""The model's name where a person brought the text."""

SHOWN = 4
"""So many of the cues that were left out are named in a flag."""

_NOTES = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|［[^］]*］")
"""What stands in brackets in a subtitle is a sound that is heard, and not a word that is said."""


def with_transcript(dub: Dub, path: Path) -> Dub:
    """Lines as in an SRT or VTT file, in place of what a model would hear. Cues that say nothing are flagged."""
    key = memory.key(transcript=memory.file_sha256(path))
    if dub.made_by.get("transcribe") == Made(model=PERSON, key=key):
        return dub
    if dub.source_language is None:
        raise BadInput(f"say which language {path.name} is in, for instance: --from en")
    cues, silent = _read(path, dub.source.duration)
    lines = tuple(
        Line(id=f"L{i + 1:03d}", start=cue.start, end=cue.end, text=cue.text, speaker=cue.speaker or "")
        for i, cue in enumerate(cues)
    )
    made = dub.but(lines=lines, made_by=dub.by("transcribe", PERSON, key))
    return made.flagged("transcript", *_left_out("transcript", path, silent))


def with_translation(dub: Dub, path: Path) -> Dub:
    """Each line's translation as in an SRT or VTT file: by number when each cue is at its line, else by overlap.

    Lines that no cue covers are left to the translator; cues that say nothing are flagged. Raises BadInput for a cue
    at which there is no line.
    """
    cues, silent = _read(path, dub.source.duration)
    texts = _by_line(dub.lines, cues, path)
    own = {
        line.id: line.but(
            translation=" ".join(texts[line.id]),
            wordings=(),
            made_by={room: key for room, key in line.made_by.items() if room != "translate"},
        )
        for line in dub.lines
        if line.id in texts
    }
    return dub.with_lines(own).flagged("translation", *_left_out("translation", path, silent))


def check(dub: Dub, translation: Path) -> None:
    """Refuse at the door what `with_translation` would; as long as no lines are known, only what no film could take."""
    if dub.lines:
        with_translation(dub, translation)
    else:
        _read(translation, dub.source.duration)


def _read(path: Path, film: Seconds) -> tuple[list[Cue], list[Cue]]:
    """(cues to be spoken, cues that say nothing), each in order of their start. Raises BadInput, naming a cue."""
    spoken: list[Cue] = []
    silent: list[Cue] = []
    for cue in subtitles.read(path):
        (spoken if _says_something(cue.text) else silent).append(cue)
    if not spoken:
        raise BadInput(f"{path.name} has no words to speak, only sound notes; give a file with what is said")
    long = next((cue for cue in spoken if len(cue.text) > LONGEST_TEXT), None)
    if long is not None:
        raise BadInput(
            f"{path.name}: the cue {_named(long)} has {len(long.text)} letters, and {LONGEST_TEXT} are the most; cut it"
        )
    late = next((cue for cue in spoken if cue.end > film + BEYOND), None)
    if late is not None:
        raise BadInput(
            f"{path.name}: the cue {_named(late)} ends at {late.end:.1f} s, but the film at {film:.1f} s; "
            "mend its times"
        )
    return spoken, silent


def _says_something(text: str) -> bool:
    """Whether a voice can read it: there is a letter or a digit outside of brackets. Lyrics between notes are words."""
    return any(c.isalnum() for c in _NOTES.sub("", text))


def _left_out(room: str, path: Path, silent: Sequence[Cue]) -> tuple[Flag, ...]:
    if not silent:
        return ()
    shown = ", ".join(_named(cue) for cue in silent[:SHOWN]) + (", …" if len(silent) > SHOWN else "")
    detail = f"left out of {path.name}, for they say nothing: {len(silent)} ({shown})"
    return (Flag(room=room, name="wordless-cues", detail=detail),)


def _by_line(lines: Sequence[Line], cues: Sequence[Cue], path: Path) -> dict[str, list[str]]:
    """The texts of each line that has some, by its id."""
    if len(cues) == len(lines) and all(_shared(line, cue) > 0 for line, cue in zip(lines, cues, strict=True)):
        return {line.id: [cue.text] for line, cue in zip(lines, cues, strict=True)}
    texts: dict[str, list[str]] = {}
    for cue in cues:
        best = max(lines, key=lambda line: _shared(line, cue))
        if _shared(best, cue) <= 0:
            raise BadInput(
                f"{path.name}: nobody speaks during the cue {_named(cue)}; give it a line's time, or bring a "
                "--transcript that has this line"
            )
        texts.setdefault(best.id, []).append(cue.text)
    return texts


def _shared(line: Line, cue: Cue) -> Seconds:
    """How long a line and a cue are there at once; negative: how far apart they are."""
    return min(line.end, cue.end) - max(line.start, cue.start)


def _named(cue: Cue) -> str:
    """A cue as a person finds it in the file: "at 10:08 'Hello'"."""
    minutes, seconds = divmod(int(cue.start), 60)
    return f"at {minutes}:{seconds:02d} {cue.text[:30]!r}"
