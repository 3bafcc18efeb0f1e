"""Which words a speaker stressed, and how high each line was spoken, from pitch, loudness and length. Arithmetic only.

What listeners hear as stress is a word that is higher, louder and longer than those around it (Breen, Fedorenko, Wagner
and Gibson 2010, "Acoustic correlates of information structure"; Suni, Šimko, Aalto and Vainio 2017 sum the same three
signals). Each is counted in how much words usually differ from their neighbours, so that one sum of all three can be
held against one limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dubbench.timeline.lines import leans
from dubbench.types import Seconds, Word

SPREAD = (2.3, 3.0, 0.45)
"""Standard deviation of a word from the median of its neighbours: pitch in semitones, level in dB, length in natural
logarithms; over the words of four recordings in two languages."""
WEIGHTS = (0.4, 0.4, 0.2)
"""Of pitch, level and length. A recogniser knows where a word ends to a tenth of a second, so its length says less."""
FARTHEST = 3.0
"""No single signal counts more: an octave error of the pitch is no stress."""
STRESSED = 0.8
"""From here a word is stressed: about one in ten."""
NEIGHBOURS = 4
"""Words on either side that a word is held against."""
FEWEST = 3
"""In a shorter line no word stands out."""
APART = 2
"""Between two stressed words lies at least one."""
TOP = 90
"""The percentile of a word's frames that stands for it: its vowel."""

LETTER, ONCE = 0.06, 0.05
"""Seconds of a word by its letters: what its length is held against."""

FOLLOWED = 0.5
"""The share of a line's difference in pitch that the dub follows: a good part of what is measured is the words' own."""
HIGHEST = 1.5
"""Semitones that it follows at most: beyond, a voice is less well understood."""
FEWEST_LINES = 3
"""With fewer lines a speaker has no habit to differ from."""


@dataclass(frozen=True)
class Track:
    """What was measured of a sound, frame by frame, `step` seconds each: pitch in hertz (0: none) and level in dB."""

    hertz: npt.NDArray[np.float64]
    level: npt.NDArray[np.float64]
    step: Seconds

    def between(self, start: Seconds, end: Seconds) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Pitch of the voiced frames in semitones (above 1 Hz), and level of all, at least one."""
        first = min(max(0, round(start / self.step)), len(self.hertz) - 1)
        last = max(first + 1, round(end / self.step))
        hertz = self.hertz[first:last]
        return 12 * np.log2(hertz[hertz > 0]), self.level[first:last]


def prominences(words: Sequence[Word], track: Track) -> npt.NDArray[np.float64]:
    """How much each word of a line stands out among its neighbours: 0 not at all, 1 as one in ten does."""
    heard = np.array([_heard(word, track) for word in words]).reshape(len(words), len(SPREAD))
    around = np.array([_around(heard, i) for i in range(len(words))]).reshape(heard.shape)
    apart = np.clip((heard - around) / SPREAD, -FARTHEST, FARTHEST)
    found: npt.NDArray[np.float64] = np.nan_to_num(apart) @ np.array(WEIGHTS)
    return found


def stressed(words: Sequence[Word], prominence: npt.NDArray[np.float64]) -> list[int]:
    """Places of the stressed words of a line, in order; of two side by side the one that stands out more.

    Articles, prepositions and the like are none: where one is loud it is for its neighbour or by mistake.
    """
    if len(words) < FEWEST:
        return []
    chosen: list[int] = []
    for place in np.argsort(-prominence):
        free = all(abs(int(place) - other) >= APART for other in chosen)
        if prominence[place] >= STRESSED and free and not leans(words[place].text.strip(" .,;:!?…")):
            chosen.append(int(place))
    return sorted(chosen)


def raised(lines: Sequence[tuple[str, float | None]]) -> list[float]:
    """Semitones by which each line's reading shall differ from its voice's own, from (speaker, semitones) of each.

    Half of what lies between the line and the median of its speaker's lines, within `HIGHEST`. None: no pitch.
    """
    speakers = {who for who, _ in lines}
    usual = {who: _usual([x for speaker, x in lines if speaker == who and x is not None]) for who in speakers}
    return [_follow(heard, usual[who]) for who, heard in lines]


def _follow(heard: float | None, usual: float | None) -> float:
    if heard is None or usual is None:
        return 0.0
    return round(float(np.clip(FOLLOWED * (heard - usual), -HIGHEST, HIGHEST)), 2)


def _usual(heard: Sequence[float]) -> float | None:
    return float(np.median(heard)) if len(heard) >= FEWEST_LINES else None


def _heard(word: Word, track: Track) -> tuple[float, float, float]:
    """A word's pitch in semitones (nan: none), level in dB, and length as a logarithm of its share of the expected."""
    pitch, level = track.between(word.start, word.end)
    letters = max(2, sum(c.isalnum() for c in word.text))
    long = np.log(max(word.end - word.start, 0.02) / (LETTER * letters + ONCE))
    return float(np.percentile(pitch, TOP)) if len(pitch) >= 2 else np.nan, float(np.percentile(level, TOP)), long


def _around(heard: npt.NDArray[np.float64], place: int) -> npt.NDArray[np.float64]:
    """The medians of a word and its neighbours."""
    near = heard[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
    voiced = near[~np.isnan(near[:, 0]), 0]
    return np.array([np.median(voiced) if len(voiced) else np.nan, *np.median(near[:, 1:], axis=0)])


__all__ = ["Track", "prominences", "raised", "stressed"]
