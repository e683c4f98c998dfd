"""How sharp a face is, from how much a known blur takes off its edges.

An edge blurred by s loses a known part of its gradient when it is blurred once more by a known amount, whatever its
contrast (Zhuo & Sim 2011, "Defocus map estimation from a single image", with a little blur on either side of the ratio
so that noise does not count as sharp). Smooth skin has no edges and so no say.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.frame import Image
from mien.face.fit import CHIN, TOP

Floats = npt.NDArray[np.float32]

HEIGHT = 256
"""Pixels from hairline to chin of the face that is looked at: about what a picture of 512 pixels shows (200..370).
A smaller face is looked at as it is."""

NEAR, FAR = 1.0, 3.0
"""Standard deviations of the two blurs, pixels."""

EDGES = 0.2
"""Share of the face's pixels that counts, those with the steepest brightness: lids, irises, brows, nostrils, lips."""

SHARP = 0.75
"""Quantile of the edges that is told: some edges of a face, such as a cheek's, are soft in any photo."""

PIXEL = 1.0
"""Standard deviation of what a pixel itself blurs, pixels, as measured here on portraits brought down to 50-150."""


def edge_spread(image: Image, points: Floats) -> float:
    """Standard deviation of a face's edges over its height, less what its pixels themselves blur.

    image : (h, w, 3) RGB; points : (478, 3 or 2) landmarks in its pixels, (0, 0) being the corner
    Eight portraits and the packaged photo blurred by 0, 1, 1.5, 2 and 3 % of the face's height: .4-.8, .9-1.3, 1.4-1.6,
    1.8-2.1, 2.6-3.2 %. JPEG of quality 10, a fifth of the light and three times the pixels change it by .1 % at most;
    noise of 15 grey levels laid over a blur of 2 % hides up to half of it.
    """
    grey, inside, height = _cut(image, points[:, :2])
    near, far = _steepness(grey, NEAR), _steepness(grey, FAR)
    edges = inside & (far >= np.quantile(far[inside], 1 - EDGES)) & (far > 0)
    if not edges.any():  # one colour all over: no edge is as soft as can be
        return 1.0
    ratio = float(np.quantile(near[edges] / far[edges], SHARP))
    return spread_from_ratio(ratio) / height


def spread_from_ratio(ratio: float) -> float:
    """Standard deviation of an edge in pixels, PIXEL taken off, by its steepness after NEAR over that after FAR.

    >>> round(spread_from_ratio(np.sqrt((10 + 9) / (10 + 1))), 6)
    3.0
    """
    held = float(np.clip(ratio, 1.001, FAR / NEAR - 0.001))
    variance = (FAR**2 - (held * NEAR) ** 2) / (held**2 - 1)
    return float(np.sqrt(max(variance - PIXEL**2, 0.0)))


def _cut(image: Image, points: Floats) -> tuple[Floats, npt.NDArray[np.bool_], float]:
    """The face at its own scale: (h, w) grey, (h, w) what lies within the landmarks, and its height in pixels."""
    height = max(float(np.linalg.norm(points[TOP] - points[CHIN])), 1.0)
    zoom = min(1.0, HEIGHT / height)
    low = np.maximum(np.floor(points.min(0) - 0.1 * height), 0).astype(int)
    high = np.minimum(np.ceil(points.max(0) + 0.1 * height), image.shape[1::-1]).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]]
    if zoom < 1:
        part = np.asarray(cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)
    mask = np.zeros(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.rint((points - low) * zoom).astype(np.int32)), 1)
    return cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32), mask > 0, height * zoom


def _steepness(grey: Floats, sigma: float) -> Floats:
    """(h, w) size of the gradient after a blur."""
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    across, down = (cv2.Sobel(soft, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    return np.asarray(np.hypot(across, down), np.float32)
