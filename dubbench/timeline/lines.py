"""From words to lines: where to cut, who speaks, and how to join what was cut too small. Pure arithmetic.

A line is 1 to 12 seconds of one speaker's speech and never begins or ends inside a word.

    words     The cat sat.   It   purred.            Then      it left.
    turns     |------- A ---------------|            |--- B ------|
    lines     |--- 1 ---|    |---- 2 ---|            |---- 3 -----|
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from dubbench.types import Line, Seconds, Turn, Word

LONGEST: Seconds = 12.0
SHORTEST: Seconds = 1.0
PAUSE: Seconds = 0.9
"""Speech that rests this long inside a sentence starts a new line. Shorter rests are a reader's commas: half a sentence
translates badly, and the fit keeps the pause anyway."""

BRIDGE: Seconds = 0.25
"""A word this close to a turn still belongs to it: the edges of turns and words differ by about this much."""

LEANING: Seconds = 2.5
"""A rest up to this long does not part an article, a preposition or the like from what it leans on: speakers search
for a word there, and half a phrase translates into nonsense."""

_LEANS = re.compile(
    r"(a|an|the|of|to|in|at|for|with|from|and|or|but|my|your|its|our|their|um|uma|o|os|as|e|de|da|do|das|dos|em|na|nos|nas|"
    r"com|por|para|que|el|la|los|las|un|una|y|del|al|en|con|le|les|des|du|et|und|der|die|das|den|dem|ein|eine|il|lo|gli|di|che)",
    re.IGNORECASE,
)
"""Words no phrase ends with, in the languages that are heard most."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")
"""Letters of scripts that put no space between words."""

_SENTENCE = re.compile(r"[.?!…。？！][\"'”’»)]*$")
_ABBREVIATION = re.compile(r"^(Mr|Mrs|Ms|Dr|Prof|St|Sr|Sra|Jr|vs|No|Fig|[A-Z])\.$")
_CLAUSE = re.compile(r"[,;:—–][\"'”’»)]*$")


def ends_sentence(word: Word) -> bool:
    """Whether a sentence ends with this word, by its punctuation."""
    text = word.text.strip()
    return bool(_SENTENCE.search(text)) and not _ABBREVIATION.match(text)


def ends_clause(text: str) -> bool:
    """Whether a word has a mark after it at which readers rest: a comma, a colon, a dash."""
    return bool(_CLAUSE.search(text.strip()))


def leans(text: str) -> bool:
    """Whether a word is one that no phrase ends with: an article, a preposition, a conjunction."""
    return bool(_LEANS.fullmatch(text.strip()))


def text_of(words: Sequence[Word]) -> str:
    """What words say, one after the other; without spaces where their script has none."""
    text = ""
    for word in (word.text.strip() for word in words):
        close = not text or (_UNSPACED.match(text[-1]) and _UNSPACED.match(word))
        text += word if close else f" {word}"
    return text


def split(segments: Sequence[Sequence[Word]]) -> tuple[Line, ...]:
    """Lines of one unnamed speaker from what a transcriber heard, in order."""
    return _lines([(word, "") for segment in segments for word in segment])


def join(lines: Sequence[Line], turns: Sequence[Turn]) -> tuple[Line, ...]:
    """The same words, each with the speaker of the turn it lies in, cut into lines anew where the speaker changes.

    Lines without words (a person's own transcript) are kept whole and get the speaker who talks most in them. Without
    turns everything belongs to one speaker, "A".
    """
    if any(line.words == () for line in lines):
        return tuple(line.but(speaker=line.speaker or _most(line, turns)) for line in lines)
    words = _begun_with_turns([word for line in lines for word in line.words], turns)
    return _lines(list(zip(words, _attributed(words, turns), strict=True)))


