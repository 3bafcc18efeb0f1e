"""Names and English words that a translation keeps as they are, marked so that a voice can read them by the rules of
their own language.

    "Estou em Nova [Jersey](en) agora."     "Faça um [backup](en)."

Read by Portuguese rules, "Michael" and "Jersey" are not understood; read by English ones they are.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"\b[A-Z][a-zA-Z'’]*[a-z]{2,}(?:['’]s)?\b")
_STARTS = re.compile(r"(?:^|[.?!…:][\"”’»)\]]*\s+|[\"“«(—–-]\s*)$")
_MARK = re.compile(r"\[([^\[\]()]+)\]\(([a-z]{2}(?:-[a-z]+)?|/[^/()]+/)\)")
_WORD = re.compile(r"\b[a-z]{2,}\b")
_ENGLISH = re.compile(r"[kw]|th|sh|oo|ee|y$|[bcdfgpt]$")
_ROMANCE = ("pt", "es", "it", "gl", "ca")
"""Languages whose own words are hardly ever spelled like that (French are: "client"), but often as each other's."""


def kept(source_text: str, text: str, before: str = "") -> tuple[str, ...]:
    """Names of `source_text` that stand in `text` letter by letter, in order.

    A name is a capitalised word that does not only begin a sentence, for there any word has a capital. Where what was
    said `before` ends no sentence, the first word begins none.
    """
    lead = f"{before} " if before else ""
    names = [m[0] for m in _NAME.finditer(source_text) if not _STARTS.search(lead + source_text[: m.start()])]
    return tuple(name for name in dict.fromkeys(names) if re.search(rf"\b{re.escape(name)}\b", text))


def english(source_text: str, text: str) -> tuple[str, ...]:
    """Words that stand in both texts letter by letter and are spelled as only English ones are: "backup", "answer"."""
    said = set(_WORD.findall(text))
    return tuple(dict.fromkeys(w for w in _WORD.findall(source_text) if w in said and _ENGLISH.search(w)))


def marked(text: str, source_text: str, language: str, target: str, before: str = "") -> str:
    """`text`, in `target`, with what it kept marked: names as words of `language`, the source's, and English words.

    Between Romance languages a first word may be one of both ("para"), whatever was said `before`: it is no name.
    """
    alike = language[:2] in _ROMANCE and target[:2] in _ROMANCE
    found = dict.fromkeys(kept(source_text, text, "" if alike else before), language)
    if target[:2] in _ROMANCE:
        found |= dict.fromkeys(english(source_text, text), "en")
    for word, code in found.items():
        text = re.sub(rf"(?<!\[)\b{re.escape(word)}\b(?!\])", f"[{word}]({code})", text)
    return text


def parts(text: str, language: str) -> list[tuple[str, str]]:
    """A marked text in pieces (words, language), spaces kept; what is not marked is of `language`.

    Where a pronunciation is given ("[Jersey](/ˈdʒɜːzi/)"), it stands in the language's place.
    """
    found, at = [], 0
    for mark in _MARK.finditer(text):
        found += [(text[at : mark.start()], language), (mark[1], mark[2])]
        at = mark.end()
    return [(words, code) for words, code in [*found, (text[at:], language)] if words]
