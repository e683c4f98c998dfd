"""The inner loops of exemplar inpainting: PatchMatch (Barnes et al. 2009), voting as in Wexler et al. 2007."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.kernels import Array, Ints, compiled

RADIUS = 3
"""Patches are 7 x 7."""

Flags = npt.NDArray[np.bool_]


PULL = 1e5
"""What a piece from a picture's side away costs, as a sum of squared differences of a patch: of two that fit alike the
nearer one is right, for a background changes from place to place."""


@compiled
def difference(image: Array, y: int, x: int, v: int, u: int, limit: float) -> float:
    """How badly the patch round (v, u) would do for the one round (y, x); given up beyond the limit."""
    side = np.float32(image.shape[0])
    down, right = np.float32(v - y) / side, np.float32(u - x) / side
    total = np.float32(PULL) * (down * down + right * right)
    for i in range(-RADIUS, RADIUS + 1):
        for j in range(-RADIUS, RADIUS + 1):
            for k in range(3):
                d = image[y + i, x + j, k] - image[v + i, u + j, k]
                total += d * d
        if total > limit:
            return float(total)
    return float(total)


@compiled
def search(image: Array, targets: Ints, usable: Flags, source: Ints, cost: Array, reach: int, seed: int) -> None:
    """One forward and one backward round of propagation and random search, in place.

    targets : (n, 2) middles of patches that touch the hole, in scan order; usable : (h, w) a patch here is known whole
    source  : (h, w, 2) where each target's patch comes from; cost : (h, w); reach : pixels of the random search
    """
    h, w = usable.shape
    state = np.uint32(seed * 2654435761 + 12345)
    n = targets.shape[0]
    for turn in range(2):
        step = 1 if turn == 0 else -1
        for m in range(n):
            y, x = targets[m if turn == 0 else n - 1 - m]
            best = cost[y, x]
            for near in range(2):
                a, b = (y - step, x) if near == 0 else (y, x - step)
                if a < 0 or b < 0 or a >= h or b >= w or cost[a, b] < 0:
                    continue
                v, u = source[a, b, 0] + (y - a), source[a, b, 1] + (x - b)
                if v < 0 or u < 0 or v >= h or u >= w or not usable[v, u]:
                    continue
                d = difference(image, y, x, v, u, best)
                if d < best:
                    best = d
                    source[y, x, 0], source[y, x, 1] = v, u
            size = reach
            while size >= 1:
                state = np.uint32(state * np.uint32(1664525) + np.uint32(1013904223))
                v = source[y, x, 0] + int(state >> np.uint32(8)) % (2 * size + 1) - size
                state = np.uint32(state * np.uint32(1664525) + np.uint32(1013904223))
                u = source[y, x, 1] + int(state >> np.uint32(8)) % (2 * size + 1) - size
                if 0 <= v < h and 0 <= u < w and usable[v, u]:
                    d = difference(image, y, x, v, u, best)
                    if d < best:
                        best = d
                        source[y, x, 0], source[y, x, 1] = v, u
                size //= 2
            cost[y, x] = best


@compiled
def measure(image: Array, targets: Ints, source: Ints, cost: Array) -> None:
    """The cost of every target's present source, in place."""
    for m in range(targets.shape[0]):
        y, x = targets[m]
        cost[y, x] = difference(image, y, x, source[y, x, 0], source[y, x, 1], 1e12)


@compiled
def vote(image: Array, targets: Ints, hole: Flags, source: Ints, cost: Array, out: Array, weight: Array) -> None:
    """Every patch says what its pixels should be; a hole's pixel becomes the mean, good matches counting more."""
    out[:] = 0
    weight[:] = 0
    for m in range(targets.shape[0]):
        y, x = targets[m]
        v, u = source[y, x]
        w = np.float32(1) / (cost[y, x] + np.float32(200))
        for i in range(-RADIUS, RADIUS + 1):
            for j in range(-RADIUS, RADIUS + 1):
                if hole[y + i, x + j]:
                    for k in range(3):
                        out[y + i, x + j, k] += w * image[v + i, u + j, k]
                    weight[y + i, x + j] += w
    for y in range(hole.shape[0]):
        for x in range(hole.shape[1]):
            if hole[y, x] and weight[y, x] > 0:
                for k in range(3):
                    image[y, x, k] = out[y, x, k] / weight[y, x]
