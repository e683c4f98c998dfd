from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.core.rig import FACE
from mien.face.fit import CHIN, DEPTH_TILT, LIDS, LIPS, TOP, Fit, fit, snap
from mien.face.head import Head, load_head

SMILE = {"mouthSmileLeft": 0.6, "mouthSmileRight": 0.6, "jawOpen": 0.2}


@pytest.fixture(scope="module")
def head() -> Head:
    return load_head()


def turn(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Degrees -> (3, 3)."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


def seen(head: Head, identity: np.ndarray, weights: dict[str, float], rotation: np.ndarray) -> np.ndarray:
    """(478, 3) landmarks of a head in a picture, 2000 pixels a metre, leaning forward as the landmarker gives them."""
    points = head.landmarks_from(head.pose_vertices(identity, weights)) @ rotation.T * 2000
    up = points[TOP, :2] - points[CHIN, :2]
    points[:, 2] += DEPTH_TILT * points[:, :2] @ up / np.linalg.norm(up)
    return points * np.array([1, -1, -1]) + np.array([400, 300, 0])


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """Degrees between two rotations."""
    return float(np.degrees(np.arccos(np.clip((np.trace(a @ b.T) - 1) / 2, -1, 1))))


@pytest.mark.parametrize("pose", [(0, 0, 0), (15, -8, 5), (-25, 10, -12)])
def test_a_head_drawn_from_the_model_is_found_again(head: Head, pose: tuple[float, float, float]) -> None:
    identity = np.random.default_rng(3).normal(0, 0.6, len(head.identity))
    found = fit(seen(head, identity, SMILE, turn(*pose)))
    assert found.rms < 0.004
    assert angle(found.rotation, turn(*pose)) < 1.5
    assert found.scale == pytest.approx(2000, rel=0.04)
    assert found.weights["mouthSmileLeft"] == pytest.approx(0.6, abs=0.2)


def test_false_depth_tilts_the_head_only_a_little(head: Head) -> None:
    points = seen(head, np.zeros(0), {}, turn(0, 0, 0))
    points[:, 2] *= 1.3
    assert angle(fit(points).rotation, np.eye(3)) < 2


def test_a_larger_picture_changes_scale_and_place_alone(head: Head) -> None:
    points = seen(head, np.full(5, 0.8), SMILE, turn(10, 3, 2))
    small, large = fit(points), fit(points * 2.5)
    assert large.scale == pytest.approx(2.5 * small.scale, rel=1e-5)
    np.testing.assert_allclose(large.translation, 2.5 * small.translation, rtol=1e-4)
    np.testing.assert_allclose(large.identity, small.identity, atol=1e-3)
    np.testing.assert_allclose(large.rotation, small.rotation, atol=1e-5)


def test_weights_keep_their_bounds_and_their_sides_together(head: Head) -> None:
    found = fit(seen(head, np.full(10, 4.0), {"mouthSmileLeft": 1.5, "jawOpen": 0.5}, turn(0, 0, 0)))
    assert np.abs(found.identity).max() <= 3
    assert found.expression.min() >= 0 and found.expression.max() <= 1
    pairs = [(n, n.removesuffix("Left") + "Right") for n in FACE.names if n.endswith("Left")]
    assert all(found.expression[FACE.find(a)] == found.expression[FACE.find(b)] for a, b in pairs)


def test_pixels_and_back(head: Head) -> None:
    found = fit(seen(head, np.zeros(0), {}, turn(12, 4, -7)))
    shift = np.array([[3.0, -2.0]], np.float32)
    moved = found.pixels_from_head(head.neutral[:1] + found.head_from_pixels(shift))
    np.testing.assert_allclose(moved - found.pixels_from_head(head.neutral[:1]), [[3, -2, 0]], atol=2e-3)
    assert found.rotation_vector.shape == (3,)


def test_snapped_landmarks_lie_on_the_pictures(head: Head) -> None:
    points = seen(head, np.zeros(0), SMILE, turn(8, 0, 0))
    points[:, 0] += 6 * np.sin(points[:, 1] / 40)  # a crooked face no mode can make
    found = fit(points)
    vertices = head.pose_vertices(found.identity, found.weights) + snap(found)
    miss = np.linalg.norm(found.pixels_from_head(head.landmarks_from(vertices)) - points, axis=1, ord=None)
    flat = (found.pixels_from_head(head.landmarks_from(vertices)) - points)[list(LIPS + LIDS), :2]
    assert np.linalg.norm(flat, axis=1).max() < 0.005 * found.face_height < miss.max()


def with_residual(found: Fit, landmarks: tuple[int, ...], shift: tuple[float, float]) -> Fit:
    residual = np.zeros_like(found.residual)
    residual[list(landmarks)] = shift
    return replace(found, residual=residual)


def test_what_pulls_the_upper_lip_leaves_the_lower_lip_alone(head: Head) -> None:
    found = fit(seen(head, np.zeros(0), {}, np.eye(3)))
    upper = (0, 13, 37, 39, 40, 80, 81, 82, 267, 269, 270, 310, 311, 312)
    moved = head.landmarks_from(snap(with_residual(found, upper, (0, -5)))) * found.scale
    assert moved[13, 1] == pytest.approx(5, abs=0.6)
    assert np.abs(moved[[14, 87, 178, 317, 402]]).max() < 0.5


def test_rows_of_teeth_snap_as_a_whole_and_the_back_of_the_head_stays(head: Head) -> None:
    found = fit(seen(head, np.zeros(0), {}, np.eye(3)))
    shifts = snap(with_residual(found, tuple(range(468)), (4, 2)))
    for part in ("teeth_upper", "gums_upper", "teeth_lower", "tongue"):
        assert np.ptp(shifts[head.masks[part]], axis=0).max() < 1e-6
        np.testing.assert_allclose(shifts[head.masks[part]][0] * found.scale, [4, -2, 0], atol=0.1)
    assert np.abs(shifts[head.neutral[:, 2] < -0.05]).max() == 0


@pytest.mark.parametrize("points", [np.zeros((468, 3)), np.full((478, 3), np.nan)])
def test_anything_but_478_finite_landmarks_is_refused(points: np.ndarray) -> None:
    with pytest.raises(BadInput, match="478 landmarks"):
        fit(points)


# Portrait -> (largest rms, % of face height; least and most smile it shows).
PORTRAITS = {
    "woman_neutral": (0.9, 0.0, 0.1),
    "young_man": (0.9, 0.0, 0.2),
    "man_smiling": (0.8, 0.1, 0.5),
    "woman_smiling": (1.5, 0.5, 0.9),
    "man_beard": (1.5, 0.0, 0.2),
    "cartoon_boy": (1.8, 0.0, 0.2),
}


@pytest.mark.parametrize("name", PORTRAITS)
def test_portraits_are_fitted_closely(shared: Path, name: str) -> None:
    import cv2

    from mien.face.landmarks import find_faces

    picture = cv2.imread(str(shared / "portraits" / f"{name}.png"))
    assert picture is not None
    found = fit(find_faces(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))[0].points)
    rms, least, most = PORTRAITS[name]
    assert 100 * found.rms < rms
    assert least <= found.weights.get("mouthSmileLeft", 0) <= most
