"""A judge of facial expressions that had no part in making them: the network of the package fer (MIT).

Trained on posed stills; of ten real clips whose names tell the emotion it names six or seven, by which frames it is
shown, and it hardly ever says disgust. So it is asked relative to the neutral render of the same face, and its
recall on real clips is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import cv2
import numpy as np

from mien.core.errors import BadInput
from mien.core.frame import Image
from mien.core.weights import weights
from mien.evaluation.metrics.checked import Array
from mien.face.landmarks import Face
from mien.face.models import Model

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""In the order of its outputs."""

SIDE = 64
"""Pixels it looks at, each way."""


@cache
def _network() -> Model:
    return Model(weights("expression-judge").read_bytes())


def judged(image: Image, face: Face) -> Array:
    """(7,) probabilities of CLASSES. Errors: MissingWeights."""
    x0, y0, x1, y1 = face.box
    scale = SIDE / face.size
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    matrix = np.array([[scale, 0, SIDE / 2 - scale * (x0 + x1) / 2], [0, scale, SIDE / 2 - scale * (y0 + y1) / 2]])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    crop = cv2.warpAffine(grey, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    values = crop[None, :, :, None].astype(np.float32) / 255 * 2 - 1
    return np.asarray(next(iter(_network()(values).values()))[0], np.float64)


def verdict(images: Iterable[Image], faces: Iterable[Face | None]) -> Array:
    """(7,) mean probabilities over pictures; those without a face are passed over. Errors: BadInput for no face."""
    seen = [judged(image, face) for image, face in zip(images, faces, strict=True) if face is not None]
    if not seen:
        raise BadInput("there is no face to judge in any picture")
    return np.asarray(np.mean(seen, axis=0))
