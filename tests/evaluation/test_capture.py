"""The suite ``capture``: fed the truth it is perfect, fed it late or shuffled it says so, fed no number it refuses."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.core.rig import CAPTURE, FULL, HEAD, Motion
from mien.evaluation.metrics.head import angle_correlations, angle_correlations_together, vectors_from_euler
from mien.evaluation.metrics.lag import best_lag
from mien.evaluation.rows import Row
from mien.evaluation.suites.capture import LEAD, angles_of, heads, of_channel, read_back, worst

RATE = Fraction(25)


def wander(frames: int = 400, columns: int = 3, seed: int = 0) -> np.ndarray:
    """(n, c) smooth noise, radians, about as large as heads turn."""
    noise = np.random.default_rng(seed).normal(size=(frames + 24, columns))
    kernel = np.hanning(25) / np.linalg.norm(np.hanning(25))
    return 0.05 * np.stack([np.convolve(column, kernel, "valid") for column in noise.T], axis=1)


def turned(turns: np.ndarray) -> Motion:
    values = np.tile(CAPTURE.rest, (len(turns), 1))
    for i, name in enumerate(HEAD.names[:3]):
        values[:, CAPTURE.find(name)] = turns[:, i]
    return Motion(values, RATE, 0, CAPTURE)


def test_a_head_that_is_the_truth_is_perfect_and_one_that_is_late_is_found_by_its_delay() -> None:
    truth = wander()
    assert angle_correlations(truth, truth) == pytest.approx(1)
    late = np.roll(truth, 3, axis=0)
    assert (angle_correlations(late, truth) < 0.99).all()
    assert angle_correlations(late[10:-10], truth[10:-10], -3) == pytest.approx(1)
    assert [best_lag(late[10:-10, i], truth[10:-10, i])[0] for i in range(3)] == [-3, -3, -3]


def test_the_suite_undoes_the_lead_of_the_3dmm_and_its_floors_score_nothing() -> None:
    truth = wander(1500)
    found = heads(turned(np.roll(truth, LEAD, axis=0)), truth)
    assert min(found["mien"].values()) > 0.999
    assert set(found["static"].values()) == {0.0}
    assert max(map(abs, found["shuffled"].values())) < 0.2


def test_frames_of_all_clips_are_compared_about_each_clips_own_mean() -> None:
    one, other = wander(400), wander(300, seed=1)
    assert angle_correlations_together([(one + 0.3, one), (other, other - 0.5)]) == pytest.approx(1)
    late = [(np.roll(clip, 3, axis=0)[10:-10], clip[10:-10]) for clip in (one, other)]
    assert angle_correlations_together(late, -3) == pytest.approx(1)
    assert (angle_correlations_together(late) < 0.99).all()
    with pytest.raises(BadInput):
        angle_correlations_together([(one, np.full((400, 3), np.nan))])


@pytest.mark.parametrize("axis", range(3))
def test_angles_about_one_axis_are_rotation_vectors_about_it_from_the_middle(axis: int) -> None:
    angles = np.zeros((101, 3))
    angles[:, axis] = np.linspace(0.1, 0.5, 101)
    wanted = angles - np.median(angles, axis=0)
    assert vectors_from_euler(angles) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("bad", [np.zeros((0, 3)), np.full((40, 3), np.nan)])
def test_heads_of_no_number_are_refused(bad: np.ndarray) -> None:
    for metric in (lambda: angle_correlations(bad, wander(40)), lambda: vectors_from_euler(bad)):
        with pytest.raises(BadInput):
            metric()


def test_a_channel_that_comes_back_scores_one_and_at_wrong_times_nothing() -> None:
    drawn = np.clip(wander(2000, 1)[:, 0] * 5 + 0.4, 0, 1)
    figures = of_channel(drawn, drawn, RATE)
    assert figures["back"] == figures["back spread"] == pytest.approx(1)
    assert abs(figures["back shuffled"]) < 0.2
    assert of_channel(drawn, np.zeros(2000), RATE) == {"back": 0, "back shuffled": 0, "back spread": 0}
    with pytest.raises(BadInput):
        of_channel(drawn, np.full(2000, np.nan), RATE)


def test_read_back_has_a_line_for_what_was_driven_and_one_for_both_sides() -> None:
    values = np.tile(FULL.rest, (200, 1))
    smile = np.clip(wander(200, 1)[:, 0] * 5 + 0.4, 0, 1)
    for side in ("Left", "Right"):
        values[:, FULL.find(f"mouthSmile{side}")] = smile
    drawn = Motion(values, RATE, 0, FULL)
    found = read_back(drawn, drawn.only([n for n in FULL.names if n in CAPTURE]))
    assert list(found) == ["mouthSmile"] and found["mouthSmile"]["back"] == pytest.approx(1)


def test_the_worst_clip_of_a_source_is_named_with_its_share() -> None:
    rows = [Row("capture", "mien", f"grid/{i}", "found", share) for i, share in enumerate((1.0, 0.9, 0.97))]
    assert [(row.clip, row.metric, row.value) for row in worst(rows)] == [("grid/*", "found worst", 0.9)]


def test_a_3dmm_that_is_missing_or_of_another_shape_is_refused(tmp_path: Path) -> None:
    from scipy.io import savemat

    with pytest.raises(BadInput, match="no 3DMM fit"):
        angles_of(tmp_path / "none.mat")
    savemat(tmp_path / "clip.mat", {"coeff": np.arange(2 * 257.0).reshape(2, 257)})
    assert angles_of(tmp_path / "clip.mat").tolist() == [[224, 225, 226], [481, 482, 483]]
