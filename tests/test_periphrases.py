"""Rules say the same more plainly: what they do, that none touches a number, a name or a negation, and their tables."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.translation import guard, periphrases
from dubbench.translation.periphrases import Rule, condensed, rules
from eval.paraphrases import PARAPHRASES
from eval.rules import met
from eval.sentences import LINES


@pytest.mark.parametrize(
    ("language", "text", "plainest"),
    [
        ("pt", "Ela veio de Washington D.C. na década de 1990.", "Ela veio de Washington D.C. nos anos 1990."),
        ("pt", "Você não tem que fazer isso, não é?", "Não tem que fazer isso, né?"),
        ("pt", "Eles tomaram a decisão de ficar.", "Eles decidiram ficar."),
        ("pt", "Ela será capaz de ajudar, se formos obrigados a sair.", "Ela conseguirá ajudar, se tivermos que sair."),
        ("pt", "Oi. Isso é muito bom mesmo.", "Oi. É ótimo mesmo."),
        ("pt", "Se você quiser, você pode ligar quando você chegar.", "Se você quiser, pode ligar quando chegar."),
        ("pt", "Ele disse que ele vinha.", "Ele disse que vinha."),
        ("pt", "Por que você não vem?", "Por que não vem?"),
        ("pt", "Meu nome é Ana. Onde está minha mala?", "Sou Ana. Cadê minha mala?"),
        ("pt", "Na hora em que cheguei, o dia inteiro tinha passado.", "Quando cheguei, o dia todo tinha passado."),
        ("pt", "Vou para a festa e para o jogo.", "Vou pra festa e pro jogo."),
        ("pt", "Ele costumava morar em uma casa que fica perto do mar.", "Ele morava numa casa perto do mar."),
        ("pt", "Novamente, eu iria fazer isso.", "De novo, eu faria isso."),
        ("pt", "O trem das dez horas parte às 10 horas e vinte.", "O trem das dez parte às 10 horas e vinte."),
        ("pt", "O meu irmão viu o seu carro, mas o meu é melhor.", "Meu irmão viu seu carro, mas o meu é melhor."),
        ("pt", "Você poderia dizer isso novamente, por favor?", "Pode repetir, por favor?"),
        ("pt", "É muito bom.", "É ótimo."),
        ("pt", "Onde ela está sentada?", "Onde ela tá sentada?"),
        ("pt", "Ela fez uma visita ao médico.", "Ela visitou o médico."),
        ("pt", "Ela fez uma visita à irmã.", "Ela visitou a irmã."),
        ("pt", "Ele está à procura do irmão.", "Ele procura o irmão."),
        ("pt", "Vou fazer uma visita amanhã.", "Farei uma visita amanhã."),
        ("pt", "Estou à procura dele.", "Tô à procura dele."),
        ("pt", "Dei uma olhada nesse livro.", "Olhei esse livro."),
        ("pt", "Trata-se da casa.", "É a casa."),
        ("es", "Él va a llamar y voy a tener tiempo.", "Él llamará y tendré tiempo."),
        ("es", "Ella solía cantar con el fin de vivir.", "Ella cantaba para vivir."),
        ("es", "Hablamos acerca del plan.", "Hablamos sobre el plan."),
        ("es", "¿No fuimos capaces de usarlo? ¡Eso es muy triste!", "¿No pudimos usarlo? ¡Es muy triste!"),
        ("en", "I'm going to take a look at it in order to make a decision.", "I'll look at it to decide."),
        ("en", "Say that again.", "Repeat that."),
        ("en", "To be honest, I have no idea where she is right now.", "I don't know where she is now."),
    ],
)
def test_the_plain_way_is_found(language: str, text: str, plainest: str) -> None:
    found = condensed(text, language)
    assert found[-1] == plainest
    assert all(guard.faithful(way, text, language) for way in found)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "Não é muito bom."),
        ("pt", "Vamos embora."),
        ("pt", "Tomei a decisão certa."),
        ("pt", "Ele rapidamente viu o telefone e a conversa com ela acabou."),
        ("pt", "Diga a ela que ele vem."),
        ("pt", "Quem você viu?"),
        ("pt", "Acho que eu e você sabemos."),
        ("pt", "Funciona bem como queria."),
        ("pt", "Ela se foi."),
        ("pt", "Levei em contas."),
        ("pt", "Ela vai terminar."),
        ("es", "Vamos a comer."),
        ("es", "Estoy de acuerdo con usted."),
        ("en", "I'm going to the market."),
        ("de", "Ich gehe jetzt nach Hause."),
    ],
)
def test_what_says_something_else_stays(language: str, text: str) -> None:
    assert condensed(text, language) == []


def test_no_rule_ends_in_the_middle_of_a_word_or_joins_two() -> None:
    for language in ("pt", "es", "en"):
        for rule in rules(language):
            met = _examples(rule)
            assert met, f"{rule.line!r} knows no text that was made by its own pattern"
            for text, found in met:
                end, behind = found.end(), text[found.end() :]
                if text[end - 1].isalnum():
                    assert all(m.end() != end for m in rule.roundabout.finditer(f"{text[:end]}xa")), rule.line
                if behind[:1].isalnum():
                    said = rule(text)
                    before = said.removesuffix(behind)
                    assert before != said or not before, f"{rule.line!r} makes {said!r} of {text!r}"
                    assert not before[-1:].isalnum(), f"{rule.line!r} makes {said!r} of {text!r}"


def _examples(rule: Rule) -> list[tuple[str, re.Match[str]]]:
    """Texts of which a rule's own pattern tells, those that it meets once, and what it meets there."""
    draw = random.Random(rule.line)
    tree = sre.parse(rule.roundabout.pattern, re.IGNORECASE)
    texts = dict.fromkeys(_drawn(tree, draw, {}) for _ in range(200))
    met = [(text, list(rule.roundabout.finditer(text))) for text in texts]
    return [(text, found[0]) for text, found in met if len(found) == 1]


