"""What is made of a photo once: whose light, how far an expression goes, where creases are seen."""

import numpy as np
import pytest

from mien.core.rig import FACE
from mien.face.head import load_head
from mien.renderers.portrait import kernels
from mien.renderers.portrait.creases import crease_maps
from mien.renderers.portrait.light import fit_light
from mien.renderers.portrait.mouth import enamel
from mien.renderers.portrait.prepare import affine, build_mesh

SIDE = 200


@pytest.fixture(scope="module")
def head():
    return load_head()


def delta(mesh, name, vertex):
    """(3,) how a target moves a vertex."""
    k = FACE.names.index(name)
    rows = np.arange(mesh.starts[k], mesh.starts[k + 1])
    return mesh.delta[rows[mesh.index[rows] == vertex]].sum(0)


def mesh_of(head, points, stretch):
    turned = np.diag([1000, -1000, 1000]).astype(np.float32)
    on_photo = points @ turned.T
    tall = float(np.ptp(on_photo[np.unique(head.triangles["face"]), 1]))
    return build_mesh(head, on_photo, np.zeros(52), turned, turned @ stretch, tall, np.ones(len(points)))


def test_a_face_half_as_tall_moves_half_as_far_up_and_down(head):
    short = head.neutral * np.float32([1, 0.5, 1])
    whole, half = (mesh_of(head, p, affine(head.neutral, p)) for p in (head.neutral, short))
    chin = int(np.argmax(np.abs(head.targets["jawOpen"][1][:, 1])))
    chin = int(head.targets["jawOpen"][0][chin])
    assert np.allclose(delta(half, "jawOpen", chin), delta(whole, "jawOpen", chin) * [1, 0.5, 1], atol=1e-3)


def test_a_sneer_lifts_the_wings_of_the_nose_less_than_the_mean_head_does_and_brows_as_far(head):
    mesh = mesh_of(head, head.neutral, np.eye(3, dtype=np.float32))
    where, move = head.targets["noseSneerLeft"]
    wing = where[np.argmax(move[:, 1])]
    brow = where[np.argmin(move[:, 1])]
    for vertex, share in ((wing, (0.75, 0.95)), (brow, (0.999, 1.001))):
        asked = -1000 * move[where == vertex, 1].sum()
        assert share[0] <= delta(mesh, "noseSneerLeft", vertex)[1] / asked <= share[1]


def test_teeth_far_in_are_lit_by_what_red_flesh_reflects():
    front, back = enamel(np.full(3, 200, np.float32), np.float32([1.0, 0.2]))
    assert np.all(front > 100)
    assert back[0] / back[1] > 1.2 * front[0] / front[1]
    assert back[1] / back[2] > 1.1 * front[1] / front[2]


def ball(count=2000):
    """(n, 3) normals that look at the camera."""
    normals = np.random.default_rng(0).normal(size=(count, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    normals[:, 2] = np.abs(normals[:, 2])
    return normals


def test_light_that_brightness_follows_is_found_and_one_it_hardly_follows_is_hardly_believed():
    normals, chance = ball(), np.random.default_rng(1)
    lit = 0.5 + normals @ [0.1, -0.05, 0.1]
    clean = fit_light(np.repeat(lit[:, None], 3, 1), normals)
    patchy = fit_light(np.repeat((lit + chance.normal(0, 0.3, len(lit)))[:, None], 3, 1), normals)
    assert np.allclose(clean, [0.5, 0.1, -0.05, 0.1], atol=0.03)
    assert np.linalg.norm(patchy[1:]) < 0.5 * np.linalg.norm(clean[1:])
    mean = [light[0] + (normals @ light[1:]).mean() for light in (clean, patchy)]
    assert mean[0] == pytest.approx(mean[1], abs=0.03), "the face stays as bright"


def marks(head):
    points = head.landmarks_from(head.neutral)[:, :2] * np.float32([700, -700])
    return points - points.mean(0) + SIDE / 2


def test_a_crease_is_shaded_only_where_it_can_be_seen(head):
    shown = np.ones((SIDE, SIDE), np.float32)
    shown[:, SIDE // 2 :] = 0
    boxes, maps = crease_maps(marks(head), 120, shown, 0.5)
    start, left = 0, 0.0
    for x0, y0, x1, y1 in boxes:
        relief = maps[start : start + (x1 - x0) * (y1 - y0)].reshape(y1 - y0, x1 - x0)
        start += relief.size
        assert not relief[:, max(0, SIDE // 2 - x0) :].any()
        left += np.abs(relief).sum()
    assert left > 0


def test_a_blurred_photo_has_softer_and_shallower_creases(head):
    shown = np.ones((SIDE, SIDE), np.float32)
    sharp, soft = (crease_maps(marks(head), 120, shown, blur)[1] for blur in (0.0, 2.0))
    assert 0.2 * sharp.min() > soft.min() > 0.8 * sharp.min()


@pytest.mark.parametrize("spread", [-0.5, 0.0, 0.8, 1.8])
def test_the_grid_is_turned_round_also_where_it_spreads_the_picture_out(spread):
    side = 40
    line = np.arange(side, dtype=np.float32)
    bump = 6 * spread * np.exp(-(((line - 20) / 6) ** 2)) * np.sign(line - 20) * np.abs(line - 20) / 6
    forward = np.zeros((side, side, 2), np.float32)
    forward[..., 0], forward[..., 1] = bump[None], 0.3 * bump[:, None]
    backward = np.empty_like(forward)
    kernels.invert_grid(forward, 8, backward)
    x = line + backward[5, :, 0]
    back = x + np.interp(x, line, bump)
    assert np.abs(back - line)[4:-4].max() < 0.1
