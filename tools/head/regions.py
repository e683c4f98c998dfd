"""Which part of the head each quad belongs to."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from head.source import Array, Flags, Ids, Source

NECK_HALF = 5.0
"""Centimetres from the middle to which the front of the neck moves with the face: a narrower strip leaves a flap
under the chin when the jaw opens."""

NECK_TOP = 3.0
"""How far above the lowest painted quad the neck begins, centimetres."""


def neighbours(quads: Ids) -> sparse.csr_array:
    """(f, f) 1 where two quads share a corner."""
    rows = np.arange(len(quads)).repeat(4)
    on = sparse.coo_array((np.ones(len(rows)), (quads.ravel(), rows))).tocsr()
    beside = ((on.T @ on) > 0).astype(float).tolil()
    beside.setdiag(0)
    return beside.tocsr()


def voted(inside: Flags, quads: Ids, fixed: Flags, rounds: int) -> Flags:
    """A ragged region with its border smoothed: each quad takes the side of most quads within two steps."""
    beside = neighbours(quads)
    around = ((beside + beside @ beside) > 0).astype(float)
    degree = np.asarray(around.sum(1)).ravel()
    for _ in range(rounds):
        share = (around @ inside.astype(float)) / np.maximum(degree, 1)
        inside = np.where(fixed, inside, np.where(share > 0.5, True, np.where(share < 0.5, False, inside)))
    return inside


def face_quads(source: Source, quads: Ids, vertices: Array, skin: Flags) -> Flags:
    """The quads of ``skin`` that move with the face: the painted face, lids and lips, and the front of the neck.

    quads : (f, 4) of the whole base mesh; vertices in centimetres
    """
    painted = source.painted("face") | source.painted("eyelids") | source.painted("lips")
    corners = vertices[quads]
    middle = corners.mean(1)
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    chin = middle[painted][:, 1].min()
    low = middle[:, 1] < chin + NECK_TOP
    neck = low & (middle[:, 2] > 0.0) & (normal[:, 2] > 0.0) & (np.abs(middle[:, 0]) < NECK_HALF)
    under = low & (normal[:, 1] < -0.3) & (middle[:, 2] > 2.0)  # the floor of the jaw
    inside = (painted | neck | under) & skin & ~source.painted("ears")
    lips = source.painted("lips") | source.painted("eyelids")
    return voted(inside, quads, ~skin | lips, rounds=4) & skin
