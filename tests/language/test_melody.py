import time

import numpy as np
import pytest

from mien.core.track import Audio, rate_from
from mien.language.melody import HOP, RATE, SIZE, Melody
from mien.language.prosody import loudness_from_audio
from tests.language.test_prosody import voice


def followed(samples: np.ndarray, size: int) -> np.ndarray:
    melody = Melody()
    return np.concatenate([melody.follow(samples[i : i + size]) for i in range(0, len(samples), size)])


def test_a_melody_is_the_same_to_the_bit_however_its_sound_comes() -> None:
    times = np.arange(2 * RATE) / RATE
    sound = voice(150 * 2 ** (0.5 * np.sin(2 * np.pi * times))).values * (times < 1.5)
    whole = followed(sound, len(sound))
    for size in (1, 77, 160, 512, 4096):
        assert np.array_equal(followed(sound, size), whole)


@pytest.mark.parametrize("hz", [80, 150, 300, 450])
def test_a_steady_pitch_is_found_within_one_percent(hz: float) -> None:
    found = followed(voice(np.full(RATE, hz)).values, 512)
    np.testing.assert_allclose(found[2:, 0], hz, rtol=0.01)


def test_a_gliding_pitch_is_followed_as_soon_as_its_sound_is_there() -> None:
    times = np.arange(3 * RATE) / RATE
    made = 120 * 2 ** (0.5 * np.sin(2 * np.pi * times))
    found = followed(voice(made).values, 512)
    assert len(found) == 300 - int(np.ceil((SIZE + 2) / HOP)) + 1  # none waits for more than its own window
    middles = (np.arange(len(found)) * HOP + SIZE // 2) * 2
    np.testing.assert_allclose(found[2:, 0], made[middles][2:], rtol=0.02)


def test_noise_and_silence_have_no_pitch() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    assert not followed(np.zeros(RATE, np.float32), 512)[:, 0].any()
    assert np.mean(followed(noise, 512)[:, 0] > 0) < 0.05


def test_after_something_loud_a_soft_voice_is_heard_again() -> None:
    soft = voice(np.full(4 * RATE, 150.0), level=0.006).values
    crash = np.random.default_rng(0).normal(0, 0.3, 1600).astype(np.float32)
    found = followed(np.concatenate([crash, soft]), 512)[:, 0]
    assert np.mean(found[-50:] > 0) > 0.9


def test_it_is_as_loud_as_prosody_says() -> None:
    sound = Audio(voice(np.full(RATE, 150.0), level=0.05).values, rate_from(RATE))
    assert abs(float(np.median(followed(sound.values, 512)[:, 1]) - np.median(loudness_from_audio(sound)))) < 0.02


def test_following_takes_less_than_a_hundredth_of_real_time() -> None:
    sound = voice(150 + 50 * np.sin(np.arange(10 * RATE) / RATE * 9)).values
    took = []
    for _ in range(3):
        began = time.thread_time()
        followed(sound, 512)
        took.append((time.thread_time() - began) / 10)
    assert min(took) < 0.01
