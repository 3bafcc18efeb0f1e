"""Texts that a person brings instead of a model's: SRT or VTT files as lines, or as translations of lines."""

from __future__ import annotations

from pathlib import Path

from dubbench import memory
from dubbench.errors import BadInput
from dubbench.text import subtitles
from dubbench.types import Dub, Line, Made

PERSON = "person"
"""The model's name where a person brought the text."""


def with_transcript(dub: Dub, path: Path) -> Dub:
    """Lines as in an SRT or VTT file, in place of what a model would hear."""
    key = memory.key(transcript=memory.file_sha256(path))
    if dub.made_by.get("transcribe") == Made(model=PERSON, key=key):
        return dub
    if dub.source_language is None:
        raise BadInput(f"say which language {path.name} is in, for instance: --from en")
    cues = subtitles.read(path)
    late = next((cue for cue in cues if cue.end > dub.source.duration + 0.5), None)
    if late is not None:
        raise BadInput(f"{path.name} speaks at {late.end:.1f} s, but the film ends at {dub.source.duration:.1f} s")
    lines = tuple(
        Line(id=f"L{i + 1:03d}", start=cue.start, end=cue.end, text=cue.text, speaker=cue.speaker or "")
        for i, cue in enumerate(sorted(cues, key=lambda cue: cue.start))
    )
    return dub.but(lines=lines, made_by=dub.by("transcribe", PERSON, key))


def with_translation(dub: Dub, path: Path) -> Dub:
    """Each line's translation as in an SRT or VTT file: by number when there are as many, else by overlap in time.

    Lines that no cue covers are left to the translator.
    """
    cues = sorted(subtitles.read(path), key=lambda cue: cue.start)
    texts: dict[str, list[str]] = {}
    if len(cues) == len(dub.lines):
        texts = {line.id: [cue.text] for line, cue in zip(dub.lines, cues, strict=True)}
    else:
        for cue in cues:
            best = max(dub.lines, key=lambda x: min(x.end, cue.end) - max(x.start, cue.start))
            texts.setdefault(best.id, []).append(cue.text)
    own = {
        line.id: line.but(
            translation=" ".join(texts[line.id]),
            wordings=(),
            made_by={room: key for room, key in line.made_by.items() if room != "translate"},
        )
        for line in dub.lines
        if line.id in texts
    }
    return dub.with_lines(own)
