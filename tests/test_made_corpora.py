"""Corpora that are made of recordings: sums of their stems, ratios, turns and lines as they are told."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dubbench.bench import references
from dubbench.errors import BadInput
from dubbench.timeline import spans
from dubbench.types import Line
from eval import corpora
from eval.corpora import Sample, pcm
from tests.test_corpora import filled

RATE = 2 * pcm.TELEPHONE


def tone(hertz: int, rate: int, seconds: float = 1.0) -> pcm.Pcm:
    return np.round(9000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.int64)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    for name in ("films", "mixed", "talks", "phone"):
        filled(name, root)
    return root


def sound(root: Path, corpus: str, path: str) -> tuple[pcm.Pcm, int]:
    return pcm.read((root / corpus / path).read_bytes())


@pytest.mark.parametrize("hertz", [200, 1000, 3400])
def test_another_rate_is_the_same_sound(hertz: int) -> None:
    slow, fast = tone(hertz, pcm.TELEPHONE), tone(hertz, RATE)
    inner = slice(64, -64)  # Outside of it the filter's ends show.
    assert abs(pcm.doubled(slow) - fast)[inner].max() < 20
    assert abs(pcm.halved(fast) - slow)[inner].max() < 20


def test_what_the_lower_rate_cannot_hold_is_filtered_away() -> None:
    assert abs(pcm.halved(tone(5000, RATE)))[64:-64].max() < 9000 / 1000


def test_levels_and_stretches_are_those_of_what_sounds() -> None:
    rate, rest = pcm.TELEPHONE, np.zeros(pcm.TELEPHONE // 2, np.int64)
    made = np.concatenate([rest, tone(400, rate), rest[: rate // 5], tone(400, rate), rest, tone(400, rate), rest])
    found = [(start / rate, end / rate) for start, end in pcm.stretches(made, rate, pause=0.3)]
    assert found == [(0.5, 2.7), (3.2, 4.2)]
    level = pcm.levelled(made, rate, 1600)
    mask = pcm.sounding(made, rate)
    assert math.sqrt(pcm.power(level, mask, rate) / (mask.sum() * pcm.frame(rate))) == pytest.approx(1600, rel=1e-3)
    assert not level[: rate // 2].any()
    assert list(pcm.stretches(rest, rate, pause=0.3)) == []


def test_sounds_are_one_channel_of_16_bits_and_not_too_loud() -> None:
    samples, rate = pcm.read(pcm.wav(tone(400, RATE), RATE))
    assert np.array_equal(samples, tone(400, RATE))
    assert rate == RATE
    with pytest.raises(BadInput, match="too loud for 16 bits"):
        pcm.wav(4 * tone(400, RATE), RATE)
    with pytest.raises(BadInput, match="no WAV file"):
        pcm.read(b"RIFX")


@pytest.mark.apt
@pytest.mark.models
def test_a_mix_is_the_sum_of_its_stems_at_its_ratio(root: Path) -> None:
    found = corpora.read(root / "mixed")
    assert len({one.cluster for one in found}) == 5
    assert set(Counter(one.slices["ratio"] for one in found).values()) == {len(found) // 2}
    for one in found:
        mix, rate = sound(root, "mixed", one.audio["en"])
        speech, background = (sound(root, "mixed", one.stems[stem])[0] for stem in ("speech", "background"))
        assert np.array_equal(speech + background, mix)
        assert abs(mix).max() < pcm.MOST
        assert 6 <= len(mix) / rate <= 10
        mask = pcm.sounding(speech, rate)
        ratio = 10 * math.log10(pcm.power(speech, mask, rate) / pcm.power(background, mask, rate))
        assert ratio == pytest.approx(float(one.slices["ratio"]), abs=0.02)


@pytest.mark.apt
@pytest.mark.models
def test_a_talks_turns_are_where_it_sounds(root: Path) -> None:
    found = corpora.read(root / "talks")
    assert Counter(one.slices["speakers"] for one in found) == {"2": 8, "3": 8, "4": 8}
    turns = overlaps = 0
    for one in found:
        samples, rate = sound(root, "talks", one.audio["mul"])
        assert rate == RATE
        assert 40 <= len(samples) / rate <= 60
        told = references.read_turns(root / "talks" / str(one.turns), duration=len(samples) / rate)
        assert "-".join(sorted({turn.speaker for turn in told})) == one.cluster
        outside = np.ones(len(samples), bool)
        for turn in told:
            start, end = round(turn.start * rate), round(turn.end * rate)
            outside[start:end] = False
            edges = samples[start : start + pcm.frame(rate)], samples[end - pcm.frame(rate) : end]
            assert all(edge.any() for edge in edges)
        assert not samples[outside].any()
        turns += len(told)
        overlaps += sum(0.2 <= a.end - b.start <= 0.5 for a, b in pairwise(told))
        rests = [b.start - a.end for a, b in pairwise(told) if b.start >= a.end]
        assert 0.0999 <= min(rests) <= max(rests) <= 1.0001
        each = [(turn.start, turn.end) for turn in told]
        assert spans.overlap(each) == pytest.approx(sum(max(0, a.end - b.start) for a, b in pairwise(told)))
        assert all(a.speaker != b.speaker for a, b in pairwise(told))
    assert overlaps / turns == pytest.approx(0.1, abs=0.03)


@pytest.mark.apt
@pytest.mark.models
def test_a_films_lines_are_the_same_in_both_languages(root: Path) -> None:
    found = corpora.read(root / "films")
    assert len(found) >= 10
    for one in found:
        both = {language: film(root, one, language) for language in ("en", "es")}
        assert 2 <= len(both["en"]) == len(both["es"]) <= 8
        assert {language: references.words(lines) for language, lines in both.items()} == one.texts
        assert all(a.text != b.text for a, b in zip(both["en"], both["es"], strict=True))


def film(root: Path, sample: Sample, language: str) -> tuple[Line, ...]:
    """A film's lines, after what is between them was heard to be quiet."""
    samples, rate = sound(root, "films", sample.audio[language])
    assert len(samples) <= 60 * rate
    lines = references.read_lines(root / "films" / sample.said[language], duration=len(samples) / rate)
    loudest = max(abs(samples[round(line.start * rate) : round(line.end * rate)]).max() for line in lines)
    for before, after in pairwise((None, *lines, None)):
        start, end = (before.end if before else 0), (after.start if after else len(samples) / rate)
        between = samples[round(start * rate) : round(end * rate)]
        assert abs(between).max() < loudest / 10
        assert len(between) >= (rate if before and after else rate // 2)
    return lines


@pytest.mark.apt
@pytest.mark.models
def test_a_calls_words_are_those_of_its_lines(root: Path) -> None:
    (call,) = corpora.read(root / "phone")
    samples, rate = sound(root, "phone", call.audio["en"])
    lines = references.read_lines(root / "phone" / call.said["en"], duration=len(samples) / rate)
    turns = references.read_turns(root / "phone" / str(call.turns), duration=len(samples) / rate)
    assert {line.speaker for line in lines} == {"Diane", "Sheila"}
    assert len({turn.speaker for turn in turns}) == 2
    assert call.texts["en"].startswith("Hello? Hello? Oh, hello. I didn't know")
    assert len(call.texts["en"].split()) == sum(len(line.text.split()) for line in lines)
