"""Creases that come with an expression, which moving a photo's skin alone does not make: folds, furrows, lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.drive import COLUMN

Array = npt.NDArray[np.float32]
Point = int | tuple[int, int, float]
"""A landmark, or a point between two: (a, b, how far from a to b)."""


@dataclass(frozen=True)
class Crease:
    """One line. points : along it; depth : how much darker than the skin at weight 1

    channels : name -> share; width : face heights
    """

    points: tuple[Point, ...]
    channels: dict[str, float]
    depth: float
    width: float = 0.006


def _sides(
    right: tuple[Point, ...], left: tuple[Point, ...], stem: dict[str, float], depth: float, width: float
) -> list[Crease]:
    return [
        Crease(points, {name + side: share for name, share in stem.items()}, depth, width)
        for points, side in ((right, "Right"), (left, "Left"))
    ]


BROWS_UP = {"browInnerUp": 0.7, "browOuterUpLeft": 0.3, "browOuterUpRight": 0.3}

CREASES = [
    # from the wing of the nose round the corner of the mouth (nasolabial fold; action units 6, 10, 12)
    *_sides(
        (129, 203, 206, 216, (216, 212, 0.6)), (358, 423, 426, 436, (436, 432, 0.6)),
        {"mouthSmile": 0.8, "noseSneer": 0.7, "mouthUpperUp": 0.4, "cheekSquint": 0.3}, 0.20, 0.013,
    ),
    # between the brows (corrugator; action unit 4)
    *_sides(
        ((8, 55, 0.55), (9, 107, 0.5), (9, 107, 0.75)), ((8, 285, 0.55), (9, 336, 0.5), (9, 336, 0.75)),
        {"browDown": 1.0}, 0.34, 0.006,
    ),
    # across the forehead (frontalis; action units 1 and 2)
    Crease(
        ((105, 104, 0.5), (66, 69, 0.5), (107, 108, 0.5), (9, 151, 0.5), (336, 337, 0.5), (296, 299, 0.5),
         (334, 333, 0.5)), BROWS_UP, 0.15,
    ),
    Crease((104, 69, 108, 151, 337, 299, 333), BROWS_UP, 0.13),
    # across the root of the nose (action unit 9)
    Crease((193, 168, 417), {"noseSneerLeft": 0.5, "noseSneerRight": 0.5}, 0.22),
    Crease((122, 6, 351), {"noseSneerLeft": 0.5, "noseSneerRight": 0.5}, 0.18),
    # down from the corners of the mouth (action unit 15)
    *_sides(
        ((61, 43, 0.1), (61, 43, 0.5), (43, 204, 0.5)), ((291, 273, 0.1), (291, 273, 0.5), (273, 424, 0.5)),
        {"mouthFrown": 1.0}, 0.20, 0.007,
    ),
    # below the lower lids (action units 6 and 7)
    *_sides((233, 232, 231, 230, 229), (453, 452, 451, 450, 449), {"cheekSquint": 0.8, "eyeSquint": 0.4}, 0.14, 0.006),
]  # fmt: skip
"""Where the facial action coding system sees them (Ekman, Friesen & Hager 2002), in MediaPipe's landmarks."""


def crease_weights() -> Array:
    """(52, k) how much each channel deepens each crease."""
    weights = np.zeros((len(COLUMN), len(CREASES)), np.float32)
    for k, crease in enumerate(CREASES):
        for name, share in crease.channels.items():
            weights[COLUMN[name], k] = share
    return weights


def crease_maps(marks: Array, tall: float, shown: Array, soft: float) -> tuple[npt.NDArray[np.int32], Array]:
    """Boxes (k, 4) x0 y0 x1 y1 in the frame, and one (s, s) map of light per crease cut to its box, end to end.

    shown : (s, s) how much of a crease there would be seen: 0 where hair is, less where skin turns away
    soft : blur of the photo's own edges, pixels: a crease is as soft, and so much shallower
    """
    size = len(shown)
    boxes, maps = [], []
    for crease in CREASES:
        curve = _curve(np.stack([_place(point, marks) for point in crease.points]))
        narrow = max(crease.width * tall, 0.8)
        sigma = float(np.hypot(narrow, soft))
        low = np.clip(np.floor(curve.min(0) - 7 * sigma), 0, size).astype(int)
        high = np.clip(np.ceil(curve.max(0) + 7 * sigma), low, size).astype(int)
        (x0, y0), (x1, y1) = low, high
        boxes.append((x0, y0, x1, y1))
        if x0 < x1 and y0 < y1:
            relief = _relief(curve - low, sigma, (y1 - y0, x1 - x0))
            maps.append((-crease.depth * narrow / sigma * relief * shown[y0:y1, x0:x1]).ravel())
    return np.array(boxes, np.int32), np.concatenate(maps).astype(np.float32)


def _place(point: Point, marks: Array) -> Array:
    if isinstance(point, int):
        return np.asarray(marks[point, :2])
    a, b, part = point
    return np.asarray(marks[a, :2] + part * (marks[b, :2] - marks[a, :2]))


def _curve(line: Array) -> Array:
    """(40, 2) points along a smooth curve near the given ones."""
    steps = np.linspace(0, len(line) - 1, 40)
    curve = np.stack([np.interp(steps, np.arange(len(line)), line[:, k]) for k in range(2)], 1)
    padded = np.pad(curve, ((4, 4), (0, 0)), mode="edge").astype(np.float32)
    return np.asarray(cv2.blur(padded, (1, 9))[4:-4], np.float32)


def _relief(curve: Array, sigma: float, shape: tuple[int, int]) -> Array:
    """(h, w) a valley along a curve, 1 at its deepest, with a little light on its shoulders; it fades at its ends."""
    fade = np.sin(np.pi * np.linspace(0.04, 0.96, len(curve))) ** 0.7
    mask = np.zeros(shape, np.float32)
    for a, b, strength in zip(curve, curve[1:], fade, strict=False):
        ends = [tuple(int(v) for v in np.rint(16 * p)) for p in (a, b)]
        stroke = np.zeros(shape, np.uint8)
        cv2.line(stroke, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
        mask = np.maximum(mask, strength * stroke.astype(np.float32) / 255)
    valley, shoulders = (cv2.GaussianBlur(mask, (0, 0), s * sigma) for s in (1.0, 2.6))
    peak = float(valley.max())
    return np.asarray((valley - 0.55 * shoulders) / peak, np.float32) if peak > 0 else mask
