"""Emotion as factors on durations, pitch and energy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.core.emotion import EMOTIONS
from mien.voices.styling import (
    HELD,
    STYLES,
    UNVOICED_BELOW,
    Style,
    brightened,
    energised,
    gained,
    paced,
    repitched,
    smoothed,
    style_from,
)

WEIGHTS = st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0, 1), max_size=3)


def test_every_emotion_has_a_voice() -> None:
    assert set(STYLES) == set(EMOTIONS)


def test_no_emotion_changes_nothing() -> None:
    assert style_from({}) == Style()


@given(st.sampled_from(EMOTIONS), st.floats(0, 1), st.floats(0, 1))
def test_more_of_an_emotion_moves_the_voice_further(name: str, a: float, b: float) -> None:
    less, more = sorted((a, b))
    for field in ("pitch", "range", "tempo"):
        full = np.log(getattr(STYLES[name], field))
        some, much = (np.log(getattr(style_from({name: w}), field)) for w in (less, more))
        assert abs(some) <= abs(much) + 1e-9 <= abs(full) + 2e-9
        assert some * full >= 0


@given(WEIGHTS)
def test_however_emotions_are_mixed_speech_stays_within_bounds(weights: dict[str, float]) -> None:
    style = style_from(weights)
    assert 0.75 <= style.pitch <= 1.4 and 0.4 <= style.range <= 1.9 and 0.7 <= style.tempo <= 1.3


def test_pitch_moves_by_its_factor_and_unvoiced_stays() -> None:
    hz = np.array([5, 100, 200, 400, 8], np.float32)
    ones = np.ones(5, np.float32)
    higher = repitched(hz, 1.2 * ones, ones, 200.0)
    np.testing.assert_allclose(higher, [5, 120, 240, 480, 8], rtol=1e-6)
    wider = repitched(hz, ones, 2**HELD * ones, 200.0)
    np.testing.assert_allclose(wider, [5, 50, 200, 800, 8], rtol=1e-6)
    assert (higher[hz < UNVOICED_BELOW] == hz[hz < UNVOICED_BELOW]).all()


def test_energy_is_added_to_speech_and_not_to_silence() -> None:
    energy = np.array([-10, -5, 0, 8], np.float32)
    np.testing.assert_allclose(energised(energy, np.full(4, 0.8, np.float32)), [-10, -5, 0.8, 8.8], rtol=1e-6)


@given(st.lists(st.floats(0.2, 20), min_size=1, max_size=40), st.floats(0.5, 2))
def test_frames_are_whole_and_every_token_lasts(frames: list[float], tempo: float) -> None:
    made = paced(np.array(frames, np.float32), np.full(len(frames), tempo, np.float32))
    assert (made >= 1).all() and (made == np.round(made)).all()


@given(st.floats(0.8, 1.25), st.integers(0, 100))
def test_the_tempo_is_kept_in_spite_of_rounding(tempo: float, seed: int) -> None:
    frames = np.random.default_rng(seed).uniform(1.5, 6, 60).astype(np.float32)
    made = paced(frames, np.full(60, tempo, np.float32))
    assert made.sum() == pytest.approx(np.maximum(np.round(frames), 1).sum() / tempo, rel=0.02)


def test_at_tempo_1_frames_are_the_networks_own() -> None:
    frames = np.array([0.2, 1.4, 2.6, 7.5], np.float32)
    assert paced(frames, np.ones(4, np.float32)).tolist() == [1, 1, 3, 8]


def test_gain_follows_the_log_energies_and_brightness_leaves_low_tones_alone() -> None:
    times = np.arange(24000) / 24000
    low, high = (np.sin(2 * np.pi * hz * times).astype(np.float32) for hz in (200, 6000))
    np.testing.assert_allclose(gained(low, np.full(80, 0.8, np.float32)), low * np.exp(0.8), rtol=1e-5)
    middle = slice(1000, -1000)
    assert np.std(brightened(low, np.full(9, 6.0, np.float32))[middle]) == pytest.approx(np.std(low), rel=0.02)
    assert np.std(brightened(high, np.full(9, 6.0, np.float32))[middle]) == pytest.approx(2 * np.std(high), rel=0.05)


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_smoothing_keeps_length_and_bounds(n: int) -> None:
    values = np.arange(n, dtype=np.float64)
    made = smoothed(values, 9)
    assert len(made) == n and made.min() >= 0 and made.max() <= max(n - 1, 0)
