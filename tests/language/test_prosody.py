import time

import numpy as np
import pytest

from mien.core.plan import PROSODY_RATE
from mien.core.track import Audio, rate_from
from mien.language.prosody import f0_from_audio, prosody_from_audio


def voice(hz, *, rate=16000, level=0.2):
    """A buzz whose pitch follows hz, (n,) per sample."""
    phase = 2 * np.pi * np.cumsum(hz) / rate
    buzz = sum(np.sin(k * phase) / k for k in range(1, 10))
    return Audio((level * buzz / np.sqrt(np.mean(buzz**2))).astype(np.float32), rate_from(rate))


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("hz", [80, 150, 300, 450])
def test_a_steady_pitch_is_found_within_one_percent_at_any_rate(rate, hz):
    found = f0_from_audio(voice(np.full(rate, hz), rate=rate))
    assert len(found) == 100
    np.testing.assert_allclose(found[5:-5], hz, rtol=0.01)


def test_a_gliding_pitch_is_followed():
    times = np.arange(3 * 16000) / 16000
    made = 120 * 2 ** (0.5 * np.sin(2 * np.pi * times))
    found = f0_from_audio(voice(made))
    np.testing.assert_allclose(found[5:-5], made[80::160][5:-5], rtol=0.02)


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    assert not f0_from_audio(Audio(np.zeros(16000), rate_from(16000))).any()
    assert np.mean(f0_from_audio(Audio(noise, rate_from(16000))) > 0) < 0.05


def test_pitch_is_in_semitones_above_the_median():
    hz = np.repeat([100.0, 150.0, 100.0], [16000, 8000, 16000])
    pitch = prosody_from_audio(voice(hz)).pitch
    assert abs(np.median(pitch[:95])) < 0.1
    assert abs(np.median(pitch[105:145]) - 7.02) < 0.1
    assert abs(np.median(prosody_from_audio(voice(hz), median_hz=200).pitch[:95]) + 12) < 0.1


@pytest.mark.parametrize(("db", "loudness"), [(-60, 0), (-50, 0), (-30, 0.5), (-10, 1), (-3, 1)])
def test_loudness_maps_fifty_to_ten_decibels_below_full_scale_to_0_to_1(db, loudness):
    found = prosody_from_audio(voice(np.full(16000, 200.0), level=10 ** (db / 20))).loudness
    np.testing.assert_allclose(found[5:-5], loudness, atol=0.02)


def test_prosody_covers_the_time_of_its_sound():
    sound = Audio(np.zeros(16123), rate_from(16000), start=32000)
    prosody = prosody_from_audio(sound)
    assert (prosody.start, len(prosody), prosody.rate) == (200, 101, PROSODY_RATE)
    assert len(prosody_from_audio(Audio(np.zeros(0), rate_from(16000)))) == 0


def test_prosody_takes_less_than_three_hundredths_of_real_time():
    sound = voice(150 + 50 * np.sin(np.arange(20 * 24000) / 9000), rate=24000)
    before = time.process_time()
    prosody_from_audio(sound)
    assert time.process_time() - before < 0.03 * sound.seconds


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000])
def test_sound_of_any_length_has_a_prosody(rate):
    noise = np.random.default_rng(0).normal(0, 0.1, 2000)
    for n in [*range(1, 500), *range(500, 2001, 7)]:
        prosody = prosody_from_audio(Audio(noise[:n], rate_from(rate)))
        assert len(prosody) == (200 * n + rate) // (2 * rate)  # round(seconds * 100), halves up
        assert np.isfinite(prosody.values).all()
