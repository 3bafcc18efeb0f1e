"""Pauses inside lines: where the speaker rested, at a place where the translation may rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.timeline.pauses import LONGEST, NEAR, SHORTEST, cut, honoured, placed
from dubbench.types import Line, Pause, Word


def line(text: str, **rests: float) -> Line:
    """A line of `text`, every word 0.3 s long, with a rest after each word named (by its letters alone)."""
    words, now = [], 0.0
    for word in text.split():
        words.append(Word(text=word, start=now, end=now + 0.3))
        now += 0.3 + rests.get(word.strip(",.;:?!—").lower(), 0.0)
    return Line(id="L1", start=0, end=max(w.end for w in words), text=text, words=tuple(words))


def shown(source: Line, translation: str) -> str:
    """The translation with a bar where it rests."""
    text = translation
    for pause in reversed(placed(source, translation)):
        text = f"{text[: pause.at]}|{text[pause.at :]}"
    return text


@pytest.mark.parametrize(("source", "translation", "wanted"), [
    (line("When we got there, it was dark.", there=0.8), "Quando chegamos, já era noite.",
     "Quando chegamos, |já era noite."),
    (line("I called him and nobody answered me.", him=0.6), "Liguei para ele e ninguém me atendeu.",
     "Liguei para ele |e ninguém me atendeu."),
    (line("We have a plan the house stays here.", plan=0.6), "Temos um plano a casa fica aqui.",
     "Temos um plano a casa fica aqui."),
    (line("It weighs about ten pounds I think.", ten=0.6), "Pesa uns 10 quilos acho eu.",
     "Pesa uns 10 quilos acho eu."),
    (line("There are more than twenty one boys here.", twenty=0.6), "Há por aqui mais de vinte e um meninos já.",
     "Há por aqui mais de vinte e um meninos já."),
    (line("Well, I do not know what to say.", well=0.6), "Bem, não sei o que dizer.", "Bem, |não sei o que dizer."),
    (line("One, two, three, go home now.", one=0.5, two=0.5, three=0.5), "Um, dois, três, já para casa.",
     "Um, |dois, |três, |já para casa."),
    (line("It was dark, I was afraid.", dark=0.8), "天黑了，我很害怕。", "天黑了，|我很害怕。"),
    (line("He sat down. — And then he slept.", down=0.8), "Sentou-se. — E depois dormiu.",
     "Sentou-se. — |E depois dormiu."),
])  # fmt: skip
def test_a_rest_goes_where_the_translation_may_rest_or_nowhere(source: Line, translation: str, wanted: str) -> None:
    assert shown(source, translation) == wanted


def test_a_mark_far_from_the_rest_is_not_its_place() -> None:
    source = line("You all know that this will not be easy for us.", know=0.7)
    assert placed(source, "Vocês sabem que isto não vai ser fácil para nós, amigos.") != ()
    assert placed(source, "Isto não vai ser nada fácil para nós, amigos.") == ()


def test_of_two_near_places_the_one_of_the_same_kind_is_taken() -> None:
    """The full stop lies 2 % nearer; the speaker rested at a comma."""
    source = line("He looks, and the rest goes on here.", looks=0.6)
    assert shown(source, "Ele. Olha, e todo o resto segue.") == "Ele. Olha, |e todo o resto segue."


@pytest.mark.parametrize(("rest", "added"), [(0.29, None), (0.3, 0.15), (0.8, 0.65), (9.0, LONGEST - 0.15)])
def test_what_the_voice_rests_by_itself_is_taken_off_and_no_pause_is_endless(rest: float, added: float | None) -> None:
    pauses = placed(line("When we got there, it was dark.", there=rest), "Quando chegamos, já era noite.")
    assert [pause.duration for pause in pauses] == ([] if added is None else [pytest.approx(added)])


def test_a_line_without_words_has_no_pauses() -> None:
    assert placed(Line(id="L1", start=0, end=2, text="When, where?"), "Quando, onde?") == ()


words = st.lists(st.tuples(st.sampled_from(["um", "sol,", "de", "casa.", "e", "42", "—", "mas"]),
                           st.sampled_from([0.0, 0.2, 0.4, 2.0])), min_size=1, max_size=12)  # fmt: skip


@given(words, words)
def test_pauses_are_in_order_near_their_rests_and_never_after_a_word_that_leans(
    said: list[tuple[str, float]], other: list[tuple[str, float]]
) -> None:
    now, spoken = 0.0, []
    for word, rest in said:
        spoken.append(Word(text=word, start=now, end=now + 0.3))
        now += 0.3 + rest
    text = " ".join(word for word, _ in other)
    source = Line(id="L1", start=0, end=now, text=" ".join(w for w, _ in said), words=tuple(spoken))
    pauses = placed(source, text)
    assert [p.at for p in pauses] == sorted({p.at for p in pauses})
    assert len(pauses) <= sum(rest >= SHORTEST for _, rest in said[:-1])
    assert honoured(text, pauses) == pauses
    shares = [len(" ".join(w for w, _ in said[: i + 1])) / len(source.text) for i in range(len(said) - 1)]
    for pause in pauses:
        before = text[: pause.at].split()[-1]
        assert before not in ("de", "e", "42", "mas", "um")
        assert min(abs(pause.at / len(text) - share) for share in shares) <= NEAR + 2 / len(source.text)


def test_a_text_is_cut_at_its_pauses_and_no_part_ends_as_if_all_were_said() -> None:
    text = "Liguei para ele e ninguém atendeu — depois, nada."
    pauses = tuple(Pause(at=text.index(word), duration=0.5) for word in ("e ninguém", "depois", "nada"))
    assert cut(text, pauses) == [
        ("Liguei para ele,", 0.5), ("e ninguém atendeu,", 0.5), ("depois,", 0.5), ("nada.", 0.0),
    ]  # fmt: skip
    assert cut(text, ()) == [(text, 0.0)]
    assert cut("Sentou-se. — E dormiu.", [Pause(at=13, duration=1)]) == [("Sentou-se.", 1), ("E dormiu.", 0)]


def test_a_pause_that_no_longer_fits_is_left_out() -> None:
    text = "Sim, … claro."
    stale = [Pause(at=at, duration=0.4) for at in (2, 5, 7, 10, 40)]
    assert honoured(text, stale) == (stale[1],), "inside a word, nothing to say between, inside, beyond the text"
    assert [part for part, _ in cut(text, stale)] == ["Sim,", "… claro."]
