"""Beds against known stems: a reading laid over music and noise, taken apart, and the dub's bed held against the truth.

SI-SDR of the bed while somebody speaks and 0.3 s away from it; what the Wiener mask of the true stems reaches, for
scale; how loud the bed is while somebody speaks; and how many of the reading's words an ear finds in it. That ear drops
what does not sound like speech, so 0 % says that the words are not recognised, not that nothing of them is left. Where
somebody speaks is not told but found, as in a dub: by the ear and by who speaks when.
"""

from __future__ import annotations

import difflib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import catalog, media, metrics, spectrum
from dubbench.errors import DubError
from dubbench.mix import bed
from dubbench.text import spelling
from dubbench.timeline import lines
from dubbench.timeline.spans import Span
from dubbench.types import Samples, Sound
from dubbench.weights import WeightFile
from examples import clips

RATE = 48_000
RATIOS_DB = (0, 6, 12)
AWAY, REST = 0.3, 1.5
_RINGTONES = "deb://lomiri-sounds@22.02-1/usr/share/sounds/lomiri/ringtones"
MUSIC = tuple(
    WeightFile(name=f"bed-{name}.ogg", sha256=sha256, size=size, sources=(f"{_RINGTONES}/{file}.ogg",))
    for name, file, sha256, size in (
        ("latin", "Latin", "dbace0e6a8ebc27123875b54ee56c9a2071612c8218106975e64f7c5f1bf0a05", 906_595),
        ("band", "UBports", "1653726ed94c4e548340dd7d62ea5828f42c8ec5784ba795e357cc3f540552f6", 1_512_545),
        ("chime", "Wind chime", "1d09fc878c6e5d4d313aacfc7d8e07a81e5da996aa27c9360a22f31b23813c1d", 799_874),
    )
)
"""Latin and Wind chime: Canonical Ltd. 2013, CC BY-SA 3.0. UBports: Mauricio Duarte 2018, CC BY 4.0 (the package's
debian/copyright)."""

HEAD = (
    "bed", "speech over it dB", "spoken, before", "spoken, now", "ideal mask", "away, before", "away, now",
    "level dB, before", "level dB, now", "words in the bed", "words of the film",
)  # fmt: skip

_COMPOSE = (
    "import sys; from pathlib import Path; from dubbench.mix import bed; from json import loads;"
    "bed.compose(*map(Path, sys.argv[1:3]), loads(sys.argv[4]), Path(sys.argv[3]))"
)


def reading() -> tuple[Samples, list[Span]]:
    """Four sentences with rests of silence between them, (n,), and from when to when each is spoken."""
    where, rest = clips.folder(*clips.NOVEL), np.zeros(round(REST * RATE), np.float32)
    parts, spans, at = [rest], list[Span](), REST
    for file in clips.NOVEL[:4]:
        samples = media.read(where / file.name, sample_rate=RATE, channels=1).samples[0]
        level = np.sqrt(np.convolve(np.square(samples), np.full(960, 1 / 960), "same"))
        first, *_, last = np.flatnonzero(level > 0.05 * np.percentile(level, 95))
        parts += [samples[first:last], rest]
        spans.append((at, at + (last - first) / RATE))
        at += (last - first) / RATE + REST
    return np.concatenate(parts), spans


