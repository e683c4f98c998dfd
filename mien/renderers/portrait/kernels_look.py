"""The inner loops of what lies between lids and between lips, and of blending; compiled as in kernels.py."""

from __future__ import annotations

import numpy as np

from mien.renderers.portrait.kernels import Array, Bytes, Real, compiled

Corner = tuple[int, int]
"""x, y of the frame where a picture begins."""


@compiled
def between(picture: Array | Bytes, x: Real, y: Real, k: int) -> Real:
    """Channel k of a picture (h, w, channels) at a place between its pixels, the border's beyond its border."""
    h, w = picture.shape[:2]
    u = min(max(np.float32(x), np.float32(0)), np.float32(w - 1))
    v = min(max(np.float32(y), np.float32(0)), np.float32(h - 1))
    j, i = min(int(u), w - 2), min(int(v), h - 2)
    fu, fv = u - np.float32(j), v - np.float32(i)
    a, b = np.float32(picture[i, j, k]), np.float32(picture[i, j + 1, k])
    c, d = np.float32(picture[i + 1, j, k]), np.float32(picture[i + 1, j + 1, k])
    up, low = a + fu * (b - a), c + fu * (d - c)
    return up + fv * (low - up)


@compiled
def put(out: Bytes, x: int, y: int, k: int, value: Real, share: Real) -> None:
    """Let a value of 0..255 cover a share of one channel of a pixel, in place."""
    old = np.float32(out[y, x, k])
    mixed = old + np.float32(share) * (np.float32(value) - old)
    out[y, x, k] = np.uint8(min(max(mixed, np.float32(0)), np.float32(255)) + np.float32(0.5))


@compiled
def blend(out: Bytes, corner: Corner, content: Array, matte: Array) -> None:
    """Put content (h, w, 3) over a frame from a corner on, by matte (h, w), in place."""
    h, w = matte.shape
    for y in range(h):
        for x in range(w):
            if matte[y, x] > 0:
                for k in range(3):
                    put(out, corner[0] + x, corner[1] + y, k, content[y, x, k], matte[y, x])


@compiled
def blend_beside(
    out: Bytes, corner: Corner, content: Array, matte: Array, photo: Bytes, plate: Array, way: Array, stir: float
) -> None:
    """The same, except where the photo's own picture stays: where the plate says so, and as long as nothing stirs.

    plate : (s, s, 1) 0..1; way : (2, 3) from the frame to the photo; stir : 0..1
    """
    h, w = matte.shape
    for y in range(h):
        for x in range(w):
            if matte[y, x] <= 0:
                continue
            u, v = _went(way, corner[0] + x, corner[1] + y)
            keep = between(plate, u, v, 0)
            keep += (np.float32(1) - keep) * np.float32(1 - stir)
            for k in range(3):
                own = between(photo, u, v, k) if keep > 0 else np.float32(0)
                value = content[y, x, k] + keep * (own - content[y, x, k])
                put(out, corner[0] + x, corner[1] + y, k, value, matte[y, x])


@compiled
def _went(way: Array, x: int, y: int) -> tuple[Real, Real]:
    fx, fy = np.float32(x), np.float32(y)
    return way[0, 0] * fx + way[0, 1] * fy + way[0, 2], way[1, 0] * fx + way[1, 1] * fy + way[1, 2]


DARK, LESS_DARK = np.float32(0.5), np.float32(0.28)
"""Under the upper lid light is less by so much, and by how much less of it where that is drawn up."""

EDGES, LESS_EDGES = np.float32(0.35), np.float32(0.25)
"""The same where the photo's own lashes and shadow lie."""


@compiled
def look(
    out: Bytes,
    corner: Corner,
    matte: Array,
    photo: Bytes,
    white: Bytes,
    iris: Bytes,
    glint: Array,
    open_: Array,
    unlashed: Array,
    own_corner: Corner,
    way: Array,
    looked: Array,
    shine: float,
    middle: float,
    reach: float,
    widened: float,
) -> None:
    """An eye between its lids, in place: the white, the iris where it looks, its reflection, the lid's shadow.

    matte : (h, w) what the lids leave open; white (a, b, 3), iris (a, b, 4), glint, open_, unlashed (a, b, 1) : the
    eye's pictures, which begin at own_corner of the photo (see ``Eye``; unlashed is open_ less the lashes over it)
    way : (2, 3) from the frame to the photo; looked : (2,) pixels the iris has moved there; shine : of that, how far
    the reflection goes; middle, reach : pixels of the frame from which a lid that is drawn up takes the photo's lashes
    along; widened : 1 where it is
    Where nothing has moved the eye is the photo's.
    """
    h, w = matte.shape
    one, zero = np.float32(1), np.float32(0)
    wide = np.float32(widened)
    still = max(zero, one - np.float32(np.sqrt(looked[0] * looked[0] + looked[1] * looked[1])))
    height = one
    for x in range(w):
        column = zero
        for y in range(h):
            column += matte[y, x]
        height = max(height, column)
    depth = np.zeros(w, np.float32)
    dark = DARK - LESS_DARK * wide
    edges = EDGES - LESS_EDGES * wide
    for y in range(h):
        above = min(max(np.float32(0.5) + (np.float32(middle) - np.float32(corner[1] + y)) / reach, zero), one) * wide
        for x in range(w):
            if matte[y, x] <= 0:
                continue
            depth[x] += matte[y, x]
            light = one - dark + dark * np.sqrt(min(depth[x] / (np.float32(0.5) * height), one))
            u, v = _went(way, corner[0] + x, corner[1] + y)
            a, b = u - np.float32(own_corner[0]), v - np.float32(own_corner[1])
            mask = between(iris, a - looked[0], b - looked[1], 3) * np.float32(1 / 255)
            flash = between(glint, a - np.float32(shine) * looked[0], b - np.float32(shine) * looked[1], 0)
            shown = between(open_, a, b, 0)
            bare = between(unlashed, a, b, 0) if wide > 0 else shown
            kept = (one - above) * (one - shown * (one - still)) + above * still * bare
            light *= one - edges * (one - shown)
            for k in range(3):
                value = between(white, a, b, k)
                value += mask * (between(iris, a - looked[0], b - looked[1], k) - value)
                if flash > 0:
                    lit = between(photo, u - np.float32(shine) * looked[0], v - np.float32(shine) * looked[1], k)
                    value += flash * (lit - value)
                value *= light
                value += kept * (between(photo, u, v, k) - value)
                put(out, corner[0] + x, corner[1] + y, k, value, matte[y, x])
