"""The inner loops of moving a mesh: targets, closing, turning, normals; compiled as in kernels.py."""

from __future__ import annotations

import numpy as np

from mien.renderers.portrait.kernels import Array, Ints, Real, compiled


@compiled
def add_targets(points: Array, index: Ints, delta: Array, starts: Ints, weights: Array) -> None:
    """Add every target's weighted deltas to the points, in place.

    points : (v, 3); target t owns rows starts[t]:starts[t + 1] of index (k,) and delta (k, 3); weights : (t,)
    """
    for t in range(weights.shape[0]):
        w = weights[t]
        if w == 0:
            continue
        for k in range(starts[t], starts[t + 1]):
            i = index[k]
            points[i, 0] += w * delta[k, 0]
            points[i, 1] += w * delta[k, 1]
            points[i, 2] += w * delta[k, 2]


@compiled
def turn(points: Array, weight: Array, matrix: Array, pivot: Array, shift: Array) -> None:
    """Turn points about the pivot and shift them, each as far as its weight (v,) says, in place."""
    for i in range(points.shape[0]):
        w = weight[i]
        if w == 0:
            continue
        x, y, z = points[i, 0] - pivot[0], points[i, 1] - pivot[1], points[i, 2] - pivot[2]
        for a in range(3):
            moved = matrix[a, 0] * x + matrix[a, 1] * y + matrix[a, 2] * z + pivot[a] + shift[a]
            points[i, a] += w * (moved - points[i, a])


@compiled
def vertex_normals(points: Array, triangles: Ints, normals: Array) -> None:
    """Area-weighted unit normals (v, 3) of a mesh whose front faces run clockwise in y-down pixels."""
    normals[:] = 0
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = vy * uz - vz * uy, vz * ux - vx * uz, vx * uy - vy * ux
        for i in (a, b, c):
            normals[i, 0] += nx
            normals[i, 1] += ny
            normals[i, 2] += nz
    for i in range(normals.shape[0]):
        n = normals[i]
        length = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + np.float32(1e-9)
        n[0] /= length
        n[1] /= length
        n[2] /= length


@compiled
def follow_gaps(points: Array, index: Ints, station: Array, share: Array, gaps: Array, amount: float) -> None:
    """Move the vertices of a slit by their share of the gap at their station, in place. gaps : (stations, 3)"""
    last = gaps.shape[0] - 2
    for k in range(index.shape[0]):
        j = min(int(station[k]), last)
        f = station[k] - np.float32(j)
        w = np.float32(amount) * share[k]
        for a in range(3):
            points[index[k], a] += w * (gaps[j, a] + f * (gaps[j + 1, a] - gaps[j, a]))


@compiled
def edge_points(points: Array, ids: Ints, part: Array, out: Array) -> None:
    """Where the stations of an edge are (stations, 3)."""
    for p in range(ids.shape[0]):
        for a in range(3):
            first = points[ids[p, 0], a]
            out[p, a] = first + part[p] * (points[ids[p, 1], a] - first)


@compiled
def open_gaps(upper: Array, lower: Array, down: Array, extra: float, gaps: Array) -> None:
    """How far edges are apart (stations, 3), lengthened by up to ``extra`` pixels; none where they overlap already."""
    for p in range(upper.shape[0]):
        along = np.float32(0)
        for a in range(3):
            gaps[p, a] = lower[p, a] - upper[p, a]
            along += gaps[p, a] * down[a]
        apart = max(along, np.float32(0))
        share = min(np.float32(1), apart * 2)
        more = np.float32(extra) * min(np.float32(1), apart)
        for a in range(3):
            gaps[p, a] = share * gaps[p, a] + more * down[a]


@compiled
def furthest_moved(points: Array, rest: Array, upper: Ints, lower: Ints) -> Real:
    """How far a point of a slit's edges has gone from its rest at most, along one axis of the picture."""
    most = np.float32(0)
    for p in range(upper.shape[0]):
        for a in range(2):
            i, j = upper[p, 0], lower[p, 0]
            most = max(most, abs(points[i, a] - rest[i, a]), abs(points[j, a] - rest[j, a]))
    return most


@compiled
def bounds(
    points: Array, upper: Ints, upper_part: Array, lower: Ints, lower_part: Array
) -> tuple[Real, Real, Real, Real]:
    """x0, y0, x1, y1 around the edges of a slit."""
    low_x = low_y = np.float32(1e9)
    high_x = high_y = -low_x
    for p in range(upper.shape[0]):
        for ids, part in ((upper, upper_part), (lower, lower_part)):
            i, j = ids[p, 0], ids[p, 1]
            x = points[i, 0] + part[p] * (points[j, 0] - points[i, 0])
            y = points[i, 1] + part[p] * (points[j, 1] - points[i, 1])
            low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
    return low_x, low_y, high_x, high_y


@compiled
def raise_along(points: Array, ids: Ints, lift: Array, front: Array, up: Array, out: float) -> None:
    """Move vertices (k,) by their lift (k,) upwards, and by ``out`` times front (k,) towards the camera, in place."""
    for k in range(ids.shape[0]):
        for a in range(3):
            points[ids[k], a] += lift[k] * up[a]
        points[ids[k], 2] += np.float32(out) * front[k]


