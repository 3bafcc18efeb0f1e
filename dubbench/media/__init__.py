"""The only room that calls ffmpeg: what media files are, their sound in and out, loudness, and the finished film.

engine    which ffmpeg, how it is run, its words in our errors
looking   what is inside a media file: `probe`
sound     samples and sound files: `extract`, `beginning`, `read`, `blocks`, `describe`, `resample`
pages     long sound that stays in its file: `mapped`
writing   sound files written: `write`, `writer`; `lengthened`, `within`, `settled`: in several sittings
gauge     `loudness` as an outsider measures it
coding    the dub's sound as a film holds it: `code`; `coder`, while it is made
film      `mux`, `copies`; and hashes that prove a copied picture
slower    a picture played slower in places
mark      the visible mark of a preview, drawn
"""

from dubbench.media.coding import CODED, code, coder
from dubbench.media.engine import ffmpeg_exe
from dubbench.media.film import Muxed, copies, frames_md5, mux, packets_md5
from dubbench.media.gauge import PEAK_FLOOR, SILENCE_LUFS, loudness
from dubbench.media.looking import opened, probe
from dubbench.media.pages import mapped
from dubbench.media.sound import beginning, blocks, describe, extract, holds, read, resample, stream, write_mono
from dubbench.media.writing import lengthened, pcm16, settled, wav_form, within, write, writer

__all__ = [
    "CODED", "PEAK_FLOOR", "SILENCE_LUFS", "Muxed", "beginning", "blocks", "code", "coder", "copies", "describe",
    "extract", "ffmpeg_exe", "frames_md5", "holds", "lengthened", "loudness", "mapped", "mux", "opened", "packets_md5",
    "pcm16", "probe", "read", "resample", "settled", "stream", "wav_form", "within", "write", "write_mono", "writer",
]  # fmt: skip
