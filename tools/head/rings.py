"""Polar grids of quads: the loops of edges around the mouth and around each eye."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from head.source import Array, Flags, Ids


def border(quads: Ids, inside: Flags) -> list[list[int]]:
    """The closed loops of vertices between the quads ``inside`` and the others."""
    count: dict[tuple[int, int], int] = defaultdict(int)
    for quad in quads[inside].tolist():
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            count[min(a, b), max(a, b)] += 1
    following: dict[int, list[int]] = defaultdict(list)
    for (a, b), n in count.items():
        if n == 1:
            following[a].append(b)
            following[b].append(a)
    loops: list[list[int]] = []
    todo = set(following)
    while todo:
        loop = [min(todo)]
        while loop[-1] in todo:
            todo.remove(loop[-1])
            loop += [n for n in following[loop[-1]] if n in todo][:1]
        loops.append(loop)
    return loops


def grow(quads: Ids, loop: list[int], used: Flags, limit: int) -> Ids:
    """(rings, n) vertices of the loop and of the loops around it, as long as they stay a regular grid."""
    beside: dict[frozenset[int], list[int]] = defaultdict(list)
    for i, quad in enumerate(quads.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            beside[frozenset((a, b))].append(i)
    taken = set(np.flatnonzero(used).tolist())
    rings = [loop]
    while len(rings) < limit:
        ring, after = rings[-1], rings[-1][1:] + rings[-1][:1]
        outer: dict[int, set[int]] = defaultdict(set)
        fresh = []
        for a, b in zip(ring, after, strict=True):
            free = [i for i in beside[frozenset((a, b))] if i not in taken]
            if len(free) != 1:
                return np.array(rings)
            quad = quads[free[0]].tolist()
            fresh.append(free[0])
            ia, ib = quad.index(a), quad.index(b)
            outer[a].add(quad[2 * ia - ib & 3])  # the corner on the other side of a than b
            outer[b].add(quad[2 * ib - ia & 3])
        if any(len(v) != 1 for v in outer.values()):
            return np.array(rings)
        taken.update(fresh)
        rings.append([next(iter(outer[v])) for v in ring])
    return np.array(rings)


def mouth_spokes(rings: Ids, vertices: Array) -> Ids:
    """The rings with spoke 0 at the middle of the upper lip, running to the left (+x) first."""
    edge = vertices[rings[-1]]
    return _turned(rings, int(np.argmax(edge[:, 1] - 1e3 * np.abs(edge[:, 0]))), edge[:, 0])


def eye_spokes(rings: Ids, vertices: Array) -> Ids:
    """The rings with spoke 0 at the corner by the nose, running over the upper lid first."""
    margin = vertices[rings[2]]
    return _turned(rings, int(np.argmin(np.abs(margin[:, 0]))), margin[:, 1])


def _turned(rings: Ids, first: int, rising: Array) -> Ids:
    """Rolled so that ``first`` becomes spoke 0, reversed when the next spoke does not rise in ``rising``."""
    count = rings.shape[1]
    rings = np.roll(rings, -first, axis=1)
    if rising[(first + 1) % count] < rising[first - 1]:
        rings = np.roll(rings[:, ::-1], 1, axis=1)
    return rings


def subdivided(rings: Ids, edge_id: dict[frozenset[int], int], quad_id: dict[frozenset[int], int]) -> Ids:
    """(2 r - 1, 2 n) the rings after one level: old vertices, edge points and quad points interleaved."""
    count, spokes = rings.shape
    fine = np.empty((2 * count - 1, 2 * spokes), np.int64)
    after = np.roll(rings, -1, axis=1)
    fine[::2, ::2] = rings
    for k in range(count):
        fine[2 * k, 1::2] = [edge_id[frozenset(pair)] for pair in zip(rings[k], after[k], strict=True)]
        if k + 1 < count:
            fine[2 * k + 1, ::2] = [edge_id[frozenset(pair)] for pair in zip(rings[k], rings[k + 1], strict=True)]
            corners = zip(rings[k], rings[k + 1], after[k], after[k + 1], strict=True)
            fine[2 * k + 1, 1::2] = [quad_id[frozenset(four)] for four in corners]
    return fine


def nearest(vertices: Array, grid: Ids, points: Array, chosen: tuple[int, ...]) -> Ids:
    """(n,) ring of a polar grid (r, n) that runs through the chosen points, linear between them, smoothed, rounded."""
    count = grid.shape[1]
    flat = vertices[grid.ravel()]
    near = [int(np.argmin(np.linalg.norm(flat - points[i], axis=1))) for i in chosen]
    ring, spoke = np.divmod(near, count)
    order = np.argsort(spoke)
    through = np.interp(np.arange(count), spoke[order], ring[order].astype(float), period=count)
    even = (through + np.roll(through[::-1], 1)) / 2
    return np.round((even + np.roll(even, 1) + np.roll(even, -1)) / 3).astype(int)
