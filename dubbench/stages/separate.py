"""Speech and everything else, taken apart, piece by piece so that length costs no memory.

    original   |--------------------------------------------|
    piece 1    |--------------------|
    piece 2                      |--------------------|
    piece 3                                        |--------|
                                 cross-faded where two overlap

The model runs at its own rate; the tracks keep the original's rate and length to the sample.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np

from dubbench import media, memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.types import Audio, Dub, Samples, Seconds, Sound, Tracks

STEMS = ("speech", "background")

Pair: TypeAlias = tuple[Samples, Samples]


class Separate(Stage):
    """The separate room."""

    room: ClassVar[str] = "separate"
    sample_rate: ClassVar[int] = 44_100
    piece: ClassVar[Seconds] = 24.0
    """About how much sound the adapter is given at once."""
    overlap: ClassVar[Seconds] = 3.0
    """How much two pieces share. The fade takes the middle half, since a model knows least at a piece's edges."""
    grid: ClassVar[int] = 1
    """Pieces begin at multiples of this many samples at `sample_rate`, so that a model that works in fixed steps takes
    the same steps in a piece as in the whole."""

    @abstractmethod
    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        """(speech, background) of a stereo piece at `sample_rate`, each of exactly its length and shape."""

    def __call__(self, dub: Dub, progress: Progress = quiet) -> Dub:
        """Adds `tracks.speech` and `tracks.background`: stereo, 32-bit float (a stem can be louder than the whole where
        the two cancel, and is not clipped), at the original's rate and of exactly its length."""
        original = dub.tracks.original
        if original is None:
            raise BadInput("nothing to separate: the dub has no sound track yet (probe comes first)")
        key = memory.key(sound=original.sha256, by=self.identity())
        made = dub.made_by.get(self.room)
        if made is not None and made.key == key and dub.tracks.background is not None:
            return dub
        stems = self._remembered(dub, original, key, progress)
        tracks = Tracks(original=original, **stems)
        return dub.but(tracks=tracks, made_by=dub.by(self.room, self.name, key))

    def _remembered(self, dub: Dub, original: Audio, key: str, progress: Progress) -> dict[str, Audio]:
        store = memory.Memory(dub.folder)
        kept = store.recall(self.room, key)
        if kept is not None and all((dub.folder / kept[stem]["path"]).is_file() for stem in STEMS):
            return {stem: Audio.model_validate(kept[stem]) for stem in STEMS}
        paths = {stem: store.path(self.room, key, f".{stem}.wav") for stem in STEMS}
        self.write(dub.open(original), paths["speech"], paths["background"], progress)
        stems = {stem: media.describe(path, dub.folder) for stem, path in paths.items()}
        store.keep(self.room, key, {stem: audio.model_dump(mode="json") for stem, audio in stems.items()})
        return stems

    def write(self, original: Path, speech: Path, background: Path, progress: Progress = quiet) -> None:
        """Take a mono or stereo sound file apart into two. Both appear together or not at all.

        What was done when it broke or was killed lies beside them, and is not done again.
        """
        import soundfile

        with ExitStack() as stack:
            source = stack.enter_context(soundfile.SoundFile(original))
            if source.channels > 2:
                raise BadInput(f"{original.name} has {source.channels} channels; separate takes mono or stereo")
            parts = _Parts(speech, background)
            starts, length = self._plan(source.frames, source.samplerate)
            first = parts.begun(source, len(starts))
            left = parts.paths if first < len(starts) else ()
            files = [stack.enter_context(media.within(path)) for path in left]
            for i, pair in self._joined(source, starts, length, first, progress):
                for file, samples in zip(files, pair, strict=True):
                    file.seek(starts[i])
                    file.write(samples.T)
                    file.flush()
                parts.note(i + 1)
        parts.finish()

    def _joined(
        self, source: Any, starts: list[int], length: int, first: int, progress: Progress
    ) -> Iterator[tuple[int, Pair]]:
        """Both stems from piece `first` on, each piece with its number, the pieces cross-faded."""
        tail: Pair | None = None
        if 0 < first < len(starts):
            # What it shared with the next one was cut away before it was written.
            speech, rest = self._piece(source, starts[first - 1], length)
            shared = starts[first - 1] + length - starts[first]
            tail = (speech[:, -shared:], rest[:, -shared:])
        for i, start in list(enumerate(starts))[first:]:
            progress(self.room, i, len(starts), "taking speech and background apart")
            pair = self._piece(source, start, length)
            if tail is not None:
                pair = (_faded(tail[0], pair[0]), _faded(tail[1], pair[1]))
            shared = start + length - starts[i + 1] if i + 1 < len(starts) else 0
            done = pair[0].shape[1] - shared
            yield i, (pair[0][:, :done], pair[1][:, :done])
            tail = (pair[0][:, done:], pair[1][:, done:])
        progress(self.room, len(starts), len(starts), "speech and background taken apart")

    def _plan(self, frames: int, rate: int) -> tuple[list[int], int]:
        """Where pieces start, and how long one is, in samples at the source's rate; none is only an overlap."""
        step = self.grid / self.sample_rate
        hop = max(1, int((self.piece - self.overlap) / step)) * step
        shared = round(self.overlap * rate)
        starts = [0]
        while starts[-1] + round(hop * rate) + shared < frames:
            starts.append(round(len(starts) * hop * rate))
        return starts, round(hop * rate) + shared

    def _piece(self, source: Any, start: int, length: int) -> Pair:
        source.seek(start)
        samples = source.read(length, dtype="float32", always_2d=True).T
        whole = Sound(np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples, source.samplerate)
        wanted = media.resample(whole, self.sample_rate)
        with self.blamed():
            stems = self.ready().separate(wanted)
            whole_stems = len(stems) == 2 and all(
                s.samples.shape == wanted.samples.shape and np.isfinite(s.samples).all() for s in stems
            )
        if not whole_stems:
            raise AdapterFailed(self.name, "a stem is not as long as the whole, or is not sound")
        speech, rest = stems[0], Sound(wanted.samples - stems[1].samples, self.sample_rate)
        back = [_exactly(media.resample(s, source.samplerate).samples, whole.samples.shape[1]) for s in (speech, rest)]
        # The highest notes, which the model's rate cannot carry, stay in the background.
        return back[0], whole.samples - back[1]


