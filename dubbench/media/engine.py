"""How ffmpeg is found and run, and its last words carried in our errors. What it is asked is said by the neighbours."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from dubbench.errors import BadInput, Missing
from dubbench.media import limits
from dubbench.processes import bounded
from dubbench.types import Seconds

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,ogg,wav,w64,flac,mp3,aac,loas,asf,flv,aiff,caf,au,"
    "amr,ac3,eac3,dts,mxf,dv,rm,wv,tta,ape,nut"
)
"""The containers a film or a sound comes in (names of ffmpeg's demuxers). Playlists, scripts and pictures are left out:
they point at other files or places, and uploads are strangers' files."""

PATIENCE: Seconds = 900.0
"""How long ffmpeg may stand still: no word, no processor time. A disk or a network that it reads from is gone then."""

SMALL = {"max_pixels": str(limits.MOST_PIXELS)}
"""What decoders are told: they take no larger picture, whatever the file's header says it is."""
SAFE = {"format_whitelist": FORMATS, "protocol_whitelist": "file,pipe", **SMALL}


ENDED = {
    signal.SIGKILL: "; the system does this when memory runs out",
    getattr(signal, "SIGXFSZ", None): "; no file may become so large here",
}
"""What it means that the system ended a program, by signal."""


def ffmpeg_exe() -> str:
    """The ffmpeg that is used: DUBBENCH_FFMPEG, else the system's, else the one of imageio-ffmpeg. Raises Missing."""
    chosen = os.environ.get("DUBBENCH_FFMPEG")
    if chosen:
        if shutil.which(chosen) is None:
            raise Missing(f"DUBBENCH_FFMPEG is '{chosen}', which is no program; unset it to use another ffmpeg")
        return chosen
    return shutil.which("ffmpeg") or _packaged()


def _packaged() -> str:
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        raise Missing("there is no ffmpeg here: pip install imageio-ffmpeg (or your system's package)") from None


def _command() -> list[str]:
    """How ffmpeg is started: so that it ends with us, however we end, where the system has a program for that (Linux).

    The way of Python, a hook between fork and exec, is not safe beside threads.
    """
    return [*_leash(), ffmpeg_exe()]


@cache
def _leash() -> tuple[str, ...]:
    """util-linux's setpriv; busybox has one that cannot do it."""
    leash = shutil.which("setpriv") if sys.platform == "linux" else None
    if leash is None:
        return ()
    begun = (leash, "--pdeathsig", "KILL")
    works = subprocess.run([*begun, leash, "--version"], capture_output=True, check=False).returncode == 0
    return begun if works else ()


def url(path: Path) -> str:
    """A path as ffmpeg must be told it: absolute, so that no dash, colon or percent sign in a name means something."""
    return f"file:{os.path.abspath(path)}"


def source(path: Path, **options: Any) -> Any:
    """A media file as ffmpeg-python's input."""
    import ffmpeg

    return ffmpeg.input(url(path), **SAFE, **options)


def subtitles(path: Path) -> Any:
    """An SRT file (UTF-8) as ffmpeg-python's stream of text."""
    import ffmpeg

    return ffmpeg.input(url(path), format="srt", sub_charenc="UTF-8", protocol_whitelist="file")["s:0"]


def stamped(picture: Any, width: int, height: int) -> Any:
    """`picture` with a stamp in its upper right corner: RGBA bytes of that size, which `run` is given as `pipe`."""
    import ffmpeg

    stamp = ffmpeg.input("pipe:", format="rawvideo", pix_fmt="rgba", video_size=(width, height))
    return ffmpeg.overlay(picture, stamp, x="max(0,W-w-W/40)", y="H/40")


def output(streams: list[Any], to: Path, options: dict[str, Any]) -> Any:
    """ffmpeg-python's output of several streams, in their order, to a file whose suffix names the form."""
    import ffmpeg

    return ffmpeg.output(*streams, url(to), **options)


def run(
    node: Any, *, about: Path, to: Path | None = None, pipe: bytes | int | None = None, level: str = "error"
) -> str:
    """Run an ffmpeg-python graph and return what ffmpeg wrote to stderr at `level`. Its input "pipe:" is given as
    bytes, or as the number of an open file.

    A failure is BadInput naming `about`, the file ffmpeg was working on (or `to`, when that could not be written), with
    ffmpeg's own last words; a half-written `to` is removed. So is an ffmpeg that stands still (`PATIENCE`).
    """
    import ffmpeg

    asked = node.global_args("-hide_banner", "-nostdin", "-nostats", "-loglevel", level)
    command = ffmpeg.compile(asked, cmd=_command(), overwrite_output=True)
    try:
        done = bounded.run(command, pipe, bounds=bounded.Bounds(still=PATIENCE))
    except bounded.Overrun as overrun:
        _unwritten(to)
        raise BadInput(f"{about}: ffmpeg {overrun}; is the disk or the network that it lies on still there?") from None
    said = done.said.decode("utf-8", "replace")
    if done.code or UNFINISHED.search(said):
        _unwritten(to)
        raise BadInput(_sentence(said, about, to, done.code))
    if to is not None and not to.exists():
        raise BadInput(f"{ffmpeg_exe()} was asked for {to} and wrote nothing; say which ffmpeg with DUBBENCH_FFMPEG")
    return said


UNFINISHED = re.compile(r"^Error (?:writing trailer of|closing file) ", re.MULTILINE)
"""What ffmpeg 5.1 says of a file whose end it could not write, and ends with 0 all the same: on a full disk."""


def _unwritten(to: Path | None) -> None:
    if to is not None:
        to.unlink(missing_ok=True)


def _sentence(stderr: str, about: Path, to: Path | None, code: int) -> str:
    if code < 0:
        return f"ffmpeg was ended by {signal.Signals(-code).name} at {about}{ENDED.get(-code, '')}"
    words = last_words(stderr)
    if to is not None and re.search(r"No space left|Read-only file|Permission denied|File too large", stderr):
        return f"cannot write to {to.parent}: {words}; free some space, or write elsewhere"
    return f"{about}: ffmpeg cannot use it: {words}"


def last_words(stderr: str) -> str:
    """The last two lines of ffmpeg's that say something, without the addresses of its parts."""
    lines = [re.sub(r" @ 0x[0-9a-f]+", "", line).strip() for line in stderr.splitlines()]
    telling = [line for line in lines if line and line != "Conversion failed!"]
    return "; ".join(telling[-2:]) or "it said nothing"
