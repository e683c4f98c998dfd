"""The inner loops of drawing, compiled once by numba and cached; they release the GIL, so threads scale.

Coordinates: pixels of the output frame, x right, y down, z towards the camera; pixel (i, j)'s middle is (j, i).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]

Words = npt.NDArray[np.uint32]

Real = float | np.floating[Any]

LOW, EIGHT, HALF = np.uint32(0x00FF00FF), np.uint32(8), np.uint32(0x00800080)

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile on first use and keep the result on disk; without a folder to keep it in, for this process only."""
    options = {"nogil": True, "fastmath": True, "boundscheck": False}
    try:
        return cast(F, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return cast(F, numba.njit(**options)(function))


FAR = np.float32(-1e9)


@compiled
def raster(
    points: Array, triangles: Ints, attributes: Array, origin: tuple[int, int], scale: float, depth: Array, out: Array
) -> None:
    """Draw front faces into a window, nearest wins: interpolated attributes.

    points     : (v, 3); window pixel (i, j) looks at x = origin[0] + (j + .5) / scale - .5, y alike
    attributes : (v, 4); depth : (h, w), larger is nearer; out : (h, w, 4)
    """
    h, w = depth.shape
    s = np.float32(scale)
    ox = np.float32(origin[0]) - np.float32(0.5)
    oy = np.float32(origin[1]) - np.float32(0.5)
    half = np.float32(0.5)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay = (points[a, 0] - ox) * s - half, (points[a, 1] - oy) * s - half
        bx, by = (points[b, 0] - ox) * s - half, (points[b, 1] - oy) * s - half
        cx, cy = (points[c, 0] - ox) * s - half, (points[c, 1] - oy) * s - half
        area = (cx - ax) * (by - ay) - (bx - ax) * (cy - ay)
        if area <= np.float32(1e-6):
            continue
        x0 = max(0, int(np.ceil(min(ax, bx, cx))))
        x1 = min(w - 1, int(np.floor(max(ax, bx, cx))))
        if x1 < x0:
            continue
        y0 = max(0, int(np.ceil(min(ay, by, cy))))
        y1 = min(h - 1, int(np.floor(max(ay, by, cy))))
        if y1 < y0:
            continue
        inverse = np.float32(1) / area
        # barycentric weights of a and b as linear functions of the pixel
        wax, way = (cy - by) * inverse, (bx - cx) * inverse
        wbx, wby = (ay - cy) * inverse, (cx - ax) * inverse
        za, zb, zc = points[a, 2], points[b, 2], points[c, 2]
        for y in range(y0, y1 + 1):
            wa = wax * (np.float32(x0) - bx) + way * (np.float32(y) - by)
            wb = wbx * (np.float32(x0) - cx) + wby * (np.float32(y) - cy)
            for x in range(x0, x1 + 1):
                wc = np.float32(1) - wa - wb
                if wa >= np.float32(-1e-4) and wb >= np.float32(-1e-4) and wc >= np.float32(-1e-4):
                    z = wa * za + wb * zb + wc * zc
                    if z > depth[y, x]:
                        depth[y, x] = z
                        for k in range(4):
                            out[y, x, k] = wa * attributes[a, k] + wb * attributes[b, k] + wc * attributes[c, k]
                wa += wax
                wb += wbx


@compiled
def sample(texture: Words, u: float, v: float) -> tuple[np.uint32, np.uint32]:
    """Bilinear colour of a texture (h, w) of packed RGBA at texel (u, v), clamped at its border.

    Returns red and blue, green and alpha, packed as 16-bit halves. Weights are 1/256: a quarter of a level at most.
    """
    h, w = texture.shape
    x = min(max(np.float32(u), np.float32(0)), np.float32(w - 1.01))
    y = min(max(np.float32(v), np.float32(0)), np.float32(h - 1.01))
    i, j = int(y), int(x)
    fu = np.uint32((x - np.float32(j)) * np.float32(256))
    fv = np.uint32((y - np.float32(i)) * np.float32(256))
    w11 = np.uint32((fu * fv) >> np.uint32(8))
    w01, w10 = np.uint32(fu - w11), np.uint32(fv - w11)
    w00 = np.uint32(np.uint32(256) - fu - w10)
    p00, p01, p10, p11 = texture[i, j], texture[i, j + 1], texture[i + 1, j], texture[i + 1, j + 1]
    rb = (p00 & LOW) * w00 + (p01 & LOW) * w01 + (p10 & LOW) * w10 + (p11 & LOW) * w11
    ga = (
        ((p00 >> EIGHT) & LOW) * w00
        + ((p01 >> EIGHT) & LOW) * w01
        + ((p10 >> EIGHT) & LOW) * w10
        + ((p11 >> EIGHT) & LOW) * w11
    )
    return np.uint32(((rb + HALF) >> EIGHT) & LOW), np.uint32(((ga + HALF) >> EIGHT) & LOW)


@compiled
def invert_grid(forward: Array, rounds: int, backward: Array) -> None:
    """Where each node's picture comes from. forward, backward : (gh, gw, 2) displacement in cells.

    Solves p + forward(p) = x: backward(x) = p - x = -forward(p). Each round takes what is left over as a step, and less
    of it, axis by axis, where the picture is spread out: by more than twice, whole steps would run away.
    """
    gh, gw = forward.shape[:2]
    one, settled = np.float32(1), np.float32(1e-6)  # a thousandth of a cell is far less than a pixel
    for i in range(gh):
        for j in range(gw):
            dx, dy = -forward[i, j, 0], -forward[i, j, 1]
            for _ in range(rounds):
                u = min(max(np.float32(j) + dx, np.float32(0)), np.float32(gw - 1.001))
                v = min(max(np.float32(i) + dy, np.float32(0)), np.float32(gh - 1.001))
                b, a = int(u), int(v)
                fu, fv = np.float32(u - b), np.float32(v - a)
                e, f = one - fu, one - fv
                up = e * forward[a, b, 0] + fu * forward[a, b + 1, 0]
                low = e * forward[a + 1, b, 0] + fu * forward[a + 1, b + 1, 0]
                left = f * forward[a, b, 1] + fv * forward[a + 1, b, 1]
                right = f * forward[a, b + 1, 1] + fv * forward[a + 1, b + 1, 1]
                wide = f * (forward[a, b + 1, 0] - forward[a, b, 0])
                wide += fv * (forward[a + 1, b + 1, 0] - forward[a + 1, b, 0])
                tall = e * (forward[a + 1, b, 1] - forward[a, b, 1])
                tall += fu * (forward[a + 1, b + 1, 1] - forward[a, b + 1, 1])
                over_x, over_y = dx + f * up + fv * low, dy + e * left + fu * right
                dx -= over_x / (one + max(wide, np.float32(0)))
                dy -= over_y / (one + max(tall, np.float32(0)))
                if over_x * over_x + over_y * over_y < settled:
                    break
            backward[i, j, 0] = dx
            backward[i, j, 1] = dy


@compiled
def resting(grid: Array, clear: Bytes, out: Bytes) -> None:
    """Mark the cells that no person comes to: nobody is in them, nor where they come from.

    grid : (gh, gw, 2) backward displacement in cells; clear, out : (gh, gw), cell (i, j) between nodes i, j and i + 1,
    j + 1; clear is 1 where there is nobody and the background is the photo
    """
    gh, gw = clear.shape
    seam = np.float32(0.25)  # what bilinear sampling reads beyond a cell
    for i in range(gh - 1):
        for j in range(gw - 1):
            low_x = min(min(grid[i, j, 0], grid[i, j + 1, 0]), min(grid[i + 1, j, 0], grid[i + 1, j + 1, 0]))
            high_x = max(max(grid[i, j, 0], grid[i, j + 1, 0]), max(grid[i + 1, j, 0], grid[i + 1, j + 1, 0]))
            low_y = min(min(grid[i, j, 1], grid[i, j + 1, 1]), min(grid[i + 1, j, 1], grid[i + 1, j + 1, 1]))
            high_y = max(max(grid[i, j, 1], grid[i, j + 1, 1]), max(grid[i + 1, j, 1], grid[i + 1, j + 1, 1]))
            y0, y1 = int(np.floor(np.float32(i) + low_y - seam)), int(np.floor(np.float32(i + 1) + high_y + seam))
            x0, x1 = int(np.floor(np.float32(j) + low_x - seam)), int(np.floor(np.float32(j + 1) + high_x + seam))
            free = clear[i, j]
            for a in range(max(0, y0), min(gh - 1, y1) + 1):
                for b in range(max(0, x0), min(gw - 1, x1) + 1):
                    free = min(free, clear[a, b])
            out[i, j] = free


@compiled
def compose(
    photo: Bytes,
    texture: Words,
    background: Bytes,
    still: Bytes,
    grid: Array,
    cell: float,
    margin: int,
    face: Array,
    creases: Array,
    out: Bytes,
) -> None:
    """One frame: the person, warped by face map and grid, shaded, over the background.

    photo, background, out : (s, s, 3); still : (gh, gw) cells that nobody comes to
    texture : packed RGB and how much person, two texels a pixel, ``margin`` pixels around
    grid : (gh, gw, 2) backward displacement in cells, first node at -margin
    face : (s, s, 4) backward displacement x, y in pixels, trust 0..1, light ratio
    creases : (s, s) light added to the photo's own, as a share, where it comes from
    What does not move is the photo, bit for bit; what moves less than a pixel fades into it.
    """
    s = photo.shape[0]
    one, c, last, half = np.float32(1), np.float32(cell), np.float32(255), np.float32(0.5)
    columns = grid.shape[1]
    row = np.empty((columns, 2), np.float32)
    for y in range(s):
        v = np.float32(y + margin) / c
        a = int(v)
        fv = np.float32(v - np.float32(a))
        for k in range(columns):
            row[k, 0] = c * (grid[a, k, 0] + fv * (grid[a + 1, k, 0] - grid[a, k, 0]))
            row[k, 1] = c * (grid[a, k, 1] + fv * (grid[a + 1, k, 1] - grid[a, k, 1]))
        inner = 0 < y < s - 1
        for x in range(s):
            trust = face[y, x, 2]
            u = np.float32(x + margin) / c
            b = int(u)
            if still[a, b] != 0 and trust <= 0:
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = photo[y, x, 0], photo[y, x, 1], photo[y, x, 2]
                continue
            fu = np.float32(u - np.float32(b))
            dx = row[b, 0] + fu * (row[b + 1, 0] - row[b, 0])
            dy = row[b, 1] + fu * (row[b + 1, 1] - row[b, 1])
            light, crease = one, np.float32(0)
            if trust > 0:
                if inner and 0 < x < s - 1:  # where the face ends before neck or hair: no steps
                    around = face[y - 1, x, 2] + face[y + 1, x, 2] + face[y, x - 1, 2] + face[y, x + 1, 2]
                    if around < 4 * trust - np.float32(0.3):
                        trust = (2 * trust + around) / 6
                dx += trust * (face[y, x, 0] - dx)
                dy += trust * (face[y, x, 1] - dy)
                light += trust * (face[y, x, 3] - one)
                i, j = int(y + dy + half), int(x + dx + half)
                if 0 <= i < s and 0 <= j < s:
                    crease = trust * creases[i, j]
            moved = dx * dx + dy * dy
            if moved < np.float32(1e-5) and abs(light - one) + abs(crease) < np.float32(1e-4):
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = photo[y, x, 0], photo[y, x, 1], photo[y, x, 2]
                continue
            rb, ga = sample(texture, (np.float32(x + margin) + dx) * 2, (np.float32(y + margin) + dy) * 2)
            if trust > 0 and y + 1 < s and face[y + 1, x, 2] > 0:
                step_x, step_y = face[y + 1, x, 0] - face[y, x, 0], face[y + 1, x, 1] - face[y, x, 1]
                if abs(step_x) + abs(step_y) > np.float32(1.5):  # one part of the face ends before another
                    u, v = np.float32(x + margin) + dx + trust * step_x, np.float32(y + margin) + dy + trust * step_y
                    rb2, ga2 = sample(texture, u * 2, v * 2)
                    rb, ga = ((rb + rb2) >> 1) & LOW, ((ga + ga2) >> 1) & LOW
            if trust <= 0 and (ga >> 16) == 255:  # hair, neck, clothes: as the photo has them, elsewhere
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = rb & 255, ga & 255, rb >> 16
                continue
            red, green, blue = np.float32(rb & np.uint32(255)), np.float32(ga & np.uint32(255)), np.float32(rb >> 16)
            alpha = np.float32(ga >> 16) * np.float32(1 / 255)
            light *= alpha
            red *= light * (one + np.float32(0.8) * crease)  # shadow on skin is warm
            green *= light * (one + np.float32(1.1) * crease)
            blue *= light * (one + np.float32(1.15) * crease)
            if alpha < one:
                gone = min(one, np.sqrt(moved)) * (one - alpha)
                stays = one - alpha - gone
                red += gone * np.float32(background[y, x, 0]) + stays * np.float32(photo[y, x, 0])
                green += gone * np.float32(background[y, x, 1]) + stays * np.float32(photo[y, x, 1])
                blue += gone * np.float32(background[y, x, 2]) + stays * np.float32(photo[y, x, 2])
            out[y, x, 0] = np.uint8(min(red + half, last))
            out[y, x, 1] = np.uint8(min(green + half, last))
            out[y, x, 2] = np.uint8(min(blue + half, last))


@compiled
def cover(points: Array, triangles: Ints, origin: tuple[int, int], fine: int, out: Bytes) -> None:
    """Mark what front faces cover in a window of ``fine`` x ``fine`` samples a pixel. out : (h * fine, w * fine)"""
    h, w = out.shape
    s = np.float32(fine)
    half = np.float32(0.5)
    ox, oy = np.float32(origin[0]) - half, np.float32(origin[1]) - half
    edge = np.float32(-1e-3)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay = (points[a, 0] - ox) * s - half, (points[a, 1] - oy) * s - half
        bx, by = (points[b, 0] - ox) * s - half, (points[b, 1] - oy) * s - half
        cx, cy = (points[c, 0] - ox) * s - half, (points[c, 1] - oy) * s - half
        area = (cx - ax) * (by - ay) - (bx - ax) * (cy - ay)
        if area <= np.float32(1e-6):
            continue
        x0, x1 = max(0, int(np.ceil(min(ax, bx, cx)))), min(w - 1, int(np.floor(max(ax, bx, cx))))
        y0, y1 = max(0, int(np.ceil(min(ay, by, cy)))), min(h - 1, int(np.floor(max(ay, by, cy))))
        for y in range(y0, y1 + 1):
            fy = np.float32(y)
            row_a, row_b = (bx - cx) * (fy - by), (cx - ax) * (fy - cy)
            for x in range(x0, x1 + 1):
                fx = np.float32(x)
                wa = (cy - by) * (fx - bx) + row_a
                wb = (ay - cy) * (fx - cx) + row_b
                if (wa >= edge) & (wb >= edge) & (area - wa - wb >= edge):
                    out[y, x] = 1


@compiled
def holes(covered: Bytes, fine: int, out: Array) -> None:
    """The share of each pixel that is not covered. covered : (h * fine, w * fine); out : (h, w)"""
    h, w = out.shape
    each = np.float32(1.0 / (fine * fine))
    for y in range(h):
        for x in range(w):
            bare = 0
            for i in range(y * fine, y * fine + fine):
                for j in range(x * fine, x * fine + fine):
                    bare += 1 - covered[i, j]
            out[y, x] = np.float32(bare) * each


@compiled
def bleed(face: Array, depth: Array, x0: int, y0: int, x1: int, y1: int) -> None:
    """Give pixels of a hole beside drawn ones the mean of those, in place: colour for soft edges."""
    for y in range(y0, y1):
        for x in range(x0, x1):
            if depth[y, x] > FAR:
                continue
            count = np.float32(0)
            dx, dy, light = np.float32(0), np.float32(0), np.float32(0)
            for i in range(y - 1, y + 2):
                for j in range(x - 1, x + 2):
                    if depth[i, j] > FAR:
                        count += np.float32(1)
                        dx += face[i, j, 0]
                        dy += face[i, j, 1]
                        light += face[i, j, 3]
            if count > 0:
                face[y, x, 0], face[y, x, 1], face[y, x, 3] = dx / count, dy / count, light / count
                face[y, x, 2] = np.float32(1)


@compiled
def soften(fine: Array, depth: Array, texture: Words, margin: int, x0: int, y0: int, out: Bytes) -> None:
    """Average the four samples of each pixel where they come from places more than a pixel apart, in place.

    fine, depth : (2h, 2w, 4), (2h, 2w) a face map at two samples a pixel of the window at x0, y0 of out
    """
    total = np.empty(3, np.float32)
    for y in range(depth.shape[0] // 2):
        for x in range(depth.shape[1] // 2):
            low_x = low_y = np.float32(1e9)
            high_x = high_y = -low_x
            whole = True
            for i in range(2 * y, 2 * y + 2):
                for j in range(2 * x, 2 * x + 2):
                    whole = whole and depth[i, j] > FAR and fine[i, j, 2] > np.float32(0.99)
                    low_x, high_x = min(low_x, fine[i, j, 0]), max(high_x, fine[i, j, 0])
                    low_y, high_y = min(low_y, fine[i, j, 1]), max(high_y, fine[i, j, 1])
            if not whole or (high_x - low_x < np.float32(1) and high_y - low_y < np.float32(1)):
                continue
            total[:] = 0
            for i in range(2):
                for j in range(2):
                    m = fine[2 * y + i, 2 * x + j]
                    u = np.float32(x0 + x + margin) + np.float32(0.5) * np.float32(j) - np.float32(0.25) + m[0]
                    v = np.float32(y0 + y + margin) + np.float32(0.5) * np.float32(i) - np.float32(0.25) + m[1]
                    rb, ga = sample(texture, u * 2, v * 2)
                    share = m[3] * np.float32(0.25)
                    total[0] += share * np.float32(rb & np.uint32(255))
                    total[1] += share * np.float32(ga & np.uint32(255))
                    total[2] += share * np.float32(rb >> 16)
            for k in range(3):
                value = min(max(total[k] + np.float32(0.5), np.float32(0)), np.float32(255))
                out[y0 + y, x0 + x, k] = np.uint8(value)