class _Parts:
    """Two stems that are being written, beside the files they will be, and how many of their pieces are there."""

    def __init__(self, *stems: Path) -> None:
        self.stems = stems
        self.paths = [stem.with_suffix(f".part{stem.suffix}") for stem in stems]
        self._noted, self._count = stems[0].with_suffix(".part.json"), 0

    def begun(self, source: Any, count: int) -> int:
        """The first of `count` pieces that is still to be done; for a beginning both files are made, as long as they
        will be, so that their headers need no change."""
        self._count = count
        with suppress(OSError, ValueError):
            noted = json.loads(self._noted.read_text("utf-8"))
            there = [path.is_file() or stem.is_file() for path, stem in zip(self.paths, self.stems, strict=True)]
            if noted["of"] == count and all(there):
                return int(noted["done"])
        self.paths[0].parent.mkdir(parents=True, exist_ok=True)
        for path in self.paths:
            media.lengthened(path, source.samplerate, 2, frames=source.frames)
        return 0

    def note(self, done: int) -> None:
        """Say that the first `done` pieces are in both files."""
        with memory.replacing(self._noted) as draft:
            draft.write_text(json.dumps({"done": done, "of": self._count}), "utf-8")

    def finish(self) -> None:
        """Give both files their names."""
        for path, stem in zip(self.paths, self.stems, strict=True):
            # It was killed here before if one has its name already.
            if path.is_file():
                media.settled(path)
                path.replace(stem)
        self._noted.unlink(missing_ok=True)


def _faded(tail: Samples, piece: Samples) -> Samples:
    """`piece` with its beginning cross-faded from `tail`, linearly, over the middle half of what they share."""
    shared = tail.shape[1]
    share = np.clip(np.linspace(-0.5, 1.5, shared, dtype=np.float32), 0, 1)
    begin = tail * (1 - share) + piece[:, :shared] * share
    return np.concatenate([begin, piece[:, shared:]], axis=1)


def _exactly(samples: Samples, length: int) -> Samples:
    """`length` samples: resampling there and back rounds to within a sample."""
    return np.pad(samples[:, :length], ((0, 0), (0, max(0, length - samples.shape[1]))))
