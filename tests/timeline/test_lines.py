"""Words to lines: nothing lost, nothing cut inside, speakers kept apart."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from dubbench.timeline.lines import LONGEST, PAUSE, SHORTEST, join, speakers_of, split, text_of
from dubbench.types import Line, Turn, Word


def words(*spoken: tuple[str, float, float]) -> tuple[Word, ...]:
    return tuple(Word(text=text, start=start, end=end) for text, start, end in spoken)


@st.composite
def speech(draw: st.DrawFn) -> tuple[Word, ...]:
    """Words in order, with gaps from none to long, some ending sentences."""
    found, now = [], 0.0
    for i in range(draw(st.integers(1, 60))):
        now += draw(st.sampled_from([0.0, 0.05, 0.3, 0.7, 1.5]))
        length = draw(st.floats(0.05, 1.2))
        mark = draw(st.sampled_from(["", "", "", ",", ".", "?"]))
        found.append(Word(text=f"w{i}{mark}", start=now, end=now + length))
        now += length
    return tuple(found)


@given(speech())
def test_every_word_once_in_order_and_no_line_too_long(spoken: tuple[Word, ...]) -> None:
    lines = split([spoken])
    assert tuple(word for line in lines for word in line.words) == spoken
    for line in lines:
        assert line.start == line.words[0].start
        assert line.end == line.words[-1].end
        assert line.end - line.start <= LONGEST or len(line.words) == 1


@given(speech())
def test_a_line_is_short_only_where_nothing_could_be_joined(spoken: tuple[Word, ...]) -> None:
    lines = split([spoken])
    for before, line in itertools.pairwise(lines):
        if line.end - line.start < SHORTEST:
            assert line.start - before.end >= PAUSE or line.end - before.start > LONGEST


def test_cuts_at_sentence_ends_but_not_at_abbreviations_or_initials() -> None:
    said = (("Dr.", 0.4), ("J.", 0.7), ("Smith", 1.2), ("left.", 1.8), ("We", 2.2), ("stayed.", 3.2))
    spoken = words(*((text, end - 0.3, end) for text, end in said))
    assert [line.text for line in split([spoken])] == ["Dr. J. Smith left.", "We stayed."]


def test_a_new_speaker_starts_a_new_line() -> None:
    spoken = words(("Hey,", 0, 0.5), ("Matt!", 0.5, 1.2), ("Yes?", 1.3, 2.4))
    turns = (Turn(speaker="A", start=0, end=1.25), Turn(speaker="B", start=1.25, end=2.5))
    lines = join(split([spoken]), turns)
    assert [(line.speaker, line.text) for line in lines] == [("A", "Hey, Matt!"), ("B", "Yes?")]


def test_a_lone_word_inside_a_sentence_stays_with_its_sentence() -> None:
    spoken = words(("I", 0, 0.3), ("really", 0.3, 0.7), ("do", 0.7, 0.9), ("like", 0.9, 1.3), ("it.", 1.3, 1.6))
    turns = (
        Turn(speaker="A", start=0, end=0.7),
        Turn(speaker="B", start=0.7, end=0.9),
        Turn(speaker="A", start=0.9, end=2),
    )
    assert [line.speaker for line in join(split([spoken]), turns)] == ["A"]


def test_a_word_outside_all_turns_goes_with_its_nearer_neighbour() -> None:
    spoken = words(("one.", 0, 1), ("two", 4, 4.5), ("three", 4.6, 5.5))
    turns = (Turn(speaker="A", start=0, end=1), Turn(speaker="B", start=4.55, end=5.5))
    assert speakers_of(spoken[1], (turns[0],)) == ()
    assert [line.speaker for line in join(split([spoken]), turns)] == ["A", "B"]


def test_words_at_a_sentences_edge_go_with_their_sentence() -> None:
    spoken = words(
        ("In", 0, 0.2), ("Jersey.", 0.2, 1), ("And", 1.4, 1.5), ("I'm", 1.5, 1.8), ("in", 1.8, 2), ("Texas.", 2, 3)
    )
    turns = (Turn(speaker="A", start=0, end=1.52), Turn(speaker="B", start=1.3, end=3))
    assert [(x.speaker, x.text) for x in join(split([spoken]), turns)] == [
        ("A", "In Jersey."),
        ("B", "And I'm in Texas."),
    ]


def test_a_reply_after_a_rest_is_a_reply_though_no_full_stop_was_heard() -> None:
    spoken = words(("you", 0, 0.4), ("coming", 0.4, 1.2), ("yes", 1.7, 2.0), ("sure", 2.0, 2.4))
    turns = (Turn(speaker="A", start=0, end=1.3), Turn(speaker="B", start=1.6, end=2.5))
    assert [line.speaker for line in join(split([spoken]), turns)] == ["A", "B"]


def test_a_persons_own_lines_are_kept_whole() -> None:
    own = (Line(id="L001", start=0, end=3, text="Ours."), Line(id="L002", start=3, end=6, text="Theirs.", speaker="Z"))
    turns = (Turn(speaker="A", start=0, end=1), Turn(speaker="B", start=1, end=6))
    lines = join(own, turns)
    assert [(line.text, line.speaker) for line in lines] == [("Ours.", "B"), ("Theirs.", "Z")]


def test_without_turns_there_is_one_speaker() -> None:
    assert {line.speaker for line in join(split([words(("a.", 0, 1), ("b.", 5, 6))]), ())} == {"A"}


def test_nothing_heard_gives_no_lines() -> None:
    assert split([]) == ()
    assert join((), (Turn(speaker="A", start=0, end=1),)) == ()


def test_a_word_drawn_into_the_silence_before_it_begins_with_the_turn() -> None:
    spoken = words(("I've", 0.1, 0.9), ("spent", 0.9, 1.2), ("years.", 1.2, 1.7), ("Right.", 2.2, 3.0))
    turns = (Turn(speaker="A", start=0.64, end=1.7), Turn(speaker="A", start=2.6, end=3.0))
    lines = join(split([spoken]), turns)
    assert [(line.start, line.end) for line in lines] == [(0.64, 1.7), (2.6, 3.0)]
    assert [word.end for line in lines for word in line.words] == [word.end for word in spoken]


def test_a_word_in_the_midst_of_speech_keeps_its_time() -> None:
    spoken = words(("one", 0.5, 1.0), ("two", 1.0, 1.6), ("three", 2.0, 2.6))
    turns = (Turn(speaker="A", start=0.5, end=1.2), Turn(speaker="A", start=1.3, end=2.2))
    lines = join(split([spoken]), turns)
    assert [word.start for line in lines for word in line.words] == [0.5, 1.0, 2.0]


def test_a_rest_after_an_article_does_not_part_a_phrase() -> None:
    spoken = words(("using", 0, 0.6), ("a", 0.6, 0.8), ("Kenwood", 3.0, 3.6), ("radio", 3.6, 4.2), ("here", 5.4, 6.6))
    assert [line.text for line in split([spoken])] == ["using a Kenwood radio", "here"]


def test_two_seconds_of_somebody_else_in_mid_sentence_are_a_slip() -> None:
    said = ["what", "I", "learned", "is", "that", "luck", "is", "rarely", "a", "lightning", "strike."]
    spoken = words(*((text, 0.4 * i, 0.4 * i + 0.4) for i, text in enumerate(said)))
    turns = (
        Turn(speaker="A", start=0, end=2.0), Turn(speaker="B", start=2.0, end=3.2), Turn(speaker="A", start=3.2, end=5),
    )  # fmt: skip
    assert [line.speaker for line in join(split([spoken]), turns)] == ["A"]


def test_scripts_without_spaces_are_written_without() -> None:
    assert text_of(words(("昨天", 0, 1), ("晚上", 1, 2), ("。", 2, 2))) == "昨天晚上。"
    assert text_of(words(("Go", 0, 1), ("to", 1, 2), ("東京", 2, 3))) == "Go to 東京"
