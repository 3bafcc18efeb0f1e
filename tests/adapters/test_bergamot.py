"""Bergamot with its real weights: what it says, what it never does, and how it obeys."""

from __future__ import annotations

import gc
import re
import sys
import threading
from collections.abc import Iterator

import pytest

from dubbench import catalog
from dubbench.errors import AdapterFailed, BadInput, Unsupported
from dubbench.stages.translate import Translate
from dubbench.text import glossary
from dubbench.translation import marian
from dubbench.translation.marian import Marian
from dubbench.translation.nonsense import nonsense, repeats
from dubbench.types import Line

pytestmark = pytest.mark.models


def lines(*texts: str) -> list[Line]:
    return [Line(id=f"line-{i}", start=i, end=i + 1, text=text) for i, text in enumerate(texts)]


@pytest.fixture(scope="module")
def bergamot() -> Iterator[Translate]:
    stage = catalog.load("bergamot")
    assert isinstance(stage, Translate)
    yield stage.ready()
    stage.release()


@pytest.fixture(scope="module")
def model(bergamot: Translate) -> Iterator[Marian]:
    model = Marian(bergamot.weights.folder(), "en-pt")
    yield model
    model.close()


def best(stage: Translate, *texts: str, pair: str = "en-pt", terms: dict[str, str] | None = None) -> list[str]:
    return [found[0] for found in stage.translate(lines(*texts), *pair.split("-"), terms or {})]


SPOKEN = {
    "Hey, Matt!": "Ei, Matt!",
    "I didn't see anyone there.": "Eu não vi ninguém lá.",
    "The temperature dropped to -3.5 degrees on May 21st, 1998.": r"-3,5 graus .*21 de maio de 1998",
    "It costs $4.50, or about 20% less.": r"US\$ 4,50.*20%",
    "We're talking about 1,250,000 people.": r"1\.250\.000 pessoas",
    "You should get off the bus at the next stop.": r"ônibus",
    "Ladies and gentlemen, welcome to the 45th annual meeting.": r"Senhoras e senhores, .*45ª",
    "Thank you. Thank you very much.": r"^Obrigado\. Muito obrigado\.$",
    "Thank you all for coming.": r"Obrigado por vir\.",
    "She said ‘hello’ and left.": r'"olá"',
    "Hello — are you there?": r" — ",
    "Zoë Washburne met J. R. R. Tolkien.": r"Zoë Washburne .*J\. R\. R\. Tolkien",
    "Write to bob@example.com or https://example.com/a?b=1.": r"bob@example\.com .*https://example\.com/a\?b=1",
    "♪ Happy birthday ♪": r"^♪ .* ♪$",
    "and then we went to the": r"^e .*[^.]$",
    "What are you talking about?": r"^Do que você está falando\?$",
}


def test_spoken_sentences_keep_their_numbers_names_and_marks(bergamot: Translate) -> None:
    for (text, wanted), found in zip(SPOKEN.items(), best(bergamot, *SPOKEN), strict=True):
        assert re.search(wanted, found), f"{text} -> {found}"


def test_back_into_english(bergamot: Translate) -> None:
    said = ["Sim.", "Obrigado por assistir.", "Ele não veio porque estava doente.", "Custa R$ 1.250,50."]
    assert best(bergamot, *said, pair="pt-en") == [
        "Yes.", "Thank you for watching.", "He didn't come because he was sick.", "It costs R$ 1,250.50.",
    ]  # fmt: skip


def test_lines_without_words_pass_through(bergamot: Translate) -> None:
    assert best(bergamot, "...", "?!", "42.", "3.5") == ["...", "?!", "42.", "3,5"]


def test_further_wordings_are_shorter_and_say_the_same(bergamot: Translate) -> None:
    said = "Well, you know, I mean, it's kind of hard, but I was there in 1998."
    found = bergamot.translate(lines(said), "en", "pt", {})[0]
    assert len(found) >= 2
    assert sorted(map(len, found), reverse=True) == list(map(len, found))
    assert all("1998" in wording and "difícil" in wording for wording in found)


def test_terms_are_obeyed_and_names_stay(bergamot: Translate) -> None:
    terms = {"feature branch": "", "server": "máquina", "cloud": "nuvem mágica", "Apple Pie": "", "dashboard": "tela"}
    said = [
        "The feature branch works with this server.",
        "I love the cloud.",
        "We use Apple Pie and the dashboard every day.",
    ]
    for text, found in zip(said, best(bergamot, *said, terms=terms), strict=True):
        assert glossary.missed(text, found, terms) == {}, found
        assert "XQ" not in found
    assert best(bergamot, said[1], terms=terms) == ["Eu amo a nuvem mágica."]


