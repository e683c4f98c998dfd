"""Where a known person's head is, frame by frame: who it is once, from several pictures; then the pose alone.

The pitch is what landmarks say least about. Tried on the six StyleTalk clips, against their 3DMM fits: depth weight
.1 r .825, .25 .849, .5 .872, .8 .883 (but our own renders come back worse: .92 -> .90), stiffer or softer shapes
.85-.88, RIGID points weighted +.003 and renders +.02, the mean of each picture and its mirror image +.003 at twice the
cost, a person refined by all frames (bundle adjustment) +.0005, MediaPipe's way (Procrustes) .880.

The camera is weak perspective, as in fit.py. With the person known, every step of the search is one product with a
matrix that was inverted beforehand: a tenth of a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.rotation import matrices_from_vectors
from mien.core.track import Floats
from mien.face.fit import FACE_POINTS, NOISE, OVAL, SHARE, _pose, _upright, fit
from mien.face.head import load_head

Array = npt.NDArray[np.float64]

OVAL_SHARE = 0.4
"""Of a landmark on the face's outline, which is where the silhouette is and no fixed place on the head."""

RIGID, RIGID_SHARE = (4, 6, 33, 263, 133, 362, 129, 358, 136, 365, 205, 425), 30.0
"""Landmarks that hardly move with expression (nose, its wings, corners of the eyes, cheeks, corners of the jaw), and
how much each says."""

DEPTH_WEIGHT = 0.6
"""Of a landmark's depth, which says more about the pitch of real heads than where it lies in the picture."""

SPREAD = 0.03
"""Standard deviation of expression weights while the pose is looked for. Stiff: with .3 pitch comes out worse."""

STEPS = 3
"""Of the search, from the last picture's pose; a fourth changes nothing."""

FITTED = 4
"""Pictures of which each is fitted to know the person: with 2, 4 or 8, r of the head angles is the same to .0002."""

NOT_FITTED = ("mouthClose", "tongueOut")
"""Targets left out besides eyeLook*: lips that meet and a tongue do not show in where the landmarks are."""


@dataclass(frozen=True, eq=False)
class Pose:
    """A head in a picture. rotation : (3, 3) picture axes (x right, y up, z to the camera) from head axes

    scale : pixels per metre; origin : (3,) where the head's pivot falls, pixels, x right, y up, z to the camera
    """

    rotation: Array
    scale: float
    origin: Array


class Person:
    """A face's own shape, and the way from landmarks to its pose.

    landmarks : (478, 3) metres in the head's axes
    """

    def __init__(self, landmarks: Array) -> None:
        self.landmarks = landmarks
        rest = landmarks[:FACE_POINTS]
        columns = [np.cross(axis, rest) for axis in np.eye(3)]
        columns += [rest, *(np.tile(axis, (FACE_POINTS, 1)) for axis in np.eye(3)), *_shapes()]
        self._axes = np.sqrt(point_weights())[:, None] * np.array([1.0, 1.0, DEPTH_WEIGHT])
        system = np.stack([(column * self._axes).ravel() for column in columns], axis=1)
        stiff = np.zeros(len(columns))
        stiff[7:] = NOISE**2 / SHARE / SPREAD**2
        self._solve = np.linalg.solve(system.T @ system + np.diag(stiff), system.T)[:7]

    def pose(self, points: npt.NDArray[np.floating], near: Pose | None = None) -> Pose:
        """Where the head is. points : (478, 3) pixels as in fit(); near : the pose in the picture before"""
        goal = _upright(points * np.array([1.0, -1.0, -1.0]))[:FACE_POINTS]
        if near is None:
            weight = np.concatenate([point_weights(), np.zeros(len(points) - FACE_POINTS)])
            near = Pose(*_pose(self.landmarks, _upright(points * np.array([1.0, -1.0, -1.0])), weight))
        rotation, scale, origin = near.rotation, near.scale, near.origin
        for _ in range(STEPS):
            local = (goal - origin) / scale @ rotation
            step = self._solve @ ((local - self.landmarks[:FACE_POINTS]) * self._axes).ravel()
            rotation = rotation @ matrices_from_vectors(step[None, :3])[0]
            scale *= 1 + float(step[3])
            origin = origin + scale * rotation @ step[4:7]
        return Pose(rotation, scale, origin)


def person_from(faces: Sequence[npt.NDArray[np.floating]]) -> Person:
    """Who it is, from landmarks of one face in several pictures. faces : (478, 3) each, as in fit()

    The identity is the mean of several fits; what the modes do not reach is the median of what is left over.
    """
    if not faces:
        raise BadInput("a person is known from at least one picture with a face")
    chosen = [faces[i] for i in np.linspace(0, len(faces) - 1, min(FITTED, len(faces))).round().astype(int)]
    identity: Floats = np.mean([fit(points).identity for points in chosen], axis=0)
    head = load_head()
    person = Person(head.landmarks_from(head.pose_vertices(identity, {})).astype(np.float64))
    return Person(np.median([in_head(points, person.pose(points)) for points in faces], axis=0))


def in_head(points: npt.NDArray[np.floating], pose: Pose) -> Array:
    """Landmarks in the head's own axes, metres: (478, 3), whatever the pose."""
    goal = _upright(points * np.array([1.0, -1.0, -1.0]))
    return np.asarray((goal - pose.origin) / pose.scale @ pose.rotation, np.float64)


def point_weights() -> Array:
    """(468,) how much each landmark says about the pose."""
    weight = np.ones(FACE_POINTS)
    weight[list(OVAL)] = OVAL_SHARE
    weight[list(RIGID)] = RIGID_SHARE
    return weight


@cache
def _shapes() -> tuple[Array, ...]:
    """(468, 3) metres of each target at weight 1: how an expression moves the landmarks."""
    head = load_head()
    out = []
    for name, (index, delta) in head.targets.items():
        if name not in NOT_FITTED and not name.startswith("eyeLook"):
            dense = np.zeros_like(head.neutral)
            dense[index] = delta
            out.append(head.landmarks_from(dense)[:FACE_POINTS].astype(np.float64))
    return tuple(out)
