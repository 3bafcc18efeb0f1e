"""The transform goes there and back, frames stand where they should, and a tone lies in its bin."""

from __future__ import annotations

import numpy as np
import pytest

from dubbench import spectrum


@pytest.mark.parametrize(("size", "hop"), [(4096, 1024), (2048, 320), (256, 256 // 4)])
@pytest.mark.parametrize("length", [1, 100, 4096, 20_001])
def test_there_and_back_is_the_same_sound(size: int, hop: int, length: int) -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, (2, length)).astype(np.float32)
    spectra = spectrum.stft(sound, size=size, hop=hop)
    assert spectra.shape == (2, 1 + length // hop, size // 2 + 1)
    assert spectra.dtype == np.complex64
    back = spectrum.istft(spectra, size=size, hop=hop, length=length)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, sound, atol=2e-6)


def test_a_tone_lies_in_its_bin_with_the_windows_gain() -> None:
    size, bin_ = 1024, 37
    tone = np.cos(2 * np.pi * bin_ * np.arange(8 * size) / size).astype(np.float32)
    middle = np.abs(spectrum.stft(tone, size=size, hop=256))[16]
    assert int(middle.argmax()) == bin_
    assert middle[bin_] == pytest.approx(size / 4, rel=1e-4)


def test_left_out_bins_are_silence() -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, 8192).astype(np.float32)
    whole = spectrum.stft(sound, size=512, hop=128)
    low = whole.copy()
    low[:, 100:] = 0
    args = {"size": 512, "hop": 128, "length": 8192}
    np.testing.assert_allclose(spectrum.istft(whole[:, :100], **args), spectrum.istft(low, **args), atol=1e-7)