@pytest.mark.parametrize("shape", glossary.STAND_INS)
def test_stand_ins_survive(model: Marian, shape: str) -> None:
    frames = [
        "The {} needs a new battery.", "I met {} at the party.", "{} is the best thing ever!", "Have you ever used {}?",
        "Without {}, nothing works.", "Look at those {}!", "What does {} mean?", "He gave her the {} yesterday.",
        "So I said: \"{} is not for sale.\"", "My {} is broken, and yours too.",
    ]  # fmt: skip
    stand_in = shape.format(1)
    assert all(stand_in in model.raw(frame.format(stand_in)) for frame in frames)


def test_long_sentences_arrive_whole(bergamot: Translate) -> None:
    towns = [f"town {number}" for number in range(101, 161)]
    found = best(bergamot, "We went to " + ", then to ".join(towns) + ".")[0]
    assert [number for number in range(101, 161) if str(number) not in found] == []


@pytest.mark.parametrize("text", ["Привет, как дела?", "今日は天気がいいですね"])
def test_text_of_another_script_fails_with_its_line(bergamot: Translate, text: str) -> None:
    with pytest.raises(BadInput, match="line line-1: .*edit the line's text"):
        bergamot.translate(lines("Hello.", text), "en", "pt", {})


def test_hostile_text_gives_one_answer_a_line(bergamot: Translate) -> None:
    said = ["a\nb", "x" * 2000, "no " * 9, "[ ^ $ @ * \\ ]", "😀", "\u200b", "{} %s <b>", "A.B.C.D.", "1" * 400]
    found = bergamot.translate(lines(*said), "en", "pt", {})
    assert len(found) == len(said)
    assert all(wordings and wordings[0].strip() for wordings in found[:4])


def test_results_repeat_from_any_thread(bergamot: Translate) -> None:
    said = "The team is playing on the field, and I am watching it."
    answers: list[list[str]] = []
    threads = [threading.Thread(target=lambda: answers.append(best(bergamot, said))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [best(bergamot, said)] * 3


def test_released_and_ready_again(bergamot: Translate) -> None:
    stage = catalog.load("bergamot")
    assert isinstance(stage, Translate)
    first = best(stage.ready(), "Good morning, everybody.")
    stage.release()
    assert best(stage.ready(), "Good morning, everybody.") == first
    stage.release()


def test_dropped_without_release_it_leaves_quietly(bergamot: Translate, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    others = set(threading.enumerate())
    model = Marian(bergamot.weights.folder(), "pt-en")
    (worker,) = set(threading.enumerate()) - others
    del model
    gc.collect()
    worker.join(timeout=30)
    assert not worker.is_alive()
    assert complaints == []


def test_other_pairs_are_refused_with_what_is_known(bergamot: Translate) -> None:
    with pytest.raises(Unsupported, match="en-pt, pt-en"):
        bergamot.check("en", "fr")


def test_nonsense_is_recognised() -> None:
    assert nonsense("Hello there, my friend.", "")
    assert nonsense("Hello there, my friend.", "(o, , , , , , , , ,")
    assert nonsense("I was there.", "a casa a casa a casa a casa a casa")
    assert nonsense("Yes.", "Sim, é uma boa ideia para todos.")
    assert nonsense("Short one here.", "palavra " * 20)
    assert not nonsense("No, no, no, no, no.", "Não, não, não, não, não.")
    assert not nonsense("He did not come.", "Ele não veio.")
    assert repeats("the cat sat the cat sat the cat sat") == 3
    assert repeats("ha") == 1


def test_a_model_that_raves_is_asked_otherwise_then_fails(model: Marian, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def raving(sentence: str) -> str:
        asked.append(sentence)
        return "la la la la la la la la" if len(sentence.split()) > 3 else f"parte{len(asked)}"

    monkeypatch.setattr(model, "raw", raving)
    found = model.sentence("one two three four five six seven eight")
    assert found.split() == [f"parte{n}" for n in range(len(asked) - len(found.split()) + 1, len(asked) + 1)]
    assert len(found.split()) >= 4
    monkeypatch.setattr(model, "raw", lambda sentence: "")
    with pytest.raises(AdapterFailed, match="no sound translation of 'one two'"):
        model.text("one two", line="9")


def test_attempts_end_with_ever_smaller_pieces() -> None:
    tries = list(marian.attempts("We can't go there because the old house has no roof at all.", "en"))
    assert tries[0] == ["We can't go there because the old house has no roof at all."]
    assert any("cannot" in piece for attempt in tries for piece in attempt)
    assert max(len(attempt) for attempt in tries) >= 4
