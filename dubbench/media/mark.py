"""The visible mark of a preview, drawn with numpy: ffmpeg's own text needs fonts, which a machine may not have."""

from __future__ import annotations

from typing import Any

import numpy as np

TEXT = "AI dub · preview"

# Our own letters, five wide and eight high (the last row for descenders).
_LETTERS = {
    "A": ".###. #...# #...# ##### #...# #...# #...# .....",
    "I": "###.. .#... .#... .#... .#... .#... ###.. .....",
    "b": "#.... #.... ####. #...# #...# #...# ####. .....",
    "d": "....# ....# .#### #...# #...# #...# .#### .....",
    "e": "..... ..... .###. #...# ##### #.... .###. .....",
    "i": ".#... ..... ##... .#... .#... .#... ###.. .....",
    "p": "..... ..... ####. #...# #...# ####. #.... #....",
    "r": "..... ..... #.##. ##... #.... #.... #.... .....",
    "u": "..... ..... #...# #...# #...# #..## .##.# .....",
    "v": "..... ..... #...# #...# #...# .#.#. ..#.. .....",
    "w": "..... ..... #...# #...# #.#.# #.#.# .#.#. .....",
    "·": "..... ..... ..... .##.. .##.. ..... ..... .....",
    " ": "..... ..... ..... ..... ..... ..... ..... .....",
}


def drawn(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The mark for a picture of `width` by `height`: RGBA, shape (rows, columns, 4), white on a translucent plate.

    A sixtieth of the short side for each dot of a letter, yet never wider than the picture where one dot a pixel is.
    """
    ink = np.hstack([_glyph(letter) for letter in TEXT])
    ink = np.pad(ink, ((2, 2), (3, 2)))
    scale = max(1, min(round(min(width, height) / 160), width // ink.shape[1]))
    ink = np.kron(ink, np.ones((scale, scale), np.uint8))
    plate = np.zeros((*ink.shape, 4), np.uint8)
    plate[..., 3] = 130
    plate[ink == 1] = (255, 255, 255, 235)
    return plate


def _glyph(letter: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    rows = _LETTERS[letter].split()
    return np.array([[dot == "#" for dot in (*row, ".")] for row in rows], np.uint8)
