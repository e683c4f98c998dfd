"""What is no face: hair, ears, neck, shoulders move on a coarse grid that follows the head and the face's edge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.layers import spread

Array = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

CELLS = 64
"""Cells across the frame (8 px at 512): finer shows no gain."""

NECK = 0.8
"""Face heights below the chin at which nothing turns with the head any more."""

NEAREST = 24
"""Face vertices each node listens to."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Nodes (g, g) from -margin to size + margin.

    cell    : pixels between nodes
    depth   : (g, g) towards the camera, pixels
    follow  : (g, g) how much a node turns with the head, 0..1
    hang    : (g, g) how much of that comes late, as hanging hair does, 0..1
    lift    : (g, g) how much it rises with the breath, 0..1
    starts, sources, weights : sparse rows; node n's face displacement is the weighted sum of those of
        the vertices sources[starts[n]:starts[n + 1]]
    """

    cell: float
    depth: Array
    follow: Array
    hang: Array
    lift: Array
    starts: Ints
    sources: Ints
    weights: Array

    @property
    def side(self) -> int:
        return int(self.depth.shape[0])


def node_positions(size: int, margin: int) -> tuple[float, Array]:
    """Pixels between nodes, and where the nodes of a row lie."""
    cell = size / CELLS
    count = int(np.ceil((size + 2 * margin) / cell)) + 2
    return cell, (np.arange(count) * cell - margin).astype(np.float32)


SHOULDERS = (0.42, 0.85)
"""Face heights beside the chin between which what lies below it stops following: hair does, shoulders do not."""


def follow_weight(x: Array, y: Array, chin: Array, tall: float) -> Array:
    """1 for what turns with the head, falling smoothly to 0 down the neck and towards the shoulders.

    x, y : pixels; chin : (2,)
    """
    t = np.clip((y - (chin[1] - 0.05 * tall)) / (NECK * tall), 0, 1)
    low = np.clip((y - (chin[1] - 0.35 * tall)) / (0.4 * tall), 0, 1)
    near, far = SHOULDERS
    aside = np.clip((np.abs(x - chin[0]) / tall - near) / (far - near), 0, 1)
    return np.asarray((1 - t * t * (3 - 2 * t)) * (1 - low * aside * aside * (3 - 2 * aside)), np.float32)


HANGS_BESIDE, HANGS_BELOW, HANGING = (0.34, 0.6), (-0.75, -0.1), 0.75
"""Face heights beside the face's middle, and above the chin, between which hair begins to hang loose; and how loose."""


def hang_weight(x: Array, y: Array, chin: Array, tall: float) -> Array:
    """How much of the head's motion comes late: 0 on the skull and the neck, more for what hangs beside the face.

    x, y : pixels; chin : (2,)
    """
    aside = np.clip((np.abs(x - chin[0]) / tall - HANGS_BESIDE[0]) / (HANGS_BESIDE[1] - HANGS_BESIDE[0]), 0, 1)
    low = np.clip(((y - chin[1]) / tall - HANGS_BELOW[0]) / (HANGS_BELOW[1] - HANGS_BELOW[0]), 0, 1)
    smooth = aside * aside * (3 - 2 * aside) * low * low * (3 - 2 * low)
    return np.asarray(HANGING * smooth, np.float32)


def build_grid(
    size: int, margin: int, depth_map: Array, known: Array, sources: Ints, points: Array, chin: Array, tall: float
) -> Grid:
    """depth_map, known : (g, g) the head's depth where it covers a node

    sources : face vertices that speak for what lies beside the face; points : (v, 3) at rest
    chin : (2,); tall : face height, pixels
    """
    cell, line = node_positions(size, margin)
    x, y = np.meshgrid(line, line)
    depth = smooth_depth(depth_map, known, tall / cell)
    follow = follow_weight(x, y, chin, tall)
    t = np.clip((y - chin[1]) / (0.7 * tall), 0, 1)
    lift = np.asarray(t * t * (3 - 2 * t), np.float32)
    starts, index, weights = face_influence(np.stack([x, y], -1).reshape(-1, 2), sources, points, float(chin[1]), tall)
    return Grid(cell, depth, follow, hang_weight(x, y, chin, tall), lift, starts, index, weights)


def smooth_depth(depth_map: Array, known: Array, tall: float) -> Array:
    """Depth beyond the head's outline: what is nearest goes on, smoothed where head and surroundings meet."""
    filled = spread(depth_map[..., None], known)[..., 0]
    soft = cv2.GaussianBlur(filled, (0, 0), max(0.06 * tall, 0.8))
    return np.asarray(cv2.GaussianBlur(np.where(known > 0.5, filled, soft).astype(np.float32), (0, 0), 0.8), np.float32)


def face_influence(nodes: Array, sources: Ints, points: Array, chin: float, tall: float) -> tuple[Ints, Ints, Array]:
    """Sparse weights with which nodes (n, 2) follow face vertices: all of it on the face, fading around it."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points[sources, :2])
    distance, nearest = tree.query(nodes, k=NEAREST)
    away = distance[:, 0]
    below = np.clip((nodes[:, 1] - (chin - 0.1 * tall)) / (0.2 * tall), 0, 1)
    reach = (0.12 + 0.34 * below) * tall
    fade = np.clip(1 - away / reach, 0, 1)
    fade = fade * fade * (3 - 2 * fade)
    width = 0.02 * tall + 0.8 * away
    closeness = np.exp(-0.5 * ((distance - away[:, None]) / width[:, None]) ** 2)
    weights = fade[:, None] * closeness / closeness.sum(1, keepdims=True)
    used = weights > 1e-3
    starts = np.r_[0, np.cumsum(used.sum(1))].astype(np.int32)
    return starts, sources[nearest[used]].astype(np.int32), weights[used].astype(np.float32)
