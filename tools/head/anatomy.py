"""What is where on the base mesh: the neutral head, its parts, the rings of mouth and eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from head import regions, rings
from head.source import CENTIMETRES, SKULL_JOINT, Array, Flags, Ids, Source

FLOOR = -13.5
"""Where the neck is cut, centimetres below the pivot."""

RINGS = 12
"""More than any grid has: growing stops where the quads cease to be regular."""


@dataclass(frozen=True, eq=False)
class Anatomy:
    """neutral : (n, 3) centimetres from the pivot; part : (f,) face, head, socket, tongue, eyes or nothing
    solid : (f,) quads to subdivide; mouth : (r, 38) and lids : (2, r, 28) rings of vertices"""

    neutral: Array
    part: np.ndarray
    solid: Flags
    mouth: Ids
    lids: Ids


def anatomy(src: Source) -> Anatomy:
    """The neutral head taken apart; the pockets behind the lids belong to no part."""
    standing = src.neutral * CENTIMETRES
    neutral = standing - standing[SKULL_JOINT].mean(0)
    body = src.groups == "body"
    mouth, lids = mouth_rings(src, body, neutral), eye_rings(src, body, neutral)
    bag = src.painted("inside-mouth")
    pockets = np.any([enclosed(src.quads, body, loop) for loop in lids[:, 0]], axis=0)
    skin = body & ~bag & ~pockets
    part = np.full(len(src.quads), "", object)
    part[skin] = "head"
    part[regions.face_quads(src, src.quads, neutral, skin)] = "face"
    part[bag] = "socket"
    part[src.groups == "helper-tongue"] = "tongue"
    part[np.isin(src.groups, ["helper-l-eye", "helper-r-eye"])] = "eyes"
    near = neutral[src.quads][:, :, 1].max(1) > FLOOR - 2
    return Anatomy(neutral, part, (body & near) | (part == "tongue"), mouth, lids)


def mouth_rings(src: Source, body: Flags, vertices: Array) -> Ids:
    """(r, 38) from the border of the mouth bag outwards."""
    bag = src.painted("inside-mouth")
    (loop,) = rings.border(src.quads, bag)
    return rings.mouth_spokes(rings.grow(src.quads[body], loop, bag[body], RINGS), vertices)


def eye_rings(src: Source, body: Flags, vertices: Array) -> Ids:
    """(2, r, 28) left and right, from the border of the eye pocket outwards."""
    lids = src.painted("eyelids")
    inner = [loop for loop in rings.border(src.quads, lids) if len(loop) == 28]
    inner.sort(key=lambda loop: -vertices[loop, 0].mean())
    return np.stack(
        [rings.eye_spokes(rings.grow(src.quads[body], loop, ~lids[body], RINGS), vertices) for loop in inner]
    )


def enclosed(quads: Ids, body: Flags, loop: Ids) -> Flags:
    """The smaller side of the skin cut along a loop of edges."""
    wall = {frozenset(map(int, pair)) for pair in zip(loop, np.roll(loop, -1), strict=True)}
    pairs = np.sort(np.stack([quads, np.roll(quads, -1, 1)], 2).reshape(-1, 2), axis=1)
    edges, edge = np.unique(pairs, axis=0, return_inverse=True)
    open_ = np.array([frozenset(map(int, e)) not in wall for e in edges])
    owner = np.arange(len(quads)).repeat(4)
    use = open_[edge.ravel()] & body[owner]
    on = sparse.coo_array((np.ones(use.sum()), (owner[use], edge.ravel()[use])), shape=(len(quads), len(edges))).tocsr()
    label = sparse.csgraph.connected_components(on @ on.T, directed=False)[1]
    sizes = np.bincount(label[body])
    touching = np.unique(label[body & np.isin(quads, loop).any(1)])
    return np.asarray((label == min(touching, key=lambda i: sizes[i])) & body)


def importance(src: Source, part: np.ndarray) -> Array:
    """(n,) what a vertex counts when identities are compared: its area, less where no photo looks."""
    out = np.zeros(len(src.vertices))
    for name, share in (("head", 0.25), ("face", 1.0)):
        quads = src.quads[part == name]
        quads = quads[src.neutral[quads][:, :, 1].min(1) * CENTIMETRES > 66]  # above the neck
        corners = src.neutral[quads]
        area = np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)
        np.add.at(out, quads.ravel(), (share * area).repeat(4))
    return np.asarray((out + out[src.mirror]) / 2)
