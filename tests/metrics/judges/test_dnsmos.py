"""DNSMOS hears what listeners would: real speech over the same speech in noise, and a clip as itself repeated."""

from __future__ import annotations

import numpy as np
import pytest

from dubbench import media
from dubbench.errors import BadInput
from dubbench.metrics.judges import dnsmos
from dubbench.types import Sound
from examples import clips

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def speech() -> Sound:
    """Ten seconds of the phone conversation that pyannote.audio ships."""
    return media.read(clips.folder() / clips.PHONE.name, sample_rate=16_000, channels=1, duration=10.0)


def test_noise_is_heard_in_the_background_first(speech: Sound) -> None:
    noise = np.random.default_rng(1).standard_normal(speech.samples.shape).astype(np.float32)
    level = float(np.sqrt(np.mean(speech.samples**2)))
    noisy = Sound(speech.samples + 0.3 * level * noise, speech.sample_rate)
    falls = {
        part: dnsmos(part)(speech).value - dnsmos(part)(noisy).value for part in ("speech", "background", "overall")
    }
    assert falls["background"] > falls["speech"]
    assert min(falls["background"], falls["overall"]) > 0.3
    assert 1 <= dnsmos()(noisy).value <= 5


def test_a_short_clip_is_repeated_and_a_long_one_looked_at_second_by_second(speech: Sound) -> None:
    short = Sound(speech.samples[:, : 16_000 * 5], 16_000)
    doubled = Sound(np.tile(short.samples, 2), 16_000)
    assert dnsmos()(short).value == pytest.approx(dnsmos()(doubled).value)
    assert dnsmos()(speech).counts["clips"] == 1


def test_its_name_says_by_what_it_was_judged() -> None:
    assert dnsmos("speech").id == "dnsmos-speech@1+269fbebdb513"


def test_another_sound_is_refused(speech: Sound) -> None:
    with pytest.raises(BadInput, match="hears mono at 16000 Hz, not 1 channels at 8000 Hz"):
        dnsmos()(Sound(speech.samples, 8_000))
    with pytest.raises(BadInput, match="nothing to be heard"):
        dnsmos()(Sound(np.zeros((1, 16_000), np.float32), 16_000))
