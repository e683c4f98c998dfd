"""Fit the head to a picture: who it is, what expression it wears and where it looks, from 478 landmarks.

The camera is weak perspective: a rotation, one scale and a shift. Pose and shape take turns; the shape is bounded
least squares with priors. What the modes cannot reach is taken up by ``snap``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.rig import FACE
from mien.core.track import Floats
from mien.face.head import Head, load_head

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

FACE_POINTS = 468
"""Landmarks on the skin; the ten after them are the irises, which turn with the gaze."""

# fmt: off
LIPS = (0, 13, 14, 17, 37, 39, 40, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 178, 181, 185, 191, 267, 269, 270,
        291, 308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 402, 405, 409, 415)
LIDS = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246,
        263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
        150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
# fmt: on
TOP, CHIN = 10, 152
"""Landmarks whose distance is the face's height."""

FEATURE_WEIGHT, OVAL_WEIGHT = 3.0, 0.35
"""Lips and lids must sit; the oval is where the silhouette is, which is no fixed place on the head."""

DEPTH_WEIGHT = 0.5
"""How far to trust the landmarks' depth beside x and y. In the plane alone the pitch is loose."""

DEPTH_TILT = 0.05
"""By how much the landmarker leans every face forward, depth per height: on 60 renders of this head the pitch came
out 3.7 degrees too large without this, 1.5 with it; portraits fit no worse (more would cost them)."""

NOISE = 0.004
"""Metres by which a landmark may miss before a mode has to stretch by one standard deviation for it."""

SHARE = 0.25
"""Landmarks lie close together and err together: each counts as this much of an independent one."""

REACH = 3.0
"""Standard deviations an identity mode may go."""

SPREAD = 0.5
"""Standard deviation of an expression weight's prior around 0."""

RARE_SPREAD = {
    "mouthRollLower": 0.15,
    "mouthRollUpper": 0.15,
    "mouthShrugLower": 0.2,
    "mouthShrugUpper": 0.15,
    "mouthPress": 0.25,
    "mouthFunnel": 0.2,
    "mouthPucker": 0.3,
    "noseSneer": 0.25,
    "mouthDimple": 0.3,
    "mouthStretch": 0.3,
    "jawOpen": 0.35,
    "eyeWide": 0.25,
    "eyeSquint": 0.25,
    "cheekSquint": 0.25,
}
"""Shapes that thin or full lips would otherwise borrow: on a portrait they are rather who it is."""

NOT_FITTED = ("mouthClose", "tongueOut", "jawLeft", "jawRight", "mouthLeft", "mouthRight", "jawForward", "cheekPuff")
"""Shapes that identity or another shape explains better; and eyeLook*, which follow the gaze."""

ROUNDS = 12

APART = {"jawOpen": 0.8, "mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5} | {
    f"{name}{side}": weight for name, weight in (("eyeWide", 1.0), ("eyeBlink", -0.5)) for side in ("Left", "Right")
}
"""The pose in which residuals are spread over the skin: mouth and lids so wide that what pulls on one lip
does not reach the other."""

GIVE = {"features": 0.0003, "skin": 0.002, "oval": 0.02}
"""How much less than exactly a landmark is met when snapping, metres of the kernel: lips and lids, skin, oval."""

SNAP_FULL, SNAP_NONE = 0.01, 0.07
"""Metres from the nearest landmark within which a snap is whole, and beyond which nothing moves."""

