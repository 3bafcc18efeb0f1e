"""Apertium by process, alone and as the second half of a pivot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dubbench import catalog
from dubbench.adapters import apertium
from dubbench.errors import AdapterFailed, BadInput, Missing, Unsupported
from dubbench.stages.translate import Translate
from dubbench.testing import check_adapter
from dubbench.text import glossary
from dubbench.types import Line

MODE, PACKAGE = apertium.MODES["pt-es"]
MISSING = MODE not in apertium.modes()
needs_apertium = pytest.mark.skipif(
    MISSING and not os.environ.get("DUBBENCH_REQUIRE_APT"),
    reason=f"needs Debian's packages: apt-get install apertium {PACKAGE}",
)


def lines(*texts: str) -> list[Line]:
    return [Line(id=f"line-{i}", start=i, end=i + 1, text=text) for i, text in enumerate(texts)]


@pytest.fixture(scope="module")
def pivot() -> Iterator[Translate]:
    stage = catalog.load("pivot")
    assert isinstance(stage, Translate)
    yield stage.ready()
    stage.release()


def best(stage: Translate, pair: str, *texts: str, terms: dict[str, str] | None = None) -> list[str]:
    return [found[0] for found in stage.translate(lines(*texts), *pair.split("-"), terms or {})]


NASTY = [
    "de", "o homem", "Ele não veio porque", "a casa do", "menino", "[", "]", "^", "$", "@", "*", "^a$", "[[", "]]",
    "\\", "a\\", "[]", "^casa<n>$", "<b>", "{}", "😀", "~", "a [ b", "c ] d", "[<b>]", "a/b", "x^y", "#",
    "fim.", "100 %",
    "\u2028x", "a\u00a0b", "\u200bz", "\u0301", ".", "- Oi", "duas\nlinhas", "três\n\nparágrafos", "\x00zero", "\x1f",
    "[[t:b:abc]]casa[[/]]", "palavra " * 100,
]  # fmt: skip


@pytest.mark.apt
@needs_apertium
def test_every_text_comes_back_as_its_own_line() -> None:
    found = apertium.run(NASTY, "pt-es")
    assert len(found) == len(NASTY)
    assert found[:5] == [apertium.run([text], "pt-es")[0] for text in NASTY[:5]]
    for text in ("[", "]", "^", "$", "@", "*", "^a$", "[[", "\\", "[]", "{}", "😀", "~", "a [ b", "c ] d", "#"):
        assert found[NASTY.index(text)] == text
    assert found[NASTY.index("duas\nlinhas")] == "dos líneas"
    assert found[-1].split() == ["palabra"] * 100
    assert "*" not in "".join(found).replace("*", "", 1)


@pytest.mark.apt
@needs_apertium
def test_another_locale_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert apertium.run(["Não é ação."], "pt-es") == ["No es acción."]


@pytest.mark.apt
@needs_apertium
def test_spanish_into_portuguese_and_back() -> None:
    stage = catalog.load("apertium")
    assert isinstance(stage, Translate)
    stage.check("es", "pt")
    said = ["Gracias.", "Muchas gracias a todos.", "No sé cómo explicarlo.", "Cuesta un 20 % menos. ¿Por qué?"]
    assert best(stage.ready(), "es-pt", *said) == [
        "Obrigado.", "Muito obrigado a todos.", "Não sei como o explicar.", "Custa 20% menos. Por quê?",
    ]  # fmt: skip
    assert best(stage, "pt-es", "Você pode me ajudar? Nós vimos o mar!") == ["¿Puede ayudarme? ¡Nosotros vimos el mar!"]
    assert stage.pivot is None


@pytest.mark.apt
@pytest.mark.skipif(
    apertium.MODES["en-es"][0] not in apertium.modes() and not os.environ.get("DUBBENCH_REQUIRE_APT"),
    reason="needs Debian's packages: apt-get install apertium apertium-eng-spa",
)
def test_english_and_spanish_by_the_rules_alone() -> None:
    stage = catalog.load("apertium-eng")
    assert isinstance(stage, Translate)
    check_adapter(stage, interpreters=False)
    stage.check("en", "es")
    assert best(stage, "en-es", "The house is big.", "I have two books.") == ["La casa es grande.", "Tengo dos libros."]
    assert best(stage, "es-en", "La casa es grande.") == ["The house is big."]
    assert stage.pivot is None


def test_english_by_the_rules_alone_is_in_no_cast() -> None:
    with pytest.raises(Unsupported, match="en-es"):
        catalog.load("apertium").check("en", "es")
    for pair in ("en-es", "es-en"):
        chosen = catalog.cast("default").choose("translate", pair)
        assert chosen is not None
        assert chosen.name == "pivot"


@pytest.mark.apt
@needs_apertium
def test_nouns_are_no_verbs_and_no_word_stays_in_the_other_language() -> None:
    said = {
        "Quiero llamar a la consola.": "Quero chamar à consola.",
        "Vengo de la consola.": "Venho da consola.",
        "Si la consola está ocupada, espere.": "Se a consola está ocupada, espere.",
        "Ella la compra ahora.": "Ela a compra agora.",
        "Tengo un solo hermano y una sola casa.": "Tenho um só irmão e uma só casa.",
    }
    assert apertium.through(list(said), "es-pt") == list(said.values())
    said = {
        "Moro na costa leste do Canadá.": "Vivo en la costa este de Canadá.",
        "Preciso decodificá-lo.": "Necesito decodificarlo.",
        "Uso um fone de ouvido.": "Uso un auricular.",
        "Vá em frente.": "Adelante.",
    }
    assert apertium.through(list(said), "pt-es") == list(said.values())


@pytest.mark.apt
@pytest.mark.models
@needs_apertium
def test_english_into_spanish_through_portuguese(pivot: Translate) -> None:
    assert pivot.pivot == "pt"
    said = {
        "Hey, Matt! How are you doing today?": "¡Eh, Matt! ¿Cómo está hoy?",
        "Where were you when I called you?": "¿Dónde estaba cuando yo le llamé?",
        "What are you talking about? I never said that!": "¿De qué está hablando? ¡Yo nunca dije eso!",
        "How much does it cost?": "¿Cuánto cuesta?",
        "Thank you.": "Gracias.",
        "Do you know where he lives?": "¿Sabe dónde vive él?",
    }
    assert best(pivot, "en-es", *said) == list(said.values())


@pytest.mark.apt
@pytest.mark.models
@needs_apertium
def test_spanish_into_english_through_portuguese(pivot: Translate) -> None:
    said = {
        "¿Cómo estás, Matt?": "How are you, Matt?",
        "Sí.": "Yes.",
        "No, no lo sé.": "No, I don't know.",
        "Nunca le dije nada a nadie.": "I never told anyone anything.",
    }
    assert best(pivot, "es-en", *said) == list(said.values())


@pytest.mark.apt
@pytest.mark.models
@needs_apertium
def test_wordings_numbers_and_terms_survive_the_pivot(pivot: Translate) -> None:
    text = "Well, you know, the book costs $1,250 and I was there in 1998."
    found = pivot.translate(lines(text), "en", "es", {"book": "tomito"})[0]
    assert len(found) >= 2
    for wording in found:
        assert glossary.missed(text, wording, {"book": "tomito"}) == {}
        assert "1.250" in wording
        assert "1998" in wording


@pytest.mark.apt
@pytest.mark.models
@needs_apertium
def test_a_line_in_another_script_is_named(pivot: Translate) -> None:
    with pytest.raises(BadInput, match="line line-1: .*edit the line's text"):
        pivot.translate(lines("Hello.", "Привет, как дела?"), "en", "es", {})


def test_a_missing_program_or_pair_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apertium.shutil, "which", lambda program: None)
    with pytest.raises(Missing, match="apt-get install apertium apertium-es-pt"):
        catalog.load("pivot").check("en", "es")
    with pytest.raises(Missing, match="apt-get install apertium apertium-por-cat"):
        catalog.load("apertium").check("pt", "ca")
    with pytest.raises(Unsupported, match="en-es"):
        catalog.load("pivot").check("en", "fr")


def test_lines_that_come_back_mixed_are_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def joined(text: str, mode: str, name: str, count: int) -> str:
        calls.append(text)
        return text.replace("\n\n", " ").upper()

    monkeypatch.setattr(apertium, "_called", joined)
    assert apertium.run(["um", "dois"], "pt-es") == ["UM", "DOIS"]
    assert calls == ["um\n\ndois", "um", "dois"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'lt-proc: no such file' >&2; exit 1", "lt-proc: no such file"),
        ("sleep 100", "did not end within"),
        ("echo", "made nothing"),
    ],
)
def test_a_program_that_dies_hangs_or_is_silent_is_a_failure(
    script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apertium").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "apertium").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(apertium, "PATIENCE", 0.5 if "sleep" in script else 60)
    with pytest.raises(AdapterFailed, match=words):
        apertium.run(["um"], "pt-es")


def test_a_wording_that_shrank_on_the_second_half_of_its_way_is_left_out() -> None:
    assert apertium.whole([("Vamos lá.", "Vamos."), ("Ele vem.", "Él viene.")]) == ["Él viene."]


def test_a_wording_is_told_by_its_languages_rules_as_well() -> None:
    assert apertium.told(["Yo voy a tener tiempo."], "es")[-1] == "Tendré tiempo."
