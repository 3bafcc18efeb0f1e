"""The separate room goes on where it broke, with the same result as in one go."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dubbench import media
from dubbench.adapters.toy import ToySeparate
from dubbench.errors import AdapterFailed
from dubbench.types import Sound

RATE = 48_000


class Breaking(ToySeparate):
    """Takes pieces of four seconds; breaks at the piece number `at`."""

    piece, overlap = 4.0, 1.0

    def __init__(self, at: int | None = None) -> None:
        super().__init__()
        self.at, self.asked = at, 0

    def separate(self, sound: Sound) -> tuple[Sound, Sound]:
        self.asked += 1
        if self.asked == self.at:
            raise RuntimeError("broke")
        return super().separate(sound)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 20 * RATE)).astype(np.float32)
    media.write(tmp_path / "original.wav", Sound(noise, RATE))
    return tmp_path / "original.wav"


def stems(original: Path, stage: Breaking, folder: str) -> list[bytes]:
    """The very files."""
    paths = [original.parent / folder / name for name in ("speech.wav", "background.wav")]
    stage.write(original, *paths)
    assert sorted(path.name for path in paths[0].parent.iterdir()) == ["background.wav", "speech.wav"]
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize("at", [1, 2, 5])
def test_pieces_that_are_done_are_not_done_again_and_the_result_is_the_same(original: Path, at: int) -> None:
    whole = Breaking()
    expected = stems(original, whole, "whole")
    with pytest.raises(AdapterFailed, match="broke"):
        stems(original, Breaking(at), "parted")
    healed = Breaking()
    assert stems(original, healed, "parted") == expected
    # One piece before it is taken apart again, for what the two share.
    assert healed.asked == whole.asked - (at - 1) + (at > 1)


def test_names_are_given_also_where_it_was_killed_between_the_two(original: Path) -> None:
    expected = stems(original, Breaking(), "whole")
    folder = original.parent / "parted"
    with pytest.raises(AdapterFailed):
        stems(original, Breaking(2), "parted")
    # As it lies there in that moment: all is done, the first has its name, the second not yet.
    for path, file in zip((folder / "speech.wav", folder / "background.part.wav"), expected, strict=True):
        path.write_bytes(file)
    (folder / "speech.part.wav").unlink()
    (folder / "speech.part.json").write_text(json.dumps({"done": count(original), "of": count(original)}))
    last = Breaking()
    assert stems(original, last, "parted") == expected
    assert last.asked == 0


def count(original: Path) -> int:
    stage = Breaking()
    stems(original, stage, "counted")
    return stage.asked
