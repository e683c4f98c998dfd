"""The surface over its control points: subdivided skin and tongue, eyeballs as they are, teeth on their frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from head import mesh, rings
from head.anatomy import FLOOR, Anatomy
from head.jaws import Jaw, carried_by, frame_delta
from head.source import Array, Flags, Ids, Source


@dataclass(frozen=True, eq=False)
class Control:
    """The c points everything hangs on: vertices of the source that matter, then four for each row of teeth.

    points : (c, 3) centimetres; used : their ids in the source; number : (n,) the other way, -1 for the rest
    """

    points: Array
    used: Ids
    number: Ids
    neutral: Array
    jaws: tuple[Jaw, Jaw]

    def expression(self, delta: Array) -> Array:
        """(c, 3) of a target (n, 3): teeth move as the bone."""
        return self._moved(delta, [jaw.band for jaw in self.jaws])

    def person(self, delta: Array) -> Array:
        """(c, 3) of an identity mode (n, 3): teeth stay within the mouth."""
        return self._moved(delta, [jaw.wall for jaw in self.jaws])

    def _moved(self, delta: Array, anchors: list[Ids]) -> Array:
        frames = [
            frame_delta(self.neutral, delta, ids, jaw.frame[0]) for ids, jaw in zip(anchors, self.jaws, strict=True)
        ]
        return np.concatenate([delta[self.used], *frames])


def control(src: Source, parts: Anatomy, both: tuple[Jaw, Jaw]) -> Control:
    """The control points of a head."""
    used = np.unique(src.quads[parts.solid | (parts.part == "eyes")])
    number = np.full(len(parts.neutral), -1)
    number[used] = np.arange(len(used))
    points = np.concatenate([parts.neutral[used], *(jaw.frame for jaw in both)])
    return Control(points, used, number, parts.neutral, both)


@dataclass(frozen=True, eq=False)
class Surface:
    """weights : (v, c) of the control points; parts : name -> (t, 3) vertex ids; corners : (478, 3) of landmarks
    mouth, eyes : rings; ears : (v,)"""

    weights: sparse.csr_array
    parts: dict[str, Ids]
    corners: Ids
    mouth: Ids
    eyes: Ids
    ears: Flags


def surface(src: Source, parts: Anatomy, points: Control, corners: Ids) -> Surface:
    """The mesh of a head, cut at the floor, without what nothing uses. corners : (478, 3) ids in the source"""
    level = mesh.catmull_clark(points.number[src.quads[parts.solid]], len(points.points))
    weights, triangles = with_teeth(level, points)
    kinds = parts.part[parts.solid][level.parents]
    vertices = weights @ points.points
    skin = {n: mesh.triangles_from(level.quads[kinds == n], vertices) for n in ("face", "head", "socket", "tongue")}
    triangles = skin | triangles
    triangles["eyes"] = mesh.triangles_from(points.number[src.quads[parts.part == "eyes"]], vertices)
    for name in ("face", "head"):
        triangles[name], cuts = mesh.clipped(triangles[name], weights @ points.points[:, 1] - FLOOR)
        weights = sparse.vstack([weights, cut_rows(cuts, weights)]).tocsr()
    keep = np.unique(np.concatenate([t.ravel() for t in triangles.values()] + [points.number[corners].ravel()]))
    number = np.full(weights.shape[0], -1)
    number[keep] = np.arange(len(keep))
    weights = weights[keep].tocsr()
    weights.sort_indices()
    ears = number[np.unique(level.quads[src.painted("ears")[parts.solid][level.parents]])]

    def subdivided(grid: Ids) -> Ids:
        return number[rings.subdivided(points.number[grid], level.edge_id, level.quad_id)]

    return Surface(
        weights,
        {name: number[t] for name, t in triangles.items()},
        number[points.number[corners]],
        subdivided(parts.mouth),
        np.stack([subdivided(grid) for grid in parts.lids]),
        np.isin(np.arange(len(keep)), ears),
    )


def with_teeth(level: mesh.Level, points: Control) -> tuple[sparse.csr_array, dict[str, Ids]]:
    """The level's rows with those of teeth and gums after them, and their triangles."""
    columns = len(points.points)
    rows, triangles = [level.weights], {}
    start = level.weights.shape[0]
    for k, (side, jaw) in enumerate(zip(("upper", "lower"), points.jaws, strict=True)):
        triangles[f"teeth_{side}"] = jaw.row.tooth_triangles + start
        triangles[f"gums_{side}"] = jaw.row.gum_triangles + start + len(jaw.row.teeth)
        start += len(jaw.row.teeth) + len(jaw.row.gums)
        first = columns - 8 + 4 * k
        rows += [carried_by(shape, jaw.frame, first, columns) for shape in (jaw.row.teeth, jaw.row.gums)]
    return sparse.vstack(rows).tocsr(), triangles


def cut_rows(cuts: list[tuple[int, int, float]], weights: sparse.csr_array) -> sparse.csr_array:
    """Rows for the vertices made by cutting edges."""
    a, b, share = (np.array(x) for x in zip(*cuts, strict=True))
    return (sparse.diags_array(1 - share) @ weights[a] + sparse.diags_array(share) @ weights[b]).tocsr()
