"""Texts against texts: what was recognised, what was translated, how long it became.

Models that judge translations are `judges`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from dubbench.errors import BadInput, Missing
from dubbench.metrics.score import Counts, Metric, metric, ratio
from dubbench.text import spelling

Words: TypeAlias = Callable[[str, str], list[str]]
"""A text and its language to the words that are compared."""

COMPLIES = 0.10
"""Of the source's characters, by how many a translation may be longer or shorter: Lakew et al. 2022,
"Isometric MT" (arXiv 2112.08682)."""
SHORT = 10
"""Characters of a source below which any length complies (as there)."""


def _raw(text: str, language: str) -> list[str]:
    return text.split()


def _whisper(text: str, language: str) -> list[str]:
    """OpenAI's normaliser, as the open leaderboards use it: English spellings evened out, others stripped of marks."""
    return str(_whisper_normaliser(language == "en")(text)).split()


@functools.cache
def _whisper_normaliser(english: bool) -> Any:
    try:
        from whisper_normalizer import basic
        from whisper_normalizer import english as spelled
    except ImportError:
        raise Missing("whisper-normalizer is not installed: pip install 'dubbench[bench]'") from None
    return spelled.EnglishTextNormalizer() if english else basic.BasicTextNormalizer()


def _error_rate(name: str, words: Words, about: str, *, characters: bool = False) -> Metric[[str, str, str]]:
    unit = "characters" if characters else "words"

    def measure(reference: str, hypothesis: str, language: str) -> Counts:
        said, heard = words(reference, language), words(hypothesis, language)
        return _edits(" ".join(said), " ".join(heard)) if characters else _edits(said, heard)

    measure.__doc__ = f"""Errors of {unit} over {unit} of the reference, {about}.

        Substituted, missing and invented {unit} by least edits (Levenshtein). A share, lower is better, and more than
        1 where much was invented. `language` is a code ("pt"). Nothing heard is an error rate of 1.
        """
    measure.__name__ = name.replace("-", "_")
    return metric(name, unit=f"errors a {unit[:-1]}", better="lower", value=ratio("errors", "length"))(measure)


def _edits(said: Sequence[Any], heard: Sequence[Any]) -> Counts:
    from rapidfuzz.distance import Levenshtein

    steps = Levenshtein.editops(said, heard)
    kinds = [step.tag for step in steps]
    return {
        "errors": len(kinds), "substituted": kinds.count("replace"), "missing": kinds.count("delete"),
        "invented": kinds.count("insert"), "length": len(said),
    }  # fmt: skip


wer = _error_rate("wer", spelling.words, "numbers in words and spellings evened out (`dubbench.text.spelling.words`)")
cer = _error_rate("cer", spelling.words, "evened out as for `wer`, one space between words", characters=True)
wer_raw = _error_rate("wer-raw", _raw, "as they are written, parted by spaces")
cer_raw = _error_rate("cer-raw", _raw, "as they are written, one space between words", characters=True)
wer_whisper = _error_rate("wer-whisper", _whisper, "by Whisper's normaliser (`whisper-normalizer`)")


def _bleu(counts: Counts) -> float:
    if not counts.get("reference_length"):
        return float("nan")
    found = _sacrebleu("BLEU").compute_bleu(
        correct=[int(counts[f"correct_{n}"]) for n in range(1, 5)],
        total=[int(counts[f"total_{n}"]) for n in range(1, 5)],
        sys_len=int(counts["length"]),
        ref_len=int(counts["reference_length"]),
        smooth_method="exp",
    )
    return float(found.score)


@metric("bleu", unit="BLEU", better="higher", value=_bleu)
def bleu(reference: str, hypothesis: str) -> Counts:
    """BLEU of a translation (Papineni et al. 2002), by sacrebleu (Post 2018), of 100; higher is better.

    Tokenised by "13a", exponential smoothing: signature nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp. Only totals mean
    something: of one sentence it is mostly chance.
    """
    found = _sacrebleu("BLEU")().corpus_score([hypothesis], [[reference]])
    return {
        **{f"correct_{n}": count for n, count in enumerate(found.counts, 1)},
        **{f"total_{n}": count for n, count in enumerate(found.totals, 1)},
        "length": found.sys_len,
        "reference_length": found.ref_len,
    }


_CHRF_KINDS = ("hypothesis", "reference", "match")


def _chrf(counts: Counts) -> float:
    if not counts.get("reference_0"):
        return float("nan")
    orders = sum(name.startswith("reference_") for name in counts)
    found = [int(counts[f"{kind}_{order}"]) for order in range(orders) for kind in _CHRF_KINDS]
    return float(_chrf_scorer()._compute_f_score(found))


@metric("chrf++", unit="chrF++", better="higher", value=_chrf)
def chrf(reference: str, hypothesis: str) -> Counts:
    """chrF++ of a translation (Popović 2017), by sacrebleu, of 100; higher is better.

    F-score, recall twice as heavy, of n-grams of 1 to 6 characters and 1 to 2 words: signature
    nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no.
    """
    found = _chrf_scorer()._extract_corpus_statistics([hypothesis], [[reference]])[0]
    kinds = ("hypothesis", "reference", "match")
    return {
        f"{kind}_{at // 3}": count
        for at, (count, kind) in enumerate(zip(found, kinds * (len(found) // 3), strict=True))
    }


@functools.cache
def _chrf_scorer() -> Any:
    return _sacrebleu("CHRF")(word_order=2)


def _sacrebleu(name: str) -> Any:
    try:
        from sacrebleu import metrics
    except ImportError:
        raise Missing("sacrebleu is not installed: pip install 'dubbench[bench]'") from None
    return getattr(metrics, name)


@metric("length-compliance", unit="share", better="higher", value=ratio("complying", "lines"))
def length_compliance(source: str, translation: str) -> Counts:
    """Share of lines whose translation has as many characters as its source, give or take a tenth; higher is better.

    Sources of fewer than 10 characters comply always. Lakew et al. 2022, "Isometric MT" (arXiv 2112.08682).
    """
    if not source.strip():
        raise BadInput("a line without a source text has no length to comply with")
    fits = len(source) < SHORT or abs(len(translation) - len(source)) <= COMPLIES * len(source)
    return {"complying": float(fits), "lines": 1}


__all__ = ["bleu", "cer", "cer_raw", "chrf", "length_compliance", "wer", "wer_raw", "wer_whisper"]
