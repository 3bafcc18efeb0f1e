"""Shorter wordings lose no number, name or negation; short phrases are said as people say them."""

from __future__ import annotations

import pytest

from dubbench.translation import mending, phrases, residue
from dubbench.translation.guard import faithful, names, negations
from dubbench.translation.wordings import distinct, plainer, shorter, without_fillers


@pytest.mark.parametrize(
    ("language", "text", "bare"),
    [
        ("en", "Well, you know, I mean, it's hard.", "It's hard."),
        ("en", "It is, you know, hard.", "It is, hard."),
        ("en", "It's kind of hard.", "It's hard."),
        ("en", "A kind of fish.", "A kind of fish."),
        ("en", "Um, so, I was there.", "I was there."),
        ("en", "Well.", "Well."),
        ("en", "I like fish, and you know it.", "I like fish, and you know it."),
        ("pt", "Bem, quer dizer, ele não veio.", "Ele não veio."),
        ("es", "Pues, o sea, no sé cómo.", "No sé cómo."),
        ("de", "Also, ja.", "Also, ja."),
    ],
)
def test_fillers_go_and_words_stay(language: str, text: str, bare: str) -> None:
    assert without_fillers(text, language) == bare


@pytest.mark.parametrize(
    ("language", "text", "short"),
    [
        ("pt", "Eu não tenho tempo para a festa.", "Não tenho tempo pra festa."),
        ("pt", "Eu disse isso.", "Eu disse isso."),
        ("pt", "Ela veio de Washington D.C. na década de 1990.", "Ela veio de Washington D.C. nos anos 1990."),
        ("pt", "Você não tem que fazer isso, não é?", "Você não tem que fazer isso, né?"),
        ("pt", "e então nós fomos", "e então fomos"),
        ("pt", "Acho que nenhum de nós já experimentamos isso.", "Acho que nenhum de nós já experimentamos isso."),
        ("pt", "Entre nós não falamos disso.", "Entre nós não falamos disso."),
        ("pt", "Sabemos que nós já vimos isso.", "Sabemos que já vimos isso."),
        ("es", "Yo no quiero ir.", "No quiero ir."),
        ("es", "Vino, pero yo no tengo tiempo.", "Vino, pero no tengo tiempo."),
        ("es", "Por eso yo no puedo ir.", "Por eso no puedo ir."),
        ("es", "Él es alto y yo soy bajo.", "Él es alto y soy bajo."),
        ("es", "Es lo que yo siempre digo.", "Es lo que siempre digo."),
        ("es", "Creo que yo se lo dije.", "Creo que se lo dije."),
        ("es", "Quiere que yo esté aquí.", "Quiere que yo esté aquí."),
        ("es", "Yo tenía hambre y yo qué sé.", "Yo tenía hambre y yo qué sé."),
        ("es", "Ninguno de nosotros ya hablamos.", "Ninguno de nosotros ya hablamos."),
        ("es", "Y nosotros no vamos.", "Y no vamos."),
        ("en", "I am here and it is not far.", "I'm here and it isn't far."),
        ("en", "Yes, I am.", "Yes, I am."),
    ],
)
def test_speech_contracts(language: str, text: str, short: str) -> None:
    assert shorter(text, language) == short
    assert faithful(short, text, language)


@pytest.mark.parametrize(
    ("wording", "to"),
    [
        ("Ele veio.", "Ele não veio."),
        ("São 3 casas.", "São 4 casas."),
        ("Vi ontem.", "Vi Maria ontem."),
        ("Não vi nada.", "Não vi."),
    ],
)
def test_a_wording_that_says_something_else_is_refused(wording: str, to: str) -> None:
    assert not faithful(wording, to, "pt")
    assert distinct(to, [wording], "pt") == [to]


@pytest.mark.parametrize(
    ("language", "text", "plain"),
    [
        ("pt", "Oh, sim, eles têm realmente bons hambúrgueres.", "Sim, eles têm bons hambúrgueres."),
        ("pt", "Na verdade, ele veio ontem.", "Ele veio ontem."),
        ("pt", "Ele veio, honestamente.", "Ele veio."),
        ("pt", "Não realmente.", "Não realmente."),
        ("pt", "Isso não realmente importa agora.", "Isso não realmente importa agora."),
        ("pt", "Está bem. Ei, vamos lá agora.", "Está bem. Vamos lá agora."),
        ("pt", "Realmente?", "Realmente?"),
        ("en", "Well, I really like it.", "I like it."),
        ("es", "Bueno, en realidad no lo sé.", "No lo sé."),
        ("fr", "Oh, je ne sais pas vraiment.", "Oh, je ne sais pas vraiment."),
    ],
)
def test_emphasis_and_openings_go(language: str, text: str, plain: str) -> None:
    assert plainer(text, language) == plain


def test_wordings_are_best_first_then_shorter_and_at_most_four() -> None:
    best = "Eu não tenho muito tempo para isso agora."
    others = ["Não tenho tempo.", "Não tenho tempo agora.", "Não tenho muito tempo agora.", best, "Tenho tempo."]
    ladder = [best, "Não tenho muito tempo agora.", "Não tenho tempo agora.", "Não tenho tempo."]
    assert distinct(best, others, "pt") == ladder
    assert distinct(best, [*others, "Não tenho."], "pt") == [*ladder[:3], "Não tenho."]
    assert distinct(best, ["Eu não tenho muito tempo para isso já."], "pt") == [
        best,
        "Eu não tenho muito tempo para isso já.",
    ]


def test_names_and_negations_are_counted() -> None:
    assert names("Ontem Maria viu o Rio. Hoje não.") == {"Maria": 1, "Rio": 1}
    assert negations("I can't, and nobody won’t", "en") == 3


