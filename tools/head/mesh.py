"""Meshes as weights on control points: one Catmull-Clark level, splitting quads, cutting on a plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from head.source import Array, Ids


@dataclass(frozen=True, eq=False)
class Level:
    """One level above c control points. weights : (v, c); quads : (4 f, 4) with the parent quad of each"""

    weights: sparse.csr_array
    quads: Ids
    parents: Ids
    edge_id: dict[frozenset[int], int]
    quad_id: dict[frozenset[int], int]


def catmull_clark(quads: Ids, count: int) -> Level:
    """One level of Catmull & Clark (1978) on quads over ``count`` vertices; open edges stay where they are.

    Fine vertices: the moved old ones (same ids), then one per edge, then one per quad.
    """
    pairs = np.sort(np.stack([quads, np.roll(quads, -1, 1)], 2).reshape(-1, 2), axis=1)
    edges, edge_of = np.unique(pairs, axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1, 4)
    f, e = len(quads), len(edges)
    quad_mean = _rows(np.arange(f).repeat(4), quads.ravel(), np.full(4 * f, 0.25), f, count)
    edge_mean = _rows(np.arange(e).repeat(2), edges.ravel(), np.full(2 * e, 0.5), e, count)
    beside = _rows(edge_of.ravel(), np.arange(f).repeat(4), np.ones(4 * f), e, f)  # edge x quad
    uses = np.asarray(beside.sum(1)).ravel()
    inner = sparse.diags_array((uses == 2).astype(float))
    open_ = sparse.diags_array((uses != 2).astype(float))
    edge_points = inner @ (edge_mean * 0.5 + beside @ quad_mean * 0.25) + open_ @ edge_mean
    around = _rows(quads.ravel(), np.arange(f).repeat(4), np.ones(4 * f), count, f)
    touching = _rows(edges.ravel(), np.arange(e).repeat(2), np.ones(2 * e), count, e)
    valence = np.maximum(np.asarray(around.sum(1)).ravel(), 1)
    rim = np.asarray((touching @ (uses != 2).astype(float)) > 0) | (np.asarray(around.sum(1)).ravel() == 0)
    one = sparse.eye_array(count)
    n = sparse.diags_array(1 / valence)
    moved = n @ (n @ around @ quad_mean) + n @ (n @ touching @ edge_mean) * 2
    moved = moved + sparse.diags_array((valence - 3) / valence) @ one
    keep = sparse.diags_array(rim.astype(float))
    free = sparse.diags_array((~rim).astype(float))
    weights = sparse.vstack([keep @ one + free @ moved, edge_points, quad_mean]).tocsr()
    weights.eliminate_zeros()
    corner, ahead = quads, count + edge_of
    behind, middle = np.roll(ahead, 1, 1), np.broadcast_to(count + e + np.arange(f)[:, None], (f, 4))
    fine = np.stack([corner, ahead, middle, behind], 2).reshape(-1, 4)
    return Level(
        weights,
        fine,
        np.arange(f).repeat(4),
        {frozenset(map(int, pair)): count + i for i, pair in enumerate(edges)},
        {frozenset(map(int, quad)): count + e + i for i, quad in enumerate(quads)},
    )


def triangles_from(quads: Ids, vertices: Array) -> Ids:
    """(2 f, 3) each quad split along its shorter diagonal; ties go the way that mirrors."""
    a, b, c, d = (vertices[quads[:, i]] for i in range(4))
    first, second = np.linalg.norm(a - c, axis=1), np.linalg.norm(b - d, axis=1)
    tie = np.abs(first - second) < 1e-6
    inwards = np.minimum(np.abs(a[:, 0]), np.abs(c[:, 0])) <= np.minimum(np.abs(b[:, 0]), np.abs(d[:, 0]))
    along_ac = np.where(tie, inwards, first < second)[:, None]
    one = np.where(along_ac, quads[:, [0, 1, 2]], quads[:, [0, 1, 3]])
    two = np.where(along_ac, quads[:, [0, 2, 3]], quads[:, [1, 2, 3]])
    return np.stack([one, two], 1).reshape(-1, 3)


def clipped(triangles: Ids, height: Array) -> tuple[Ids, list[tuple[int, int, float]]]:
    """Triangles cut at height 0. height : (v,) signed distance above the plane

    Returns the triangles above and the new vertices as (a, b, share of b).
    """
    above = height > 0
    made: dict[tuple[int, int], int] = {}
    cuts: list[tuple[int, int, float]] = []

    def cut(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in made:
            made[key] = len(height) + len(cuts)
            cuts.append((*key, float(height[key[0]] / (height[key[0]] - height[key[1]]))))
        return made[key]

    kept: list[tuple[int, int, int]] = []
    for triangle in triangles.tolist():
        inside = above[triangle]
        if inside.all():
            kept.append(tuple(triangle))
        elif inside.any():
            polygon: list[int] = []
            for a, b in zip(triangle, triangle[1:] + triangle[:1], strict=True):
                if above[a]:
                    polygon.append(a)
                if above[a] != above[b]:
                    polygon.append(cut(a, b))
            for k in range(1, len(polygon) - 1):
                kept.append((polygon[0], polygon[k], polygon[k + 1]))
    return np.array(kept), cuts


def _rows(row: Ids, column: Ids, value: Array, rows: int, columns: int) -> sparse.csr_array:
    return sparse.coo_array((value, (row, column)), shape=(rows, columns)).tocsr()
