"""The guard lets honest short forms pass and refuses every wording that lost something."""

from __future__ import annotations

import re

import pytest

from dubbench.translation.guard import near, same

WHOLE = {
    "pt": (
        "Eu não sabia que você estava lá.",
        "Fomos ao mercado ontem e compramos três quilos de maçãs por 12 dólares.",
        "Pelo menos, todos eles me chamam de Yankee aqui embaixo.",
        "Eu nunca estive em Nova York antes, mas minha irmã mora lá.",
        "O mais importante é continuar fazendo perguntas, mesmo quando ninguém quer ouvi-las.",
        "Não importa o que eles dizem, porque você sabe que você está certo.",
        "O problema é que não temos tempo suficiente para fazer todas essas coisas.",
        "Ela disse que iria me chamar assim que chegou ao hotel.",
    ),
    "en": (
        "He did not come because he was sick, and we waited for two hours.",
        "I have never been to Lisbon, but my sister lives there.",
        "You should not do that without asking your mother first.",
    ),
    "es": (
        "No importa lo que ellos dicen, porque usted sabe que tiene razón.",
        "Yo nunca estuve en Madrid antes, pero mi hermana vive allí.",
    ),
}


@pytest.mark.parametrize(
    ("language", "short", "whole"),
    [
        ("pt", "Não sabia que estava lá.", WHOLE["pt"][0]),
        ("pt", "Todos me chamam de Yankee aqui.", "Eles todos me chamam de Yankee aqui."),
        ("pt", "Nunca estive em Nova York antes, mas minha irmã mora lá.", WHOLE["pt"][3]),
        ("pt", "Não importa o que dizem, porque sabe que está certo.", WHOLE["pt"][5]),
        ("pt", "O problema é que não temos tempo suficiente pra fazer todas essas coisas.", WHOLE["pt"][6]),
        ("en", "He didn't come because he was sick, we waited for two hours.", WHOLE["en"][0]),
        ("en", "I've never been to Lisbon, but my sister lives there.", WHOLE["en"][1]),
        ("es", "No importa lo que dicen, porque sabe que tiene razón.", WHOLE["es"][0]),
    ],
)
def test_honest_short_forms_pass(language: str, short: str, whole: str) -> None:
    assert same(short, whole, language)


@pytest.mark.parametrize(
    ("language", "wrong", "whole"),
    [
        ("pt", "Compraram três quilos de maçãs.", "Compramos três quilos de maçãs."),
        ("pt", "Sei que você estava lá.", "Eu não sei que você estava lá."),
        ("pt", "Minha irmã ama meu irmão.", "Meu irmão ama minha irmã."),
        ("pt", "Ele mora com você.", "Ele mora sem você."),
        ("pt", "Fomos ao mercado com 13 dólares.", "Nós fomos ao mercado com 12 dólares."),
        ("en", "He has come.", "She has come."),
        ("de", "Ich gehe.", "Ich gehe jetzt."),
    ],
)
def test_another_meaning_is_refused(language: str, wrong: str, whole: str) -> None:
    assert not same(wrong, whole, language)


def test_a_lost_word_a_lost_clause_or_a_changed_number_is_always_refused() -> None:
    light = re.compile(r"^(?:eu|você|eles|o|ao|e|the|and|lo|yo|usted|ellos)$", re.IGNORECASE)
    refused = tried = 0
    for language, texts in WHOLE.items():
        for text in texts:
            words = text.split()
            heavy = [i for i, word in enumerate(words) if not light.match(word.strip(",."))]
            mutilated = [" ".join(words[:i] + words[i + 1 :]) for i in heavy]
            mutilated += [text.partition(",")[0] + "."] if "," in text else []
            mutilated += [text.replace("12", "21")] if "12" in text else []
            tried += len(mutilated)
            refused += sum(not same(wrong, text, language) for wrong in mutilated)
    assert tried > 80
    assert refused == tried


@pytest.mark.parametrize(
    ("language", "wording", "whole", "close"),
    [
        ("pt", "Precisamos falar do futuro aqui.", "Precisamos falar sobre o seu futuro aqui.", True),
        ("pt", "Precisamos falar do passado aqui.", "Precisamos falar sobre o seu futuro aqui.", False),
        ("pt", "O chão é molhado.", "O chão está molhado.", False),
        ("pt", "Ele nunca esteve.", "Ele nunca esteve lá.", True),
        ("pt", "Ele esteve lá.", "Ele nunca esteve lá.", False),
        ("es", "Hablamos de su plan.", "Hablamos sobre su plan.", True),
        ("es", "Hablamos del plan.", "Hablamos de su plan.", True),
        ("pt", "Ele esconde porque tem medo.", "Ele se esconde porque tem medo.", False),
        ("pt", "O pico é mais alto do mundo.", "O pico é o mais alto do mundo.", False),
        ("es", "El pico es más alto del mundo.", "El pico es el más alto del mundo.", False),
        ("pt", "Comprei melhor carro.", "Comprei o melhor carro.", False),
        ("pt", "Carro é bom.", "O carro é bom.", True),
        ("de", "Ich gehe.", "Ich gehe jetzt.", False),
    ],
)
def test_near_is_what_may_lack_small_words_alone(language: str, wording: str, whole: str, close: bool) -> None:
    assert near(wording, whole, language) is close