@compiled
def lay_creases(boxes: Ints, maps: Array, depths: Array, out: Array) -> None:
    """Add every crease's relief by its depth, 0..1; out : (s, s). boxes, maps : see creases.py"""
    out[:] = 0
    start = 0
    for n in range(boxes.shape[0]):
        x0, y0, x1, y1 = boxes[n, 0], boxes[n, 1], boxes[n, 2], boxes[n, 3]
        depth = min(depths[n], np.float32(1))
        if depth > np.float32(0.01):
            for y in range(y0, y1):
                for x in range(x0, x1):
                    out[y, x] += depth * maps[start + (y - y0) * (x1 - x0) + x - x0]
        start += (x1 - x0) * (y1 - y0)


@compiled
def grid_forward(
    depth: Array,
    follow: Array,
    hang: Array,
    lift: Array,
    starts: Ints,
    sources: Ints,
    weights: Array,
    moved: Array,
    rest: Array,
    matrix: Array,
    pivot: Array,
    shift: Array,
    trail_matrix: Array,
    trail_shift: Array,
    breath: float,
    cell: float,
    margin: int,
    out: Array,
) -> None:
    """Where the grid's nodes go, in cells (g, g, 2): the face's edge, then the head's turn, then the breath.

    hang : (g, g) how much of that turn comes as trail_matrix and trail_shift say, after the head's own
    """
    g = depth.shape[0]
    c = np.float32(cell)
    for i in range(g):
        for j in range(g):
            n = i * g + j
            x0, y0 = np.float32(j) * c - np.float32(margin), np.float32(i) * c - np.float32(margin)
            x, y, z = x0, y0, depth[i, j]
            for k in range(starts[n], starts[n + 1]):
                v, w = sources[k], weights[k]
                x += w * (moved[v, 0] - rest[v, 0])
                y += w * (moved[v, 1] - rest[v, 1])
                z += w * (moved[v, 2] - rest[v, 2])
            f = follow[i, j]
            if f > 0:
                px, py, pz = x - pivot[0], y - pivot[1], z - pivot[2]
                tx = matrix[0, 0] * px + matrix[0, 1] * py + matrix[0, 2] * pz + pivot[0] + shift[0]
                ty = matrix[1, 0] * px + matrix[1, 1] * py + matrix[1, 2] * pz + pivot[1] + shift[1]
                h = hang[i, j]
                if h > 0:
                    ux = trail_matrix[0, 0] * px + trail_matrix[0, 1] * py + trail_matrix[0, 2] * pz
                    uy = trail_matrix[1, 0] * px + trail_matrix[1, 1] * py + trail_matrix[1, 2] * pz
                    tx += h * (ux + pivot[0] + trail_shift[0] - tx)
                    ty += h * (uy + pivot[1] + trail_shift[1] - ty)
                x += f * (tx - x)
                y += f * (ty - y)
            y -= lift[i, j] * np.float32(breath)
            out[i, j, 0] = (x - x0) / c
            out[i, j, 1] = (y - y0) / c


@compiled
def face_attributes(
    points: Array, rest: Array, normals: Array, dark: Array, trust: Array, light: Array, out: Array
) -> None:
    """What the face map carries (v, 4): way back to the photo, trust, and how much brighter the skin is than there.

    dark : (v,) brightness of the rest pose under ``light``
    """
    for i in range(points.shape[0]):
        out[i, 0] = rest[i, 0] - points[i, 0]
        out[i, 1] = rest[i, 1] - points[i, 1]
        out[i, 2] = trust[i]
        bright = light[0] + light[1] * normals[i, 0] + light[2] * normals[i, 1] + light[3] * normals[i, 2]
        out[i, 3] = min(max(bright / dark[i], np.float32(0.75)), np.float32(1.12))


@compiled
def shade_inside(
    ids: Ints, normals: Array, albedo: Array, ambient: Array, gloss: Array, sun: Array, white: Array, out: Array
) -> None:
    """Colours (v, 4), the fourth 1, of the mouth's inside: light from in front that gets in, and a wet highlight.

    sun : (3,) unit, towards the light; white : (3,) what a highlight looks like
    """
    hx, hy, hz = sun[0], sun[1], sun[2] + np.float32(1)
    length = np.sqrt(hx * hx + hy * hy + hz * hz)
    for k in range(ids.shape[0]):
        i = ids[k]
        n = normals[i]
        facing = n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2]
        diffuse = np.float32(0.7) + np.float32(0.3) * facing
        half = max((n[0] * hx + n[1] * hy + n[2] * hz) / length, np.float32(0))
        shine = half * half
        shine = shine * shine
        shine = shine * shine
        shine = shine * shine * shine * gloss[i] * ambient[i]
        for a in range(3):
            out[i, a] = albedo[i, a] * ambient[i] * max(diffuse, np.float32(0.1)) + shine * white[a]
        out[i, 3] = np.float32(1)
