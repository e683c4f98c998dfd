import numpy as np
import pytest

from mien.aligners.stretches import LONGEST, SHORTEST, analysis_samples, stretches
from mien.core.track import Audio, rate_from


def talk(seconds, pauses, rate=16000):
    """Noise with silent pauses of 0.4 s at the given seconds."""
    values = np.random.default_rng(0).normal(0, 0.1, int(seconds * rate)).astype(np.float32)
    for pause in pauses:
        values[int((pause - 0.2) * rate) : int((pause + 0.2) * rate)] = 0
    return Audio(values, rate_from(rate))


@pytest.mark.parametrize("size", [999, 16000, 10**9])
def test_the_stretches_are_the_sound_cut_in_its_pauses_however_it_came(size):
    sound = talk(50, [3, 11, 26, 40])
    parts = list(stretches(sound.split(size)))
    assert np.array_equal(Audio.join(parts).values, sound.values)
    cuts = [float(part.start / sound.rate) for part in parts[1:]]
    assert np.abs(np.array(cuts) - [11, 26, 40]).max() < 0.1


def test_a_sound_without_pauses_is_cut_all_the_same():
    parts = list(stretches([talk(65, [])]))
    assert all(SHORTEST <= part.seconds <= LONGEST for part in parts[:-1])


def test_analysis_keeps_the_voice_band_at_any_rate():
    for rate in (8000, 22050, 44100, 48000):
        times = np.arange(rate) / rate
        samples = analysis_samples(Audio(np.sin(2 * np.pi * 440 * times), rate_from(rate)))
        assert len(samples) == 16000
        np.testing.assert_allclose(samples, np.sin(2 * np.pi * 440 * np.arange(16000) / 16000), atol=0.02)
