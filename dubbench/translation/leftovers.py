"""Words of the other language left in a translation into Spanish or Portuguese, told by letters that one of them lacks.

Apertium lets a word pass that its lexicon does not know: "hambúrguer de feijão" in the midst of Spanish. Only what no
Spanish (or Portuguese) word can hold is looked for, so a word without such a letter stays unseen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from dubbench.translation import guard
from dubbench.types import Dub, Flag, Line

ROOM = "leftovers"

_OTHER = {"es": "pt", "pt": "es"}
_NAMES = {"es": "Spanish", "pt": "Portuguese"}
_ALONE = {"pt": re.compile("[ãõçêâôà]"), "es": re.compile("[ñ¿¡]")}
"""Letters and marks that the language has and the other has not; the ordinals º and ª are none of them."""
_WORD = re.compile(r"[¿¡]?\w+(?:[-'’]\w+)*")


def untranslated(text: str, source_text: str, source: str, target: str) -> tuple[str, ...]:
    """The words of `text` that cannot be of the language `target`, in order, each once; none for other targets.

    What stands so in the source is a name or meant ("São Paulo", "déjà vu"). Where the source is in the very language
    the words are taken for, only a name is: a word with a capital that begins no sentence.
    """
    if target not in _OTHER:
        return ()
    said = unicodedata.normalize("NFC", source_text)
    known: Collection[str] = guard.names(said) if source == _OTHER[target] else _WORD.findall(said)
    words = dict.fromkeys(_WORD.findall(unicodedata.normalize("NFC", text)))
    return tuple(word for word in words if _ALONE[_OTHER[target]].search(word.lower()) and word not in known)


def checked(line: Line, dub: Dub) -> Line:
    """The line of `dub` with a flag "untranslated" that names such words; without it where there are none."""
    words = untranslated(line.translation or "", line.text, dub.source_language or "", dub.target_language)
    wanted = _WORD.findall(" ".join(dub.glossary.values()))
    flags = _flags([word for word in words if word not in wanted], dub.target_language)
    return line if flags == tuple(f for f in line.flags if f.room == ROOM) else line.flagged(ROOM, *flags)


def _flags(words: list[str], target: str) -> tuple[Flag, ...]:
    if not words:
        return ()
    return (Flag(room=ROOM, name="untranslated", detail=f"left in {_NAMES[_OTHER[target]]}: {', '.join(words)}"),)


__all__ = ["checked", "untranslated"]
