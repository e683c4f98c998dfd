"""How the photo is cut: a square round the head, with some picture beyond the frame for what moves in.

Either the square is the picture that is shown, brought to a size; or the whole photo is shown, and the square is the
part of it that moves, pixel for pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]

FACE_HEIGHT = 0.39
"""Hairline to chin over the frame's side: head and shoulders, as in a video call."""

TIGHTEST = 0.78
"""The same where the photo has no more to show; beyond this the picture is extended."""

PART_HEIGHT = 0.32
"""The same where the whole photo is shown: room for shoulders to come to rest before the square ends."""

PART_LEAST = 128
"""Pixels of the square's side at least."""

SETTLING = 0.12
"""Of the side: what moves comes to rest within this distance of the square's border where the photo goes on."""

FACE_CENTRE = 0.475
"""Middle between hairline and chin from the top of the frame: the head's middle, hair included, is then at 46 %."""

DRIFT = 0.12
"""How far, in sides, the face may leave its place before the photo's border is crossed instead."""

MARGIN = 1 / 8
"""Picture kept around the frame, in sides: what moves in when hair or shoulders move away from the border."""

HAIRLINE, CHIN, CHEEKS = 10, 152, (234, 454)
"""MediaPipe's numbers."""


@dataclass(frozen=True, eq=False)
class Framed:
    """A photo cut to the frame.

    wide   : (s + 2 margin, s + 2 margin, 3) RGB, the frame and what lies around it
    points : (478, 3) landmarks in pixels of the frame, z in the same unit, towards the camera
    margin : pixels
    real   : rows and columns of ``wide`` that the photo covers; what is beyond was made up
    corner : x, y of the frame in a photo that is shown whole; None where the frame is all that is shown
    others : (478, 3) landmarks of further faces, as ``points``
    """

    wide: Image
    points: Array
    margin: int
    real: tuple[slice, slice]
    corner: tuple[int, int] | None = None
    others: tuple[Array, ...] = ()

    @property
    def photo(self) -> Image:
        """(s, s, 3) the frame itself: what is shown at rest."""
        m = self.margin
        return np.ascontiguousarray(self.wide[m:-m, m:-m])


def face_height(points: Array) -> float:
    """Hairline to chin, in the unit of the points."""
    return float(np.linalg.norm(points[HAIRLINE, :2] - points[CHIN, :2]))


def place_window(points: Array, height: int, width: int) -> tuple[float, float, float]:
    """Left, top and side of the square to cut from a photo of this size, in its pixels."""
    tall = face_height(points)
    side = min(tall / FACE_HEIGHT, max(tall / TIGHTEST, min(height, width)))
    centre_x = float(points[list(CHEEKS), 0].mean())
    centre_y = float((points[HAIRLINE, 1] + points[CHIN, 1]) / 2)
    left = _keep_inside(centre_x - side / 2, side, width)
    top = _keep_inside(centre_y - side * FACE_CENTRE, side, height)
    return left, top, side


def _keep_inside(start: float, side: float, limit: float) -> float:
    inside = min(max(start, 0.0), max(limit - side, 0.0)) if side <= limit else (limit - side) / 2
    return start + float(np.clip(inside - start, -DRIFT * side, DRIFT * side))


def frame_photo(image: Image, points: Array, size: int, others: Sequence[Array] = ()) -> Framed:
    """Cut and resize.

    image : (h, w, 3); points : (478, 3) landmarks as mien.face finds them (corner origin, z away)
    others : those of further faces
    """
    image, shrunk = _shrunk(image, points, size)
    height, width = image.shape[:2]
    left, top, side = place_window(points * shrunk, height, width)
    margin = round(size * MARGIN / 8) * 8
    scale = side / size
    x0, y0 = round(left - margin * scale), round(top - margin * scale)
    whole = round((size + 2 * margin) * scale)
    cut = extended(image, x0, y0, whole)
    total = size + 2 * margin
    how = cv2.INTER_AREA if whole > total else cv2.INTER_CUBIC
    wide = cv2.resize(cut, (total, total), interpolation=how)
    zoom = total / whole
    faces = [_in_frame(face * shrunk, x0, y0, zoom, margin) for face in (points, *others)]
    real = (_covered(y0, height, zoom, total), _covered(x0, width, zoom, total))
    return Framed(np.ascontiguousarray(wide), faces[0], margin, real, others=tuple(faces[1:]))


def part_of_photo(image: Image, points: Array, others: Sequence[Array] = ()) -> Framed:
    """The square that moves in a photo shown whole, at the photo's own pixels. As frame_photo() otherwise."""
    height, width = image.shape[:2]
    side = max(round(face_height(points) / PART_HEIGHT), PART_LEAST)
    margin = round(side * MARGIN / 8) * 8
    total = side + 2 * margin
    x0 = round(float(points[list(CHEEKS), 0].mean()) - side / 2)
    y0 = round(float((points[HAIRLINE, 1] + points[CHIN, 1]) / 2) - side * FACE_CENTRE)
    wide = np.ascontiguousarray(extended(image, x0 - margin, y0 - margin, total))
    faces = [_in_frame(face, x0 - margin, y0 - margin, 1.0, margin) for face in (points, *others)]
    real = (_covered(y0 - margin, height, 1.0, total), _covered(x0 - margin, width, 1.0, total))
    return Framed(wide, faces[0], margin, real, (x0, y0), tuple(faces[1:]))


