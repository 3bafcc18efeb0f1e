"""The dub's sound: lines put in their places over the ducked background, made as loud as it should be, nothing cut.

    meter      loudness and true peak, of sound that comes in pieces
    bed        the film's own sound without its words; roomtone: what its pauses sound like; sides: what lies beside it
    acoustics  where a voice was recorded, and the same given to another
    slower     sound that goes with a picture played slower
    compose    lines, background and ducking, summed piece by piece
    levels     which line shall be louder than the others
    limiter    gains that hold the true peak down
    master     `mix`: levels decided, then written

Coding what is written is `media`'s. The sound streams; its readings stay in memory: two hours take 45 MB, 190 at the
peak.
"""

from dubbench.mix.compose import Ducking
from dubbench.mix.master import VERSION, Mixed, Speech, mix, own_lufs, weighed
from dubbench.mix.meter import Loudness, measure

__all__ = ["VERSION", "Ducking", "Loudness", "Mixed", "Speech", "measure", "mix", "own_lufs", "weighed"]
