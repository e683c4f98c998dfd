"""Instruments: fed the truth they are perfect, fed it late they find by how much, fed noise they score chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.core.plan import Phone, Span
from mien.evaluation.bootstrap import interval
from mien.evaluation.metrics.closure import closures, share, shut_in_the_middle
from mien.evaluation.metrics.correlation import correlation, velocity_correlation
from mien.evaluation.metrics.displacement import landmark_distance, largest_squared
from mien.evaluation.metrics.lag import REACH, best_lag
from mien.evaluation.metrics.picture import flicker, largest_difference
from mien.evaluation.metrics.silence import silence_energy
from mien.evaluation.metrics.spread import spread_ratio
from mien.evaluation.metrics.words import error_rate

RATE = 25.0


def talk(frames: int = 400, seed: int = 0) -> np.ndarray:
    """A mouth's opening: noise as smooth as speech."""
    noise = np.random.default_rng(seed).normal(size=frames + 8)
    return np.convolve(noise, np.hanning(9), "valid")


@pytest.mark.parametrize("metric", [correlation, velocity_correlation, spread_ratio])
def test_the_truth_against_itself_scores_one(metric: Callable[..., float]) -> None:
    assert metric(talk(), talk()) == pytest.approx(1)


@pytest.mark.parametrize("metric", [landmark_distance, largest_squared])
def test_points_in_their_true_places_are_no_distance_away(metric: Callable[..., float]) -> None:
    points = np.random.default_rng(0).random((30, 40, 2))
    assert metric(points, points) == 0
    assert metric(points + np.array([0.3, 0.4]), points) == pytest.approx(0.5 if metric is landmark_distance else 0.25)


@pytest.mark.parametrize("late", range(-REACH, REACH + 1))
def test_a_delay_is_found_and_undone(late: int) -> None:
    made, truth = talk()[20:-20], np.roll(talk(), late)[20:-20]
    offset, r = best_lag(made, truth)
    assert (offset, r) == (late, pytest.approx(1))
    assert correlation(made, truth, late) == pytest.approx(1)


def test_noise_scores_chance() -> None:
    scores = [correlation(talk(seed=i), talk(seed=1000 + i)) for i in range(200)]
    assert abs(np.mean(scores)) < 3 * np.std(scores) / np.sqrt(len(scores))


def test_what_does_not_move_correlates_with_nothing() -> None:
    assert correlation(np.ones(50), talk(50)) == 0


@pytest.mark.parametrize(
    "metric", [correlation, velocity_correlation, spread_ratio, best_lag, landmark_distance, largest_squared]
)
@pytest.mark.parametrize("bad", [[], [1.0], [1.0, float("nan"), 2.0, 3.0], [1.0, float("inf"), 2.0, 3.0]])
def test_nothing_and_what_is_not_a_number_are_refused(metric: Callable[..., object], bad: list[float]) -> None:
    for made, truth in ((bad, talk(20)), (talk(20), bad)):
        with pytest.raises(BadInput):
            metric(made, truth)


def test_curves_without_a_common_frame_are_refused() -> None:
    with pytest.raises(BadInput, match="in common"):
        correlation(talk(20), talk(20), 19)


def test_a_truth_that_stands_still_gives_no_spread() -> None:
    with pytest.raises(BadInput, match="does not move"):
        spread_ratio(talk(20), np.ones(20))


def test_closures_are_found_where_they_are() -> None:
    gap = np.full(50, 0.05)
    gap[10] = 0.0
    m, a = Span(0.38, 0.46, Phone("m")), Span(0.6, 0.8, Phone("ɑ"))
    assert closures(gap, RATE, [m, a]) == [True, False]
    assert closures(gap, RATE, [m, a], offset=5) == [False, False]
    late = np.roll(gap, 5)
    assert closures(late, RATE, [m, a], offset=5) == [True, False]
    beyond = Span(1.9, 2.1, Phone("m"))
    assert closures(gap, RATE, [beyond]) == []


def test_a_share_of_no_phone_is_refused() -> None:
    with pytest.raises(BadInput):
        share([])


def test_silence_energy_is_the_ratio_of_variances() -> None:
    chance = np.random.default_rng(0)
    still, moving = chance.normal(size=1000) * 0.1, chance.normal(size=1000)
    phones = [Span(40.0, 80.0, Phone("ɑ"))]
    assert silence_energy(np.concatenate([still, moving]), RATE, phones) == pytest.approx(0.01, rel=0.2)
    with pytest.raises(BadInput, match="no silence"):
        silence_energy(moving, RATE, phones=[Span(0.0, 40.0, Phone("ɑ"))])


def test_an_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    values = np.random.default_rng(0).normal(5, 1, size=40).tolist()
    low, high = interval(values)
    assert low < np.mean(values) < high and high - low == pytest.approx(4 / np.sqrt(40), rel=0.3)
    assert interval(values) == (low, high) != interval(values, seed=1)


@pytest.mark.parametrize("bad", [[], [float("nan")]])
def test_an_interval_of_nothing_is_refused(bad: list[float]) -> None:
    with pytest.raises(BadInput):
        interval(bad)


def test_a_vowel_between_two_closures_is_open() -> None:
    gap = np.array([0.0, 0.0, 0.05, 0.05, 0.05, 0.0, 0.0])
    vowel = Span(1.5 / RATE, 5.5 / RATE, Phone("ɑ"))
    assert closures(gap, RATE, [vowel]) == [True]
    assert shut_in_the_middle(gap, RATE, [vowel]) == [False]


def test_pictures_are_compared_pixel_by_pixel() -> None:
    photo = np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8)
    other = photo.copy()
    other[3, 3, 1] += 1
    assert largest_difference(photo, photo) == 0 and largest_difference(photo, other) == 1
    with pytest.raises(BadInput, match="one size"):
        largest_difference(photo, photo[:4])


def test_flicker_is_the_change_where_nothing_moves() -> None:
    dark, light = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 10, np.uint8)
    light[:, 2:] = 200
    left = np.zeros((4, 4), bool)
    left[:, :2] = True
    assert flicker([dark, light, dark], left) == 10
    for frames, still in (([dark], left), ([dark, light], np.zeros((4, 4), bool)), ([], left)):
        with pytest.raises(BadInput):
            flicker(frames, still)


def test_word_errors_count_what_must_be_mended() -> None:
    said = "the boat left before breakfast".split()
    assert error_rate(said, said) == 0
    assert error_rate(said, []) == 1
    assert error_rate(said, "the goat left breakfast".split()) == pytest.approx(2 / 5)
    with pytest.raises(BadInput):
        error_rate([], said)
