"""Who speaks when, without torch and gated weights: pyannote segmentation-3.0 and CAM++ voice embeddings as ONNX.

    sound      |=============================================================|
    windows    |--------- 10 s ---------|
                     |--------- 10 s ---------|            every 2.5 s
    locals      ~~1~~~   ~2~  ~~1~~                        up to three a window, nameless across windows
    pieces      |--|--|  |-|  |---|                        where one speaks alone, at most 2.5 s, one embedding each
    clusters    A  A     B    A                            pieces of all windows, grouped by their voice
    turns       |--A--|  |B|  |-A-|                        all windows vote, frame by frame

Pieces, and not whole locals, are grouped: two alike voices often share a local, but hardly ever a piece.

Bredin 2023, "pyannote.audio 2.1"; Plaquet and Bredin 2023, "Powerset multi-class cross entropy loss for neural speaker
diarization"; Wang et al. 2023, "CAM++" (arXiv 2303.00332).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from dubbench import graphs
from dubbench.errors import BadInput
from dubbench.stages.base import Settings
from dubbench.stages.diarize import Diarize
from dubbench.types import Samples, Seconds, Sound, Turn
from dubbench.voicenets import fbank, write_campplus, write_segmentation

RATE = 16_000
WINDOW = 10 * RATE
LOCALS = 3
CLASSES = [who for size in range(3) for who in combinations(range(LOCALS), size)]
"""What the network chooses from: nobody, one of three, two of three."""

FRAME = 270
"""Samples from one frame to the next; each looks at 991 samples."""
EDGE = (991 - FRAME) // 2
"""Samples before the part of its view that a frame stands for."""

PIECE: Seconds = 2.5
CLEAR: Seconds = 1.0
"""Pieces this long shape the clusters; shorter ones are only assigned to them."""
TRUSTED: Seconds = 1.5
"""A piece shorter than this is judged together with the rest of its local."""
BRIEF: Seconds = 0.2
"""Less sound than this says nothing about a voice."""

SHARE, LEAST = 0.02, 3.0
"""A speaker has this share of the speech, or (in long recordings) this many seconds; less is a slip or a noise."""
ALIKE = 0.45
"""The mean voices of two people hardly ever have this cosine: in a talk by one woman a group of 1.5 s had 0.53 with the
rest of her, three people at a table had 0.23 to 0.30 with one another."""
MANY = 3000
"""Pieces to cluster at most: the time and memory of it grow with their square. More are sampled evenly."""

ON = 0.5
"""A speaker is active where the windows' mean probability of it is above this."""
GAP: Seconds = 0.1
"""Shorter rests are closed, shorter turns dropped."""

Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """Frames `first` to `last` (not included) of a window, where its local speaker number `local` speaks.

    Not `alone`: somebody else speaks too, so `voice` is a mixture.
    """

    local: int
    first: int
    last: int
    voice: Vectors
    alone: bool = True

    @property
    def seconds(self) -> Seconds:
        return (self.last - self.first) * FRAME / RATE


@dataclass(frozen=True)
class Window:
    """`start` in frames of the whole; `active` (frames, 3) and `speech` (frames,) are probabilities."""

    start: int
    active: npt.NDArray[np.float16]
    speech: npt.NDArray[np.float16]
    pieces: tuple[Piece, ...]