def _drawn(tree: Iterable[tuple[Any, Any]], draw: random.Random, groups: dict[int, str]) -> str:
    """A text that a parsed pattern tells of; what must stand before or behind is told with it."""
    said = ""
    for kind, value in tree:
        match str(kind):
            case "LITERAL":
                said += chr(value)
            case "IN" if str(value[0][0]) != "NEGATE":
                name, one = draw.choice(value)
                said += chr(one) if str(name) == "LITERAL" else chr(one[0]) if str(name) == "RANGE" else "a"
            case "IN":  # all but some: a letter or a space
                said += draw.choice("a ")
            case "BRANCH":
                said += _drawn(draw.choice(value[1]), draw, groups)
            case "SUBPATTERN":
                groups[value[0]] = _drawn(value[3], draw, groups)
                said += groups[value[0]]
            case "MAX_REPEAT":
                least, most, inner = value
                said += "".join(_drawn(inner, draw, groups) for _ in range(draw.randint(least, min(most, least + 2))))
            case "ASSERT":
                said += _drawn(value[1], draw, groups)
            case "GROUPREF":
                said += groups[value]
    return said


def test_what_only_speech_has_is_left_out_of_what_is_translated_on() -> None:
    text = "Ele está em uma loja para crianças."
    assert condensed(text, "pt", spoken=False)[-1] == "Ele está numa loja para crianças."
    assert condensed(text, "pt")[-1] == "Ele tá numa loja pra crianças."


_TEXTS = [
    *((text, "pt") for _, *texts in PARAPHRASES for text in texts),
    *((text, language) for language in ("pt", "es", "en") for text in LINES[language]),
]


@given(st.sampled_from(_TEXTS), st.sampled_from(["Maria", "12", "não", "nunca", "no"]), st.integers(0, 20))
def test_no_rule_touches_a_number_a_name_or_a_negation(text: tuple[str, str], word: str, at: int) -> None:
    said, language = text
    words = said.split()
    whole = " ".join([*words[: max(1, at)], word, *words[max(1, at) :]])
    for way in condensed(whole, language):
        assert re.findall(r"\d+|Maria", way) == re.findall(r"\d+|Maria", whole)
        assert guard.negations(way, language) == guard.negations(whole, language)


def test_what_was_said_plainly_is_not_said_more_plainly_still() -> None:
    for text, language in _TEXTS:
        for way in condensed(text, language)[-1:]:
            assert condensed(way, language) == []


def test_a_line_that_is_no_rule_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xx.txt").write_text("[plain]\n# a comment\na lot of -> much\nno rule\n", "utf-8")
    monkeypatch.setattr(periphrases, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ValueError, match=r"xx\.txt, line 4: 'no rule'"):
        rules("xx")


@pytest.mark.parametrize("line", ["every time (?=i|you) -> whenever", "^so (?:that )?(?!he (?:is|was))(?=\\w) -> then"])
def test_a_rule_that_would_join_two_words_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "yy.txt").write_text(f"{line}\n", "utf-8")
    monkeypatch.setattr(periphrases, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ValueError, match=r"yy\.txt, line 1: .* joins two words"):
        rules("yy")


def test_each_rule_shows_what_it_does() -> None:
    shown = list(met(["Ele tomou uma decisão.", "Eles chegaram."], "pt", 1))
    at = next(i for i, line in enumerate(shown) if "{decidir}" in line)
    assert shown[at].split()[:2] == ["1", "10.0"]
    assert shown[at + 1].split("\n")[1].strip() == "Ele decidiu."
    assert len(shown) == len(rules("pt")) + 1
