"""Which pixels are the person: MediaPipe's selfie segmentation."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.frame import Image
from mien.face.models import model

Floats = npt.NDArray[np.float32]

SIDE = 256
"""Pixels the model looks at, each way."""


def person_mask(image: Image) -> Floats:
    """How surely each pixel is a person, 0..1, without telling people apart. image : (h, w, 3) RGB

    The model sees the picture squeezed into a square, so a mask's edge is as coarse as h / 256 by w / 256 pixels.
    Returns (h, w). Errors: MissingWeights.
    """
    h, w = image.shape[:2]
    shrink = cv2.INTER_AREA if min(h, w) > SIDE else cv2.INTER_LINEAR
    small = cv2.resize(image, (SIDE, SIDE), interpolation=shrink)
    out = next(iter(model("person")(small[None].astype(np.float32) / 255).values()))
    mask = cv2.resize(out.reshape(SIDE, SIDE), (w, h), interpolation=cv2.INTER_CUBIC)
    clipped: Floats = np.clip(mask, 0, 1)
    return clipped
