"""Glossaries and lists of pronunciations: wrong columns, encodings, signs that mean something elsewhere, sizes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from eval.hostile.case import WORKS, Case
from eval.hostile.making import beside

BAD = "BadInput"


def terms(content: bytes | str, name: str = "terms.csv") -> Callable[[Path], list[str]]:
    return beside(name, content, "--glossary", name)


def said(content: bytes | str, name: str = "said.csv") -> Callable[[Path], list[str]]:
    return beside(name, content, "--pronunciations", name)


DEEP = "[" * 100_000
DIGITS = "9" * 5000

CASES = (
    Case("a glossary of 0 bytes", terms(""), WORKS, "s into"),
    Case("a glossary with three columns", terms("a,b,c\n"), BAD, "line 1: two columns are expected"),
    Case("a glossary with an empty term", terms("cloud,nuvem\n,nada\n"), BAD, "line 2: there is no source term"),
    Case("a glossary with a quote that never ends", terms('cloud,"nuvem\nnode,nó\n'), BAD, r"terms\.csv, line \d"),
    Case("a glossary that contradicts itself", terms("cloud,nuvem\ncloud,nevoa\n"), BAD, "line 2: 'cloud' is 'nuvem'"),
    Case("a glossary in Latin-1", terms("função,função\n".encode("latin-1")), BAD, "cannot be read as UTF-8"),
    Case("a glossary in UTF-16", terms("cloud,nuvem\n".encode("utf-16")), BAD, "cannot be read as UTF-8"),
    Case("a glossary with NUL bytes", terms("cl\0oud,nuvem\n"), WORKS, "s into"),
    Case("a glossary of signs of patterns", terms(".*,x\n(((,y\n[a-,z\n\\,w\n$^,v\n"), WORKS, "s into"),
    Case("a glossary of 100 000 rows", terms("".join(f"term{i},termo{i}\n" for i in range(100_000))), WORKS, "s into",
         whole=True),
    Case("a glossary of one cell of a megabyte", terms("a" * 1_000_000 + ",b\n"), BAD, "line 1: field larger than"),
    Case("a glossary of 100 MB", terms(b"a,b\n" * 25_000_000), BAD, "MB", whole=True),
    Case("a glossary as a spreadsheet", terms(b"PK\3\4", "terms.xlsx"), BAD, r"use one of \.csv"),
    Case("a glossary without a suffix", terms("a,b\n", "terms"), BAD, r"use one of \.csv"),
    Case("a glossary in JSON, cut", terms('{"cloud": "nuv', "terms.json"), BAD, r"terms\.json, line 1"),
    Case("a glossary in JSON with a number", terms('{"cloud": 3}', "terms.json"), BAD, "are texts, not"),
    Case("a glossary in JSON with a list", terms('["cloud"]', "terms.json"), BAD, 'write {"term": "target"}'),
    Case("a glossary in JSON with an odd source", terms('[{"source": {"a": 1}}]', "terms.json"), BAD, "are texts, not"),
    Case("a glossary in JSON, 100 000 deep", terms(DEEP, "terms.json"), BAD, r"terms\.json.* deep"),
    Case("a glossary in JSON with a number of 5000 digits", terms(f'{{"a": {DIGITS}}}', "terms.json"), BAD,
         r"terms\.json"),
    Case("a glossary in JSON with half of a pair", terms(json.dumps({"a": "\ud800"}), "terms.json"), BAD,
         r"terms\.json.*surrogate"),
    Case("a glossary in TOML with a slip", terms("cloud = nuvem\n", "terms.toml"), BAD, "is not valid TOML"),
    Case("a glossary in TOML, 100 000 deep", terms("a = " + DEEP, "terms.toml"), BAD, r"terms\.toml.* deep"),
    Case("a glossary in TOML with a number of 5000 digits", terms(f"a = {DIGITS}", "terms.toml"), BAD, r"terms\.toml"),
    Case("a glossary in TOML with a date of no day", terms("a = 2026-02-31", "terms.toml"), BAD, r"terms\.toml"),
    Case("a glossary that is a folder", lambda here: [*terms("")(here)[:-1], "."], BAD, "there is no file"),
    Case("pronunciations of four columns", said("Nginx,pt,a,b\n"), BAD, "line 1: write word, language, reading"),
    Case("pronunciations without a reading", said("Nginx,pt,\n"), BAD, "line 1: write word=reading"),
    Case("pronunciations with half a slash", said("Nginx,pt,/a\n"), BAD, "between two slashes"),
    Case("pronunciations with brackets", said("Nginx,pt,[[a]]\n"), BAD, "no reading holds brackets"),
    Case("pronunciations of an unknown language", said("Nginx,klingon,engenecs\n"), BAD, "line 1.*'klingon'"),
    Case("pronunciations that contradict themselves", said("Nginx,pt,a\nNginx,pt,b\n"), BAD, "is 'a' further up"),
    Case("pronunciations of signs of patterns", said("a.*b,pt,x\n(?P<a>c,pt,y\na+,pt,z\n"), BAD, "line 2"),
    Case("pronunciations in TOML, 100 000 deep", said("a = " + DEEP, "said.toml"), BAD, r"said\.toml.* deep"),
    Case("pronunciations in JSON of lists", said('{"pt": ["a"]}', "said.json"), BAD, "is a text, not"),
    Case("pronunciations of 20 000 rows", said("".join(f"word{i},pt,uorde\n" for i in range(20_000))), WORKS, "s into"),
)  # fmt: skip
