"""Bad input, tried: cases by family (a module each), how one is asked and judged (`case`), strangers' bytes (`fuzz`,
`mutated`). `python -m eval.hostile` runs all of it."""

from __future__ import annotations

from eval.hostile import bombs, configuration, document, lists, media, paths, remembered, subtitles, wishes
from eval.hostile.case import Case

FAMILIES: dict[str, tuple[Case, ...]] = {
    "Films and sounds": media.CASES,
    "Small files that want much": bombs.CASES,
    "Subtitles": subtitles.CASES,
    "Glossaries and pronunciations": lists.CASES,
    "dub.json": document.CASES,
    "People and voice files": remembered.CASES,
    "Catalogues, casts, environment": configuration.CASES,
    "Languages, numbers, names on the command line": wishes.CASES,
    "Names and places": paths.CASES,
}
"""Every case there is, by what the page calls its family."""
