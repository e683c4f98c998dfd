"""The parametric head: neutral shape, the 52 ARKit targets, identity modes, landmarks, teeth and tongue.

Built from CC0 data by tools/build_head.py into head.npz; head.LICENSE.txt says whose work it is.

Metres; +x to the character's left, +y up, +z out of the face. The mesh is one Catmull-Clark level S
above its control points, and the file holds control points and S, so that every delta is stored once.

The mouth and each eye are polar grids: ``mouth_rings[k, j]`` is the vertex on ring k (0 inside, growing
outwards) and spoke j; spokes run from the middle of the upper edge to the character's left, round the
lower edge and back up the right side, so spoke -j mirrors spoke j.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.errors import unknown
from mien.core.track import Floats

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Target = tuple[Ints, Floats]

ASSET = Path(__file__).with_name("head.npz")


@dataclass(frozen=True, eq=False)
class Head:
    """A head that can take many identities and expressions. v vertices, m identity modes.

    neutral      : (v, 3) metres
    triangles    : part -> (t, 3) vertex ids, counter-clockwise seen from outside. Parts: face (with the front of
                   the neck), head (scalp, ears, back of the neck), socket (inside of the mouth behind the lips),
                   gums_upper, gums_lower, teeth_upper, teeth_lower, tongue, eyes (balls)
    targets      : ARKit name -> (vertex ids (k,), deltas at weight 1 (k, 3)), all 52
    identity     : (m, v, 3) modes, metres per standard deviation
    landmark_triangles, landmark_weights : (478, 3) each, MediaPipe's points as barycentric sums of vertices
    mouth_rings  : (r, 152) vertex ids, see the module; ring 0 is the border of the mouth bag
    eye_rings    : (2, r, 112) the same around the left and the right eye; ring 0 is the border of the eye pocket
    contact_upper, contact_lower : ring numbers, per spoke (152,), on which upper and lower lip meet
    vermilion    : (152,) ring number of the border between lip and skin
    margin       : (112,) ring number of the visible lid margin per spoke of an eye
    jaw_line     : (k,) vertex ids from below the right ear round the chin to below the left ear
    masks        : name -> (v,) bool: lips, eyelids, ears, mouth (bag), gums, teeth, tongue, eyes, upper_jaw, lower_jaw
    ambient      : (v,) share of light that reaches the inside of the mouth, 1 outside
    mirror       : (v,) the vertex on the other side
    pivot        : (3,) where the skull turns on the neck
    """

    neutral: Floats
    triangles: Mapping[str, Ints]
    targets: Mapping[str, Target]
    identity: Floats
    landmark_triangles: Ints
    landmark_weights: Floats
    mouth_rings: Ints
    eye_rings: Ints
    contact_upper: Ints
    contact_lower: Ints
    vermilion: Ints
    margin: Ints
    jaw_line: Ints
    masks: Mapping[str, Flags]
    ambient: Floats
    mirror: Ints
    pivot: Floats

    def pose_vertices(self, identity: npt.ArrayLike, weights: Mapping[str, float]) -> Floats:
        """The vertices (v, 3) of a person (mode weights (<= m,), standard deviations) with an expression."""
        modes = np.asarray(identity, np.float32)
        vertices = self.neutral + np.tensordot(modes, self.identity[: len(modes)], 1)
        for name, weight in weights.items():
            if name not in self.targets:
                raise unknown("target", name, self.targets)
            index, delta = self.targets[name]
            vertices[index] += np.float32(weight) * delta
        return np.asarray(vertices, np.float32)

    def landmarks_from(self, vertices: npt.NDArray[np.floating]) -> Floats:
        """MediaPipe's 478 points (478, 3) on posed vertices (v, 3); 468..472 right iris, 473..477 left."""
        corners = vertices[self.landmark_triangles]
        return np.asarray(np.einsum("lkd,lk->ld", corners, self.landmark_weights), np.float32)


@cache
def load_head() -> Head:
    """The head of the package, read once."""
    raise NotImplementedError
