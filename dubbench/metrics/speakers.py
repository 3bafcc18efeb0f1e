"""Who speaks: turns against turns, words of several speakers, voices against voices."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dubbench.errors import BadInput, Missing
from dubbench.metrics.score import Counts, metric, ratio
from dubbench.text import spelling
from dubbench.types import Seconds, Turn, Word

COLLAR: Seconds = 5.0
"""By so much words may lie apart and still be the same, for tcpWER: von Neumann et al. 2023 (arXiv 2307.11394)."""


@metric("der", unit="errors a second of speech", better="lower", value=ratio("errors", "speech"))
def der(reference: Sequence[Turn], hypothesis: Sequence[Turn], duration: Seconds) -> Counts:
    """Diarization error rate: false alarm, missed and confused seconds over seconds of speech; lower is better.

    Speakers are matched one to one for the least confusion. No collar, overlap counts. By pyannote.metrics (Bredin
    2017). `duration` is the recording's: what is scored lies in it.
    """
    if not reference:
        raise BadInput("no turns to compare with: a recording in which nobody speaks has no diarization error rate")
    core, scorer = _pyannote()
    whole = core.Timeline([core.Segment(0, duration)])
    found = scorer(_annotation(core, reference), _annotation(core, hypothesis), uem=whole, detailed=True)
    parts = {"false_alarm": "false alarm", "missed": "missed detection", "confused": "confusion"}
    counts = {name: float(found[theirs]) for name, theirs in parts.items()}
    return {**counts, "errors": sum(counts.values()), "speech": float(found["total"])}


@functools.cache
def _pyannote() -> tuple[Any, Any]:
    try:
        from pyannote import core
        from pyannote.metrics.diarization import DiarizationErrorRate
    except ImportError:
        raise Missing("pyannote.metrics is not installed: pip install 'dubbench[bench]'") from None
    return core, DiarizationErrorRate(collar=0.0, skip_overlap=False)


def _annotation(core: Any, turns: Sequence[Turn]) -> Any:
    found = core.Annotation()
    for at, turn in enumerate(turns):
        found[core.Segment(turn.start, turn.end), at] = turn.speaker
    return found


@metric("cpwer", unit="errors a word", better="lower", value=ratio("errors", "length"))
def cpwer(reference: Mapping[str, str], hypothesis: Mapping[str, str], language: str) -> Counts:
    """Word errors where each speaker's words are put together and speakers are matched for the fewest; lower is better.

    Concatenated minimum-permutation WER (Watanabe et al. 2020, CHiME-6), by meeteval; `speaker: text`, words evened out
    as for `wer`.
    """
    found = _meeteval().cp_word_error_rate(
        *({who: _plain(text, language) for who, text in side.items()} for side in (reference, hypothesis))
    )
    return {"errors": found.errors, "length": found.length}


@metric("tcpwer", unit="errors a word", better="lower", value=ratio("errors", "length"))
def tcpwer(reference: Mapping[str, Sequence[Word]], hypothesis: Mapping[str, Sequence[Word]], language: str) -> Counts:
    """`cpwer` where words that lie more than 5 s apart are not the same; lower is better. von Neumann et al. 2023
    (arXiv 2307.11394), by meeteval; `speaker: words with times`."""
    sides = [_timed(side, language) for side in (reference, hypothesis)]
    found = _meeteval().time_constrained_minimum_permutation_word_error_rate(
        *sides, collar=COLLAR, reference_pseudo_word_level_timing="none", hypothesis_pseudo_word_level_timing="none"
    )
    return {"errors": found.errors, "length": found.length}


def _meeteval() -> Any:
    try:
        from meeteval import wer
    except ImportError:
        raise Missing("meeteval is not installed: pip install 'dubbench[bench]'") from None
    return wer


def _plain(text: str, language: str) -> str:
    return " ".join(spelling.words(text, language))


def _timed(side: Mapping[str, Sequence[Word]], language: str) -> list[dict[str, Any]]:
    """Each word as meeteval wants it; one that is read as several shares its time."""
    return [
        {
            "session_id": "one", "speaker": who, "words": said,
            "start_time": word.start + at * (word.end - word.start) / len(parts),
            "end_time": word.start + (at + 1) * (word.end - word.start) / len(parts),
        }
        for who, words in side.items()
        for word in words
        for parts in [spelling.words(word.text, language)]
        for at, said in enumerate(parts)
    ]  # fmt: skip


@metric("cosine", unit="cosine", better="higher", value=ratio("cosine", "pairs"))
def cosine(one: npt.ArrayLike, other: npt.ArrayLike) -> Counts:
    """Cosine between two embeddings of a voice, mean over pairs; higher is better.

    It means something only between what other people score (floor) and what another recording of the same person does
    (ceiling), with the same embedder: across languages the two lie close together.
    """
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    norm = float(np.linalg.norm(first) * np.linalg.norm(second))
    if first.shape != second.shape or not norm:
        raise BadInput(f"two embeddings of one kind are wanted, neither of them nothing: {first.shape}, {second.shape}")
    return {"cosine": float(first @ second) / norm, "pairs": 1}


__all__ = ["cosine", "cpwer", "der", "tcpwer"]
