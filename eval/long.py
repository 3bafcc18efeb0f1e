"""Long films of real speech: recordings one after the other in ever new order, each time a little other; and a picture
that goes on. Everything is written piece by piece, so length costs no memory here either.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dubbench import media
from dubbench.types import Samples, Seconds, Sound
from examples import clips

RATE = 48_000
SPEECH = (clips.PHONE, clips.KENNEDY, *clips.NOVEL, clips.RADIO)
"""Six people in English: on the phone, on a stage, reading, on the radio."""
LOOKS = ("null", "hue=h=40", "hflip", "eq=brightness=0.08", "hflip,hue=h=-60", "eq=contrast=1.2")
"""What is done to the picture from one shot to the next (ffmpeg's filters)."""
SHOT: Seconds = 12.0


def film(minutes: float, to: Path) -> Path:
    """Writes an MP4 of so many minutes, the same for the same length."""
    folder = clips.folder(clips.FACE, *SPEECH)
    wav, shots = to.with_suffix(".wav"), to.with_suffix(".shots.mp4")
    _sound(folder, 60 * minutes, wav)
    _shots(folder / clips.FACE.name, to.parent, shots)
    _run("-stream_loop", "-1", "-i", shots, "-i", wav, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac",
         "-b:a", "128k", "-t", f"{60 * minutes:.3f}", "-movflags", "+faststart", to)  # fmt: skip
    wav.unlink()
    shots.unlink()
    return to


def _sound(folder: Path, duration: Seconds, to: Path) -> None:
    import soundfile

    left = round(duration * RATE)
    with soundfile.SoundFile(to, "w", RATE, 1, subtype="PCM_16") as file:
        for samples in _recordings(folder):
            piece = samples[:, :left]
            file.write(media.pcm16(piece).T)
            left -= piece.shape[1]
            if not left:
                break


def _recordings(folder: Path) -> Iterator[Samples]:
    """Without end: each round in another order, each recording up to 4 % faster or slower (and so higher or lower), up
    to 4 dB louder or softer, with a rest of up to two seconds after it."""
    chance = np.random.default_rng(0)
    known = [media.read(folder / file.name, channels=1) for file in SPEECH]
    while True:
        for number in chance.permutation(len(known)):
            one = known[number]
            other = Sound(one.samples, round(one.sample_rate * chance.uniform(0.96, 1.04)))
            gain = 10 ** (chance.uniform(-4, 4) / 20)
            samples = np.clip(media.resample(other, RATE).samples * gain, -1, 1).astype(np.float32)
            yield samples
            yield np.zeros((1, round(chance.uniform(0.3, 2.0) * RATE)), np.float32)


def _shots(face: Path, folder: Path, to: Path) -> None:
    """One shot of each look, one after the other."""
    parts = [folder / f"shot-{i}.mp4" for i in range(len(LOOKS))]
    for part, look in zip(parts, LOOKS, strict=True):
        _run("-stream_loop", "-1", "-i", face, "-vf", look, "-t", str(SHOT), "-c:v", "libx264", "-preset", "veryfast",
             "-crf", "30", "-pix_fmt", "yuv420p", part)  # fmt: skip
    listed = folder / "shots.txt"
    listed.write_text("".join(f"file '{part.name}'\n" for part in parts), "utf-8")
    _run("-f", "concat", "-i", listed, "-c", "copy", to)
    for path in (*parts, listed):
        path.unlink()


def _run(*arguments: object) -> None:
    command = [media.ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
