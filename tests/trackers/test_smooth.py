"""Smoothing without lag, and bridges."""

import numpy as np
import pytest

from mien.core.retarget import head_within, soft_limit
from mien.core.rig import CAPTURE, Motion
from mien.trackers.features import SIZE, mirrored
from mien.trackers.smooth import bridged, gaps, smoothed


def test_a_parabola_passes_unchanged() -> None:
    t = np.linspace(-1, 1, 60)[:, None]
    np.testing.assert_allclose(smoothed(t**2 + t, 25, 0.3)[5:-5], (t**2 + t)[5:-5], atol=1e-9)


def test_smoothing_has_no_lag() -> None:
    t = np.arange(200) / 25
    clean = np.sin(2 * np.pi * 0.7 * t)[:, None]
    out = smoothed(clean + np.random.default_rng(0).normal(0, 0.05, clean.shape), 25, 0.3)[:, 0]
    lags = [np.corrcoef(out[5:-5], np.roll(clean[:, 0], lag)[5:-5])[0, 1] for lag in (-1, 0, 1)]
    assert np.argmax(lags) == 1


def test_jitter_shrinks_and_a_blink_stays() -> None:
    curve = np.random.default_rng(1).normal(0, 0.02, (300, 1))
    curve[100:103] += 1
    out = smoothed(curve, 25, 0.2)
    assert out[:90].std() < 0.75 * curve[:90].std()
    assert out[101] > 0.9


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_short_clips_are_no_trouble(n: int) -> None:
    assert smoothed(np.ones((n, 2)), 25, 0.3).shape == (n, 2)


def test_short_gaps_go_straight_and_long_ones_by_way_of_rest() -> None:
    seen = np.ones(200, bool)
    seen[20:25] = seen[100:160] = False
    values = np.full((200, 1), 0.8)
    values[~seen] = -9
    out = bridged(values, seen, 25, np.zeros(1))
    np.testing.assert_allclose(out[20:25], 0.8)
    assert abs(out[130, 0]) < 1e-9
    assert np.abs(np.diff(out[:, 0])).max() < 0.15


def test_a_clip_that_begins_without_a_face_begins_at_rest() -> None:
    seen = np.arange(50) > 30
    out = bridged(np.full((50, 1), 0.5), seen, 25, np.zeros(1))
    assert out[0] == 0 and out[31] == 0.5 and gaps(seen) == [(0, 31)]


def test_a_head_on_a_photo_stays_within_what_it_bears_and_keeps_small_motion() -> None:
    values = np.zeros((3, len(CAPTURE)))
    values[:, CAPTURE.find("headYaw")] = [0.05, 0.9, -0.9]
    out = head_within(Motion(values, 25, 0, CAPTURE))
    assert out["headYaw"][0] == pytest.approx(0.05)
    assert 0.19 < out["headYaw"][1] == -out["headYaw"][2] <= 0.21
    wide = np.linspace(-3, 3, 500)
    assert (np.diff(soft_limit(wide, 1.0)) >= 0).all()


def test_mirroring_features_twice_changes_nothing() -> None:
    index, sign = mirrored()
    assert len(index) == SIZE
    assert np.array_equal(index[index], np.arange(SIZE)) and np.array_equal(sign * sign[index], np.ones(SIZE))
