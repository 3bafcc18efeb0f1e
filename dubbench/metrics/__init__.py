"""Every figure by which models and dubs are compared: small pure functions, each a `Metric`, a family a file.

    text        recognised and translated words, lengths
    speakers    who speaks, and how alike voices are
    timing      whether lines keep their time
    prosody     pitch, loudness, pace and pauses of lines
    sound       the background that is left, loudness and peaks
    cost        time and money
    judges      what a model is asked about; not loaded before it is named

A call gives a `Score` of counts; scores of one metric add, and `value` is computed from the sum. What is judged by a
model has the model's identity in its id: another judge is another metric.
"""

from __future__ import annotations

from dubbench.metrics.cost import latency_p50, latency_p95, money, rtf
from dubbench.metrics.prosody import energy_correlation, pause_score, pitch_correlation, rate_correlation
from dubbench.metrics.score import Counts, Metric, Score, metric
from dubbench.metrics.sound import clear_peak, loudness_error, si_sdr
from dubbench.metrics.speakers import cosine, cpwer, der, tcpwer
from dubbench.metrics.text import bleu, cer, cer_raw, chrf, length_compliance, wer, wer_raw, wer_whisper
from dubbench.metrics.timing import adherence, cut, dead_air, overlap, speech_overlap, start_offset, voiced_iou

__all__ = [
    "Counts", "Metric", "Score", "adherence", "bleu", "cer", "cer_raw", "chrf", "clear_peak", "cosine", "cpwer", "cut",
    "dead_air", "der", "energy_correlation", "latency_p50", "latency_p95", "length_compliance", "loudness_error",
    "metric", "money", "overlap", "pause_score", "pitch_correlation", "rate_correlation", "rtf", "si_sdr",
    "speech_overlap", "start_offset", "tcpwer", "voiced_iou", "wer", "wer_raw", "wer_whisper",
]  # fmt: skip