TEETH_FOLLOW = {"upper": (2, 97, 164, 326, 0, 13, 82, 312), "lower": (14, 17, 18, 87, 199, 200, 317)}
"""Landmarks whose mean shift moves a row of teeth: half on the bone, half on the lips that show it."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A head placed in a picture.

    rotation    : (3, 3) picture axes (x right, y up, z to the camera) from head axes
    scale       : pixels per metre
    translation : (2,) where the head's origin falls, pixels, x right, y down
    identity    : (m,) standard deviations
    expression  : (52,) weights of core.rig.FACE that the picture already shows, 0..1
    residual    : (478, 2) landmarks minus the fitted head's, pixels, x right, y down
    face_height : pixels from the top of the forehead to the chin
    """

    rotation: Floats
    scale: float
    translation: Floats
    identity: Floats
    expression: Floats
    residual: Floats
    face_height: float

    @property
    def rms(self) -> float:
        """Root mean square residual of the skin's landmarks as a share of the face's height."""
        return float(np.sqrt((self.residual[:FACE_POINTS] ** 2).sum(1).mean()) / self.face_height)

    @property
    def rotation_vector(self) -> Floats:
        """(3,) radians."""
        import cv2

        return np.asarray(cv2.Rodrigues(self.rotation.astype(np.float64))[0].ravel(), np.float32)

    @property
    def weights(self) -> dict[str, float]:
        """The expression by name, without the zeros."""
        return {name: float(w) for name, w in zip(FACE.names, self.expression, strict=True) if w > 0}

    def pixels_from_head(self, vertices: npt.NDArray[np.floating]) -> Floats:
        """(n, 3) head metres -> x right, y down, z away from the camera, all in pixels."""
        turned = vertices @ self.rotation.T * np.array([self.scale, -self.scale, -self.scale], np.float32)
        turned[:, :2] += self.translation
        return np.asarray(turned, np.float32)

    def head_from_pixels(self, shifts: npt.NDArray[np.floating]) -> Floats:
        """(n, 2) shifts in the picture, pixels -> shifts (n, 3) of the head in metres, within the picture plane."""
        plane = np.stack([shifts[:, 0], -shifts[:, 1], np.zeros(len(shifts))], 1) / self.scale
        return np.asarray(plane @ self.rotation, np.float32)


@dataclass(frozen=True, eq=False)
class _Basis:
    """The head's landmarks as linear functions. rest : (478, 3); modes : (m, 478, 3); shapes : (k, 478, 3)
    spread : (52, k) which targets a shape moves; deviation : (k,) of the shapes' priors"""

    rest: Array
    modes: Array
    shapes: Array
    spread: Array
    deviation: Array


@cache
def _basis(head: Head) -> _Basis:
    rest = head.landmarks_from(head.neutral).astype(np.float64)
    modes = np.stack([head.landmarks_from(mode) for mode in head.identity]).astype(np.float64)
    moves = {}
    for name, (index, delta) in head.targets.items():
        dense = np.zeros_like(head.neutral)
        dense[index] = delta
        moves[name] = head.landmarks_from(dense).astype(np.float64)
    groups = _tied([n for n in FACE.names if n not in NOT_FITTED and not n.startswith("eyeLook")])
    shapes = np.stack([np.sum([moves[n] for n in group], axis=0) for group in groups])
    spread = np.array([[float(name in group) for group in groups] for name in FACE.names])
    deviation = np.array([RARE_SPREAD.get(_stem(group[0]), SPREAD) for group in groups])
    return _Basis(rest, modes, shapes, spread, deviation)


def _tied(names: list[str]) -> list[tuple[str, ...]]:
    """Left and right of a shape in one group: one photo cannot tell a crooked smile from a crooked face."""
    stems: dict[str, list[str]] = {}
    for name in names:
        stems.setdefault(_stem(name), []).append(name)
    return [tuple(group) for group in stems.values()]


