"""What one picture says about a face: landmarks in the head's axes and the blendshape network's scores.

Everything is relative to nothing: what the person looks like at rest is in it, and taken out later.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from mien.core.track import Floats
from mien.face.fit import LIDS, LIPS
from mien.face.head import load_head
from mien.face.landmarks import SCORES, Face
from mien.face.pose import Person, Pose, in_head

Ints = npt.NDArray[np.int64]

# fmt: off
BROWS = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 336, 296, 334, 293, 300, 276, 283, 282, 295, 285)
NOSE = (1, 2, 4, 5, 6, 98, 327, 168, 197, 195, 48, 278, 64, 294, 129, 358)
CHEEKS = (50, 280, 205, 425, 36, 266, 116, 345, 117, 346, 118, 347, 187, 411, 207, 427)
CHIN = (152, 148, 377, 176, 400, 199, 175, 18, 200, 201, 421, 208, 428, 171, 396)
IRISES = tuple(range(468, 478))
# fmt: on
POINTS = tuple(sorted((*LIPS, *LIDS, *BROWS, *NOSE, *CHEEKS, *CHIN, *IRISES)))
"""Landmarks that are read."""

SIZE = 3 * len(POINTS) + len(SCORES)
"""Numbers a picture gives."""

UPPER = frozenset((*BROWS, *LIDS, *IRISES, *NOSE))
LOWER = frozenset((*LIPS, *CHIN, *CHEEKS, *NOSE))

OPENINGS = {  # pairs of landmarks that meet, and the corners between which they do
    "eyeLeft": (((387, 373), (386, 374), (385, 380)), (362, 263)),
    "eyeRight": (((160, 144), (159, 145), (158, 153)), (33, 133)),
    "lips": (((13, 14), (82, 87), (312, 317)), (61, 291)),
}


def features(face: Face, person: Person, pose: Pose) -> tuple[Floats, Floats]:
    """(SIZE,) displacements from the person's own shape, centimetres, then scores; and (4,) openings.

    Openings: the gap between the lids of each eye over its breadth; between the lips, and the mouth's breadth, in
    centimetres.
    """
    shape = in_head(face.points, pose)
    moved = (shape[list(POINTS)] - person.landmarks[list(POINTS)]).ravel() * 100
    scores = face.scores
    values = np.concatenate([moved, [scores[name] for name in SCORES]])
    return values.astype(np.float32), openings(shape)


def openings(shape: npt.NDArray[np.float64]) -> Floats:
    """(4,) of OPENINGS, and the mouth's breadth. shape : (478, 3) metres"""
    out = []
    for name, (pairs, (a, b)) in OPENINGS.items():
        gap = np.mean([np.linalg.norm(shape[u] - shape[v]) for u, v in pairs])
        out.append(gap * 100 if name == "lips" else gap / np.linalg.norm(shape[a] - shape[b]))
    return np.array([*out, np.linalg.norm(shape[61] - shape[291]) * 100], np.float32)


@cache
def mirrored() -> tuple[Ints, npt.NDArray[np.float32]]:
    """(SIZE,) which feature each one becomes when left and right are swapped, and (SIZE,) its sign."""
    twin = landmark_twins()
    place = {point: i for i, point in enumerate(POINTS)}
    index, sign = [], []
    for point in POINTS:
        other = place[int(twin[point])]
        index += [3 * other, 3 * other + 1, 3 * other + 2]
        sign += [-1, 1, 1]
    names = list(SCORES)
    index += [3 * len(POINTS) + names.index(swapped(name)) for name in names]
    sign += [1] * len(names)
    return np.array(index), np.array(sign, np.float32)


def swapped(name: str) -> str:
    """The channel of the other side.

    >>> swapped("mouthSmileLeft"), swapped("jawOpen"), swapped("jawRight")
    ('mouthSmileRight', 'jawOpen', 'jawLeft')
    """
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


@cache
def landmark_twins() -> Ints:
    """(478,) the landmark on the other side of the face."""
    head = load_head()
    rest = head.landmarks_from(head.neutral)
    flipped = rest * np.array([-1, 1, 1], np.float32)
    return np.asarray(((rest[:, None] - flipped[None]) ** 2).sum(2).argmin(0), np.int64)
