"""The verb that looks at a photo before anything is made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.core.frame import Image
from mien.face.advice import Advice, advise
from mien.face.check import Which, picked
from mien.face.landmarks import find_faces
from mien.media.picture import read_picture


def check(photo: str | Path | Image, *, face: Which | None = None) -> Advice:
    """Whether a photo will do: ``verdict`` is good, usable or poor, ``findings`` say why and what to do.

    photo : a file, or (h, w, 3) RGB
    face  : which one of several, 1 being the largest, or the one nearest to a pixel (x, y)
    Errors: BadInput when it cannot be read or shows no face; MissingWeights.
    """
    image = photo if isinstance(photo, np.ndarray) else read_picture(photo)
    faces = find_faces(image)
    this = picked(faces, face)
    return advise(image, this, [other for other in faces if other is not this])
