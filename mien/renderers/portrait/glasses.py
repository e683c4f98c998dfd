"""Whether a face wears glasses: their frame must not bend when the lids below it move."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

OUTER_CORNERS = (33, 263)
"""Of the eyes, left and right in the picture."""

BRIDGE = (168, 197)
"""Between the eyes and halfway down the nose: what lies across here is a bridge of glasses."""

EYES = 160.0
"""Pixels between the outer corners of the eyes in the picture that is looked at."""

STEP = 0.085
"""Steepest change of brightness down the bridge of the nose, per pixel, as a share of the mean, from which something
lies across it. Measured: bare faces .011-.048 (8 portraits, a drawn one the highest), glasses .129 and .232."""


def wears_glasses(photo: npt.NDArray[np.uint8], marks: Array) -> bool:
    """photo : (s, s, 3); marks : (478, 3) landmarks in its pixels"""
    left, right = marks[OUTER_CORNERS[0], :2], marks[OUTER_CORNERS[1], :2]
    along = (right - left) / np.linalg.norm(right - left)
    zoom = EYES / float(np.linalg.norm(right - left))
    level = zoom * np.array([along, [-along[1], along[0]]])
    top, bottom = (level @ marks[i, :2] for i in BRIDGE)
    corner = np.array([top[0] - 6, top[1] - 8])
    strip = cv2.warpAffine(
        photo, np.column_stack([level, -corner]).astype(np.float64), (13, int(bottom[1] - top[1]) + 8)
    )
    grey = cv2.GaussianBlur(cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1)
    profile = grey.mean(1)
    return float(np.abs(np.diff(profile)).max() / max(float(profile.mean()), 1.0)) > STEP
