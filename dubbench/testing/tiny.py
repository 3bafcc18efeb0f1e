"""Things to walk with: a sound, a film and a dub, made on the spot, small and always the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from dubbench import media, memory
from dubbench.types import Dub, Line, Seconds, Sound, Source, Tracks, Voice, Word

RATE = 48_000
TEXTS = ("Hello you", "How are you", "Fine thanks")


def syllables(seconds: Seconds, rate: int, *, channels: int = 1) -> Sound:
    """A buzz of 12 harmonics that swells four times a second: about the spectrum and the rhythm of speech."""
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 13))
    wave = 0.15 * np.sin(np.pi * 4 * time) ** 2 * buzz
    both = [wave, wave * 0.8 + 0.05 * np.sin(2 * np.pi * 523 * time)]
    return Sound(np.asarray(both[:channels], np.float32), rate)


def tiny_dub(folder: Path, *, target: str = "pt") -> Dub:
    """A 6 s dub in `folder`, understood and not yet translated: three lines of two speakers, with words and voices.

    A  |--Hello you--|                      |--Fine thanks--|
    B                  |--How are you--|
    """
    path = folder / memory.FOLDER / "probe" / "tiny.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    media.write(path, syllables(6.0, RATE, channels=2))
    original = media.describe(path, folder)
    source = Source(path=str(path), sha256=original.sha256, duration=original.duration, channels=2, sample_rate=RATE)
    voices = tuple(Voice(id=x, speaker=x, preset=p) for x, p in (("A", "toy-high"), ("B", "toy-low")))
    return Dub(
        id="tiny",
        source=source,
        source_language="en",
        target_language=target,
        tracks=Tracks(original=original),
        voices=voices,
        lines=tuple(_line(i, text, "ABA"[i]) for i, text in enumerate(TEXTS)),
    ).at(folder)


def _line(place: int, text: str, speaker: str) -> Line:
    start, words = 0.2 + 1.9 * place, text.split()
    step = 1.5 / len(words)
    times = [Word(text=word, start=start + i * step, end=start + (i + 1) * step) for i, word in enumerate(words)]
    return Line(id=str(place + 1), start=start, end=start + 1.5, text=text, speaker=speaker, words=tuple(times))


def tiny_film(path: Path, *, seconds: Seconds = 2.0, size: tuple[int, int] = (96, 64)) -> Path:
    """Write a film: a bright bar that walks over a dark picture, 25 frames a second, and `syllables`. Gives `path`."""
    import av

    with av.open(str(path), "w") as film:
        picture = film.add_stream("mpeg4", rate=25)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        track = film.add_stream("aac", rate=RATE, layout="mono")
        for number in range(round(seconds * 25)):
            image = np.full((size[1], size[0], 3), 40, np.uint8)
            image[:, number % size[0]] = 220
            film.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        sound = av.AudioFrame.from_ndarray(syllables(seconds, RATE).samples, format="fltp", layout="mono")
        sound.sample_rate, sound.time_base = RATE, Fraction(1, RATE)
        film.mux(track.encode(sound))
        for stream in (picture, track):
            film.mux(stream.encode(None))
    return path
