"""Names and places: odd names of films, and folders to write that are no good."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from eval.hostile.case import WORKS, Case, Words
from eval.hostile.making import DRY, TOY, film, laid_dub

BAD = "BadInput"
NAMED = ("--to", "pt", "--from", "en", "--cast", "toy", "--dry-run")


def called(name: str | bytes, *words: str) -> Callable[[Path], Words]:
    """A case's maker: a good film of an odd name."""

    def made(here: Path) -> Words:
        (here / os.fsdecode(name)).write_bytes(film(seconds=6.0))
        return ["dub", *(words or DRY), "--", name]

    return made


def absent(name: str | bytes) -> Callable[[Path], Words]:
    return lambda here: ["dub", *DRY, "--", name]


def loop(here: Path) -> Words:
    (here / "a.mp4").symlink_to("b.mp4")
    (here / "b.mp4").symlink_to("a.mp4")
    return ["dub", "a.mp4", *DRY]


def broken(here: Path) -> Words:
    (here / "a.mp4").symlink_to("none.mp4")
    return ["dub", "a.mp4", *DRY]


def into(
    out: str, before: Callable[[Path], object] = lambda here: None, *, dry: bool = True
) -> Callable[[Path], Words]:
    """A case's maker: a good film, to be written into `out`."""

    def made(here: Path) -> Words:
        (here / "talk.mp4").write_bytes(film(seconds=6.0))
        before(here)
        return ["dub", "talk.mp4", *NAMED[: None if dry else -1], "--out", out]

    return made


def through_link(here: Path) -> None:
    (here / "out").mkdir()
    (here / "link").symlink_to("out")


def over_film(here: Path) -> Words:
    (here / "dub.mp4").write_bytes(film(seconds=6.0))
    return ["dub", "dub.mp4", *NAMED, "--out", "."]


def linked_result(here: Path) -> Words:
    """A finished dub whose film is a link to a file elsewhere, made again."""
    home = laid_dub(here)
    (here.parent / "elsewhere" / "mine.mp4").write_bytes(b"mine")
    (home / "dub.mp4").unlink()
    (home / "dub.mp4").symlink_to(here.parent / "elsewhere" / "mine.mp4")
    text = (home / "dub.json").read_text("utf-8")
    (home / "dub.json").write_text(text.replace(_made_in(text), str(here / "talk.mp4")), "utf-8")
    return ["dub", "out", "--preview"]


def _made_in(text: str) -> str:
    import json

    return str(json.loads(text)["source"]["path"])


def held(here: Path) -> Words:
    """A film in a folder that may not be listed is no matter: it is named."""
    (here / "deep" / "er").mkdir(parents=True)
    (here / "deep" / "er" / "talk.mp4").write_bytes(film(seconds=6.0))
    return ["dub", "deep/../deep/er/./talk.mp4", *DRY]


CASES = (
    Case("a name that begins with a dash", called("-i.mp4"), WORKS, "s into"),
    Case("a name with quotes, percent, braces", called("a'b\"c %d {x} $HOME `id`;&|.mp4", *TOY), WORKS, "dub.mp4"),
    Case("a name with a line break", called("a\nb.mp4", *TOY), WORKS, "dub.mp4"),
    Case("a name with a line break that is not there", absent("a\nb.mp4"), BAD, "no such file"),
    Case("a name that clears the screen", absent("\x1b[2J\x07.mp4"), BAD, r"\\x1b\[2J"),
    Case("a name that turns the direction", absent("talk\u202e4pm.mp4"), BAD, r"\\u202e"),
    Case("a name of 255 bytes", called("x" * 251 + ".mp4"), WORKS, "s into"),
    Case("a name of 255 bytes, and its own folder", called("x" * 251 + ".mp4", *NAMED), WORKS, "s into"),
    Case("a name of 300 bytes", absent("x" * 300), BAD, "File name too long"),
    Case("a path of 5000 bytes", absent("x/" * 2500), BAD, "File name too long"),
    Case("a name of 300 bytes to verify", lambda here: ["verify", "x" * 300], BAD, "File name too long"),
    Case("a name of 300 bytes of a voice to withdraw", lambda here: ["voice", "withdraw", "x" * 300], BAD,
         "File name too long"),
    Case("a name of 300 bytes of a voice to write", lambda here: ["voice", "fit", "a.wav", "--language", "pt", "--out",
         "x" * 300 + ".voice.json", "--consent", "Anna"], BAD, "File name too long"),
    Case("a name that is no UTF-8", called(b"bad\xe9.mp4"), BAD, "is not UTF-8"),
    Case("a name that is no UTF-8 and not there", absent(b"bad\xe9.mp4"), BAD, "is not UTF-8"),
    Case("an empty name", absent(""), BAD, r"is a folder"),
    Case("the name of a protocol", called("concat:a|b.mp4", *TOY), WORKS, "dub.mp4"),
    Case("the name of a pattern", called("frame%03d.mp4"), WORKS, "s into"),
    Case("a name of emoji", called("👩‍🎤🇧🇷.mp4", *TOY), WORKS, "dub.mp4"),
    Case("links in a circle", loop, BAD, "cannot be read: Too many levels"),
    Case("a link to nothing", broken, BAD, "no such file"),
    Case("a path with .. and .", held, WORKS, "s into"),
    Case("a folder as the film", lambda here: [into("out")(here)[0], ".", *DRY], BAD, r"is a folder without dub\.json"),
    Case("out is the film itself", into("talk.mp4"), BAD, "is a file; choose a folder"),
    Case("out is inside a file", into("talk.mp4/out"), BAD, "choose another folder"),
    Case("out would write over the film", over_film, BAD, "would be written over"),
    Case("out is a link to a folder", into("link", through_link), WORKS, "s into"),
    Case("out is a link to nothing", into("link", lambda here: (here / "link").symlink_to("none/deep")), BAD, "link"),
    Case("out is links in a circle", into("a", lambda here: ((here / "a").symlink_to("b"),
         (here / "b").symlink_to("a"))),
         BAD, "Too many levels"),
    Case("out is /proc", into("/proc/none", dry=False), BAD, "choose another disk with --out"),
    Case("out is a device", into("/dev/null/x"), BAD, "choose another folder"),
    Case("out has a name of 300 bytes", into("x" * 300), BAD, "File name too long"),
    Case("out holds somebody's report.html", into("mine", lambda here: ((here / "mine").mkdir(), (here / "mine"
         / "report.html").write_text("mine"))), BAD, "is in the way"),
    Case("out holds another film's dub", lambda here: [laid_dub(here) and "dub", *_other(here), *DRY], BAD,
         "holds another dub"),
    Case("a finished film that is a link elsewhere", linked_result, WORKS, "dub.mp4"),
)  # fmt: skip


def _other(here: Path) -> list[str]:
    (here / "other.mp4").write_bytes(film("mov", seconds=6.0))
    return ["other.mp4"]
