"""The faces room: spans of mouths, remembered by content; none in a film without a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dubbench.errors import AdapterFailed
from dubbench.stages.faces import Faces
from dubbench.types import Dub, Mouth, Source, Turn


class Eye(Faces):
    seen = (Mouth(start=0.5, end=1.5, speaker="A"),)
    asked = 0

    def faces(self, video: Path, turns: Sequence[Turn]) -> tuple[Mouth, ...]:
        self.asked += 1
        return self.seen


def a_dub(folder: Path, width: int = 64) -> Dub:
    source = Source(path="a.mp4", sha256="0", duration=2.0, width=width, height=width)
    return Dub(id="d", source=source, target_language="pt").at(folder)


def test_mouths_are_found_once_and_remembered(tmp_path: Path) -> None:
    eye, dub = Eye(), a_dub(tmp_path)
    once = eye(dub)
    assert dub.mouths is None
    assert once.mouths == Eye.seen
    assert eye(once) is once
    assert eye(dub).mouths == Eye.seen
    assert eye.asked == 1


def test_sound_alone_shows_no_mouth(tmp_path: Path) -> None:
    eye = Eye()
    assert eye(a_dub(tmp_path, width=0)).mouths == ()
    assert eye.asked == 0


def test_a_mouth_outside_the_film_is_a_fault(tmp_path: Path) -> None:
    eye = Eye()
    eye.seen = (Mouth(start=1.0, end=9.0),)
    with pytest.raises(AdapterFailed, match="outside the film"):
        eye(a_dub(tmp_path))
