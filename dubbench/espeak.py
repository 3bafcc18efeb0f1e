"""espeak-ng's rules from letters to sounds, as a library in this process, for voices that were trained on its phonemes.

espeak-ng is GPL-3.0-or-later: it is loaded here and nowhere else in the house, and only by those voices.
"""

from __future__ import annotations

import ctypes
import re
import threading
from functools import cache

from dubbench.errors import BadInput, Missing


class Espeak:
    """espeak-ng's rules from letters to sounds. Its state belongs to the whole process, so one asks at a time."""

    def __init__(self) -> None:
        import espeakng_loader

        self._lock = threading.Lock()
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        say = self._library.espeak_TextToPhonemes
        say.argtypes, say.restype = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int], ctypes.c_char_p
        # speak_lib.h: output 2 is synchronous, option 0x8000 does not exit on errors; the rate or -1 comes back.
        if self._library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0x8000) <= 0:
            raise Missing("espeak-ng finds no data: pip install --force-reinstall espeakng-loader==0.2.4")

    def say(self, text: str, voice: str) -> str:
        """IPA with stress, diphthongs and affricates tied by "^"."""
        rest = ctypes.c_char_p(text.encode())
        mode = 0x02 | 0x80 | (ord("^") << 8)
        clauses = []
        with self._lock:
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise BadInput(f"espeak-ng has no voice '{voice}'")
            while rest.value is not None:
                clauses.append(self._library.espeak_TextToPhonemes(ctypes.byref(rest), 1, mode).decode())
        # "(en)" and the like say that a word was read by another language's rules.
        return re.sub(r"\([a-z-]+\)", "", " ".join(clauses)).strip()


@cache
def _espeak() -> Espeak:
    return Espeak()


_making = threading.Lock()


def espeak() -> Espeak:
    """The one espeak-ng of this process. Raises Missing."""
    with _making:
        return _espeak()
