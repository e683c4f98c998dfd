"""How a face is lit: whether it is dark, burnt out, or lit from one side."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.frame import Image
from mien.face.fit import OVAL

Floats = npt.NDArray[np.float32]

LUMA = np.array([0.2126, 0.7152, 0.0722])
"""ITU-R BT.709."""

GAMMA = 2.2
"""sRGB's, nearly: from pixels to light."""

BURNT = 250
"""Level of the second brightest channel from which a pixel shows nothing: skin loses red first and keeps its
texture in green; when green is gone, too, it is a white patch."""

CHEEKS = ((50, 101, 118, 117, 205, 36), (280, 330, 347, 346, 425, 266))
"""Landmarks round the flat of the cheeks, left and right in the picture."""

ORBITS = (
    (70, 63, 105, 66, 107, 55, 33, 133, 230, 231, 229, 228),
    (300, 293, 334, 296, 336, 285, 263, 362, 450, 451, 449, 448),
)
"""Landmarks from brow to below the eye: what a lens of glasses covers."""


def lightest(image: Image, points: Floats) -> float:
    """Level that the lightest tenth of the face reaches, 0..1 of white. image : (h, w, 3); points : (478, 2 or more)

    The lightest, so that dark skin or a beard in good light is not called dark.
    """
    inside = _pixels(image, points, OVAL)
    return float(np.quantile(inside @ LUMA, 0.9)) / 255 if len(inside) else 0.0


def burnt(image: Image, points: Floats) -> float:
    """Share of the face, or of one eye with what is round it, that is burnt out, 0..1: whichever is more."""
    return max(_burnt(_pixels(image, points, part)) for part in (OVAL, *ORBITS))


def _burnt(pixels: npt.NDArray[np.uint8]) -> float:
    return float((np.sort(pixels, axis=1)[:, 1] >= BURNT).mean()) if len(pixels) else 0.0


def uneven(image: Image, points: Floats) -> float:
    """Stops (factors of two in light) between the two cheeks."""
    left, right = (_pixels(image, points, cheek) for cheek in CHEEKS)
    if not len(left) or not len(right):
        return 0.0
    one, other = (max(float(np.median(cheek @ LUMA)), 1.0) for cheek in (left, right))
    return GAMMA * abs(float(np.log2(one / other)))


def _pixels(image: Image, points: Floats, landmarks: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """(n, 3) what lies within the hull of some landmarks."""
    hull = cv2.convexHull(np.rint(points[list(landmarks), :2] - 0.5).astype(np.int32))
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, hull, 1)
    return np.asarray(image[mask > 0], np.uint8)
