"""Where things lie in a frame, and how they are put there."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels, kernels_mesh
from mien.renderers.portrait.rings import Closure

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the frame."""

FLIP = np.array([1, -1, 1], np.float32)
"""From axes with y up to the frame's, y down, and back."""

CAMERA = 0.7
"""Metres from the camera to the head, for what coming nearer does to its size."""

FINE = 3
"""Samples a pixel, each way, of the edges of lips and lids."""

STIR = 2.0
"""Pixels the edges of a mouth or an eye may have moved before they have nothing of the photo's own left."""


def head_motion(turn: Array, shift: Array, unit: float) -> tuple[Array, Array]:
    """The head's turn and growth (3, 3) and shift (3,) in pixels of the frame. turn : (3, 3); shift : (3,) metres"""
    nearer = CAMERA / (CAMERA - float(np.clip(shift[2], -1, 0.5 * CAMERA)))
    matrix = nearer * FLIP[:, None] * turn * FLIP[None]
    return matrix.astype(np.float32), (shift * FLIP * unit * [1, 1, 0]).astype(np.float32)


def planar(matrix: Array, pivot: Array, shift: Array, depth: float) -> Array:
    """(2, 3) [A | b]: where the head's motion puts a point of the photo that lies at this depth."""
    offset = pivot[:2] + shift[:2] - matrix[:2] @ pivot + matrix[:2, 2] * depth
    return np.column_stack([matrix[:2, :2], offset]).astype(np.float32)


def shifted(frame_from_rest: Array, by: npt.ArrayLike) -> Array:
    """The same motion for pictures whose origin lies at ``by`` in the photo."""
    moved = frame_from_rest.copy()
    moved[:, 2] += frame_from_rest[:, :2] @ np.asarray(by, np.float32)
    return moved


def turned_round(frame_from_rest: Array) -> Array:
    """The way from the frame back to the photo."""
    return np.asarray(cv2.invertAffineTransform(frame_from_rest), np.float32)


def warped(picture: Array | Image, frame_from_rest: Array, box: Box) -> Array:
    """A picture that moves with the head, as seen in a box of the frame."""
    x0, y0, x1, y1 = box
    forward = np.column_stack([frame_from_rest[:, :2], frame_from_rest[:, 2] - [x0, y0]]).astype(np.float64)
    moved = cv2.warpAffine(
        picture, forward, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def edges_moved(slit: Closure, points: Array, rest: Array) -> float:
    """0 where the edges of a slit are as in the photo, 1 from STIR pixels on."""
    return min(float(kernels_mesh.furthest_moved(points, rest, slit.upper, slit.lower)) / STIR, 1.0)


def opening_box(slit: Closure, points: Array, size: int) -> Box:
    """x0, y0, x1, y1 in pixels around a slit."""
    left, top, right, bottom = kernels_mesh.bounds(points, slit.upper, slit.upper_part, slit.lower, slit.lower_part)
    x0, y0 = (int(min(max(np.floor(low) - 3, 1), size - 9)) for low in (left, top))
    x1, y1 = int(min(max(np.ceil(right) + 4, x0 + 4), size - 1)), int(min(max(np.ceil(bottom) + 4, y0 + 4), size - 1))
    return x0, y0, x1, y1


def hole(points: Array, triangles: npt.NDArray[np.int32], box: Box) -> Array:
    """(h, w) how much of each pixel of a box the face leaves open."""
    x0, y0, x1, y1 = box
    covered = np.zeros(((y1 - y0) * FINE, (x1 - x0) * FINE), np.uint8)
    kernels.cover(points, triangles, (x0, y0), FINE, covered)
    matte = np.empty((y1 - y0, x1 - x0), np.float32)
    kernels.holes(covered, FINE, matte)
    return matte
