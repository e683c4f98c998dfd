"""A small z-buffer, to look at the head and to see how much light reaches the inside of the mouth."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from head.source import Array, Ids

Picture = npt.NDArray[np.uint8]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def rasterise(points, triangles, colours, depth, picture):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Paint triangles, larger z in front. points : (v, 3) pixels; depth : (h, w) in and out; picture : (h, w, 3)"""
    height, width = depth.shape
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t]
        x0, y0, x1, y1 = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
        x2, y2 = points[c, 0], points[c, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-12:
            continue
        for y in range(max(0, int(min(y0, y1, y2))), min(height - 1, int(max(y0, y1, y2)) + 1) + 1):
            for x in range(max(0, int(min(x0, x1, x2))), min(width - 1, int(max(x0, x1, x2)) + 1) + 1):
                u = ((x + 0.5 - x0) * (y2 - y0) - (x2 - x0) * (y + 0.5 - y0)) / area
                v = ((x1 - x0) * (y + 0.5 - y0) - (x + 0.5 - x0) * (y1 - y0)) / area
                if u < 0 or v < 0 or u + v > 1:
                    continue
                z = points[a, 2] * (1 - u - v) + points[b, 2] * u + points[c, 2] * v
                if z > depth[y, x]:
                    depth[y, x] = z
                    for k in range(3):
                        picture[y, x, k] = colours[a, k] * (1 - u - v) + colours[b, k] * u + colours[c, k] * v


def turn(yaw: float, pitch: float) -> Array:
    """(3, 3) rotation about +y, then +x. yaw, pitch : degrees"""
    y, p = np.radians([yaw, pitch])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    return np.asarray(about_x @ about_y)


def normals(vertices: Array, triangles: Ids) -> Array:
    """(v, 3) unit normals, area-weighted."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, triangles[:, k], face)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


def shaded(
    vertices: Array,
    triangles: Ids,
    colours: Array,
    *,
    yaw: float = 0,
    pitch: float = 0,
    centre: tuple[float, float, float] = (0, -0.01, 0.05),
    span: float = 0.3,
    size: tuple[int, int] = (300, 380),
) -> Picture:
    """A picture (h, w, 3) of a mesh under one lamp. span : metres over the picture's height; colours : (v, 3) 0..1"""
    width, height = size
    view = turn(yaw, pitch)
    placed = (vertices - np.array(centre)) @ view.T * (height / span)
    points = np.stack([width / 2 + placed[:, 0], height / 2 - placed[:, 1], placed[:, 2]], 1)
    lamp = np.array([0.25, 0.45, 0.86])
    light = 0.25 + 0.75 * np.clip(normals(vertices, triangles) @ view.T @ lamp, 0, 1)
    depth = np.full((height, width), -1e9)
    picture = np.full((height, width, 3), 0.15)
    rasterise(points, triangles, colours * light[:, None], depth, picture)
    return np.asarray(np.clip(picture, 0, 1) * 255, np.uint8)


def ambient(vertices: Array, triangles: Ids, wanted: Ids, *, directions: int = 96, cell: float = 0.0006) -> Array:
    """(len(wanted),) share of the light from in front that reaches each vertex, cosine-free. cell : metres"""
    turn_by = np.pi * (3 - np.sqrt(5)) * np.arange(directions)
    z = 1 - (np.arange(directions) + 0.5) / directions  # the half of the sky in front of the face
    sky = np.stack([np.sqrt(1 - z**2) * np.cos(turn_by), np.sqrt(1 - z**2) * np.sin(turn_by), z], 1)
    seen = np.zeros(len(wanted))
    size = int(0.24 / cell)
    none = np.zeros((len(vertices), 3))
    for toward in sky:
        side = np.cross([0, 1, 0], toward)
        side /= np.linalg.norm(side)
        axes = np.stack([side, np.cross(toward, side), toward])
        placed = (vertices - vertices[wanted].mean(0)) @ axes.T / cell
        points = placed + np.array([size / 2, size / 2, 0])
        depth = np.full((size, size), -1e9)
        rasterise(points, triangles, none, depth, np.zeros((size, size, 3)))
        x, y = np.clip(points[wanted, :2].astype(int), 0, size - 1).T
        seen += points[wanted, 2] > depth[y, x] - 1.5
    return seen / directions
