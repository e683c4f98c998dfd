"""Where the rows of teeth stand, and how they follow the source: each hangs on a frame of four control points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from head import teeth
from head.source import LOWER_BAND, UPPER_BAND, Array, Ids

UPPER_EDGE = 0.26
"""How far the upper incisors reach below the line where the lips meet, centimetres."""

LOWER_EDGE = 0.30
"""The same of the lower incisors: in a relaxed jaw their edges are level with or just below the upper ones."""

ARCH_UPPER = {"half_width": 2.95, "depth": 4.3}
ARCH_LOWER = {"half_width": 2.70, "depth": 4.05}
INCISORS = (0.55, 0.75)
"""How far the upper and the lower incisors stand behind the inner face of the lips, centimetres."""

FRAME = 2.0
"""Length of the axes that carry a row of teeth, centimetres."""

ENDS = FRAME * np.concatenate([np.zeros((1, 3)), np.eye(3)])
"""(4, 3) a frame's points from its origin."""

WALL_DEPTH, WALL_REACH = 3.0, 0.8
"""Which part of the mouth bag a row of teeth follows: so far behind its middle and towards the other row."""


@dataclass(frozen=True, eq=False)
class Jaw:
    """A row of teeth, its frame (4, 3), and the vertices it follows: in expressions a band of the source that moves
    rigidly with the bone, in identities the wall of the mouth, so that teeth stay inside everybody's lips."""

    row: teeth.Row
    frame: Array
    band: Ids
    wall: Ids


def jaws(vertices: Array, mouth: Ids, bag: Ids) -> tuple[Jaw, Jaw]:
    """Upper and lower. vertices : (n, 3) centimetres; mouth : rings; bag : quads of the inside of the mouth"""
    middles = [0, mouth.shape[1] // 2]  # the spokes of the upper and the lower lip's middle
    contact = float(vertices[mouth[1:3, middles], 1].mean())
    inner = float(vertices[mouth[0, middles], 2].min())
    upper = teeth.Arch(teeth.UPPER, front=(contact - UPPER_EDGE, inner - INCISORS[0]), up=-1, **ARCH_UPPER)
    lower = teeth.Arch(teeth.LOWER, front=(contact - LOWER_EDGE, inner - INCISORS[1]), up=1, **ARCH_LOWER)
    every = np.arange(len(vertices))
    return (
        _jaw(vertices, upper, every[UPPER_BAND], bag),
        _jaw(vertices, lower, every[LOWER_BAND], bag),
    )


def _jaw(vertices: Array, arch: teeth.Arch, band: Ids, bag: Ids) -> Jaw:
    origin = vertices[band].mean(0)
    ids = np.unique(bag)
    place = vertices[ids]
    beside = (place[:, 2] > origin[2] - WALL_DEPTH) & (-arch.up * (place[:, 1] - origin[1]) > -WALL_REACH)
    return Jaw(teeth.row(arch), origin + ENDS, band, ids[beside])


def frame_delta(vertices: Array, delta: Array, anchors: Ids, origin: Array) -> Array:
    """(4, 3) how a frame moves, by the affine map nearest to the motion of its anchors."""
    local = np.concatenate([vertices[anchors] - origin, np.ones((len(anchors), 1))], 1)
    affine = np.linalg.lstsq(local, delta[anchors], rcond=None)[0]
    return np.asarray(np.concatenate([ENDS, np.ones((4, 1))], 1) @ affine)


def carried_by(points: Array, frame: Array, first: int, columns: int) -> sparse.csr_array:
    """Points (p, 3) as weights on a frame whose control points are columns first .. first + 3."""
    axes = (points - frame[0]) / FRAME
    share = np.concatenate([1 - axes.sum(1, keepdims=True), axes], 1)
    where = (np.arange(len(points)).repeat(4), np.tile(first + np.arange(4), len(points)))
    return sparse.coo_array((share.ravel(), where), shape=(len(points), columns)).tocsr()
