"""The parametric head: neutral shape, the 52 ARKit targets, identity modes, landmarks, teeth and tongue.

Built from CC0 data by tools/build_head.py into head.npz; head.LICENSE.txt says whose work it is.

Metres; +x to the character's left, +y up, +z out of the face. The mesh is one Catmull-Clark level S
above its control points, and the file holds control points and S, so that every delta is stored once.

The mouth and each eye are polar grids: ``mouth_rings[k, j]`` is the vertex on ring k (0 inside, growing
outwards) and spoke j. At the mouth spoke 0 is the middle of the upper lip and spokes run to the character's
left first, so spoke -j mirrors spoke j. At an eye spoke 0 is the corner by the nose and spokes run over the
upper lid first; the same spoke of the other eye is its mirror image.
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

MOUTH_CORNERS = (24, 52)
"""The spokes of the left and the right corner of the mouth: upper lip from 52 over 0 to 24, lower between."""

EYE_CORNERS = (0, 26)
"""The spokes of the corner by the nose and by the temple: upper lid from 0 to 26, lower from there on."""

CONTACT_RINGS = {"upper": 3, "lower": 2, "corner": 4}
"""Where the lips meet, found from MediaPipe's inner lip on 26 rendered identities; 0 is the mouth bag's border."""

MARGIN_RINGS = {"upper": 4, "lower": 2}
"""The edges of the lids that a camera sees, found likewise."""

JAW_LINE = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
"""MediaPipe's face oval from below the right ear round the chin to below the left ear."""


@dataclass(frozen=True, eq=False)
class Head:
    """A head that can take many identities and expressions. v vertices (about 19,000), m identity modes.

    neutral      : (v, 3) metres
    triangles    : part -> (t, 3) vertex ids, counter-clockwise seen from outside. Parts: face (with the front of
                   the neck), head (scalp, ears, back of the neck), socket (inside of the mouth behind the lips),
                   gums_upper, gums_lower, teeth_upper, teeth_lower, tongue, eyes (balls, larger than life)
    targets      : ARKit name -> (vertex ids (k,), deltas at weight 1 (k, 3)), all 52; eyeLook* move lids only
    identity     : (m, v, 3) modes, metres per standard deviation
    landmark_triangles, landmark_weights : (478, 3) each, MediaPipe's points as barycentric sums of vertices
    mouth_rings  : (21, 76) vertex ids, see the module; ring 0 is the border of the mouth bag
    eye_rings    : (2, 11, 56) the same around the left and the right eye; ring 0 is the border of the eye pocket
    contact      : (76,) ring number on each spoke of the mouth where the lips meet
    vermilion    : (76,) ring number on each spoke of the border between lip and skin
    margin       : (56,) ring number on each spoke of an eye of the visible edge of the lid
    jaw_line     : (k,) vertex ids from below the right ear round the chin to below the left ear
    masks        : name -> (v,) bool: the parts, lips (contact to vermilion), eyelids, ears, lower_jaw (what moves
                   rigidly with the jaw: lower teeth and gums, tongue)
    ambient      : (v,) share of light from in front that reaches the inside of the mouth at jawOpen .35, 1 outside
    mirror       : (v,) the vertex on the other side
    pivot        : (3,) where the skull turns on the neck: the origin
    """

    neutral: Floats
    triangles: Mapping[str, Ints]
    targets: Mapping[str, Target]
    identity: Floats
    landmark_triangles: Ints
    landmark_weights: Floats
    mouth_rings: Ints
    eye_rings: Ints
    contact: Ints
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
    with np.load(ASSET) as file:
        data = {name: file[name] for name in file.files}
    subdivide = _Subdivision(data["counts"], data["columns"], data["weights"])
    neutral = subdivide(data["control"])
    triangles = _named(data["part_names"], data["part_counts"], data["triangles"].astype(np.int32))
    landmark_triangles = data["landmark_triangles"].astype(np.int32)
    mouth_rings, eye_rings = data["mouth_rings"].astype(np.int32), data["eye_rings"].astype(np.int32)
    contact, margin = _contact(mouth_rings.shape[1]), _margin(eye_rings.shape[2])
    vermilion = data["vermilion"].astype(np.int32)
    masks = _masks(len(neutral), triangles, mouth_rings, contact, vermilion, eye_rings, margin) | {"ears": data["ears"]}
    count, modes = len(data["control"]), data["identity"]
    flat = modes.astype(np.float32).transpose(1, 0, 2).reshape(count, -1) / 1000
    identity = subdivide(flat).reshape(len(neutral), len(modes), 3).transpose(1, 0, 2)
    return Head(
        neutral=neutral,
        triangles=triangles,
        targets=_targets(data, subdivide),
        identity=np.ascontiguousarray(identity),
        landmark_triangles=landmark_triangles,
        landmark_weights=data["landmark_weights"],
        mouth_rings=mouth_rings,
        eye_rings=eye_rings,
        contact=contact,
        vermilion=vermilion,
        margin=margin,
        jaw_line=_jaw_line(neutral, triangles["face"], landmark_triangles, data["landmark_weights"]),
        masks=masks,
        ambient=data["ambient"].astype(np.float32) / 255,
        mirror=data["mirror"].astype(np.int32),
        pivot=np.zeros(3, np.float32),
    )