def _begun_with_turns(words: Sequence[Word], turns: Sequence[Turn]) -> list[Word]:
    """Words after a rest that begin before anybody speaks begin with the turn they lie in.

    word    |------ I've|          recognisers draw a first word into the silence before it, by 0.15 to 0.6 s on
    turn           |------|        real talks; the diarizer hears the onset within 0.04 to 0.13 s
    """
    begun: list[Word] = []
    for word in words:
        rested = not begun or word.start - begun[-1].end > RESTED
        inside = any(turn.start <= word.start < turn.end for turn in turns)
        onset = min((t.start for t in turns if word.start < t.start < word.end - RESTED), default=None)
        begun.append(word.but(start=onset) if rested and not inside and onset is not None else word)
    return begun


RESTED: Seconds = 0.05
"""Less than this between two words is no rest, and no word is shorter."""


def speakers_of(word: Word, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Who may be saying a word, likeliest first: all whose turns cover half of it, else the nearest within `BRIDGE`.

    ("A",) when there are no turns at all; empty when nobody is near.
    """
    if not turns:
        return ("A",)
    share: dict[str, Seconds] = {}
    for turn in turns:
        inside = min(turn.end, word.end) - max(turn.start, word.start)
        share[turn.speaker] = max(share.get(turn.speaker, -1e9), inside)
    half = max(0.5 * (word.end - word.start), 1e-3)
    ranked = sorted(share, key=lambda speaker: -share[speaker])
    return tuple(s for s in ranked if share[s] >= half) or tuple(s for s in ranked[:1] if share[s] > -BRIDGE)


def _attributed(words: Sequence[Word], turns: Sequence[Turn]) -> list[str]:
    """Every word a speaker, decided sentence by sentence.

    Turns and words come from two models whose borders differ by a word or two, and people talk at once; a sentence
    is nearly always one person's. So a word that two may have said goes with its sentence, and so does a short run of
    words at the sentence's edge that the turns give to somebody else without a pause.
    """
    known: list[str | None] = []
    for sentence in _sentences(words):
        claims = [speakers_of(word, turns) for word in sentence]
        known += _decided(sentence, claims)
    for i, speaker in enumerate(known):
        if speaker is None:
            after = next((s for s in known[i + 1 :] if s), None)
            before = known[i - 1] if i else None
            near_after = (
                i and i + 1 < len(words) and words[i + 1].start - words[i].end < words[i].start - words[i - 1].end
            )
            known[i] = (after if near_after else before) or before or after or "A"
    return [speaker or "A" for speaker in known]


def _sentences(words: Sequence[Word]) -> list[list[Word]]:
    return [[word for word, _ in group] for group in _groups([(word, "") for word in words])]


EDGE_WORDS = 3
EDGE: Seconds = 1.0
MIDST: Seconds = 2.0
REST: Seconds = 0.3
"""A change of speaker inside a sentence is believed when a rest this long, or more than a few words, speak for it."""


def _decided(sentence: Sequence[Word], claims: Sequence[tuple[str, ...]]) -> list[str | None]:
    """A speaker for each word of one sentence; None where nobody is near any of it."""
    told = [claim[0] if len(claim) == 1 else None for claim in claims]
    weight: dict[str, Seconds] = {}
    for word, claim in zip(sentence, claims, strict=True):
        for speaker in claim:
            weight[speaker] = weight.get(speaker, 0.0) + (word.end - word.start + 0.01) / len(claim)
    if not weight:
        return [None] * len(sentence)
    main = max(weight, key=lambda speaker: weight[speaker])
    filled = [
        speaker or (main if main in claim or not claim else claim[0])
        for speaker, claim in zip(told, claims, strict=True)
    ]
    runs = [list(run) for _, run in groupby(range(len(filled)), key=lambda i: filled[i])]
    for run in runs:
        if filled[run[0]] != main and _slip(sentence, run, len(runs)):
            for i in run:
                filled[i] = main
    return list(filled)


def _slip(sentence: Sequence[Word], run: Sequence[int], runs: int) -> bool:
    """Whether a run of words by another speaker is only a border drawn a little off."""
    first, last = run[0], run[-1]
    rests = []
    if first > 0:
        rests.append(sentence[first].start - sentence[first - 1].end)
    if last + 1 < len(sentence):
        rests.append(sentence[last + 1].start - sentence[last].end)
    # Nobody takes two words out of the midst of another's sentence without a rest on either side.
    longest = EDGE if len(rests) == 1 else MIDST
    words = EDGE_WORDS if len(rests) == 1 else 2 * EDGE_WORDS
    short = len(run) <= words and sentence[last].end - sentence[first].start < longest
    return runs > 1 and short and bool(rests) and max(rests) < REST


def _lines(spoken: Sequence[tuple[Word, str]]) -> tuple[Line, ...]:
    groups = _merge_short([part for group in _groups(spoken) for part in _cut_long(group)])
    return tuple(
        Line(
            id=f"L{i + 1:03d}",
            speaker=group[0][1],
            start=group[0][0].start,
            end=group[-1][0].end,
            text=text_of([word for word, _ in group]),
            words=tuple(word for word, _ in group),
        )
        for i, group in enumerate(groups)
    )


Group = list[tuple[Word, str]]


def _groups(spoken: Sequence[tuple[Word, str]]) -> list[Group]:
    """Cut at a change of speaker, at a pause, and where a sentence ends."""
    if not spoken:
        return []
    groups: list[Group] = [[spoken[0]]]
    for (before, who), (word, speaker) in pairwise(spoken):
        if who != speaker or word.start - before.end >= _pause(before) or ends_sentence(before):
            groups.append([])
        groups[-1].append((word, speaker))
    return groups


def _pause(before: Word) -> Seconds:
    """The rest that parts a word from the next."""
    return LEANING if leans(before.text) else PAUSE


def _cut_long(group: Group) -> list[Group]:
    """Halve what is longer than a line may be, at the widest gap or clause mark near its middle."""
    if _length(group) <= LONGEST or len(group) < 2:
        return [group]
    start, length = group[0][0].start, _length(group)

    def worth(i: int) -> float:
        word, after = group[i][0], group[i + 1][0]
        central = 1 - abs((word.end - start) / length - 0.5) * 2
        return central + 2 * (after.start - word.end) + 0.5 * ends_clause(word.text)

    at = max(range(len(group) - 1), key=worth) + 1
    return _cut_long(group[:at]) + _cut_long(group[at:])


def _merge_short(groups: Sequence[Group]) -> list[Group]:
    """Give a stub under `SHORTEST` to the neighbour it is nearest to, if that is the same speaker without a pause."""
    merged = list(groups)
    i = 0
    while i < len(merged):
        near = [j for j in (i - 1, i + 1) if 0 <= j < len(merged) and _joinable(merged[min(i, j)], merged[max(i, j)])]
        if _length(merged[i]) >= SHORTEST or not near:
            i += 1
            continue
        j = min(near, key=lambda j: _gap(merged[min(i, j)], merged[max(i, j)]))
        first, second = min(i, j), max(i, j)
        merged[first : second + 1] = [merged[first] + merged[second]]
        i = first
    return merged


def _joinable(a: Group, b: Group) -> bool:
    return a[0][1] == b[0][1] and _gap(a, b) < PAUSE and b[-1][0].end - a[0][0].start <= LONGEST


def _gap(a: Group, b: Group) -> Seconds:
    return b[0][0].start - a[-1][0].end


def _length(group: Group) -> Seconds:
    return group[-1][0].end - group[0][0].start


def _most(line: Line, turns: Sequence[Turn]) -> str:
    shares: dict[str, float] = {}
    for turn in turns:
        shares[turn.speaker] = shares.get(turn.speaker, 0.0) + max(
            0.0, min(turn.end, line.end) - max(turn.start, line.start)
        )
    best = max(shares, key=lambda s: shares[s], default="A")
    return best if shares.get(best, 0.0) > 0 else next(iter(shares), "A")