def _in_frame(points: Array, x0: int, y0: int, zoom: float, margin: int) -> Array:
    """Landmarks of the photo in the frame's pixels, whose middles are whole numbers, z towards the camera."""
    moved = np.empty_like(points, np.float32)
    moved[:, 0] = (points[:, 0] - x0) * zoom - 0.5 - margin
    moved[:, 1] = (points[:, 1] - y0) * zoom - 0.5 - margin
    moved[:, 2] = -points[:, 2] * zoom
    return moved


def settled(framed: Framed, x: Array, y: Array) -> Array:
    """How far things may move at places of the frame, 0..1: less towards a border beyond which the photo stands still.

    x, y : pixels of the frame, of one shape
    """
    if framed.corner is None:
        return np.ones_like(x)
    side, total = len(framed.wide) - 2 * framed.margin, len(framed.wide)
    rows, columns = framed.real
    free = np.full_like(x, np.inf)
    if columns.start < framed.margin:
        free = np.minimum(free, x)
    if columns.stop > total - framed.margin:
        free = np.minimum(free, side - 1 - x)
    if rows.start < framed.margin:
        free = np.minimum(free, y)
    if rows.stop > total - framed.margin:
        free = np.minimum(free, side - 1 - y)
    t = np.clip((free - 1) / (SETTLING * side), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _shrunk(image: Image, points: Array, size: int) -> tuple[Image, np.float32]:
    """A photo with over twice the pixels the frame shows, brought down (blurs cost by the pixel), and its scale."""
    factor = 2 * size / place_window(points, *image.shape[:2])[2]
    if factor >= 1:
        return image, np.float32(1)
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.float32(small.shape[1] / image.shape[1])


def _covered(start: int, limit: int, zoom: float, total: int) -> slice:
    return slice(max(0, math.ceil(-start * zoom)), min(total, math.floor((limit - start) * zoom)))


def extended(image: Image, x0: int, y0: int, side: int) -> Image:
    """A square window of a photo; beyond its border the picture is mirrored, stretched and blurred."""
    height, width = image.shape[:2]
    columns, rows = np.arange(x0, x0 + side), np.arange(y0, y0 + side)
    window = image[_mirrored(rows, height)[:, None], _mirrored(columns, width)[None]]
    outside_x = np.maximum(np.maximum(-columns, columns - width + 1), 0)
    outside_y = np.maximum(np.maximum(-rows, rows - height + 1), 0)
    outside = np.maximum(outside_x[None, :], outside_y[:, None]).astype(np.float32) / side
    if not outside.any():
        return np.ascontiguousarray(window)
    result = window.astype(np.float32)
    for sigma, begin in ((0.008, 0.0), (0.025, 0.04)):
        soft = cv2.GaussianBlur(window, (0, 0), sigma * side).astype(np.float32)
        weight = np.clip((outside - begin) / 0.05, 0, 1)[..., None]
        result += weight * (soft - result)
    return np.asarray(np.rint(result), np.uint8)


STRETCH = 0.25
"""How much of the picture beside its border stands, mirrored, for what lies beyond: more would show things twice."""


def _mirrored(index: npt.NDArray[np.int64], limit: int) -> npt.NDArray[np.int64]:
    before, after = np.maximum(-index, 0), np.maximum(index - limit + 1, 0)
    inside = np.clip(index, 0, limit - 1) + np.rint(STRETCH * before).astype(int) - np.rint(STRETCH * after).astype(int)
    return np.asarray(np.clip(inside, 0, limit - 1))


def doubled(wide: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Twice the samples, (2h, 2w, c): even ones are the pixels themselves, those between by a 6-tap filter.

    So that bilinear sampling is exact where nothing moves and stays sharp where it does.
    """
    height, width = wide.shape[:2]
    result = np.empty((2 * height, 2 * width, wide.shape[2]), np.uint8)
    for channel in range(wide.shape[2]):  # one at a time: in float32 all together would be the largest thing in memory
        result[..., channel] = _doubled_channel(np.ascontiguousarray(wide[..., channel]))
    return result


def _doubled_channel(plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    taps = np.array([1, -5, 20, 20, -5, 1, 0], np.float32) / 32  # H.264's half-sample filter
    height, width = plane.shape
    rows = np.empty((height, 2 * width), np.float32)
    rows[:, ::2] = plane
    rows[:, 1::2] = cv2.filter2D(plane, cv2.CV_32F, taps[None], anchor=(2, 0), borderType=cv2.BORDER_REPLICATE)
    result = np.empty((2 * height, 2 * width), np.float32)
    result[::2] = rows
    result[1::2] = cv2.filter2D(rows, cv2.CV_32F, taps[:, None], anchor=(0, 2), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(np.rint(result), 0, 255), np.uint8)
