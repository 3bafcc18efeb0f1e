"""The only room that calls ffmpeg: what media files are, their sound in and out, loudness, and the finished film.

engine    which ffmpeg, how it is run, its words in our errors
looking   what is inside a media file: `probe`
sound     samples and sound files: `extract`, `read`, `blocks`, `write`, `describe`, `resample`
gauge     `loudness` as an outsider measures it
film      `code`, `mux`; and hashes that prove a copied picture
slower    a picture played slower in places
mark      the visible mark of a preview, drawn
"""

from dubbench.media.engine import ffmpeg_exe
from dubbench.media.film import CODED, Muxed, code, frames_md5, mux, packets_md5
from dubbench.media.gauge import PEAK_FLOOR, SILENCE_LUFS, loudness
from dubbench.media.looking import probe
from dubbench.media.sound import blocks, describe, extract, holds, read, resample, wav_form, write

__all__ = [
    "CODED", "PEAK_FLOOR", "SILENCE_LUFS", "Muxed", "blocks", "code", "describe", "extract", "ffmpeg_exe", "frames_md5",
    "holds", "loudness", "mux", "packets_md5", "probe", "read", "resample", "wav_form", "write",
]  # fmt: skip
