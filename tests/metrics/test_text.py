"""Word errors, BLEU and chrF++ agree with the libraries that the field uses, sample by sample added and as a corpus."""

from __future__ import annotations

import jiwer
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from dubbench import metrics
from dubbench.errors import BadInput

WORDS = st.lists(st.sampled_from(["the", "a", "cat", "sat", "on", "mat", "dog", "ran"]), min_size=1, max_size=12)
TEXT = WORDS.map(" ".join)
PAIRS = st.lists(st.tuples(TEXT, st.one_of(TEXT, st.just(""))), min_size=1, max_size=8)


@given(PAIRS)
def test_raw_word_and_character_errors_are_those_of_jiwer(pairs: list[tuple[str, str]]) -> None:
    said, heard = zip(*pairs, strict=True)
    total = metrics.wer_raw.total(metrics.wer_raw(a, b, "en") for a, b in pairs)
    assert total.value == pytest.approx(jiwer.wer(list(said), list(heard)))
    letters = metrics.cer_raw.total(metrics.cer_raw(a, b, "en") for a, b in pairs)
    assert letters.value == pytest.approx(jiwer.cer(list(said), list(heard)))


@given(PAIRS)
def test_bleu_and_chrf_of_a_corpus_are_those_of_sacrebleu(pairs: list[tuple[str, str]]) -> None:
    references, hypotheses = ([pair[at] for pair in pairs] for at in (0, 1))
    total = metrics.bleu.total(metrics.bleu(a, b) for a, b in pairs)
    assert total.value == pytest.approx(sacrebleu.corpus_bleu(hypotheses, [references]).score)
    total = metrics.chrf.total(metrics.chrf(a, b) for a, b in pairs)
    assert total.value == pytest.approx(sacrebleu.corpus_chrf(hypotheses, [references], word_order=2).score)


def test_signatures_are_those_that_the_docstrings_name() -> None:
    from sacrebleu.metrics import BLEU, CHRF

    for of, told in ((BLEU(), metrics.bleu), (CHRF(word_order=2), metrics.chrf)):
        of.corpus_score(["a"], [["a"]])
        signature = str(of.get_signature()).rpartition("|version")[0]
        assert signature in " ".join((told.__doc__ or "").split())


def test_kinds_of_errors_are_told_apart() -> None:
    counts = metrics.wer_raw("a b c d", "a x c d e", "en").counts
    assert counts == {"errors": 2, "substituted": 1, "missing": 0, "invented": 1, "length": 4}
    assert metrics.wer("a b", "", "en").value == 1.0


def test_normalisers_differ_in_what_they_forgive() -> None:
    said, heard = "It cost $20, Mr. Grey.", "it cost twenty dollars mister gray"
    assert metrics.wer_raw(said, heard, "en").value > 0.7
    assert metrics.wer(said, heard, "en").value == 0
    assert metrics.wer_whisper(said, heard, "en").value == 0
    assert metrics.wer_whisper("Às 20 horas!", "às 20 horas", "pt").value == 0


def test_lengths_comply_within_a_tenth_and_where_the_source_is_short() -> None:
    source = "x" * 20
    given = ["y" * n for n in (17, 18, 22, 23)]
    assert [metrics.length_compliance(source, text).value for text in given] == [0, 1, 1, 0]
    assert metrics.length_compliance("Hi.", "Olá a todos vocês.").value == 1
    with pytest.raises(BadInput, match="without a source text"):
        metrics.length_compliance(" ", "a")