def _stem(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")


def fit(points: npt.NDArray[np.floating], head: Head | None = None) -> Fit:
    """The head that fits MediaPipe's landmarks.

    points : (478, 3) pixels: x right, y down, z away from the camera in the scale of x
    Errors: BadInput when points are not 478 finite triples.
    """
    if points.shape != (478, 3) or not np.isfinite(points).all():
        raise BadInput(f"a fit wants 478 landmarks of finite x, y, z, got an array of {points.shape}")
    basis = _basis(head or load_head())
    goal = _upright(points * np.array([1.0, -1.0, -1.0]))
    weight = _point_weights()
    lowest = np.concatenate([np.full(len(basis.modes), -REACH), np.zeros(len(basis.shapes))])
    highest = np.concatenate([np.full(len(basis.modes), REACH), np.ones(len(basis.shapes))])
    deviation = np.concatenate([np.ones(len(basis.modes)), basis.deviation])
    columns = np.concatenate([basis.modes, basis.shapes])
    x = np.zeros(len(columns))
    for _ in range(ROUNDS):
        shape = basis.rest + np.tensordot(x, columns, 1)
        rotation, scale, shift = _pose(shape, goal, weight)
        axes = np.sqrt(weight)[:, None] * np.array([1.0, 1.0, DEPTH_WEIGHT]) / NOISE
        aim = ((goal - shift) / scale - basis.rest @ rotation.T) * axes
        turned = (columns @ rotation.T * axes).reshape(len(columns), -1)
        normal = turned @ turned.T * SHARE + np.diag(deviation**-2.0)
        x = _bounded(normal, turned @ aim.ravel() * SHARE, lowest, highest, x)
    shape = basis.rest + np.tensordot(x, columns, 1)
    rotation, scale, shift = _pose(shape, goal, weight)
    placed = scale * shape @ rotation.T + shift
    residual = (goal - placed)[:, :2] * np.array([1.0, -1.0])
    modes = len(basis.modes)
    return Fit(
        rotation=rotation.astype(np.float32),
        scale=float(scale),
        translation=(shift[:2] * [1, -1]).astype(np.float32),
        identity=x[:modes].astype(np.float32),
        expression=(basis.spread @ x[modes:]).astype(np.float32),
        residual=residual.astype(np.float32),
        face_height=float(np.linalg.norm(points[TOP, :2] - points[CHIN, :2])),
    )


def _upright(goal: Array) -> Array:
    """Points (478, 3) with the landmarker's forward lean taken out. y up, z to the camera"""
    up = goal[TOP, :2] - goal[CHIN, :2]
    height = goal[:, :2] @ (up / max(float(np.linalg.norm(up)), 1e-9))
    return np.column_stack([goal[:, :2], goal[:, 2] - DEPTH_TILT * (height - height.mean())])


def _point_weights() -> Array:
    """(478,)"""
    weight = np.ones(478)
    weight[list(LIPS + LIDS)] = FEATURE_WEIGHT
    weight[list(OVAL)] = OVAL_WEIGHT
    weight[FACE_POINTS:] = 0
    return weight


def _pose(shape: Array, goal: Array, weight: Array) -> tuple[Array, float, Array]:
    """Rotation, scale and shift that bring shape (n, 3) onto goal (n, 3): Umeyama 1991 with weighted points, the
    depth then trusted less by Gauss-Newton steps; the scale from x and y alone."""
    w = weight / weight.sum()
    middle, aim = w @ shape, w @ goal
    local, target = shape - middle, goal - aim
    u, _, vt = np.linalg.svd((target * w[:, None]).T @ local)
    rotation = u * np.array([1, 1, np.linalg.det(u @ vt)]) @ vt
    axes = np.sqrt(w)[:, None] * np.array([1.0, 1.0, DEPTH_WEIGHT])
    for _ in range(3):
        turned = local @ rotation.T
        scale = (w @ (turned[:, :2] * target[:, :2]).sum(1)) / (w @ (turned[:, :2] ** 2).sum(1))
        miss = (target / scale - turned) * axes
        turning = np.stack([np.cross(axis, turned) * axes for axis in np.eye(3)], 2).reshape(-1, 3)
        step = np.linalg.lstsq(turning, miss.ravel(), rcond=None)[0]
        rotation = _rotation_from_vector(step) @ rotation
    turned = local @ rotation.T
    scale = float((w @ (turned[:, :2] * target[:, :2]).sum(1)) / (w @ (turned[:, :2] ** 2).sum(1)))
    return rotation, scale, aim - scale * rotation @ middle


def _rotation_from_vector(vector: Array) -> Array:
    """(3, 3) by Rodrigues' formula."""
    angle = float(np.linalg.norm(vector))
    x, y, z = vector / max(angle, 1e-12)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k)