class _Subdivision:
    """The sparse matrix S (v, c) as rows of columns and weights, applied one entry of every row at a time."""

    def __init__(self, counts: npt.NDArray[np.uint8], columns: npt.NDArray[np.uint16], weights: Floats) -> None:
        self.size = len(counts)
        starts = np.concatenate([[0], np.cumsum(counts[:-1], dtype=np.int64)])
        self.steps = []
        for k in range(int(counts.max())):
            rows = np.flatnonzero(counts > k)
            entries = starts[rows] + k
            self.steps.append((rows, columns[entries].astype(np.int64), weights[entries, None]))

    def __call__(self, values: Floats) -> Floats:
        """(c, k) on the control points -> (v, k) on the vertices."""
        out = np.zeros((self.size, values.shape[1]), np.float32)
        for rows, columns, weights in self.steps:
            out[rows] += values[columns] * weights
        return out


def _named(names: npt.NDArray[np.str_], counts: Ints, rows: Ints) -> dict[str, Ints]:
    """Rows cut into named pieces of ``counts`` rows."""
    return dict(zip(map(str, names), np.split(rows, np.cumsum(counts)[:-1]), strict=True))


def _targets(data: Mapping[str, npt.NDArray[np.generic]], subdivide: _Subdivision) -> dict[str, Target]:
    """The sparse targets on the vertices; what moves less than a hundredth of a millimetre is left out."""
    names, stops = data["target_names"], np.cumsum(data["target_counts"])
    index, delta = np.split(data["target_index"], stops[:-1]), np.split(data["target_delta"], stops[:-1])
    control = np.zeros((len(data["control"]), len(names), 3), np.float32)
    for i, (where, move) in enumerate(zip(index, delta, strict=True)):
        control[where.astype(np.int64), i] = move.astype(np.float32) / 1000
    dense = subdivide(control.reshape(len(control), -1)).reshape(-1, len(names), 3)
    moved = np.abs(dense).max(2) > 1e-5
    return {
        str(name): (np.flatnonzero(moved[:, i]).astype(np.int32), np.ascontiguousarray(dense[moved[:, i], i]))
        for i, name in enumerate(names)
    }


def _contact(spokes: int) -> Ints:
    left, right = MOUTH_CORNERS
    rings = np.full(spokes, CONTACT_RINGS["upper"], np.int32)
    rings[left:right] = CONTACT_RINGS["lower"]
    rings[[left, right]] = CONTACT_RINGS["corner"]
    return rings


def _margin(spokes: int) -> Ints:
    rings = np.full(spokes, MARGIN_RINGS["lower"], np.int32)
    rings[: EYE_CORNERS[1] + 1] = MARGIN_RINGS["upper"]
    return rings


def _masks(
    count: int,
    triangles: Mapping[str, Ints],
    mouth_rings: Ints,
    contact: Ints,
    vermilion: Ints,
    eye_rings: Ints,
    margin: Ints,
) -> dict[str, Flags]:
    """(v,) flags of the parts and of lips and lids."""
    ring = np.arange(len(mouth_rings))[:, None]
    groups = dict(triangles) | {
        "lips": mouth_rings[(ring >= contact) & (ring <= vermilion)],
        "eyelids": eye_rings[:, np.arange(eye_rings.shape[1])[:, None] >= margin],
        "lower_jaw": np.concatenate([triangles[name].ravel() for name in ("teeth_lower", "gums_lower", "tongue")]),
    }
    masks = {name: np.zeros(count, np.bool_) for name in groups}
    for name, ids in groups.items():
        masks[name][ids.ravel()] = True
    return masks


def _jaw_line(neutral: Floats, face: Ints, triangles: Ints, weights: Floats) -> Ints:
    """Face vertices nearest to the lower part of MediaPipe's oval, 2 mm apart or the mesh's own step."""
    corners = np.einsum("lkd,lk->ld", neutral[triangles[list(JAW_LINE)]], weights[list(JAW_LINE)])
    steps = np.linspace(0, len(corners) - 1, 8 * (len(corners) - 1) + 1)
    line = np.stack([np.interp(steps, np.arange(len(corners)), corners[:, k]) for k in range(3)], 1)
    ids = np.unique(face)
    near = ids[np.argmin(((neutral[ids][None] - line[:, None]) ** 2).sum(2), axis=1)]
    return np.asarray(near[np.concatenate([[True], near[1:] != near[:-1]])], np.int32)
