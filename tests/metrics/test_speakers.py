"""Who speaks: the same figures as pyannote.metrics and meeteval give for whole corpora."""

from __future__ import annotations

import math

import numpy as np
import pytest
from meeteval.wer import cp_word_error_rate

from dubbench import metrics
from dubbench.errors import BadInput
from dubbench.types import Turn, Word


def turns(*parts: tuple[str, float, float]) -> list[Turn]:
    return [Turn(speaker=who, start=start, end=end) for who, start, end in parts]


def test_errors_of_turns_counted_on_fingers() -> None:
    said = turns(("A", 0, 4), ("B", 4, 8))
    found = metrics.der(said, turns(("x", 0, 5), ("y", 5, 7), ("x", 9, 10)), 10.0)
    # From 4 to 5 it is confused, from 7 to 8 missed, from 9 to 10 a false alarm.
    assert found.counts == pytest.approx({"false_alarm": 1, "missed": 1, "confused": 1, "errors": 3, "speech": 8})
    assert metrics.der(said, [], 10.0).value == 1
    assert metrics.der(said, turns(("B", 0, 4), ("A", 4, 8)), 10.0).value == 0


def test_of_several_recordings_it_is_that_of_pyannote_for_all() -> None:
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    random, whole, ours = np.random.default_rng(3), DiarizationErrorRate(), []
    for _ in range(5):
        sides = []
        for _ in range(2):
            starts = np.sort(random.uniform(0, 50, 12))
            sides.append(turns(*((str(random.choice(list("AB"))), s, s + random.uniform(0.5, 6)) for s in starts)))
        annotations = []
        for side in sides:
            annotation = Annotation()
            for at, turn in enumerate(side):
                annotation[Segment(turn.start, turn.end), at] = turn.speaker
            annotations.append(annotation)
        whole(*annotations, uem=Segment(0, 60))
        ours.append(metrics.der(*sides, 60.0))
    assert metrics.der.total(ours).value == pytest.approx(abs(whole))


def test_nobody_speaking_is_no_recording_to_score() -> None:
    with pytest.raises(BadInput, match="in which nobody speaks"):
        metrics.der([], turns(("A", 0, 1)), 10.0)


def test_words_of_two_speakers_whatever_they_are_called() -> None:
    said = {"A": "hello how are you", "B": "fine thanks"}
    heard = {"1": "fine thank", "2": "hello how are you"}
    found = metrics.cpwer(said, heard, "en")
    assert found.value == pytest.approx(cp_word_error_rate(said, heard).error_rate) == pytest.approx(1 / 6)


def words(*parts: tuple[str, float]) -> list[Word]:
    return [Word(text=text, start=start, end=start + 0.4) for text, start in parts]


def test_words_that_lie_far_apart_are_not_the_same() -> None:
    said = {"A": words(("hello", 0), ("there", 1), ("bye", 30))}
    near = {"x": words(("hello", 1), ("there", 2), ("bye", 31))}
    far = {"x": words(("hello", 0), ("there", 1), ("bye", 3))}
    assert metrics.tcpwer(said, near, "en").value == 0
    assert metrics.tcpwer(said, far, "en").value > 0
    assert (
        metrics.cpwer(
            *({who: " ".join(w.text for w in of) for who, of in side.items()} for side in (said, far)), "en"
        ).value
        == 0
    )


def test_voices_are_compared_by_direction() -> None:
    total = metrics.cosine([1.0, 0.0], [2.0, 0.0]) + metrics.cosine([1.0, 0.0], [0.0, 3.0])
    assert total.value == pytest.approx(0.5)
    assert math.isclose(metrics.cosine([1, 1], [-1, -1]).value, -1)
    with pytest.raises(BadInput, match="neither of them nothing"):
        metrics.cosine([0.0, 0.0], [1.0, 0.0])
