"""Where faces are: BlazeFace (short range) over a pyramid of tiles.

The network looks at 128 x 128 pixels and finds faces from about a seventh of that upwards, so a picture is
looked at whole first and then in ever smaller tiles, until something is found.
Bazarevsky et al. 2019, "BlazeFace"; anchors and decoding as in MediaPipe's face_detection_short_range graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.frame import Image
from mien.face.models import model

Floats = npt.NDArray[np.float32]

SIDE = 128
"""Pixels the detector looks at, each way."""

LAYERS = ((16, 2), (8, 6))
"""Cells a side, anchors a cell."""

SCORE = 0.5
"""A detection counts from here, as in MediaPipe."""

OVERLAP = 0.3
"""Intersection over union from which two detections are of one face, as in MediaPipe."""

WIDEST = 1.5
"""The first look takes in half as much again as the picture, for a face that fills it."""


@dataclass(frozen=True, eq=False)
class Detection:
    """box : (4,) x0 y0 x1 y1; eyes : (2, 2) the one on the picture's left, then its right; pixels of the picture"""

    box: Floats
    eyes: Floats
    score: float

    @property
    def size(self) -> float:
        """Pixels, the longer side."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))


def detections(image: Image) -> Iterator[list[Detection]]:
    """What each level of the pyramid shows, from the whole picture to the smallest tiles; largest face first.

    image : (h, w, 3)
    """
    longest = max(image.shape[:2])
    yield _level(image, round(longest * WIDEST))
    tile = longest
    while tile >= SIDE or tile == longest:
        yield _level(image, tile)
        tile //= 2


def _level(image: Image, tile: int) -> list[Detection]:
    """Faces seen in square tiles of ``tile`` pixels that overlap by half."""
    scale = SIDE / tile
    h, w = (max(1, round(n * scale)) for n in image.shape[:2])
    small = cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    found: list[Detection] = []
    for y in _starts(h):
        for x in _starts(w):
            window = np.zeros((SIDE, SIDE, 3), np.float32)
            part = small[max(y, 0) : y + SIDE, max(x, 0) : x + SIDE]
            top, left = max(-y, 0), max(-x, 0)
            window[top : top + part.shape[0], left : left + part.shape[1]] = part / 127.5 - 1
            found += [_moved(d, x, y, 1 / scale) for d in _detect(window)]
    return sorted(_merged(found), key=lambda d: -d.size)


def _starts(n: int) -> list[int]:
    """Where tiles begin along a side of n pixels; one alone lies in the middle."""
    if n <= SIDE:
        return [(n - SIDE) // 2]
    return [*range(0, n - SIDE, SIDE // 2), n - SIDE]


def _moved(d: Detection, x: float, y: float, scale: float) -> Detection:
    offset = np.array([x, y], np.float32)
    return Detection((d.box + np.tile(offset, 2)) * scale, (d.eyes + offset) * scale, d.score)


def _detect(window: Floats) -> list[Detection]:
    """window : (SIDE, SIDE, 3) in -1..1"""
    out = model("detector")(window[None])
    logits = out["classificators"][0, :, 0]
    sure = logits > np.log(SCORE / (1 - SCORE))
    if not sure.any():
        return []
    scores = 1 / (1 + np.exp(-logits[sure].astype(np.float64)))
    values = out["regressors"][0, sure]
    # x y w h, then six points x y: all but w h relative to the anchor, in pixels of the window
    points = values.reshape(len(values), -1, 2)
    centres = _anchors()[sure]
    middle, half, eyes = points[:, 0] + centres, points[:, 1] / 2, points[:, 2:4] + centres[:, None]
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    return _merged([Detection(b, e, float(s)) for b, e, s in zip(boxes, eyes, scores, strict=True)])


@cache
def _anchors() -> Floats:
    """(896, 2) centres, pixels of the window."""
    layers = []
    for cells, count in LAYERS:
        y, x = np.mgrid[:cells, :cells]
        centres = (np.stack([x, y], -1).reshape(-1, 2) + 0.5) * (SIDE / cells)
        layers.append(np.repeat(centres, count, axis=0))
    return np.concatenate(layers).astype(np.float32)


def _merged(found: list[Detection]) -> list[Detection]:
    """One for each face: those that overlap are averaged, weighted by their scores."""
    left = sorted(found, key=lambda d: -d.score)
    out = []
    while left:
        same = [d for d in left if overlap(left[0].box, d.box) > OVERLAP] or left[:1]
        left = [d for d in left if d not in same]
        weights = np.array([d.score for d in same], np.float32)
        weights /= weights.sum()
        box = np.tensordot(weights, np.stack([d.box for d in same]), 1)
        eyes = np.tensordot(weights, np.stack([d.eyes for d in same]), 1)
        out.append(Detection(box, eyes, max(d.score for d in same)))
    return out


def overlap(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    """Intersection over union of two boxes (4,)."""
    sides = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    shared = float(sides.prod())
    union = float((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod()) - shared
    return shared / union if union > 0 else 0.0
