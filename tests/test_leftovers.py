"""Words that a translation left in the other language are named; names and ordinals are not taken for such."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

import dubbench
from dubbench import documents
from dubbench.translation import leftovers
from dubbench.types import Dub, Line, Source
from tests.talks import make_talk


@pytest.mark.parametrize(
    ("pair", "source", "text", "words"),
    [
        ("en-es", "A bean burger.", "Una hambúrguer de feijão.", ["feijão"]),
        (
            "en-es",
            "My postgraduate studies.",
            "Mi post-graduação, mi Pós-Graduação.",
            ["post-graduação", "Pós-Graduação"],
        ),
        ("en-es", "You, you.", "Você y você, usted.", ["Você", "você"]),
        ("en-es", "He lives in São Paulo.", "Vive en São Paulo.", []),
        ("en-es", "A déjà vu, à la carte.", "Un déjà vu, à la carte.", []),
        ("en-es", "The 3rd house, the 1st time.", "La 3ª casa, el 1º día: año, ¿qué?, pingüino.", []),
        ("pt-es", "Eu vi o João no avião.", "Vi a João en el avião.", ["avião"]),
        ("pt-es", "Não sei.", "Não sé.", ["Não"]),
        ("es-pt", "¿Qué pasa, señor Muñoz?", "¿Que se passa, señor Muñoz?", ["¿Que", "señor"]),
        ("en-pt", "El Niño is here.", "O El Niño está aqui, não é?", []),
        ("pt-ca", "A ação.", "L'acció de Barça, à part.", []),
    ],
)
def test_words_that_cannot_be_of_the_language_are_named(pair: str, source: str, text: str, words: list[str]) -> None:
    assert list(leftovers.untranslated(text, source, *pair.split("-"))) == words
    apart = unicodedata.normalize("NFD", text)
    assert list(leftovers.untranslated(apart, source, *pair.split("-"))) == words


def test_a_flag_names_them_and_goes_when_they_do() -> None:
    film = Source(path="film.mp4", sha256="0", duration=9.0)
    line = Line(id="L1", start=0, end=1, text="bean", translation="feijão")
    dub = Dub(id="d", source=film, source_language="en", target_language="es", lines=(line,))
    flagged = leftovers.checked(line, dub)
    assert [(flag.name, flag.detail) for flag in flagged.flags] == [("untranslated", "left in Portuguese: feijão")]
    assert leftovers.checked(flagged, dub) is flagged
    assert leftovers.checked(flagged.but(translation="frijol"), dub).flags == ()
    assert leftovers.checked(line, dub.but(glossary={"bean": "feijão"})) is line, "a person wants it so"


def test_the_walk_tells_of_them_in_a_persons_wording_too(tmp_path: Path) -> None:
    dub = dubbench.dub(make_talk(tmp_path / "talk.mp4"), to="es", out=tmp_path / "o", cast="toy", source_language="en")
    raw = json.loads((tmp_path / "o" / "dub.json").read_text("utf-8"))
    for line in raw["lines"]:
        line["made_by"].pop("translate")
    raw["lines"][0]["translation"] = "um feijão"
    (tmp_path / "o" / "dub.json").write_text(json.dumps(raw), "utf-8")
    dubbench.redub(tmp_path / "o")
    found = documents.read(tmp_path / "o").lines
    assert [flag.name for flag in found[0].flags] == ["untranslated"]
    figures = json.loads((tmp_path / "o" / "report.json").read_text("utf-8"))
    wanted = {"line": dub.lines[0].id, "flag": "untranslated", "detail": "left in Portuguese: feijão"}
    assert wanted in figures["flags"]
