"""Loudness by the standard's own test signals; the limiter's promise."""

from fractions import Fraction

import numpy as np
import pytest

from mien.core.track import Audio
from mien.media.loudness import (
    PEAK,
    TARGET,
    gain_to_target,
    integrated_loudness,
    k_weighted,
    limited,
    true_peaks,
)


def sine(decibels: float, seconds: float, rate: int = 48000, hertz: float = 1000) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    return (10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def audio(*parts: np.ndarray, rate: int = 48000) -> Audio:
    return Audio(np.concatenate(parts), Fraction(rate))


def clicks(seconds: float = 4) -> Audio:
    """Quiet noise with strong peaks, as speech close to a microphone has them."""
    noise = np.random.default_rng(0).normal(0, 0.01, round(48000 * seconds)).astype(np.float32)
    noise[5000::24000] = 0.9
    return audio(noise)


@pytest.mark.parametrize("rate", [16000, 24000, 44100, 48000])
def test_a_full_scale_sine_of_997_hertz_is_minus_3_lufs(rate: int) -> None:
    # ITU-R BS.1770-4, the statement after equation 2
    assert integrated_loudness([audio(sine(0, 5, rate, 997), rate=rate)]) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [  # EBU Tech 3341, table 1, cases 1 to 4; its signals are in two channels, so 3 dB more
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
    ],
)
def test_the_broadcasters_test_signals_measure_as_they_should(parts: list[tuple[int, int]], wanted: float) -> None:
    sound = audio(*[sine(decibels, seconds) for decibels, seconds in parts])
    assert integrated_loudness(sound.split(48000)) + 3.01 == pytest.approx(wanted, abs=0.1)


def test_loudness_does_not_depend_on_the_cut() -> None:
    sound = clicks()
    assert integrated_loudness(sound.split(999)) == pytest.approx(integrated_loudness([sound]), abs=1e-6)


def test_silence_and_nothing_have_no_loudness() -> None:
    assert integrated_loudness([]) == integrated_loudness([Audio.silence(48000, 48000)]) == -np.inf
    assert gain_to_target(lambda: [Audio.silence(48000, 48000)]) == 1


def test_k_weighting_has_the_standards_coefficients() -> None:
    # ITU-R BS.1770-4, tables 1 and 2, at 48 kHz, run the slow way
    values = np.random.default_rng(0).normal(0, 0.1, 4800)
    wanted = values
    for b, a in (
        ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
        ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
    ):
        out = np.zeros(len(wanted))
        for n in range(len(wanted)):
            out[n] = sum(b[k] * wanted[n - k] for k in range(3) if n >= k)
            out[n] -= sum(a[k - 1] * out[n - k] for k in (1, 2) if n >= k)
        wanted = out
    np.testing.assert_allclose(k_weighted(values, 48000), wanted, atol=1e-7)


def test_after_the_gain_sound_is_as_loud_as_asked_whatever_its_peaks() -> None:
    sound = clicks()
    made = list(limited(sound.split(5000), gain_to_target(lambda: sound.split(48000))))
    assert integrated_loudness(made) == pytest.approx(TARGET, abs=0.3)


@pytest.mark.parametrize("gain", [1.0, 3.0, 15.0])
def test_no_true_peak_passes_the_ceiling(gain: float) -> None:
    made = Audio.join(limited(clicks().split(7777), gain))
    assert true_peaks(made.values.astype(float)).max() <= PEAK * 1.03


def test_a_peak_between_samples_is_found() -> None:
    t = np.arange(4800)
    quarter = np.sin(2 * np.pi * t / 4 + np.pi / 4)  # every sample is 0.707, the wave reaches 1
    assert np.abs(quarter).max() == pytest.approx(0.7071, abs=1e-4)
    assert true_peaks(quarter)[100:-100].max() == pytest.approx(1, abs=0.02)


def test_the_limiter_keeps_length_place_and_what_is_quiet() -> None:
    sound = clicks()
    whole, cut = Audio.join(limited([sound], 1.1)), Audio.join(limited(sound.split(333), 1.1))
    assert np.array_equal(whole.values, cut.values) and len(whole) == len(sound)
    far = np.abs((np.arange(len(sound)) - 5000 + 12000) % 24000 - 12000) > 600
    np.testing.assert_allclose(whole.values[far], 1.1 * sound.values[far], atol=1e-6)


def test_a_whisper_is_not_raised_without_end() -> None:
    assert gain_to_target(lambda: [audio(sine(-65, 3))]) == pytest.approx(10 ** (24 / 20))
