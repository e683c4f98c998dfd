"""Instruments of head and lids: what was put in is found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.evaluation.metrics.beats import beat_alignment, peaks
from mien.evaluation.metrics.blinks import blink_rate, blink_times, log_gaps
from mien.evaluation.metrics.gaze import eyes_from_looks, gaze_shifts, gaze_spread
from mien.evaluation.metrics.head import band_levels, extent, jerk, mean_speed, spectrum_distance
from mien.evaluation.metrics.telltale import auc, telltale
from mien.evaluation.suites.dynamics import angles_of

RATE = 25.0


def lids(moments: list[float], seconds: float = 20.0) -> np.ndarray:
    times = (np.arange(int(seconds * RATE)) + 0.5) / RATE
    return np.max([np.clip(1 - np.abs(times - m) / 0.15, 0, 1) for m in moments], axis=0)


def sway(hertz: float, degrees: float, seconds: float = 20.0) -> np.ndarray:
    times = np.arange(int(seconds * RATE)) / RATE
    return np.stack([np.radians(degrees) * np.sin(2 * np.pi * hertz * times), 0 * times, 0 * times], axis=1)


def test_every_blink_is_found_and_no_other() -> None:
    moments = [1.0, 3.5, 4.2, 9.0]
    assert blink_times(lids(moments) + 0.1, RATE) == pytest.approx(moments, abs=1 / RATE)
    assert blink_rate(lids(moments), RATE) == pytest.approx(12)
    assert blink_rate(np.full(100, 0.9), RATE) == 0
    mean, spread = log_gaps([lids([1, 3, 5, 7])], RATE)
    assert mean == pytest.approx(np.log(2), abs=0.05) and spread == pytest.approx(0, abs=0.05)


def test_a_sway_has_the_speed_and_extent_it_was_made_with() -> None:
    angles = sway(0.5, 4)
    assert extent(angles) == pytest.approx(4 / np.sqrt(2), rel=0.01)
    assert mean_speed(angles, RATE) == pytest.approx(4 * 4 * 0.5, rel=0.01)
    assert jerk(angles, RATE) == pytest.approx((2 * np.pi * 0.5) ** 2, rel=0.05)


def test_a_spectrum_is_nearest_to_itself() -> None:
    slow, fast = band_levels(sway(0.3, 4), RATE), band_levels(sway(3, 4), RATE)
    assert spectrum_distance(slow, slow) == 0 < spectrum_distance(slow, fast)
    assert (slow.argmax(), fast.argmax()) == (0, 3)


def test_gestures_on_the_beat_align_and_shifted_ones_do_not() -> None:
    beats = np.arange(1.0, 20.0)
    assert beat_alignment(beats, beats) == 1
    assert beat_alignment(beats + 0.1, beats) == pytest.approx(np.exp(-0.5))
    assert beat_alignment(beats + 0.5, beats) < 1e-5
    signal = np.max([np.exp(-(((np.arange(500) + 0.5) / RATE - b) ** 2) / 0.01) for b in beats], axis=0)
    assert peaks(signal, RATE) == pytest.approx(beats, abs=1 / RATE)


def test_kinds_that_differ_are_told_apart_and_equal_ones_are_not() -> None:
    chance = np.random.default_rng(0)
    features, groups = chance.normal(size=(400, 4)), np.repeat(np.arange(8), 50)
    kinds = np.tile([0, 1], 200)
    assert telltale(features, kinds, groups) == pytest.approx(0.5, abs=0.1)
    assert telltale(features + 5 * kinds[:, None], kinds, groups) == pytest.approx(1)


def test_a_turn_put_into_landmarks_is_read_back() -> None:
    from mien.core.rotation import matrices_from_vectors
    from mien.face.head import load_head

    head = load_head()
    landmarks = head.landmarks_from(head.neutral).astype(np.float64)
    turns = np.zeros((41, 3))
    turns[:, 1] = np.linspace(-0.3, 0.3, 41)
    turned = np.einsum("nij,kj->nki", matrices_from_vectors(turns), landmarks) * 1000
    read = angles_of(turned * np.array([1.0, -1.0, -1.0]))
    assert read[:, 1] - read[20, 1] == pytest.approx(turns[:, 1], abs=0.01)
    assert np.abs(read[:, [0, 2]]).max() < 0.02


@pytest.mark.parametrize(
    "refused",
    [
        lambda: blink_times([], RATE),
        lambda: blink_times([0.0, float("nan")], RATE),
        lambda: log_gaps([lids([1.0])], RATE),
        lambda: mean_speed(np.zeros((1, 3)), RATE),
        lambda: band_levels(np.zeros((5, 3)), RATE),
        lambda: beat_alignment(np.zeros(0), np.ones(3)),
        lambda: auc([1.0, 2.0], [1, 1]),
        lambda: telltale(np.zeros((4, 2)), [0, 1, 0, 1], [0, 0, 0, 0]),
        lambda: telltale(np.full((4, 2), np.nan), [0, 1, 0, 1], [0, 0, 1, 1]),
    ],
)
def test_nothing_and_what_is_not_a_number_are_refused(refused: Callable[[], object]) -> None:
    with pytest.raises(BadInput):
        refused()


def test_eyes_that_jump_every_second_shift_sixty_times_a_minute() -> None:
    where = np.repeat(np.random.default_rng(0).permutation(np.linspace(-0.5, 0.5, 21)), 25)
    eyes = np.stack([np.zeros(len(where)), where], axis=1) + np.random.default_rng(1).normal(0, 0.01, (len(where), 2))
    assert gaze_shifts(eyes, 25) == pytest.approx(60, rel=0.15)
    assert gaze_spread(eyes) == pytest.approx(where.std(), rel=0.05)


def test_eyes_that_tremble_do_not_shift() -> None:
    assert gaze_shifts(np.random.default_rng(0).normal(0, 0.02, (500, 2)), 25) == 0
    with pytest.raises(BadInput):
        gaze_shifts([[0, np.nan], [0, 0]], 25)


def test_looks_to_the_left_and_down_are_positive() -> None:
    looks = {f"eyeLook{way}{side}": np.zeros(2) for way in ("Up", "Down", "In", "Out") for side in ("Left", "Right")}
    looks["eyeLookOutLeft"] = looks["eyeLookInRight"] = looks["eyeLookDownLeft"] = np.ones(2)
    assert eyes_from_looks(looks).tolist() == [[0.5, 1.0]] * 2