class Powerset(Diarize):
    """The diarize room on the CPU: real-time factor 0.1 to 0.2 on two busy cores, memory bounded.

    DER without collar: 6 % on a phone call, 40, 62 and 21 % on three excerpts of meetings, nearly all of it missed.
    """

    on_cpu = True
    licence: str = "MIT AND Apache-2.0"
    version: ClassVar[int] = 2
    added: ClassVar[tuple[str, ...]] = ("clear", "alike", "gap", "overlap")

    class Settings(Settings):
        """`threshold`: mean cosine distance above which two groups are two people; `step`: seconds between windows;
        `clear`: seconds of a piece that shapes the groups; `alike`: the cosine from which a small group is a larger
        one's; `gap`: seconds of the rests that are closed and of the turns that are dropped; `overlap`: whether two may
        speak at once, else the likelier one does.
        """

        threshold: float = Field(0.6, gt=0, lt=2)
        step: float = Field(2.5, ge=0.5, le=10)
        clear: float = Field(CLEAR, ge=BRIEF, le=PIECE)
        alike: float = Field(ALIKE, ge=0, le=1)
        gap: float = Field(GAP, ge=0, le=2)
        overlap: bool = True

    def load(self) -> None:
        def built(name: str, checkpoint: str, write: Any) -> Any:
            path = self.weights.built(name, 1, lambda draft: write(draft, self.weights.folder() / checkpoint))
            return graphs.session(path, intra_op=1)

        self._segmentation = built("segmentation.onnx", "segmentation.pt", write_segmentation)
        self._campplus = built("campplus.onnx", "campplus.pt", write_campplus)

    def unload(self) -> None:
        del self._segmentation, self._campplus

    def diarize(self, sound: Sound, speakers: int | None = None) -> tuple[Turn, ...]:
        """Turns of at least 0.1 s. With `speakers`: as many as asked, fewer where the sound has not so many voices."""
        if speakers is not None and speakers < 1:
            raise BadInput(f"there cannot be {speakers} speakers; say 1 or more, or leave it to the model")
        samples = _mono(sound)
        if not any(samples[at : at + WINDOW].any() for at in range(0, len(samples), WINDOW)):
            return ()
        self.ready()
        starts = _starts(len(samples), self._step)
        # A window on each processor is quicker than all on one: 2.0 s for a minute of sound against 4.5.
        with ThreadPoolExecutor(graphs.threads()) as pool:
            found = pool.map(lambda start: self._window(samples, start), starts)
            windows = list(self.counted(found, len(starts)))
        centres = self._centres([p for w in windows for p in w.pieces if p.alone], speakers)
        if not len(centres):
            return ()
        votes, speech = _votes(windows, centres, len(samples) // FRAME)
        active = _decided(votes, speech)
        if not self.settings.overlap:
            active = _one_at_a_time(active, votes, self.settings.gap)
        return _turns(active, sound.duration, self.settings.gap)

    def embed(self, sound: Sound) -> Vectors:
        """What a voice sounds like: a unit vector (192,). Two of one person have a cosine of 0.5 to 0.9,
        of two people hardly ever more than 0.5.

        `sound` is mono at 16 kHz. Raises BadInput under 0.2 s and for silence.
        """
        samples = _mono(sound)
        if len(samples) < BRIEF * RATE or not samples.any():
            raise BadInput(f"{sound.duration:.2f} s of sound cannot tell a voice: give {BRIEF} s that is not silent")
        self.ready()
        count = max(1, round(len(samples) / WINDOW))
        return _unit(np.sum([self._voice(part) for part in np.array_split(samples, count)], axis=0))

    @property
    def _step(self) -> int:
        """Frames from one window to the next."""
        step: float = self.settings.step
        return round(step * RATE / FRAME)

    def _window(self, samples: Samples, start: int) -> Window:
        part = samples[start * FRAME :][:WINDOW]
        padded = np.pad(part, (0, WINDOW - len(part)))
        posteriors = self._segmentation.run(None, {"sound": padded[None, None]})[0][0][: len(part) // FRAME]
        return Window(
            start=start,
            active=(posteriors @ _members()).astype(np.float16),
            speech=(1 - posteriors[:, 0]).astype(np.float16),
            pieces=tuple(self._pieces(part, posteriors)),
        )

    def _pieces(self, part: Samples, posteriors: Samples) -> Iterator[Piece]:
        active = posteriors @ _members()
        for local in range(LOCALS):
            alone = self._cut(part, local, _runs(posteriors[:, 1 + local] > ON))
            yield from alone or self._cut(part, local, _runs(active[:, local] > ON), alone=False)

    def _cut(self, part: Samples, local: int, runs: Sequence[tuple[int, int]], *, alone: bool = True) -> list[Piece]:
        """Runs of frames as pieces of at most PIECE; what is too brief is left out."""
        counts = [int(np.ceil((last - first) * FRAME / RATE / PIECE)) for first, last in runs]
        borders = [np.linspace(*run, count + 1).astype(int).tolist() for run, count in zip(runs, counts, strict=True)]
        return [
            Piece(local, a, b, self._voice(part[a * FRAME + EDGE : b * FRAME + EDGE]), alone)
            for border in borders
            for a, b in pairwise(border)
            if (b - a) * FRAME >= BRIEF * RATE
        ]

    def _voice(self, samples: Samples) -> Vectors:
        features = fbank(samples)
        return _unit(self._campplus.run(None, {"features": (features - features.mean(axis=0))[None]})[0][0])

    def _centres(self, pieces: Sequence[Piece], speakers: int | None) -> Vectors:
        """The mean voice of each speaker: (speakers, 192), the one who speaks most first."""
        least = min(self.settings.clear, float(np.median([p.seconds for p in pieces]))) if pieces else 0.0
        clear = [p for p in pieces if p.seconds >= least]
        chosen = [clear[i] for i in np.unique(np.linspace(0, len(clear) - 1, min(MANY, len(clear))).astype(int))]
        if not chosen:
            return np.zeros((0, 0))
        seconds = np.array([p.seconds for p in chosen]) * len(clear) / len(chosen)
        voices = np.stack([p.voice for p in chosen])
        # Windows overlap, so each second of sound is there several times.
        least = LEAST * WINDOW / (self._step * FRAME)
        enough = min(SHARE * seconds.sum(), least)
        groups = _groups(voices, seconds, enough, speakers or self.settings.threshold)
        centres = np.stack([_unit((voices[group] * seconds[group, None]).sum(axis=0)) for group in groups])
        if speakers is not None:
            return centres
        said = np.array([seconds[group].sum() for group in groups])
        return centres[_people(centres, said, least, self.settings.alike)]


def _groups(voices: Vectors, seconds: Vectors, enough: Seconds, wanted: float | int) -> list[npt.NDArray[np.intp]]:
    """Indices of each speaker's pieces by average-linkage clustering, largest first, only groups with `enough` speech.

    `wanted` is a number of speakers (int) or the distance at which to stop (float). One group at least.
    """
    from scipy.cluster import hierarchy

    if len(voices) == 1:
        return [np.array([0])]
    tree = hierarchy.linkage(voices, "average", metric="cosine")

    def cut(at: float, by: str) -> list[npt.NDArray[np.intp]]:
        labels = hierarchy.fcluster(tree, at, by)
        groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        groups.sort(key=lambda group: (-seconds[group].sum(), group[0]))
        return [group for group in groups if seconds[group].sum() >= enough] or groups[:1]

    if isinstance(wanted, float):
        return cut(wanted, "distance")
    # The first cuts often split off a cough: cut on until as many as wanted have enough to say.
    cuts = (cut(count, "maxclust") for count in range(wanted, min(len(voices), wanted + 20) + 1))
    return max(cuts, key=lambda groups: min(len(groups), wanted), default=cut(1, "maxclust"))[:wanted]


def _people(centres: Vectors, said: Vectors, least: Seconds, alike: float = ALIKE) -> list[int]:
    """Which groups (the one who says most first) are somebody: who says little and sounds like an other is that one."""
    kept = [0]
    for i in range(1, len(centres)):
        if said[i] >= least or float((centres[kept] @ centres[i]).max()) < alike:
            kept.append(i)
    return kept


def _votes(windows: Sequence[Window], centres: Vectors, frames: int) -> tuple[Vectors, Vectors]:
    """The windows' mean activity of each speaker (frames, speakers) and of anybody (frames,)."""
    votes, speech = np.zeros((frames, len(centres))), np.zeros(frames)
    cover = np.zeros(frames)
    for window in windows:
        here = slice(window.start, window.start + len(window.speech))
        votes[here] += _vote(window, centres)
        speech[here] += window.speech
        cover[here] += 1
    cover = np.maximum(cover, 1)
    return votes / cover[:, None], speech / cover


def _vote(window: Window, centres: Vectors) -> Vectors:
    """One window's activity of each speaker: each frame of a local goes to the speaker of its nearest piece.

    A local who is never alone goes to the likeliest speaker but the one it is mixed with.
    """
    rows = np.arange(len(window.speech))
    vote = np.zeros((len(rows), len(centres)))
    locals_ = [[p for p in window.pieces if p.local == local] for local in range(LOCALS)]
    for pieces in sorted((ps for ps in locals_ if ps), key=lambda ps: not ps[0].alone):
        whole = _unit(np.sum([p.voice * p.seconds for p in pieces], axis=0))
        activity = window.active[:, pieces[0].local]
        if pieces[0].alone:
            owner = _owners(pieces, whole, centres)[_nearest(pieces, rows)]
        elif len(centres) > 1:
            other = int((vote * activity[:, None]).sum(axis=0).argmax())
            owner = np.full(len(rows), max(set(range(len(centres))) - {other}, key=lambda k: float(centres[k] @ whole)))
        else:
            continue
        vote[rows, owner] = np.maximum(vote[rows, owner], activity)
    return vote


def _owners(pieces: Sequence[Piece], whole: Vectors, centres: Vectors) -> npt.NDArray[np.intp]:
    """Whose each piece is; a short one is heard together with the `whole` of its local."""
    trust = np.minimum(1.0, [p.seconds / TRUSTED for p in pieces])[:, None]
    heard = trust * np.stack([p.voice for p in pieces]) + (1 - trust) * whole
    return np.asarray((heard @ centres.T).argmax(axis=1))


def _nearest(pieces: Sequence[Piece], rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """For each frame the index of the piece it is nearest to."""
    borders = [(p.last + q.first) // 2 for p, q in pairwise(pieces)]
    return np.searchsorted(borders, rows, side="right")


def _decided(votes: Vectors, speech: Vectors) -> npt.NDArray[np.bool_]:
    """Who is active in which frame: (frames, speakers). Speech that nobody claims goes to the likeliest."""
    active = votes > ON
    unclaimed = np.flatnonzero((speech > ON) & ~active.any(axis=1) & (votes.max(axis=1) > 0))
    active[unclaimed, votes[unclaimed].argmax(axis=1)] = True
    return active


def _one_at_a_time(active: npt.NDArray[np.bool_], votes: Vectors, gap: Seconds) -> npt.NDArray[np.bool_]:
    """Where several speak at once, the stretch is the likeliest one's: (frames, speakers). Rests are closed before."""
    kept = np.zeros_like(active)
    for who in range(active.shape[1]):
        for first, last in _bridged(active[:, who], gap):
            kept[first:last, who] = True
    for first, last in _runs(kept.sum(axis=1) > 1):
        likeliest = int((votes[first:last] * kept[first:last]).sum(axis=0).argmax())
        kept[first:last] = np.arange(kept.shape[1]) == likeliest
    return kept


def _turns(active: npt.NDArray[np.bool_], duration: Seconds, gap: Seconds) -> tuple[Turn, ...]:
    spoken = [(first, last, who) for who in range(active.shape[1]) for first, last in _bridged(active[:, who], gap)]
    spoken.sort()
    labels = {who: _label(i) for i, who in enumerate(dict.fromkeys(who for _, _, who in spoken))}
    return tuple(
        Turn(
            speaker=labels[who],
            start=round((first * FRAME + EDGE) / RATE, 3),
            end=round(min((last * FRAME + EDGE) / RATE, duration), 3),
        )
        for first, last, who in spoken
    )


def _bridged(active: npt.NDArray[np.bool_], gap: Seconds = GAP) -> list[tuple[int, int]]:
    """Runs with rests under `gap` closed, then those under it dropped."""
    frames = gap * RATE / FRAME
    runs: list[tuple[int, int]] = []
    for first, last in _runs(active):
        near = runs and first - runs[-1][1] < frames
        runs = [*runs[:-1], (runs[-1][0], last)] if near else [*runs, (first, last)]
    return [(first, last) for first, last in runs if last - first >= frames]


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where a mask is true: (first, last not included) in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _starts(samples: int, step: int) -> range:
    """Where windows begin, in frames: the last one reaches the end."""
    return range(0, max(1, -(-(samples - WINDOW) // FRAME) + step), step)


def _label(i: int) -> str:
    """A, B, … Z, AA, AB, …"""
    return (_label(i // 26 - 1) if i >= 26 else "") + chr(ord("A") + i % 26)


def _mono(sound: Sound) -> Samples:
    if sound.sample_rate != RATE:
        raise BadInput(f"the diarizer listens at {RATE} Hz, not {sound.sample_rate}: use media.resample first")
    return sound.mono


def _members() -> Samples:
    """(7, 3): which locals each class stands for."""
    return np.array([[float(local in who) for local in range(LOCALS)] for who in CLASSES], np.float32)


def _unit(vector: Any) -> Vectors:
    wide = np.asarray(vector, np.float64)
    return np.asarray(wide / np.linalg.norm(wide))
