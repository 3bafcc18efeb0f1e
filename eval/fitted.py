"""`make voices`: fitted voices beside the presets they began from, on sentences and sound that no search had.

    python eval/fitted.py [--write] [--evaluations N] [NAME=FILE ...]     the table, into docs/voices.md if asked
    python eval/fitted.py --strangers                                     the vectors that the floor is measured with

References are public clips (`examples/clips.py`) and the files given. Voices are fitted for Portuguese.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dubbench import catalog, memory
from dubbench.cli.progress import watched
from dubbench.voices import fit, judge
from dubbench.voices import reference as sample
from dubbench.voices.file import Figures, VoiceFile
from eval import pages
from examples import clips

ROOT = Path(__file__).resolve().parent.parent
STRANGERS = ROOT / "dubbench/voices/strangers.json"
LANGUAGE = "pt"


def references(folder: Path) -> Iterator[tuple[str, Path, str | None]]:
    """(name, file, speaker) of public clips of five people."""
    for name, make in (("novel", clips.novel), ("prompts", clips.spanish_outdoors), ("speech", clips.kennedy)):
        make(folder / f"{name}.mp4")
        yield name, folder / f"{name}.mp4", None
    phone = clips.folder() / clips.PHONE.name
    yield "phone A", phone, "A"
    yield "phone B", phone, "B"


def row(name: str, made: VoiceFile) -> str:
    found = made.judged
    before, after = found.before, found.after
    share = "–" if found.share is None or made.kept == "preset" else f"{found.share:.2f}"
    cells = [
        name, found.preset, f"{before.cosine:.2f}", f"{after.cosine:.2f}",
        "–" if found.floor is None else f"{found.floor:.2f}", f"{found.ceiling:.2f}", share,
        _pair(before, after), f"{found.pitch_hz or 0:.0f} | {before.pitch_hz or 0:.0f} → {after.pitch_hz or 0:.0f}",
        made.kept, str(found.evaluations), f"{found.seconds:.0f}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _pair(before: Figures, after: Figures) -> str:
    return " → ".join("–" if x.wer is None else f"{100 * x.wer:.0f} %" for x in (before, after))


HEAD = (
    "reference", "preset", "cosine before", "fitted", "strangers", "same person", "share of the way", "misheard",
    "own pitch, Hz", "before → fitted, Hz", "kept", "candidates", "seconds",
)  # fmt: skip


def table(given: Sequence[tuple[str, Path, str | None]], evaluations: int) -> Iterator[str]:
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for name, path, speaker in given:
        with watched() as meter:
            made = fit.fit(
                path, LANGUAGE, consent="a public recording, for measuring", purpose="measuring", speaker=speaker,
                evaluations=evaluations, progress=meter,
            )  # fmt: skip
        print(row(name, made), flush=True)
        yield row(name, made)


def strangers() -> None:
    """Write the vectors of the five people: what a person is compared with to say how like strangers are."""
    embedder = catalog.load("powerset")
    with tempfile.TemporaryDirectory() as folder:
        heard = {name: sample.read(path, embedder, speaker=who) for name, path, who in references(Path(folder))}
    vectors = {name: judge.stranger(one.voice) for name, one in heard.items()}
    plain = json.dumps({"by": memory.key(by=embedder.identity()), "vectors": vectors})
    STRANGERS.write_text(plain.replace("], ", "],\n ") + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="NAME=FILE")
    parser.add_argument("--evaluations", type=int, default=fit.EVALUATIONS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--strangers", action="store_true")
    asked = parser.parse_args()
    if asked.strangers:
        strangers()
        return
    with tempfile.TemporaryDirectory() as folder:
        own = [(name, Path(path), None) for name, _, path in (file.partition("=") for file in asked.files)]
        rows = list(table([*references(Path(folder)), *own], asked.evaluations))
    if asked.write:
        pages.write("voices.md", "make voices", rows)


if __name__ == "__main__":
    main()
