"""Values go through JSON and come back the same; nonsense is refused, and no path leaves the exchange folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dubbench.apart import wire
from dubbench.stages.speak import Speak, Spoken
from dubbench.testing.report import same
from dubbench.types import Phoneme, Sound, Turn, Voice

SOUND = Sound(np.array([[0.5, -0.25], [3.0, 1e-20]], np.float32), 22_050)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (SOUND, Sound),
        (Sound(np.zeros((1, 0), np.float32), 8_000), Sound),
        (Spoken(SOUND, (Phoneme(symbol="ə", start=0.0, end=0.1),)), Spoken),
        ((SOUND, SOUND), tuple[Sound, Sound]),
        ((Turn(speaker="A", start=0.0, end=1.0),), tuple[Turn, ...]),
        ([["olá", "😀\x00\n"], ["x"]], list[list[str]]),
        (None, Sound | None),
        (0.5, float),
        (Path("/tmp/x"), Path),
    ],
)
def test_values_come_back_the_same(tmp_path: Path, value: Any, kind: Any) -> None:
    exchange = wire.Exchange(tmp_path)
    packed = json.loads(wire.dumps(exchange.pack(value)))
    assert same(value, exchange.unpack(packed, kind))
    exchange.forget(packed)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        ({"sound": "../secret.wav"}, Sound),
        ({"sound": "/etc/x.wav"}, Sound),
        ({"sound": "gone.wav"}, Sound),
        ({"sound": {}}, Sound),
        ("words", Spoken),
        ({"phonemes": []}, Spoken),
        ({"sound": 3, "pickle": "!"}, Spoken),
        ([1, 2, 3], tuple[float, float]),
        ("x", tuple[Turn, ...]),
        ([{"speaker": "A"}], tuple[Turn, ...]),
        ({"id": "x", "run": "rm"}, Voice),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, packed: Any, kind: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.Exchange(tmp_path).unpack(packed, kind)


def test_what_has_no_plain_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="ndarray"):
        wire.Exchange(tmp_path).pack([np.zeros(2)])
    with pytest.raises(ValueError, match="JSON compliant"):
        wire.dumps(float("nan"))


def test_a_rooms_verb_is_known_by_its_own_words() -> None:
    signature, hints = wire.verb(Speak, "speak")
    assert list(signature.parameters) == ["text", "voice", "language", "pace", "controls"]
    assert hints["return"] is Spoken