@pytest.mark.parametrize(
    ("pair", "said", "known"),
    [
        ("en-pt", "Thank you.", "Obrigado."),
        ("en-pt", "thank you!", "obrigado!"),
        ("en-pt", "Thank you, Matt.", "Obrigado, Matt."),
        ("en-pt", "What's up, guys?", "E aí, pessoal?"),
        ("en-pt", "Right?", "Certo?"),
        ("en-pt", "Why...", None),
        ("en-pt", "Thank you for your help.", None),
        ("en-pt", "The server.", None),
        ("pt-en", "Sim.", "Yes."),
        ("pt-es", "Por quê?", "¿Por qué?"),
        ("pt-es", "Parabéns!", "¡Felicidades!"),
        ("es-pt", "¿Por qué?", "Por quê?"),
        ("es-ca", "Sí.", None),
    ],
)
def test_short_phrases_are_said_as_people_say_them(pair: str, said: str, known: str | None) -> None:
    assert phrases.known(said, pair) == known


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("Como usted está haciendo hoy?", "¿Cómo está haciendo hoy?"),
        ("Usted puede ayudarme con eso?", "¿Puede ayudarme con eso?"),
        ("Eso es óptimo!", "¡Eso es estupendo!"),
        ("Ei, Matt! Como usted está?", "¡Eh, Matt! ¿Cómo está?"),
        ("Hola, como usted está?", "Hola, ¿cómo está?"),
        ("Ellos nacieron, no fueron?", "Ellos nacieron, ¿no?"),
        ("Yo nunca dijo eso.", "Yo nunca dije eso."),
        ("Él dijo eso.", "Él dijo eso."),
        ("Él me dijo que él iría.", "Él me dijo que iría."),
        ("Él me dijo que ella iría.", "Él me dijo que ella iría."),
        ("Usted estaba cuando yo te llamé.", "Usted estaba cuando yo le llamé."),
        ("Yo te llamé.", "Yo te llamé."),
        ("Usted sabe donde él vive?", "¿Sabe dónde vive él?"),
        ("Por que usted no vino?", "¿Por qué no vino?"),
        ("Se se fue.", "Se se fue."),
        ("Él se se fue.", "Él se fue."),
        ("¿Qué pasa?", "¿Qué pasa?"),
        ("La casa de mi hermana.", "La casa de mi hermana."),
    ],
)
def test_spanish_out_of_portuguese_is_mended(raw: str, mended: str) -> None:
    assert residue.after(raw, "pt-es") == mended


def test_rules_before_and_after_leave_other_pairs_alone() -> None:
    assert residue.before("Se você quiser, vimos.", "pt-es") == "Se você quer, vímos."
    assert residue.before("Se eles quiserem", "pt-es") == "Se eles quiserem"
    assert residue.before("No sé cómo.", "es-pt") == "No sei cómo."
    assert residue.before("Lo siento mucho, pero lo siento.", "es-pt") == "Sinto muito, pero sinto muito."
    assert residue.before("Lo siento en el alma.", "es-pt") == "Lo siento en el alma."
    thanks = residue.after("Muitas graças. Graças a Deus. Bons dias!", "es-pt")
    assert thanks == "Muito obrigado. Graças a Deus. Bom dia!"
    assert residue.after("Que bem?", "pt-gl") == "Que bem?"


@pytest.mark.parametrize(
    ("out", "source", "mended"),
    [
        ("Uh-huh (a).", "Uh-huh.", "Uh-huh."),
        ("Custa US $ 4,50.", "It costs $4.50.", "Custa US$ 4,50."),
        ("À 45a reunião.", "To the 45th meeting.", "À 45ª reunião."),
        ("Esta é uma frase.", "this is a sentence", "esta é uma frase"),
        ("Olá - você - disse.", "Hello — you — said.", "Olá — você — disse."),
        ("Você vem.", "You coming?", "Você vem?"),
        ("XQ1 caiu.", "the XQ1 fell.", "XQ1 caiu."),
        ("Senhoras e Senhores Deputados,", "Ladies and gentlemen,", "Senhoras e senhores,"),
        ("Senhoras e Senhores Deputados.", "Honourable Members.", "Senhoras e Senhores Deputados."),
        ('Ele disse: "Vá".', 'He said: "Go."', 'Ele disse: "Vá".'),
        ("Este é Diane em Nova Jersey.", "This is Diane in New Jersey.", "Aqui é Diane em Nova Jersey."),
        ("Ouvi um bipe, isso é Diane.", "I heard a beep, this is Diane.", "Ouvi um bipe, aqui é Diane."),
        ("Esta é a América.", "This is America.", "Esta é a América."),
        ("Este é o carro de John.", "This is John's car.", "Este é o carro de John."),
        ("O outro link Yeah, ela sabe.", "The other link Yeah, she knows.", "O outro link Sim, ela sabe."),
    ],
)
def test_what_a_small_model_garbles_is_put_right(out: str, source: str, mended: str) -> None:
    assert mending.mended(out, source, "en", "pt") == mended


def test_typographic_quotes_become_plain_ones() -> None:
    assert mending.plain("She said ‘hello’, don’t “go”…") == 'She said "hello", don\'t "go"...'


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("At least, um, you know it.", "At least, you know it."),
        ("Um, I see.", "I see."),
        ("I uh went home.", "I went home."),
        ("Uh-huh, yes.", "Uh-huh, yes."),
        ("Um...", "Um..."),
    ],
)
def test_hesitation_is_not_translated(said: str, left: str) -> None:
    assert mending.without_hesitation(said, "en") == left
    assert mending.without_hesitation("Um homem.", "pt") == "Um homem."