def _bounded(normal: Array, right: Array, low: Array, high: Array, x: Array) -> Array:
    """Minimum of x normal x / 2 - right x between bounds: solve the free ones, clamp, release, until it holds."""
    held = (x <= low) & (normal @ x - right > 0) | (x >= high) & (normal @ x - right < 0)
    for _ in range(30):
        free = ~held
        y = np.where(held, np.clip(x, low, high), 0.0)
        y[free] = np.linalg.solve(normal[np.ix_(free, free)], right[free] - normal[np.ix_(free, held)] @ y[held])
        out = free & ((y < low) | (y > high))
        x = np.clip(y, low, high)
        slope = normal @ x - right
        back = held & ~((x <= low) & (slope > 0) | (x >= high) & (slope < 0))
        if not out.any() and not back.any():
            break
        held = (held | out) & ~back
    return x


def snap(fitted: Fit, head: Head | None = None) -> Floats:
    """Shifts (v, 3) in metres that bring the fitted head's landmarks onto the picture's, within the picture plane.

    A radial basis of distances with a linear part (Duchon 1977) over the pose APART, faded out away from the
    landmarks. Teeth, gums and tongue are bone or nearly so: each row moves as a whole.
    """
    head = head or load_head()
    apart = head.pose_vertices(fitted.identity, APART).astype(np.float64)
    centres = head.landmarks_from(apart)[:FACE_POINTS].astype(np.float64)
    pull = fitted.head_from_pixels(fitted.residual[:FACE_POINTS]).astype(np.float64)
    kernel = _spread(centres, pull, _give())
    skin = head.masks["face"] | head.masks["head"] | head.masks["socket"]
    low, high = centres.min(0) - SNAP_NONE, centres.max(0) + SNAP_NONE
    soft = np.flatnonzero(skin & (apart > low).all(1) & (apart < high).all(1))
    out = np.zeros_like(head.neutral)
    out[soft] = _evaluated(kernel, centres, apart[soft])
    for row, landmarks in TEETH_FOLLOW.items():
        parts = ("teeth", "gums") if row == "upper" else ("teeth", "gums", "tongue")
        names = [part if part == "tongue" else f"{part}_{row}" for part in parts]
        out[np.any([head.masks[name] for name in names], axis=0)] = pull[list(landmarks)].mean(0)
    return out


def _give() -> Array:
    """(468,)"""
    give = np.full(FACE_POINTS, GIVE["skin"])
    give[list(LIPS + LIDS)] = GIVE["features"]
    give[list(OVAL)] = GIVE["oval"]
    return give


def _spread(centres: Array, values: Array, give: Array) -> Array:
    """(n + 4, 3) coefficients of -r and 1, x, y, z through values (n, 3) at centres (n, 3), smoothed by give (n,)."""
    n = len(centres)
    system = np.zeros((n + 4, n + 4))
    system[:n, :n] = -_distances(centres, centres) + np.diag(give)
    system[:n, n] = system[n, :n] = 1
    system[:n, n + 1 :] = centres
    system[n + 1 :, :n] = centres.T
    return np.asarray(np.linalg.solve(system, np.concatenate([values, np.zeros((4, 3))])))


def _evaluated(coefficients: Array, centres: Array, places: Array) -> Floats:
    """(k, 3) the spread values at places (k, 3), faded out away from the centres."""
    distance = _distances(places.astype(np.float32), centres.astype(np.float32))  # exact to .03 mm, twice as fast
    n = len(centres)
    value = -distance @ coefficients[:n].astype(np.float32) + coefficients[n] + places @ coefficients[n + 1 :]
    near = np.clip((SNAP_NONE - distance.min(1)) / (SNAP_NONE - SNAP_FULL), 0, 1)
    return np.asarray(value * (near * near * (3 - 2 * near))[:, None], np.float32)


def _distances(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(len(a), len(b))"""
    squared = a @ (-2 * b.T)
    squared += (a * a).sum(1)[:, None]
    squared += (b * b).sum(1)
    np.maximum(squared, 0, out=squared)
    return np.asarray(np.sqrt(squared, out=squared))