def backgrounds(n: int, given: Sequence[Path] = ()) -> Iterator[tuple[str, Samples]]:
    """(name, samples (2, n)): three that are made here, what packages ship, and files of yours."""
    rng, time = np.random.default_rng(0), np.arange(n) / RATE
    white = rng.standard_normal((2, n + 1))
    rain = white[:, 1:] + 0.6 * white[:, :-1]
    yield "rain", rain.astype(np.float32)
    yield "surf", (rain * (0.15 + np.sin(np.pi * time / 7) ** 4)).astype(np.float32)
    hum = sum(np.sin(2 * np.pi * 50 * k * time + k) / k for k in range(1, 20))
    yield "engine", (hum + 0.3 * white[:, 1:].mean(axis=0) + 0.1 * white[:, 1:]).astype(np.float32)
    for name, file in (*((x.name[4:-4], x) for x in MUSIC), *((path.stem, path) for path in given)):
        try:
            path = file if isinstance(file, Path) else clips.folder(file) / file.name
            sound = media.read(path, sample_rate=RATE, channels=2).samples
        except DubError as error:
            print(f"{name}: not here ({error})", file=sys.stderr)
            continue
        yield name, np.tile(sound, (1, -(-n // sound.shape[1])))[:, :n]


def si_sdr(made: Samples, true: Samples) -> float:
    """Decibels, whatever the level (`metrics.si_sdr`)."""
    return metrics.si_sdr(Sound(true, RATE), Sound(made, RATE)).value


def masked(whole: Samples, behind: Samples) -> Samples:
    """The background by the mask that knows both stems (Wiener), at Spleeter's transform."""
    spectra, true = (spectrum.stft(x, size=4096, hop=1024) for x in (whole, behind))
    power, other = np.square(np.abs(true)), np.square(np.abs(spectra - true))
    return spectrum.istft(spectra * power / (power + other + 1e-12), size=4096, hop=1024, length=whole.shape[1])


class Ears:
    """What finds speech: words, and who speaks when."""

    def __init__(self, ear: Any) -> None:
        self._ear, self._who = ear, catalog.load("powerset").ready()

    def words(self, samples: Samples) -> list[str]:
        return spelling.words(self._ear.hear(self._sound(samples), "en").text, "en")

    def spans(self, samples: Samples) -> tuple[list[Span], list[Span]]:
        """Who speaks when, and where lines are."""
        sound = self._sound(samples)
        found = self._who.diarize(sound), lines.split(self._ear.hear(sound, "en").segments)
        return [(x.start, x.end) for x in found[0]], [(x.start, x.end) for x in found[1]]

    def _sound(self, samples: Samples) -> Sound:
        return media.resample(Sound(samples.mean(axis=0, keepdims=True), RATE), self._ear.sample_rate)


def found(heard: list[str], said: list[str]) -> float:
    """The share of the words said that were heard, in their order."""
    blocks = difflib.SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(said)


def composed(tree: Path, paths: Sequence[Path], spans: list[Span]) -> Samples:
    """The bed by the library of a checkout: of `paths` original, background and where the bed goes."""
    pairs = str([list(span) for span in spans])
    subprocess.run([sys.executable, "-c", _COMPOSE, *map(str, paths), pairs], cwd=tree, check=True)
    return media.read(paths[2]).samples


def rows(folder: Path, ear: Any, *, before: Path, now: Path, given: Sequence[Path]) -> Iterator[list[str]]:
    """A row of the table for each bed and ratio; `before` and `now` are checkouts of the library."""
    speech, spans = reading()
    clock, ears = np.arange(len(speech)) / RATE, Ears(ear)
    spoken = np.any([(clock >= a) & (clock < b) for a, b in spans], axis=0)
    away = ~np.any([(clock >= a - AWAY) & (clock < b + AWAY) for a, b in spans], axis=0)
    said = ears.words(speech[None])
    separate = catalog.load("spleeter")
    original, voice, background, made = (folder / f"{name}.wav" for name in ("whole", "speech", "behind", "bed"))
    for name, behind in backgrounds(len(speech), given):
        for ratio in RATIOS_DB:
            true = behind * (speech[spoken].std() / behind[:, spoken].std() * 10 ** (-ratio / 20))
            whole = np.asarray(true + speech, np.float32)
            gain = min(1.0, 0.5 / float(np.abs(whole).max()))
            whole, true = np.asarray(whole * gain, np.float32), np.asarray(true * gain, np.float32)
            media.write(original, Sound(whole, RATE))
            separate.write(original, voice, background)
            turns, words = ears.spans(whole)
            beds = [
                composed(tree, (original, background, made), where)
                for tree, where in ((before, [*turns, *words]), (now, bed.spoken(turns, words)))
            ]
            levels = [10 * np.log10(np.square(x[:, spoken]).mean() / np.square(true[:, spoken]).mean()) for x in beds]
            ideal = si_sdr(masked(whole, true)[:, spoken], true[:, spoken])
            yield [
                name, str(ratio), *(f"{si_sdr(x[:, spoken], true[:, spoken]):.1f}" for x in beds), f"{ideal:.1f}",
                *(f"{si_sdr(x[:, away], true[:, away]):.1f}" for x in beds), *(f"{level:+.1f}" for level in levels),
                f"{found(ears.words(beds[1]), said):.0%}", f"{found(ears.words(whole), said):.0%}",
            ]  # fmt: skip
