"""Odd films and sounds for everybody's tests, made by ffmpeg on the spot. Nothing is asserted here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import media
from dubbench.media import engine
from dubbench.types import Seconds, Sound

RATE = 48_000


def tone(
    seconds: Seconds, *, hertz: float = 440.0, level: float = 0.2, channels: int = 2, sample_rate: int = RATE
) -> Sound:
    """A sine of peak `level` in every channel."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * sample_rate)) / sample_rate)
    return Sound(np.repeat(wave[None].astype(np.float32), channels, axis=0), sample_rate)


def silence(seconds: Seconds, *, channels: int = 2, sample_rate: int = RATE) -> Sound:
    return Sound(np.zeros((channels, round(seconds * sample_rate)), np.float32), sample_rate)


def noise(seconds: Seconds, *, level: float = 0.1, channels: int = 2, sample_rate: int = RATE, seed: int = 0) -> Sound:
    """Gaussian noise of standard deviation `level`, held within [-1, 1]."""
    wave = np.random.default_rng(seed).normal(0, level, (channels, round(seconds * sample_rate)))
    return Sound(np.clip(wave, -1, 1).astype(np.float32), sample_rate)


def babble(seconds: Seconds, *, level: float = 0.2, sample_rate: int = RATE, seed: int = 0) -> Sound:
    """Mono sound with the crest and the rhythm of speech: a buzz in syllables of changing pitch and loudness."""
    rng = np.random.default_rng(seed)
    n = round(seconds * sample_rate)
    t = np.arange(n) / sample_rate
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * t + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    buzz = sum(np.sin(k * phase + rng.uniform(0, 6)) / k for k in range(1, 25)) + 0.1 * rng.normal(size=n)
    syllables = np.interp(t, np.arange(0, seconds + 0.2, 0.1), rng.uniform(0, 1, len(np.arange(0, seconds + 0.2, 0.1))))
    wave = np.asarray(buzz) * syllables**2
    return Sound((level * wave / np.abs(wave).max())[None].astype(np.float32), sample_rate)


def clicks(times: Sequence[Seconds], seconds: Seconds, *, sample_rate: int = RATE) -> Sound:
    """Stereo silence with a sharp burst of 2 ms at each time."""
    sound = silence(seconds, sample_rate=sample_rate)
    burst = 0.8 * np.sin(2 * np.pi * 3000 * np.arange(sample_rate // 500) / sample_rate)
    for time in times:
        at = round(time * sample_rate)
        sound.samples[:, at : at + len(burst)] = burst
    return sound


def heard_clicks(sound: Sound, *, threshold: float = 0.2) -> list[Seconds]:
    """When clicks begin: loud samples with 50 ms of quiet before them."""
    loud = np.flatnonzero(np.abs(sound.mono) > threshold)
    first = np.flatnonzero(np.diff(loud, prepend=-RATE) > sound.sample_rate // 20)
    return [float(loud[i] / sound.sample_rate) for i in first]


def make_film(
    path: Path,
    *,
    sound: Sound | Path | None = None,
    seconds: Seconds = 2.0,
    size: tuple[int, int] = (160, 120),
    rate: float = 25,
    rotation: int = 0,
    video: str | None = "libx264",
    audio: str | None = "aac",
    flash: Seconds | Sequence[Seconds] | None = None,
    sound_late: Seconds = 0.0,
    picture_late: Seconds = 0.0,
    variable_rate: bool = False,
    **options: Any,
) -> Path:
    """A film at `path` (its suffix names the container): a test picture, or a black one, white at each `flash`.

    `sound` is a tone unless given; `video` or `audio` None leaves that out. `rotation` in degrees, by display matrix,
    counter-clockwise. `options` go to ffmpeg's output as they are.
    """
    import ffmpeg

    wav = path.with_name(f"{path.name}.sound.wav")
    if audio and not isinstance(sound, Path):
        media.write(wav, sound or tone(seconds))
    streams = []
    if video:
        seen = _picture(size, rate, seconds, flash)
        streams.append(ffmpeg.input(seen, format="lavfi", itsoffset=picture_late)["v"])
        if variable_rate:
            streams[-1] = streams[-1].filter("select", "lt(mod(n,7),4)")
        if video in ("libx264", "mjpeg"):
            options.setdefault("pix_fmt", "yuv420p" if size[0] % 2 == size[1] % 2 == 0 else "yuv444p")
        options = {"c:v": video, "enc_time_base:v": "1/1000", **options} if variable_rate else {"c:v": video, **options}
    if audio:
        streams.append(engine.source(sound if isinstance(sound, Path) else wav, itsoffset=sound_late)["a:0"])
        options = {"c:a": audio, **options}
    made = path if not rotation else path.with_name(f"upright.{path.name}")
    engine.run(engine.output(streams, made, options), about=path)
    if rotation:
        _rotate(made, path, rotation)
        made.unlink()
    wav.unlink(missing_ok=True)
    return path


def _picture(size: tuple[int, int], rate: float, seconds: Seconds, flash: Seconds | Sequence[Seconds] | None) -> str:
    shape = f"s={size[0]}x{size[1]}:r={rate}:d={seconds}"
    # The sources themselves make odd sizes even.
    odd = f"scale={size[0]}:{size[1]},format=yuv444p" if size[0] % 2 or size[1] % 2 else "null"
    if flash is None:
        return f"testsrc2={shape},{odd}"
    times = [flash] if isinstance(flash, float) else flash
    near = "+".join(f"between(t,{time - 0.5 / rate},{time + 0.5 / rate})" for time in times)
    return f"color=black:{shape},{odd},drawbox=t=fill:c=white:enable='{near}'"


def _rotate(upright: Path, to: Path, degrees: int) -> None:
    """The same packets with a display matrix; by PyAV, for versions of ffmpeg say this in different words."""
    import av

    with av.open(str(upright)) as source, av.open(str(to), "w") as film:
        streams = {s.index: film.add_stream_from_template(s) for s in source.streams}
        film.streams.video[0].set_display_rotation(degrees)
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                film.mux(packet)


def seen_flashes(path: Path) -> list[Seconds]:
    """When bright frames begin, on the film's clock."""
    import av

    with av.open(str(path)) as film:
        zero = (film.start_time or 0) / 1e6
        frames = [(f.time - zero, f.to_ndarray(format="gray").mean() > 128) for f in film.decode(video=0)]
    return [time for (time, white), (_, before) in zip(frames, [(0, False), *frames], strict=False) if white > before]


def track(path: Path, number: int = 0) -> Sound:
    """Audio track `number` of a film, decoded on the film's clock, late starts filled with silence."""
    wav = path.with_name(f"{path.name}.track{number}.wav")
    import av

    with av.open(str(path)) as film:
        zero = (film.start_time or 0) / 1e6
    heard_at = {"async": 1, "first_pts": round(zero * RATE)}
    sound = engine.source(path, copyts=None)[f"a:{number}"].filter("aresample", RATE, **heard_at)
    engine.run(sound.output(engine.url(wav), acodec="pcm_s16le"), about=path)
    heard = media.read(wav)
    wav.unlink()
    return heard
